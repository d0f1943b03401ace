//! The cases once more, in French: the same faults at the same places, and no word of English. The reports of a few are
//! kept in `check.fr.txt` for reviewers. `BLESS=1` rewrites these files.

#[path = "shop/cases.rs"]
mod folders;
mod shop;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use messages::Language;
use pages::build::{self, Memory};

/// The severity and the place of each fault: the language-independent part of a report.
fn places(report: &str) -> Vec<String> {
    let grave = |line: &str| {
        let (word, _) = line.split_once(':')?;
        match word {
            "error" | "erreur" => Some("error".to_owned()),
            "warning" | "avertissement" => Some("warning".to_owned()),
            _ => line.trim_start().starts_with("-->").then(|| line.trim().to_owned()),
        }
    };
    report.lines().filter_map(grave).collect()
}

/// A word outside of backticks that cannot be French.
fn english(text: &str) -> Option<&str> {
    let words = ["the", "this", "is", "not", "and", "of", "with", "write", "there", "cannot", "its", "no"];
    let mut prose = text.split('`').step_by(2);
    prose.find_map(|prose| prose.split([' ', ',', ':', ';']).find(|word| words.contains(word)))
}

/// The code of faults whose message comes from Tera, which has English only.
const THEIRS: &str = "template-error";

fn main() -> ExitCode {
    Language::French.speak();
    folders::run_cases(|case| {
        let wrong = wrong(case);
        if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n\n")) }
    })
}

/// What is wrong with a case's report in French.
fn wrong(case: &Path) -> Vec<String> {
    let (shop, options) = folders::case(case);
    let outcome = build::check(&options, &mut Memory::default(), &|_, _| {});
    let (faults, text) = folders::reported(case, &shop, outcome);
    let mut wrong = Vec::new();
    let in_english = fs::read_to_string(case.join("check.txt")).unwrap_or_default();
    if places(&text) != places(&in_english) {
        wrong.push(format!("other faults than in English:\n{text}\nin English:\n{in_english}"));
    }
    for fault in faults.iter().filter(|fault| fault.code != THEIRS) {
        let related = fault.related.as_ref().map(|(_, words)| words);
        let texts = [Some(&fault.message), Some(&fault.label), fault.help.as_ref(), related];
        for text in texts.into_iter().flatten() {
            wrong.extend(english(text).map(|word| format!("{}: `{word}` in: {text}", fault.code)));
        }
    }
    let kept = case.join("check.fr.txt");
    if kept.exists() {
        if std::env::var_os("BLESS").is_some() {
            fs::write(&kept, &text).expect("written");
        }
        let expected = fs::read_to_string(&kept).expect("readable");
        if text != expected {
            wrong.push(format!("`check` says\n{text}\nbut check.fr.txt says\n{expected}"));
        }
    }
    wrong
}
