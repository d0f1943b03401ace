//! Everything that takes part, from start to rest: tills, database, Stripe, mail server, buyers, sweeps, and time.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use catalog::{Cents, Grams, Item, Sku, Snapshot, StockKey, Supply};
use till::outside::store::sql::SqlStore;
use till::outside::store::{ShopRow, Store as _};
use tokio::sync::Mutex;
use tokio::task::JoinSet;

use crate::buyers;
use crate::facts;
use crate::figures::Figures;
use crate::harm::{self, Chance, Plan};
use crate::postgres::Postgres;
use crate::shop::{SECRET, SWEEP, settings};
use crate::smtp::{MailServer, free_port};
use crate::stripe::Stripe;
use crate::tills::Tills;
use crate::time::Time;
use crate::web::Web;

/// The kind of database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgresql,
}

/// How long an outage lasts.
const AWAY: Duration = Duration::from_secs(2);

/// How long the lock lasts: longer than every transaction that meets it waits.
const LOCKED: Duration = Duration::from_secs(4);

/// When to give up on a piece that no one could buy: far more than any machine needs.
const PIECE_WITHIN: Duration = Duration::from_secs(240);

/// Everything of one run.
pub struct World {
    pub web: Web,
    pub tills: Arc<Tills>,
    pub stripe: Stripe,
    pub store: SqlStore,
    pub time: Time,
    folder: tempfile::TempDir,
    postgres: Option<Arc<Postgres>>,
    url: String,
    mail: Mutex<Option<MailServer>>,
    mail_port: u16,
    mail_starts: AtomicUsize,
    stripe_is_away: AtomicBool,
}

/// The SKU of a unique piece.
pub fn sku(number: usize) -> String {
    format!("UNIQUE-{number:02}")
}

fn snapshot(pieces: usize) -> Vec<u8> {
    let both = |text: &str| BTreeMap::from(["fr", "en"].map(|lang| (lang.to_owned(), text.to_owned())));
    let items: Vec<Item> = (0..pieces)
        .map(|number| Item {
            sku: Sku::new(&sku(number)).expect("a sku"),
            product: format!("bol-{number}"),
            stock: StockKey::new(&sku(number)).expect("a key"),
            supply: Supply::Pieces(1),
            price: Cents(2800),
            sale: None,
            weight: Some(Grams(420)),
            vat: "standard".to_owned(),
            name: both("Bol"),
            url: both("/bol/"),
            image: None,
            pickup_only: false,
            made_to_order_days: None,
            personalisation: None,
            publish: None,
            unpublish: None,
        })
        .collect();
    Snapshot::write(&settings(), &items).expect("a snapshot")
}

/// Runs the plan; returns its figures and every violation.
pub async fn play(kind: Kind, plan: Plan, seed: u64) -> (Figures, Vec<String>) {
    let began = Instant::now();
    let world = Arc::new(World::new(kind, plan, seed).await);
    let background = [
        tokio::spawn(sweep(world.clone())),
        tokio::spawn(pass_time(world.clone(), seed)),
        tokio::spawn(facts::watch(world.clone())),
    ];
    for number in 0..plan.pieces {
        world.sell(plan, number, seed).await;
    }
    background.iter().for_each(tokio::task::JoinHandle::abort);
    for task in background {
        let ended = task.await;
        assert!(ended.is_err_and(|error| error.is_cancelled()), "sweeps and time go on to the end");
    }
    world.rest().await;
    let broken = facts::broken(&world, plan.pieces).await;
    let mut figures = world.web.count(std::mem::take);
    facts::count(&world, &mut figures).await;
    figures.title = format!("{kind:?}, seed {seed}");
    (figures.pieces, figures.buyers, figures.kills) = (plan.pieces, plan.buyers, world.tills.kills());
    (figures.took, figures.passed) =
        (began.elapsed(), world.time.now().seconds_since(crate::time::machine_now()));
    world.store.close().await;
    (figures, broken)
}

