//! What the owner does by hand, and what the shopper is told about it.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use catalog::StockKey;
use catalog::message::Message;
use serde_json::json;
use simulator::Means;
use till::decide::Order;
use till::decide::order::Tracking;
use till::decide::owner::Refused;
use till::decide::stock::Change;
use till::outside::mail::{Mail, MailError, Mailer};
use till::perform::TillError;

use crate::shop::{Stage, cart};

/// Keeps mails instead of sending them.
#[derive(Default)]
pub struct Kept(Mutex<Vec<Mail>>);

#[async_trait]
impl Mailer for Kept {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        self.0.lock().expect("one test").push(mail.clone());
        Ok(())
    }
}

impl Kept {
    /// Subject and text of every mail about `kind` so far.
    pub fn about(&self, kind: &str) -> Vec<(String, String)> {
        let all = self.0.lock().expect("one test");
        let about = all.iter().filter(|mail| mail.message_id.contains(&format!(".mail_{kind}.")));
        about.map(|mail| (mail.subject.clone(), mail.text.clone())).collect()
    }
}

/// A paid order.
pub async fn paid(stage: &Stage, id: &str, items: &[(&str, u32)]) -> Order {
    let answer = stage.post_json("/api/checkout", &cart(id, items)).await.json();
    stage.pay(answer["url"].as_str().expect("a url"), Means::Card).await;
    stage.order(answer["order"].as_str().expect("an order")).await
}

async fn collected(stage: &Stage) -> Order {
    let mut asked = cart("collected", &[("TASSE", 1)]);
    asked["destination"] = json!({ "rate": "pickup" });
    let answer = stage.post_json("/api/checkout", &asked).await;
    let answer = answer.json();
    stage.pay(answer["url"].as_str().unwrap_or_else(|| panic!("{answer}")), Means::Card).await;
    stage.order(answer["order"].as_str().expect("an order")).await
}

