//! A payment intent and its payment method.

use serde_json::{Value, json};

use super::{address, billing_details};
use crate::config::Config;
use crate::record::{Failure, Intent, Means, Payer, Session};

pub(crate) fn intent(intent: &Intent, session: &Session, config: &Config) -> Value {
    let data = session.params.get("payment_intent_data").cloned().unwrap_or(Value::Null);
    let methods = &session.methods;
    json!({
        "id": intent.id,
        "object": "payment_intent",
        "allowed_payment_method_types": null,
        "amount": intent.amount,
        "amount_capturable": 0,
        "amount_details": { "tip": {} },
        "amount_received": if intent.status == "succeeded" { intent.amount } else { 0 },
        "application": null,
        "application_fee_amount": null,
        "automatic_payment_methods": null,
        "canceled_at": intent.canceled_at,
        "cancellation_reason": intent.canceled_at.map(|_| "expired"),
        "capture_method": "automatic_async",
        "client_secret": intent.secret,
        "confirmation_method": "automatic",
        "created": intent.created,
        "currency": intent.currency,
        "customer": null,
        "customer_account": null,
        "description": data["description"],
        "excluded_payment_method_types": null,
        "last_payment_error": intent.failure.map(|failure| error(failure, intent, session)),
        "latest_charge": intent.charge,
        "livemode": false,
        "managed_payments": { "enabled": false },
        "metadata": data.get("metadata").cloned().unwrap_or_else(|| json!({})),
        "next_action": (intent.status == "requires_action").then(|| json!({
            "type": "redirect_to_url",
            "redirect_to_url": {
                "return_url": format!("{}/pay/{}", config.public_url, session.id),
                "url": format!("{}/pay/{}/challenge", config.public_url, session.id),
            },
        })),
        "on_behalf_of": null,
        "payment_method": (intent.failure.is_none()).then_some(&intent.method),
        "payment_method_configuration_details": null,
        "payment_method_options": options(methods),
        "payment_method_types": methods,
        "processing": null,
        "receipt_email": data["receipt_email"],
        "review": null,
        "setup_future_usage": data["setup_future_usage"],
        "shipping": shipping(session, &data),
        "source": null,
        "statement_descriptor": data["statement_descriptor"],
        "statement_descriptor_suffix": data["statement_descriptor_suffix"],
        "status": intent.status,
        "transfer_data": null,
        "transfer_group": data["transfer_group"],
    })
}

fn shipping(session: &Session, data: &Value) -> Value {
    if let Some(shipping) = data.get("shipping") {
        let part = |name: &str| shipping["address"][name].clone();
        return json!({
            "address": {
                "city": part("city"), "country": part("country"), "line1": part("line1"), "line2": part("line2"),
                "postal_code": part("postal_code"), "state": part("state"),
            },
            "carrier": shipping["carrier"], "name": shipping["name"], "phone": shipping["phone"],
            "tracking_number": shipping["tracking_number"],
        });
    }
    let collects = session.params.contains_key("shipping_address_collection");
    match session.payer.as_ref().filter(|_| collects) {
        Some(payer) => json!({
            "address": address(payer), "carrier": null, "name": payer.name, "phone": payer.phone,
            "tracking_number": null,
        }),
        None => Value::Null,
    }
}

fn options(methods: &[String]) -> Value {
    let mut options = serde_json::Map::new();
    for method in methods {
        let value = match method.as_str() {
            "card" => json!({
                "installments": null, "mandate_options": null, "network": null, "request_three_d_secure": "automatic",
            }),
            "sepa_debit" => json!({}),
            _ => continue,
        };
        options.insert(method.clone(), value);
    }
    Value::Object(options)
}

fn error(failure: Failure, intent: &Intent, session: &Session) -> Value {
    let payer = session.payer.clone().unwrap_or_default();
    let mut error = json!({
        "code": failure.code,
        "doc_url": format!("https://stripe.com/docs/error-codes/{}", failure.code.replace('_', "-")),
        "message": failure.message,
        "payment_method": method(intent, &payer),
        "type": if intent.means.method() == "card" { "card_error" } else { "invalid_request_error" },
    });
    if let Some(charge) = &intent.charge {
        error["charge"] = charge.as_str().into();
    }
    if let Some(decline) = failure.decline {
        error["decline_code"] = decline.into();
    }
    error
}

/// The last four digits of a means of payment.
pub(super) fn last4(means: Means) -> &'static str {
    match means {
        Means::Card => "4242",
        Means::DeclinedCard => "0002",
        Means::ChallengedCard => "3155",
        Means::Debit => "3000",
        Means::FailingDebit => "3002",
    }
}

pub(crate) fn method(intent: &Intent, payer: &Payer) -> Value {
    let kind = intent.means.method();
    let mut method = json!({
        "id": intent.method,
        "object": "payment_method",
        "allow_redisplay": "limited",
        "billing_details": billing_details(payer),
        "created": intent.created,
        "customer": null,
        "customer_account": null,
        "livemode": false,
        "metadata": {},
        "type": kind,
    });
    method[kind] = match kind {
        "card" => json!({
            "brand": "visa",
            "checks": { "address_line1_check": null, "address_postal_code_check": null, "cvc_check": "pass" },
            "country": "FR", "display_brand": "visa", "exp_month": 12, "exp_year": 2034,
            "fingerprint": "AOB934RVNwzk6xtn", "funding": "credit", "generated_from": null,
            "last4": last4(intent.means), "networks": { "available": ["visa"], "preferred": null },
            "regulated_status": "unregulated", "three_d_secure_usage": { "supported": true }, "wallet": null,
        }),
        _ => json!({
            "bank_code": "20041", "branch_code": "01005", "country": "FR", "fingerprint": "rNwYUhC8RZtZ4nUx",
            "generated_from": { "charge": null, "setup_attempt": null }, "last4": last4(intent.means),
        }),
    };
    method
}
