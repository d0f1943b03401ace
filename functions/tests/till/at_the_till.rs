//! Limits of a checkout: closing times, prices, counts, and carts that come twice.

use catalog::till::Closed;
use catalog::{Cents, Window};
use simulator::{Means, Mishap, Times};
use till::decide::settle::HOLD;
use till::decide::{Payment, Refund};
use till::http::{HttpConfig, router};
use till::outside::store::Store as _;
use till::outside::stripe::PaymentsError;
use till::perform::{Limits, TillError};

use crate::hands::{BEGIN, Hands, after, asked};
use crate::shop::{Stage, cart, on, request, send};

/// The result of a checkout: `ok`, or the kind of refusal.
async fn tried(hands: &Hands, cart: &str, client: &str, items: &[(&str, u32)]) -> String {
    match hands.till.checkout(&asked(cart, items), client).await {
        Ok(_) => "ok".to_owned(),
        Err(error) => format!("{error:?}").split(['(', ' ']).next().unwrap_or_default().to_owned(),
    }
}

#[tokio::test]
async fn a_shop_is_closed_from_its_very_second_until_the_second_it_opens() {
    let stage = Stage::with(|settings| {
        let window = Window { from: Some(after(100)), until: Some(after(200)) };
        let closed = Closed { window, ..Closed::default() };
        settings.till.closed = Some(closed);
    })
    .await;
    let hands = Hands::on(stage, false);
    for (after, expected) in [(99, "ok"), (100, "Closed"), (199, "Closed"), (200, "ok")] {
        hands.set(after);
        assert_eq!(tried(&hands, &format!("c{after}"), "x", &[("TASSE", 1)]).await, expected, "{after}");
    }
}

#[tokio::test]
async fn what_is_not_sold_any_more_is_not_sold_to_a_page_that_still_shows_it() {
    let hands = Hands::new().await;
    let mut items: Vec<_> = hands.till.ledger.shop.items().collect();
    for item in &mut items {
        (item.publish, item.unpublish) = (Some(after(10)), Some(after(20)));
    }
    let hands = hands.selling(&items);
    for (after, expected) in [(9, "Cart"), (10, "ok"), (19, "ok"), (20, "Cart")] {
        hands.set(after);
        assert_eq!(tried(&hands, &format!("c{after}"), "x", &[("TASSE", 1)]).await, expected, "{after}");
    }
}

#[tokio::test]
async fn each_limit_is_reached_at_its_very_number() {
    let limited = |limits: Limits| async move {
        let mut hands = Hands::new().await;
        hands.till.ledger.limits = limits;
        hands
    };
    let wide = Limits { open_per_client: 99, open_in_all: 99, checkouts_per_hour: 99, links_per_hour: 99 };
    let one = &[("TABLIER", 1)][..];

    let hands = limited(Limits { checkouts_per_hour: 2, ..wide }).await;
    // Limits apply per hour of the clock, so the count restarts with the next.
    let left = 3600 - BEGIN.0 % 3600;
    hands.set(left - 1);
    for (cart, expected) in [("a", "ok"), ("b", "ok"), ("c", "RateLimited")] {
        assert_eq!(tried(&hands, cart, "x", one).await, expected, "{cart}");
    }
    assert_eq!(tried(&hands, "d", "y", one).await, "ok", "somebody else");
    hands.set(left);
    assert_eq!(tried(&hands, "e", "x", one).await, "ok", "another hour");
    hands.set(left + 3599);
    assert_eq!(tried(&hands, "f", "x", one).await, "ok");
    assert_eq!(tried(&hands, "g", "x", one).await, "RateLimited", "the same hour");

    let hands = limited(Limits { open_in_all: 2, ..wide }).await;
    for (client, expected) in [("x", "ok"), ("y", "ok"), ("z", "RateLimited")] {
        assert_eq!(tried(&hands, client, client, one).await, expected, "{client}");
    }
    let hands = limited(Limits { open_per_client: 1, ..wide }).await;
    for (cart, client, expected) in [("a", "x", "ok"), ("b", "x", "RateLimited"), ("c", "y", "ok")] {
        assert_eq!(tried(&hands, cart, client, one).await, expected, "{cart}");
    }
}

