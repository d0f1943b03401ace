//! What pages and mails get of an order and of a cart: amounts, VAT, rates, days, in each state.

use std::collections::BTreeMap;

use axum::body::Body;
use catalog::message::Message;
use catalog::{Cents, VatRate, VatScheme};
use serde_json::{Value, json};
use simulator::Means;
use till::decide::order::Tracking;
use till::decide::settle::{Decision, EffectKind, StockChange};
use till::decide::{Order, Payment};
use till::outside::store::{Commit, Committed, Task};

use crate::shop::{Stage, cart, on, request};

async fn look(stage: &Stage, order: &str) -> Value {
    let path = order.strip_prefix(&stage.till.sends.base).expect("the shop's own");
    stage.send(request("GET", path).body(Body::empty()).expect("a request")).await.json()
}

/// The addresses of payment and of the order.
async fn begun(stage: &Stage, asked: &Value) -> (String, String) {
    let answer = stage.post_json("/api/checkout", asked).await.json();
    let text = |name: &str| answer[name].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned();
    (text("url"), text("order"))
}

/// Stores an order as it would be after something slow.
async fn store(stage: &Stage, change: impl FnOnce(&mut Order), order: &str) {
    let mut next = stage.order(order).await;
    change(&mut next);
    let decision = Decision { next, stock: StockChange::None, effects: Vec::new() };
    let commit =
        Commit { decision: &decision, supply: &BTreeMap::new(), event: None, now: stage.till.ledger.now() };
    assert_eq!(stage.till.ledger.store.commit(commit).await.expect("a store"), Committed::Done);
}

#[tokio::test]
async fn an_order_can_be_paid_while_it_is_open_and_no_longer() {
    let stage = Stage::new().await;
    let (url, order) = begun(&stage, &cart("a", &[("TASSE", 1)])).await;
    let seen = look(&stage, &order).await;
    assert_eq!((&seen["payment"], &seen["pay_url"]), (&json!("open"), &json!(url)));
    for payment in [Payment::AwaitingFunds, Payment::Released, Payment::RefundDue, Payment::Paid] {
        let stage = Stage::new().await;
        let (_, order) = begun(&stage, &cart("a", &[("TASSE", 1)])).await;
        store(&stage, |next| next.payment = payment, &order).await;
        let stored = stage.order(&order).await;
        let seen = stage.till.sends.templates.order_view(&stage.till.site(), &stored, "fr", true);
        assert_eq!((seen.payment, seen.pay_url), (payment.as_str(), None));
    }
    stage.pay(&url, Means::Card).await;
    let seen = look(&stage, &order).await;
    assert_eq!((&seen["payment"], &seen["pay_url"]), (&json!("paid"), &Value::Null));
    assert_eq!(seen["url"], json!(order));
}

#[tokio::test]
async fn amounts_are_printed_as_the_reader_writes_them() {
    for (rate, french, english) in [(2000, "20", "20"), (550, "5,5", "5.5"), (1025, "10,25", "10.25")] {
        let stage = Stage::with(|settings| {
            settings.vat.insert("standard".to_owned(), VatRate(rate));
        })
        .await;
        for (lang, printed, total) in [("fr", french, "33,90\u{a0}€"), ("en", english, "€33.90")] {
            let mut asked = cart(lang, &[("TASSE", 1)]);
            asked["lang"] = json!(lang);
            let (_, order) = begun(&stage, &asked).await;
            let seen = look(&stage, &order).await;
            assert_eq!((&seen["vat"][0]["rate"], &seen["total"]), (&json!(printed), &json!(total)));
            let shipping = if lang == "fr" { "5,90\u{a0}€" } else { "€5.90" };
            assert_eq!(
                (&seen["shipping"]["price"], &seen["shipping"]["free"]),
                (&json!(shipping), &json!(false))
            );
        }
    }
}

