//! The world of the simulation: its clock, its chance, its shoppers, and the one who decides who goes next.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use async_trait::async_trait;
use catalog::shipping::{Pickup, Seller, Settings, Shipping};
use catalog::till::TillSettings;
use catalog::{Currency, Item, Sku, Snapshot, StockKey, Supply, VatScheme};
use till::decide::order::Tracking;
use till::decide::stock::Change;
use till::decide::{Cart, CartLine, Destination, Payment, Refund};
use till::letters::{Letters, mails};
use till::links::LinkKeys;
use till::outside::clock::Clock;
use till::outside::hook::NoHook;
use till::outside::mail::{Mail, MailError, Post};
use till::outside::store::memory::MemoryStore;
use till::outside::store::sql::SqlStore;
use till::outside::store::{OrderFilter, Store};
use till::perform::checkout::Asked;
use till::perform::{Limits, Till};
use till::shop::Shop;

use crate::rules;
use crate::store::{Backend, SimStore};
use crate::stripe::{Books, SimStripe};

/// What is sold, and how many of each there ever were.
pub const SUPPLY: [(&str, u32); 3] = [("BOL", 1), ("TASSE", 3), ("LIN", 2)];

/// What a run is made of.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Whether anybody sweeps.
    pub sweeps: bool,
    /// Whether answers get lost.
    pub faults: bool,
    /// Whether the database is SQLite.
    pub sqlite: bool,
    /// Whether every step is printed.
    pub trace: bool,
}

impl Plan {
    /// Everything that can go wrong.
    pub fn everything() -> Self {
        Plan { sweeps: true, faults: true, sqlite: false, trace: false }
    }

    /// Nobody sweeps, so nothing gets lost but webhooks and those who book them.
    pub fn without_sweeps() -> Self {
        Plan { sweeps: false, faults: false, sqlite: false, trace: false }
    }
}

/// Chance, from one seed (SplitMix64).
pub struct Chance {
    state: Mutex<u64>,
    faults: AtomicBool,
    now: AtomicI64,
}

impl Chance {
    fn next(&self) -> u64 {
        let mut state = self.state.lock().expect("one thread");
        *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = *state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Less than `n`.
    pub fn below(&self, n: u64) -> u64 {
        self.next() % n
    }

    /// Once in `n` times.
    pub fn one_in(&self, n: u64) -> bool {
        self.below(n) == 0
    }

    /// Once in `n` times, while things go wrong at all.
    pub fn fault(&self, n: u64) -> bool {
        self.faults.load(Ordering::Relaxed) && self.one_in(n)
    }
}

impl Clock for Chance {
    fn now(&self) -> i64 {
        self.now.load(Ordering::Relaxed)
    }

    fn random(&self, bytes: &mut [u8]) {
        for byte in bytes {
            *byte = u8::try_from(self.below(256)).unwrap_or(0);
        }
    }
}

/// Lets others go on.
pub async fn pause() {
    let mut first = true;
    std::future::poll_fn(|_| if std::mem::take(&mut first) { Poll::Pending } else { Poll::Ready(()) }).await;
}

/// The mail server: it is down for a while, and it dies before its answer.
struct SimPost {
    chance: Arc<Chance>,
    sent: Arc<Mutex<BTreeSet<String>>>,
}

#[async_trait]
impl Post for SimPost {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        pause().await;
        if self.chance.fault(5) {
            return Err(MailError::Later("down".to_owned()));
        }
        let id = mail.message_id.rsplit_once('@').map_or("", |(id, _)| id);
        self.sent.lock().expect("one thread").insert(id.to_owned());
        pause().await;
        if self.chance.fault(10) {
            return Err(MailError::Later("died before 250".to_owned()));
        }
        Ok(())
    }
}

/// What goes on at the same time.
type Process = Pin<Box<dyn Future<Output = Outcome>>>;

/// What a process ends with.
pub enum Outcome {
    Nothing,
    /// A shopper was sent to this session.
    Pay(String),
    /// An event was not booked.
    Again(String, &'static str, String),
}

/// A run.
pub struct World {
    plan: Plan,
    chance: Arc<Chance>,
    books: Arc<Mutex<Books>>,
    store: Arc<SimStore>,
    till: Till,
    sent: Arc<Mutex<BTreeSet<String>>>,
    broken: Arc<Mutex<Option<String>>>,
    processes: Vec<(&'static str, Process)>,
    /// Sessions shoppers look at.
    paying: Vec<String>,
    history: Vec<String>,
}

impl World {
    /// Runs a seed to its end.
    pub fn run(seed: u64, plan: Plan) -> Result<(), String> {
        let mut world = World::new(seed, plan);
        world.live()
    }

