//! `schema`: JSON Schema (2020-12) of every kind of file, for editors, from the table that the parser uses. Its
//! descriptions are in the user's language.

use messages::tr;
use serde_json::{Map, Value, json};

use pages::model::schema::{
    CATEGORY, COLLECTION, Field, MAKER, PAGE, PRODUCT, SHOP, Shape, TRANSLATION, VARIANT,
};

/// All schemas in one document, each under `$defs`.
pub(super) fn document() -> Value {
    let kinds: [(&str, &'static [Field]); 7] = [
        ("shop", SHOP),
        ("product", PRODUCT),
        ("category", CATEGORY),
        ("collection", COLLECTION),
        ("maker", MAKER),
        ("page", PAGE),
        ("translation", TRANSLATION),
    ];
    let definitions: Map<String, Value> =
        kinds.into_iter().map(|(name, fields)| (name.to_owned(), object(fields))).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": tr!("Files of a bazaar shop: one definition for each kind of front matter"),
        "$defs": definitions,
    })
}

/// The names of the definitions.
pub(super) const KINDS: [&str; 7] =
    ["shop", "product", "category", "collection", "maker", "page", "translation"];

/// One kind as a schema of its own.
pub(super) fn one(kind: &str) -> Option<Value> {
    let mut schema = document()["$defs"].get(kind)?.clone();
    let object = schema.as_object_mut()?;
    object.insert("$schema".into(), "https://json-schema.org/draft/2020-12/schema".into());
    Some(schema)
}

fn object(fields: &'static [Field]) -> Value {
    let properties: Map<String, Value> =
        fields.iter().map(|field| (field.name.to_owned(), described(field))).collect();
    let required: Vec<&str> = fields.iter().filter(|field| field.required).map(|field| field.name).collect();
    // A variant also has a field for each option, which the owner names.
    let open = std::ptr::eq(fields, VARIANT);
    let mut schema = json!({ "type": "object", "properties": properties, "additionalProperties": open });
    if !required.is_empty()
        && let Some(schema) = schema.as_object_mut()
    {
        // With variants the price may be given in each of them.
        let required: Vec<&str> = required
            .into_iter()
            .filter(|name| !(std::ptr::eq(fields, PRODUCT) && *name == "price"))
            .collect();
        schema.insert("required".into(), required.into());
    }
    schema
}

fn described(field: &Field) -> Value {
    let mut value = shape(field.shape);
    if let Some(value) = value.as_object_mut() {
        let said = tr!("{doc}. Example: {example}", doc = (field.doc)(), example = field.example);
        value.insert("description".into(), said.into());
    }
    value
}

fn shape(written: Shape) -> Value {
    let text = || json!({ "type": ["string", "number"] });
    let by_language = |inner: Value| json!({ "type": "object", "additionalProperties": inner });
    match written {
        Shape::Text => text(),
        Shape::Localized => json!({ "anyOf": [text(), by_language(text())] }),
        Shape::Sku => json!({ "type": ["string", "number"], "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$" }),
        Shape::Id(_) => json!({ "type": ["string", "number"], "pattern": "^[a-z0-9][a-z0-9-]{0,79}$" }),
        Shape::Ids(_) => {
            json!({ "type": "array", "items": { "type": ["string", "number"], "pattern": "^[a-z0-9][a-z0-9-]{0,79}$" } })
        }
        Shape::Price => {
            json!({ "type": ["number", "string"], "minimum": 0, "maximum": 999_999.99, "pattern": "^(0|[1-9][0-9]*)(\\.[0-9]{1,2})?$" })
        }
        Shape::Date => json!({ "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ].+)?$" }),
        Shape::Weight => json!({ "type": "string", "pattern": "^[0-9]+(\\.[0-9]{1,3})? ?(g|kg)$" }),
        Shape::Integer => json!({ "type": "integer", "minimum": 0 }),
        Shape::Percent => json!({ "type": "number", "minimum": 0, "maximum": 50 }),
        Shape::Boolean => json!({ "type": "boolean" }),
        Shape::Supply => {
            json!({ "anyOf": [{ "type": "integer", "minimum": 0, "maximum": 1_000_000 }, { "const": "unlimited" }] })
        }
        Shape::Texts => json!({ "type": "array", "items": text() }),
        Shape::Word(words) => json!({ "enum": words }),
        Shape::Span => {
            json!({ "type": "array", "items": { "type": "integer", "minimum": 0, "maximum": 365 }, "minItems": 2, "maxItems": 2 })
        }
        Shape::Fields(fields) => object(fields),
        Shape::List(fields) => json!({ "type": "array", "items": object(fields) }),
        Shape::Named(fields) => by_language(object(fields)),
        Shape::NamedTexts => by_language(json!({ "anyOf": [text(), by_language(text())] })),
        Shape::NamedPercents => by_language(shape(Shape::Percent)),
        Shape::Anything => json!({}),
    }
}
