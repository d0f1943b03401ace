//! The life of a session, its payment, refunds and disputes.
#![allow(clippy::unwrap_used)]

mod common;

use common::{NOW, TOTAL, ada, events, get, open_session, refusal, stripe};
use simulator::{Means, Paid, PayRefusal, Payer, RefundFate, Request, SessionStatus, State};

const EXPAND: &str = "expand[]=payment_intent.latest_charge.refunds";

fn session(stripe: &mut State, id: &str, now: i64) -> serde_json::Value {
    get(stripe, &format!("/v1/checkout/sessions/{id}?{EXPAND}"), now)
}

fn paid(stripe: &mut State) -> (String, String) {
    let id = open_session(stripe);
    stripe.pay(&id, &ada(), Means::Card, NOW + 1).unwrap();
    let charge =
        session(stripe, &id, NOW + 1)["payment_intent"]["latest_charge"]["id"].as_str().unwrap().to_owned();
    events(stripe, NOW + 1);
    (id, charge)
}

#[test]
fn an_open_session_has_no_payment_intent_and_leads_to_its_page() {
    let mut stripe = stripe();
    let id = open_session(&mut stripe);
    let open = session(&mut stripe, &id, NOW);
    assert_eq!((&open["status"], &open["payment_status"]), (&"open".into(), &"unpaid".into()));
    assert_eq!(open["payment_intent"], serde_json::Value::Null);
    assert_eq!(open["url"], format!("http://127.0.0.1:12111/pay/{id}"));
    assert_eq!((&open["amount_subtotal"], &open["amount_total"]), (&11_800.into(), &TOTAL.into()));
    assert_eq!(open["shipping_cost"]["amount_total"], 590);
    assert_eq!(open["total_details"]["amount_shipping"], 590);
    assert!(events(&mut stripe, NOW).is_empty());
}

#[test]
fn a_card_that_works_completes_and_pays() {
    let mut stripe = stripe();
    let id = open_session(&mut stripe);
    assert_eq!(stripe.pay(&id, &ada(), Means::Card, NOW + 60), Ok(Paid::Complete));
    let done = session(&mut stripe, &id, NOW + 60);
    assert_eq!((&done["status"], &done["payment_status"]), (&"complete".into(), &"paid".into()));
    assert_eq!(done["url"], serde_json::Value::Null);
    assert_eq!(done["customer_details"]["email"], "ada@example.com");
    assert_eq!(done["collected_information"]["shipping_details"]["address"]["postal_code"], "69001");
    let intent = &done["payment_intent"];
    assert_eq!((&intent["status"], &intent["amount_received"]), (&"succeeded".into(), &TOTAL.into()));
    assert_eq!(intent["metadata"]["order_id"], "order-1");
    assert_eq!(intent["latest_charge"]["payment_method_details"]["card"]["last4"], "4242");
    assert_eq!(
        events(&mut stripe, NOW + 60),
        [
            "payment_intent.created",
            "charge.succeeded",
            "payment_intent.succeeded",
            "checkout.session.completed"
        ]
    );
    assert_eq!(
        stripe.pay(&id, &ada(), Means::Card, NOW + 61),
        Err(PayRefusal::NotOpen(SessionStatus::Complete))
    );
}

#[test]
fn a_declined_card_may_be_followed_by_a_good_one() {
    let mut stripe = stripe();
    let id = open_session(&mut stripe);
    assert_eq!(stripe.pay(&id, &ada(), Means::DeclinedCard, NOW), Ok(Paid::Declined));
    let open = session(&mut stripe, &id, NOW);
    assert_eq!(
        (&open["status"], &open["payment_intent"]["status"]),
        (&"open".into(), &"requires_payment_method".into())
    );
    assert_eq!(open["payment_intent"]["last_payment_error"]["code"], "card_declined");
    assert_eq!(stripe.pay(&id, &ada(), Means::Card, NOW), Ok(Paid::Complete));
    let done = session(&mut stripe, &id, NOW);
    assert_eq!(done["payment_intent"]["id"], open["payment_intent"]["id"]);
    assert_ne!(done["payment_intent"]["latest_charge"]["id"], open["payment_intent"]["latest_charge"]["id"]);
    assert_eq!(done["payment_intent"]["last_payment_error"], serde_json::Value::Null);
}