    /// What happened in a run, step by step.
    pub fn history(seed: u64, plan: Plan) -> Vec<String> {
        let mut world = World::new(seed, plan);
        let end = world.live();
        world.history.push(format!("{end:?}"));
        world.history
    }

    /// The orders of a run, at its end.
    pub fn orders(seed: u64, plan: Plan) -> Vec<till::decide::Order> {
        let mut world = World::new(seed, plan);
        world.live().expect("the rules hold");
        world.read().expect("a store").0
    }

    fn new(seed: u64, plan: Plan) -> Self {
        let chance = Arc::new(Chance {
            state: Mutex::new(seed.wrapping_mul(0x2545_F491_4F6C_DD1D)),
            faults: AtomicBool::new(plan.faults),
            now: AtomicI64::new(1_790_000_000),
        });
        let books = Arc::new(Mutex::new(Books::new(chance.now())));
        let (sent, broken) = (Arc::new(Mutex::new(BTreeSet::new())), Arc::new(Mutex::new(None)));
        let store = Arc::new(SimStore {
            backend: backend(plan.sqlite),
            chance: chance.clone(),
            books: books.clone(),
            broken: broken.clone(),
        });
        let shop = Arc::new(Shop::new(snapshot()).expect("a snapshot"));
        let till = Till {
            letters: Arc::new(Letters::new(&shop.settings)),
            shop,
            store: store.clone(),
            payments: Arc::new(SimStripe { books: books.clone(), chance: chance.clone() }),
            post: Arc::new(SimPost { chance: chance.clone(), sent: sent.clone() }),
            hook: Arc::new(NoHook),
            clock: chance.clone(),
            links: LinkKeys::parse(&"k".repeat(32)).expect("a key"),
            base: "https://shop.example.com".to_owned(),
            limits: Limits {
                open_per_client: 1000,
                open_in_all: 1000,
                checkouts_per_hour: 100_000,
                links_per_hour: 100,
            },
            owner: None,
            checked: Arc::default(),
        };
        World {
            plan,
            chance,
            books,
            store,
            till,
            sent,
            broken,
            processes: Vec::new(),
            paying: Vec::new(),
            history: Vec::new(),
        }
    }

    fn live(&mut self) -> Result<(), String> {
        for _ in 0..220 {
            self.happen();
            for _ in 0..self.chance.below(12) {
                self.step();
            }
            self.check()?;
        }
        // From here on nothing goes wrong any more; whatever is left must come to rest.
        self.chance.faults.store(false, Ordering::Relaxed);
        for _ in 0..60 {
            self.finish();
            self.deliver_all();
            let books = self.books.clone();
            let waiting: Vec<String> = books.lock().expect("one thread").sessions.keys().cloned().collect();
            for id in waiting {
                books.lock().expect("one thread").settle_delayed(&id, true);
            }
            books.lock().expect("one thread").settle_refunds();
            self.deliver_all();
            // What failed, the owner gives back some other way at Stripe.
            let orders = self.read()?.0;
            for order in orders.iter().filter(|order| order.refund == Refund::Failed && !order.owns()) {
                if let Some(session) = &order.session_id {
                    books.lock().expect("one thread").refund_rest(session);
                }
            }
            self.deliver_all();
            self.advance(1800);
            if self.plan.sweeps {
                self.spawn_sweep();
            } else {
                self.spawn_effects();
            }
            self.finish();
            self.check()?;
        }
        let (orders, stock) = self.read()?;
        let undone = ready(self.store.undone_tasks(None)).map_err(|error| error.to_string())?;
        let books = self.books.lock().expect("one thread");
        rules::at_rest(&orders, &stock, &books, &self.sent.lock().expect("one thread"), &undone)
    }

    fn read(&self) -> Result<(Vec<till::decide::Order>, BTreeMap<StockKey, catalog::supply::Taken>), String> {
        let filter = OrderFilter { payment: None, limit: 10_000 };
        let orders = ready(self.store.orders(&filter)).map_err(|error| error.to_string())?;
        let stock = ready(self.store.all_stock()).map_err(|error| error.to_string())?;
        Ok((orders, stock))
    }

