//! `docs/security.md` and ARCHITECTURE's invariants: every threat, promise and invariant names the tests that show it, and these
//! tests exist.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository")
}

/// A file as the table names it: below `functions/tests`, `functions/src`, `functions/src/outside` or the root.
fn find(file: &str) -> Option<PathBuf> {
    ["functions/tests", "functions/src", "functions/src/outside", ""]
        .map(|folder| root().join(folder).join(file))
        .into_iter()
        .find(|path| path.exists())
}

/// The texts between backticks.
fn quoted(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

fn is_test(name: &str) -> bool {
    name.contains('_') && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// Whether a file has a test of this name: a function with a test attribute, or one of the functions that are run for each kind
/// of store or each folder of cases.
fn has_test(file: &Path, name: &str) -> bool {
    let text = fs::read_to_string(file).unwrap_or_default();
    let Some((before, _)) = text.split_once(&format!("fn {name}(")) else { return false };
    let mut above = before.lines().rev().take(4);
    ["store/rules.rs", "store/outbox.rs", "tests/cases.rs"].iter().any(|rules| file.ends_with(rules))
        || above.any(|line| line.trim().starts_with("#[") && line.contains("test"))
}

#[test]
fn every_threat_names_tests_that_are_there() {
    let text = fs::read_to_string(root().join("docs/security.md")).expect("docs/security.md");
    let rows: Vec<Vec<&str>> = text
        .lines()
        .filter(|line| line.starts_with("| ") && !line.ends_with("| shown by |"))
        .map(|line| line.trim_matches('|').split(" | ").collect())
        .collect();
    assert!(rows.len() > 15, "the table is read: {}", rows.len());
    let mut wrong = Vec::new();
    for row in &rows {
        let [threat, .., shown] = row.as_slice() else { panic!("a row of one cell: {row:?}") };
        wrong.extend(unshown(threat, shown));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_invariant_names_tests_that_are_there() {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    let section = text.split("## Invariants").nth(1).and_then(|rest| rest.split("\n## ").next());
    let invariants: Vec<&str> = section.expect("the section").split("\n- ").skip(1).collect();
    assert!(invariants.len() > 10, "the list is read: {}", invariants.len());
    let wrong = invariants.iter().flat_map(|invariant| {
        let (_, shown) = invariant.rsplit_once("Shown by").unwrap_or_default();
        unshown(invariant, shown)
    });
    let wrong: Vec<String> = wrong.collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What is wrong with the tests that `shown` names for `what`.
fn unshown(what: &str, shown: &str) -> Vec<String> {
    let (mut wrong, mut file) = (Vec::new(), None);
    let mut shows = shown.contains("the same");
    for name in quoted(shown) {
        if is_test(name) {
            let found = file.as_ref().is_some_and(|file: &PathBuf| has_test(file, name));
            shows |= found;
            if !found {
                wrong.push(format!("{what}: no test `{name}` in {file:?}"));
            }
        } else if name.contains('/') || name.ends_with(".rs") || name.ends_with(".toml") {
            file = find(name);
            shows |= file.is_some();
            if file.is_none() {
                wrong.push(format!("{what}: there is no {name}"));
            }
        }
    }
    if !shows {
        wrong.push(format!("{what}: nothing shows that it is kept"));
    }
    wrong
}
