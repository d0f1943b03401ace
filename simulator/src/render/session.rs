//! A Checkout session.

use serde_json::{Value, json};

use super::address;
use crate::config::Config;
use crate::record::{PaymentStatus, Session, SessionStatus};

pub(crate) fn session(session: &Session, config: &Config) -> Value {
    let sent = |name: &str| session.params.get(name).cloned().unwrap_or(Value::Null);
    let or = |name: &str, default: Value| session.params.get(name).cloned().unwrap_or(default);
    let open = session.status == SessionStatus::Open;
    let rate = session.shipping.first();
    let hosted = matches!(sent("ui_mode").as_str(), None | Some("hosted_page"));
    json!({
        "id": session.id,
        "object": "checkout.session",
        "adaptive_pricing": { "enabled": sent("adaptive_pricing")["enabled"].as_bool().unwrap_or(true) },
        "after_expiration": null,
        "allow_promotion_codes": sent("allow_promotion_codes"),
        "allowed_payment_method_types": sent("allowed_payment_method_types"),
        "amount_subtotal": session.subtotal,
        "amount_total": session.total,
        "automatic_tax": {
            "enabled": sent("automatic_tax")["enabled"].as_bool().unwrap_or(false),
            "liability": null, "provider": null, "status": null,
        },
        "billing_address_collection": sent("billing_address_collection"),
        "branding_settings": branding(&sent("branding_settings"), config),
        "cancel_url": sent("cancel_url"),
        "client_reference_id": sent("client_reference_id"),
        "client_secret": null,
        "collected_information": collected(session),
        "consent": null,
        "consent_collection": consent(&sent("consent_collection")),
        "created": session.created,
        "currency": session.currency,
        "currency_conversion": null,
        "custom_fields": [],
        "custom_text": custom_text(&sent("custom_text")),
        "customer": null,
        "customer_account": null,
        "customer_creation": or("customer_creation", "if_required".into()),
        "customer_details": customer(session, &sent("customer_email")),
        "customer_email": sent("customer_email"),
        "discounts": [],
        "excluded_payment_method_types": sent("excluded_payment_method_types"),
        "expires_at": session.expires_at,
        "integration_identifier": sent("integration_identifier"),
        "invoice": null,
        "invoice_creation": {
            "enabled": false,
            "invoice_data": {
                "account_tax_ids": null, "custom_fields": null, "description": null, "footer": null, "issuer": null,
                "metadata": {}, "rendering_options": null,
            },
        },
        "livemode": false,
        "locale": sent("locale"),
        "managed_payments": { "enabled": false },
        "metadata": or("metadata", json!({})),
        "mode": "payment",
        "origin_context": sent("origin_context"),
        "payment_intent": session.intent,
        "payment_link": null,
        "payment_method_collection": or("payment_method_collection", "if_required".into()),
        "payment_method_configuration_details": null,
        "payment_method_options": or("payment_method_options", json!({ "card": { "request_three_d_secure": "automatic" } })),
        "payment_method_types": session.methods,
        "payment_status": session.payment.as_str(),
        "permissions": null,
        "phone_number_collection": { "enabled": sent("phone_number_collection")["enabled"].as_bool().unwrap_or(false) },
        "presentment_details": presentment(session),
        "recovered_from": null,
        "redirect_on_completion": sent("redirect_on_completion"),
        "return_url": sent("return_url"),
        "saved_payment_method_options": null,
        "setup_intent": null,
        "shipping_address_collection": sent("shipping_address_collection"),
        "shipping_cost": rate.map(|rate| json!({
            "amount_subtotal": rate.amount, "amount_tax": 0, "amount_total": rate.amount, "shipping_rate": rate.id,
        })),
        "shipping_options": session.shipping.iter().map(|rate| json!({
            "shipping_amount": rate.amount, "shipping_rate": rate.id,
        })).collect::<Vec<_>>(),
        "status": session.status.as_str(),
        "submit_type": sent("submit_type"),
        "subscription": null,
        "success_url": sent("success_url"),
        "total_details": {
            "amount_discount": 0, "amount_shipping": rate.map_or(0, |rate| rate.amount), "amount_tax": 0,
        },
        "ui_mode": or("ui_mode", "hosted_page".into()),
        "url": (open && hosted).then(|| format!("{}/pay/{}", config.public_url, session.id)),
        "wallet_options": sent("wallet_options"),
    })
}

fn collected(session: &Session) -> Value {
    let Some(payer) = session.payer.as_ref().filter(|_| session.status == SessionStatus::Complete) else {
        return Value::Null;
    };
    let ships = session.params.contains_key("shipping_address_collection");
    json!({
        "business_name": null,
        "individual_name": null,
        "shipping_details": ships.then(|| json!({ "address": address(payer), "name": payer.name })),
    })
}

fn customer(session: &Session, email: &Value) -> Value {
    let done = session.payer.as_ref().filter(|_| session.status == SessionStatus::Complete);
    match (done, email) {
        (Some(payer), _) => json!({
            "address": address(payer), "business_name": null, "email": payer.email, "individual_name": null,
            "name": payer.name, "phone": payer.phone, "tax_exempt": "none", "tax_ids": [],
        }),
        (None, Value::Null) => Value::Null,
        (None, email) => json!({
            "address": null, "business_name": null, "email": email, "individual_name": null, "name": null,
            "phone": null, "tax_exempt": "none", "tax_ids": null,
        }),
    }
}

/// Adaptive pricing is not simulated: the presented amount is the requested one.
fn presentment(session: &Session) -> Value {
    match session.payment {
        PaymentStatus::Paid => {
            json!({ "presentment_amount": session.total, "presentment_currency": session.currency })
        }
        PaymentStatus::Unpaid | PaymentStatus::NotRequired => Value::Null,
    }
}

fn branding(sent: &Value, config: &Config) -> Value {
    let or = |name: &str, default: &str| sent[name].as_str().unwrap_or(default).to_owned();
    json!({
        "background_color": or("background_color", "#ffffff"),
        "border_style": or("border_style", "rounded"),
        "button_color": or("button_color", "#0074d4"),
        "display_name": or("display_name", &config.business),
        "font_family": or("font_family", "default"),
        "icon": null,
        "logo": null,
    })
}

fn consent(sent: &Value) -> Value {
    match sent {
        Value::Null => Value::Null,
        sent => json!({
            "payment_method_reuse_agreement": null,
            "promotions": sent["promotions"],
            "terms_of_service": sent["terms_of_service"],
        }),
    }
}

fn custom_text(sent: &Value) -> Value {
    json!({
        "after_submit": sent["after_submit"],
        "shipping_address": sent["shipping_address"],
        "submit": sent["submit"],
        "terms_of_service_acceptance": sent["terms_of_service_acceptance"],
    })
}