    fn check(&self) -> Result<(), String> {
        self.broken.lock().expect("one thread").clone().map_or(Ok(()), Err)
    }

    #[allow(clippy::print_stderr, reason = "a replay is read at the terminal")]
    fn note(&mut self, what: String) {
        if self.plan.trace {
            eprintln!("{} {what}", self.chance.now());
        }
        self.history.push(what);
    }

    fn advance(&mut self, seconds: i64) {
        let now = self.chance.now() + seconds;
        self.chance.now.store(now, Ordering::Relaxed);
        self.books.lock().expect("one thread").advance(now);
        self.note(format!("+{seconds} s"));
    }

    /// Something happens in the world.
    fn happen(&mut self) {
        match self.chance.below(20) {
            0..=5 => self.spawn_checkout(),
            6..=8 => self.pay(),
            9..=12 => self.deliver_one(),
            13 if self.plan.sweeps => self.spawn_sweep(),
            13 => self.spawn_effects(),
            14 => self.owner(),
            15 => self.bank(),
            16 => self.let_go(),
            17 => self.crash(),
            18 => self.advance(i64::try_from(self.chance.below(90)).unwrap_or(1)),
            _ => self.advance(i64::try_from(self.chance.below(1500)).unwrap_or(1)),
        }
    }

    fn spawn(&mut self, name: &'static str, process: impl Future<Output = Outcome> + 'static) {
        self.note(format!("{name} begins"));
        self.processes.push((name, Box::pin(process)));
    }

    fn spawn_checkout(&mut self) {
        let mut lines = Vec::new();
        for (key, supply) in SUPPLY {
            if self.chance.one_in(2) || (lines.is_empty() && key == "LIN") {
                let quantity = 1 + u32::try_from(self.chance.below(u64::from(supply))).unwrap_or(0);
                lines.push(CartLine { sku: Sku::new(key).expect("a sku"), quantity, note: None });
            }
        }
        if self.chance.one_in(2) {
            lines.reverse();
        }
        let asked = Asked {
            cart: Cart { lang: "fr".to_owned(), destination: Destination::Pickup, lines },
            cart_id: format!("cart-{:012}", self.chance.below(6)),
            expected_prices: Vec::new(),
            expected_total: None,
            gift_note: None,
        };
        let till = self.till.clone();
        self.spawn("a checkout", async move {
            match till.checkout(&asked, "client").await {
                Ok(done) => Outcome::Pay(done.url),
                Err(_) => Outcome::Nothing,
            }
        });
    }

    fn spawn_sweep(&mut self) {
        let till = self.till.clone();
        self.spawn("a sweep", async move {
            let _ = till.sweep(20).await;
            Outcome::Nothing
        });
    }

    fn spawn_effects(&mut self) {
        let till = self.till.clone();
        self.spawn("effects", async move {
            let _ = till.run_effects(None, 50).await;
            Outcome::Nothing
        });
    }

    fn pay(&mut self) {
        if self.paying.is_empty() {
            return;
        }
        let at = usize::try_from(self.chance.below(self.paying.len() as u64)).unwrap_or(0);
        let session = self.paying.swap_remove(at);
        let delayed = self.chance.one_in(4);
        // Once in a while it is not our amount: converted, discounted, whatever Stripe thinks of next.
        let too_much =
            if self.chance.one_in(30) { [-100, 100][usize::from(self.chance.one_in(2))] } else { 0 };
        let paid = self.books.lock().expect("one thread").pay(&session, delayed, too_much);
        self.note(format!("{session} is paid: {paid}, delayed: {delayed}"));
    }

    fn bank(&mut self) {
        let paid = !self.chance.one_in(3);
        let ids: Vec<String> = self.books.lock().expect("one thread").sessions.keys().cloned().collect();
        for id in ids {
            if self.chance.one_in(2) {
                self.books.lock().expect("one thread").settle_delayed(&id, paid);
            }
            if self.chance.one_in(3) {
                self.books.lock().expect("one thread").change_mind(&id);
            }
            if self.chance.one_in(12) {
                self.books.lock().expect("one thread").refund_part(&id, 100);
            }
            if self.chance.one_in(12) {
                self.books.lock().expect("one thread").fail_refund(&id);
            }
        }
        self.books.lock().expect("one thread").settle_refunds();
        self.note(format!("the bank answers: {paid}"));
    }

