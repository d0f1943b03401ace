//! The parameters that an endpoint accepts, as tables, and the reader that turns a tree into typed JSON or a refusal in
//! Stripe's terms. The tables are in `session.rs` and `others.rs`.

mod others;
mod places;
mod session;

use serde_json::{Map, Value};

use crate::form::Node;
use crate::refusal::Refusal;

pub(crate) use others::{
    CANCEL_INTENT, EXPAND_ONLY, LIST_DISPUTES, LIST_EVENTS, LIST_PAYMENTS, LIST_REFUNDS, LIST_SESSIONS, PAGE,
    REFUND, RETRIEVE_INTENT,
};
pub(crate) use session::{CREATE_SESSION, CREATE_SESSION_BEFORE_ENDIVE};

/// What a parameter may be.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    /// Text of at most this many characters.
    Text(usize),
    /// Text, or empty to unset it.
    Clearable(usize),
    /// An absolute http or https address.
    Url,
    Email,
    /// From and to, inclusive.
    Integer(i64, i64),
    Flag,
    Choice(&'static [&'static str]),
    /// A choice, or empty.
    ClearableChoice(&'static [&'static str]),
    Currency,
    Country,
    /// At most 50 keys of 40 characters with values of 500.
    Metadata,
    Object(&'static [Field]),
    /// At most this many.
    List(&'static Kind, usize),
    /// A Unix time or `gt`, `gte`, `lt`, `lte`.
    Range,
    /// Stripe accepts it, but it is not simulated: refused with a message.
    Beyond,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) required: bool,
}

pub(crate) const fn field(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, required: false }
}

pub(crate) const fn required(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, required: true }
}

const BOUNDS: &[Field] = &[
    field("gt", Kind::Integer(0, i64::MAX)),
    field("gte", Kind::Integer(0, i64::MAX)),
    field("lt", Kind::Integer(0, i64::MAX)),
    field("lte", Kind::Integer(0, i64::MAX)),
];

/// Reads an object's parameters; `at` is the object's own name with brackets, or empty.
pub(crate) fn read(node: &Node, fields: &'static [Field], at: &str) -> Result<Map<String, Value>, Refusal> {
    let Node::Map(entries) = node else { return Err(Refusal::invalid("Invalid object").at(at)) };
    if let Some((name, _)) = entries.iter().find(|(name, _)| fields.iter().all(|field| field.name != name)) {
        let param = inside(at, name);
        return Err(Refusal::invalid(format!("Received unknown parameter: {param}"))
            .code("parameter_unknown")
            .at(param));
    }
    let mut typed = Map::new();
    for field in fields {
        let param = || inside(at, field.name);
        match node.get(field.name) {
            Some(sent) => {
                typed.insert(field.name.to_owned(), value(sent, field.kind, &param())?);
            }
            None if field.required => {
                let param = param();
                return Err(Refusal::invalid(format!("Missing required param: {param}."))
                    .code("parameter_missing")
                    .at(param));
            }
            None => {}
        }
    }
    Ok(typed)
}

fn inside(at: &str, name: &str) -> String {
    if at.is_empty() { name.to_owned() } else { format!("{at}[{name}]") }
}

fn value(node: &Node, kind: Kind, param: &str) -> Result<Value, Refusal> {
    match kind {
        Kind::Object(fields) => Ok(Value::Object(read(node, fields, param)?)),
        Kind::List(kind, most) => list(node, *kind, most, param),
        Kind::Metadata => metadata(node, param),
        Kind::Range => match node {
            Node::Map(_) => Ok(Value::Object(read(node, BOUNDS, param)?)),
            Node::Text(text) => integer(text, 0, i64::MAX, param),
        },
        Kind::Beyond => Err(Refusal::invalid(format!(
            "This stand-in for Stripe does not play the parameter {param}; Stripe itself knows it."
        ))
        .at(param)),
        _ => match node {
            Node::Text(text) => scalar(text, kind, param),
            Node::Map(_) => {
                Err(Refusal::invalid(format!("Invalid string: {param} is an object or a list")).at(param))
            }
        },
    }
}

