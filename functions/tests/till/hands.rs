//! A till whose clock, database and Stripe the test controls: time moves only here, rows can be inspected, and
//! requests to Stripe are recorded.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use catalog::{Cents, Sku, Snapshot, Timestamp};
use till::decide::settle::Session;
use till::decide::{Cart, CartLine, Destination, Order};
use till::outside::clock::Clock;
use till::outside::mail::{Mail, MailError, Mailer};
use till::outside::store::memory::MemoryStore;
use till::outside::stripe::{Account, Payments, PaymentsError, Purchase};
use till::perform::Till;
use till::perform::checkout::Checkout;
use till::shop::Shop;

use crate::shop::Stage;

/// The start of every test, here and at Stripe.
pub const BEGIN: Timestamp = Timestamp(1_795_000_000);

/// A duration in seconds, as these tests move clocks.
pub fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).expect("not that long")
}

/// That many seconds after [`BEGIN`].
pub fn after(seconds: u64) -> Timestamp {
    BEGIN + Duration::from_secs(seconds)
}

struct Hand(Arc<AtomicI64>);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::Relaxed))
    }

    fn random(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("random bytes");
    }
}

/// The stand-in for Stripe, with its requests recorded.
pub struct Overheard {
    inner: Arc<dyn Payments>,
    live: bool,
    /// Recorded requests: `refund pi_1 KEY`.
    pub asked: Mutex<Vec<String>>,
    /// Changes every session on its way to the till.
    pub change: Mutex<Option<fn(&mut Session)>>,
    /// Answers refunds in Stripe's place.
    pub refuse: Mutex<Option<PaymentsError>>,
}

impl Overheard {
    fn write(&self, what: String) {
        self.asked.lock().expect("one test").push(what);
    }

    fn changed(&self, mut session: Session) -> Session {
        if let Some(change) = *self.change.lock().expect("one test") {
            change(&mut session);
        }
        session
    }

    /// Takes all recorded requests; returns those of one kind.
    pub fn take(&self, kind: &str) -> Vec<String> {
        let all = std::mem::take(&mut *self.asked.lock().expect("one test"));
        all.into_iter().filter(|asked| asked.split(' ').next() == Some(kind)).collect()
    }
}

#[async_trait]
impl Payments for Overheard {
    async fn create(&self, request: &str, key: &str) -> Result<Session, PaymentsError> {
        self.write(format!("create {key}"));
        self.inner.create(request, key).await.map(|session| self.changed(session))
    }

    async fn retrieve(&self, session: &str) -> Result<Session, PaymentsError> {
        self.write(format!("retrieve {session}"));
        self.inner.retrieve(session).await.map(|session| self.changed(session))
    }

    async fn expire(&self, session: &str) -> Result<(), PaymentsError> {
        self.write(format!("expire {session}"));
        self.inner.expire(session).await
    }

    async fn find(
        &self,
        order: &str,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Option<Session>, PaymentsError> {
        self.write(format!("find {order} {} {}", from.0, until.0));
        self.inner.find(order, from, until).await
    }

    async fn purchases(&self) -> Result<Vec<Purchase>, PaymentsError> {
        self.inner.purchases().await
    }

    async fn refund(
        &self,
        intent: &str,
        amount: Option<Cents>,
        order: &str,
        key: &str,
    ) -> Result<(), PaymentsError> {
        self.write(format!("refund {intent} {:?} {key}", amount.map(|amount| amount.0)));
        if let Some(refused) = self.refuse.lock().expect("one test").clone() {
            return Err(refused);
        }
        self.inner.refund(intent, amount, order, key).await
    }

    async fn account(&self) -> Result<Account, PaymentsError> {
        self.inner.account().await
    }

    fn livemode(&self) -> bool {
        self.live
    }
}

/// A mail server that gives each mail the same answer, and counts.
pub struct Answering(pub Mutex<Result<(), MailError>>, pub AtomicI64);

impl Answering {
    pub fn with(answer: Result<(), MailError>) -> Arc<Self> {
        Arc::new(Answering(Mutex::new(answer), AtomicI64::new(0)))
    }