    fn owner(&mut self) {
        let till = self.till.clone();
        let (what, which) = (self.chance.below(9), self.chance.below(3));
        let (key, supply) = SUPPLY[usize::try_from(which).unwrap_or(0)];
        let key = StockKey::new(key).expect("a key");
        let pieces = 1 + i64::try_from(self.chance.below(2)).unwrap_or(0);
        let counted = i64::try_from(self.chance.below(u64::from(supply) + 2)).unwrap_or(0);
        let anyway = self.chance.one_in(2);
        let orders = self.read().map(|(orders, _)| orders).unwrap_or_default();
        let paid: Vec<String> = orders
            .iter()
            .filter(|order| order.payment == Payment::Paid)
            .map(|order| order.id.clone())
            .collect();
        let one = usize::try_from(self.chance.below(paid.len().max(1) as u64)).unwrap_or(0);
        let order = paid.get(one).cloned();
        self.spawn("the owner", async move {
            let _ = match (what, order) {
                (0, _) => till.move_stock(&key, Change::Take(1), "market").await.map(drop),
                (1, _) => till.move_stock(&key, Change::Return(pieces), "back").await.map(drop),
                (2, _) => till.move_stock(&key, Change::Count(counted), "counted").await.map(drop),
                (3 | 4, Some(order)) => {
                    let tracking =
                        Tracking { carrier: None, number: anyway.then(|| "1".to_owned()), url: None };
                    till.ship(&order, &tracking, anyway).await.map(drop)
                }
                (5, Some(order)) => till.cancel(&order).await.map(drop),
                (6, Some(order)) => till.withdraw(&order).await.map(drop),
                (7 | 8, Some(order)) => till.take_back(&order, &key, pieces).await.map(drop),
                _ => Ok(()),
            };
            Outcome::Nothing
        });
    }

    fn let_go(&mut self) {
        let till = self.till.clone();
        let orders = self.read().map(|(orders, _)| orders).unwrap_or_default();
        let open: Vec<String> = orders
            .iter()
            .filter(|order| order.payment == Payment::Open)
            .map(|order| order.id.clone())
            .collect();
        if open.is_empty() {
            return;
        }
        let order = open[usize::try_from(self.chance.below(open.len() as u64)).unwrap_or(0)].clone();
        self.spawn("letting go", async move {
            let _ = till.let_go(&order).await;
            Outcome::Nothing
        });
    }

    /// Someone's process dies, wherever it is.
    fn crash(&mut self) {
        let may = |name: &str| self.plan.faults || name == "a webhook";
        let mortal: Vec<usize> = (0..self.processes.len()).filter(|at| may(self.processes[*at].0)).collect();
        if mortal.is_empty() {
            return;
        }
        let at = mortal[usize::try_from(self.chance.below(mortal.len() as u64)).unwrap_or(0)];
        let (name, _) = self.processes.swap_remove(at);
        self.note(format!("{name} dies"));
    }

    /// Stripe sends an event: any of those that wait, sometimes twice, sometimes in vain.
    fn deliver_one(&mut self) {
        let count = self.books.lock().expect("one thread").events.len();
        if count == 0 {
            return;
        }
        let at = usize::try_from(self.chance.below(count as u64)).unwrap_or(0);
        let Some(event) = self.books.lock().expect("one thread").events.remove(at) else { return };
        // It is sent until it was answered. To be strict, an event about a session is sometimes lost for good: the sweep has
        // to notice. What the owner gives back at Stripe's own page, and a bank that changed its mind, are told by events only.
        let only = matches!(
            event.1,
            "charge.refunded" | "refund.failed" | "checkout.session.async_payment_succeeded"
        );
        if self.chance.one_in(4) || !self.plan.faults || only {
            self.books.lock().expect("one thread").events.push_back(event.clone());
        }
        if self.chance.fault(5) {
            self.books.lock().expect("one thread").events.push_back(event);
            return;
        }
        self.spawn_webhook(event);
    }

    fn deliver_all(&mut self) {
        let waiting = self.books.lock().expect("one thread").events.len();
        for _ in 0..waiting {
            let event = self.books.lock().expect("one thread").events.pop_front();
            let Some(event) = event else { return };
            self.spawn_webhook(event);
            self.finish();
        }
    }

