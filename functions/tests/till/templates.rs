//! Who gets which mail, in which language; typed text stays text in mails and on pages; days are in the shop's time zone.

use catalog::message::Message;
use serde_json::json;
use simulator::{Means, Payer};
use storefront::texts::TillText;
use storefront::views::MAILS;
use till::decide::Order;
use till::decide::settle::EffectKind;
use till::outside::mail::Mail;
use till::outside::store::Task;

use crate::shop::{Stage, cart, request};

/// Mails to the owner; all others go to the shopper.
const OWNERS: [EffectKind; 8] = [
    EffectKind::MailNotice,
    EffectKind::MailGoneNotice,
    EffectKind::MailRefundNotice,
    EffectKind::MailRefundFailed,
    EffectKind::MailRefused,
    EffectKind::MailDispute,
    EffectKind::MailFlagged,
    EffectKind::MailWithdrawalNotice,
];
const SHOPPERS: [EffectKind; 8] = [
    EffectKind::MailConfirmation,
    EffectKind::MailAwaiting,
    EffectKind::MailPaymentFailed,
    EffectKind::MailGone,
    EffectKind::MailRefund,
    EffectKind::MailShipped,
    EffectKind::MailWithdrawal,
    EffectKind::MailLink,
];

/// Text that a shopper may type anywhere.
const TYPED: &str = "<b>\"Zoé\" & 'co'";
/// Whether it is escaped on a page, however quotes are written there.
fn is_text(html: &str) -> bool {
    html.contains("&lt;b&gt;") && html.contains(" &amp; ") && !html.contains("<b>")
}

/// Everything typed that a template sees.
const ALL: &str = "{{ lang }}|{{ t(key='hello', name=order.customer.name) }}|{{ t(key='hello_html', name=order.customer.name) }}|\
                   {{ order.customer.name }}|{{ order.customer.email }}|{% for line in order.customer.address %}{{ line }}|{% endfor %}\
                   {% for line in order.lines %}{{ line.note }}|{{ line.words }}|{% endfor %}{{ order.gift_note }}|{{ shop.name }}|";

async fn stage() -> Stage {
    Stage::with(|settings| {
        for (lang, words) in &mut settings.till.words {
            let all = MAILS.map(|name| (format!("mail.{name}.subject"), format!("{lang} {name} {{order}}")));
            words.extend(all.map(|(key, text)| (key, Message::One(text))));
            words.insert("hello".to_owned(), Message::One("hello {name}".to_owned()));
            words.insert("hello_html".to_owned(), Message::One("<i>hello</i> {name}".to_owned()));
            words.remove("mail.shipped.subject_pickup");
        }
        for (name, text) in &mut settings.till.templates {
            if name.starts_with("mails/") || name == "till/order.html" {
                *text = ALL.to_owned();
            }
        }
        settings.name = "Bazaar <b> & co".to_owned();
    })
    .await
}

/// An order in English, from a shop whose main language is French, with every field filled in.
async fn bought(stage: &Stage) -> (Order, String) {
    let mut asked = cart("a", &[("LETTRE", 1)]);
    asked["lang"] = json!("en");
    asked["items"][0]["note"] = json!(TYPED);
    asked["gift_note"] = json!(TYPED);
    let answer = stage.post_json("/api/checkout", &asked).await.json();
    let payer = Payer {
        email: "anne@example.com".into(),
        name: TYPED.into(),
        line1: TYPED.into(),
        line2: Some(TYPED.into()),
        postal_code: "35000".into(),
        city: TYPED.into(),
        country: "FR".into(),
        ..Payer::default()
    };
    let url = answer["url"].as_str().unwrap_or_else(|| panic!("{answer}"));
    stage.stripe.pay(&Stage::session(url), &payer, Means::Card).expect("paid");
    stage.stripe.deliver().await;
    let order = answer["order"].as_str().expect("an order").to_owned();
    (stage.order(&order).await, order)
}

fn written(stage: &Stage, order: &Order, kind: EffectKind) -> Mail {
    let task = Task {
        id: format!("{}.{}.x", order.id, kind.as_str()),
        order_id: order.id.clone(),
        kind,
        cause: "x".to_owned(),
        attempts: 1,
    };
    stage.till.sends.templates.write(&stage.till.site(), &task, order).expect("a mail")
}

