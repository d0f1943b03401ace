//! What Stripe refuses in a new session, and what it accepts.
#![allow(clippy::unwrap_used)]

mod common;

use common::{NOW, but, create, get, refusal, stripe};
use simulator::Request;

#[track_caller]
fn refused(changes: &[(&str, &str)], code: &str, param: &str) {
    let answer = stripe().request(&create(&but(changes)), NOW);
    let (status, found, at) = refusal(&answer);
    assert_eq!(status, 400, "{changes:?} was taken");
    assert!(found.starts_with(code), "{changes:?}: {found}");
    assert_eq!(at, param, "{changes:?}");
}

#[track_caller]
fn taken(changes: &[(&str, &str)]) {
    let answer = stripe().request(&create(&but(changes)), NOW);
    assert_eq!(answer.status, 200, "{changes:?}: {}", answer.body);
}

#[test]
fn unknown_parameters_are_refused_by_name_at_any_depth() {
    refused(&[("colour", "red")], "parameter_unknown", "colour");
    refused(&[("line_items[0][sku]", "A")], "parameter_unknown", "line_items[0][sku]");
    let deep = "shipping_options[0][shipping_rate_data][fixed_amount][vat]";
    refused(&[(deep, "1")], "parameter_unknown", deep);
}

#[test]
fn payment_method_types_went_with_endive() {
    let with_types = but(&[
        ("allowed_payment_method_types[0]", ""),
        ("allowed_payment_method_types[1]", ""),
        ("payment_method_types[0]", "card"),
    ]);
    let newest = stripe().request(&create(&with_types), NOW);
    assert_eq!(refusal(&newest).1, "parameter_unknown");
    let older = stripe().request(&create(&with_types).version("2026-08-26.dahlia"), NOW);
    assert_eq!(older.json()["payment_method_types"], serde_json::json!(["card"]), "{}", older.body);
}

#[test]
fn what_is_missing_is_named() {
    refused(&[("mode", "")], "parameter_missing", "mode");
    refused(&[("success_url", "")], "parameter_missing", "success_url");
    let currency = "line_items[1][price_data][currency]";
    refused(&[(currency, "")], "parameter_missing", currency);
    let amount = "shipping_options[0][shipping_rate_data][fixed_amount][amount]";
    refused(&[(amount, "")], "parameter_missing", amount);
    let none = Request::post("/v1/checkout/sessions", "mode=payment&success_url=https://a.test/");
    assert_eq!(refusal(&stripe().request(&none, NOW)).2, "line_items");
}

#[test]
fn types_are_checked() {
    let quantity = "line_items[0][quantity]";
    for wrong in ["one", "1.5", "0", "-1", "1e3", "99999999999999999999"] {
        refused(&[(quantity, wrong)], "parameter_invalid_integer", quantity);
    }
    let amount = "line_items[0][price_data][unit_amount]";
    refused(&[(amount, "28.00")], "parameter_invalid_integer", amount);
    refused(&[(amount, "-1")], "parameter_invalid_integer", amount);
    refused(&[("automatic_tax[enabled]", "yes")], "Invalid boolean", "automatic_tax[enabled]");
    refused(&[("locale", "fr-BE")], "Invalid locale: must be one of", "locale");
    refused(&[("submit_type", "buy")], "Invalid submit_type", "submit_type");
    refused(&[("metadata[order_id]", ""), ("metadata", "text")], "Invalid hash", "metadata");
    refused(
        &[("client_reference_id", ""), ("client_reference_id[0]", "a")],
        "Invalid string",
        "client_reference_id",
    );
    refused(&[("line_items[3][quantity]", "1")], "Invalid array", "line_items");
    let country = "shipping_address_collection[allowed_countries][0]";
    refused(&[(country, "XX")], "Invalid shipping_address", country);
    refused(&[(country, "fr")], "Invalid shipping_address", country);
    refused(&[("customer_email", "ada")], "email_invalid", "customer_email");
    refused(
        &[("branding_settings[button_color]", "red")],
        "Invalid color",
        "branding_settings[button_color]",
    );
}