#[tokio::test]
async fn an_order_says_how_it_goes_and_what_is_said_of_vat() {
    for (scheme, word) in
        [(VatScheme::Registered, "registered"), (VatScheme::Exempt, "exempt"), (VatScheme::Margin, "margin")]
    {
        let stage = Stage::with(|settings| settings.seller.vat = scheme).await;
        let (_, sent) = begun(&stage, &cart("sent", &[("TASSE", 3)])).await;
        let mut asked = cart("collected", &[("TASSE", 1)]);
        asked["destination"] = json!({ "rate": "pickup" });
        let (_, collected) = begun(&stage, &asked).await;
        let (sent, collected) = (look(&stage, &sent).await, look(&stage, &collected).await);
        assert_eq!((&sent["vat_scheme"], &collected["vat_scheme"]), (&json!(word), &json!(word)));
        let price = "0,00\u{a0}€";
        assert_eq!(
            sent["shipping"],
            json!({ "label": "Colissimo", "price": price, "free": true, "free_in": null, "days_min": 3, "days_max": 5,
                "pickup": false, "address": null })
        );
        assert_eq!(
            collected["shipping"],
            json!({ "label": "Retrait", "price": price, "free": true, "free_in": null, "days_min": 1, "days_max": 2,
                "pickup": true, "address": "1 rue des Lilas" })
        );
        assert_eq!((&sent["goods"], &sent["total"]), (&json!("84,00\u{a0}€"), &json!("84,00\u{a0}€")));
        assert_eq!(sent["lines"][0]["url"], json!("https://shop.example.com/produits/bol/"));
        assert_eq!(
            (&sent["lines"][0]["unit_minor"], &sent["lines"][0]["quantity"]),
            (&json!(2800), &json!(3))
        );
    }
}

#[tokio::test]
async fn what_becomes_of_an_order_is_seen() {
    let stage = Stage::new().await;
    let (url, order) = begun(&stage, &cart("a", &[("TASSE", 1)])).await;
    stage.pay(&url, Means::Card).await;
    let id = stage.order(&order).await.id;
    let seen = look(&stage, &order).await;
    assert_eq!(
        (&seen["fulfilment"], &seen["tracking"], &seen["flagged"]),
        (&json!("new"), &Value::Null, &json!(false))
    );
    assert_eq!(
        (&seen["withdrawn"], &seen["withdrawal"], &seen["refunded"]),
        (&json!(false), &Value::Null, &Value::Null)
    );
    let tracking = Tracking { carrier: Some("Colissimo".into()), number: Some("8R1".into()), url: None };
    stage.till.ledger.ship(&id, &tracking, false).await.expect("shipped");
    let seen = look(&stage, &order).await;
    assert_eq!(seen["fulfilment"], json!("shipped"));
    assert_eq!(seen["tracking"], json!({ "carrier": "Colissimo", "number": "8R1", "url": null }));
    store(&stage, |next| (next.flagged, next.refunded_amount) = (true, Cents(1)), &order).await;
    let seen = look(&stage, &order).await;
    assert_eq!((&seen["flagged"], &seen["refunded"]), (&json!(true), &json!("0,01\u{a0}€")));
}

#[tokio::test]
async fn a_mail_about_money_says_what_is_back_and_when_it_is_all() {
    let stage = Stage::with(|settings| {
        let text = "{% if refund %}{{ refund.this }} {{ refund.in_all }} {{ refund.complete }} {{ refund.undone }}{% endif %}";
        for (_, template) in settings.till.templates.iter_mut().filter(|(name, _)| name.starts_with("mails/")) {
            *template = text.to_owned();
        }
    })
    .await;
    let (_, order) = begun(&stage, &cart("a", &[("TASSE", 1)])).await;
    let mut order = stage.order(&order).await;
    order.customer.email = Some("anne@example.com".to_owned());
    let mut text = |kind: EffectKind, cause: &str, refunded: i64| {
        order.refunded_amount = Cents(refunded);
        let task = Task {
            id: "K7QM".to_owned(),
            order_id: order.id.clone(),
            kind,
            cause: cause.to_owned(),
            attempts: 1,
        };
        let text = stage.till.sends.templates.write(&stage.till.site(), &task, &order).expect("a mail").text;
        text.replace('\u{a0}', " ")
    };
    for kind in [EffectKind::MailRefund, EffectKind::MailRefundNotice, EffectKind::MailRefundFailed] {
        assert_eq!(text(kind, "1_3389_3389", 3389), "33,89 € 33,89 € false false", "{kind:?}");
        assert_eq!(text(kind, "1_1_3390", 3390), "0,01 € 33,90 € true false", "{kind:?}");
        assert_eq!(text(kind, "1_-500_1000", 1000), "5,00 € 10,00 € false true", "{kind:?}");
    }
    assert_eq!(text(EffectKind::MailRefund, "other", 3390), "33,90 € 33,90 € true false", "an older till's");
    assert_eq!(text(EffectKind::MailRefundFailed, "asking", 0), "", "nothing is known of an amount");
    assert_eq!(text(EffectKind::MailConfirmation, "1_1_3390", 3390), "", "it is about no refund");
}

