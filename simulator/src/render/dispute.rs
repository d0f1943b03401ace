//! A dispute, and balance transactions of all kinds.

use serde_json::{Value, json};

use crate::record::{Dispute, Means};

const EVIDENCE: [&str; 27] = [
    "access_activity_log",
    "billing_address",
    "cancellation_policy",
    "cancellation_policy_disclosure",
    "cancellation_rebuttal",
    "customer_communication",
    "customer_email_address",
    "customer_name",
    "customer_purchase_ip",
    "customer_signature",
    "duplicate_charge_documentation",
    "duplicate_charge_explanation",
    "duplicate_charge_id",
    "product_description",
    "receipt",
    "refund_policy",
    "refund_policy_disclosure",
    "refund_refusal_explanation",
    "service_date",
    "service_documentation",
    "shipping_address",
    "shipping_carrier",
    "shipping_date",
    "shipping_documentation",
    "shipping_tracking_number",
    "uncategorized_file",
    "uncategorized_text",
];
const WEEK: i64 = 7 * 86_400;

pub(crate) fn dispute(dispute: &Dispute, means: Means) -> Value {
    let mut evidence: serde_json::Map<String, Value> =
        EVIDENCE.iter().map(|name| ((*name).to_owned(), Value::Null)).collect();
    evidence.insert("enhanced_evidence".to_owned(), json!({}));
    let withdrawn = transaction(
        &dispute.transaction,
        -dispute.amount,
        &dispute.currency,
        ("adjustment", "dispute"),
        &dispute.id,
        dispute.created,
    );
    let details = match means.method() {
        "card" => json!({
            "card": { "brand": "visa", "case_type": case_type(dispute.status), "network": "visa", "network_reason_code": "10.4" },
            "type": "card",
        }),
        other => json!({ "type": other }),
    };
    json!({
        "id": dispute.id,
        "object": "dispute",
        "amount": dispute.amount,
        "balance_transactions": [withdrawn],
        "charge": dispute.charge,
        "created": dispute.created,
        "currency": dispute.currency,
        "enhanced_eligibility_types": [],
        "evidence": evidence,
        "evidence_details": {
            "due_by": dispute.created + WEEK, "enhanced_eligibility": {}, "has_evidence": dispute.status == "won",
            "past_due": false, "submission_count": i64::from(dispute.status == "won"),
        },
        "is_charge_refundable": false,
        "livemode": false,
        "metadata": {},
        "payment_intent": dispute.intent,
        "payment_method_details": details,
        "reason": "fraudulent",
        "status": dispute.status,
    })
}

fn case_type(status: &str) -> &'static str {
    match status {
        "prevented" => "resolution",
        inquiry if inquiry.starts_with("warning_") => "inquiry",
        _ => "chargeback",
    }
}

/// A balance transaction; `kind` is its type and its reporting category. Stripe's fees are not simulated.
pub(crate) fn transaction(
    id: &str,
    amount: i64,
    currency: &str,
    kind: (&str, &str),
    source: &str,
    created: i64,
) -> Value {
    json!({
        "id": id,
        "object": "balance_transaction",
        "amount": amount,
        "available_on": created + WEEK,
        "balance_type": "payments",
        "created": created,
        "currency": currency,
        "description": null,
        "exchange_rate": null,
        "fee": 0,
        "fee_details": [],
        "net": amount,
        "reporting_category": kind.1,
        "source": source,
        "status": "pending",
        "type": kind.0,
    })
}
