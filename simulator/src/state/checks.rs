//! Rules for a new session that types cannot express: time limits, amounts, combinations of parameters.

use catalog::Cents;
use serde_json::{Map, Value};

use crate::refusal::Refusal;

const HALF_AN_HOUR: i64 = 30 * 60;
const A_DAY: i64 = 24 * 60 * 60;
/// Eight digits. <https://docs.stripe.com/currencies#maximum-charge>
const MOST: i64 = 99_999_999;

/// The smallest charge. <https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts>
fn least(currency: &str) -> i64 {
    if currency == "gbp" { 30 } else { 50 }
}

/// When the session expires: as requested, between 30 minutes and a day from now, else a day from now.
pub(super) fn expiry(params: &Map<String, Value>, now: i64) -> Result<i64, Refusal> {
    let Some(requested) = params.get("expires_at").and_then(Value::as_i64) else { return Ok(now + A_DAY) };
    // A request takes seconds: for the minimum, clients have to ask for a little more.
    if requested < now + HALF_AN_HOUR {
        let message =
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.";
        return Err(Refusal::invalid(message).at("expires_at"));
    }
    if requested > now + A_DAY {
        let message = "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.";
        return Err(Refusal::invalid(message).at("expires_at"));
    }
    Ok(requested)
}

/// Checks parameters that exclude or require one another.
pub(super) fn combinations(params: &Map<String, Value>) -> Result<(), Refusal> {
    let text = |name: &str| params.get(name).and_then(Value::as_str);
    if let Some(mode) = text("mode").filter(|mode| *mode != "payment") {
        let message =
            format!("This stand-in for Stripe does not play `mode: {mode}`; Stripe itself knows it.");
        return Err(Refusal::invalid(message).at("mode"));
    }
    if let Some(mode) = text("ui_mode").filter(|mode| *mode != "hosted_page") {
        let message =
            format!("This stand-in for Stripe does not play `ui_mode: {mode}`; Stripe itself knows it.");
        return Err(Refusal::invalid(message).at("ui_mode"));
    }
    for name in ["return_url", "redirect_on_completion"] {
        if params.contains_key(name) {
            let message = format!("`{name}` cannot be used with `ui_mode: hosted_page`.");
            return Err(Refusal::invalid(message).at(name));
        }
    }
    if text("success_url").is_none() {
        return Err(Refusal::invalid("Missing required param: success_url.")
            .code("parameter_missing")
            .at("success_url"));
    }
    if text("submit_type") == Some("subscribe") {
        return Err(
            Refusal::invalid("`submit_type: subscribe` needs `mode: subscription`.").at("submit_type")
        );
    }
    if params.get("automatic_tax").is_some_and(|tax| tax["enabled"] == true) {
        let message = "This stand-in for Stripe does not play automatic tax; Stripe itself knows it.";
        return Err(Refusal::invalid(message).at("automatic_tax[enabled]"));
    }
    if params.get("managed_payments").is_some_and(|managed| managed["enabled"] == true) {
        let message = "This stand-in for Stripe does not play managed payments; Stripe itself knows them.";
        return Err(Refusal::invalid(message).at("managed_payments[enabled]"));
    }
    let intent = params.get("payment_intent_data").unwrap_or(&Value::Null);
    if intent["capture_method"] == "manual" {
        let message = "This stand-in for Stripe does not play manual capture; Stripe itself knows it.";
        return Err(Refusal::invalid(message).at("payment_intent_data[capture_method]"));
    }
    if params.contains_key("shipping_address_collection") && intent.get("shipping").is_some() {
        let message =
            "You can only set one of `shipping_address_collection` and `payment_intent_data[shipping]`.";
        return Err(Refusal::invalid(message).at("payment_intent_data[shipping]"));
    }
    let countries = params
        .get("shipping_address_collection")
        .and_then(|collection| collection["allowed_countries"].as_array());
    if countries.is_some_and(Vec::is_empty) {
        return Err(Refusal::invalid(
            "Missing required param: shipping_address_collection[allowed_countries].",
        )
        .code("parameter_missing")
        .at("shipping_address_collection[allowed_countries]"));
    }
    colours(params.get("branding_settings").unwrap_or(&Value::Null))?;
    rates(params)
}

fn colours(branding: &Value) -> Result<(), Refusal> {
    for name in ["background_color", "button_color"] {
        let Some(colour) = branding[name].as_str() else { continue };
        let digits = colour.strip_prefix('#').unwrap_or_default();
        if !matches!(digits.len(), 3 | 6) || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            let message = format!("Invalid color: {colour}; must be a hexadecimal color such as #0074d4");
            return Err(Refusal::invalid(message).at(format!("branding_settings[{name}]")));
        }
    }
    Ok(())
}