#[test]
fn the_bank_asks_and_the_answer_decides() {
    let mut stripe = stripe();
    let id = open_session(&mut stripe);
    assert_eq!(stripe.answer_challenge(&id, true, NOW), Err(PayRefusal::NothingToAnswer));
    assert_eq!(stripe.pay(&id, &ada(), Means::ChallengedCard, NOW), Ok(Paid::Challenge));
    assert_eq!(session(&mut stripe, &id, NOW)["payment_intent"]["status"], "requires_action");
    assert_eq!(stripe.answer_challenge(&id, false, NOW), Ok(Paid::Declined));
    assert_eq!(stripe.pay(&id, &ada(), Means::ChallengedCard, NOW), Ok(Paid::Challenge));
    assert_eq!(stripe.answer_challenge(&id, true, NOW), Ok(Paid::Complete));
    assert_eq!(session(&mut stripe, &id, NOW)["payment_status"], "paid");
}

#[test]
fn a_debit_completes_unpaid_and_settles_by_the_clock() {
    for (means, status, intent, last) in [
        (Means::Debit, "paid", "succeeded", "checkout.session.async_payment_succeeded"),
        (Means::FailingDebit, "unpaid", "requires_payment_method", "checkout.session.async_payment_failed"),
    ] {
        let mut stripe = stripe();
        let id = open_session(&mut stripe);
        stripe.pay(&id, &ada(), means, NOW).unwrap();
        let waiting = session(&mut stripe, &id, NOW + 119);
        assert_eq!((&waiting["status"], &waiting["payment_status"]), (&"complete".into(), &"unpaid".into()));
        assert_eq!(waiting["payment_intent"]["status"], "processing");
        assert!(!events(&mut stripe, NOW + 119).contains(&last));
        let settled = session(&mut stripe, &id, NOW + 120);
        assert_eq!(
            (&settled["payment_status"], &settled["payment_intent"]["status"]),
            (&status.into(), &intent.into())
        );
        assert_eq!(events(&mut stripe, NOW + 120).last(), Some(&last));
        assert!(!stripe.settle(&id, true, NOW + 121), "it is settled");
    }
}

#[test]
fn a_session_expires_by_the_clock_at_its_second() {
    let mut stripe = stripe();
    let id = open_session(&mut stripe);
    stripe.pay(&id, &ada(), Means::DeclinedCard, NOW).unwrap();
    events(&mut stripe, NOW);
    let expires = NOW + 35 * 60;
    assert_eq!(session(&mut stripe, &id, expires - 1)["status"], "open");
    assert_eq!(
        stripe.pay(&id, &ada(), Means::Card, expires),
        Err(PayRefusal::NotOpen(SessionStatus::Expired))
    );
    let expired = session(&mut stripe, &id, expires + 5);
    assert_eq!((&expired["status"], &expired["payment_status"]), (&"expired".into(), &"unpaid".into()));
    assert_eq!(expired["payment_intent"]["status"], "canceled");
    assert_eq!(events(&mut stripe, expires + 5), ["payment_intent.canceled", "checkout.session.expired"]);
    let event = get(&mut stripe, "/v1/events?type=checkout.session.expired", expires + 5);
    assert_eq!(event["data"][0]["created"], expires);
}

#[test]
fn only_an_open_session_can_be_expired() {
    let mut stripe = stripe();
    let id = open_session(&mut stripe);
    let expire = Request::post(&format!("/v1/checkout/sessions/{id}/expire"), "");
    assert_eq!(stripe.request(&expire, NOW).json()["status"], "expired");
    let again = stripe.request(&expire, NOW);
    assert_eq!(again.status, 400);
    assert!(again.body.contains("status of expired"), "{}", again.body);
    let none = stripe.request(&Request::post("/v1/checkout/sessions/cs_test_none/expire", ""), NOW);
    assert_eq!(refusal(&none), (404, "resource_missing".into(), "session".into()));
    assert_eq!(stripe.pay(&id, &ada(), Means::Card, NOW), Err(PayRefusal::NotOpen(SessionStatus::Expired)));
}

#[test]
fn nothing_due_needs_no_payment() {
    let mut stripe = stripe();
    let free = common::but(&[
        ("line_items[0][price_data][unit_amount]", "0"),
        ("line_items[1][price_data][unit_amount]", "0"),
        ("shipping_options[0][shipping_rate_data][fixed_amount][amount]", "0"),
    ]);
    let id = stripe.request(&common::create(&free), NOW).json()["id"].as_str().unwrap().to_owned();
    stripe.pay(&id, &ada(), Means::Card, NOW).unwrap();
    let done = session(&mut stripe, &id, NOW);
    assert_eq!(
        (&done["payment_status"], &done["payment_intent"]),
        (&"no_payment_required".into(), &serde_json::Value::Null)
    );
}