#[tokio::test]
async fn days_and_countries_are_said_in_the_readers_words() {
    let stage = Stage::with(|settings| {
        for (lang, words) in &mut settings.till.words {
            for key in ["cart.days", "cart.days_between", "cart.pickup_days", "cart.pickup_between"] {
                words.insert(key.to_owned(), Message::One(format!("{lang} {key} {{n}}{{from}}-{{to}}")));
            }
            words.insert("country.FR".to_owned(), Message::One(format!("France ({lang})")));
        }
    })
    .await;
    for (destination, days) in [
        (json!({ "country": "FR" }), "en cart.days_between {n}3-5"),
        (json!({ "rate": "pickup" }), "en cart.pickup_between {n}1-2"),
    ] {
        let mut asked = cart("a", &[("TASSE", 1)]);
        asked["lang"] = json!("en");
        asked["destination"] = destination;
        assert_eq!(stage.post_json("/api/quote", &asked).await.json()["text"]["days"], json!(days));
    }
    let country = |lang, code| stage.till.sends.templates.country(lang, code);
    assert_eq!(
        [country("fr", "FR"), country("en", "FR"), country("fr", "MC")],
        ["France (fr)", "France (en)", "MC"]
    );
}

#[tokio::test]
async fn a_quote_says_what_each_line_can_grow_to_and_why_another_is_not_there() {
    let stage = Stage::new().await;
    begun(&stage, &cart("holds", &[("UNIQUE", 1), ("TASSE", 2)])).await;
    let quote = stage.post_json("/api/quote", &cart("looks", &[("UNIQUE", 1), ("TASSE", 1)])).await.json();
    assert_eq!(
        (&quote["problems"][0]["code"], &quote["problems"][0]["available"]),
        (&json!("reserved"), &json!(0))
    );
    assert_eq!((&quote["lines"][0]["available"], &quote["total"]), (&json!(4), &json!(3390)));
    assert_eq!((&quote["goods"], &quote["text"]["total"]), (&json!(2800), &json!("33,90\u{a0}€")));
    let mut collected = cart("looks", &[("TASSE", 1)]);
    collected["destination"] = json!({ "country": "FR", "rate": "pickup" });
    let quote = stage.post_json("/api/quote", &collected).await.json();
    let ways: Vec<_> = quote["options"].as_array().expect("options").iter().map(|way| &way["rate"]).collect();
    assert_eq!(ways, ["colissimo", "pickup"], "the way back to delivery stays open");
    // Five are reported, six exist: more than five can be ordered.
    let stage = Stage::new().await;
    let quote = stage.post_json("/api/quote", &cart("a", &[("TASSE", 6)])).await.json();
    assert_eq!((&quote["problems"], &quote["lines"][0]["quantity"]), (&json!([]), &json!(6)));
    let (url, _) = begun(&stage, &cart("b", &[("UNIQUE", 1)])).await;
    stage.pay(&url, Means::Card).await;
    let quote = stage.post_json("/api/quote", &cart("looks", &[("UNIQUE", 1)])).await.json();
    assert_eq!(quote["problems"][0]["code"], json!("sold_out"));
    assert_eq!((&quote["lines"], &quote["total"]), (&json!([]), &json!(0)));
}

#[tokio::test]
async fn what_could_not_be_had_after_all_stays_in_the_cart() {
    for (payment, left) in [(Payment::RefundDue, true), (Payment::Paid, false)] {
        let stage = Stage::new().await;
        let added = stage.post_form("/api/cart", &[("sku", "TASSE")], "").await;
        let cookie = added.header("set-cookie").split(';').next().expect("a cookie").to_owned();
        let page = stage.get_with("/api/cart", &cookie).await.body;
        let id = page.rsplit("<i>").next().and_then(|rest| rest.split('<').next()).expect("an id");
        let mut asked = cart("a", &[("TASSE", 1)]);
        asked["cart_id"] = json!(id);
        let (_, order) = begun(&stage, &asked).await;
        store(&stage, |next| next.payment = payment, &order).await;
        let gift = "x".repeat(301);
        let refused =
            stage.post_form("/api/checkout", &[("sku", "TASSE"), ("gift_note", &gift)], &cookie).await;
        let cookie = refused.header("set-cookie").split(';').next().expect("a cookie").to_owned();
        assert!(stage.get_with("/api/cart", &cookie).await.body.contains(&gift), "{}", refused.body);
        // Another browser, with its own cart, opens it first.
        let other = stage.post_form("/api/cart", &[("sku", "TASSE")], "").await;
        let theirs = other.header("set-cookie").split(';').next().expect("a cookie").to_owned();
        assert_eq!(stage.get_with(&order, &theirs).await.header("set-cookie"), "");
        let seen = stage.get_with(&order, &cookie).await;
        let cookie = seen.header("set-cookie");
        let value = cookie.split(';').next().expect("a cookie");
        let page = stage.get_with("/api/cart", value).await.body;
        assert_eq!(page.contains("TASSE x 1"), left, "{payment:?}: {page}");
        assert!(page.contains("<textarea></textarea>"), "the words went with the order: {page}");
        assert!(!page.contains(id), "the next order is another one");
        assert_eq!(cookie.contains("Max-Age=0"), !left, "{cookie}");
    }
}

