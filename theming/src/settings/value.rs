//! A setting's value, read as its definition allows.

use faults::suggest::{either, nearest};
use faults::{Fault, Place};
use messages::tr;
use serde_json::Number;
use yaml::{Node, Source};

use super::colour::{self, Contrast, Moved, Scheme, Shades, TooNear, Way};
use super::{Kind, Value};

/// Reads a value of a setting, the owner's or the theme's default.
pub(super) fn read(kind: &Kind, source: &Source, name: &str, node: &Node) -> Option<Value> {
    match kind {
        Kind::Colour { names, contrast } => {
            if matches!(node.kind, yaml::Kind::Map(_)) {
                return pair(source, name, node, contrast.as_ref());
            }
            let written = yaml::text(source, name, node)?;
            if let Some(shades) = names.get(&written.value) {
                return Some(Value::Colour(written.value, shades.clone()));
            }
            if styling::colour(&written.value).is_none() {
                let known = || names.keys().map(String::as_str);
                let help = match nearest(&written.value, known()) {
                    Some(meant) => tr!("did you mean `{meant}`?"),
                    None if names.is_empty() => {
                        tr!("write a CSS colour in quotes, such as `\"#8c3a21\"`").to_owned()
                    }
                    None => {
                        let known = either(known());
                        tr!("write {known}, or a CSS colour in quotes, such as `\"#8c3a21\"`")
                    }
                };
                let message = tr!("`{text}` is not a colour", text = written.value);
                source.error("not-a-colour", written.span, message, tr!("unknown"), help);
                return None;
            }
            let names: Vec<&str> = names.keys().map(String::as_str).collect();
            let shades = one_for_both(source, node, name, contrast.as_ref(), written.value.trim(), &names);
            Some(Value::Colour(written.value, shades))
        }
        Kind::Choice { choices } => {
            let written = yaml::text(source, name, node)?;
            if choices.contains(&written.value) {
                return Some(Value::Choice(written.value));
            }
            let known = || choices.iter().map(String::as_str);
            let help = match nearest(&written.value, known()) {
                Some(meant) => tr!("did you mean `{meant}`?"),
                None => tr!("write {known}", known = either(known())),
            };
            let message = tr!("`{name}` cannot be `{text}`", text = written.value);
            source.error("unknown-choice", written.span, message, tr!("not a choice"), help);
            None
        }
        Kind::Number { minimum, maximum } => {
            let number = number(source, name, node)?;
            let value = number.as_f64()?;
            if minimum.is_some_and(|minimum| value < minimum)
                || maximum.is_some_and(|maximum| value > maximum)
            {
                let help = match (minimum, maximum) {
                    (Some(minimum), Some(maximum)) => tr!("write a number from {minimum} to {maximum}"),
                    (Some(minimum), None) => tr!("write a number of {minimum} or more"),
                    (None, maximum) => {
                        tr!("write a number of {maximum} or less", maximum = maximum.unwrap_or(value))
                    }
                };
                let message = tr!("`{name}` cannot be {number}");
                source.error("out-of-range", node.span.clone(), message, tr!("out of range"), help);
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
                    let message = tr!("`{name}` is either true or false");
                    let help = tr!("write `true` or `false`");
                    source.error("not-a-boolean", written.span, message, tr!("neither"), help);
                    None
                }
            }
        }
        Kind::Text => Some(Value::Text(yaml::text(source, name, node)?.value)),
    }
}

/// `{ light: COLOUR, dark: COLOUR }`: each must be readable as written.
fn pair(source: &Source, name: &str, node: &Node, contrast: Option<&Contrast>) -> Option<Value> {
    let shades = colour::shades(source, name, node)?;
    for near in contrast.iter().flat_map(|contrast| contrast.too_near(&shades)) {
        let near_enough = styling::colour(&near.ground).and_then(|ground| {
            let written = match near.scheme {
                Scheme::Light => shades.light.as_str(),
                Scheme::Dark => shades.dark(),
            };
            styling::readable(written, ground, near.at_least)
        });
        let field = near.scheme.field();
        let help = match (near.way, near_enough) {
            (Way::Darker, Some(shade)) => tr!("write a darker colour, such as `{field}: \"{shade}\"`"),
            (Way::Lighter, Some(shade)) => tr!("write a lighter colour, such as `{field}: \"{shade}\"`"),
            (Way::Darker, None) => tr!("write a darker colour").to_owned(),
            (Way::Lighter, None) => tr!("write a lighter colour").to_owned(),
        };
        let span = colour::span_of(node, near.scheme);
        source.error("low-contrast", span, contrast_words(name, &near), tr!("hard to read"), help);
    }
    Some(Value::Colour(shades.light.clone(), shades))
}

