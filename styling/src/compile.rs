//! Sheets in, one minified text out; or every fault of every sheet.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, RwLock};

use lightningcss::error::{ParserError, SelectorError};
use lightningcss::printer::PrinterOptions;
use lightningcss::rules::CssRule;
use lightningcss::stylesheet::{MinifyOptions, ParserOptions, StyleSheet};
use lightningcss::targets::{Browsers, Targets};
use lightningcss::traits::ToCss;
use lightningcss::visitor::Visit;

use crate::addresses::Addresses;
use crate::fault::{Mistake, StyleFault};

/// A stylesheet of a theme.
#[derive(Debug, Clone, Copy)]
pub struct Sheet<'a> {
    /// The path within the theme, such as `styles/10-base.css`.
    pub name: &'a str,
    /// The CSS.
    pub text: &'a str,
}

/// The oldest browsers the output is for: those of spring 2023, the first that all know `oklch()`,
/// `color-mix()`, cascade layers and container queries, so that these stay as written. What is younger
/// (nesting, `light-dark()`, range media queries) is lowered.
pub const BROWSERS: Browsers = Browsers {
    android: version(111, 0),
    chrome: version(111, 0),
    edge: version(111, 0),
    firefox: version(113, 0),
    ie: None,
    ios_saf: version(16, 4),
    opera: version(97, 0),
    safari: version(16, 4),
    samsung: version(22, 0),
};

/// lightningcss wants one byte each for major, minor and patch.
const fn version(major: u32, minor: u32) -> Option<u32> {
    Some(major << 16 | minor << 8)
}

