//! The world of the simulation: what is in it, and who goes next.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use catalog::{StockKey, Timestamp};
use till::decide::{Order, Refund};
use till::links::LinkKeys;
use till::outside::clock::Clock as _;
use till::outside::mail::Mailer;
use till::outside::store::memory::{MemoryStore, Tables};
use till::outside::store::sql::SqlStore;
use till::outside::store::{ShopRow, Store};
use till::outside::stripe::{Payments, Stripe};
use till::perform::checkout::{CheckedOut, Checkout};
use till::perform::{Ledger, Limits, Sends, Till, TillError};
use till::shop::Shop;

use crate::chance::{Chance, ready};
use crate::flaws::mails::FlawedMailer;
use crate::flaws::payments::FlawedPayments;
use crate::planted::rules::FlawedRules;
use crate::planted::store::FlawedStore;
use crate::planted::{Flaw, Part};
use crate::post::{Sent, SimPost};
use crate::rules::rest::Rest;
use crate::rules::watch::Watch;
use crate::shop::{self, START};
use crate::store::{Backend, SimStore};
use crate::stripe::{Books, Event, Wire};

/// The limits for one client and for all together.
pub const LIMITS: Limits =
    Limits { open_per_client: 4, open_in_all: 12, checkouts_per_hour: 10, links_per_hour: 100 };
/// The shop's Stripe account.
pub const ACCOUNT: &str = "acct_1";

/// Where orders are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Database {
    Memory,
    Sqlite,
    /// On this port.
    Postgres(u16),
}

/// What happens more often than usual.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Focus {
    Nothing,
    /// Banks that take days, refuse, and pay after all.
    Banks,
    /// Slow refunds whose end is never reported.
    Refunds,
    /// The same banks, and a lost database in each run.
    Losses,
}

/// The parameters of a run.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    pub focus: Focus,
    /// Whether sweeps run.
    pub sweeps: bool,
    /// Whether requests and answers fail.
    pub faults: bool,
    pub database: Database,
    /// The mistake that the till makes.
    pub flaw: Option<Flaw>,
    /// Whether every step is printed.
    pub trace: bool,
}

impl Plan {
    /// Everything that can go wrong.
    pub fn everything() -> Self {
        Plan {
            focus: Focus::Nothing,
            sweeps: true,
            faults: true,
            database: Database::Memory,
            flaw: None,
            trace: false,
        }
    }

    /// Everything, mostly with slow banks.
    pub fn banks() -> Self {
        Plan { focus: Focus::Banks, ..Plan::everything() }
    }

    /// Everything, mostly with slow refunds.
    pub fn refunds() -> Self {
        Plan { focus: Focus::Refunds, ..Plan::everything() }
    }

    /// Everything, with a lost database.
    pub fn losses() -> Self {
        Plan { focus: Focus::Losses, ..Plan::everything() }
    }

    /// The ledger of a till that accepts only this shop's database.
    pub fn owned(&self, ledger: Ledger, owner: ShopRow) -> Ledger {
        match self.flaw {
            Some(Flaw::AnyDatabase) => ledger,
            _ => ledger.owned_by(owner),
        }
    }

    /// No sweeps, so no faults but crashes of processes that book webhooks.
    pub fn without_sweeps() -> Self {
        Plan { sweeps: false, faults: false, ..Plan::everything() }
    }
}

/// A process, run concurrently with others.
pub type Process = Pin<Box<dyn Future<Output = Outcome>>>;

/// The result of a process.
pub enum Outcome {
    Nothing,
    /// A checkout was answered; with the time it began.
    Answered(Box<Checkout>, Timestamp, Box<Result<CheckedOut, TillError>>),
    /// An event was booked, or not.
    Booked(Event, Result<(), TillError>),
    /// A rule was broken.
    Broken(String),
}

/// One process, and the event it handles.
pub struct Running {
    pub name: &'static str,
    pub process: Process,
    pub event: Option<Event>,
}