#[test]
fn empty_texts_are_refused() {
    let mut pairs = but(&[]);
    pairs.push(("customer_email".into(), String::new()));
    let answer = stripe().request(&create(&pairs), NOW);
    assert_eq!(refusal(&answer).1, "parameter_invalid_empty");
}

#[test]
fn addresses_are_absolute() {
    for wrong in ["/thanks", "shop.test/thanks", "javascript:alert(1)", "https://", "https://a b.test/"] {
        refused(&[("success_url", wrong)], "url_invalid", "success_url");
        refused(&[("cancel_url", wrong)], "url_invalid", "cancel_url");
    }
    taken(&[("cancel_url", "http://127.0.0.1:4000/commande/abc?x=1#y")]);
}

#[test]
fn a_session_lives_between_half_an_hour_and_a_day() {
    let at = |seconds: i64| (NOW + seconds).to_string();
    taken(&[("expires_at", &at(1_800))]);
    taken(&[("expires_at", &at(86_400))]);
    refused(
        &[("expires_at", &at(1_799))],
        "The `expires_at` timestamp must be at least 30 minutes",
        "expires_at",
    );
    refused(
        &[("expires_at", &at(86_401))],
        "The `expires_at` timestamp must be less than 24 hours",
        "expires_at",
    );
    refused(&[("expires_at", &at(-5))], "The `expires_at` timestamp must be at least", "expires_at");
}

#[test]
fn amounts_have_a_least_and_a_most() {
    let only = |amount: &'static str| {
        [
            ("line_items[0][price_data][unit_amount]", amount),
            ("line_items[0][quantity]", "1"),
            ("line_items[1][price_data][unit_amount]", "0"),
            ("shipping_options[0][shipping_rate_data][fixed_amount][amount]", "0"),
        ]
    };
    refused(&only("49"), "amount_too_small", "line_items");
    taken(&only("50"));
    taken(&only("0"));
    refused(&[("line_items[0][quantity]", "999999")], "amount_too_large", "line_items");
}

#[test]
fn all_prices_are_in_one_currency() {
    refused(&[("line_items[1][price_data][currency]", "chf")], "All prices", "line_items");
    let shipping = "shipping_options[0][shipping_rate_data][fixed_amount][currency]";
    refused(&[(shipping, "gbp")], "All prices", "line_items");
    taken(&[("line_items[1][price_data][currency]", "EUR")]);
}

#[test]
fn at_most_a_hundred_lines() {
    let lines = |count: usize| {
        let mut pairs = but(&[]);
        pairs.retain(|(name, _)| !name.starts_with("line_items"));
        for line in 0..count {
            for (name, value) in [
                ("quantity", "1"),
                ("price_data][currency", "eur"),
                ("price_data][unit_amount", "100"),
                ("price_data][product_data][name", "A"),
            ] {
                pairs.push((format!("line_items[{line}][{name}]"), value.to_owned()));
            }
        }
        let mut stripe = stripe();
        let answer = stripe.request(&create(&pairs), NOW);
        (stripe, answer)
    };
    assert_eq!(
        refusal(&lines(101).1),
        (400, "Array line_items exceeded maximum 100 allowed elements.".into(), "line_items".into())
    );
    let (mut stripe, answer) = lines(100);
    let id = answer.json()["id"].as_str().unwrap().to_owned();
    let url = format!("/v1/checkout/sessions/{id}/line_items");
    let first = get(&mut stripe, &url, NOW);
    assert_eq!((first["data"].as_array().unwrap().len(), &first["has_more"]), (10, &true.into()));
    let last = first["data"][9]["id"].as_str().unwrap();
    let rest = get(&mut stripe, &format!("{url}?limit=100&starting_after={last}"), NOW);
    assert_eq!((rest["data"].as_array().unwrap().len(), &rest["has_more"]), (90, &false.into()));
}

