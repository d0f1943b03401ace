//! The till inside `serve`: the real one, with an embedded database, a stand-in for Stripe and a folder of mails,
//! unless the environment names real ones. Items that sell out are shown as such at once.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Request, Response, StatusCode, header};
use axum::routing::any;
use messages::tr;
use simulator::{Config, Endpoint, Simulator, WebhookRequest, WebhookSender};
use till::http::{ClientAddress, HttpConfig, router};
use till::links::LinkKeys;
use till::outside::clock::{Clock, SystemClock, random_hex};
use till::outside::mail::{MailFolder, Mailer, Smtp};
use till::outside::store::Store;
use till::outside::store::sql::SqlStore;
use till::outside::stripe::Stripe;
use till::perform::{Ledger, Limits, Sends, Till};
use till::shop::Shop;
use tower::ServiceExt as _;

use super::super::environment::Environment;
use super::dev_database::{claim, local_database};
use super::http::respond;
use super::loopback::origins;
use super::{Server, mails};

/// How often to sweep; below, how often to check what was sold.
const SWEEP: Duration = Duration::from_secs(4);
const LOOK: Duration = Duration::from_millis(500);

/// The snapshot being served, for `bazaar orders` and `bazaar stock` run beside it. Never packaged.
pub(crate) const SNAPSHOT: &str = "serve-snapshot";

/// The till and its dependencies.
pub(super) struct DevTill {
    folder: PathBuf,
    base: String,
    store: SqlStore,
    payments: Stripe,
    mailer: Arc<dyn Mailer>,
    links: LinkKeys,
    http: HttpConfig,
    stand_in: Option<Simulator>,
    /// Sends the stand-in's webhooks until dropped.
    _webhooks: Option<WebhookSender>,
    parts: String,
    open: Arc<RwLock<Option<Open>>>,
}

impl std::fmt::Debug for DevTill {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DevTill").field("base", &self.base).finish_non_exhaustive()
    }
}

/// The till of the shop as currently served.
struct Open {
    till: Till,
    /// Routes by `Host`: a till belongs to one address and refuses requests to any other, but this machine has
    /// several names. Orders lead back to the address where the shopper began, because the cart is kept per address.
    routes: BTreeMap<String, Router>,
    /// Routes for `localhost`; they also refuse requests to foreign hosts.
    home: Router,
}

impl Open {
    fn routes(&self, headers: &HeaderMap) -> Router {
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        self.routes.get(&host.to_ascii_lowercase()).unwrap_or(&self.home).clone()
    }
}

type Shown = Arc<RwLock<Option<Open>>>;

