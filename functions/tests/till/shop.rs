//! A running till, a Stripe that answers, a folder of mails, a clock that can be moved.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response, StatusCode};
use catalog::message::Message;
use catalog::settings::{Seller, Settings};
use catalog::shipping::{Pickup, Rate, RateStep, Shipping, Zone};
use catalog::till::TillSettings;
use catalog::{
    Cents, Choice, Currency, Grams, Item, NoteField, Personalisation, Sku, Snapshot, StockKey, Supply,
    Timestamp, VatRate, VatScheme,
};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use simulator::{Clock as StripeClock, Config, Endpoint, Means, Payer, Simulator, WebhookRequest};
use storefront::views::MAILS;
use till::http::{ClientAddress, HttpConfig, router};
use till::links::LinkKeys;
use till::outside::clock::Clock;
use till::outside::mail::{MailFolder, Mailer};
use till::outside::store::sql::SqlStore;
use till::outside::stripe::Stripe;
use till::perform::webhook::EVENTS;
use till::perform::{Ledger, Sends, Till};
use till::shop::Shop;
use tower::ServiceExt as _;

/// Signs webhooks.
pub const SECRET: &str = "whsec_test";
/// Authorizes sweeps.
pub const SWEEP: &str = "a long sweep secret";
/// The shop's host.
pub const HOST: &str = "shop.example.com";

/// A clock that is moved by hand.
struct HandClock(Arc<AtomicI64>);

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::Relaxed))
    }

    fn random(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("random bytes");
    }
}

/// The same till with a changed ledger.
pub fn on(till: &Till, change: impl FnOnce(&mut Ledger)) -> Till {
    let mut till = till.clone();
    change(&mut till.ledger);
    till
}

/// Everything of one test.
pub struct Stage {
    pub app: Router,
    pub till: Till,
    pub stripe: Simulator,
    pub mails: tempfile::TempDir,
    now: Arc<AtomicI64>,
    server: tokio::task::JoinHandle<()>,
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// An answer of the till.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: axum::http::HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {}", self.body))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The code of a refusal.
    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }
}