fn part(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn refused(result: Result<Order, TillError>) -> Refused {
    match result {
        Err(TillError::NotNow(refused)) => refused,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_parcel_that_is_corrected_keeps_the_rest_and_is_told_once() {
    let post = Arc::new(Kept::default());
    let stage = Stage::posted_by(post.clone()).await;
    let id = paid(&stage, "a", &[("TASSE", 1)]).await.id;
    let given = Tracking { carrier: part("Colissimo"), number: part("8R1"), url: None };
    stage.till.ledger.ship(&id, &given, false).await.expect("shipped");
    // Nothing given, or the same: nothing changes, no one is told.
    for same in [Tracking::default(), given.clone()] {
        let before = stage.till.ledger.store.order(&id).await.expect("a store").expect("an order");
        assert_eq!(stage.till.ledger.ship(&id, &same, false).await.expect("shipped"), before);
    }
    stage.till.run_effects(50).await.expect("done");
    assert_eq!(post.about("shipped").len(), 1);
    let number = Tracking { number: part(" 8R2 "), ..Tracking::default() };
    let order = stage.till.ledger.ship(&id, &number, false).await.expect("corrected");
    assert_eq!(order.tracking, Some(Tracking { carrier: part("Colissimo"), number: part("8R2"), url: None }));
    let link =
        Tracking { carrier: part(""), url: part("https://carrier.example/8R2"), ..Tracking::default() };
    let order = stage.till.ledger.ship(&id, &link, false).await.expect("corrected");
    assert_eq!(
        order.tracking,
        Some(Tracking { carrier: None, number: part("8R2"), url: part("https://carrier.example/8R2") })
    );
    stage.till.run_effects(50).await.expect("done");
    let mails = post.about("shipped");
    assert_eq!(mails.len(), 3, "each correction is told, even in the same second: {mails:?}");
    assert!(!mails[0].1.contains("again") && mails[1].1.contains("again") && mails[2].1.contains("again"));
}

#[tokio::test]
async fn what_speaks_against_sending_is_said_and_must_be_confirmed() {
    let stage = Stage::new().await;
    let withdrawn = paid(&stage, "a", &[("TASSE", 1)]).await;
    stage.till.ledger.withdraw(&withdrawn.id).await.expect("withdrawn");
    let disputed = paid(&stage, "b", &[("TASSE", 1)]).await;
    let dispute = stage.stripe.open_dispute(&charge(&stage, &disputed)).expect("a dispute");
    let refunded = paid(&stage, "c", &[("TASSE", 1)]).await;
    stage.stripe.refund(&charge(&stage, &refunded), Some(100)).expect("a refund");
    stage.stripe.deliver().await;
    for (order, why) in [(&withdrawn, "withdrew"), (&disputed, "disputes"), (&refunded, "went back")] {
        let said = refused(stage.till.ledger.ship(&order.id, &Tracking::default(), false).await).to_string();
        assert!(said.contains(why) && said.contains("--anyway"), "{said}");
        let stored = stage.till.ledger.store.order(&order.id).await.expect("a store").expect("an order");
        assert_eq!(stored.tracking, None, "nothing was changed");
    }
    assert!(stage.stripe.close_dispute(&dispute, true));
    stage.stripe.deliver().await;
    stage
        .till
        .ledger
        .ship(&disputed.id, &Tracking::default(), false)
        .await
        .expect("a dispute that was won is over");
    stage.till.ledger.ship(&withdrawn.id, &Tracking::default(), true).await.expect("on purpose");
    let number = Tracking { number: part("8R1"), ..Tracking::default() };
    stage.till.ledger.ship(&withdrawn.id, &number, false).await.expect("a correction sends nothing");
}

#[tokio::test]
async fn what_is_collected_has_no_parcel_and_is_ready_everywhere() {
    let post = Arc::new(Kept::default());
    let stage = Stage::posted_by(post.clone()).await;
    let order = collected(&stage).await;
    let number = Tracking { number: part("8R1"), ..Tracking::default() };
    assert_eq!(refused(stage.till.ledger.ship(&order.id, &number, false).await), Refused::NoParcel);
    stage.till.ledger.ship(&order.id, &Tracking::default(), false).await.expect("ready");
    let again = stage.till.ledger.ship(&order.id, &Tracking::default(), false).await.expect("ready");
    assert_eq!(again.tracking, None);
    stage.till.run_effects(50).await.expect("done");
    let subjects: Vec<String> = post.about("shipped").into_iter().map(|(subject, _)| subject).collect();
    assert!(
        matches!(&subjects[..], [one] if one.starts_with("fr mail.shipped.subject_pickup")),
        "{subjects:?}"
    );
}

#[tokio::test]
async fn a_theme_with_one_subject_for_all_uses_it() {
    let stage = Stage::with(|settings| {
        let words = settings.till.words.get_mut("fr").expect("French");
        words.remove("mail.shipped.subject_pickup");
        words.insert("mail.shipped.subject".to_owned(), Message::One("En route".to_owned()));
    })
    .await;
    let order = collected(&stage).await;
    stage.till.ledger.ship(&order.id, &Tracking::default(), false).await.expect("ready");
    stage.till.run_effects(50).await.expect("done");
    let file = stage.mail_files().remove("shipped").expect("a mail");
    let mail = std::fs::read_to_string(file).expect("readable");
    assert!(mail.contains("Subject: En route"), "{mail}");
}

#[tokio::test]
async fn pieces_come_back_once_whichever_command_says_so() {
    let stage = Stage::new().await;
    let key = StockKey::new("UNIQUE").expect("a key");
    let left = || async {
        let taken =
            stage.till.ledger.all_taken().await.expect("a store").get(&key).copied().unwrap_or_default();
        stage.till.ledger.shop.supply(&key).expect("a supply").available(taken)
    };
    let back = |change| stage.till.ledger.move_stock(&key, change, "by hand");
    let said = back(Change::Return(1)).await.expect_err("nothing was taken").to_string();
    assert!(said.contains("the supply is 1") && said.contains("taken 0"), "{said}");
    assert!(back(Change::Count(2)).await.is_err());
    let order = paid(&stage, "a", &[("UNIQUE", 1)]).await;
    assert!(back(Change::Return(1)).await.is_err(), "it waits to be sent");
    assert_eq!(refused(stage.till.ledger.take_back(&order.id, &key, 1).await), Refused::NotShipped);
    stage.till.ledger.cancel(&order.id).await.expect("cancelled");
    assert_eq!(left().await, Some(1));
    assert!(back(Change::Return(1)).await.is_err(), "it is back");
    assert!(stage.till.ledger.take_back(&order.id, &key, 1).await.is_err());
    let order = paid(&stage, "b", &[("UNIQUE", 1)]).await;
    stage.till.ledger.ship(&order.id, &Tracking::default(), false).await.expect("shipped");
    assert_eq!(left().await, Some(0));
    let other = StockKey::new("TASSE").expect("a key");
    assert!(stage.till.ledger.take_back(&order.id, &other, 1).await.is_err(), "it never had one");
    stage.till.ledger.take_back(&order.id, &key, 1).await.expect("back");
    assert_eq!(left().await, Some(1));
    assert!(stage.till.ledger.take_back(&order.id, &key, 1).await.is_err());
    assert!(back(Change::Return(1)).await.is_err());
    assert_eq!(left().await, Some(1));
}

/// The id of the charge that paid an order.
pub fn charge(stage: &Stage, order: &Order) -> String {
    let intent = order.payment_intent.clone().expect("a payment");
    stage.stripe.with_state(|state, _| {
        let intent = state.object(&intent).expect("an intent");
        intent["latest_charge"].as_str().expect("a charge").to_owned()
    })
}