    fn spawn_webhook(&mut self, (id, kind, session): (String, &'static str, String)) {
        let till = self.till.clone();
        let order = {
            let books = self.books.lock().expect("one thread");
            books.sessions.get(&session).map(|session| session.order.clone()).unwrap_or_default()
        };
        let object = if kind == "refund.failed" {
            serde_json::json!({ "id": "re_1", "object": "refund", "payment_intent": format!("pi_{session}") })
        } else if kind == "charge.refunded" {
            serde_json::json!({ "id": "ch_1", "object": "charge", "payment_intent": format!("pi_{session}"),
                "metadata": { "order_id": order } })
        } else {
            serde_json::json!({ "id": session, "object": "checkout.session", "metadata": { "order_id": order } })
        };
        let body = serde_json::json!({ "id": id, "type": kind, "data": { "object": object } }).to_string();
        self.spawn("a webhook", async move {
            match till.book(body.as_bytes()).await {
                Ok(_) => Outcome::Nothing,
                Err(_) => Outcome::Again(id, kind, session),
            }
        });
    }

    /// One process goes on.
    fn step(&mut self) {
        if self.processes.is_empty() {
            return;
        }
        let at = usize::try_from(self.chance.below(self.processes.len() as u64)).unwrap_or(0);
        let mut context = Context::from_waker(Waker::noop());
        let Poll::Ready(outcome) = self.processes[at].1.as_mut().poll(&mut context) else { return };
        let (name, _) = self.processes.swap_remove(at);
        match outcome {
            Outcome::Nothing => self.note(format!("{name} ends")),
            Outcome::Pay(url) => {
                let session = url.rsplit('/').next().unwrap_or_default().to_owned();
                self.note(format!("{name} leads to {session}"));
                self.paying.push(session);
            }
            Outcome::Again(id, kind, session) => {
                self.note(format!("{name} {kind} fails"));
                self.books.lock().expect("one thread").events.push_back((id, kind, session));
            }
        }
    }

    fn finish(&mut self) {
        while !self.processes.is_empty() {
            self.step();
        }
    }
}

/// Drives a future that needs nobody else.
fn ready<T>(future: impl Future<Output = T>) -> T {
    let mut future = Box::pin(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
    }
}

fn backend(sqlite: bool) -> Backend {
    if !sqlite {
        return Backend::Memory(MemoryStore::default());
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let store = runtime.block_on(async {
        let store = SqlStore::connect("sqlite::memory:", 1).expect("a database");
        store.migrate().await.expect("tables");
        store
    });
    Backend::Sqlite(store, runtime)
}

fn snapshot() -> Vec<u8> {
    let templates = mails().flat_map(|name| {
        [("txt", "{{ order.id }}"), ("html", "<p>{{ order.id }}</p>")]
            .map(|(kind, text)| (format!("mails/{name}.{kind}"), text.to_owned()))
    });
    let settings = Settings {
        name: "Bazaar".into(),
        url: "https://shop.example.com".into(),
        languages: vec!["fr".into()],
        timezone: "Europe/Paris".into(),
        currency: Currency::Eur,
        email: Some("bonjour@example.com".into()),
        seller: Seller {
            name: "S".into(),
            address: "A".into(),
            register: None,
            vat: VatScheme::Exempt,
            vat_number: None,
        },
        vat: BTreeMap::new(),
        shipping: Shipping {
            handling: None,
            zones: vec![],
            pickup: Some(Pickup { label: BTreeMap::new(), address: "A".into() }),
        },
        till: TillSettings { templates: templates.collect(), ..TillSettings::default() },
    };
    let items: Vec<Item> = SUPPLY
        .iter()
        .map(|(key, supply)| Item {
            sku: Sku::new(key).expect("a sku"),
            product: (*key).to_owned(),
            stock: StockKey::new(key).expect("a key"),
            supply: Supply::Pieces(*supply),
            price: 2800,
            sale: None,
            weight: None,
            vat: "standard".into(),
            name: BTreeMap::new(),
            url: BTreeMap::new(),
            image: None,
            pickup_only: false,
            made_to_order_days: None,
            personalisation: None,
            publish: None,
            unpublish: None,
        })
        .collect();
    Snapshot::write(&settings, &items).expect("json")
}