impl DevTill {
    /// Opens database, payments and mailer, and starts background tasks now: later changes of the shop come from
    /// threads without a runtime.
    pub(super) async fn open(shop: &Path, base: &str, environment: &Environment) -> Result<Self, String> {
        let folder = shop.join(".bazaar");
        std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let set = |name: &str| environment.get(name).map(String::as_str).filter(|value| !value.is_empty());
        let named = set("DATABASE_URL");
        let (store, database) = match named {
            Some(url) => (SqlStore::connect(url, 4), tr!("orders in DATABASE_URL")),
            None => (SqlStore::connect(&local_database(shop), 4), tr!("orders in .bazaar/till.db")),
        };
        let store = store.map_err(|error| error.to_string())?;
        let open: Shown = Arc::default();
        let secret = format!("whsec_{}", random_hex(&SystemClock));
        let (payments, stand_in, money) = match set("STRIPE_SECRET_KEY") {
            Some(key) if key.contains("_live_") => {
                return Err(tr!("STRIPE_SECRET_KEY is live: serve takes test keys only").to_owned());
            }
            Some(key) => (Stripe::new(key, None), None, tr!("payments by Stripe, test mode").to_owned()),
            None => {
                let url = format!("{base}/_stripe");
                let stand_in = stand_in(&url, &secret, open.clone());
                let words = tr!("payments by a stand-in, see {url}/dashboard");
                (Stripe::new("sk_test_stand_in", Some(&url)), Some(stand_in), words)
            }
        };
        let (mailer, mails): (Arc<dyn Mailer>, String) = match set("SMTP_URL") {
            Some(url) => (
                Arc::new(Smtp::new(url).map_err(|why| format!("SMTP_URL: {why}"))?),
                tr!("mails by SMTP").to_owned(),
            ),
            None => (Arc::new(MailFolder::new(mails::folder(&folder))), tr!("mails at {base}/_bazaar/mail/")),
        };
        let webhook_secrets = match set("STRIPE_WEBHOOK_SECRETS") {
            Some(secrets) if stand_in.is_none() => secrets.split(',').map(str::to_owned).collect(),
            _ => vec![secret],
        };
        let dev_till = DevTill {
            links: LinkKeys::parse(&link_key(&folder)?)?,
            base: base.to_owned(),
            payments: payments.map_err(|error| error.to_string())?,
            mailer,
            http: HttpConfig {
                webhook_secrets,
                pay_origin: stand_in.as_ref().map(|_| base.to_owned()),
                parts: [("payments", money.as_str()), ("orders", database), ("mails", mails.as_str())]
                    .map(|(name, what)| (name.to_owned(), what.to_owned()))
                    .to_vec(),
                ..HttpConfig::default()
            },
            parts: tr!("its till: {money}; {database}; {mails}"),
            _webhooks: stand_in.as_ref().map(Simulator::spawn_webhook_sender),
            stand_in,
            store,
            folder,
            open,
        };
        claim(&dev_till.store, named.is_some(), dev_till.stand_in.is_some()).await?;
        dev_till.write_stock().await?;
        Ok(dev_till)
    }

    /// A line that says which parts are real.
    pub(super) fn parts(&self) -> String {
        self.parts.clone()
    }

    /// The file of what was sold here: only on trial, so kept apart from the shop's `stock.json`.
    pub(super) fn stock_file(&self) -> PathBuf {
        self.folder.join("serve-stock.json")
    }

    /// Opens the till for a new snapshot. Until then the previous one answers.
    pub(super) fn reload(&self, snapshot: Vec<u8>) -> Result<(), String> {
        let path = self.folder.join(SNAPSHOT);
        std::fs::write(&path, &snapshot).map_err(|error| format!("{}: {error}", path.display()))?;
        let shop = Arc::new(Shop::new(snapshot).map_err(|error| error.to_string())?);
        let sends =
            Sends { base: self.base.clone(), ..Sends::new(&shop, self.mailer.clone(), self.links.clone()) };
        sends.templates.engines()?;
        let limits =
            Limits { open_per_client: 50, open_in_all: 500, checkouts_per_hour: 1000, links_per_hour: 100 };
        let ledger = Ledger::new(shop, Arc::new(self.store.clone()), Arc::new(self.payments.clone()));
        let till = Till { ledger: Ledger { limits, ..ledger }, sends };
        let at = |base| Till { sends: Sends { base, ..till.sends.clone() }, ledger: till.ledger.clone() };
        let routes = origins(&self.base)
            .map(|(host, base)| (host, router(Some(at(base)), self.http.clone())))
            .collect();
        let home = router(Some(till.clone()), self.http.clone());
        *self.open.write().unwrap_or_else(PoisonError::into_inner) = Some(Open { till, routes, home });
        Ok(())
    }

    /// The routes of the till, the stand-in and the mails.
    pub(super) fn routes(&self, server: &Arc<Server>) -> Router<Arc<Server>> {
        let mut routes = Router::new()
            .route("/api/{*rest}", any(ask_till))
            .with_state(server.clone())
            .merge(mails::routes(mails::folder(&self.folder)));
        if let Some(stand_in) = &self.stand_in {
            routes = routes.nest("/_stripe", stand_in.router());
        }
        routes.with_state(())
    }