    pub fn offered(&self) -> i64 {
        self.1.load(Ordering::Relaxed)
    }
}

#[async_trait]
impl Mailer for Answering {
    async fn send(&self, _: &Mail) -> Result<(), MailError> {
        self.1.fetch_add(1, Ordering::Relaxed);
        self.0.lock().expect("one test").clone()
    }
}

pub struct Hands {
    pub till: Till,
    pub store: Arc<MemoryStore>,
    pub stripe: Arc<Overheard>,
    pub stage: Stage,
    now: Arc<AtomicI64>,
}

impl Hands {
    pub async fn new() -> Self {
        Self::on(Stage::new().await, false)
    }

    /// With a key in live mode.
    pub async fn live() -> Self {
        Self::on(Stage::new().await, true)
    }

    pub fn on(stage: Stage, live: bool) -> Self {
        let (store, now) = (Arc::new(MemoryStore::default()), Arc::new(AtomicI64::new(BEGIN.0)));
        let stripe = Arc::new(Overheard {
            inner: stage.till.ledger.payments.clone(),
            live,
            asked: Mutex::default(),
            change: Mutex::new(None),
            refuse: Mutex::new(None),
        });
        let till = crate::shop::on(&stage.till, |ledger| {
            ledger.store = store.clone();
            ledger.payments = stripe.clone();
            ledger.clock = Arc::new(Hand(now.clone()));
        });
        Hands { till, store, stripe, stage, now }
    }

    /// Moves the till's time only: Stripe's stays behind.
    pub fn set(&self, after: i64) {
        self.now.store(BEGIN.0 + after, Ordering::Relaxed);
    }

    /// Moves time, here and at Stripe.
    pub async fn wait(&self, seconds: i64) {
        self.now.fetch_add(seconds, Ordering::Relaxed);
        self.stage.advance(seconds).await;
    }

    /// Replaces the items for sale.
    pub fn selling(mut self, items: &[catalog::Item]) -> Self {
        let bytes = Snapshot::write(&self.till.ledger.shop.settings, items).expect("JSON");
        self.till.ledger.shop = Arc::new(Shop::new(bytes).expect("a shop"));
        self
    }

    pub fn order(&self, id: &str) -> Order {
        self.store.tables().orders.get(id).cloned().expect("an order")
    }

    /// An order that can be paid, from a cart of this name.
    pub async fn begun(&self, cart: &str, items: &[(&str, u32)]) -> Order {
        self.till.checkout(&asked(cart, items), cart).await.expect("it can be paid").order
    }

    /// A paid order whose payment the till does not know yet.
    pub async fn paid_unheard(&self, cart: &str, items: &[(&str, u32)]) -> Order {
        let order = self.begun(cart, items).await;
        let url = order.session_url.clone().expect("where to pay");
        self.stage.pay_unheard(&url, simulator::Means::Card);
        order
    }

    /// A paid order whose payment the till knows.
    pub async fn paid(&self, cart: &str, items: &[(&str, u32)]) -> Order {
        let order = self.paid_unheard(cart, items).await;
        self.till.ledger.settle(&order.id, None).await.expect("settled")
    }

    /// How often each effect of an order was tried, and its state: `mail_notice 1 done`.
    pub fn effects(&self, order: &Order) -> Vec<String> {
        let tables = self.store.tables();
        let rows = tables.outbox.values().filter(|row| row.task.order_id == order.id);
        rows.map(|row| {
            let end = match (row.done_at, row.given_up_at) {
                (Some(_), _) => " done",
                (None, Some(_)) => " given up",
                (None, None) => "",
            };
            format!("{} {}{end}", row.task.kind.as_str(), row.task.attempts)
        })
        .collect()
    }
}

/// A checkout as a shopper's page sends it.
pub fn asked(cart: &str, items: &[(&str, u32)]) -> Checkout {
    let line = |(sku, quantity): &(&str, u32)| CartLine {
        sku: Sku::new(sku).expect("a sku"),
        quantity: *quantity,
        note: None,
    };
    Checkout {
        cart: Cart {
            lang: "fr".to_owned(),
            destination: Destination::Ship { country: "FR".to_owned(), rate: None },
            lines: items.iter().map(line).collect(),
        },
        cart_id: format!("{cart}-0123456789abcdef"),
        expected_prices: Vec::new(),
        expected_total: None,
        gift_note: None,
    }
}