#[test]
fn metadata_has_limits() {
    let key = |length: usize| format!("metadata[{}]", "k".repeat(length));
    taken(&[(&key(40), "x")]);
    refused(&[(&key(41), "x")], "Metadata keys", &key(41));
    taken(&[("metadata[note]", &"é".repeat(500))]);
    refused(&[("metadata[note]", &"é".repeat(501))], "Metadata values", "metadata[note]");
    let many: Vec<String> = (0..50).map(|key| format!("metadata[k{key}]")).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|key| (key.as_str(), "x")).collect();
    refused(&many, "You cannot set more than 50", "metadata");
    taken(&many[..49]);
}

#[test]
fn shipping_options_have_their_shape() {
    let data = |name: &str| format!("shipping_options[0][shipping_rate_data]{name}");
    refused(&[(&data("[display_name]"), "")], "parameter_missing", &data("[display_name]"));
    refused(&[(&data("[type]"), "calculated")], "Invalid shipping_options", &data("[type]"));
    refused(
        &[(&data("[delivery_estimate][minimum][value]"), "9")],
        "The minimum",
        &data("[delivery_estimate]"),
    );
    refused(
        &[(&data("[delivery_estimate][minimum][unit]"), "year")],
        "Invalid",
        &data("[delivery_estimate][minimum][unit]"),
    );
}

#[test]
fn what_stripe_knows_and_this_does_not_play_says_so() {
    for (name, value) in [
        ("customer", "cus_1"),
        ("discounts[0][coupon]", "c"),
        ("subscription_data[description]", "x"),
        ("line_items[0][adjustable_quantity][enabled]", "true"),
    ] {
        let answer = stripe().request(&create(&but(&[(name, value)])), NOW);
        assert!(refusal(&answer).1.contains("does not play"), "{name}: {}", answer.body);
    }
    refused(&[("automatic_tax[enabled]", "true")], "This stand-in", "automatic_tax[enabled]");
    refused(&[("mode", "subscription")], "This stand-in", "mode");
}

#[test]
fn methods_are_filtered_and_never_none() {
    let offered = |changes: &[(&str, &str)]| {
        stripe().request(&create(&but(changes)), NOW).json()["payment_method_types"].clone()
    };
    assert_eq!(offered(&[]), serde_json::json!(["card", "sepa_debit"]));
    assert_eq!(offered(&[("allowed_payment_method_types[1]", "")]), serde_json::json!(["card"]));
    refused(
        &[("allowed_payment_method_types[0]", "ideal"), ("allowed_payment_method_types[1]", "")],
        "No valid payment method",
        "allowed_payment_method_types",
    );
    refused(
        &[("excluded_payment_method_types[0]", "card")],
        "You may only specify one",
        "excluded_payment_method_types",
    );
}

#[test]
fn unknown_addresses_and_bad_forms_are_refused_without_a_panic() {
    let mut stripe = stripe();
    for (method, path) in [
        ("GET", "/v1/nothing"),
        ("POST", "/v1/account"),
        ("DELETE", "/v1/refunds/re_1"),
        ("GET", "/v1/"),
        ("GET", "/v1//x"),
        ("GET", "/v2/core"),
    ] {
        let mut request = Request::get(path);
        method.clone_into(&mut request.method);
        assert_eq!(stripe.request(&request, NOW).status, 404, "{method} {path}");
    }
    for form in [
        "a[=1",
        "%",
        "%ff=1",
        "line_items=1",
        "line_items[0]=1",
        "line_items[x][quantity]=1",
        "expand=x",
        "&&&",
        "[]=1",
    ] {
        assert_eq!(stripe.request(&Request::post("/v1/checkout/sessions", form), NOW).status, 400, "{form}");
    }
    let deep = format!("metadata{}=1", "[a]".repeat(5_000));
    assert_eq!(stripe.request(&Request::post("/v1/checkout/sessions", &deep), NOW).status, 400);
}

#[test]
fn expanding_nonsense_is_refused() {
    let mut stripe = stripe();
    let id = common::open_session(&mut stripe);
    for path in ["colour", "payment_intent.colour.x.y.z", "line_items.data.price.product.x.y"] {
        let answer =
            stripe.request(&Request::get(&format!("/v1/checkout/sessions/{id}?expand[]={path}")), NOW);
        assert_eq!((answer.status, refusal(&answer).2.as_str()), (400, "expand"), "{path}");
    }
}