    /// Writes what is sold, for the build; returns whether it changed.
    async fn write_stock(&self) -> Result<bool, String> {
        let mut stock = self.store.all_stock().await.map_err(|error| error.to_string())?;
        // Holds end within minutes, and pages show them after loading. They must not change the site: browsers would
        // reload, and a shopper on the way to the payment page would be called back.
        stock.values_mut().for_each(|taken| taken.held = 0);
        stock.retain(|_, taken| taken.sold != 0 || taken.adjusted != 0);
        let bytes = serde_json::to_vec_pretty(&stock).map_err(|error| error.to_string())?;
        let path = self.stock_file();
        if std::fs::read(&path).is_ok_and(|before| before == bytes) {
            return Ok(false);
        }
        std::fs::write(&path, bytes).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(true)
    }

    fn till(&self) -> Option<Till> {
        self.open.read().unwrap_or_else(PoisonError::into_inner).as_ref().map(|open| open.till.clone())
    }
}

/// Sweeps, and shows what was sold.
pub(super) async fn run_background(server: Arc<Server>) {
    let mut swept = tokio::time::Instant::now();
    loop {
        tokio::time::sleep(LOOK).await;
        if swept.elapsed() >= SWEEP {
            swept = tokio::time::Instant::now();
            if let Some(till) = server.dev_till.till()
                && let Err(error) = till.sweep(20).await
            {
                server.terminal.warn(&tr!("the till: {error}"));
            }
        }
        match server.dev_till.write_stock().await {
            Ok(true) => {
                let server = server.clone();
                let rebuilt = tokio::task::spawn_blocking(move || server.rebuild(&[])).await;
                drop(rebuilt);
            }
            Ok(false) => {}
            Err(why) => server.terminal.warn(&tr!("what is sold cannot be shown: {why}")),
        }
    }
}

/// A stand-in for Stripe that sends webhooks straight to the till.
fn stand_in(url: &str, secret: &str, open: Shown) -> Simulator {
    let mut seed = [0; 8];
    SystemClock.random(&mut seed);
    let config = Config {
        public_url: url.to_owned(),
        seed: u64::from_le_bytes(seed),
        endpoints: vec![Endpoint::new("the till", secret)],
        ..Config::default()
    };
    let sink = move |webhook: WebhookRequest| {
        let routes =
            open.read().unwrap_or_else(PoisonError::into_inner).as_ref().map(|open| open.home.clone());
        async move {
            let request = Request::post("/api/stripe/webhook")
                .header("stripe-signature", webhook.signature)
                .header("content-type", "application/json")
                .body(Body::from(webhook.body))
                .ok()?;
            let Ok(response) = routes?.oneshot(request).await;
            Some(response.status().as_u16())
        }
    };
    Simulator::with(config, simulator::Clock::Real, sink)
}

/// The key of links, kept between runs so that links in mails keep working.
fn link_key(folder: &Path) -> Result<String, String> {
    let path = folder.join("link-key");
    if let Ok(key) = std::fs::read_to_string(&path)
        && key.len() >= 32
    {
        return Ok(key);
    }
    let key = random_hex(&SystemClock);
    std::fs::write(&path, &key).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(key)
}

async fn ask_till(State(server): State<Arc<Server>>, mut request: Request<Body>) -> Response<Body> {
    let open = &server.dev_till.open;
    let routes = {
        let open = open.read().unwrap_or_else(PoisonError::into_inner);
        open.as_ref().map(|open| open.routes(request.headers()))
    };
    let Some(routes) = routes else {
        let text = tr!("the till opens when the shop has no mistakes any more");
        return respond(StatusCode::SERVICE_UNAVAILABLE, "text/plain; charset=utf-8", text.into());
    };
    // Path parameters of this router must not reach the next one.
    request.extensions_mut().clear();
    request.extensions_mut().insert(ClientAddress("127.0.0.1".to_owned()));
    let Ok(response) = routes.oneshot(request).await;
    response
}