/// A run.
pub struct World {
    pub plan: Plan,
    pub chance: Arc<Chance>,
    pub books: Arc<Mutex<Books>>,
    pub store: Arc<SimStore>,
    pub till: Till,
    pub sent: Arc<Mutex<Sent>>,
    pub watch: Arc<Mutex<Watch>>,
    pub processes: Vec<Running>,
    /// Sessions that shoppers may pay, and the country shipped to.
    pub paying: Vec<(String, Option<String>)>,
    /// The copy of the database, and what was taken by hand until then.
    pub copy: Option<(Tables, BTreeMap<StockKey, i64>)>,
    /// Events that not every run has.
    pub seen: BTreeSet<String>,
    history: Vec<String>,
    steps: u64,
}

impl World {
    /// Runs a seed to its end; returns the number of steps.
    ///
    /// # Errors
    /// The first broken rule.
    pub fn run(seed: u64, plan: Plan) -> Result<u64, String> {
        let mut world = World::new(seed, plan);
        world.live().map(|()| world.steps)
    }

    /// The events of a run, step by step.
    pub fn history(seed: u64, plan: Plan) -> Vec<String> {
        let mut world = World::new(seed, plan);
        let end = world.live();
        world.history.push(format!("{end:?}"));
        world.history
    }

    /// All states that a run reached.
    pub fn seen(seed: u64, plan: Plan) -> BTreeSet<String> {
        let mut world = World::new(seed, plan);
        world.live().expect("the rules hold");
        let (orders, _) = world.store.read().expect("a store");
        let mut seen = std::mem::take(&mut world.seen);
        for order in orders {
            let words = [
                order.payment.as_str(),
                order.fulfilment.as_str(),
                order.refund.as_str(),
                order.dispute.as_str(),
            ];
            seen.extend(words.map(str::to_owned));
            for (is, word) in [
                (order.withdrawn_at.is_some(), "withdrawn"),
                (!order.returned.is_empty(), "came back"),
                (order.flagged, "flagged"),
            ] {
                seen.extend(is.then(|| word.to_owned()));
            }
        }
        let watch = world.watch.lock().expect("one thread");
        seen.extend((!watch.awaited.is_empty()).then(|| "awaited".to_owned()));
        seen.extend((!watch.unpaid.is_empty()).then(|| "unpaid".to_owned()));
        seen
    }

    fn new(seed: u64, plan: Plan) -> Self {
        let chance = Arc::new(Chance::new(seed, START, plan.faults));
        let books = Arc::new(Mutex::new(Books::new(seed)));
        let (sent, watch) = (Arc::new(Mutex::new(Sent::new())), Arc::new(Mutex::new(Watch::default())));
        let shop = Arc::new(Shop::new(shop::snapshot(false, plan.flaw)).expect("a snapshot"));
        let flaw_of = |part| plan.flaw.filter(|flaw| flaw.part() == part);
        let flawed = |flaw, inner, tables| {
            let (clock, shop) = (chance.clone(), shop.clone());
            Arc::new(FlawedStore { flaw, inner, clock, shop, tables }) as Arc<dyn Store>
        };
        let mut backend = backend(plan.database);
        if let (Backend::Memory(tables, store), Some(flaw)) = (&mut backend, flaw_of(Part::Transactions)) {
            *store = flawed(flaw, store.clone(), Some(tables.clone()));
        }
        let store = Arc::new(SimStore {
            backend,
            chance: chance.clone(),
            books: books.clone(),
            watch: watch.clone(),
        });
        let owner = ShopRow { stripe_account: ACCOUNT.to_owned(), livemode: false };
        assert!(ready(store.claim_shop(&owner)).expect("a store"), "a new database is nobody's");
        let mut mailer: Arc<dyn Mailer> = Arc::new(SimPost { chance: chance.clone(), sent: sent.clone() });
        if let Some(flaw) = flaw_of(Part::Mails) {
            mailer = Arc::new(FlawedMailer { flaw, inner: mailer });
        }
        let sends = Sends::new(&shop, mailer, LinkKeys::parse(&"k".repeat(32)).expect("a key"));
        let mut ledger = Ledger::new(shop.clone(), store.clone(), stripe(&books, &chance, false));
        if let Some(flaw) = flaw_of(Part::Calls) {
            ledger.store = flawed(flaw, store.clone(), None);
        }
        if let Some(flaw) = flaw_of(Part::Payments) {
            let (inner, used) = (ledger.payments.clone(), Mutex::default());
            let (books, store) = (books.clone(), store.clone());
            ledger.payments = Arc::new(FlawedPayments { flaw, inner, books, store, used });
        }
        if let Some(flaw) = flaw_of(Part::Rules) {
            ledger.rules = Arc::new(FlawedRules(flaw));
        }
        let limits = match plan.flaw {
            Some(Flaw::NoHourlyLimit) => Limits { checkouts_per_hour: i64::MAX, ..LIMITS },
            Some(Flaw::NoOpenLimit) => Limits { open_per_client: i64::MAX, ..LIMITS },
            _ => LIMITS,
        };
        let ledger = plan.owned(Ledger { clock: chance.clone(), limits, ..ledger }, owner);
        let till = Till { ledger, sends };
        World {
            plan,
            chance,
            books,
            store,
            till,
            sent,
            watch,
            processes: Vec::new(),
            paying: Vec::new(),
            copy: None,
            seen: BTreeSet::new(),
            history: Vec::new(),
            steps: 0,
        }
    }

