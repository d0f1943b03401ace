//! A line of a Checkout session, with the price and product that were created for it.

use serde_json::{Value, json};

use crate::record::{Line, Session};

pub(crate) fn line(line: &Line, session: &Session) -> Value {
    json!({
        "id": line.id,
        "object": "item",
        "adjustable_quantity": null,
        "amount_discount": 0,
        "amount_subtotal": line.total(),
        "amount_tax": 0,
        "amount_total": line.total(),
        "currency": session.currency,
        "description": line.name,
        "metadata": line.metadata,
        "price": {
            "id": line.price,
            "object": "price",
            "active": false,
            "billing_scheme": "per_unit",
            "created": session.created,
            "currency": session.currency,
            "custom_unit_amount": null,
            "livemode": false,
            "lookup_key": null,
            "metadata": {},
            "nickname": null,
            "product": line.product,
            "recurring": null,
            "tax_behavior": line.tax_behavior,
            "tiers_mode": null,
            "transform_quantity": null,
            "type": "one_time",
            "unit_amount": line.unit,
            "unit_amount_decimal": line.unit.to_string(),
        },
        "quantity": line.quantity,
    })
}
