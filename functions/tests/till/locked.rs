//! Locked rows and servers that never answer: every request is answered while the host still waits. These tests
//! measure no speed: the lock is held until the answer arrives, and the stand-in never answers.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use simulator::{Means, Mishap, Times, WebhookRequest};
use sqlx::{AnyPool, Transaction};
use till::decide::settle::AFTER_CREATION;
use till::decide::{Order, Payment};
use till::http::{HostEnds, HttpConfig, LONGEST, router};
use till::outside::store::sql::{SqlStore, TRANSACTION};
use till::outside::store::{OrderFilter, Store as _};
use tokio::time::{Instant, timeout_at};

use crate::hands::seconds;
use crate::postgres::Postgres;
use crate::shop::{Answer, SECRET, SWEEP, Stage, cart, on, request, send};

/// A till with its own database, whose piece `UNIQUE` someone else can lock.
struct Locked {
    stage: Stage,
    app: Router,
    store: SqlStore,
    owner: AnyPool,
    lock: &'static [&'static str],
}

impl Locked {
    async fn new(url: &str, lock: &'static [&'static str]) -> Self {
        let stage = Stage::new().await;
        let store = SqlStore::connect(url, 2).expect("an address");
        store.migrate().await.expect("tables");
        let config = HttpConfig {
            webhook_secrets: vec![SECRET.to_owned()],
            sweep_secrets: vec![SWEEP.to_owned()],
            ..HttpConfig::default()
        };
        let till = on(&stage.till, |ledger| ledger.store = Arc::new(store.clone()));
        let owner = AnyPool::connect(url).await.expect("a database");
        Locked { stage, app: router(Some(till), config), store, owner, lock }
    }

    /// Locks the piece's row (SQLite: the whole file) until it is dropped.
    async fn lock(&self) -> Transaction<'static, sqlx::Any> {
        let mut tx = self.owner.begin_with(self.lock[0]).await.expect("a transaction");
        for statement in &self.lock[1..] {
            sqlx::query(*statement).execute(&mut *tx).await.expect("locked");
        }
        tx
    }

    async fn checkout(&self) -> Answer {
        let body = cart("a", &[("UNIQUE", 1)]).to_string();
        let request = request("POST", "/api/checkout").header("content-type", "application/json");
        send(self.app.clone(), request.body(Body::from(body)).expect("a request")).await
    }

    async fn orders(&self) -> Vec<Order> {
        self.store.orders(&OrderFilter { payment: None, limit: 10 }).await.expect("a store")
    }

    /// Pieces sold and held.
    async fn taken(&self) -> (i64, i64) {
        self.store
            .all_stock()
            .await
            .expect("a store")
            .values()
            .fold((0, 0), |(sold, held), taken| (sold + taken.sold, held + taken.held))
    }
}

fn told(webhook: &WebhookRequest) -> Request<Body> {
    let request = request("POST", "/api/stripe/webhook").header("stripe-signature", &webhook.signature);
    request.body(Body::from(webhook.body.clone())).expect("a request")
}