#[tokio::test]
async fn the_page_of_an_order_knows_what_was_just_done() {
    let stage = Stage::with(|settings| {
        let text = "{{ done }}|{{ confirm_withdraw }}|{{ hidden }}|{{ lang }}".to_owned();
        settings.till.templates.insert("till/order.html".to_owned(), text);
    })
    .await;
    let mut asked = cart("a", &[("TASSE", 1)]);
    asked["lang"] = json!("en");
    let (_, order) = begun(&stage, &asked).await;
    for (query, shown) in [
        ("", "|false|false|en"),
        ("?paid", "paid|false|false|en"),
        ("?cancelled", "cancelled|false|false|en"),
        ("?withdrawn=", "withdrawn|false|false|en"),
        ("?withdraw", "|true|false|en"),
        ("?lang=fr&paidx&x=paid", "|false|false|en"),
    ] {
        let page = stage.get(&format!("{order}{query}")).await.body;
        assert!(page.contains(&format!("<main>\n{shown}\n</main>")), "{query}: {page}");
    }
}

#[tokio::test]
async fn the_cart_without_scripts_sends_what_it_shows() {
    let stage = Stage::with(|settings| {
        let text = "{{ expected_total }}|{{ country }}|{{ rate }}|{{ replaced }}|{{ pickup_only }}|\
                    {% for to in destinations %}{{ to.country }}{{ to.chosen }}{% for way in to.rates %} {{ way.id }} {{ way.price }} {{ way.free }} {{ way.chosen }};{% endfor %}{% endfor %}|\
                    {% if pickup %}{{ pickup.label }} {{ pickup.chosen }}{% endif %}|{% if cart %}{% for line in cart.lines %}{{ line.unit_minor }} {{ line.url }}{% endfor %}{% endif %}";
        settings.till.templates.insert("till/cart.html".to_owned(), text.to_owned());
    })
    .await;
    let price = "5,90\u{a0}€";
    let line = "2800 https://shop.example.com/produits/bol/";
    for (sku, destination, shown) in [
        (
            "TASSE",
            "FR/colissimo",
            format!(
                "3390|FR|colissimo|false|false|FRtrue colissimo {price} false true;MCfalse colissimo {price} false false;|Retrait false|{line}"
            ),
        ),
        (
            "TASSE",
            "MC/drone",
            format!(
                "3390|MC|colissimo|true|false|FRfalse colissimo {price} false false;MCtrue colissimo {price} false true;|Retrait false|{line}"
            ),
        ),
        (
            "TASSE",
            "pickup",
            format!(
                "2800||pickup|false|false|FRfalse colissimo {price} false false;MCfalse colissimo {price} false false;|Retrait true|{line}"
            ),
        ),
        ("LUSTRE", "pickup", format!("2800||pickup|false|true||Retrait true|{line}")),
    ] {
        let added = stage.post_form("/api/cart", &[("sku", sku)], "").await;
        let cookie = added.header("set-cookie").split(';').next().expect("a cookie").to_owned();
        let gone = [("action", "destination"), ("destination", destination)];
        let gone = stage.post_form("/api/cart", &gone, &cookie).await;
        let cookie = gone.header("set-cookie").split(';').next().expect("a cookie").to_owned();
        let page = stage.get_with("/api/cart", &cookie).await.body;
        let main = page.split("<main>\n").nth(1).and_then(|rest| rest.split("\n</main>").next());
        assert_eq!(main, Some(shown.as_str()), "{sku} {destination}");
    }
}

