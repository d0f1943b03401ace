//! A refund.

use serde_json::{Map, Value, json};

use crate::record::Refund;

pub(crate) fn refund(refund: &Refund) -> Value {
    let details = match refund.method {
        "card" => json!({
            "reference": null, "reference_status": "pending", "reference_type": "acquirer_reference_number",
            "type": "refund",
        }),
        _ => json!({}),
    };
    let mut destination = Map::from_iter([("type".to_owned(), refund.method.into())]);
    if refund.method == "card" {
        destination.insert("card".to_owned(), details);
    }
    let mut rendered = json!({
        "id": refund.id,
        "object": "refund",
        "amount": refund.amount,
        "balance_transaction": (refund.status == "succeeded").then_some(&refund.transaction),
        "charge": refund.charge,
        "created": refund.created,
        "currency": refund.currency,
        "customer": null,
        "customer_account": null,
        "destination_details": destination,
        "metadata": refund.metadata,
        "payment_intent": refund.intent,
        "payment_method": null,
        "reason": refund.reason,
        "receipt_number": null,
        "source_transfer_reversal": null,
        "status": refund.status,
        "transfer_reversal": null,
    });
    if let Some(reason) = refund.failure {
        rendered["failure_reason"] = reason.into();
        rendered["failure_balance_transaction"] = Value::Null;
    }
    rendered
}
