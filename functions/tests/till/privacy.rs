//! A shopper's personal data: who sees it, for how long, and that no log contains it.

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Body;
use serde_json::{Value, json};
use simulator::{Means, Mishap, Payer, RefundFate, Times};
use till::decide::Effect;
use till::decide::settle::EffectKind;
use till::http::{HttpConfig, router};
use till::outside::mail::{Mail, MailError, Mailer};
use till::outside::store::sql::SqlStore;
use till::perform::Till;
use tracing_subscriber::fmt::MakeWriter;

use crate::shop::{SECRET, SWEEP, Stage, cart, on, request, send};

/// What the till logs, line by line, in the format of a host.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("one thread").write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Log;

    fn make_writer(&'a self) -> Log {
        self.clone()
    }
}

impl Log {
    /// Records this thread until the guard is dropped, at more levels than a host would.
    fn listen() -> (Self, tracing::subscriber::DefaultGuard) {
        let log = Log::default();
        let subscriber = tracing_subscriber::fmt()
            .json()
            .with_env_filter("warn,till=trace")
            .with_current_span(false)
            .with_writer(log.clone())
            .finish();
        (log, tracing::subscriber::set_default(subscriber))
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().expect("one thread")).into_owned()
    }

    fn lines(&self) -> Vec<Value> {
        self.text().lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
    }

    /// The last line with this message; clears the log.
    fn last(&self, message: &str) -> Value {
        let lines = self.lines();
        self.0.lock().expect("one thread").clear();
        let found = lines.iter().rfind(|line| line["fields"]["message"] == message);
        found.cloned().unwrap_or_else(|| panic!("no `{message}` in {lines:#?}"))
    }

    /// The last line with this message, which must trigger the alarm for errors.
    fn error(&self, message: &str) -> Value {
        let line = self.last(message);
        assert_eq!(line["level"], "ERROR", "{line}");
        line["fields"].clone()
    }
}

/// A mail server that names recipients it does not know: it fails temporarily for confirmations, permanently for
/// other mails.
struct Chatty;

#[async_trait::async_trait]
impl Mailer for Chatty {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let why = format!("550 5.1.1 <{}>: no such user", mail.to);
        let later = mail.message_id.contains("mail_confirmation");
        Err(if later { MailError::Later(why) } else { MailError::Never(why) })
    }
}

fn anne() -> Payer {
    Payer {
        email: "anne.dupont@mailbox.example".into(),
        name: "Anne Dupont".into(),
        phone: Some("+33612345678".into()),
        line1: "3 rue Haute".into(),
        line2: Some("Escalier Quatre".into()),
        postal_code: "35042".into(),
        city: "Rennes".into(),
        country: "FR".into(),
        ..Payer::default()
    }
}

/// What only Anne, the shop and Stripe may know.
const HERS: [&str; 10] = [
    "Dupont",
    "mailbox.example",
    "612345678",
    "rue Haute",
    "Escalier",
    "35042",
    "Rennes",
    "Wilhelmine",
    "anniversaire",
    "203.0.113.7",
];

/// A cart with her notes for a piece and a gift.
fn her_cart(id: &str) -> Value {
    let mut asked = cart(id, &[("TABLIER", 1), ("TASSE", 1)]);
    asked["items"][0]["note"] = json!("Wilhelmine");
    asked["gift_note"] = json!("Bon anniversaire");
    asked
}

#[tokio::test]
async fn after_ninety_days_neither_page_nor_json_says_who_paid() {
    let stage = Stage::with(|settings| {
        let page = "{{ order.id }} {% if order.customer %}{{ order.customer.name }} {{ order.customer.email }} {% for line in \
                    order.customer.address %}{{ line }} {% endfor %}{% endif %}{{ order.gift_note }}{% if hidden %}hidden{% endif %}";
        settings.till.templates.insert("till/order.html".to_owned(), page.to_owned());
    })
    .await;
    let answer = stage.post_json("/api/checkout", &her_cart("a")).await.json();
    stage
        .stripe
        .pay(&Stage::session(answer["url"].as_str().expect("a url")), &anne(), Means::Card)
        .expect("paid");
    stage.stripe.deliver().await;
    let order = answer["order"].as_str().expect("an order");
    let path = order.strip_prefix("https://shop.example.com").expect("the shop's own");
    let look = || async {
        let asked = request("GET", path).body(Body::empty()).expect("a request");
        (stage.get(order).await.body, stage.send(asked).await.json())
    };
    let shown = ["Dupont", "mailbox.example", "rue Haute", "Rennes", "anniversaire"];
    stage.advance(90 * 86_400).await;
    let (page, json) = look().await;
    for hers in shown {
        assert!(
            page.contains(hers) && json.to_string().contains(hers),
            "to the end: {hers} in {page} {json}"
        );
    }
    stage.advance(1).await;
    let (page, json) = look().await;
    for hers in shown {
        assert!(!page.contains(hers) && !json.to_string().contains(hers), "{hers} in {page} {json}");
    }
    assert!(page.contains("hidden"), "{page}");
    assert_eq!((&json["customer"], &json["gift_note"]), (&Value::Null, &Value::Null));
    assert_eq!(json["payment"], "paid", "what was bought stays");
}