async fn a_locked_piece_is_answered(till: Locked) {
    let lock = till.lock().await;
    let refused = till.checkout().await;
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (503, "busy"), "{}", refused.body);
    assert_eq!(refused.header("retry-after"), "5");
    let form = request("POST", "/api/checkout")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from("lang=fr&sku=UNIQUE"))
        .expect("a request");
    let page = send(till.app.clone(), form).await;
    assert_eq!((page.status.as_u16(), page.header("retry-after")), (503, "5"));
    assert!(page.body.contains("fr till.refusal.busy"), "in the shopper's words: {}", page.body);
    lock.rollback().await.expect("unlocked");
    assert_eq!((till.taken().await, till.orders().await), ((0, 0), Vec::new()), "nothing is held");

    let begun = till.checkout().await;
    assert_eq!(begun.status.as_u16(), 200, "the same cart, a moment later: {}", begun.body);
    till.stage.pay_unheard(begun.json()["url"].as_str().expect("a url"), Means::Card);
    let webhooks = till.stage.stripe.with_state(|state, now| state.due(now));
    let completed = webhooks.iter().find(|webhook| webhook.body.contains("\"checkout.session.completed\""));
    let completed = completed.expect("Stripe says so");

    let lock = till.lock().await;
    assert_eq!(send(till.app.clone(), told(completed)).await.status.as_u16(), 500, "Stripe sends it again");
    lock.rollback().await.expect("unlocked");
    assert_eq!(till.taken().await, (0, 1), "nothing is lost: the piece is still held");
    assert_eq!(send(till.app.clone(), told(completed)).await.status.as_u16(), 200);
    let orders = till.orders().await;
    assert_eq!(orders.iter().map(|order| order.payment).collect::<Vec<_>>(), [Payment::Paid]);
    assert_eq!(till.taken().await, (1, 0));
    till.store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_piece_that_is_locked_on_sqlite_is_answered_for_and_nothing_is_held_or_lost() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}?mode=rwc", folder.path().join("till.db").display());
    a_locked_piece_is_answered(Locked::new(&url, &["BEGIN IMMEDIATE"]).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_piece_that_is_locked_on_postgresql_is_answered_for_and_nothing_is_held_or_lost() {
    let server = Postgres::start();
    let lock = &[
        "BEGIN",
        "INSERT INTO stock (key, sold, held, away) VALUES ('UNIQUE', 0, 0, 0) ON CONFLICT DO NOTHING",
        "UPDATE stock SET away = away WHERE key = 'UNIQUE'",
    ];
    a_locked_piece_is_answered(Locked::new(&server.url(), lock).await).await;
}

#[tokio::test]
async fn a_checkout_whose_host_is_about_to_end_it_is_answered_before() {
    let stage = Stage::new().await;
    let never = Mishap::Hold(24 * 3600);
    stage.stripe.with_state(|state, _| state.mishap(never, "POST /v1/checkout/sessions", Times::Always));
    let body = cart("a", &[("UNIQUE", 1)]).to_string();
    for (kind, body) in
        [("application/json", body.as_str()), ("application/x-www-form-urlencoded", "lang=fr&sku=TASSE")]
    {
        let began = Instant::now();
        let soon = HostEnds(began + Duration::from_secs(3));
        let request = request("POST", "/api/checkout").header("content-type", kind).extension(soon);
        let answer = stage.send(request.body(Body::from(body.to_owned())).expect("a request"));
        let answer = timeout_at(soon.0, answer).await.expect("before the host ends it");
        assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (503, "10"), "{}", answer.body);
        assert!(answer.body.contains("storage_unavailable"), "{kind}: {}", answer.body);
        let form = kind != "application/json";
        assert_eq!(
            answer.header("content-type").starts_with("text/html"),
            form,
            "each in its own way: {kind}"
        );
        assert!(began.elapsed() < LONGEST / 2, "its own host's end counted, not the longest that any waits");
    }
    let held = stage.till.ledger.store.all_stock().await.expect("a store");
    assert!(
        held.values().all(|taken| (taken.sold, taken.held) == (0, 1)),
        "Stripe may have a session: {held:?}"
    );
    stage.stripe.with_state(|state, _| state.clear_mishaps());
    stage.till.sweep(10).await.expect("a store");
    let young = stage.till.ledger.store.all_stock().await.expect("a store");
    assert_eq!(young, held, "an answer may still be on its way");
    stage.advance(seconds(AFTER_CREATION) + 1).await;
    stage.till.sweep(10).await.expect("a store");
    let held = stage.till.ledger.store.all_stock().await.expect("a store");
    assert!(held.values().all(|taken| (taken.sold, taken.held) == (0, 0)), "and the sweep asks it: {held:?}");
}

#[tokio::test]
async fn any_request_whose_host_is_about_to_end_it_is_answered_before() {
    let stage = Stage::new().await;
    let begun = stage.post_json("/api/checkout", &cart("a", &[("UNIQUE", 1)])).await.json();
    let path =
        begun["order"].as_str().and_then(|url| url.strip_prefix(&stage.till.sends.base)).expect("an order");
    stage.stripe.with_state(|state, _| {
        state.mishap(Mishap::Hold(24 * 3600), "GET /v1/checkout/sessions", Times::Always);
    });
    let soon = HostEnds(Instant::now() + Duration::from_secs(3));
    let asked = |path: &str, end: HostEnds| {
        stage.send(request("GET", path).extension(end).body(Body::empty()).expect("a request"))
    };
    let answer = timeout_at(soon.0, asked(path, soon)).await.expect("before the host ends it");
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (503, "storage_unavailable"));
    let late = HostEnds(Instant::now() + Duration::from_secs(3600));
    assert_eq!(asked("/api/stock?key=UNIQUE", late).await.status.as_u16(), 200, "there is time enough");
}

#[test]
fn limits_lie_within_one_another() {
    // What Netlify allows old sites, less a second for the answer.
    assert!(
        TRANSACTION < Duration::from_secs(9),
        "one locked row is told by its own name, not as a host's end"
    );
    assert!(LONGEST < Duration::from_secs(25), "the sweep's clock waits so long (deploy/netlify/sweep.mjs)");
}