#[tokio::test]
async fn each_mail_goes_to_whom_it_is_for_and_in_their_language() {
    let stage = stage().await;
    let (order, _) = bought(&stage).await;
    assert_eq!(OWNERS.len() + SHOPPERS.len(), MAILS.len(), "each is in one of the lists");
    for (kinds, to, reply_to, lang) in [
        (OWNERS, "bonjour@example.com", Some("anne@example.com"), "fr"),
        (SHOPPERS, "anne@example.com", None, "en"),
    ] {
        for kind in kinds {
            let mail = written(&stage, &order, kind);
            let name = kind.as_str().strip_prefix("mail_").expect("a mail");
            assert_eq!((mail.to.as_str(), mail.reply_to.as_deref()), (to, reply_to), "{name}");
            assert_eq!(mail.subject, format!("{lang} {name} {}", order.id));
            for body in [&mail.text, &mail.html] {
                assert!(body.contains(&format!("{lang}|")), "{name}: {body}");
            }
        }
    }
}

#[tokio::test]
async fn what_a_shopper_types_is_text_in_mails_and_on_pages() {
    let stage = stage().await;
    let (order, url) = bought(&stage).await;
    for kind in SHOPPERS.into_iter().chain(OWNERS) {
        let mail = written(&stage, &order, kind);
        assert!(is_text(&mail.html), "{kind:?}: {}", mail.html);
        assert!(mail.html.contains("<i>hello</i>"), "a text that is HTML stays so: {}", mail.html);
        let plain = mail.text.matches(TYPED).count();
        assert!(plain >= 8 && !mail.text.contains("&lt;"), "as it was typed: {kind:?}: {}", mail.text);
    }
    let page = stage.get(&url).await.body;
    assert!(is_text(&page) && page.matches("&lt;b&gt;").count() >= 9, "{page}");
    let title = stage.get("/api/cart").await.body;
    assert!(!title.contains("<b> & co"), "{title}");
    // The note of a piece, a gift note, an address that is not a rate; once in the cookie, once in a refusal.
    let fields = [("sku", "LETTRE"), ("note", TYPED)];
    let added = stage.post_form("/api/cart", &fields, "").await;
    let cookie = added.header("set-cookie").split(';').next().expect("a cookie").to_owned();
    let more = [("action", "destination"), ("destination", "FR/<b> & co")];
    let added = stage.post_form("/api/cart", &more, &cookie).await;
    let cookie = added.header("set-cookie").split(';').next().expect("a cookie").to_owned();
    let gift = format!("{TYPED} {}", "x".repeat(300));
    let fields = [("sku", "LETTRE"), ("note", TYPED), ("gift_note", gift.as_str())];
    let refused = stage.post_form("/api/checkout", &fields, &cookie).await;
    assert_eq!(refused.status.as_u16(), 400);
    assert!(is_text(&refused.body), "{}", refused.body);
    let cookie = refused.header("set-cookie").split(';').next().expect("a cookie").to_owned();
    let page = stage.get_with("/api/cart", &cookie).await.body;
    let text = page.replace("<b>39,", "").replace("<b>33,", "");
    assert!(text.matches("&lt;b&gt;").count() >= 3, "{page}");
    let words = [("sku", "TABLIER"), ("note", "<b> & a long name")];
    let refused = stage.post_form("/api/cart", &words, "").await;
    assert!(refused.status.as_u16() == 400 && is_text(&refused.body), "{}", refused.body);
    let changed = [("sku", "LETTRE"), ("note", TYPED), ("expected_price", "1"), ("x\"><b>", "<b> & ")];
    let refused = stage.post_form("/api/checkout", &changed, "").await;
    assert!(refused.status.as_u16() == 409 && is_text(&refused.body), "{}", refused.body);
}

