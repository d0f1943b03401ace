//! What an order's page says first: petit's template for an order with every field, with keys in place of texts.

use std::fs;
use std::path::Path;

use catalog::Cents;
use serde_json::{Value, json};
use storefront::LIMITS;
use storefront::views::{
    Common, CustomerView, InstantView, LineView, OrderPage, OrderView, PagesView, SellerView, ShippingView,
    ShopView, TrackingView, VatView,
};
use tera::{Context, Kwargs, State, Tera};

/// An order that was paid, sent, withdrawn from and partly refunded.
fn example() -> OrderPage {
    let some = |text: &str| Some(text.to_owned());
    let line = LineView {
        sku: "BOL-LUNE".to_owned(),
        title: "Bol « Lune »".to_owned(),
        url: some("https://shop.example/produits/bol-lune/"),
        image: some("https://shop.example/_/0/960.jpg"),
        quantity: 1,
        unit_price: "28,00 €".to_owned(),
        unit_minor: Cents(2800),
        total: "28,00 €".to_owned(),
        note: some("Anne"),
        words: some("Prénom : Anne"),
        pickup_only: false,
        made_to_order_days: Some(21),
    };
    let shipping = ShippingView {
        label: "Colissimo".to_owned(),
        price: "5,90 €".to_owned(),
        free: false,
        free_in: None,
        days_min: Some(3),
        days_max: Some(5),
        pickup: false,
        address: some("1 rue de l’Exemple, 44000 Nantes, France"),
    };
    OrderPage {
        common: Common {
            lang: "fr".to_owned(),
            shop: ShopView {
                name: "Mon Petit Bazaar".to_owned(),
                url: "https://shop.example".to_owned(),
                email: some("bonjour@shop.example"),
                phone: some("+33 2 61 91 00 12"),
                seller: SellerView {
                    name: "Mon Petit Bazaar SARL".to_owned(),
                    address: "1 rue de l’Exemple, 44000 Nantes, France".to_owned(),
                    register: some("RCS Nantes 000 000 000"),
                    vat_number: some("FR00000000000"),
                },
            },
            pages: PagesView::of(|kind| Some(format!("https://shop.example/{kind}/"))),
            limits: LIMITS,
        },
        order: OrderView {
            id: "M4K7-9QXR".to_owned(),
            payment: "paid",
            fulfilment: "shipped",
            refund: "none",
            dispute: "none",
            refunded: some("5,90 €"),
            date: "2026-11-23".to_owned(),
            url: "https://shop.example/api/orders/o1.M4K7".to_owned(),
            pay_url: some("https://checkout.stripe.com/c/pay/cs_test_1"),
            lines: vec![line],
            goods: "28,00 €".to_owned(),
            shipping,
            total: "33,90 €".to_owned(),
            vat: vec![VatView {
                rate: "20".to_owned(), net: "28,25 €".to_owned(), tax: "5,65 €".to_owned()
            }],
            customer: Some(CustomerView {
                name: some("Anne Exemple"),
                email: some("anne@example.com"),
                address: ["2 rue de l’Exemple", "29000 Quimper", "France"].map(str::to_owned).to_vec(),
            }),
            gift_note: some("Joyeux Noël"),
            tracking: Some(TrackingView { carrier: some("Colissimo"), number: some("6A0"), url: None }),
            withdrawn: false,
            withdrawal: Some(InstantView {
                date: "2026-12-01".to_owned(),
                time: "14:05".to_owned(),
                zone: "Europe/Paris, UTC+01:00".to_owned(),
            }),
            flagged: false,
            vat_scheme: "registered",
            withdrawal_days: 14,
        },
        done: some("paid"),
        hidden: false,
        confirm_withdraw: false,
    }
}

/// The keys that an order's page shows, in order.
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
    let mut example = serde_json::to_value(example()).expect("JSON");
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
