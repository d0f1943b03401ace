//! How a cart is delivered, and what of it is available: the same with scripts (`/api/quote`) and without (`/api/cart`).

use axum::http::StatusCode;
use catalog::Cents;
use serde_json::{Value, json};

use crate::shop::{Stage, cart};

/// The cart of a browser without scripts.
struct Plain<'a> {
    stage: &'a Stage,
    cookie: String,
}

impl<'a> Plain<'a> {
    fn new(stage: &'a Stage) -> Self {
        Plain { stage, cookie: String::new() }
    }

    async fn send(&mut self, fields: &[(&str, &str)]) {
        let answer = self.stage.post_form("/api/cart", fields, &self.cookie).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        answer.header("set-cookie").split(';').next().expect("a cookie").clone_into(&mut self.cookie);
    }

    async fn add(&mut self, sku: &str, quantity: &str) {
        self.send(&[("action", "add"), ("lang", "fr"), ("sku", sku), ("quantity", quantity)]).await;
    }

    async fn go(&mut self, destination: &str) {
        self.send(&[("action", "destination"), ("lang", "fr"), ("destination", destination)]).await;
    }

    async fn page(&self) -> String {
        self.stage.get_with("/api/cart?lang=fr", &self.cookie).await.body
    }
}

fn to(country: &str, rate: Option<&str>, items: &[(&str, u32)]) -> Value {
    let mut asked = cart("a", items);
    asked["destination"] = json!({ "country": country, "rate": rate });
    asked
}

fn ways(answer: &Value) -> Vec<&str> {
    answer["options"].as_array().expect("options").iter().filter_map(|way| way["rate"].as_str()).collect()
}

#[tokio::test]
async fn a_cart_that_cannot_be_sent_says_why_and_never_turns_to_collecting_unasked() {
    let stage = Stage::new().await;
    let cases = [
        ("BANC", "FR", "weight", vec!["pickup"]),
        ("LUSTRE", "FR", "pickup_only", vec!["pickup"]),
        ("TASSE", "US", "country", vec!["pickup"]),
    ];
    for (sku, country, why, offered) in cases {
        for rate in [None, Some("colissimo")] {
            let answer = stage.post_json("/api/quote", &to(country, rate, &[(sku, 1)])).await.json();
            assert_eq!((&answer["not_served"], &answer["shipping"]), (&json!(why), &Value::Null), "{sku}");
            assert_eq!((answer["goods"].as_i64(), ways(&answer)), (Some(2800), offered.clone()), "{sku}");
            assert_eq!(answer["pickup_only"], json!(sku == "LUSTRE"));
            let refused = stage.post_json("/api/checkout", &to(country, rate, &[(sku, 1)])).await;
            assert_eq!(refused.code(), "destination_not_served");
        }
        let mut plain = Plain::new(&stage);
        plain.add(sku, "1").await;
        if country != "FR" {
            plain.go(&format!("{country}/")).await;
        }
        let page = plain.page().await;
        assert!(page.contains(&format!("<u>{why}</u>")) && !page.contains("pay "), "{page}");
        plain.go("pickup").await;
        assert!(plain.page().await.contains("pay /pickup"), "chosen by the shopper");
    }
    let chosen = stage.post_json("/api/quote", &to("FR", Some("pickup"), &[("LUSTRE", 1)])).await.json();
    assert_eq!((&chosen["shipping"]["rate"], &chosen["not_served"]), (&json!("pickup"), &Value::Null));
}

#[tokio::test]
async fn a_cart_goes_back_to_delivery_when_it_can_be_sent_again() {
    let stage = Stage::new().await;
    let mut plain = Plain::new(&stage);
    plain.add("TASSE", "1").await;
    plain.go("FR/colissimo").await;
    plain.add("BANC", "1").await;
    let page = plain.page().await;
    assert!(page.contains("<u>weight</u><s>pickup</s>"), "no rate is offered: {page}");
    plain.send(&[("action", "remove"), ("lang", "fr"), ("sku", "BANC")]).await;
    let page = plain.page().await;
    assert!(page.contains("pay FR/colissimo") && page.contains("<s>FR/colissimo</s>"), "{page}");
}