    fn live(&mut self) -> Result<(), String> {
        // Every run of [`Focus::Losses`] loses its database, of others one in three.
        let memory = self.plan.database == Database::Memory && self.plan.faults && self.plan.sweeps;
        let is_lost = memory && (self.plan.focus == Focus::Losses || self.chance.one_in(3));
        let lost = is_lost.then(|| 40 + self.chance.below(100));
        let copied = lost.map(|at| at - self.chance.below(40));
        // Events long after the loss would hide what it made the till forget.
        let end = lost.filter(|_| self.plan.focus == Focus::Losses).map_or(220, |at| at + 45);
        for at in 0..end {
            if copied == Some(at) {
                self.copy_database();
            }
            if lost == Some(at) {
                self.lose_database()?;
            }
            self.happen();
            // Most events arrive within minutes.
            while self.books.lock().expect("one thread").events.len() > 8 {
                self.deliver_one();
            }
            for _ in 0..self.chance.below(12) {
                self.step();
            }
            self.check()?;
        }
        self.come_to_rest()?;
        let (orders, stock) = self.store.read().map_err(|error| error.to_string())?;
        let undone = ready(self.store.undone_tasks(None)).map_err(|error| error.to_string())?;
        let sessions = self.books.lock().expect("one thread").sessions(self.chance.now());
        Rest {
            orders: &orders,
            stock: &stock,
            sessions: &sessions,
            sent: &self.sent.lock().expect("one thread"),
            undone: &undone,
            watch: &self.watch.lock().expect("one thread"),
        }
        .check()
    }

    /// Turns faults off; everything must come to rest.
    fn come_to_rest(&mut self) -> Result<(), String> {
        self.chance.calm();
        for round in 0..60 {
            self.finish();
            self.deliver_all();
            let now = self.chance.now();
            {
                let mut books = self.books.lock().expect("one thread");
                let waiting: Vec<String> = books.processing.iter().cloned().collect();
                for session in waiting {
                    let refuses = self.plan.focus == Focus::Banks && self.chance.one_in(2);
                    books.settle(&session, !refuses, now);
                }
                books.advance(now);
            }
            self.deliver_all();
            self.give_back_what_failed();
            self.deliver_all();
            self.advance(1800);
            if self.plan.sweeps {
                self.spawn_sweep();
            } else {
                self.spawn_effects();
            }
            self.finish();
            self.check()?;
            let waiting =
                ready(self.store.overdue_tasks(Timestamp(i64::MAX))).map_err(|error| error.to_string())?;
            let due = self.orders().iter().any(|order| order.due_at.is_some());
            let told = self.books.lock().expect("one thread").events.is_empty();
            if round > 2 && waiting == 0 && told && (!due || !self.plan.sweeps) {
                break;
            }
        }
        Ok(())
    }

    /// The owner repeats failed refunds at Stripe.
    fn give_back_what_failed(&mut self) {
        let failed =
            self.orders().into_iter().filter(|order| order.refund == Refund::Failed && !order.owns());
        let now = self.chance.now();
        for order in failed {
            let mut books = self.books.lock().expect("one thread");
            let charge = order.session_id.as_ref().and_then(|session| books.charge(session));
            if let Some(charge) = charge {
                books.stripe.clear_mishaps();
                // A disputed charge cannot be refunded.
                let _ = books.stripe.refund(&charge, None, now.0);
                books.advance(now);
            }
        }
    }

