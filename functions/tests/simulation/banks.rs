//! Banks: late answers, refunds, disputes whose status changes.

use simulator::RefundFate;
use till::outside::clock::Clock as _;

use crate::stripe::fate;
use crate::world::{Focus, World};

/// Statuses that a dispute may change to.
const TURNS: [&str; 8] = [
    "warning_under_review",
    "warning_closed",
    "needs_response",
    "under_review",
    "won",
    "lost",
    "appeal_needs_response",
    "appeal_under_review",
];

impl World {
    /// Banks answer; some pay after having refused.
    pub fn bank(&mut self) {
        let now = self.chance.now();
        let mut books = self.books.lock().expect("one thread");
        let waiting: Vec<String> = books.processing.iter().cloned().collect();
        for session in waiting {
            if self.chance.one_in(2) {
                books.settle(&session, self.chance.one_in(2), now);
            }
        }
        let refused: Vec<String> = books.unpaid.iter().cloned().collect();
        let lossy = self.is_lossy();
        for session in refused {
            if self.chance.one_in(2) && !lossy && books.stripe.settle_after_all(&session, now.0) {
                books.paid.push(session);
            }
        }
        books.advance(now);
        drop(books);
        self.note("banks answer".to_owned());
    }

    /// The owner refunds in Stripe's dashboard: one part, or many.
    pub fn refund_at_stripe(&mut self) {
        let now = self.chance.now();
        let mut books = self.books.lock().expect("one thread");
        let Some(session) = self.chance.pick(&books.paid).cloned() else { return };
        let Some(charge) = books.charge(&session) else { return };
        let parts = if self.chance.one_in(6) { 12 } else { self.chance.up_to(2) };
        let amount = if parts > 2 { 5 } else { 100 };
        for _ in 0..parts {
            let slow = self.plan.focus == Focus::Refunds;
            let fate = if slow { RefundFate::SucceedsLater } else { fate(&self.chance) };
            books.stripe.clear_mishaps();
            books.stripe.next_refund(fate);
            let _ = books.stripe.refund(&charge, Some(amount), now.0);
        }
        books.advance(now);
        drop(books);
        self.seen.extend((parts > 2).then(|| "many refunds".to_owned()));
        self.note(format!("{parts} parts of {session} go back"));
    }

    /// A bank disputes a payment, or a dispute changes its status.
    pub fn dispute(&mut self) {
        let now = self.chance.now();
        let mut books = self.books.lock().expect("one thread");
        let Some(session) = self.chance.pick(&books.paid).cloned() else { return };
        let Some(charge) = books.charge(&session) else { return };
        let begins = ["warning_needs_response", "needs_response", "needs_response", "prevented"];
        if books.stripe.begin_dispute(&charge, begins[self.chance.index(begins.len())], now.0).is_none() {
            let turned = books.dispute_of(&charge, now);
            for _ in 0..turned.iter().len() * 6 {
                let next = TURNS[self.chance.index(TURNS.len())];
                if turned.as_ref().is_some_and(|id| books.stripe.move_dispute(id, next, now.0)) {
                    break;
                }
            }
        }
        books.advance(now);
        drop(books);
        self.note(format!("{session} is disputed"));
    }
}