fn scalar(text: &str, kind: Kind, param: &str) -> Result<Value, Refusal> {
    if text.is_empty() {
        return match kind {
            Kind::Clearable(_) | Kind::ClearableChoice(_) => Ok(Value::Null),
            _ => Err(Refusal::invalid(format!(
                "You passed an empty string for '{param}'. We assume empty values are an attempt to unset a parameter; \
                 however '{param}' cannot be unset. You should remove '{param}' from your request or supply a non-empty \
                 value."
            ))
            .code("parameter_invalid_empty")
            .at(param)),
        };
    }
    match kind {
        Kind::Text(most) | Kind::Clearable(most) => match text.chars().count() {
            count if count > most => Err(Refusal::invalid(format!(
                "Invalid string: {}...; must be at most {most} characters",
                text.chars().take(20).collect::<String>()
            ))
            .at(param)),
            _ => Ok(text.into()),
        },
        Kind::Url => match absolute(text) {
            true => Ok(text.into()),
            false => Err(Refusal::invalid("Not a valid URL").code("url_invalid").at(param)),
        },
        Kind::Email => match email(text) {
            true => Ok(text.into()),
            false => Err(Refusal::invalid(format!("Invalid email address: {text}"))
                .code("email_invalid")
                .at(param)),
        },
        Kind::Integer(from, to) => integer(text, from, to, param),
        Kind::Flag => match text {
            "true" => Ok(true.into()),
            "false" => Ok(false.into()),
            _ => Err(Refusal::invalid(format!("Invalid boolean: {text}")).at(param)),
        },
        Kind::Choice(choices) | Kind::ClearableChoice(choices) => match choices.contains(&text) {
            true => Ok(text.into()),
            false => {
                Err(Refusal::invalid(format!("Invalid {param}: must be one of {}", choices.join(", ")))
                    .at(param))
            }
        },
        Kind::Currency => match places::CURRENCIES.contains(&text.to_ascii_lowercase().as_str()) {
            true => Ok(text.to_ascii_lowercase().into()),
            false => Err(Refusal::invalid(format!(
                "Invalid currency: {text}. This stand-in for Stripe counts in: {}",
                places::CURRENCIES.join(", ")
            ))
            .at(param)),
        },
        Kind::Country => match places::COUNTRIES.contains(&text) {
            true => Ok(text.into()),
            false => Err(Refusal::invalid(format!(
                "Invalid {param}: must be one of AC, AD, AE… and {text} is none"
            ))
            .at(param)),
        },
        Kind::Object(_) | Kind::List(..) | Kind::Metadata | Kind::Range | Kind::Beyond => {
            Err(Refusal::invalid("Invalid object").at(param))
        }
    }
}

fn integer(text: &str, from: i64, to: i64, param: &str) -> Result<Value, Refusal> {
    let plain = text.strip_prefix('-').unwrap_or(text);
    let number = Some(text)
        .filter(|_| !plain.is_empty() && plain.bytes().all(|byte| byte.is_ascii_digit()))
        .and_then(|text| text.parse::<i64>().ok())
        .ok_or_else(|| {
            Refusal::invalid(format!("Invalid integer: {text}")).code("parameter_invalid_integer").at(param)
        })?;
    if number < from {
        let message = format!("Invalid integer: {text}; must be at least {from}");
        return Err(Refusal::invalid(message).code("parameter_invalid_integer").at(param));
    }
    if number > to {
        let message = format!("Invalid integer: {text}; must be no more than {to}");
        return Err(Refusal::invalid(message).code("parameter_invalid_integer").at(param));
    }
    Ok(number.into())
}

fn list(node: &Node, kind: Kind, most: usize, param: &str) -> Result<Value, Refusal> {
    let bad = || Refusal::invalid("Invalid array").at(param);
    let Node::Map(entries) = node else { return Err(bad()) };
    if entries.len() > most {
        let message = format!("Array {param} exceeded maximum {most} allowed elements.");
        return Err(Refusal::invalid(message).at(param));
    }
    let mut items = Vec::with_capacity(entries.len());
    for place in 0..entries.len() {
        let item = node.get(&place.to_string()).ok_or_else(bad)?;
        items.push(value(item, kind, &format!("{param}[{place}]"))?);
    }
    Ok(Value::Array(items))
}

fn metadata(node: &Node, param: &str) -> Result<Value, Refusal> {
    let Node::Map(entries) = node else {
        return Err(Refusal::invalid("Invalid hash: metadata is keys with values").at(param));
    };
    if entries.len() > 50 {
        return Err(Refusal::invalid("You cannot set more than 50 metadata keys.").at(param));
    }
    let mut typed = Map::new();
    for (key, node) in entries {
        let Node::Text(text) = node else {
            return Err(Refusal::invalid("Metadata values must be strings.").at(inside(param, key)));
        };
        if key.chars().count() > 40 {
            let message = format!("Metadata keys can be at most 40 characters long: {key}");
            return Err(Refusal::invalid(message).at(inside(param, key)));
        }
        if text.chars().count() > 500 {
            let message = format!(
                "Metadata values can have up to 500 characters, but you passed in a value that is {} characters.",
                text.chars().count()
            );
            return Err(Refusal::invalid(message).at(inside(param, key)));
        }
        // An empty value unsets a key.
        if !text.is_empty() {
            typed.insert(key.clone(), text.as_str().into());
        }
    }
    Ok(Value::Object(typed))
}

fn absolute(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let host = rest.and_then(|rest| rest.split(['/', '?', '#']).next()).unwrap_or_default();
    !host.is_empty()
        && !text.chars().any(|letter| letter.is_whitespace() || letter.is_control())
        && host.chars().all(|letter| letter.is_alphanumeric() || ".-:@[]_".contains(letter))
        && text.len() <= 5_000
}

pub(crate) fn email(text: &str) -> bool {
    let Some((name, domain)) = text.rsplit_once('@') else { return false };
    !name.is_empty()
        && text.len() <= 512
        && !text
            .chars()
            .any(|letter| letter.is_whitespace() || letter.is_control() || "<>,;\"()".contains(letter))
        && !name.contains('@')
        && domain.contains('.')
        && domain.split('.').all(|label| !label.is_empty())
}

/// Whether this is a country of the address form.
pub fn is_country(code: &str) -> bool {
    places::COUNTRIES.contains(&code)
}