    /// All orders.
    pub fn orders(&self) -> Vec<Order> {
        self.store.read().map(|(orders, _)| orders).unwrap_or_default()
    }

    /// Checks whether a rule was broken.
    ///
    /// # Errors
    /// The first broken rule.
    pub fn check(&self) -> Result<(), String> {
        self.watch.lock().expect("one thread").broken.clone().map_or(Ok(()), Err)
    }

    #[allow(clippy::print_stderr, reason = "a replay is read at the terminal")]
    pub fn note(&mut self, what: String) {
        self.steps += 1;
        if self.plan.trace {
            eprintln!("{} {what}", self.chance.now().seconds_since(START));
        }
        self.history.push(what);
    }

    pub fn advance(&mut self, seconds: i64) {
        let now = self.chance.advance(seconds);
        self.books.lock().expect("one thread").advance(now);
        self.note(format!("+{seconds} s"));
    }

    pub fn spawn(&mut self, name: &'static str, process: impl Future<Output = Outcome> + 'static) {
        self.spawn_about(name, None, process);
    }

    pub fn spawn_about(
        &mut self,
        name: &'static str,
        event: Option<Event>,
        process: impl Future<Output = Outcome> + 'static,
    ) {
        self.note(format!("{name} begins"));
        self.processes.push(Running { name, process: Box::pin(process), event });
    }

    /// Runs one process to its next pause.
    pub fn step(&mut self) {
        if self.processes.is_empty() {
            return;
        }
        self.steps += 1;
        let at = self.chance.index(self.processes.len());
        let mut context = Context::from_waker(Waker::noop());
        let polled = self.processes[at].process.as_mut().poll(&mut context);
        self.watch.lock().expect("one thread").at_limit = false;
        let Poll::Ready(outcome) = polled else { return };
        let name = self.processes.swap_remove(at).name;
        match outcome {
            Outcome::Nothing => self.note(format!("{name} ends")),
            Outcome::Answered(asked, start, answer) => self.answered(&asked, start, *answer),
            Outcome::Booked(event, Ok(())) => self.note(format!("{} is booked", event.kind)),
            Outcome::Booked(event, Err(error)) => {
                self.note(format!("{} is not booked: {error}", event.kind));
                // Its order was lost; Stripe gives up after three days.
                let gone =
                    matches!(error, TillError::NotFound) && self.watch.lock().expect("one thread").lossy;
                if !gone {
                    self.books.lock().expect("one thread").events.push_back(event);
                }
            }
            Outcome::Broken(why) => self.watch.lock().expect("one thread").tell(Err(why)),
        }
    }

    pub fn finish(&mut self) {
        while !self.processes.is_empty() {
            self.step();
        }
    }
}

/// Stripe over a wire of the simulation.
pub fn stripe(books: &Arc<Mutex<Books>>, chance: &Arc<Chance>, livemode: bool) -> Arc<dyn Payments> {
    Arc::new(Stripe::over(Wire { books: books.clone(), chance: chance.clone() }, livemode))
}

fn backend(database: Database) -> Backend {
    let url = match database {
        Database::Memory => {
            let tables = Arc::new(MemoryStore::default());
            return Backend::Memory(tables.clone(), tables);
        }
        Database::Sqlite => "sqlite::memory:".to_owned(),
        Database::Postgres(port) => format!("postgres://till@127.0.0.1:{port}/postgres"),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let store = runtime.block_on(async {
        if url.starts_with("postgres") {
            // Removes what the previous run left.
            sqlx::any::install_default_drivers();
            let pool = sqlx::AnyPool::connect(&url).await.expect("a database");
            let clean = sqlx::raw_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
            clean.execute(&pool).await.expect("an empty database");
            pool.close().await;
        }
        let store = SqlStore::connect(&url, 1).expect("a database");
        store.migrate().await.expect("tables");
        store
    });
    Backend::Sql(store, runtime)
}
