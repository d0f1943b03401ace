//! Notes for pieces and gifts: counted as browsers count, compared as a whole, never lost.

use axum::body::Body;
use axum::http::StatusCode;
use serde_json::json;
use simulator::Means;

use crate::shop::{Answer, Stage, cart, request};

async fn add(stage: &Stage, sku: &str, notes: &[&str], cookie: &str) -> Answer {
    let mut fields = vec![("action", "add"), ("lang", "en"), ("sku", sku)];
    fields.extend(notes.iter().map(|note| ("note", *note)));
    stage.post_form("/api/cart", &fields, cookie).await
}

fn cookie(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    answer.header("set-cookie").split(';').next().expect("a cookie").to_owned()
}

#[tokio::test]
async fn words_have_the_limit_of_their_piece_and_come_back_when_they_are_refused() {
    let stage = Stage::new().await;
    let long = "é".repeat(300);
    let kept = cookie(&add(&stage, "LETTRE", &[&long], "").await);
    assert!(stage.get_with("/api/cart", &kept).await.body.contains(&format!("LETTRE x 1 {long}<")));
    let longer = format!("{} 🎂 <end>", "é".repeat(292));
    let refused = add(&stage, "LETTRE", &[&longer], &kept).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(refused.body.contains(&longer.replace('<', "&lt;").replace('>', "&gt;")), "{}", refused.body);
    assert!(stage.get_with("/api/cart", &kept).await.body.contains(&long), "the cart is as it was");
}

