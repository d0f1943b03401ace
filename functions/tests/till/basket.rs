//! The cart of a browser without scripts: its cookie, what changes it, and where it ends. Also how carts are read.

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use catalog::Cents;
use serde_json::{Value, json};

use crate::shop::{Answer, Stage, cart};

/// Changes a cart; returns the answer and the new cookie.
async fn change(stage: &Stage, cookie: &str, fields: &[(&str, &str)]) -> (Answer, String) {
    let answer = stage.post_form("/api/cart", fields, cookie).await;
    let set = answer.header("set-cookie").split(';').next().unwrap_or_default().to_owned();
    let cookie = if set.is_empty() { cookie.to_owned() } else { set };
    (answer, cookie)
}

async fn page(stage: &Stage, cookie: &str) -> String {
    stage.get_with("/api/cart?lang=fr", cookie).await.body
}

#[tokio::test]
async fn the_cookie_is_for_the_till_alone_and_lasts_thirty_days() {
    for (url, secure) in [("https://shop.example.com", "; Secure"), ("http://shop.example.com", "")] {
        let stage = Stage::with(|settings| settings.url = url.to_owned()).await;
        let answer = stage
            .send(crate::shop::request("POST", "/api/cart").body("sku=TASSE".into()).expect("a request"));
        let answer = answer.await;
        let cookie = answer.header("set-cookie");
        let (value, rest) = cookie.split_once(';').expect("attributes");
        assert!(value.starts_with("bazaar_cart="), "{cookie}");
        assert_eq!(rest, format!(" Path=/api; Max-Age=2592000; HttpOnly; SameSite=Lax{secure}"));
    }
}

