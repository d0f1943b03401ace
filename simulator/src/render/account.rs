//! The account and its balance.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::config::Config;

pub(crate) fn account(config: &Config) -> Value {
    let nothing_due = json!({
        "alternatives": [], "current_deadline": null, "currently_due": [], "disabled_reason": null, "errors": [],
        "eventually_due": [], "past_due": [], "pending_verification": [],
    });
    json!({
        "id": config.account,
        "object": "account",
        "business_profile": {
            "annual_revenue": null, "estimated_worker_count": null, "mcc": null,
            "minority_owned_business_designation": null, "name": config.business, "product_description": null,
            "support_address": null, "support_email": null, "support_phone": null, "support_url": null, "url": null,
        },
        "business_type": null,
        "capabilities": { "card_payments": "active", "sepa_debit_payments": "active", "transfers": "active" },
        "charges_enabled": true,
        "controller": { "type": "account" },
        "country": "FR",
        "created": 1_234_567_890,
        "default_currency": "eur",
        "details_submitted": true,
        "email": null,
        "external_accounts": super::list(&format!("/v1/accounts/{}/external_accounts", config.account), vec![], false),
        "future_requirements": nothing_due,
        "metadata": {},
        "payouts_enabled": true,
        "requirements": nothing_due,
        "settings": {
            "bacs_debit_payments": { "display_name": null, "service_user_number": null },
            "branding": { "icon": null, "logo": null, "primary_color": null, "secondary_color": null },
            "card_issuing": { "tos_acceptance": { "date": null, "ip": null } },
            "card_payments": {
                "decline_on": { "avs_failure": false, "cvc_failure": false }, "statement_descriptor_prefix": null,
                "statement_descriptor_prefix_kana": null, "statement_descriptor_prefix_kanji": null,
            },
            "dashboard": { "display_name": config.business, "timezone": "Etc/UTC" },
            "invoices": { "default_account_tax_ids": null, "hosted_payment_method_save": "offer" },
            "payments": {
                "statement_descriptor": null, "statement_descriptor_kana": null, "statement_descriptor_kanji": null,
                "statement_descriptor_prefix_kana": null, "statement_descriptor_prefix_kanji": null,
            },
            "payouts": {
                "debit_negative_balances": true, "schedule": { "delay_days": 7, "interval": "daily" },
                "statement_descriptor": null,
            },
            "sepa_debit_payments": {},
        },
        "tos_acceptance": { "date": null, "ip": null, "user_agent": null },
        "type": "standard",
    })
}

/// `pending` is the amount received minus what was paid back, per currency.
pub(crate) fn balance(pending: &BTreeMap<String, i64>) -> Value {
    let amounts = |amount: &dyn Fn(i64) -> i64| -> Vec<Value> {
        let each = pending.iter().map(|(currency, total)| {
            let amount = amount(*total);
            json!({ "amount": amount, "currency": currency, "source_types": { "card": amount } })
        });
        each.collect()
    };
    json!({
        "object": "balance",
        "available": amounts(&|_| 0),
        "connect_reserved": [],
        "livemode": false,
        "pending": amounts(&|total| total),
    })
}