#[tokio::test]
async fn the_title_of_a_page_is_text_too() {
    let stage = Stage::with(|settings| {
        settings.name = "Bazaar <b> & co".to_owned();
        for words in settings.till.words.values_mut() {
            let title = Message::One("{shop} {order}".to_owned());
            words.insert("till.order.document_title".to_owned(), title.clone());
            words.insert("till.refusal.title".to_owned(), title);
        }
    })
    .await;
    let answer = stage.post_json("/api/checkout", &cart("a", &[("TASSE", 1)])).await.json();
    let order = stage.get(answer["order"].as_str().expect("an order")).await.body;
    let refusal = stage.post_form("/api/cart", &[("sku", "")], "").await.body;
    for page in [order, refusal] {
        assert!(page.contains("<title>Bazaar &lt;b&gt; &amp; co"), "{page}");
    }
}

#[tokio::test]
async fn a_text_says_its_number_and_one_that_is_missing_its_name() {
    let stage = Stage::with(|settings| {
        let words = settings.till.words.get_mut("fr").expect("French");
        words.insert("cart.made_in".to_owned(), Message::One("{n} jours".to_owned()));
        settings.till.words.get_mut("en").expect("English").remove("cart.made_in");
    })
    .await;
    let letters = &stage.till.sends.templates;
    assert_eq!(letters.count("fr", TillText::MadeIn, 3), "3 jours");
    assert_eq!(
        (letters.count("en", TillText::MadeIn, 3), letters.text("fr", TillText::Subject("none"), &[])),
        ("cart.made_in".into(), "mail.none.subject".into())
    );
}

#[tokio::test]
async fn an_orders_day_is_that_of_the_shop() {
    let stage = Stage::new().await;
    // 23:30 in UTC: in Paris the next day began half an hour ago.
    let late = 86_400 - 1800 - stage.till.ledger.now().0 % 86_400;
    for (more, offset) in [(late, 3600), (3600, 3600)] {
        stage.advance(more).await;
        let now = stage.till.ledger.now();
        let day = jiff::Timestamp::from_second(now.0 + offset).expect("an instant").to_string();
        let answer =
            stage.post_json("/api/checkout", &cart(&format!("c{more}"), &[("TASSE", 1)])).await.json();
        let path = answer["order"].as_str().expect("an order").replace("https://shop.example.com", "");
        let look = || async {
            stage.send(request("GET", &path).body(axum::body::Body::empty()).expect("a request")).await.json()
        };
        assert_eq!(look().await["date"].as_str(), Some(&day[..10]), "made at {now:?}");
        stage.pay(answer["url"].as_str().expect("a url"), Means::Card).await;
        stage.post_form(&format!("{path}/withdraw"), &[], "").await;
        let withdrawal =
            json!({ "date": &day[..10], "time": &day[11..16], "zone": "Europe/Paris, UTC+01:00" });
        assert_eq!(look().await["withdrawal"], withdrawal);
    }
}

#[tokio::test]
async fn a_refused_form_comes_back_as_it_was_with_fields_to_change() {
    let stage = Stage::with(|settings| {
        let text = "{{ back }}{% if again %}|{{ again.address }}|{% for f in again.hidden %}{{ f.name }}={{ f.value }};{% endfor %}|\
                    {% for f in again.typed %}{{ f.label }}={{ f.value }} {{ f.required }}{% for c in f.choices %} {{ c.label }} {{ c.chosen }}{% endfor %};{% endfor %}{% endif %}";
        settings.till.templates.insert("till/refusal.html".to_owned(), text.to_owned());
    })
    .await;
    let back = "https://shop.example.com/api/cart?lang=en";
    let fields = [("lang", "en"), ("sku", "RIDEAU"), ("note", "1"), ("note", "250"), ("note", "coton")];
    let page = stage.post_form("/api/cart", &fields, "").await.body;
    let typed = "Width=1 true;Drop=250 true;Lining=coton false Cotton true;";
    assert!(page.contains(&format!("{back}|/api/cart|lang=en;sku=RIDEAU;|{typed}")), "{page}");
    let set = [("lang", "en"), ("action", "set"), ("sku", "RIDEAU"), ("quantity", "100"), ("note", "1")];
    let page = stage.post_form("/api/cart", &set, "").await.body;
    assert!(page.contains(back) && !page.contains(&format!("{back}|")), "nothing was typed: {page}");
}