impl World {
    async fn new(kind: Kind, plan: Plan, seed: u64) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        std::fs::write(path("snapshot"), snapshot(plan.pieces)).expect("written");
        let start = || tokio::task::spawn_blocking(|| Arc::new(Postgres::start()));
        let postgres = if kind == Kind::Postgresql { Some(start().await.expect("no panic")) } else { None };
        let file = || format!("sqlite://{}?mode=rwc", path("till.db").display());
        let url = postgres.as_ref().map_or_else(file, |server| server.url());
        let store = SqlStore::connect(&url, 2).expect("an address");
        store.migrate().await.expect("tables");
        let ours = ShopRow { stripe_account: "acct_rush".to_owned(), livemode: false };
        assert!(store.claim_shop(&ours).await.expect("a store"));

        let (time, web) = (Time::new(folder.path()), Web::new());
        let (stripe_port, mail_port) = (free_port(), free_port());
        let stripe = Stripe::start(stripe_port, seed, &time, &web).await;
        let environment = vec![
            ("RUSH_CLOCK", time.file().display().to_string()),
            ("STRIPE_WEBHOOK_SECRETS", SECRET.to_owned()),
            ("STRIPE_API_URL", format!("http://127.0.0.1:{stripe_port}")),
            ("DATABASE_URL", url.clone()),
            ("TILL_LINK_KEYS", "k".repeat(32)),
            ("TILL_SWEEP_SECRET", SWEEP.to_owned()),
            ("SMTP_URL", format!("smtp-plain://127.0.0.1:{mail_port}")),
            ("TILL_CLIENT_HEADER", "x-client".to_owned()),
            ("TILL_SNAPSHOT", path("snapshot").display().to_string()),
        ];
        let tills = Arc::new(Tills::start(folder.path(), environment).await);
        stripe.know(&tills);
        let world = World {
            web,
            tills,
            stripe,
            store,
            time,
            folder,
            postgres,
            url,
            mail: Mutex::new(None),
            mail_port,
            mail_starts: AtomicUsize::new(0),
            stripe_is_away: AtomicBool::new(false),
        };
        world.mail_comes_back().await;
        world
    }

    pub fn any_till(&self, chance: &Chance) -> u16 {
        self.tills.port(usize::try_from(chance.below(2)).unwrap_or_default())
    }

    /// Sells one piece: runs its buyers, and what goes wrong meanwhile, until all of them are done.
    async fn sell(self: &Arc<Self>, plan: Plan, number: usize, seed: u64) {
        let chance =
            Chance::new(seed.wrapping_mul(1009).wrapping_add(u64::try_from(number).unwrap_or_default()));
        if number % 2 == 1 {
            // For even numbers the first buyers race to insert the stock row; for odd ones it already exists.
            let key = StockKey::new(&sku(number)).expect("a key");
            self.store.set_lost(&key, 0).await.expect("a store");
        }
        let mut buyers = JoinSet::new();
        for buyer in 0..plan.buyers {
            let own = Chance::new(chance.next());
            buyers.spawn(buyers::buy(self.clone(), format!("buyer-{number}-{buyer}"), sku(number), own));
        }
        let (kills, losses) = (Chance::new(chance.next()), Chance::new(chance.next()));
        let harm = async {
            tokio::join!(
                harm::kill(self, plan, number, &kills),
                harm::take_away(self, plan, number, &losses)
            );
        };
        let bought = async {
            while let Some(ended) = buyers.join_next().await {
                ended.expect("no panic")
            }
        };
        let all = async { tokio::join!(bought, harm) };
        if tokio::time::timeout(PIECE_WITHIN, all).await.is_err() {
            self.web.count(|figures| figures.unsold.push(sku(number)));
        }
    }

    pub async fn crash_the_database(&self) {
        match self.postgres.clone() {
            Some(server) => {
                let crash = tokio::task::spawn_blocking(move || server.crash_and_restart());
                crash.await.expect("no panic");
            }
            None => {
                let owner = sqlx::AnyPool::connect(&self.url).await.expect("a database");
                let locked = loop {
                    // Tills compete for the lock.
                    if let Ok(locked) = owner.begin_with("BEGIN IMMEDIATE").await {
                        break locked;
                    }
                };
                tokio::time::sleep(LOCKED).await;
                locked.rollback().await.expect("unlocked");
                owner.close().await;
            }
        }
        self.web.count(|figures| figures.crashes += 1);
    }

    pub async fn mail_goes_away(&self) {
        self.mail.lock().await.take();
        tokio::time::sleep(AWAY).await;
        self.mail_comes_back().await;
        self.web.count(|figures| figures.mail_away += 1);
    }

    /// The new server closes the connection once instead of confirming the first mail.
    async fn mail_comes_back(&self) {
        let start = self.mail_starts.fetch_add(1, Ordering::Relaxed);
        let folder = self.folder.path().join(format!("mails-{start}"));
        std::fs::create_dir(&folder).expect("a folder");
        let port = self.mail_port;
        let server = tokio::task::spawn_blocking(move || MailServer::start(port, &folder, 1, "plain"));
        *self.mail.lock().await = Some(server.await.expect("no panic"));
    }

    /// The folders of mails, one for each start of the server.
    pub fn mail_folders(&self) -> Vec<PathBuf> {
        let folder = |start: usize| self.folder.path().join(format!("mails-{start}"));
        (0..self.mail_starts.load(Ordering::Relaxed)).map(folder).collect()
    }

    pub async fn stripe_goes_away(&self) {
        self.stripe_is_away.store(true, Ordering::SeqCst);
        self.stripe.go_away();
        tokio::time::sleep(AWAY).await;
        self.stripe.come_back();
        self.stripe_is_away.store(false, Ordering::SeqCst);
        self.web.count(|figures| figures.stripe_away += 1);
    }

    /// Shoppers cannot pay while Stripe's page is down.
    pub async fn while_stripe_is_there(&self) {
        while self.stripe_is_away.load(Ordering::SeqCst) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Moves time ahead while no request is running.
    async fn pass(&self, seconds: u64) {
        let _quiet = self.web.quiet().await;
        self.time.pass(seconds);
        self.stripe.follow(&self.time);
    }

    /// How many orders and effects one sweep handled; `None` without a valid answer.
    async fn sweep(&self, number: usize) -> Option<u64> {
        let request = http::Request::post("/api/sweep").header("authorization", format!("Bearer {SWEEP}"));
        let answer = self.web.ask(self.tills.port(number), request, String::new()).await?;
        let swept = answer.json()["swept"].clone();
        Some(swept["orders"].as_u64()? + swept["effects"].as_u64()?)
    }

    /// Ends all outages, and lets half a day pass with its sweeps and late webhooks.
    async fn rest(&self) {
        self.stripe.send_on_demand();
        for _ in 0..24 {
            self.pass(31 * 60).await;
            self.stripe.simulator.deliver().await;
            for number in 0..20 {
                if self.sweep(number).await == Some(0) {
                    break;
                }
            }
        }
    }
}

/// Sweeps by the host's clock, here twice a second.
async fn sweep(world: Arc<World>) {
    for number in 0.. {
        tokio::time::sleep(Duration::from_millis(500)).await;
        world.sweep(number).await;
    }
}

/// Moves time: mostly by seconds, sometimes until lost creations are checked or until holds end.
async fn pass_time(world: Arc<World>, seed: u64) {
    let chance = Chance::new(seed ^ 0xc10c);
    loop {
        for _ in 0..8 {
            tokio::time::sleep(Duration::from_millis(100)).await;
            world.stripe.follow(&world.time);
        }
        let leap = match chance.below(10) {
            0..4 => 20,
            4..7 => 130,
            7..9 => 8 * 60,
            _ => 36 * 60,
        };
        world.pass(leap).await;
    }
}
