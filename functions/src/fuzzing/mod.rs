//! Targets for the fuzzer, and for the tests that run its corpus: bytes as requests, carts, webhooks and snapshots. This file
//! holds the small shop and the test doubles that all targets use.

mod cart;
mod request;
mod snapshot;
mod webhook;

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, LazyLock};

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use catalog::{Cents, Choice, NoteField, Personalisation, Snapshot, Supply, Timestamp};
use tower::ServiceExt as _;

pub use cart::cart;
pub use request::request;
pub use snapshot::snapshot;
pub use webhook::webhook;

use crate::decide::settle::Session;
use crate::http::{ClientAddress, HttpConfig, MAX_BODY, router};
use crate::links::LinkKeys;
use crate::outside::clock::Clock;
use crate::outside::hook::NoHook;
use crate::outside::mail::{Mail, MailError, Mailer};
use crate::outside::store::memory::MemoryStore;
use crate::outside::stripe::{Account, Payments, PaymentsError, Purchase};
use crate::perform::{Ledger, Limits, Sends, Till};
use crate::shop::Shop;
use crate::templates::Templates;
use crate::testing;

const SECRET: &str = "whsec_fuzz";
const NOW: Timestamp = Timestamp(1_795_000_000);
const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// The shop, read once: a fuzzer runs a thousand inputs a second.
static SHOP: LazyLock<(Arc<Shop>, Arc<Templates>)> = LazyLock::new(|| opened(snapshot_bytes()));

#[allow(clippy::expect_used, reason = "its parts are fixed: a mistake in them shall be seen")]
fn snapshot_bytes() -> Vec<u8> {
    let mut settings = testing::settings();
    for (name, template) in [
        (
            "till/cart.html",
            "{% if cart %}{{ cart.total }}{% endif %}{{ cart_id }}{% for problem in problems %}{{ problem.text }}{% endfor %}{{ gift_note }}",
        ),
        ("till/order.html", "{{ order.id }}"),
        ("till/refusal.html", "{{ code }} {{ text }}{% for field in fields %}{{ field.value }}{% endfor %}"),
    ] {
        settings.till.templates.insert(name.to_owned(), template.to_owned());
    }
    let mut own = testing::item("TABLIER", Supply::Unlimited);
    own.personalisation = Some(Personalisation {
        label: testing::both("Prénom", "Name"),
        max_length: 12,
        price: Cents(800),
        fields: Vec::new(),
    });
    let mut several = testing::item("NAPPE", Supply::Unlimited);
    several.personalisation = Some(Personalisation {
        label: testing::both("Initiales", "Initials"),
        max_length: 3,
        price: Cents::ZERO,
        fields: vec![
            NoteField {
                pattern: Some("[A-Z]{1,3}".to_owned()),
                required: true,
                ..field("Initiales", "Initials", 3)
            },
            NoteField {
                choices: vec![Choice { id: "lin".to_owned(), label: testing::both("Lin", "Linen") }],
                ..field("Tissu", "Cloth", 0)
            },
        ],
    });
    let items =
        [testing::item("TASSE", Supply::Pieces(6)), testing::item("UNIQUE", Supply::Pieces(1)), own, several];
    Snapshot::write(&settings, &items).expect("a snapshot")
}

fn field(fr: &str, en: &str, max_length: u32) -> NoteField {
    NoteField {
        label: testing::both(fr, en),
        max_length,
        required: false,
        choices: Vec::new(),
        pattern: None,
    }
}

#[allow(clippy::expect_used, reason = "its parts are fixed: a mistake in them shall be seen")]
fn opened(snapshot: Vec<u8>) -> (Arc<Shop>, Arc<Templates>) {
    let shop = Shop::new(snapshot).expect("a snapshot");
    let templates = Templates::new(&shop.settings);
    (Arc::new(shop), Arc::new(templates))
}

/// A till with its routes and a new store.
struct Counter {
    routes: Router,
    store: Arc<MemoryStore>,
}