#[tokio::test]
async fn no_log_line_has_anything_of_the_shopper() {
    let (log, _listening) = Log::listen();
    let stage = Stage::posted_by(Arc::new(Chatty)).await;
    let mut wrong = her_cart("a");
    wrong["items"][0]["quantity"] = json!(100);
    stage.post_json("/api/checkout", &wrong).await;
    stage.post_json("/api/quote", &her_cart("a")).await;
    // Stripe leaves two requests unanswered, then accepts.
    stage.stripe.with_state(|state, _| {
        state.mishap(Mishap::Lose, "POST /v1/checkout/sessions", Times::Next(2));
    });
    assert_eq!(stage.post_json("/api/checkout", &her_cart("a")).await.code(), "payments_unavailable");
    let answer = stage.post_json("/api/checkout", &her_cart("b")).await.json();
    let (url, order) = (answer["url"].as_str().expect("a url"), answer["order"].as_str().expect("an order"));
    stage.stripe.pay(&Stage::session(url), &anne(), Means::Card).expect("paid");
    stage.stripe.deliver().await;
    let unsigned = request("POST", "/api/stripe/webhook").header("stripe-signature", "t=1,v1=00");
    stage.send(unsigned.body(Body::from(r#"{"email":"anne.dupont@mailbox.example"}"#)).expect("made")).await;
    stage.get(order).await;
    let id = stage.order(order).await.id;
    let link = json!({ "order": id, "email": "anne.dupont@mailbox.example" });
    stage.post_json("/api/orders/link", &link).await;
    stage.post_form(&format!("{order}/withdraw"), &[], "").await;
    stage.till.ledger.cancel(&id).await.expect("called off");
    for _ in 0..3 {
        stage.advance(7 * 3600).await;
        let sweep = request("POST", "/api/sweep").header("authorization", format!("Bearer {SWEEP}"));
        stage.send(sweep.body(Body::empty()).expect("a request")).await;
    }
    let text = log.text();
    for said in [
        "an event was booked",
        "an effect failed",
        "an effect was given up",
        "an effect still cannot be done",
        "a webhook was not signed",
        "Stripe did not answer",
        "a sweep ended",
        "no such user",
        &id,
    ] {
        assert!(text.contains(said), "{said} in {text}");
    }
    for hers in HERS {
        assert!(!text.contains(hers), "{hers} in {text}");
    }
    let token = order.rsplit('/').next().expect("a token");
    let client = stage.order(order).await.client;
    for secret in [token, SECRET, SWEEP, "sk_test_till", "bonjour@example.com", &client] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    // What `bazaar orders` shows the owner is complete.
    let undone = stage.till.ledger.store.undone_tasks(None).await.expect("a store");
    assert!(undone.iter().any(|one| one.trouble.contains("anne.dupont@mailbox.example")), "{undone:?}");
}

/// The fields that the alarms on AWS count by.
fn counted() -> Vec<String> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../deploy/template.yaml");
    let template = std::fs::read_to_string(path).expect("the template");
    let fields = template.split("{ $.fields.").skip(1);
    fields.filter_map(|rest| Some(rest.split(' ').next()?.to_owned())).collect()
}

#[tokio::test]
async fn a_sweep_ends_with_the_line_that_alarms_count() {
    let (log, _listening) = Log::listen();
    let stage = Stage::posted_by(Arc::new(Chatty)).await;
    let sweep = || async {
        let asked = request("POST", "/api/sweep").header("authorization", format!("Bearer {SWEEP}"));
        stage.send(asked.body(Body::empty()).expect("a request")).await.json()
    };
    sweep().await;
    let line = log.last("a sweep ended");
    assert_eq!(counted(), ["effects_older_than_an_hour", "refunds_due"]);
    for name in
        counted().iter().map(String::as_str).chain(["orders", "failed", "effects", "effects_given_up"])
    {
        assert_eq!(line["fields"][name], json!(0), "{name} in {line}");
    }
    assert_eq!(line["level"], "INFO", "a till on a host logs it: warn,till=info");
    assert!(line["target"].as_str().is_some_and(|target| target.starts_with("till")), "{line}");

    // A mail that fails for more than an hour, one that is given up, and a refund that fails.
    stage.stripe.with_state(|state, _| state.next_refund(RefundFate::FailsLater));
    let answer = stage.post_json("/api/checkout", &cart("a", &[("TASSE", 1)])).await.json();
    stage.pay(answer["url"].as_str().expect("a url"), Means::Card).await;
    let failed = log.last("an effect failed");
    assert_eq!(failed["level"], "WARN");
    assert!(
        failed["fields"]["why"].as_str().is_some_and(|why| why.contains("550")),
        "with its reason: {failed}"
    );
    let id = stage.order(answer["order"].as_str().expect("an order")).await.id;
    stage.till.ledger.cancel(&id).await.expect("called off");
    let mut told = json!(null);
    for _ in 0..12 {
        stage.advance(3 * 3600).await;
        told = sweep().await;
    }
    let line = log.last("a sweep ended");
    for name in ["effects_older_than_an_hour", "refunds_due", "effects_given_up"] {
        assert_eq!(line["fields"][name], told[name], "{name}: the answer and the log say the same");
        assert!(line["fields"][name].as_i64().is_some_and(|count| count > 0), "{name} in {line}");
    }
}

#[tokio::test]
async fn an_effect_is_old_after_an_hour_and_a_checkout_does_what_waits() {
    let stage = Stage::new().await;
    let answer = stage.post_json("/api/checkout", &cart("a", &[("TASSE", 1)])).await.json();
    stage.pay(answer["url"].as_str().expect("a url"), Means::Card).await;
    let id = stage.order(answer["order"].as_str().expect("an order")).await.id;
    let wait = |cause: &str| {
        let effect = Effect { kind: EffectKind::MailLink, cause: cause.to_owned() };
        let (store, id, now) = (stage.till.ledger.store.clone(), id.clone(), stage.till.ledger.now());
        async move { store.enqueue(&id, &[effect], now).await.expect("a store") }
    };
    wait("one").await;
    assert_eq!(stage.mail_names(), ["confirmation", "notice"]);
    stage.post_json("/api/checkout", &cart("b", &[("TABLIER", 1)])).await;
    assert_eq!(stage.mail_names(), ["confirmation", "link", "notice"], "nobody swept");
    // A worker claimed it and died: it is blocked until the claim ends, and is reported.
    wait("two").await;
    let now = stage.till.ledger.now();
    let taken = stage
        .till
        .ledger
        .store
        .claim_tasks(None, now, now + Duration::from_secs(86_400), "dead", 10)
        .await
        .expect("a store");
    assert_eq!(taken.len(), 1);
    let old = || async {
        let asked = request("POST", "/api/sweep").header("authorization", format!("Bearer {SWEEP}"));
        let swept = stage.send(asked.body(Body::empty()).expect("a request")).await.json();
        swept["effects_older_than_an_hour"].clone()
    };
    stage.advance(3600).await;
    assert_eq!(old().await, json!(0));
    stage.advance(1).await;
    assert_eq!(old().await, json!(1));
}

#[tokio::test]
async fn each_trouble_is_an_error_in_the_log() {
    let (log, _listening) = Log::listen();
    let stage = Stage::with(|settings| {
        // Templates that cannot be rendered.
        for name in ["order", "cart", "link", "refusal"] {
            let broken = "{{ nothing.at.all }}".to_owned();
            settings.till.templates.insert(format!("till/{name}.html"), broken);
        }
        let words = settings.till.words.get_mut("fr").expect("French");
        let text = catalog::message::Message::One("<b>{title}</b>".to_owned());
        words.insert("till.refusal.bad_request".to_owned(), text);
    })
    .await;
    let begun = stage.post_json("/api/checkout", &cart("a", &[("TASSE", 1)])).await.json();
    // The order page falls back to JSON, that of a refusal to plain text.
    let order = stage.get(begun["order"].as_str().expect("an order")).await;
    assert_eq!((order.status.as_u16(), &order.json()["payment"]), (200, &json!("open")));
    assert_eq!(order.header("cache-control"), "private, no-store");
    log.error("the order page cannot be rendered");
    assert_eq!(stage.get("/api/cart").await.status.as_u16(), 503);
    log.error("the cart page cannot be rendered");
    assert_eq!(stage.get("/api/orders/link").await.status.as_u16(), 503);
    log.error("the page for lost links cannot be rendered");
    let refusal = stage.post_form("/api/cart", &[("sku", "")], "").await;
    assert_eq!((refusal.status.as_u16(), refusal.body.as_str()), (400, "&lt;b&gt;&lt;/b&gt;"));
    log.error("a page of the till cannot be rendered");

    let take = |till: Option<Till>, config: HttpConfig| {
        let asked = request("POST", "/api/checkout").header("content-type", "application/json");
        let body = Body::from(cart("b", &[("TASSE", 1)]).to_string());
        send(router(till, config), asked.body(body).expect("a request"))
    };
    let trouble = Some("SMTP_URL is not set".to_owned());
    take(None, HttpConfig { trouble, ..HttpConfig::default() }).await;
    assert_eq!(log.error("the till is not set up")["trouble"], "SMTP_URL is not set");
    let away = SqlStore::connect("sqlite:///nowhere/at/all.db", 1).expect("an address");
    take(Some(on(&stage.till, |ledger| ledger.store = Arc::new(away))), HttpConfig::default()).await;
    log.error("the database failed");
    let owner = till::outside::store::ShopRow { stripe_account: "acct_1".to_owned(), livemode: false };
    let foreign = on(&stage.till, |ledger| *ledger = ledger.clone().owned_by(owner));
    take(Some(foreign), HttpConfig::default()).await;
    let said = log.error("the till refuses this database");
    assert!(said["detail"].as_str().is_some_and(|said| said.contains("bazaar database init")), "{said}");
    stage.stripe.with_state(|state, _| {
        state.mishap(Mishap::Lose, "POST /v1/checkout/sessions", Times::Next(2));
    });
    take(Some(stage.till.clone()), HttpConfig::default()).await;
    log.error("Stripe did not answer");
}

#[tokio::test]
async fn what_stripe_refuses_is_an_error_with_its_parameter_and_value() {
    let (log, _listening) = Log::listen();
    let stage = Stage::with(|settings| {
        for name in settings.shipping.zones[0].rates[0].label.values_mut() {
            name.clear();
        }
    })
    .await;
    assert_eq!(
        stage.post_json("/api/checkout", &cart("a", &[("TASSE", 1)])).await.code(),
        "payments_refused"
    );
    let param = "shipping_options[0][shipping_rate_data][display_name]";
    let lines = log.lines();
    for message in ["Stripe refuses to open a payment page", "Stripe refused"] {
        let line = lines.iter().find(|line| line["fields"]["message"] == message);
        let line = line.unwrap_or_else(|| panic!("no `{message}` in {lines:#?}"));
        assert_eq!((&line["level"], &line["fields"]["param"]), (&json!("ERROR"), &json!(param)));
    }
}

#[tokio::test]
async fn a_mail_that_is_given_up_is_an_error_once() {
    let (log, _listening) = Log::listen();
    let stage = Stage::with(|settings| settings.email = Some(String::new())).await;
    let answer = stage.post_json("/api/checkout", &cart("a", &[("TASSE", 1)])).await.json();
    stage.pay(answer["url"].as_str().expect("a url"), Means::Card).await;
    for _ in 0..3 {
        stage.advance(7 * 3600).await;
        stage.till.run_effects(10).await.expect("a store");
    }
    let lines = log.lines();
    let errors: Vec<_> = lines.iter().filter(|line| line["level"] == "ERROR").collect();
    let effects: Vec<_> = errors.iter().map(|line| &line["fields"]["effect"]).collect();
    assert_eq!(effects, ["mail_confirmation", "mail_notice"], "{errors:#?}");
}
