//! Whole shops as folders: what goes in, and what comes out.
//!
//! A case is a folder `tests/cases/NAME/`. Its `content/` (and `themes/`, `stock.json`) is copied over `tests/base/`. `check.txt` is
//! the exact text of `bazaar check`; without it the shop must have no faults. A shop with errors must not be published, any
//! other must be. `pages.txt` says what pages contain, one per line: `path: text` that must be there, `path! text` that must
//! not, `path?` that must exist, `path!?` that must not. `BLESS=1` rewrites check.txt.
//! The products of most cases are bare, so what they lack is only reported in cases whose name begins with `bare-`.

#[path = "shop/cases.rs"]
mod folders;
mod shop;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use pages::build::{self, Memory};

fn main() -> ExitCode {
    folders::run_cases(says_and_makes_what_it_should)
}

fn says_and_makes_what_it_should(case: &Path) -> Result<(), String> {
    let (shop, options) = folders::case(case);
    let outcome = build::check(&options, &mut Memory::default(), &|_, _| {});
    let errors = outcome.faults.any_error();
    let (_, text) = folders::reported(case, &shop, outcome);
    let expected_file = case.join("check.txt");
    if std::env::var_os("BLESS").is_some() {
        if text.is_empty() {
            let _ = fs::remove_file(&expected_file);
        } else {
            fs::write(&expected_file, &text).map_err(|error| error.to_string())?;
        }
    }
    let expected = fs::read_to_string(&expected_file).unwrap_or_default();
    if text != expected {
        return Err(format!("`check` says\n{text}\nbut check.txt says\n{expected}"));
    }
    let outcome = build::build(&options, &mut Memory::default(), &|_, _| {})
        .map_err(|error| format!("the build died: {error:?}"))?;
    if outcome.published.is_some() == errors {
        return Err(format!(
            "`check` found {}, yet the build {}",
            if errors { "errors" } else { "none" },
            if errors { "published" } else { "published nothing" }
        ));
    }
    let Ok(wanted) = fs::read_to_string(case.join("pages.txt")) else { return Ok(()) };
    pages(&shop.site(), &wanted)
}

fn pages(site: &BTreeMap<String, Vec<u8>>, wanted: &str) -> Result<(), String> {
    for line in wanted.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
        if let Some(path) = line.strip_suffix("!?") {
            if site.contains_key(path) {
                return Err(format!("{path} should not be there"));
            }
        } else if let Some(path) = line.strip_suffix('?') {
            site.get(path).ok_or(format!("{path} is missing"))?;
        } else {
            let (path, text, there) = match (line.split_once(": "), line.split_once("! ")) {
                (Some((path, text)), other) if other.is_none_or(|(short, _)| path.len() <= short.len()) => {
                    (path, text, true)
                }
                (_, Some((path, text))) => (path, text, false),
                _ => return Err(format!("pages.txt: not understood: {line}")),
            };
            let page = site.get(path).ok_or(format!("{path} is missing"))?;
            let page = String::from_utf8_lossy(page);
            if page.contains(text) != there {
                let should = if there { "should hold" } else { "should not hold" };
                return Err(format!("{path} {should}: {text}\n{page}"));
            }
        }
    }
    Ok(())
}
