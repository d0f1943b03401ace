//! What a JSON Schema says about a value: its fields and its items. Only what is certain counts.

use serde_json::Value;

/// How deep `$ref`s and alternatives are followed.
const MAX_DEPTH: usize = 24;

/// A whole schema, which its parts refer to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Document<'a>(pub(crate) &'a Value);

/// What is known about a value.
#[derive(Debug, Clone)]
pub(crate) enum Shape<'a> {
    /// Nothing.
    Anything,
    /// It is one of these; the document resolves `$ref`s.
    OneOf(Document<'a>, Vec<&'a Value>),
}

/// The result of looking up a field.
#[derive(Debug)]
pub(crate) enum Lookup<'a> {
    /// It exists, or may exist.
    Is(Shape<'a>),
    /// It cannot exist: these do.
    NotAmong(Vec<&'a str>),
    /// The value is a list.
    List,
    /// The value is a text, number or the like.
    Single,
}

impl<'a> Shape<'a> {
    /// The shape that `schema`, a part of `document`, describes.
    pub(crate) fn of(document: Document<'a>, schema: &'a Value) -> Self {
        let mut options = Vec::new();
        match expand(document, schema, 0, &mut options) {
            true if !options.is_empty() => Shape::OneOf(document, options),
            _ => Shape::Anything,
        }
    }

    fn any_of(document: Document<'a>, schemas: &[&'a Value]) -> Self {
        let mut options = Vec::new();
        let sure = schemas.iter().all(|schema| expand(document, schema, 0, &mut options));
        if sure && !options.is_empty() { Shape::OneOf(document, options) } else { Shape::Anything }
    }

    /// Whether both come from the same parts of the same schema.
    pub(crate) fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Shape::Anything, Shape::Anything) => true,
            (Shape::OneOf(_, left), Shape::OneOf(_, right)) => {
                left.len() == right.len() && left.iter().zip(right).all(|(l, r)| std::ptr::eq(*l, *r))
            }
            _ => false,
        }
    }

    /// The field of that name.
    pub(crate) fn field(&self, name: &str) -> Lookup<'a> {
        let Shape::OneOf(document, options) = self else { return Lookup::Is(Shape::Anything) };
        let mut found = Vec::new();
        let mut known = Vec::new();
        let (mut list, mut single) = (false, false);
        for option in options {
            let properties = option.get("properties").and_then(Value::as_object);
            if let Some(schema) = properties.and_then(|properties| properties.get(name)) {
                found.push(schema);
                continue;
            }
            match (option.get("additionalProperties"), properties) {
                (Some(Value::Bool(false)), _) => {}
                (Some(schema), _) => {
                    found.push(schema);
                    continue;
                }
                (None, Some(_)) if option.get("patternProperties").is_none() => {}
                (None, Some(_)) => return Lookup::Is(Shape::Anything),
                (None, None) => match kind(option) {
                    Some("array") => list = true,
                    Some("string" | "number" | "integer" | "boolean") => single = true,
                    _ => return Lookup::Is(Shape::Anything),
                },
            }
            known.extend(properties.into_iter().flat_map(|properties| properties.keys().map(String::as_str)));
        }
        if !found.is_empty() {
            return Lookup::Is(Shape::any_of(*document, &found));
        }
        match (known.is_empty(), list, single) {
            (false, ..) => Lookup::NotAmong(known),
            (_, true, false) => Lookup::List,
            (_, false, true) => Lookup::Single,
            _ => Lookup::Is(Shape::Anything),
        }
    }

    /// The names of its fields that are known.
    pub(crate) fn fields(&self) -> Vec<&'a str> {
        let Shape::OneOf(_, options) = self else { return Vec::new() };
        let properties = options.iter().filter_map(|option| option.get("properties")?.as_object());
        properties.flat_map(|properties| properties.keys().map(String::as_str)).collect()
    }

    /// An item of a list, or a value of a map with free keys.
    pub(crate) fn item(&self) -> Shape<'a> {
        let Shape::OneOf(document, options) = self else { return Shape::Anything };
        let mut items = Vec::new();
        for option in options {
            let item = match kind(option) {
                Some("array") => option.get("items"),
                Some("object") if option.get("properties").is_none() => option.get("additionalProperties"),
                _ => None,
            };
            match item {
                Some(item) => items.push(item),
                None => return Shape::Anything,
            }
        }
        Shape::any_of(*document, &items)
    }
}