#[test]
fn the_address_must_be_whole_and_in_a_country_of_the_session() {
    let mut stripe = stripe();
    let id = open_session(&mut stripe);
    let nobody = stripe.pay(&id, &Payer::default(), Means::Card, NOW);
    assert_eq!(
        nobody,
        Err(PayRefusal::Fields(vec!["email", "name", "line1", "postal_code", "city", "country"]))
    );
    let abroad = Payer { country: "DE".into(), ..ada() };
    assert_eq!(stripe.pay(&id, &abroad, Means::Card, NOW), Err(PayRefusal::Fields(vec!["country"])));
}

#[test]
fn a_method_that_is_not_offered_cannot_pay() {
    let mut stripe = stripe();
    let cards = common::but(&[("allowed_payment_method_types[1]", "")]);
    let id = stripe.request(&common::create(&cards), NOW).json()["id"].as_str().unwrap().to_owned();
    assert_eq!(stripe.pay(&id, &ada(), Means::Debit, NOW), Err(PayRefusal::Method));
}

#[test]
fn partial_refunds_add_up_and_never_exceed_the_charge() {
    let mut stripe = stripe();
    let (id, charge) = paid(&mut stripe);
    let intent = session(&mut stripe, &id, NOW)["payment_intent"]["id"].as_str().unwrap().to_owned();
    let refund = |stripe: &mut State, amount: i64| {
        stripe.request(
            &Request::post("/v1/refunds", &format!("payment_intent={intent}&amount={amount}")),
            NOW + 2,
        )
    };
    assert_eq!(refund(&mut stripe, 1_000).json()["status"], "succeeded");
    assert_eq!(refusal(&refund(&mut stripe, TOTAL)).2, "amount");
    assert_eq!(refusal(&refund(&mut stripe, 0)).1, "parameter_invalid_integer");
    assert_eq!(events(&mut stripe, NOW + 2), ["refund.created", "charge.refunded"]);
    let rest = stripe.request(
        &Request::post("/v1/refunds", &format!("charge={charge}&reason=requested_by_customer")),
        NOW + 3,
    );
    assert_eq!(rest.json()["amount"], TOTAL - 1_000);
    let after = session(&mut stripe, &id, NOW + 3);
    let after = &after["payment_intent"]["latest_charge"];
    assert_eq!((&after["amount_refunded"], &after["refunded"]), (&TOTAL.into(), &true.into()));
    assert_eq!(after["refunds"]["data"].as_array().unwrap().len(), 2);
    assert_eq!(refusal(&refund(&mut stripe, 1)).1, "charge_already_refunded");
    let listed = get(&mut stripe, &format!("/v1/refunds?payment_intent={intent}"), NOW + 3);
    assert_eq!(listed["data"][0]["amount"], TOTAL - 1_000, "the newest is first");
}

#[test]
fn a_business_refusal_is_kept_under_its_key() {
    let mut stripe = stripe();
    let (_, charge) = paid(&mut stripe);
    let too_much = Request::post("/v1/refunds", &format!("charge={charge}&amount=99999")).idempotent("r");
    assert_eq!(stripe.request(&too_much, NOW).status, 400);
    assert_eq!(stripe.request(&too_much, NOW).header("Idempotent-Replayed"), Some("true"));
}

#[test]
fn a_refund_may_fail_after_all_and_the_money_counts_as_not_given_back() {
    let mut stripe = stripe();
    let (id, charge) = paid(&mut stripe);
    stripe.next_refund(RefundFate::FailsLater);
    let refund = stripe.refund(&charge, None, NOW + 10).unwrap();
    assert_eq!(stripe.object(&refund).unwrap()["status"], "succeeded");
    events(&mut stripe, NOW + 10);
    stripe.advance(NOW + 70);
    let failed = stripe.object(&refund).unwrap();
    assert_eq!(
        (&failed["status"], &failed["failure_reason"]),
        (&"failed".into(), &"expired_or_canceled_card".into())
    );
    let charge = session(&mut stripe, &id, NOW + 70)["payment_intent"]["latest_charge"].clone();
    assert_eq!((&charge["amount_refunded"], &charge["refunded"]), (&0.into(), &false.into()));
    assert_eq!(events(&mut stripe, NOW + 70), ["refund.failed", "refund.updated", "charge.refund.updated"]);
}

#[test]
fn a_refund_may_be_pending_for_a_while() {
    for (fate, end) in [(RefundFate::SucceedsLater, "succeeded"), (RefundFate::PendsThenFails, "failed")] {
        let mut stripe = stripe();
        let (_, charge) = paid(&mut stripe);
        stripe.next_refund(fate);
        let refund = stripe.refund(&charge, Some(100), NOW).unwrap();
        assert_eq!(stripe.object(&refund).unwrap()["status"], "pending");
        stripe.advance(NOW + 61);
        assert_eq!(stripe.object(&refund).unwrap()["status"], end);
    }
}