impl Stage {
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// With other settings.
    pub async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        Self::made(change, None, simulator::API_VERSION).await
    }

    /// With webhooks in the format of another API version.
    pub async fn told_in(version: &str) -> Self {
        Self::made(|_| {}, None, version).await
    }

    /// With another mailer than a folder.
    pub async fn posted_by(mailer: Arc<dyn Mailer>) -> Self {
        Self::made(|_| {}, Some(mailer), simulator::API_VERSION).await
    }

    async fn made(
        change: impl FnOnce(&mut Settings),
        mailer: Option<Arc<dyn Mailer>>,
        version: &str,
    ) -> Self {
        let now = Arc::new(AtomicI64::new(1_795_000_000));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let stripe_url = format!("http://{}", listener.local_addr().expect("an address"));
        let config = Config {
            public_url: stripe_url.clone(),
            endpoints: vec![Endpoint {
                api_version: version.to_owned(),
                // The events that the documentation says to subscribe to, and no more.
                enabled_events: EVENTS.map(str::to_owned).to_vec(),
                ..Endpoint::new("till", SECRET)
            }],
            ..Config::default()
        };
        let to_till: Arc<tokio::sync::OnceCell<Router>> = Arc::default();
        let sink = {
            let to_till = to_till.clone();
            move |webhook: WebhookRequest| {
                let to_till = to_till.clone();
                async move { Some(deliver(to_till.get()?.clone(), webhook).await) }
            }
        };
        let stripe = Simulator::with(config, StripeClock::manual(now.load(Ordering::Relaxed)), sink);
        let stripe_app = stripe.router();
        let server = tokio::spawn(async move {
            axum::serve(listener, stripe_app).await.expect("served");
        });
        let mut settings = settings();
        change(&mut settings);
        let store = SqlStore::connect("sqlite::memory:", 1).expect("a database");
        store.migrate().await.expect("tables");
        let mails = tempfile::tempdir().expect("a folder");
        let shop = Arc::new(Shop::new(Snapshot::write(&settings, &items()).expect("json")).expect("a shop"));
        let mailer = mailer.unwrap_or_else(|| Arc::new(MailFolder::new(mails.path().to_owned())));
        let sends = Sends::new(&shop, mailer, LinkKeys::parse(&"k".repeat(32)).expect("a key"));
        let client = Arc::new(Stripe::new("sk_test_till", Some(&stripe_url)).expect("a client"));
        let ledger = Ledger::new(shop, Arc::new(store), client);
        let till = Till { ledger: Ledger { clock: Arc::new(HandClock(now.clone())), ..ledger }, sends };
        let http = HttpConfig {
            webhook_secrets: vec!["whsec_old".to_owned(), SECRET.to_owned()],
            sweep_secrets: vec!["another-secret-of-before".to_owned(), SWEEP.to_owned()],
            ..HttpConfig::default()
        };
        let app = router(Some(till.clone()), http);
        to_till.set(app.clone()).expect("once");
        Stage { app, till, stripe, mails, now, server }
    }

    /// Moves time, here and at Stripe; webhooks arrive.
    pub async fn advance(&self, seconds: i64) {
        self.now.fetch_add(seconds, Ordering::Relaxed);
        self.stripe.advance(seconds).await;
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        send(self.app.clone(), request).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        let path = path.strip_prefix(&self.till.sends.base).unwrap_or(path);
        self.send(request("GET", path).header("accept", "text/html").body(Body::empty()).expect("a request"))
            .await
    }

    /// With a cookie.
    pub async fn get_with(&self, path: &str, cookie: &str) -> Answer {
        let path = path.strip_prefix(&self.till.sends.base).unwrap_or(path);
        let asked = request("GET", path).header("accept", "text/html").header("cookie", cookie);
        self.send(asked.body(Body::empty()).expect("a request")).await
    }

    pub async fn post_json(&self, path: &str, body: &Value) -> Answer {
        let request = request("POST", path).header("content-type", "application/json");
        self.send(request.body(Body::from(body.to_string())).expect("a request")).await
    }

    pub async fn post_form(&self, path: &str, fields: &[(&str, &str)], cookie: &str) -> Answer {
        let path = path.strip_prefix(&self.till.sends.base).unwrap_or(path);
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = request("POST", path)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("accept", "text/html")
            .header("origin", "https://shop.example.com")
            .header("sec-fetch-site", "same-origin")
            .header("cookie", cookie);
        self.send(request.body(Body::from(body)).expect("a request")).await
    }

    /// The session in the address of a payment page.
    pub fn session(url: &str) -> String {
        let part = url.split(['/', '?', '#']).find(|part| part.starts_with("cs_"));
        part.unwrap_or_else(|| panic!("no session in {url}")).to_owned()
    }

    /// A shopper pays, and the webhooks arrive.
    pub async fn pay(&self, url: &str, means: Means) {
        self.pay_unheard(url, means);
        self.stripe.deliver().await;
    }

    /// A shopper pays; no webhook arrives yet.
    pub fn pay_unheard(&self, url: &str, means: Means) {
        let payer = Payer {
            email: "anne@example.com".into(),
            name: "Anne Dupont".into(),
            line1: "3 rue Haute".into(),
            postal_code: "35000".into(),
            city: "Rennes".into(),
            country: "FR".into(),
            ..Payer::default()
        };
        self.stripe.pay(&Self::session(url), &payer, means).expect("paid");
    }

    /// Names of the mails in the folder, sorted: `confirmation`, `notice`.
    pub fn mail_names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.mail_files().into_keys().collect();
        names.sort();
        names
    }

    /// Files of mails by name.
    pub fn mail_files(&self) -> BTreeMap<String, PathBuf> {
        let files =
            std::fs::read_dir(self.mails.path()).expect("the folder").flatten().map(|entry| entry.path());
        files
            .filter_map(|path| {
                let name = path.file_name()?.to_str()?.strip_suffix(".eml")?.to_owned();
                Some((name.split(".mail_").nth(1)?.split('.').next()?.to_owned(), path))
            })
            .collect()
    }

    /// The order at an address.
    pub async fn order(&self, url: &str) -> till::decide::Order {
        let token = url.rsplit('/').next().expect("a token").split('?').next().expect("a token");
        let id = self.till.sends.links.order(token).expect("a valid token");
        self.till.ledger.store.order(id).await.expect("a store").expect("an order")
    }
}

async fn deliver(app: Router, webhook: WebhookRequest) -> u16 {
    let request = request("POST", "/api/stripe/webhook")
        .header("stripe-signature", webhook.signature)
        .header("content-type", "application/json")
        .body(Body::from(webhook.body));
    send(app, request.expect("a request")).await.status.as_u16()
}