#[tokio::test]
async fn a_price_that_fell_is_told_like_one_that_rose() {
    let hands = Hands::new().await;
    for (expected, total, told) in [
        (Some(2799), None, true),
        (Some(2801), None, true),
        (None, Some(3389), true),
        (None, Some(3391), true),
        (Some(2800), Some(3390), false),
    ] {
        let mut asked = asked("a", &[("TASSE", 1)]);
        (asked.expected_prices, asked.expected_total) = (vec![expected.map(Cents)], total.map(Cents));
        let answer = hands.till.checkout(&asked, "x").await;
        assert_eq!(matches!(answer, Err(TillError::PriceChanged(_))), told, "{expected:?} {total:?}");
        assert_eq!(answer.is_ok(), !told);
    }
}

#[tokio::test]
async fn an_order_keeps_what_was_quoted_and_asked_for() {
    for live in [false, true] {
        let hands = if live { Hands::live().await } else { Hands::new().await };
        let mut asked = asked("a", &[("TASSE", 1), ("TABLIER", 1)]);
        asked.gift_note = Some("Joyeux Noël".to_owned());
        asked.cart.lines[1].note = Some("Zoé".to_owned());
        // The stand-in for Stripe has no live mode.
        let order = hands.till.checkout(&asked, "client").await.expect("it can be paid").order;
        assert_eq!(order.version, hands.order(&order.id).version, "what comes next builds on it");
        assert_eq!((order.livemode, order.handed_out, order.payment), (live, true, Payment::Open));
        assert_eq!((order.total.0, order.shipping.price.0, order.goods().0), (7390, 990, 6400));
        assert_eq!((order.created_at, order.expires_at), (BEGIN, BEGIN + HOLD));
        assert_eq!(order.due_at, Some(after(60) + HOLD));
        assert_eq!((order.gift_note.as_deref(), order.client.as_str()), (Some("Joyeux Noël"), "client"));
        assert_eq!((order.lang.as_str(), order.cart_id.as_str()), ("fr", "a-0123456789abcdef"));
        let lines: Vec<_> = order
            .lines
            .iter()
            .map(|line| (line.sku.as_str(), line.quantity, line.unit_price.0, line.labelled_note("fr")))
            .collect();
        assert_eq!(
            lines,
            [("TASSE", 1, 2800, None), ("TABLIER", 1, 3600, Some("Prénom\u{a0}: Zoé".to_owned()))]
        );
        assert_eq!(order.vat.iter().map(|line| line.gross).sum::<Cents>(), Cents(7390));
        let asked: Vec<(String, String)> =
            form_urlencoded::parse(order.request.as_bytes()).into_owned().collect();
        let field =
            |name: &str| asked.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        assert_eq!(field("expires_at"), Some((BEGIN + HOLD).0.to_string().as_str()));
        assert_eq!(field("line_items[0][quantity]"), Some("1"));
        assert_eq!(field("line_items[0][price_data][unit_amount]"), Some("2800"));
    }
}

#[tokio::test]
async fn a_session_of_another_mode_amount_or_currency_books_nothing() {
    for (what, change) in [
        ("mode", (|seen| seen.livemode = !seen.livemode) as fn(&mut till::decide::settle::Session)),
        ("amount", |seen| seen.amount_total = seen.amount_total.map(|all| all - Cents(1))),
        ("currency", |seen| seen.currency = Some("usd".to_owned())),
    ] {
        let hands = Hands::new().await;
        let order = hands.paid_unheard("a", &[("UNIQUE", 1)]).await;
        *hands.stripe.change.lock().expect("one test") = Some(change);
        let order = hands.till.ledger.settle(&order.id, None).await.expect("settled");
        assert_eq!((order.payment, order.flagged), (Payment::RefundDue, true), "{what}");
        let effects = hands.effects(&order);
        assert_eq!(effects, ["mail_flagged 0", "refund 0"], "{what}");
        let stock = hands.till.ledger.all_taken().await.expect("a store");
        assert!(stock.values().all(|taken| (taken.sold, taken.held) == (0, 0)), "{what}: {stock:?}");
        hands.till.run_effects(10).await.expect("done");
        let order = hands.order(&order.id);
        assert_eq!((order.refund, order.refunded_amount), (Refund::Done, Cents(3390)), "{what}");
    }
}

#[tokio::test]
async fn one_lost_answer_is_asked_for_again_at_once_and_brings_the_same_session() {
    let hands = Hands::new().await;
    let lose = |times| {
        hands
            .stage
            .stripe
            .with_state(|state, _| state.mishap(Mishap::Lose, "POST /v1/checkout/sessions", times));
    };
    lose(Times::Next(1));
    let order = hands.begun("a", &[("UNIQUE", 1)]).await;
    let created = hands.stripe.take("create");
    assert_eq!(created, vec![format!("create {}", order.idempotency_key); 2]);
    assert_eq!(hands.stage.stripe.with_state(|state, _| state.sessions().len()), 1);
    lose(Times::Next(2));
    let lost = hands.till.checkout(&asked("b", &[("TASSE", 1)]), "x").await;
    assert!(matches!(lost, Err(TillError::Payments(PaymentsError::Unknown(_)))), "{lost:?}");
    assert_eq!(hands.stripe.take("create").len(), 2, "and not for ever");
}

