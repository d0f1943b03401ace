//! What happens in the world: shoppers, banks, Stripe's events, the owner, strangers, and processes that die.

use std::sync::{Arc, Mutex};

use catalog::{Sku, StockKey};
use simulator::{Means, Paid, PayRefusal, Payer, RefundFate};
use till::decide::order::Tracking;
use till::decide::stock::Change;
use till::decide::{Cart, CartLine, Destination, Fulfilment, Order, Payment};
use till::outside::clock::Clock as _;
use till::outside::store::ShopRow;
use till::outside::stripe::Stripe;
use till::perform::checkout::{Asked, CheckedOut};
use till::perform::{Till, TillError};

use crate::rules::watch::ANYWAY;
use crate::shop::{SUPPLY, WARES, price, turns};
use crate::stripe::{Books, Wire, fate};
use crate::world::{ACCOUNT, Focus, Outcome, World};

/// How many carts there are; each belongs to one of [`CLIENTS`].
const CARTS: u64 = 8;
const CLIENTS: u64 = 4;
/// Statuses that a dispute may turn to.
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
    /// Something happens.
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
            20 => self.let_go(),
            21 => self.crash(),
            22 => self.hoard(),
            23 => self.stranger(),
            24 => self.refund_at_stripe(),
            25 => self.dispute(),
            26 | 27 => self.advance(i64::try_from(self.chance.below(90)).unwrap_or(1)),
            _ => self.advance(i64::try_from(self.chance.below(900)).unwrap_or(1)),
        }
    }

    fn is_lossy(&self) -> bool {
        self.watch.lock().expect("one thread").lossy
    }

    fn cart(&self) -> Cart {
        let chance = &self.chance;
        let mut lines = Vec::new();
        for ware in &WARES {
            if chance.one_in(3) || (lines.is_empty() && ware.sku == "CARTE") {
                let quantity = chance.up_to(ware.pieces.unwrap_or(4));
                lines.push(CartLine { sku: Sku::new(ware.sku).expect("a sku"), quantity, note: None });
            }
        }
        if chance.one_in(2) {
            lines.reverse();
        }
        let ship = |country: &str, rate: Option<&str>| Destination::Ship {
            country: country.to_owned(),
            rate: rate.map(str::to_owned),
        };
        let destinations = [
            Destination::Pickup,
            ship("FR", None),
            ship("FR", Some("colissimo")),
            ship("MC", Some("express")),
            ship("BE", None),
        ];
        let lang = if chance.one_in(3) { "en" } else { "fr" };
        Cart {
            lang: lang.to_owned(),
            destination: destinations[chance.index(destinations.len())].clone(),
            lines,
        }
    }

    pub fn spawn_checkout(&mut self, cart_id: &str, client: u64) {
        let cart = self.cart();
        let now = self.chance.now();
        // The page was opened a while ago, or has no scripts and tells nothing.
        let shown = price(&cart, now - i64::try_from(self.chance.below(900)).unwrap_or(0));
        let shown = shown.filter(|_| !self.chance.one_in(4));
        let asked = Asked {
            expected_prices: shown
                .iter()
                .flat_map(|(prices, _)| prices.iter().map(|price| Some(*price)))
                .collect(),
            expected_total: shown.map(|(_, total)| total),
            cart,
            cart_id: cart_id.to_owned(),
            gift_note: None,
        };
        let (till, client) = (self.till.clone(), format!("client-{client}"));
        self.spawn("a checkout", async move {
            let answer = till.checkout(&asked, &client).await;
            Outcome::Answered(Box::new(asked), now, Box::new(answer))
        });
    }

    /// One client begins many checkouts, each with a cart of its own.
    fn hoard(&mut self) {
        let client = self.chance.below(CLIENTS);
        for _ in 0..self.chance.up_to(5) {
            let cart = self.chance.below(1_000_000);
            self.spawn_checkout(&format!("hoard-{cart}"), client);
        }
    }

    /// A checkout was answered: at the price of the instant, and as the page had shown (9).
    pub fn answered(&mut self, asked: &Asked, start: i64, answer: Result<CheckedOut, TillError>) {
        let done = match answer {
            Ok(done) => done,
            Err(error) => {
                let word = match &error {
                    TillError::RateLimited => "too many",
                    TillError::Closed => "closed",
                    TillError::PriceChanged(_) => "price changed",
                    _ => "",
                };
                self.seen.insert(word.to_owned());
                return self.note(format!("a checkout is refused: {error}"));
            }
        };
        if !done.url.contains("/pay/") {
            return self.note(format!("a checkout leads to its order {}", done.order.id));
        }
        let order = &done.order;
        let charged = (order.lines.iter().map(|line| line.unit_price).collect::<Vec<_>>(), order.total);
        // The price was asked for at some instant between the two.
        let mut instants = turns(start, order.created_at).filter_map(|at| price(&asked.cart, at));
        let right = instants.any(|right| right == charged);
        let shown = asked.expected_total.is_none_or(|total| total == order.total)
            && asked.expected_prices.iter().zip(&charged.0).all(|(shown, price)| *shown == Some(*price));
        if !right || !shown {
            let why = format!("rule 9: {} costs {charged:?} at {start}, asked for {asked:?}", order.id);
            self.watch.lock().expect("one thread").tell(Err(why));
        }
        for (is, word) in [
            (order.shipping.zone.is_some() && order.shipping.price == 0, "free shipping"),
            (order.shipping.country.as_deref() == Some("BE"), "a parcel abroad"),
            (charged.0.contains(&2100), "a sale"),
        ] {
            self.seen.extend(is.then(|| word.to_owned()));
        }
        let session = done.url.rsplit('/').next().unwrap_or_default().to_owned();
        self.note(format!("a checkout of {} leads to {session}", order.id));
        self.paying.push((session, order.shipping.country.clone()));
    }

    pub fn spawn_sweep(&mut self) {
        let till = self.till.clone();
        self.spawn("a sweep", async move {
            let _ = till.sweep(20).await;
            Outcome::Nothing
        });
    }

    pub fn spawn_effects(&mut self) {
        let till = self.till.clone();
        self.spawn("effects", async move {
            let _ = till.run_effects(None, 50).await;
            Outcome::Nothing
        });
    }

    /// A shopper pays.
    pub fn pay(&mut self) {
        if self.paying.is_empty() {
            return;
        }
        let at = self.chance.index(self.paying.len());
        let (session, country) = self.paying.swap_remove(at);
        let now = self.chance.now();
        let mut books = self.books.lock().expect("one thread");
        // Once in a while it is not our amount, currency or mode: discounted, converted, whatever Stripe thinks of next.
        let total = books.session(&session).map_or(0, |truth| truth.total);
        match self.chance.below(60) {
            0 => drop(books.stripe.reprice(&session, total - 100, "eur")),
            1 => drop(books.stripe.reprice(&session, total + 100, "eur")),
            2 => drop(books.stripe.reprice(&session, total, "usd")),
            3 => drop(books.live.insert(session.clone())),
            _ => {}
        }
        let means = [
            Means::Card,
            Means::Card,
            Means::Card,
            Means::Debit,
            Means::Debit,
            Means::DeclinedCard,
            Means::ChallengedCard,
        ][self.chance.index(7)];
        // Some have an address that no mailer takes, though Stripe does.
        let email = if self.chance.one_in(12) { "a..b@docomo.ne.jp" } else { "anne@example.com" };
        let payer = Payer {
            email: email.to_owned(),
            name: "Anne".to_owned(),
            line1: "1 rue des Lilas".to_owned(),
            postal_code: "75020".to_owned(),
            city: "Paris".to_owned(),
            country: country.unwrap_or_default(),
            ..Payer::default()
        };
        let slow = match self.plan.focus {
            Focus::Banks => true,
            Focus::Losses => self.chance.one_in(2),
            Focus::Nothing | Focus::Refunds => false,
        };
        let means = if slow { Means::Debit } else { means };
        let mut paid = books.stripe.pay(&session, &payer, means, now);
        if paid == Err(PayRefusal::Method) {
            paid = books.stripe.pay(&session, &payer, Means::Card, now);
        }
        if paid == Ok(Paid::Challenge) {
            paid = books.stripe.answer_challenge(&session, self.chance.one_in(2), now);
        }
        if paid == Ok(Paid::Complete) {
            match books.session(&session).is_some_and(|truth| truth.paid) {
                true => books.paid.push(session.clone()),
                false => drop(books.processing.insert(session.clone())),
            }
        }
        books.advance(now);
        drop(books);
        self.note(format!("{session} by {means:?}: {paid:?}"));
    }

    /// Banks answer; some pay after they refused.
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
            if self.chance.one_in(2) && !lossy && books.stripe.settle_after_all(&session, now) {
                books.paid.push(session);
            }
        }
        books.advance(now);
        drop(books);
        self.note("banks answer".to_owned());
    }

    /// The owner gives money back at Stripe's own page: a part, or many parts.
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
            let _ = books.stripe.refund(&charge, Some(amount), now);
        }
        books.advance(now);
        drop(books);
        self.seen.extend((parts > 2).then(|| "many refunds".to_owned()));
        self.note(format!("{parts} parts of {session} go back"));
    }

    /// A bank disputes a payment, or a dispute turns.
    pub fn dispute(&mut self) {
        let now = self.chance.now();
        let mut books = self.books.lock().expect("one thread");
        let Some(session) = self.chance.pick(&books.paid).cloned() else { return };
        let Some(charge) = books.charge(&session) else { return };
        let begins = ["warning_needs_response", "needs_response", "needs_response", "prevented"];
        if books.stripe.begin_dispute(&charge, begins[self.chance.index(begins.len())], now).is_none() {
            let turned = books.dispute_of(&charge, now);
            for _ in 0..turned.iter().len() * 6 {
                let next = TURNS[self.chance.index(TURNS.len())];
                if turned.as_ref().is_some_and(|id| books.stripe.move_dispute(id, next, now)) {
                    break;
                }
            }
        }
        books.advance(now);
        drop(books);
        self.note(format!("{session} is disputed"));
    }

    /// The owner at the terminal.
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
                (0, _) => till.move_stock(&key, Change::Take(1), "market").await.map(drop),
                (3 | 4, Some(order)) => {
                    let number = anyway.then(|| ANYWAY.to_owned());
                    till.ship(&order, &Tracking { carrier: None, number, url: None }, anyway).await.map(drop)
                }
                (6, Some(order)) => till.withdraw(&order).await.map(drop),
                // After a loss the owner knows of pieces that came back, and the database does not: it is not done twice.
                _ if lossy => Ok(()),
                (1, _) => till.move_stock(&key, Change::Return(pieces), "back").await.map(drop),
                (2, _) => till.move_stock(&key, Change::Count(counted), "counted").await.map(drop),
                (5, Some(order)) => till.cancel(&order).await.map(drop),
                (7 | 8, Some(order)) => till.take_back(&order, &theirs, pieces).await.map(drop),
                _ => Ok(()),
            };
            Outcome::Nothing
        });
    }

    fn let_go(&mut self) {
        let till = self.till.clone();
        let open: Vec<String> = self
            .orders()
            .into_iter()
            .filter(|order| order.payment == Payment::Open)
            .map(|order| order.id)
            .collect();
        let Some(order) = self.chance.pick(&open).cloned() else { return };
        self.spawn("letting go", async move {
            let _ = till.let_go(&order).await;
            Outcome::Nothing
        });
    }

    /// A till of another account, or for live money, that was given our database by mistake.
    fn stranger(&mut self) {
        let owner = match self.chance.one_in(2) {
            true => ShopRow { stripe_account: "acct_2".to_owned(), livemode: false },
            false => ShopRow { stripe_account: ACCOUNT.to_owned(), livemode: true },
        };
        let wire = Wire { books: Arc::new(Mutex::new(Books::new(0))), chance: self.chance.clone() };
        let payments = Arc::new(Stripe::over(wire, owner.livemode));
        let till = Till { owner: Some(owner), checked: Arc::default(), payments, ..self.till.clone() };
        let event = self.books.lock().expect("one thread").events.front().cloned();
        let cart = self.cart();
        let asked = Asked {
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
                (1, Some(event)) => till.book(event.body.as_bytes()).await.map(drop),
                _ => till.checkout(&asked, "stranger").await.map(drop),
            };
            match done {
                Err(_) => Outcome::Nothing,
                Ok(()) => Outcome::Broken("rule 2: a till of another account works on our orders".to_owned()),
            }
        });
    }

    /// Someone's process dies, wherever it is.
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

    /// Stripe sends an event until it is answered. To be strict, one about a session is sometimes lost for good: the sweep has to
    /// notice. What is told by events only, is not.
    fn is_lost(&self, kind: &str) -> bool {
        let only = kind.starts_with("charge.")
            || matches!(kind, "refund.failed" | "checkout.session.async_payment_succeeded");
        !only && self.chance.fault(2)
    }

    /// In some runs the end of something that takes long is told to nobody.
    fn is_untold(&self, kind: &str) -> bool {
        match self.plan.focus {
            Focus::Refunds => kind == "refund.updated",
            Focus::Banks => kind == "checkout.session.async_payment_failed",
            Focus::Nothing | Focus::Losses => false,
        }
    }

    /// Stripe sends an event: any of those that wait, sometimes twice, sometimes in vain.
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

    /// Stripe sends all events that wait, one after the other.
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
            let booked = till.book(event.body.as_bytes()).await.map(drop);
            Outcome::Booked(event, booked)
        });
    }
}
