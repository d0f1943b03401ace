//! The fuzz target `webhook`: what Stripe shows of an order's session, then the signed events that it sends.

use axum::http::{Request, StatusCode};
use catalog::Currency;

use super::{Counter, FORM, JSON, NOW, OneSession, SECRET, SHOP, counter, finish, open_session, send};
use crate::decide::settle::Session;
use crate::decide::{Dispute, Order, Payment};
use crate::outside::store::memory::MemoryStore;
use crate::outside::stripe::SessionAnswer;
use crate::outside::stripe::signature::sign;

/// Most events of one input.
const MOST: usize = 6;

/// The first line is the session as Stripe shows it when asked, in JSON; after a `-`, the till never learned the order's
/// session. Every other line is the body of an event.
///
/// A booked event changes nothing when sent again, pieces are never sold twice or lost, and an order is paid only if the
/// session is, with the order's own amount.
pub fn webhook(bytes: &[u8]) {
    let mut lines = bytes.split(|byte| *byte == b'\n');
    let Some(first) = lines.next() else { return };
    let (known, shown) = match first {
        [b'-', shown @ ..] => (false, shown),
        shown => (true, shown),
    };
    let shown = std::str::from_utf8(shown).ok().and_then(session);
    let payments = OneSession { created: known.then(open_session), shown: shown.clone() };
    let counter = counter(&SHOP, payments);
    finish(async {
        begin(&counter).await;
        for event in lines.take(MOST) {
            let before = only(&counter.store);
            let status = tell(&counter, event).await;
            check(&counter.store, before.as_ref(), shown.as_ref());
            if status == Some(StatusCode::OK) {
                let booked = look(&counter.store);
                assert_eq!(
                    tell(&counter, event).await,
                    Some(StatusCode::OK),
                    "booked, and not when it comes again"
                );
                assert_eq!(look(&counter.store), booked, "an event was booked twice");
            }
        }
    });
}

fn session(json: &str) -> Option<Session> {
    let answer: SessionAnswer = miniserde::json::from_str(json).ok()?;
    let dispute = if answer.disputed() { Dispute::Open } else { Dispute::None };
    answer.into_session(dispute)
}

/// Orders two cups to be sent to France: 65.90 €.
async fn begin(counter: &Counter) {
    let form = b"lang=fr&sku=TASSE&quantity=2&country=FR&rate=colissimo&cart_id=0123456789abcdef";
    let request = Request::builder().method("POST").uri("/api/checkout").header("content-type", FORM);
    send(counter, request, form).await;
}

async fn tell(counter: &Counter, event: &[u8]) -> Option<StatusCode> {
    let at = NOW.0.to_string();
    let signature = format!("t={at},v1={}", sign(SECRET, &at, event));
    let request = Request::builder()
        .method("POST")
        .uri("/api/stripe/webhook")
        .header("content-type", JSON)
        .header("stripe-signature", signature);
    let status = send(counter, request, event).await?.status;
    assert!([200, 400, 500].contains(&status.as_u16()), "{status}");
    Some(status)
}

fn only(store: &MemoryStore) -> Option<Order> {
    store.tables().orders.values().next().cloned()
}

fn look(store: &MemoryStore) -> String {
    let tables = store.tables();
    format!("{:?} {:?} {:?} {:?}", tables.orders, tables.stock, tables.events, tables.outbox)
}

fn check(store: &MemoryStore, before: Option<&Order>, shown: Option<&Session>) {
    let (Some(before), Some(after)) = (before, only(store)) else { return };
    let kept = |order: &Order| (order.id.clone(), order.total, order.lines.clone(), order.request.clone());
    assert_eq!(kept(before), kept(&after), "an event changed what was ordered");
    let taken = store.tables().stock.values().next().copied().unwrap_or_default();
    let (held, sold) = (if after.payment.holds() { 2 } else { 0 }, if after.owns() { 2 } else { 0 });
    assert_eq!((taken.held, taken.sold), (held, sold), "{:?}", after.payment);
    if after.payment == Payment::Paid && before.payment != Payment::Paid {
        let right = shown.is_some_and(|session| {
            let currency = session.currency.as_deref().map(str::to_uppercase);
            session.paid
                && session.amount_total == Some(after.total)
                && currency.as_deref().and_then(Currency::from_code) == Some(after.currency)
                && !session.livemode
        });
        assert!(right, "paid, and Stripe does not say so");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::perform::webhook::EVENTS;

    #[test]
    fn every_file_of_the_fuzzers_corpus_is_answered() {
        super::super::corpus("webhook").iter().for_each(|(_, bytes)| webhook(bytes));
    }

    #[test]
    fn the_corpus_has_an_order_that_is_paid_and_one_that_ended() {
        let ends = super::super::corpus("webhook").into_iter().filter_map(|(_, bytes)| {
            let text = String::from_utf8(bytes).ok()?;
            let (first, events) = text.split_once('\n')?;
            let payments = OneSession { created: Some(open_session()), shown: session(first) };
            let counter = counter(&SHOP, payments);
            finish(async {
                begin(&counter).await;
                tell(&counter, events.lines().next()?.as_bytes()).await?;
                Some(only(&counter.store)?.payment)
            })
        });
        let ends: Vec<Payment> = ends.collect();
        for end in [Payment::Paid, Payment::Released, Payment::RefundDue, Payment::AwaitingFunds] {
            assert!(ends.contains(&end), "{end:?} is in none of {ends:?}");
        }
    }

    #[test]
    fn the_fuzzer_knows_every_type_of_event() {
        let words = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/words/webhook");
        let words = std::fs::read_to_string(words).expect("the words");
        let unknown: Vec<_> =
            EVENTS.iter().filter(|event| !words.contains(&format!("\"{event}\"\n"))).collect();
        assert!(unknown.is_empty(), "fuzz/words/webhook lacks {unknown:?}");
    }
}