/// The one type other than null that a schema allows.
fn kind(schema: &Value) -> Option<&str> {
    match schema.get("type")? {
        Value::String(one) => Some(one),
        Value::Array(several) => {
            let mut others = several.iter().filter_map(Value::as_str).filter(|kind| *kind != "null");
            let first = others.next();
            if others.next().is_some() { None } else { first }
        }
        _ => None,
    }
}

/// Follows `$ref`, `anyOf`, `oneOf` and `allOf`; false if something there allows anything.
fn expand<'a>(document: Document<'a>, schema: &'a Value, depth: usize, into: &mut Vec<&'a Value>) -> bool {
    let Value::Object(parts) = schema else { return false };
    if depth > MAX_DEPTH {
        return false;
    }
    if parts.get("type").and_then(Value::as_str) == Some("null") {
        return true;
    }
    let mut described = false;
    if let Some(target) = parts.get("$ref").and_then(Value::as_str) {
        let target = target.strip_prefix('#').and_then(|pointer| document.0.pointer(pointer));
        if !target.is_some_and(|target| expand(document, target, depth + 1, into)) {
            return false;
        }
        described = true;
    }
    for several in ["anyOf", "oneOf", "allOf"] {
        let Some(several) = parts.get(several).and_then(Value::as_array) else { continue };
        if !several.iter().all(|schema| expand(document, schema, depth + 1, into)) {
            return false;
        }
        described = true;
    }
    if parts.contains_key("type") || parts.contains_key("properties") {
        into.push(schema);
        described = true;
    }
    described
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn look<'a>(schema: &'a Value, path: &[&str]) -> Lookup<'a> {
        let document = Document(schema);
        let mut shape = Shape::of(document, schema);
        for (at, name) in path.iter().enumerate() {
            let next = if *name == "*" { Lookup::Is(shape.item()) } else { shape.field(name) };
            match next {
                Lookup::Is(inner) => shape = inner,
                other if at + 1 == path.len() => return other,
                other => panic!("{other:?} at {name}"),
            }
        }
        Lookup::Is(shape)
    }

    fn schema() -> Value {
        json!({
            "type": "object",
            "properties": {
                "card": {"anyOf": [{"$ref": "#/$defs/Card"}, {"type": "null"}]},
                "cards": {"type": "array", "items": {"$ref": "#/$defs/Card"}},
                "free": {"type": "object", "additionalProperties": {"type": "string"}},
                "any": true,
                "open": {"type": "object"},
                "either": {"oneOf": [{"$ref": "#/$defs/Card"}, {"type": "object", "properties": {"url": {"type": "string"}}}]},
            },
            "$defs": {"Card": {"type": "object", "properties": {
                "title": {"type": ["string", "null"]}, "next": {"$ref": "#/$defs/Card"}
            }}},
        })
    }

    #[test]
    fn references_nulls_lists_and_alternatives_are_followed() {
        let schema = schema();
        assert!(matches!(look(&schema, &["card", "next", "next", "title"]), Lookup::Is(Shape::OneOf(..))));
        assert!(
            matches!(look(&schema, &["card", "titel"]), Lookup::NotAmong(known) if known == ["title", "next"])
        );
        assert!(matches!(look(&schema, &["cards", "*", "titel"]), Lookup::NotAmong(_)));
        assert!(matches!(look(&schema, &["cards", "title"]), Lookup::List));
        assert!(matches!(look(&schema, &["card", "title", "x"]), Lookup::Single));
        assert!(matches!(look(&schema, &["either", "url"]), Lookup::Is(_)));
        assert!(
            matches!(look(&schema, &["either", "urls"]), Lookup::NotAmong(known) if known == ["title", "next", "url"])
        );
    }

    #[test]
    fn what_is_open_allows_anything() {
        let schema = schema();
        for path in [&["any", "x", "y"][..], &["open", "x"], &["free", "x"], &["open", "*"]] {
            assert!(matches!(look(&schema, path), Lookup::Is(_)), "{path:?}");
        }
        let circle = json!({"$ref": "#"});
        assert!(matches!(look(&circle, &["x"]), Lookup::Is(Shape::Anything)));
    }
}
