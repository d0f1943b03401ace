//! Events of the world: which comes next, Stripe's events, the owner, tills of others, and crashes.

use std::sync::{Arc, Mutex};

use catalog::StockKey;
use till::decide::order::Tracking;
use till::decide::stock::Change;
use till::decide::{Fulfilment, Order, Payment};
use till::outside::store::ShopRow;
use till::perform::checkout::Checkout;
use till::perform::{Ledger, Till};

use crate::rules::watch::ANYWAY;
use crate::shop::SUPPLY;
use crate::shoppers::CLIENTS;
use crate::stripe::Books;
use crate::world::{ACCOUNT, Focus, Outcome, World, stripe};

/// How many carts there are; each belongs to one of [`CLIENTS`].
const CARTS: u64 = 8;

impl World {
    /// Makes something happen.
    pub fn happen(&mut self) {
        match (self.chance.below(30), self.plan.focus) {
            (17..=21, Focus::Banks | Focus::Losses) if self.chance.one_in(2) => return self.bank(),
            (17..=25, Focus::Refunds) if self.chance.one_in(2) => return self.refund_at_stripe(),
            _ => {}
        }
        match self.chance.below(30) {
            0..=6 => {
                let cart = self.chance.below(CARTS);
                self.spawn_checkout(&format!("cart-{cart}"), cart % CLIENTS);
            }
            7..=10 => self.pay(),
            11..=15 => self.deliver_one(),
            16 if self.plan.sweeps => self.spawn_sweep(),
            16 => self.spawn_effects(),
            17 | 18 => self.owner(),
            19 => self.bank(),
            20 => self.abandon(),
            21 => self.crash(),
            22 => self.hoard(),
            23 => self.stranger(),
            24 => self.refund_at_stripe(),
            25 => self.dispute(),
            26 | 27 => self.advance(i64::try_from(self.chance.below(90)).unwrap_or(1)),
            _ => self.advance(i64::try_from(self.chance.below(900)).unwrap_or(1)),
        }
    }

    pub fn is_lossy(&self) -> bool {
        self.watch.lock().expect("one thread").lossy
    }

    /// Starts a sweep.
    pub fn spawn_sweep(&mut self) {
        let till = self.till.clone();
        self.spawn("a sweep", async move {
            let _ = till.sweep(20).await;
            Outcome::Nothing
        });
    }

    /// Starts the effects that are due in the outbox.
    pub fn spawn_effects(&mut self) {
        let till = self.till.clone();
        self.spawn("effects", async move {
            let _ = till.run_effects(50).await;
            Outcome::Nothing
        });
    }

    /// A command of the owner.
    fn owner(&mut self) {
        let till = self.till.clone();
        let lossy = self.is_lossy();
        let what = self.chance.below(9);
        let (key, supply) = SUPPLY[self.chance.index(SUPPLY.len())];
        let key = StockKey::new(key).expect("a key");
        let orders = self.orders();
        let paid =
            |order: &&Order| order.payment == Payment::Paid && order.fulfilment != Fulfilment::Cancelled;
        let paid: Vec<&Order> = orders.iter().filter(paid).collect();
        let order = self.chance.pick(&paid).copied();
        let theirs: Vec<StockKey> = order.iter().flat_map(|order| order.pieces().into_keys()).collect();
        let theirs = self.chance.pick(&theirs).cloned().unwrap_or_else(|| key.clone());
        let order = order.map(|order| order.id.clone());
        let pieces = i64::from(self.chance.up_to(2));
        let counted = i64::try_from(self.chance.below(u64::from(supply) + 2)).unwrap_or(0);
        let anyway = self.chance.one_in(3);
        self.spawn("the owner", async move {
            let _ = match (what, order) {
                (0, _) => till.ledger.move_stock(&key, Change::Take(1), "market").await.map(drop),
                (3 | 4, Some(order)) => {
                    let number = anyway.then(|| ANYWAY.to_owned());
                    till.ledger
                        .ship(&order, &Tracking { carrier: None, number, url: None }, anyway)
                        .await
                        .map(drop)
                }
                (6, Some(order)) => till.ledger.withdraw(&order).await.map(drop),
                // After a loss the owner knows of returns that the database has forgotten: none is made twice.
                _ if lossy => Ok(()),
                (1, _) => till.ledger.move_stock(&key, Change::Return(pieces), "back").await.map(drop),
                (2, _) => till.ledger.move_stock(&key, Change::Count(counted), "counted").await.map(drop),
                (5, Some(order)) => till.ledger.cancel(&order).await.map(drop),
                (7 | 8, Some(order)) => till.ledger.take_back(&order, &theirs, pieces).await.map(drop),
                _ => Ok(()),
            };
            Outcome::Nothing
        });
    }