/// Checks, rewrites, minifies and joins the sheets in the given order.
///
/// `asset_url` gets a sheet's name and an address as written in one of its `url(...)` and returns the final
/// address, or None where the theme has no such file. `data:` addresses and fragments (`#...`) are kept and
/// never asked for.
///
/// # Errors
/// All faults, by sheet and place: what is not CSS, `@import`, addresses on other hosts, addresses that
/// `asset_url` does not know.
pub fn compile(
    sheets: &[Sheet<'_>],
    asset_url: &dyn Fn(&str, &str) -> Option<String>,
) -> Result<String, Vec<StyleFault>> {
    let mut joined = String::new();
    let mut faults = Vec::new();
    for sheet in sheets {
        // lightningcss is in its alpha versions: should it panic on an owner's sheet, that is one more fault to
        // name and no reason to lose the others.
        let compiled =
            catch_unwind(AssertUnwindSafe(|| compile_one(sheet, asset_url))).unwrap_or_else(|_| {
                let mistake = Mistake::Compiler("the compiler gave up".into());
                Err(vec![StyleFault::new(sheet.name, (1, 1), mistake)])
            });
        match compiled {
            Ok(text) => joined.push_str(&text),
            Err(found) => faults.extend(found),
        }
    }
    if faults.is_empty() { Ok(joined) } else { Err(faults) }
}

fn compile_one(
    sheet: &Sheet<'_>,
    asset_url: &dyn Fn(&str, &str) -> Option<String>,
) -> Result<String, Vec<StyleFault>> {
    let warnings = Arc::new(RwLock::new(Vec::new()));
    let options = ParserOptions {
        filename: sheet.name.to_owned(),
        // Browsers skip what they do not understand; here it is gathered instead, and refused.
        error_recovery: true,
        warnings: Some(Arc::clone(&warnings)),
        ..ParserOptions::default()
    };
    let mut faults = Vec::new();
    let mut add = |line_from_0: u32, column: u32, mistake| {
        faults.push(StyleFault::new(sheet.name, place(sheet.text, line_from_0, column), mistake));
    };

    // With recovery on, an error is one that ends the parsing.
    let parsed = StyleSheet::parse(sheet.text, options);
    let ended = parsed.as_ref().err().cloned();
    let gathered = warnings.read().map(|list| list.clone()).unwrap_or_default();
    for error in gathered.into_iter().chain(ended) {
        let (line, column) = error.loc.map_or((0, 1), |loc| (loc.line, loc.column));
        add(line, column, parser_mistake(&error.kind));
    }
    let mut text = String::new();
    if let Ok(mut parsed) = parsed {
        for rule in &parsed.rules.0 {
            if let CssRule::Import(import) = rule {
                add(import.loc.line, import.loc.column, Mistake::Import);
            }
        }
        let mut addresses = Addresses { sheet: sheet.name, asset_url, found: Vec::new() };
        match parsed.visit(&mut addresses) {
            Ok(()) => {}
            Err(never) => match never {},
        }
        for found in addresses.found {
            add(found.place.0.saturating_sub(1), found.place.1, found.mistake);
        }
        match print(&mut parsed) {
            Ok(printed) => text = printed,
            Err((line, column, words)) => add(line, column, Mistake::Compiler(words)),
        }
    }
    if faults.is_empty() {
        return Ok(text);
    }
    faults.sort_by_key(|fault| (fault.line, fault.column));
    faults.dedup();
    Err(faults)
}

fn print(parsed: &mut StyleSheet<'_>) -> Result<String, (u32, u32, String)> {
    let targets = Targets::from(BROWSERS);
    let at =
        |loc: Option<lightningcss::error::ErrorLocation>| loc.map_or((0, 1), |loc| (loc.line, loc.column));
    parsed.minify(MinifyOptions { targets, ..MinifyOptions::default() }).map_err(|error| {
        let (line, column) = at(error.loc);
        (line, column, error.kind.to_string())
    })?;
    let options = PrinterOptions { minify: true, targets, ..PrinterOptions::default() };
    parsed.to_css(options).map(|result| result.code).map_err(|error| {
        let (line, column) = at(error.loc);
        (line, column, error.kind.to_string())
    })
}

fn parser_mistake(kind: &ParserError<'_>) -> Mistake {
    let words = match kind {
        ParserError::UnexpectedImportRule => return Mistake::Import,
        ParserError::UnexpectedToken(token) => match token.to_css_string(PrinterOptions::default()) {
            Ok(token) if !token.trim().is_empty() => format!("unexpected `{}`", token.trim()),
            _ => "something is missing before this".to_owned(),
        },
        ParserError::EndOfInput => "something is missing here: the value or rule ends too early".to_owned(),
        ParserError::QualifiedRuleInvalid => "this is neither a rule nor a declaration".to_owned(),
        ParserError::SelectorError(error) => selector_words(error),
        other => other.to_string(),
    };
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut letters = words.chars();
    Mistake::Syntax(letters.next().into_iter().flat_map(char::to_lowercase).chain(letters).collect())
}

/// lightningcss' own words where they are for people; those that print a token's innards are not.
fn selector_words(error: &SelectorError<'_>) -> String {
    match error {
        SelectorError::InvalidState
        | SelectorError::DanglingCombinator
        | SelectorError::EmptySelector
        | SelectorError::ExpectedNamespace(_)
        | SelectorError::InvalidPseudoClassAfterPseudoElement
        | SelectorError::UnexpectedIdent(_)
        | SelectorError::UnsupportedPseudoClass(_)
        | SelectorError::UnsupportedPseudoElement(_) => error.to_string(),
        _ => "invalid selector".to_owned(),
    }
}

/// Line from 1 and column in characters from 1, on the first thing that is not blank: the parser may point at
/// the blank before a value.
fn place(text: &str, line_from_0: u32, utf16_column: u32) -> (u32, u32) {
    let mut line = line_from_0;
    let mut column = 1;
    let mut units = utf16_column.max(1) - 1;
    let start = text.split_inclusive('\n').take(line_from_0 as usize).map(str::len).sum::<usize>();
    for letter in text.get(start..).unwrap_or_default().chars() {
        if units == 0 && !letter.is_whitespace() {
            return (line + 1, column);
        }
        units = units.saturating_sub(letter.len_utf16() as u32);
        if letter == '\n' {
            (line, column) = (line + 1, 1);
        } else {
            column += 1;
        }
    }
    // The text ends before anything follows: point where the parser did.
    (line_from_0 + 1, utf16_column.max(1))
}