#[tokio::test]
async fn a_line_shows_its_page_and_picture_under_the_shops_own_address() {
    let stage = Stage::new().await;
    let items: Vec<_> = stage
        .till
        .ledger
        .shop
        .items()
        .map(|item| catalog::Item { image: Some("/_/bol.webp".to_owned()), ..item })
        .collect();
    let bytes = catalog::Snapshot::write(&stage.till.ledger.shop.settings, &items).expect("JSON");
    let shop = till::shop::Shop::new(bytes).expect("a shop");
    let till = on(&stage.till, |ledger| ledger.shop = std::sync::Arc::new(shop));
    let (_, order) = begun(&stage, &cart("a", &[("TASSE", 1)])).await;
    let order = stage.order(&order).await;
    for (lang, path) in [("fr", "/produits/bol/"), ("en", "/en/products/bowl/")] {
        let line = till.sends.templates.order_view(&till.site(), &order, lang, true).lines.remove(0);
        assert_eq!(line.url, Some(format!("https://shop.example.com{path}")));
        assert_eq!(line.image.as_deref(), Some("https://shop.example.com/_/bol.webp"));
    }
}

#[tokio::test]
async fn the_cart_knows_what_is_free_and_what_is_collected() {
    let stage = Stage::with(|settings| {
        let text = "{{ cart.shipping.free }} {{ cart.shipping.pickup }} {{ cart.shipping.free_in }}";
        settings.till.templates.insert("till/cart.html".to_owned(), text.to_owned());
    })
    .await;
    for (quantity, destination, shown) in [
        ("1", "FR/colissimo", "false false 52,00\u{a0}€"),
        ("3", "FR/colissimo", "true false "),
        ("1", "pickup", "true true "),
    ] {
        let added = stage.post_form("/api/cart", &[("sku", "TASSE"), ("quantity", quantity)], "").await;
        let cookie = added.header("set-cookie").split(';').next().expect("a cookie").to_owned();
        let gone = [("action", "destination"), ("destination", destination)];
        let gone = stage.post_form("/api/cart", &gone, &cookie).await;
        let cookie = gone.header("set-cookie").split(';').next().expect("a cookie").to_owned();
        let page = stage.get_with("/api/cart", &cookie).await.body;
        assert!(page.contains(&format!("<main>\n{shown}\n</main>")), "{quantity} {destination}: {page}");
    }
}

#[tokio::test]
async fn only_what_costs_something_else_is_told_to_have_changed() {
    let stage = Stage::new().await;
    let line =
        |sku, note, price| [("sku", sku), ("quantity", "1"), ("note", note), ("expected_price", price)];
    let kept =
        [("gift_note", "Joyeux Noël"), ("expected_total", "1"), ("country", "FR"), ("rate", "colissimo")];
    let fields: Vec<(&str, &str)> = [
        kept,
        line("TABLIER", "Zoé", "3600"),
        line("TABLIER", "Léo", "3500"),
        line("TASSE", "", "2800"),
        line("LETTRE", "", "2900"),
    ]
    .concat();
    let page = stage.post_form("/api/checkout", &fields, "").await;
    assert_eq!(page.status.as_u16(), 409);
    let told: Vec<&str> =
        page.body.split("<i>").skip(1).filter_map(|rest| rest.split("</i>").next()).collect();
    let expected = ["Bol TABLIER: 35,00\u{a0}€, 36,00\u{a0}€", "Bol LETTRE: 29,00\u{a0}€, 28,00\u{a0}€"];
    assert_eq!(told, expected, "{}", page.body);
    // The form confirms the prices just shown, and keeps everything typed.
    let fields: Vec<&str> =
        page.body.split("<input name=").skip(1).filter_map(|rest| rest.split('>').next()).collect();
    let value = |field: &str| format!("\"expected_price\" value=\"{field}\"");
    let prices: Vec<&&str> = fields.iter().filter(|field| field.starts_with("\"expected_price\"")).collect();
    assert_eq!(prices, [&value("3600"), &value("3600"), &value("2800"), &value("2800")], "{fields:?}");
    for once in ["gift_note", "expected_total", "rate"] {
        let found = fields.iter().filter(|field| field.starts_with(&format!("\"{once}\""))).count();
        assert_eq!(found, 1, "{once}: {fields:?}");
    }
    assert!(!fields.contains(&"\"expected_total\" value=\"1\""), "{fields:?}");
}