fn counter(shop: &(Arc<Shop>, Arc<Templates>), payments: OneSession) -> Counter {
    let (shop, templates) = shop;
    let store = Arc::new(MemoryStore::default());
    #[allow(clippy::expect_used, reason = "the key is fixed")]
    let links = LinkKeys::parse(&"k".repeat(32)).expect("a key");
    let ledger = Ledger {
        clock: Arc::new(Still::default()),
        limits: Limits { open_per_client: 100, ..Limits::default() },
        ..Ledger::new(shop.clone(), store.clone(), Arc::new(payments))
    };
    // The templates are parsed once for all tills.
    let sends = Sends {
        mailer: Arc::new(Nobody),
        hook: Arc::new(NoHook),
        links,
        templates: templates.clone(),
        base: shop.settings.url.clone(),
    };
    let till = Till { ledger, sends };
    let config = HttpConfig { webhook_secrets: vec![SECRET.to_owned()], ..HttpConfig::default() };
    Counter { routes: router(Some(till), config), store }
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

/// Runs a future that never waits for a network to its end.
#[allow(clippy::expect_used, reason = "without a runtime nothing can be tried")]
fn finish<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    runtime.block_on(work)
}

/// Sends a request to the shop's own address; `None` if HTTP itself forbids it, so that it never reaches the till.
async fn send(counter: &Counter, request: axum::http::request::Builder, body: &[u8]) -> Option<Answer> {
    let request = request
        .header("host", "shop.example.com")
        .header("accept", "text/html")
        .extension(ClientAddress("203.0.113.7".to_owned()))
        .body(Body::from(body.to_vec()))
        .ok()?;
    let Ok(answer) = counter.routes.clone().oneshot(request).await;
    let (parts, body) = answer.into_parts();
    let body = axum::body::to_bytes(body, 64 * MAX_BODY).await.ok()?;
    Some(Answer { status: parts.status, headers: parts.headers, body: body.into() })
}

/// The same time and random bytes in every run: the first draw is all 7, the next all 8.
#[derive(Default)]
struct Still {
    drawn: AtomicU8,
}

impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp(NOW.0)
    }

    fn random(&self, bytes: &mut [u8]) {
        bytes.fill(self.drawn.fetch_add(1, Ordering::Relaxed).wrapping_add(7));
    }
}

struct Nobody;

#[async_trait]
impl Mailer for Nobody {
    async fn send(&self, _: &Mail) -> Result<(), MailError> {
        Err(MailError::Later("nobody carries mails here".to_owned()))
    }
}

fn silence<T>() -> Result<T, PaymentsError> {
    Err(PaymentsError::Unknown("nobody answers here".to_owned()))
}

/// A Stripe with at most one session, or one that never answers.
#[derive(Default)]
struct OneSession {
    /// The answer to a checkout.
    created: Option<Session>,
    /// The session it shows afterwards.
    shown: Option<Session>,
}

#[async_trait]
impl Payments for OneSession {
    async fn create(&self, request: &str, _: &str) -> Result<Session, PaymentsError> {
        let order = form_urlencoded::parse(request.as_bytes()).find(|(name, _)| name == "metadata[order_id]");
        match &self.created {
            Some(session) => {
                Ok(Session { order_id: order.map(|(_, id)| id.into_owned()), ..session.clone() })
            }
            None => silence(),
        }
    }

    async fn retrieve(&self, _: &str) -> Result<Session, PaymentsError> {
        self.shown.clone().map_or_else(silence, Ok)
    }

    async fn expire(&self, _: &str) -> Result<(), PaymentsError> {
        silence()
    }

    async fn find(&self, _: &str, _: Timestamp, _: Timestamp) -> Result<Option<Session>, PaymentsError> {
        silence()
    }

    async fn purchases(&self) -> Result<Vec<Purchase>, PaymentsError> {
        silence()
    }

    async fn refund(&self, _: &str, _: Option<Cents>, _: &str, _: &str) -> Result<(), PaymentsError> {
        silence()
    }

    async fn account(&self) -> Result<Account, PaymentsError> {
        silence()
    }

    fn livemode(&self) -> bool {
        false
    }
}

fn open_session() -> Session {
    Session {
        id: "cs_1".to_owned(),
        url: Some("https://checkout.stripe.com/c/pay/cs_1".to_owned()),
        status: crate::decide::settle::SessionStatus::Open,
        paid: false,
        amount_total: None,
        currency: None,
        livemode: false,
        order_id: None,
        intent: None,
        customer: Default::default(),
        created: NOW,
    }
}

#[cfg(test)]
fn corpus(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus").join(target);
    let files = std::fs::read_dir(folder).expect("the corpus").flatten().map(|entry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        (name, std::fs::read(entry.path()).expect("readable"))
    });
    let files: Vec<_> = files.collect();
    assert!(files.len() > 5, "the corpus is missing: {} files", files.len());
    files
}
