//! What an order's page says first: petit's template over the till's example, with keys in place of texts.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tera::{Context, Kwargs, State, Tera};

/// The keys that an order's page shows, in their order.
fn keys(done: &str, changes: &Value) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut tera = Tera::new();
    tera.register_function("t", |kwargs: Kwargs, _: &State<'_>| kwargs.must_get::<String>("key"));
    let folder = root.join("../themes/petit/templates/till");
    let templates = fs::read_dir(folder).expect("petit's templates").flatten().map(|entry| {
        let name = format!("till/{}", entry.file_name().to_string_lossy());
        (name, fs::read_to_string(entry.path()).expect("a template"))
    });
    tera.add_raw_templates(templates.collect::<Vec<_>>()).expect("templates");
    let example = fs::read_to_string(root.join("src/model/till.json")).expect("the example");
    let mut example: Value = serde_json::from_str(&example).expect("JSON");
    example["done"] = json!(done);
    for (name, value) in changes.as_object().expect("fields") {
        example["order"][name] = value.clone();
    }
    let mut context = Context::new();
    for (name, value) in example.as_object().expect("fields") {
        context.insert(name.clone(), value);
    }
    let page = tera.render("till/order.html", &context).expect("a page");
    let words = page.split(['<', '>', '"']).map(str::trim);
    words
        .filter(|word| word.starts_with("till.order."))
        .map(|word| word.trim_end_matches('.').to_owned())
        .collect()
}

#[test]
fn a_withdrawal_or_a_refund_comes_first_and_nobody_is_thanked_for_it() {
    let whole = "33,90 €";
    for (done, changes, first, second) in [
        ("withdrawn", json!({ "withdrawn": true, "refunded": null }), "withdrawn", "withdrawn_text"),
        (
            "",
            json!({ "withdrawn": true, "refunded": null, "fulfilment": "new" }),
            "withdrawn",
            "withdrawn_text",
        ),
        ("", json!({ "withdrawn": true, "refunded": whole }), "withdrawn", "refunded"),
        (
            "",
            json!({ "withdrawn": true, "refunded": null, "refund": "failed" }),
            "withdrawn",
            "refund_failed",
        ),
        ("", json!({ "refunded": whole, "fulfilment": "new" }), "refund", "refunded"),
        (
            "paid",
            json!({ "refunded": null, "refund": "pending", "fulfilment": "new" }),
            "refund",
            "refund_pending",
        ),
        ("", json!({ "refunded": whole, "fulfilment": "cancelled" }), "cancelled", "cancelled_text"),
    ] {
        let said = keys(done, &changes);
        let said: Vec<&str> = said.iter().filter_map(|key| key.strip_prefix("till.order.")).collect();
        let said: Vec<&str> =
            said.into_iter().filter(|key| !key.starts_with("number") && *key != "of").collect();
        assert_eq!(said.get(..2), Some([first, second].as_slice()), "{changes}: {said:?}");
        for thanks in ["paid", "paid_text", "shipped_text", "pickup_text"] {
            assert!(!said.contains(&thanks), "{changes}: {said:?}");
        }
    }
}

#[test]
fn a_part_that_was_given_back_does_not_hide_where_the_rest_is() {
    let shipped = keys("", &json!({ "refunded": "5,90 €" }));
    assert!(shipped.contains(&"till.order.refund".to_owned()), "{shipped:?}");
    assert!(shipped.contains(&"till.order.shipped".to_owned()), "{shipped:?}");
    let packed = keys("", &json!({ "refunded": "5,90 €", "fulfilment": "new" }));
    assert!(packed.contains(&"till.order.packing".to_owned()), "{packed:?}");
    let paid = keys("paid", &json!({ "refunded": null, "fulfilment": "new" }));
    assert!(paid.contains(&"till.order.paid".to_owned()), "{paid:?}");
}
