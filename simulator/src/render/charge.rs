//! A charge.

use serde_json::{Value, json};

use super::{billing_details, intent::last4};
use crate::config::Config;
use crate::record::{Charge, Means};

/// `intent` is the charge's payment intent as rendered, from which common fields are copied.
pub(crate) fn charge(charge: &Charge, intent: &Value, config: &Config) -> Value {
    let succeeded = charge.status == "succeeded";
    json!({
        "id": charge.id,
        "object": "charge",
        "amount": charge.amount,
        "amount_captured": if succeeded { charge.amount } else { 0 },
        "amount_refunded": charge.refunded,
        "application": null,
        "application_fee": null,
        "application_fee_amount": null,
        "balance_transaction": succeeded.then_some(&charge.transaction),
        "billing_details": billing_details(&charge.payer),
        "calculated_statement_descriptor": config.business.to_uppercase().chars().take(22).collect::<String>(),
        "captured": succeeded,
        "created": charge.created,
        "currency": charge.currency,
        "customer": null,
        "description": intent["description"],
        "disputed": charge.disputed,
        "failure_balance_transaction": null,
        "failure_code": charge.failure.map(|failure| failure.code),
        "failure_message": charge.failure.map(|failure| failure.message),
        "fraud_details": {},
        "livemode": false,
        "metadata": intent["metadata"],
        "on_behalf_of": null,
        "outcome": outcome(charge),
        "paid": succeeded,
        "payment_intent": charge.intent,
        "payment_method": charge.method,
        "payment_method_details": details(charge),
        "receipt_email": intent["receipt_email"],
        "receipt_number": null,
        "receipt_url": succeeded.then(|| format!("{}/dashboard#{}", config.public_url, charge.id)),
        "refunded": charge.refunded == charge.amount,
        "review": null,
        "shipping": intent["shipping"],
        "source": null,
        "source_transfer": null,
        "statement_descriptor": intent["statement_descriptor"],
        "statement_descriptor_suffix": intent["statement_descriptor_suffix"],
        "status": charge.status,
        "transfer_data": null,
        "transfer_group": intent["transfer_group"],
    })
}

fn outcome(charge: &Charge) -> Value {
    let declined = charge.failure.is_some();
    json!({
        "advice_code": declined.then_some("try_again_later"),
        "network_advice_code": null,
        "network_decline_code": null,
        "network_status": if declined { "declined_by_network" } else { "approved_by_network" },
        "reason": charge.failure.and_then(|failure| failure.decline),
        "risk_level": "normal",
        "risk_score": 23,
        "seller_message": if declined {
            "The bank did not return any further details with this decline."
        } else {
            "Payment complete."
        },
        "type": if declined { "issuer_declined" } else { "authorized" },
    })
}

fn details(charge: &Charge) -> Value {
    match charge.means {
        Means::Card | Means::DeclinedCard | Means::ChallengedCard => json!({
            "card": {
                "amount_authorized": charge.amount,
                "authorization_code": null,
                "brand": "visa",
                "checks": { "address_line1_check": null, "address_postal_code_check": null, "cvc_check": "pass" },
                "country": "FR",
                "exp_month": 12,
                "exp_year": 2034,
                "extended_authorization": { "status": "disabled" },
                "fingerprint": "AOB934RVNwzk6xtn",
                "funding": "credit",
                "incremental_authorization": { "status": "unavailable" },
                "installments": null,
                "last4": last4(charge.means),
                "mandate": null,
                "multicapture": { "status": "unavailable" },
                "network": "visa",
                "network_token": { "used": false },
                "network_transaction_id": "976910970911068",
                "overcapture": { "maximum_amount_capturable": charge.amount, "status": "unavailable" },
                "regulated_status": "unregulated",
                "three_d_secure": three_d_secure(charge.means),
                "transaction_link_id": null,
                "wallet": null,
            },
            "type": "card",
        }),
        Means::Debit | Means::FailingDebit => json!({
            "sepa_debit": {
                "bank_code": "20041", "branch_code": "01005", "country": "FR", "expected_debit_date": null,
                "fingerprint": "rNwYUhC8RZtZ4nUx", "last4": last4(charge.means),
                "mandate": format!("mandate_1{}", charge.id.trim_start_matches("ch_3")),
            },
            "type": "sepa_debit",
        }),
    }
}

fn three_d_secure(means: Means) -> Value {
    match means {
        Means::ChallengedCard => json!({
            "authentication_flow": "challenge", "electronic_commerce_indicator": "05", "exemption_indicator": null,
            "result": "authenticated", "result_reason": null,
            "transaction_id": "e1a7bf3c-4a2d-4e55-9b70-0c2f53d1a001", "version": "2.2.0",
        }),
        _ => Value::Null,
    }
}