/// One colour for light and dark mode: since few are readable in both, another shade of it is shown where it is not.
fn one_for_both(
    source: &Source,
    node: &Node,
    name: &str,
    contrast: Option<&Contrast>,
    written: &str,
    names: &[&str],
) -> Shades {
    let as_written = || Shades { light: written.to_owned(), dark: None };
    match contrast.map(|contrast| contrast.fitted(written)) {
        None => as_written(),
        Some(Ok((shades, moved))) => {
            if !moved.is_empty() {
                let place = source.place(node.span.clone());
                source.push(moved_words(place, name, &shades, &moved));
            }
            shades
        }
        Some(Err(near)) => {
            let known = either(names.iter().copied());
            let help = match (near.way, names.is_empty()) {
                (Way::Darker, true) => tr!("write a darker colour").to_owned(),
                (Way::Lighter, true) => tr!("write a lighter colour").to_owned(),
                (Way::Darker, false) => tr!("write a darker colour, or one of the theme's: {known}"),
                (Way::Lighter, false) => tr!("write a lighter colour, or one of the theme's: {known}"),
            };
            let message = contrast_words(name, &near);
            source.error("low-contrast", node.span.clone(), message, tr!("hard to read"), help);
            as_written()
        }
    }
}

/// A warning that says what is shown in which mode, and how to change that.
fn moved_words(place: Place, name: &str, shades: &Shades, moved: &[Moved]) -> Fault {
    let parts: Vec<String> = moved.iter().map(moved_part).collect();
    let message = match parts.as_slice() {
        [first, last] => tr!("`{name}` is shown {first} and {last}"),
        parts => tr!("`{name}` is shown {part}", part = parts.concat()),
    };
    let (light, dark) = (&shades.light, shades.dark());
    Fault::warning("colour-moved", place, message)
        .label(tr!("moved where it could not be read"))
        .help(tr!("to choose both yourself: `{name}: {{ light: \"{light}\", dark: \"{dark}\" }}`"))
}

/// How a colour was changed in one mode.
fn moved_part(Moved { near, shade }: &Moved) -> String {
    let TooNear { scheme, way, ratio, at_least, .. } = near;
    match (way, scheme) {
        (Way::Darker, Scheme::Light) => {
            tr!("darker in light mode (`{shade}`; the contrast was {ratio:.2} and must be {at_least})")
        }
        (Way::Darker, Scheme::Dark) => {
            tr!("darker in dark mode (`{shade}`; the contrast was {ratio:.2} and must be {at_least})")
        }
        (Way::Lighter, Scheme::Light) => {
            tr!("lighter in light mode (`{shade}`; the contrast was {ratio:.2} and must be {at_least})")
        }
        (Way::Lighter, Scheme::Dark) => {
            tr!("lighter in dark mode (`{shade}`; the contrast was {ratio:.2} and must be {at_least})")
        }
    }
}

/// What is wrong with a colour's contrast.
pub(super) fn contrast_words(name: &str, near: &TooNear) -> String {
    let TooNear { scheme, ground, ratio, at_least, .. } = near;
    match scheme {
        Scheme::Light => {
            tr!("`{name}` has a contrast of {ratio:.2} to `{ground}` in light mode, and needs {at_least}")
        }
        Scheme::Dark => {
            tr!("`{name}` has a contrast of {ratio:.2} to `{ground}` in dark mode, and needs {at_least}")
        }
    }
}

/// A number, whole or with a decimal point.
pub(super) fn number(source: &Source, name: &str, node: &Node) -> Option<Number> {
    let written = yaml::text(source, name, node)?;
    let plain = written.value.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'.'));
    let whole = written.value.parse::<i64>().ok().map(Number::from);
    let number = whole.or_else(|| Number::from_f64(written.value.parse::<f64>().ok()?));
    if number.is_none() || !plain {
        let message = tr!("`{name}` is a number");
        let help = tr!("write digits, with a point for decimals: `1.5`");
        source.error("not-a-number", written.span, message, tr!("not a number"), help);
        return None;
    }
    number
}
