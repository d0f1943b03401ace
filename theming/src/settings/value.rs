//! A setting's value: the owner's, or the theme's default.

use faults::suggest::{either, nearest};
use serde_json::Number;
use yaml::{Node, Source};

use crate::manifest::first;

use super::colour::{Contrast, Shades, TooNear};
use super::define::Definition;
use super::{Kind, Value};

/// Reads the owner's value, or the default. Both are checked; mistakes go to their sources.
pub(super) fn decide(definition: &Definition<'_>, own: Option<(&Source, &Node)>) -> Option<Value> {
    let Definition { name, kind, stack } = definition;
    let default = match first(stack, "default") {
        Some((fields, node)) => read(kind, fields.source(), name, node),
        None => {
            if let Some(fields) = stack.last() {
                let message = format!("the setting `{name}` needs a `default`");
                // A colour such as #fff is a comment in YAML when it stands without quotes.
                let help = "add `default:` with a value, in quotes if it begins with `#`";
                fields.source().error("missing-field", fields.beginning(), message, "", help);
            }
            None
        }
    };
    // The default stands in for a mistake, so that templates are not said to lack the setting as well.
    own.and_then(|(source, node)| read(kind, source, name, node)).or(default)
}

fn read(kind: &Kind, source: &Source, name: &str, node: &Node) -> Option<Value> {
    match kind {
        Kind::Colour { names, contrast } => {
            let written = yaml::text(source, name, node)?;
            if let Some(shades) = names.get(&written.value) {
                return Some(Value::Colour(written.value, shades.clone()));
            }
            if styling::colour(&written.value).is_none() {
                let known = || names.keys().map(String::as_str);
                let help = match nearest(&written.value, known()) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None if names.is_empty() => {
                        "write a CSS colour in quotes, such as `\"#8c3a21\"`".to_owned()
                    }
                    None => {
                        format!("write {}, or a CSS colour in quotes, such as `\"#8c3a21\"`", either(known()))
                    }
                };
                let message = format!("`{}` is not a colour", written.value);
                source.error("not-a-colour", written.span, message, "unknown", help);
                return None;
            }
            let shades = Shades { light: written.value.trim().to_owned(), dark: None };
            let names: Vec<&str> = names.keys().map(String::as_str).collect();
            check_contrast(source, node, name, contrast.as_ref(), &shades, &names);
            Some(Value::Colour(written.value, shades))
        }
        Kind::Choice { choices } => {
            let written = yaml::text(source, name, node)?;
            if choices.contains(&written.value) {
                return Some(Value::Choice(written.value));
            }
            let known = || choices.iter().map(String::as_str);
            let help = match nearest(&written.value, known()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("write {}", either(known())),
            };
            let message = format!("`{name}` cannot be `{}`", written.value);
            source.error("unknown-choice", written.span, message, "not a choice", help);
            None
        }
        Kind::Number { minimum, maximum } => {
            let number = number(source, name, node)?;
            let value = number.as_f64()?;
            if minimum.is_some_and(|minimum| value < minimum)
                || maximum.is_some_and(|maximum| value > maximum)
            {
                let range = match (minimum, maximum) {
                    (Some(minimum), Some(maximum)) => format!("from {minimum} to {maximum}"),
                    (Some(minimum), None) => format!("of {minimum} or more"),
                    (_, maximum) => format!("of {} or less", maximum.unwrap_or(value)),
                };
                let message = format!("`{name}` cannot be {number}");
                let help = format!("write a number {range}");
                source.error("out-of-range", node.span.clone(), message, "out of range", help);
                return None;
            }
            Some(Value::Number(number))
        }
        Kind::Boolean => {
            let written = yaml::text(source, name, node)?;
            match written.value.as_str() {
                "true" => Some(Value::Boolean(true)),
                "false" => Some(Value::Boolean(false)),
                _ => {
                    let message = format!("`{name}` is either true or false");
                    source.error(
                        "not-a-boolean",
                        written.span,
                        message,
                        "neither",
                        "write `true` or `false`",
                    );
                    None
                }
            }
        }
        Kind::Text => Some(Value::Text(yaml::text(source, name, node)?.value)),
    }
}

fn check_contrast(
    source: &Source,
    node: &Node,
    name: &str,
    contrast: Option<&Contrast>,
    shades: &Shades,
    names: &[&str],
) {
    // One colour for both: it may be near in light and in dark mode, with opposite advice.
    for near in contrast.iter().flat_map(|contrast| contrast.too_near(shades)) {
        let names = if names.is_empty() {
            String::new()
        } else {
            format!(", or one of the theme's: {}", either(names.iter().copied()))
        };
        let help = format!("write a {} colour{names}", near.way);
        source.error("low-contrast", node.span.clone(), contrast_words(name, &near), "hard to read", help);
    }
}

/// What is wrong with a colour's contrast.
pub(super) fn contrast_words(name: &str, near: &TooNear) -> String {
    let TooNear { scheme, ground, ratio, at_least, .. } = near;
    format!("`{name}` has a contrast of {ratio:.2} to `{ground}` in {scheme} mode, and needs {at_least}")
}

/// A number, whole or with a decimal point.
pub(super) fn number(source: &Source, name: &str, node: &Node) -> Option<Number> {
    let written = yaml::text(source, name, node)?;
    let plain = written.value.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'.'));
    let whole = written.value.parse::<i64>().ok().map(Number::from);
    let number = whole.or_else(|| Number::from_f64(written.value.parse::<f64>().ok()?));
    if number.is_none() || !plain {
        let message = format!("`{name}` is a number");
        source.error(
            "not-a-number",
            written.span,
            message,
            "not a number",
            "write digits, with a point for decimals: `1.5`",
        );
        return None;
    }
    number
}