pub async fn send(app: Router, request: Request<Body>) -> Answer {
    let response: Response<Body> = app.oneshot(request).await.expect("an answer");
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.expect("a body").to_bytes();
    Answer {
        status: parts.status,
        headers: parts.headers,
        body: String::from_utf8_lossy(&bytes).into_owned(),
    }
}

pub fn request(method: &str, path: &str) -> axum::http::request::Builder {
    Request::builder()
        .method(method)
        .uri(path)
        .header("host", HOST)
        .extension(ClientAddress("203.0.113.7".to_owned()))
}

/// A cart as the shop's script sends it.
pub fn cart(id: &str, items: &[(&str, u32)]) -> Value {
    let items: Vec<Value> =
        items.iter().map(|(sku, quantity)| json!({ "sku": sku, "quantity": quantity })).collect();
    json!({ "lang": "fr", "cart_id": format!("{id}-0123456789abcdef"),
        "destination": { "country": "FR", "rate": "colissimo" }, "items": items })
}

fn both(fr: &str, en: &str) -> catalog::item::Localized {
    BTreeMap::from([("fr".to_owned(), fr.to_owned()), ("en".to_owned(), en.to_owned())])
}

fn items() -> Vec<Item> {
    let item = |sku: &str, supply: Supply| Item {
        sku: Sku::new(sku).expect("a sku"),
        product: sku.to_lowercase(),
        stock: StockKey::new(sku).expect("a key"),
        supply,
        price: Cents(2800),
        sale: None,
        weight: Some(Grams(420)),
        vat: "standard".to_owned(),
        name: both(&format!("Bol {sku}"), &format!("Bowl {sku}")),
        url: both("/produits/bol/", "/en/products/bowl/"),
        image: None,
        pickup_only: false,
        made_to_order_days: None,
        personalisation: None,
        publish: None,
        unpublish: None,
    };
    let mut own = item("TABLIER", Supply::Unlimited);
    own.personalisation = Some(Personalisation {
        label: both("Prénom", "Name"),
        max_length: 12,
        price: Cents(800),
        fields: Vec::new(),
    });
    let mut letter = item("LETTRE", Supply::Unlimited);
    letter.personalisation = Some(Personalisation {
        label: both("Texte", "Text"),
        max_length: 300,
        price: Cents::ZERO,
        fields: Vec::new(),
    });
    let mut heavy = item("BANC", Supply::Pieces(2));
    heavy.weight = Some(Grams(12_000));
    let mut fragile = item("LUSTRE", Supply::Pieces(1));
    fragile.pickup_only = true;
    // Two ways to wear one scarf: two SKUs, one stock key.
    let shared =
        |sku: &str| Item { stock: StockKey::new("LOT").expect("a key"), ..item(sku, Supply::Pieces(3)) };
    vec![
        item("UNIQUE", Supply::Pieces(1)),
        item("TASSE", Supply::Pieces(6)),
        own,
        letter,
        heavy,
        fragile,
        shared("LOT-A"),
        shared("LOT-B"),
        curtain(item("RIDEAU", Supply::Unlimited)),
    ]
}

/// Made to measure: two required measures, and a choice of lining.
fn curtain(mut item: Item) -> Item {
    let measure = |fr: &str, en: &str| NoteField {
        label: both(fr, en),
        max_length: 3,
        required: true,
        choices: Vec::new(),
        pattern: Some("[0-9]{2,3}".to_owned()),
    };
    let (width, drop) = (measure("Largeur", "Width"), measure("Hauteur", "Drop"));
    let cotton = Choice { id: "coton".to_owned(), label: both("Coton", "Cotton") };
    let lining = NoteField {
        label: both("Doublure", "Lining"),
        max_length: 5,
        required: false,
        choices: vec![cotton],
        pattern: None,
    };
    let fields = vec![width, drop, lining];
    item.made_to_order_days = Some(30);
    item.personalisation =
        Some(Personalisation { label: both("Largeur", "Width"), max_length: 3, price: Cents::ZERO, fields });
    item
}

