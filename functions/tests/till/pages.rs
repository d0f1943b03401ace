//! Stripe's lists are paginated: all pages are read, and no more.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use catalog::Timestamp;
use hyper::body::Bytes;
use serde_json::{Value, json};
use stripe::{CustomizedStripeRequest, StripeError};
use stripe_client_core::StripeClient;
use till::decide::Dispute;
use till::outside::stripe::{Payments as _, PaymentsError, Stripe};

/// Gives its answers in order, and records requests: the path, and `starting_after` if present.
#[derive(Clone, Default)]
struct Script {
    answers: Arc<Mutex<VecDeque<Value>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl StripeClient for Script {
    type Err = StripeError;

    async fn execute(&self, asked: CustomizedStripeRequest) -> Result<Bytes, StripeError> {
        let (asked, _) = asked.into_pieces();
        let query = asked.query.unwrap_or_default();
        let after = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "starting_after");
        let after = after.map(|(_, id)| format!(" after {id}")).unwrap_or_default();
        self.asked.lock().expect("one test").push(format!("{}{after}", asked.path));
        match self.answers.lock().expect("one test").pop_front() {
            Some(answer) => Ok(Bytes::from(answer.to_string())),
            None => Err(StripeError::ClientError("nobody wrote more".to_owned())),
        }
    }
}

/// Runs `ask` with these answers; returns its result and the recorded requests.
async fn asked<T>(answers: &[Value], ask: impl AsyncFnOnce(Stripe<Script>) -> T) -> (T, Vec<String>) {
    let script = Script::default();
    script.answers.lock().expect("one test").extend(answers.iter().cloned());
    let told = ask(Stripe::over(script.clone(), false)).await;
    let asked = script.asked.lock().expect("one test").clone();
    (told, asked)
}

fn listed(id: &str) -> Value {
    json!({ "id": id, "payment_status": "paid", "payment_intent": null,
        "metadata": { "order_id": format!("order-of-{id}"), "pieces_0": "BOL=2" } })
}

fn page(ids: &[&str], has_more: bool) -> Value {
    json!({ "data": ids.iter().map(|id| listed(id)).collect::<Vec<_>>(), "has_more": has_more })
}

/// A session whose charge has these refunds.
fn session(refunds: &Value, disputed: Option<bool>) -> Value {
    json!({ "id": "cs_1", "url": null, "status": "complete", "payment_status": "paid", "amount_total": 2800,
        "currency": "eur", "livemode": false, "metadata": { "order_id": "order-of-cs_1" }, "created": 1000,
        "payment_intent": { "id": "pi_1", "status": "succeeded",
            "latest_charge": { "disputed": disputed, "refunds": refunds } } })
}

fn refund(id: &str) -> Value {
    json!({ "id": id, "amount": 100, "status": "succeeded" })
}

const SESSIONS: &str = "/checkout/sessions";

#[tokio::test]
async fn all_purchases_are_read() {
    let pages = [page(&["cs_1", "cs_2"], true), page(&["cs_3"], true), page(&["cs_4"], false)];
    let (purchases, asked) = asked(&pages, async |stripe| stripe.purchases().await).await;
    let orders: Vec<String> =
        purchases.expect("all pages").into_iter().map(|purchase| purchase.order_id).collect();
    assert_eq!(orders, ["order-of-cs_1", "order-of-cs_2", "order-of-cs_3", "order-of-cs_4"]);
    assert_eq!(
        asked,
        [SESSIONS.to_owned(), format!("{SESSIONS} after cs_2"), format!("{SESSIONS} after cs_3")]
    );
}

#[tokio::test]
async fn a_session_is_looked_for_until_it_is_found() {
    let none = json!({ "data": [], "has_more": false });
    for (pages, order, found, questions) in [
        (vec![page(&["cs_1"], true), page(&["cs_2"], true)], "order-of-cs_2", true, 3),
        (vec![page(&["cs_1"], true), page(&["cs_2"], false)], "order-of-cs_3", false, 2),
        (vec![page(&["cs_2"], false)], "order-of-cs_1", false, 1),
        (vec![none], "order-of-cs_1", false, 1),
        (vec![json!({ "data": [], "has_more": true })], "order-of-cs_1", false, 1),
    ] {
        let mut answers = pages;
        if found {
            answers.push(session(&json!({ "data": [], "has_more": false }), None));
        }
        let (session, asked) = asked(&answers, async |stripe| {
            stripe.find(order, Timestamp(0), Timestamp(9)).await.expect("all pages")
        })
        .await;
        assert_eq!((session.is_some(), asked.len()), (found, questions), "{order}: {asked:?}");
    }
}

#[tokio::test]
async fn refunds_that_a_charge_does_not_hold_are_asked_for() {
    let all = json!({ "data": [refund("re_1")], "has_more": false });
    let some = json!({ "data": [refund("re_9")], "has_more": true });
    let two = json!({ "data": [refund("re_1"), refund("re_2")], "has_more": true });
    let last = json!({ "data": [refund("re_3")], "has_more": false });
    let none = json!({ "data": [], "has_more": true });
    for (answers, count, questions) in [
        (vec![session(&all, None)], 1, &[][..]),
        (vec![session(&some, None), two.clone(), last], 3, &["/refunds", "/refunds after re_2"]),
        (vec![session(&some, None), two, none], 2, &["/refunds", "/refunds after re_2"]),
        (vec![session(&some, None), json!({ "data": [refund("re_1")] })], 1, &["/refunds"]),
    ] {
        let (session, asked) =
            asked(&answers, async |stripe| stripe.retrieve("cs_1").await.expect("all pages")).await;
        assert_eq!(session.intent.expect("paid").refunds.len(), count);
        assert_eq!(asked[0], "/checkout/sessions/cs_1");
        assert_eq!(asked[1..], *questions);
    }
}

#[tokio::test]
async fn disputes_are_asked_for_only_where_there_are_any() {
    let refunds = json!({ "data": [], "has_more": false });
    let won = json!({ "data": [{ "status": "won" }] });
    for (disputed, dispute, questions) in
        [(None, Dispute::None, 1), (Some(false), Dispute::None, 1), (Some(true), Dispute::Won, 2)]
    {
        let answers = [session(&refunds, disputed), won.clone()];
        let (session, asked) =
            asked(&answers, async |stripe| stripe.retrieve("cs_1").await.expect("an answer")).await;
        assert_eq!((session.intent.expect("paid").dispute, asked.len()), (dispute, questions));
    }
}

#[tokio::test]
async fn what_stripe_did_not_do_is_told_in_words() {
    let (refused, _) = asked(&[], async |stripe| stripe.purchases().await.expect_err("no answer")).await;
    assert!(refused.to_string().starts_with("Stripe did not answer: "), "{refused}");
    let refused = PaymentsError::Refused {
        code: "parameter_invalid".to_owned(),
        param: "currency".to_owned(),
        message: "No such currency".to_owned(),
    };
    assert_eq!(refused.to_string(), "Stripe refused: No such currency (parameter_invalid)");
}
