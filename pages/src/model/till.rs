//! What the till's templates see: an example with every field (`till.json`), and the schemas it gives, against which the
//! build checks a theme. The till fills them in (`functions`); it tells what has no value with null.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::view;

/// Every field that a template of the till sees, by the names at its root, with values as of a real order.
pub const EXAMPLE: &str = include_str!("till.json");

/// What every template of the till sees.
const COMMON: [&str; 3] = ["lang", "shop", "pages"];

/// The till's pages, and what each sees besides.
const PAGES: [(&str, &[&str]); 4] = [
    (
        "till/cart.html",
        &[
            "cart",
            "refusal",
            "problems",
            "destinations",
            "country",
            "rate",
            "pickup",
            "cart_id",
            "expected_total",
            "unserved",
            "replaced",
            "pickup_only",
            "gift_note",
        ],
    ),
    ("till/order.html", &["order", "done", "hidden", "confirm_withdraw"]),
    (
        "till/refusal.html",
        &["code", "text", "title", "available", "cart", "changes", "fields", "again", "back"],
    ),
    ("till/link.html", &["sent"]),
];

/// The mails, each as text and as HTML.
const MAILS: [[&str; 2]; 16] = [
    ["mails/confirmation.txt", "mails/confirmation.html"],
    ["mails/notice.txt", "mails/notice.html"],
    ["mails/awaiting.txt", "mails/awaiting.html"],
    ["mails/payment_failed.txt", "mails/payment_failed.html"],
    ["mails/gone.txt", "mails/gone.html"],
    ["mails/gone_notice.txt", "mails/gone_notice.html"],
    ["mails/refund.txt", "mails/refund.html"],
    ["mails/refund_notice.txt", "mails/refund_notice.html"],
    ["mails/refund_failed.txt", "mails/refund_failed.html"],
    ["mails/refused.txt", "mails/refused.html"],
    ["mails/dispute.txt", "mails/dispute.html"],
    ["mails/flagged.txt", "mails/flagged.html"],
    ["mails/shipped.txt", "mails/shipped.html"],
    ["mails/withdrawal.txt", "mails/withdrawal.html"],
    ["mails/withdrawal_notice.txt", "mails/withdrawal_notice.html"],
    ["mails/link.txt", "mails/link.html"],
];

/// What a mail sees besides.
const MAIL: [&str; 5] = ["order", "cause", "again", "refund", "subject"];

/// The templates that a theme needs to sell, with the schema of what each sees.
pub fn schemas() -> BTreeMap<&'static str, Value> {
    let example: Value = serde_json::from_str(EXAMPLE).unwrap_or_default();
    let schema = |names: &[&str]| {
        let fields = COMMON.iter().chain(names);
        let fields: Map<String, Value> =
            fields.map(|name| ((*name).to_owned(), shape(example.get(*name)))).collect();
        json!({ "type": "object", "properties": fields })
    };
    let pages = PAGES.iter().map(|(page, names)| (*page, schema(names)));
    let mails = MAILS.iter().flatten().map(|mail| (*mail, schema(&MAIL)));
    view::selling().into_iter().chain(pages).chain(mails).collect()
}

/// The schema of values like this one.
fn shape(example: Option<&Value>) -> Value {
    match example {
        None | Some(Value::Null) => Value::Bool(true),
        Some(Value::Bool(_)) => json!({ "type": "boolean" }),
        Some(Value::Number(_)) => json!({ "type": "integer" }),
        Some(Value::String(_)) => json!({ "type": "string" }),
        Some(Value::Array(items)) => json!({ "type": "array", "items": shape(items.first()) }),
        Some(Value::Object(fields)) => {
            let fields: Map<String, Value> =
                fields.iter().map(|(name, value)| (name.clone(), shape(Some(value)))).collect();
            json!({ "type": "object", "properties": fields })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_has_every_name() {
        let example: Value = serde_json::from_str(EXAMPLE).expect("readable");
        let pages = PAGES.iter().flat_map(|(_, names)| *names);
        for name in COMMON.iter().chain(pages).chain(&MAIL) {
            assert!(example.get(*name).is_some_and(|value| !value.is_null()), "{name}");
        }
    }
}