#[tokio::test]
async fn a_line_holds_up_to_ninety_nine() {
    let stage = Stage::new().await;
    let set = |quantity| [("action", "set"), ("sku", "TABLIER"), ("quantity", quantity)];
    let add = |quantity| [("action", "add"), ("sku", "TABLIER"), ("quantity", quantity)];
    let mut cookie = String::new();
    for (fields, holds) in [
        (add("0"), Some(1)),
        (add("97"), Some(98)),
        (add("1"), Some(99)),
        (add("1"), Some(99)),
        (set("98"), Some(98)),
        (add("99"), Some(99)),
        (set("1"), Some(1)),
        (set("0"), None),
        (set("3"), None),
        (add("99"), Some(99)),
        ([("action", "remove"), ("sku", "TABLIER"), ("note", "another")], Some(99)),
        ([("action", "remove"), ("sku", "TASSE"), ("quantity", "1")], Some(99)),
        ([("action", "remove"), ("sku", "TABLIER"), ("quantity", "1")], None),
    ] {
        let (answer, next) = change(&stage, &cookie, &fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{fields:?}: {}", answer.body);
        cookie = next;
        let page = page(&stage, &cookie).await;
        match holds {
            Some(count) => assert!(page.contains(&format!("TABLIER x {count} ")), "{fields:?}: {page}"),
            None => assert!(page.contains("empty"), "{fields:?}: {page}"),
        }
    }
    let (_, cookie) = change(&stage, &cookie, &add("2")).await;
    for wrong in [
        &add("100")[..],
        &set("100"),
        &add("-1"),
        &set("4294967296"),
        &add("two"),
        &[("action", "burn"), ("sku", "TABLIER")],
        &[("action", "add"), ("sku", "")],
        &[("action", "add")],
    ] {
        let (answer, after) = change(&stage, &cookie, wrong).await;
        assert_eq!((answer.status, &after), (StatusCode::BAD_REQUEST, &cookie), "{wrong:?}");
    }
    assert!(page(&stage, &cookie).await.contains("TABLIER x 2 "));
    let (_, cookie) = change(&stage, &cookie, &[("action", "empty")]).await;
    assert!(page(&stage, &cookie).await.contains("empty"));
}

#[tokio::test]
async fn a_cart_has_fifty_lines_and_fits_into_a_cookie() {
    fn add(note: &str) -> [(&str, &str); 3] {
        [("action", "add"), ("sku", "LETTRE"), ("note", note)]
    }
    let stage = Stage::new().await;
    let mut cookie = String::new();
    for number in 0..50 {
        let (answer, next) = change(&stage, &cookie, &add(&format!("n{number}"))).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{number}: {}", answer.body);
        cookie = next;
    }
    let (full, after) = change(&stage, &cookie, &add("n50")).await;
    assert_eq!((full.status, &after), (StatusCode::PAYLOAD_TOO_LARGE, &cookie));
    let (more, _) = change(&stage, &cookie, &add("n49")).await;
    assert_eq!(more.status, StatusCode::SEE_OTHER, "a line that is there takes more");

    // Fewer but longer lines: a cookie too large for browsers is refused, and the cart stays as it was.
    let (mut cookie, mut kept) = (String::new(), 0);
    let refused = loop {
        let (answer, next) = change(&stage, &cookie, &add(&format!("{kept}{}", "x".repeat(298)))).await;
        if answer.status != StatusCode::SEE_OTHER {
            break answer;
        }
        cookie = next;
        kept += 1;
        assert!(cookie.len() <= 4000 && kept < 50, "{} bytes for {kept} lines", cookie.len());
    };
    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(kept > 5, "{kept}");
    assert_eq!(page(&stage, &cookie).await.matches("LETTRE x 1").count(), kept);
}

#[tokio::test]
async fn the_name_of_a_cart_is_sixteen_to_sixty_four_plain_characters() {
    let stage = Stage::new().await;
    for (id, fine) in [
        ("a".repeat(15), false),
        ("a".repeat(16), true),
        (format!("-_{}", "Z9".repeat(31)), true),
        ("a".repeat(65), false),
        ("a".repeat(15) + "é", false),
        ("a".repeat(15) + ".", false),
        ("a".repeat(15) + " ", false),
    ] {
        let mut asked = cart("a", &[("TASSE", 1)]);
        asked["cart_id"] = json!(id);
        let answer = stage.post_json("/api/quote", &asked).await;
        assert_eq!(answer.status.as_u16(), if fine { 200 } else { 400 }, "{id}: {}", answer.body);
    }
}

#[tokio::test]
async fn lines_of_one_piece_and_the_same_words_are_one_and_each_keeps_its_price() {
    let stage = Stage::new().await;
    let line = |sku: &str, quantity: u32, note: &str, price: Cents| json!({ "sku": sku, "quantity": quantity, "note": note, "expected_price": price });
    let mut asked = cart("a", &[]);
    asked["items"] = json!([
        line("TASSE", 1, "", Cents(2800)),
        line("TASSE", 2, " ", Cents(2800)),
        line("TABLIER", 1, "Zoé", Cents(3600)),
        line("TABLIER", 1, "Léo", Cents(3600)),
        line("TABLIER", 1, " Zoé ", Cents(3600)),
    ]);
    let quote = stage.post_json("/api/quote", &asked).await.json();
    let lines: Vec<_> = quote["lines"]
        .as_array()
        .expect("lines")
        .iter()
        .map(|line| (line["sku"].clone(), line["quantity"].clone(), line["note"].clone()))
        .collect();
    assert_eq!(
        lines,
        [
            (json!("TASSE"), json!(3), Value::Null),
            (json!("TABLIER"), json!(2), json!("Zoé")),
            (json!("TABLIER"), json!(1), json!("Léo")),
        ]
    );
    let mut wrong = asked.clone();
    wrong["items"][3]["expected_price"] = json!(2800);
    assert_eq!(
        stage.post_json("/api/checkout", &wrong).await.code(),
        "price_changed",
        "that of the third line"
    );
    assert_eq!(stage.post_json("/api/checkout", &asked).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_destination_is_read_in_every_way_it_is_written() {
    let stage = Stage::new().await;
    for (destination, country, rate) in [
        (json!({ "country": "fr", "rate": "" }), Some("FR"), "colissimo"),
        (json!({ "country": "MC", "rate": null }), Some("MC"), "colissimo"),
        (json!({}), Some("FR"), "colissimo"),
        (json!({ "country": "" }), Some("FR"), "colissimo"),
        (Value::Null, Some("FR"), "colissimo"),
        (json!({ "country": "FR", "rate": "pickup" }), None, "pickup"),
        (json!({ "rate": "pickup" }), None, "pickup"),
    ] {
        let mut asked = cart("read", &[("TASSE", 1)]);
        asked["destination"] = destination.clone();
        let answer = stage.post_json("/api/checkout", &asked).await.json();
        let order = stage.order(answer["order"].as_str().unwrap_or_else(|| panic!("{answer}"))).await;
        assert_eq!(
            (order.shipping.country.as_deref(), order.shipping.rate.as_str()),
            (country, rate),
            "{destination}"
        );
    }
    for (fields, shipping) in [
        (&[("destination", "MC/colissimo")][..], ("MC", "colissimo")),
        (&[("destination", "pickup")], ("", "pickup")),
        (&[("destination", "pickup"), ("country", "MC"), ("rate", "colissimo")], ("MC", "colissimo")),
        (&[], ("FR", "colissimo")),
    ] {
        let id = "form-0123456789abcdef";
        let fields = [&[("sku", "TASSE"), ("cart_id", id)][..], fields].concat();
        let answer = stage.post_form("/api/checkout", &fields, "").await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{fields:?}: {}", answer.body);
        let order = stage.till.ledger.store.order_of_cart(id).await.expect("a store").expect("an order");
        let found = (order.shipping.country.as_deref().unwrap_or_default(), order.shipping.rate.as_str());
        assert_eq!(found, shipping, "{fields:?}");
    }
}

#[tokio::test]
async fn where_nothing_is_sent_a_cart_is_collected_or_refused() {
    for (collects, status) in [(true, 200), (false, 400)] {
        let stage = Stage::with(|settings| {
            settings.shipping.zones.clear();
            settings.shipping.pickup = settings.shipping.pickup.take().filter(|_| collects);
        })
        .await;
        let mut asked = cart("a", &[("TASSE", 1)]);
        asked["destination"] = Value::Null;
        let answer = stage.post_json("/api/quote", &asked).await;
        assert_eq!(answer.status.as_u16(), status, "{}", answer.body);
        if collects {
            assert_eq!(answer.json()["shipping"]["rate"], json!("pickup"));
        } else {
            assert_eq!(answer.code(), "bad_request");
        }
    }
}

#[tokio::test]
async fn a_cookie_with_more_lines_than_a_cart_holds_is_cut_and_can_be_paid() {
    let stage = Stage::new().await;
    let lines: Vec<Value> =
        (0..51).map(|number| json!({ "s": "LETTRE", "q": 1, "n": number.to_string() })).collect();
    let basket = json!({ "i": "a".repeat(16), "l": lines }).to_string();
    let page = page(&stage, &format!("bazaar_cart={}", URL_SAFE_NO_PAD.encode(basket))).await;
    assert_eq!(page.matches("LETTRE x 1").count(), 50, "{page}");
}

#[tokio::test]
async fn a_language_that_the_shop_does_not_speak_is_its_first() {
    let stage = Stage::new().await;
    for (asked, spoken) in [("en", "en"), ("fr", "fr"), ("de", "fr"), ("", "fr")] {
        let (answer, _) = change(&stage, "", &[("sku", "TASSE"), ("lang", asked)]).await;
        assert_eq!(
            answer.header("location"),
            format!("https://shop.example.com/api/cart?lang={spoken}"),
            "{asked}"
        );
    }
}

#[tokio::test]
async fn what_cannot_be_had_is_told_once_with_what_the_cart_has_now() {
    let stage = Stage::with(|settings| {
        let text = "{% for problem in problems %}<i>{{ problem.sku }}/{{ problem.note }} {{ problem.counted }} {{ problem.text }}</i>{% endfor %}";
        settings.till.templates.insert("till/cart.html".to_owned(), text.to_owned());
    })
    .await;
    let told = async |lines: &[(&str, &str, &str)]| {
        let mut cookie = String::new();
        for (sku, quantity, note) in lines {
            let fields = [("sku", *sku), ("quantity", *quantity), ("note", *note)];
            cookie = change(&stage, &cookie, &fields).await.1;
        }
        let page = page(&stage, &cookie).await;
        page.split("<i>")
            .skip(1)
            .filter_map(|rest| rest.split("</i>").next())
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let together = |sku: &str, counted: bool| format!("{sku}/ {counted} together Bol LOT-A + Bol LOT-B: 3");
    for (lines, expected) in [
        (&[("TASSE", "6", ""), ("LOT-A", "1", ""), ("LOT-B", "2", "")][..], vec![]),
        (&[("LOT-A", "4", "")], vec!["LOT-A/ true Bol LOT-A: 3".to_owned()]),
        (&[("LOT-A", "2", ""), ("LOT-B", "2", ""), ("LETTRE", "1", "x")], vec![together("LOT-B", true)]),
        (&[("LETTRE", "1", "x"), ("LOT-A", "3", ""), ("LOT-B", "1", "")], vec![together("LOT-B", false)]),
    ] {
        assert_eq!(told(lines).await, expected, "{lines:?}");
    }
    let held = stage.post_json("/api/checkout", &cart("other", &[("LOT-A", 3)])).await;
    assert_eq!(held.status, StatusCode::OK);
    let reserved = ["LOT-A", "LOT-B"].map(|sku| format!("{sku}/ false till.refusal.reserved"));
    assert_eq!(told(&[("LOT-A", "1", ""), ("LOT-B", "1", "")]).await, reserved);
}

#[tokio::test]
async fn a_cart_fills_its_cookie_to_the_last_character() {
    let stage = Stage::new().await;
    let mut cookie = String::new();
    let add =
        async |cookie: &str, note: &str| change(&stage, cookie, &[("sku", "LETTRE"), ("note", note)]).await;
    for number in 0..8 {
        cookie = add(&cookie, &format!("{number}{}", "x".repeat(299))).await.1;
    }
    let value = |cookie: &str| cookie.len() - "bazaar_cart=".len();
    let mut longest = 0;
    for length in 1..=300 {
        let (answer, next) = add(&cookie, &"y".repeat(length)).await;
        if answer.status == StatusCode::PAYLOAD_TOO_LARGE {
            break;
        }
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        longest = value(&next);
    }
    assert_eq!(longest, 3800);
}
