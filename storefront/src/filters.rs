//! Replacements for Tera's filters whose order changes at each start.

use std::sync::Arc;

use tera::value::Key;
use tera::{Kwargs, Map, State, Tera, TeraResult, Value};

/// Registers them in place of Tera's.
pub fn register(tera: &mut Tera) {
    tera.register_filter("group_by", group_by);
}

/// As Tera's `group_by`, but groups keep the order of their first appearance: Tera's come out of a hash map.
fn group_by(values: &[Value], kwargs: Kwargs, _: &State<'_>) -> TeraResult<Map> {
    let attribute = kwargs.must_get::<&str>("attribute")?;
    let mut groups: Vec<(Key<'static>, Vec<Value>)> = Vec::new();
    for (at, value) in values.iter().enumerate() {
        let Some(by) = value.get_from_path(attribute) else {
            let kind = value.name();
            let message =
                format!("Value at index {at} (a {kind}) does not have an attribute at path: {attribute}");
            return Err(tera::Error::message(message));
        };
        if by.is_none() {
            continue;
        }
        let key = key(by)?;
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, group)) => group.push(value.clone()),
            None => groups.push((key, vec![value.clone()])),
        }
    }
    Ok(groups.into_iter().map(|(key, group)| (key, Value::from(group))).collect())
}

fn key(value: &Value) -> TeraResult<Key<'static>> {
    if let Some(text) = value.as_str() {
        return Ok(Key::String(Arc::from(text)));
    }
    if let Some(boolean) = value.as_bool() {
        return Ok(Key::Bool(boolean));
    }
    // Fractional numbers cannot be keys, as in Tera's own filter.
    let whole = (!value.is_f64()).then(|| value.as_i128()).flatten();
    whole.map(Key::from).ok_or_else(|| tera::Error::message(format!("cannot group by a {}", value.name())))
}
