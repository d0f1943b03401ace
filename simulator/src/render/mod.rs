//! Objects as clients see them, in the shape of API version 2026-09-30.endive; every key of Stripe's published examples is
//! present, null where there is no value. `versions.rs` turns them into older shapes.

mod account;
mod charge;
mod dispute;
mod event;
mod intent;
mod line;
mod refund;
mod session;
pub(crate) mod versions;

use serde_json::{Value, json};

use crate::record::Payer;

pub(crate) use account::{account, balance};
pub(crate) use charge::charge;
pub(crate) use dispute::{dispute, transaction};
pub(crate) use event::event;
pub(crate) use intent::{intent, method};
pub(crate) use line::line;
pub(crate) use refund::refund;
pub(crate) use session::session;

/// A list of objects; `more` says whether others follow.
pub(crate) fn list(url: &str, data: Vec<Value>, more: bool) -> Value {
    json!({ "object": "list", "data": data, "has_more": more, "url": url })
}

fn address(payer: &Payer) -> Value {
    let text = |text: &str| if text.is_empty() { Value::Null } else { text.into() };
    json!({
        "city": text(&payer.city),
        "country": text(&payer.country),
        "line1": text(&payer.line1),
        "line2": payer.line2,
        "postal_code": text(&payer.postal_code),
        "state": payer.state,
    })
}

fn billing_details(payer: &Payer) -> Value {
    json!({
        "address": address(payer),
        "email": payer.email,
        "name": payer.name,
        "phone": payer.phone,
        "tax_id": null,
    })
}