#[test]
fn what_was_not_paid_cannot_be_refunded() {
    let mut stripe = stripe();
    let id = open_session(&mut stripe);
    stripe.pay(&id, &ada(), Means::DeclinedCard, NOW).unwrap();
    let intent = session(&mut stripe, &id, NOW)["payment_intent"]["id"].as_str().unwrap().to_owned();
    assert_eq!(
        stripe.request(&Request::post("/v1/refunds", &format!("payment_intent={intent}")), NOW).status,
        400
    );
    assert_eq!(refusal(&stripe.request(&Request::post("/v1/refunds", "payment_intent=pi_none"), NOW)).0, 404);
    assert_eq!(stripe.request(&Request::post("/v1/refunds", ""), NOW).status, 400);
    assert_eq!(
        stripe.request(&Request::post("/v1/refunds", "charge=ch_1&payment_intent=pi_1"), NOW).status,
        400
    );
}

#[test]
fn a_dispute_takes_the_money_and_may_be_won_or_lost() {
    for (won, status, closing) in [
        (true, "won", vec!["charge.dispute.funds_reinstated", "charge.dispute.closed"]),
        (false, "lost", vec!["charge.dispute.closed"]),
    ] {
        let mut stripe = stripe();
        let (_, charge) = paid(&mut stripe);
        let dispute = stripe.open_dispute(&charge, NOW + 5).unwrap();
        assert_eq!(stripe.open_dispute(&charge, NOW + 5), None);
        assert_eq!(
            events(&mut stripe, NOW + 5),
            ["charge.dispute.created", "charge.dispute.funds_withdrawn"]
        );
        assert_eq!(stripe.object(&charge).unwrap()["disputed"], true);
        assert_eq!(stripe.refund(&charge, None, NOW + 5).unwrap_err().code, Some("charge_disputed"));
        assert_eq!(get(&mut stripe, "/v1/balance", NOW + 5)["pending"][0]["amount"], 0);
        assert!(stripe.close_dispute(&dispute, won, NOW + 6));
        assert!(!stripe.close_dispute(&dispute, won, NOW + 6));
        assert_eq!(events(&mut stripe, NOW + 6), closing);
        let listed = get(&mut stripe, &format!("/v1/disputes?charge={charge}"), NOW + 6);
        assert_eq!(listed["data"][0]["status"], status);
    }
}

#[test]
fn the_intent_of_a_session_is_not_canceled_by_itself() {
    let mut stripe = stripe();
    let id = open_session(&mut stripe);
    stripe.pay(&id, &ada(), Means::DeclinedCard, NOW).unwrap();
    let intent = session(&mut stripe, &id, NOW)["payment_intent"]["id"].as_str().unwrap().to_owned();
    let answer = stripe.request(&Request::post(&format!("/v1/payment_intents/{intent}/cancel"), ""), NOW);
    assert_eq!(refusal(&answer).1, "payment_intent_unexpected_state");
    assert!(answer.body.contains("Expire the Checkout Session instead"));
}

#[test]
fn lists_are_newest_first_with_filters_and_cursors() {
    let mut stripe = stripe();
    let ids: Vec<String> = (0..5)
        .map(|step| {
            let answer = stripe.request(&common::create(&common::pairs()), NOW + step);
            answer.json()["id"].as_str().unwrap().to_owned()
        })
        .collect();
    stripe.pay(&ids[1], &ada(), Means::Card, NOW + 9).unwrap();
    let mut list = |query: &str| {
        let list = get(&mut stripe, &format!("/v1/checkout/sessions?{query}"), NOW + 10);
        let found: Vec<usize> = list["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|session| ids.iter().position(|id| *id == *session["id"].as_str().unwrap()).unwrap())
            .collect();
        (found, list["has_more"].as_bool().unwrap())
    };
    assert_eq!(list(""), (vec![4, 3, 2, 1, 0], false));
    assert_eq!(list("limit=2"), (vec![4, 3], true));
    assert_eq!(list(&format!("limit=2&starting_after={}", ids[3])), (vec![2, 1], true));
    assert_eq!(list(&format!("limit=2&starting_after={}", ids[1])), (vec![0], false));
    assert_eq!(list(&format!("limit=2&ending_before={}", ids[1])), (vec![3, 2], true));
    assert_eq!(list(&format!("created[gte]={}&created[lt]={}", NOW + 1, NOW + 3)), (vec![2, 1], false));
    assert_eq!(list("status=complete"), (vec![1], false));
    assert_eq!(list("customer_details[email]=ada@example.com"), (vec![1], false));
    assert_eq!(list("payment_intent=pi_none"), (vec![], false));
}