#[tokio::test]
async fn a_rate_that_is_not_offered_any_more_is_replaced_alike_with_and_without_scripts() {
    let stage = Stage::with(|settings| {
        let mut express = settings.shipping.zones[0].rates[0].clone();
        express.id = "express".to_owned();
        express.prices = vec![catalog::shipping::RateStep { up_to: catalog::Grams(500), price: Cents(1500) }];
        settings.shipping.zones[0].rates.push(express);
    })
    .await;
    for (rate, quantity, taken) in
        [("express", 1, "express"), ("express", 2, "colissimo"), ("drone", 1, "colissimo")]
    {
        let answer =
            stage.post_json("/api/quote", &to("FR", Some(rate), &[("TASSE", quantity)])).await.json();
        assert_eq!(answer["shipping"]["rate"], json!(taken), "{rate} for {quantity}");
        assert_eq!(answer["shipping"]["replaced"], json!(rate != taken), "{rate} for {quantity}");
        let mut plain = Plain::new(&stage);
        plain.add("TASSE", &quantity.to_string()).await;
        plain.go(&format!("FR/{rate}")).await;
        assert!(plain.page().await.contains(&format!("pay FR/{taken}")), "{rate} for {quantity}");
    }
}

#[tokio::test]
async fn pieces_are_counted_over_all_lines_that_take_from_one_stock() {
    let stage = Stage::new().await;
    let asked = cart("a", &[("LOT-A", 2), ("TASSE", 1), ("LOT-B", 2)]);
    let answer = stage.post_json("/api/quote", &asked).await.json();
    let kept: Vec<_> =
        answer["lines"].as_array().expect("lines").iter().map(|line| &line["quantity"]).collect();
    assert_eq!(kept, [2, 1, 1]);
    let most: Vec<_> =
        answer["lines"].as_array().expect("lines").iter().map(|line| &line["available"]).collect();
    assert_eq!(most, [2, 5, 1]);
    let problem = json!([{ "sku": "LOT-B", "note": null, "code": "quantity_unavailable", "available": 3,
        "skus": ["LOT-A", "LOT-B"] }]);
    assert_eq!(answer["problems"], problem);
    let refused = stage.post_json("/api/checkout", &asked).await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::CONFLICT, "quantity_unavailable"));
    assert_eq!(
        (&refused.json()["skus"], &refused.json()["available"]),
        (&json!(["LOT-A", "LOT-B"]), &json!(3))
    );
    let fields = [("lang", "fr"), ("sku", "LOT-A"), ("quantity", "2"), ("sku", "LOT-B"), ("quantity", "2")];
    let page = stage.post_form("/api/checkout", &fields, "").await;
    assert!(page.body.contains("Bol LOT-A + Bol LOT-B: 3"), "{}", page.body);

    let mut plain = Plain::new(&stage);
    plain.add("LOT-A", "3").await;
    plain.add("LOT-B", "1").await;
    let page = plain.page().await;
    assert!(page.contains("LOT-A x 3") && !page.contains("LOT-B x"), "{page}");
    assert!(
        page.contains("<i>quantity_unavailable Bol LOT-B: together Bol LOT-A + Bol LOT-B: 3</i>"),
        "{page}"
    );

    let mut fewer = cart("b", &[("LOT-A", 2), ("LOT-B", 1)]);
    fewer["items"][0]["expected_price"] = json!(2800);
    assert_eq!(stage.post_json("/api/checkout", &fewer).await.status, StatusCode::OK);
}

#[tokio::test]
async fn lines_of_one_piece_with_different_words_share_its_stock() {
    let stage = Stage::new().await;
    let mut asked = cart("a", &[("TASSE", 4), ("TASSE", 4)]);
    asked["items"][1]["note"] = json!("");
    let refused = stage.post_json("/api/checkout", &asked).await;
    assert_eq!((refused.code().as_str(), &refused.json()["available"]), ("quantity_unavailable", &json!(6)));
}