#[tokio::test]
async fn a_cart_that_comes_again_waits_for_its_session_and_then_gets_a_new_one() {
    let hands = Hands::new().await;
    hands
        .stage
        .stripe
        .with_state(|state, _| state.mishap(Mishap::Lose, "POST /v1/checkout/sessions", Times::Next(2)));
    assert_eq!(tried(&hands, "a", "x", &[("UNIQUE", 1)]).await, "Payments");
    let lost = hands.store.order_of_cart("a-0123456789abcdef").await.expect("a store").expect("an order");
    hands.stripe.take("");
    hands.wait(419).await;
    assert_eq!(tried(&hands, "a", "x", &[("UNIQUE", 1)]).await, "Reserved", "a double click");
    assert_eq!(hands.stripe.take("create"), [""; 0], "Stripe is not asked yet");
    hands.wait(1).await;
    assert_eq!(tried(&hands, "a", "x", &[("UNIQUE", 1)]).await, "ok");
    assert_eq!(hands.order(&lost.id).payment, Payment::Released);
}

#[tokio::test]
async fn a_cart_whose_money_is_on_its_way_leads_to_its_order() {
    let hands = Hands::new().await;
    let order = hands.begun("a", &[("TASSE", 1)]).await;
    hands.stage.pay_unheard(&order.session_url.clone().expect("where to pay"), Means::Debit);
    for payment in [Payment::AwaitingFunds, Payment::RefundDue] {
        let mut order = hands.till.ledger.settle(&order.id, None).await.expect("settled");
        order.payment = payment;
        hands.store.tables().orders.insert(order.id.clone(), order.clone());
        let again = hands.till.checkout(&asked("a", &[("TASSE", 2)]), "x").await.expect("its order");
        assert_eq!((again.order.id, again.url), (order.id.clone(), hands.till.order_url(&order)));
    }
    assert_eq!(hands.stage.stripe.with_state(|state, _| state.sessions().len()), 1);
}

#[tokio::test]
async fn what_stripe_refuses_is_told_again_on_another_day() {
    let stage = Stage::with(|settings| {
        for name in settings.shipping.zones[0].rates[0].label.values_mut() {
            name.clear();
        }
    })
    .await;
    let hands = Hands::on(stage, false);
    let told = || {
        let tables = hands.store.tables();
        tables.outbox.values().filter(|row| row.task.kind.as_str() == "mail_refused").count()
    };
    let left = 86_400 - BEGIN.0 % 86_400;
    for (at, expected) in [(left - 2, 1), (left - 1, 1), (left, 2), (left + 1, 2)] {
        hands.wait(at - hands.till.ledger.now().seconds_since(BEGIN)).await;
        assert_eq!(tried(&hands, &format!("c{at}"), "x", &[("TASSE", 1)]).await, "Payments");
        assert_eq!(told(), expected, "{at}");
        hands.till.sweep(50).await.expect("swept");
    }
}

#[tokio::test]
async fn a_hold_that_is_over_is_let_go_when_the_next_one_asks() {
    let hands = Hands::new().await;
    hands.begun("a", &[("UNIQUE", 1)]).await;
    let limits = Limits { checkouts_per_hour: 1, ..Limits::default() };
    let once = router(Some(on(&hands.till, |ledger| ledger.limits = limits)), HttpConfig::default());
    let refused = request("POST", "/api/checkout").header("content-type", "application/json");
    let refused = refused.body(cart("b", &[("UNIQUE", 1)]).to_string().into()).expect("a request");
    assert_eq!(send(once, refused).await.code(), "reserved", "nothing was let go: it is not tried again");
    let app = router(Some(hands.till.clone()), HttpConfig::default());
    let asked = || {
        let body = cart("b", &[("UNIQUE", 1)]).to_string();
        let asked = request("POST", "/api/checkout").header("content-type", "application/json");
        send(app.clone(), asked.body(body.into()).expect("a request"))
    };
    assert_eq!(asked().await.code(), "reserved");
    // Stripe closed the session, and this till was not notified.
    hands.wait(37 * 60).await;
    let begun = asked().await;
    assert_eq!(begun.status, 200, "{}", begun.body);
}