    fn abandon(&mut self) {
        let till = self.till.clone();
        let open: Vec<String> = self
            .orders()
            .into_iter()
            .filter(|order| order.payment == Payment::Open)
            .map(|order| order.id)
            .collect();
        let Some(order) = self.chance.pick(&open).cloned() else { return };
        self.spawn("letting go", async move {
            let _ = till.ledger.abandon(&order).await;
            Outcome::Nothing
        });
    }

    /// A till of another account, or for live money, that was given our database by mistake.
    fn stranger(&mut self) {
        let owner = match self.chance.one_in(2) {
            true => ShopRow { stripe_account: "acct_2".to_owned(), livemode: false },
            false => ShopRow { stripe_account: ACCOUNT.to_owned(), livemode: true },
        };
        let books = Arc::new(Mutex::new(Books::new(0)));
        let payments = stripe(&books, &self.chance, owner.livemode);
        let ledger = self.plan.owned(Ledger { payments, ..self.till.ledger.clone() }, owner);
        let till = Till { ledger, ..self.till.clone() };
        let event = self.books.lock().expect("one thread").events.front().cloned();
        let cart = self.cart();
        let asked = Checkout {
            cart,
            cart_id: "stranger".into(),
            expected_prices: vec![],
            expected_total: None,
            gift_note: None,
        };
        let which = self.chance.below(3);
        self.seen.insert("stranger refused".to_owned());
        self.spawn("a stranger", async move {
            let done = match (which, event) {
                (0, _) => till.sweep(20).await.map(drop),
                (1, Some(event)) => till.ledger.book(event.body.as_bytes()).await.map(drop),
                _ => till.checkout(&asked, "stranger").await.map(drop),
            };
            match done {
                Err(_) => Outcome::Nothing,
                Ok(()) => Outcome::Broken("rule 2: a till of another account works on our orders".to_owned()),
            }
        });
    }

    /// A random process crashes, wherever it is.
    fn crash(&mut self) {
        let may = |name: &str| self.plan.faults || name == "a webhook";
        let mortal: Vec<usize> =
            (0..self.processes.len()).filter(|at| may(self.processes[*at].name)).collect();
        let Some(at) = self.chance.pick(&mortal).copied() else { return };
        let dead = self.processes.swap_remove(at);
        self.note(format!("{} dies", dead.name));
        if let Some(event) = dead.event
            && !self.is_lost(event.kind)
        {
            self.books.lock().expect("one thread").events.push_back(event);
        }
    }

    /// Stripe repeats an event until it is answered. To be strict, some about sessions are lost all the same: the
    /// sweep has to notice. Events that are the only source of their news are never lost.
    fn is_lost(&self, kind: &str) -> bool {
        let only = kind.starts_with("charge.")
            || matches!(kind, "refund.failed" | "checkout.session.async_payment_succeeded");
        !only && self.chance.fault(2)
    }

    /// In some runs the end of something slow is never reported.
    fn is_untold(&self, kind: &str) -> bool {
        match self.plan.focus {
            Focus::Refunds => kind == "refund.updated",
            Focus::Banks => kind == "checkout.session.async_payment_failed",
            Focus::Nothing | Focus::Losses => false,
        }
    }

    /// Stripe sends a random waiting event, sometimes twice, sometimes in vain.
    pub fn deliver_one(&mut self) {
        let mut books = self.books.lock().expect("one thread");
        let at = self.chance.index(books.events.len());
        let Some(event) = books.events.remove(at) else { return };
        if self.chance.one_in(5) {
            books.events.push_back(event.clone());
        }
        drop(books);
        if self.is_untold(event.kind) || (self.is_lost(event.kind) && self.chance.one_in(2)) {
            return self.note(format!("{} is lost", event.kind));
        }
        self.spawn_webhook(event);
    }

    /// Stripe sends all waiting events, one after the other.
    pub fn deliver_all(&mut self) {
        let waiting = self.books.lock().expect("one thread").events.len();
        for _ in 0..waiting {
            let event = self.books.lock().expect("one thread").events.pop_front();
            let Some(event) = event else { return };
            if !self.is_untold(event.kind) {
                self.spawn_webhook(event);
                self.finish();
            }
        }
    }

    fn spawn_webhook(&mut self, event: crate::stripe::Event) {
        let till = self.till.clone();
        self.spawn_about("a webhook", Some(event.clone()), async move {
            let booked = till.ledger.book(event.body.as_bytes()).await.map(drop);
            Outcome::Booked(event, booked)
        });
    }
}