#[tokio::test]
async fn an_emoji_counts_two_as_in_the_browser() {
    let stage = Stage::new().await;
    assert_eq!(add(&stage, "TABLIER", &["🎂🎂🎂🎂🎂🎂"], "").await.status, StatusCode::SEE_OTHER);
    assert_eq!(add(&stage, "TABLIER", &["🎂🎂🎂🎂🎂🎂!"], "").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_paid_line_leaves_the_cart_and_one_whose_words_end_alike_stays() {
    let stage = Stage::new().await;
    let first = cookie(&add(&stage, "TABLIER", &["12"], "").await);
    let both = cookie(&add(&stage, "TABLIER", &["2"], &first).await);
    let page = stage.get_with("/api/cart?lang=en", &both).await.body;
    let id = page.rsplit("<i>").next().and_then(|rest| rest.split('<').next()).expect("an id").to_owned();
    let fields =
        [("lang", "en"), ("cart_id", id.as_str()), ("sku", "TABLIER"), ("quantity", "1"), ("note", "2")];
    let paying = stage.post_form("/api/checkout", &fields, &both).await;
    assert_eq!(paying.status, StatusCode::SEE_OTHER, "{}", paying.body);
    stage.pay(paying.header("location"), Means::Card).await;
    let order = stage.till.ledger.store.order_of_cart(&id).await.expect("a store").expect("an order");
    let look = stage.get_with(&stage.till.order_url(&order), &both).await;
    let left = look.header("set-cookie").split(';').next().expect("a cookie").to_owned();
    let page = stage.get_with("/api/cart?lang=en", &left).await.body;
    assert!(page.contains("TABLIER x 1 12<") && !page.contains("TABLIER x 1 2<"), "{page}");
}

#[tokio::test]
async fn a_foreign_cookie_of_any_bytes_leaves_the_cart_alone() {
    let stage = Stage::new().await;
    let ours = cookie(&add(&stage, "TASSE", &[], "").await);
    for foreign in ["prénom=Zoé".as_bytes(), b"a=\xff\xfe\x80", b"bazaar_cart=caf\xe9", b"bazaar_cart", b""]
    {
        let header = [foreign, b"; ", ours.as_bytes()].concat();
        let asked = request("GET", "/api/cart").header("cookie", header.as_slice()).body(Body::empty());
        let page = stage.send(asked.expect("a request")).await;
        assert!(page.body.contains("TASSE x 1"), "{foreign:?}: {}", page.body);
    }
}

#[tokio::test]
async fn a_line_break_is_one_character_and_a_refused_present_keeps_its_words() {
    let stage = Stage::new().await;
    let kept = cookie(&add(&stage, "TASSE", &[], "").await);
    // Browsers count a line break as one, and send it as CR LF.
    let lines = vec!["Bonne fête"; 27].join("\r\n");
    let gift = format!("{lines}\r\n{}", "x".repeat(300 - 26 - 270 - 1));
    let fields = |gift| [("lang", "en"), ("sku", "TASSE"), ("quantity", "1"), ("gift_note", gift)];
    let paying = stage.post_form("/api/checkout", &fields(&gift), &kept).await;
    assert_eq!(paying.status, StatusCode::SEE_OTHER, "{}", paying.body);

    let longer = format!("{gift}y");
    let refused = stage.post_form("/api/checkout", &fields(&longer), &kept).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    let shown = longer.replace("\r\n", "\n");
    assert!(refused.body.contains(&shown), "the page has it: {}", refused.body);
    let cookie = refused.header("set-cookie").split(';').next().expect("a cookie");
    let again = stage.post_form("/api/checkout", &fields(&longer), cookie).await;
    let alone = stage.post_form("/api/checkout", &fields(&longer), "").await;
    for (answer, why) in [(again, "the cart has them already"), (alone, "there is no cart to keep them")] {
        assert_eq!((answer.status, answer.header("set-cookie")), (StatusCode::BAD_REQUEST, ""), "{why}");
    }
    let page = stage.get_with("/api/cart", cookie).await.body;
    assert!(page.contains(&format!("<textarea>{shown}</textarea>")), "and so has the cart: {page}");

    let mut asked = cart("p", &[("TASSE", 1)]);
    asked["gift_note"] = json!(gift);
    assert_eq!(stage.post_json("/api/checkout", &asked).await.status, StatusCode::OK, "scripts count alike");
}

#[tokio::test]
async fn a_piece_made_to_measure_is_not_sold_without_its_measures() {
    let stage = Stage::new().await;
    for wrong in [
        &["", "250"][..],
        &["140"],
        &["140", "25 cm"],
        &["140", "250", "soie"],
        &["140", "250", "", "x"],
        &[],
    ] {
        let refused = add(&stage, "RIDEAU", wrong, "").await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{wrong:?}");
        assert!(refused.body.contains("<label>Width</label>"), "{}", refused.body);
        for typed in wrong.iter().filter(|typed| typed.len() > 1 && **typed != "soie") {
            assert!(
                refused.body.contains(&format!("<textarea>{typed}</textarea>")),
                "{wrong:?}: {}",
                refused.body
            );
        }
        let mut asked = cart("a", &[("RIDEAU", 1)]);
        asked["items"][0]["note"] = json!(wrong.join("\n"));
        assert_eq!(stage.post_json("/api/checkout", &asked).await.code(), "bad_request", "{wrong:?}");
        let quote = stage.post_json("/api/quote", &asked).await.json();
        assert_eq!(quote["problems"][0]["code"], json!("bad_request"), "{wrong:?}");
    }
    let kept = cookie(&add(&stage, "RIDEAU", &["140", "250", "coton"], "").await);
    let page = stage.get_with("/api/cart?lang=fr", &kept).await.body;
    assert!(page.contains("Largeur\u{a0}: 140 · Hauteur\u{a0}: 250 · Doublure\u{a0}: Coton"), "{page}");

    let mut asked = cart("b", &[("RIDEAU", 1)]);
    asked["items"][0]["note"] = json!("140\n250");
    let answer = stage.post_json("/api/checkout", &asked).await.json();
    stage.pay(answer["url"].as_str().expect("a url"), Means::Card).await;
    let order = stage.order(answer["order"].as_str().expect("an order")).await;
    let words = "Largeur\u{a0}: 140 · Hauteur\u{a0}: 250";
    assert_eq!(order.lines[0].labelled_note(&order.lang).as_deref(), Some(words));
    assert_eq!(order.shipping.days, Some((33, 35)), "made in 30, handled in 1 to 2, 2 to 3 on its way");

    asked["sample"] = json!(true);
    asked["items"][0]["note"] = json!(null);
    let sample = stage.post_json("/api/quote", &asked).await.json();
    assert_eq!(
        sample["shipping"]["days"],
        json!([33, 35]),
        "what delivery costs can be asked before measuring"
    );
    assert_eq!(stage.post_json("/api/checkout", &asked).await.code(), "bad_request");
}
