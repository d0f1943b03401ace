//! Prints faults: like a compiler for people, as JSON for programs, as workflow commands for GitHub.

use std::fmt::Write as _;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use messages::tr;
use serde::Serialize;

use crate::{Fault, Place, Severity};

/// For people, in the format of the Rust compiler; with ANSI colours if `colour`.
pub fn human(faults: &[Fault], colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let mut out = String::new();
    for fault in faults {
        out.push_str(renderer.render(&[group(fault)]).as_str());
        out.push_str("\n\n");
    }
    out
}

fn group(fault: &Fault) -> Group<'_> {
    let level = match fault.severity {
        Severity::Error => Level::ERROR.with_name(tr!("error")),
        Severity::Warning => Level::WARNING.with_name(tr!("warning")),
    };
    let title = level.primary_title(fault.message.as_str());
    let mut group = with_place(Group::with_title(title), &fault.place, &fault.label, AnnotationKind::Primary);
    if let Some((place, words)) = &fault.related {
        group = with_place(group, place, words, AnnotationKind::Context);
    }
    match &fault.help {
        Some(help) => group.element(Level::HELP.with_name(tr!("help")).message(help.as_str())),
        None => group,
    }
}

fn with_place<'a>(group: Group<'a>, place: &'a Place, label: &'a str, kind: AnnotationKind) -> Group<'a> {
    let Some(text) = &place.text else {
        return group.element(Origin::path(&*place.file));
    };
    let mut annotation = kind.span(place.span.clone());
    if !label.is_empty() {
        annotation = annotation.label(label);
    }
    group.element(Snippet::source(&**text).path(&*place.file).annotation(annotation))
}

#[derive(Serialize)]
struct Line<'a> {
    severity: &'static str,
    code: &'a str,
    message: &'a str,
    file: &'a str,
    line: usize,
    column: usize,
    label: &'a str,
    help: Option<&'a str>,
}

/// For programs: an array of objects with `severity`, `code`, `message`, `file`, `line`, `column`, `label`, `help`.
pub fn json(faults: &[Fault]) -> String {
    let lines: Vec<Line<'_>> = faults
        .iter()
        .map(|fault| {
            let (line, column) = fault.place.line_column();
            Line {
                severity: word(fault.severity),
                code: fault.code,
                message: &fault.message,
                file: &fault.place.file,
                line,
                column,
                label: &fault.label,
                help: fault.help.as_deref(),
            }
        })
        .collect();
    let mut out = serde_json::to_string_pretty(&lines).unwrap_or_default();
    out.push('\n');
    out
}

/// For GitHub Actions: workflow commands that annotate the changed files
/// (docs.github.com, "Workflow commands for GitHub Actions").
pub fn github(faults: &[Fault]) -> String {
    let mut out = String::new();
    for fault in faults {
        let (line, column) = fault.place.line_column();
        let mut message = fault.message.clone();
        for part in
            [Some(&fault.label).filter(|label| !label.is_empty()), fault.help.as_ref()].into_iter().flatten()
        {
            let _ = write!(message, "\n{part}");
        }
        let _ = writeln!(
            out,
            "::{} file={},line={line},col={column},title={}::{}",
            word(fault.severity),
            property(&fault.place.file),
            property(fault.code),
            data(&message)
        );
    }
    out
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn comma() -> Fault {
        let text = "---\nprice: 28,00\n---\n";
        Fault::error(
            "price-comma",
            Place::span("content/products/bol.md", text.into(), 11..16),
            "the price is written with a comma",
        )
        .label("not a number")
        .help("write `price: 28.00`")
    }

    #[test]
    fn people_see_the_line_the_mark_and_the_help() {
        assert_eq!(
            human(&[comma()], false),
            "error: the price is written with a comma\n \
             --> content/products/bol.md:2:8\n  \
             |\n\
             2 | price: 28,00\n  \
             |        ^^^^^ not a number\n  \
             |\n  \
             = help: write `price: 28.00`\n\n"
        );
    }

    #[test]
    fn github_gets_one_escaped_command_a_fault() {
        assert_eq!(
            github(&[comma()]),
            "::error file=content/products/bol.md,line=2,col=8,title=price-comma::the price is written with a comma\
             %0Anot a number%0Awrite `price: 28.00`\n"
        );
    }

    #[test]
    fn programs_get_line_and_column() {
        let value: serde_json::Value = serde_json::from_str(&json(&[comma()])).expect("json");
        assert_eq!(value[0]["line"], 2);
        assert_eq!(value[0]["column"], 8);
    }
}
