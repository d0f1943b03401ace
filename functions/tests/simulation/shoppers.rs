//! Shoppers: their carts, the answers they get, and how they pay.

use std::time::Duration;

use catalog::{Cents, Sku, Timestamp};
use simulator::{Means, Paid, PayRefusal, Payer};
use till::decide::{Cart, CartLine, Destination};
use till::outside::clock::Clock as _;
use till::perform::TillError;
use till::perform::checkout::{CheckedOut, Checkout};

use crate::shop::{WARES, price, turns};
use crate::world::{Focus, Outcome, World};

/// How many clients the till sees.
pub const CLIENTS: u64 = 4;

impl World {
    /// A random cart.
    pub fn cart(&self) -> Cart {
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

    /// Starts a checkout.
    pub fn spawn_checkout(&mut self, cart_id: &str, client: u64) {
        let cart = self.cart();
        let now = self.chance.now();
        // The page was opened a while ago, or has no scripts and sends no prices.
        let shown = price(&cart, now - Duration::from_secs(self.chance.below(900)));
        let shown = shown.filter(|_| !self.chance.one_in(4));
        let asked = Checkout {
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

    /// One client starts many checkouts, each with its own cart.
    pub fn hoard(&mut self) {
        let client = self.chance.below(CLIENTS);
        for _ in 0..self.chance.up_to(5) {
            let cart = self.chance.below(1_000_000);
            self.spawn_checkout(&format!("hoard-{cart}"), client);
        }
    }

    /// A checkout was answered: with the price of that instant, as shown on the page (9).
    pub fn answered(&mut self, asked: &Checkout, start: Timestamp, answer: Result<CheckedOut, TillError>) {
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
        // The till priced it at some instant between the two.
        let mut instants = turns(start, order.created_at).filter_map(|at| price(&asked.cart, at));
        let right = instants.any(|right| right == charged);
        let shown = asked.expected_total.is_none_or(|total| total == order.total)
            && asked.expected_prices.iter().zip(&charged.0).all(|(shown, price)| *shown == Some(*price));
        if !right || !shown {
            let why = format!("rule 9: {} costs {charged:?} at {start:?}, asked for {asked:?}", order.id);
            self.watch.lock().expect("one thread").tell(Err(why));
        }
        for (is, word) in [
            (order.shipping.zone.is_some() && order.shipping.price == Cents::ZERO, "free shipping"),
            (order.shipping.country.as_deref() == Some("BE"), "a parcel abroad"),
            (charged.0.contains(&Cents(2100)), "a sale"),
        ] {
            self.seen.extend(is.then(|| word.to_owned()));
        }
        let session = done.url.rsplit('/').next().unwrap_or_default().to_owned();
        self.note(format!("a checkout of {} leads to {session}", order.id));
        self.paying.push((session, order.shipping.country.clone()));
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
        // Sometimes amount, currency or mode are not ours: discounted, converted, whatever Stripe may introduce.
        let total = books.session(&session).map_or(0, |truth| truth.total.0);
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
        // Some have an address that Stripe accepts and no mailer does.
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
        let mut paid = books.stripe.pay(&session, &payer, means, now.0);
        if paid == Err(PayRefusal::Method) {
            paid = books.stripe.pay(&session, &payer, Means::Card, now.0);
        }
        if paid == Ok(Paid::Challenge) {
            paid = books.stripe.answer_challenge(&session, self.chance.one_in(2), now.0);
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
}
