//! From sheets to one minified text, or to every fault of every sheet.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, RwLock};

use lightningcss::error::{ParserError, SelectorError};
use lightningcss::printer::PrinterOptions;
use lightningcss::rules::CssRule;
use lightningcss::stylesheet::{ParserOptions, StyleSheet};
use lightningcss::traits::ToCss;
use messages::tr;

use crate::addresses::Addresses;
use crate::fault::{Mistake, StyleFault};
use crate::{names, sheet, tokens, unclosed};

/// A stylesheet of a theme.
#[derive(Debug, Clone, Copy)]
pub struct Sheet<'a> {
    /// The path within the theme, such as `styles/10-base.css`.
    pub name: &'a str,
    /// The CSS.
    pub text: &'a str,
}

/// Checks, rewrites, minifies and joins the sheets in the given order.
///
/// `asset_url` gets a sheet's name and an address as written in one of its `url(...)` and returns the final
/// address, or `None` if the theme has no such file. `data:` addresses and fragments (`#...`) are kept; it is not
/// called for them.
///
/// # Errors
/// All faults, by sheet and place: invalid CSS, `@import`, lengths without a unit, addresses on other hosts, addresses
/// that `asset_url` does not know.
pub fn compile(
    sheets: &[Sheet<'_>],
    asset_url: &dyn Fn(&str, &str) -> Option<String>,
) -> Result<String, Vec<StyleFault>> {
    let mut joined = String::new();
    let mut faults = Vec::new();
    for sheet in sheets {
        // lightningcss is still in alpha: if it panics on an owner's sheet, that is one more fault to report and no reason
        // to lose the others.
        let compiled =
            catch_unwind(AssertUnwindSafe(|| compile_one(sheet, asset_url))).unwrap_or_else(|_| {
                let mistake = Mistake::Compiler(tr!("the compiler gave up").into());
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
        // Browsers skip what they do not understand; here it is collected and refused.
        error_recovery: true,
        warnings: Some(Arc::clone(&warnings)),
        ..ParserOptions::default()
    };
    let mut faults = Vec::new();
    let mut add = |line_from_0: u32, column: u32, mistake| {
        faults.push(StyleFault::new(sheet.name, place(sheet.text, line_from_0, column), mistake));
    };

    // With recovery on, only an error that ends the parsing is returned.
    let parsed = StyleSheet::parse(sheet.text, options);
    let ended = parsed.as_ref().err().cloned();
    let gathered = warnings.read().map(|list| list.clone()).unwrap_or_default();
    for error in gathered.into_iter().chain(ended) {
        let (line, column) = error.loc.map_or((0, 1), |loc| (loc.line, loc.column));
        if let Some(mistake) = parser_mistake(&error.kind) {
            add(line, column, mistake);
        }
    }
    for rule in parsed.iter().flat_map(|parsed| &parsed.rules.0) {
        if let CssRule::Import(import) = rule {
            add(import.loc.line, import.loc.column, Mistake::Import);
        }
    }
    // lightningcss only finds mistakes; it does not print, since its output may mean something else.
    let mut text = String::new();
    match tokens::read(sheet.text) {
        Ok(mut pieces) => {
            for ((line, column), mistake) in unclosed::find(&pieces) {
                add(line, column, mistake);
            }
            let mut addresses = Addresses { sheet: sheet.name, asset_url, found: Vec::new() };
            addresses.rewrite(&mut pieces);
            let printed = sheet::print(&pieces);
            for ((line, column), mistake) in addresses.found.into_iter().chain(printed.found) {
                add(line, column, mistake);
            }
            text = printed.text;
        }
        Err((line, column)) => {
            add(line, column, Mistake::Compiler(tr!("its brackets nest too deeply").into()))
        }
    }
    if faults.is_empty() {
        return Ok(text);
    }
    faults.sort_by_key(|fault| (fault.line, fault.column));
    // If the parser reports the same bracket, its message, which comes first, is enough.
    let stray = unclosed::stray_bracket();
    faults.dedup_by(|later, first| {
        let same_place = (later.line, later.column) == (first.line, first.column);
        later == first || (same_place && later.mistake == stray)
    });
    Err(faults)
}

/// The mistake; `None` if the CSS may merely be newer than the parser.
fn parser_mistake(kind: &ParserError<'_>) -> Option<Mistake> {
    let words = match kind {
        ParserError::UnexpectedImportRule => return Some(Mistake::Import),
        ParserError::AtRuleInvalid(name) => unknown("@", name, names::AT_RULES)?,
        ParserError::SelectorError(SelectorError::UnsupportedPseudoClass(name)) => {
            unknown(":", name, names::PSEUDO_CLASSES)?
        }
        ParserError::SelectorError(SelectorError::UnsupportedPseudoElement(name)) => {
            unknown("::", name, names::PSEUDO_ELEMENTS)?
        }
        ParserError::UnexpectedToken(token) => {
            let token = one_line(&token.to_css_string(PrinterOptions::default()).unwrap_or_default());
            match token.is_empty() {
                false => tr!("unexpected `{token}`"),
                true => tr!("something is missing before this").to_owned(),
            }
        }
        ParserError::SelectorError(error) => selector_words(error),
        other => rule_words(other).map_or_else(|| parsers_words(other), str::to_owned),
    };
    Some(Mistake::Syntax(words))
}

/// The message about a rule or declaration; `None` for rare mistakes.
fn rule_words(error: &ParserError<'_>) -> Option<&'static str> {
    Some(match error {
        ParserError::EndOfInput => tr!("something is missing here: the value or rule ends too early"),
        ParserError::QualifiedRuleInvalid => tr!("this is neither a rule nor a declaration"),
        ParserError::AtRuleBodyInvalid => tr!("invalid @ rule body"),
        ParserError::AtRulePreludeInvalid => tr!("invalid @ rule prelude"),
        ParserError::InvalidDeclaration => tr!("invalid declaration"),
        ParserError::InvalidMediaQuery => tr!("invalid media query"),
        ParserError::EmptyBracketInCondition => tr!("the brackets cannot be empty"),
        ParserError::InvalidNesting => tr!("invalid nesting"),
        ParserError::InvalidPageSelector => tr!("invalid page selector"),
        ParserError::InvalidValue => tr!("invalid value"),
        _ => return None,
    })
}

/// lightningcss' own message, to follow "error: ".
fn parsers_words(error: &dyn std::fmt::Display) -> String {
    let words = one_line(&error.to_string());
    let mut letters = words.chars();
    letters.next().into_iter().flat_map(char::to_lowercase).chain(letters).collect()
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The message about a name that is a typing mistake.
fn unknown(prefix: &str, name: &str, known: &[&str]) -> Option<String> {
    let meant = names::meant(name, known)?;
    let name = one_line(name);
    Some(tr!("there is no `{prefix}{name}`; did you mean `{prefix}{meant}`?"))
}

/// The message about a selector; lightningcss' own would print the internals of a token.
fn selector_words(error: &SelectorError<'_>) -> String {
    match error {
        SelectorError::InvalidState => tr!("invalid state").to_owned(),
        SelectorError::DanglingCombinator => tr!("invalid dangling combinator in selector").to_owned(),
        SelectorError::EmptySelector => tr!("invalid empty selector").to_owned(),
        SelectorError::ExpectedNamespace(name) => {
            tr!("expected namespace: {name}", name = one_line(name))
        }
        SelectorError::InvalidPseudoClassAfterPseudoElement => tr!(
            "invalid pseudo class after pseudo element, only user action pseudo classes (e.g. :hover, :active) are allowed"
        )
        .to_owned(),
        SelectorError::UnexpectedIdent(name) => {
            tr!("unexpected identifier: {name}", name = one_line(name))
        }
        _ => tr!("invalid selector").to_owned(),
    }
}

/// Line from 1 and column in characters from 1, of the first character that is not blank: the parser may point at
/// the space before a value.
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
    // Nothing follows: point where the parser did.
    (line_from_0 + 1, utf16_column.max(1))
}