fn rates(params: &Map<String, Value>) -> Result<(), Refusal> {
    let options = params.get("shipping_options").and_then(Value::as_array).into_iter().flatten();
    for (place, option) in options.enumerate() {
        let data = &option["shipping_rate_data"];
        let at = |name: &str| format!("shipping_options[{place}][shipping_rate_data][{name}]");
        if data["fixed_amount"].is_null() {
            let param = at("fixed_amount");
            return Err(Refusal::invalid(format!("Missing required param: {param}."))
                .code("parameter_missing")
                .at(param));
        }
        let (least, most) = (&data["delivery_estimate"]["minimum"], &data["delivery_estimate"]["maximum"]);
        if let (Some(from), Some(to)) = (hours(least), hours(most))
            && from > to
        {
            let message = "The minimum delivery estimate must be less than or equal to the maximum.";
            return Err(Refusal::invalid(message).at(at("delivery_estimate")));
        }
    }
    Ok(())
}

fn hours(bound: &Value) -> Option<i64> {
    let each = match bound["unit"].as_str()? {
        "hour" => 1,
        "day" | "business_day" => 24,
        "week" => 168,
        _ => 720,
    };
    bound["value"].as_i64().map(|value| value * each)
}

/// The currency, which must be the same for all lines and rates.
pub(super) fn currency(params: &Map<String, Value>) -> Result<String, Refusal> {
    let lines = params.get("line_items").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let Some(first) = lines.first().and_then(|line| line["price_data"]["currency"].as_str()) else {
        return Err(Refusal::invalid("Missing required param: line_items.")
            .code("parameter_missing")
            .at("line_items"));
    };
    let of_rates = params.get("shipping_options").and_then(Value::as_array).into_iter().flatten();
    let rates = of_rates.map(|option| &option["shipping_rate_data"]["fixed_amount"]["currency"]);
    let whole = params.get("currency").into_iter();
    let others = lines.iter().map(|line| &line["price_data"]["currency"]).chain(rates).chain(whole);
    match others.into_iter().all(|currency| *currency == *first) {
        true => Ok(first.to_owned()),
        false => Err(Refusal::invalid(format!(
            "All prices on a Checkout session must be expressed in the same currency; the first is in {first}."
        ))
        .at("line_items")),
    }
}

/// Checks that a total is zero or an amount that can be charged.
pub(super) fn total(total: i64, currency: &str) -> Result<(), Refusal> {
    let least = least(currency);
    if total != 0 && total < least {
        let message = format!(
            "The Checkout Session's total amount due must add up to at least {} {}",
            catalog::money::decimal(Cents(least)),
            currency.to_uppercase()
        );
        return Err(Refusal::invalid(message).code("amount_too_small").at("line_items"));
    }
    if total > MOST {
        let message = format!(
            "The Checkout Session's total amount must be no more than {} {}",
            catalog::money::decimal(Cents(MOST)),
            currency.to_uppercase()
        );
        return Err(Refusal::invalid(message).code("amount_too_large").at("line_items"));
    }
    Ok(())
}

/// The methods that a session offers: those of the account, except what the session excludes.
pub(super) fn methods(
    params: &Map<String, Value>,
    account: &[String],
    currency: &str,
) -> Result<Vec<String>, Refusal> {
    let names = |name: &str| -> Option<Vec<&str>> {
        Some(params.get(name)?.as_array()?.iter().filter_map(Value::as_str).collect())
    };
    let (fixed, allowed) = (names("payment_method_types"), names("allowed_payment_method_types"));
    let excluded = names("excluded_payment_method_types").unwrap_or_default();
    if allowed.is_some() && !excluded.is_empty() {
        let message = "You may only specify one of these parameters: allowed_payment_method_types, \
                       excluded_payment_method_types.";
        return Err(Refusal::invalid(message).at("excluded_payment_method_types"));
    }
    let offered = match fixed {
        Some(fixed) => fixed,
        None => account.iter().map(String::as_str).collect(),
    };
    let chosen = offered.into_iter().filter(|method| {
        allowed.as_ref().is_none_or(|allowed| allowed.contains(method))
            && !excluded.contains(method)
            && (*method != "sepa_debit" || currency == "eur")
    });
    let chosen: Vec<String> = chosen.map(str::to_owned).collect();
    match chosen.is_empty() {
        false => Ok(chosen),
        true => Err(Refusal::invalid(
            "No valid payment method types for this Checkout Session. Please ensure that you have activated payment methods \
             compatible with your chosen currency in your dashboard.",
        )
        .at("allowed_payment_method_types")),
    }
}