/// A shop in two languages, with minimal templates.
pub fn settings() -> Settings {
    let mut templates: BTreeMap<String, String> = BTreeMap::new();
    for name in MAILS {
        for kind in ["txt", "html"] {
            let text = "{{ order.id }} {{ order.total }} {% for line in order.lines %}{{ line.title }} {{ line.note }}{% endfor %} {{ order.url }}{% if again %} again{% endif %} {{ order.dispute }}{% if refund %} [{{ refund.this }}/{{ refund.in_all }}{% if refund.undone %} undone{% endif %}]{% endif %}";
            templates.insert(format!("mails/{name}.{kind}"), text.to_owned());
        }
    }
    for (name, text) in [
        (
            "order",
            "<h1>{{ order.id }}</h1><p class=\"payment\">{{ order.payment }}</p>{% if order.pay_url %}<a href=\"{{ order.pay_url }}\">pay</a>{% endif %}{% if hidden %}hidden{% elif order.customer and order.customer.name %}{{ order.customer.name }}{% endif %}",
        ),
        (
            "cart",
            "{% if cart %}{% for line in cart.lines %}<p>{{ line.sku }} x {{ line.quantity }} {{ line.note }}</p>{% if line.words %}<q>{{ line.words }}</q>{% endif %}{% endfor %}<b>{{ cart.total }}</b>{% if cart.shipping %}pay {{ country }}/{{ rate }}{% endif %}{% else %}empty{% endif %}{% if unserved %}<u>{{ unserved }}</u>{% endif %}{% for to in destinations %}{% for way in to.rates %}<s>{{ to.country }}/{{ way.id }}</s>{% endfor %}{% endfor %}{% if pickup %}<s>pickup</s>{% endif %}<textarea>{{ gift_note }}</textarea>{% for problem in problems %}<i>{{ problem.code }} {{ problem.title }}: {{ problem.text }}</i>{% endfor %}<i>{{ cart_id }}</i>",
        ),
        ("link", "{% if sent %}sent{% else %}ask{% endif %}"),
        (
            "refusal",
            "<p>{{ code }}</p><p>{{ text }}</p>{% for change in changes %}<i>{{ change.title }}: {{ change.was }}, {{ change.now }}</i>{% endfor %}{% for field in fields %}<input name=\"{{ field.name }}\" value=\"{{ field.value }}\">{% endfor %}{% if again %}{% for field in again.typed %}<label>{{ field.label }}</label><textarea>{{ field.value }}</textarea>{% endfor %}{% endif %}",
        ),
    ] {
        templates.insert(format!("till/{name}.html"), text.to_owned());
    }
    let words = |lang: &str| {
        let keys = [
            "mail.shipped.subject_pickup",
            "till.order.document_title",
            "cart.title",
            "till.refusal.title",
            "till.refusal.sold_out",
            "till.refusal.busy",
        ];
        let all = keys.map(|key| (key.to_owned(), Message::One(format!("{lang} {key} {{title}}"))));
        let less = [
            ("cart.less", "{title}: {available}"),
            ("cart.less_together", "together {title}: {available}"),
            ("till.refusal.quantity_unavailable", "{title}: {available}"),
        ];
        let less = less.map(|(key, text)| (key.to_owned(), Message::One(text.to_owned())));
        let all = all.into_iter().chain(less);
        all.collect::<BTreeMap<_, _>>()
    };
    Settings {
        name: "Mon Petit Bazaar".to_owned(),
        url: format!("https://{HOST}"),
        languages: vec!["fr".to_owned(), "en".to_owned()],
        timezone: "Europe/Paris".to_owned(),
        currency: Currency::Eur,
        email: Some("bonjour@example.com".to_owned()),
        seller: Seller {
            name: "Anne Martin".to_owned(),
            address: "1 rue des Lilas, 75020 Paris".to_owned(),
            register: None,
            vat: VatScheme::Registered,
            vat_number: Some("FR00".to_owned()),
        },
        vat: BTreeMap::from([("standard".to_owned(), VatRate(2000))]),
        shipping: Shipping {
            handling: Some((1, 2)),
            zones: vec![Zone {
                id: "france".to_owned(),
                countries: vec!["FR".to_owned(), "MC".to_owned()],
                rates: vec![Rate {
                    id: "colissimo".to_owned(),
                    label: both("Colissimo", "Tracked post"),
                    days: Some((2, 3)),
                    free_over: Some(Cents(8000)),
                    prices: vec![
                        RateStep { up_to: Grams(500), price: Cents(590) },
                        RateStep { up_to: Grams(5000), price: Cents(990) },
                    ],
                }],
            }],
            pickup: Some(Pickup { label: both("Retrait", "Collect"), address: "1 rue des Lilas".to_owned() }),
        },
        till: TillSettings {
            templates,
            words: BTreeMap::from([("fr".to_owned(), words("fr")), ("en".to_owned(), words("en"))]),
            ..TillSettings::default()
        },
    }
}
