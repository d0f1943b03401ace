//! Stripe in the simulation: the stand-in's state machine, reached through the till's own client over a wire that
//! loses requests and answers; and direct access to the truth behind it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use catalog::{Cents, StockKey, Timestamp};
use hyper::body::Bytes;
use serde_json::Value;
use simulator::{Config, Endpoint, Mishap, RefundFate, Request, Response, State, Times};
use stripe::{CustomizedStripeRequest, RequestStrategy, StripeError};
use stripe_client_core::{StripeClient, StripeMethod};
use till::outside::clock::Clock as _;
use till::perform::webhook::EVENTS;

use crate::chance::{Chance, pause};

/// An event to be delivered.
#[derive(Debug, Clone)]
pub struct Event {
    pub kind: &'static str,
    pub body: String,
}

/// Stripe's state.
pub struct Books {
    pub stripe: State,
    /// Events to be delivered.
    pub events: VecDeque<Event>,
    /// Sessions that are reported as live mode.
    pub live: BTreeSet<String>,
    /// Orders whose session was refused permanently.
    pub refused: BTreeSet<String>,
    /// Sessions that a bank refused, whatever came later.
    pub unpaid: BTreeSet<String>,
    /// Sessions that wait for a bank.
    pub processing: BTreeSet<String>,
    /// Sessions that were paid, in order of payment.
    pub paid: Vec<String>,
}

/// The true state of a session.
#[derive(Debug, Clone)]
pub struct Truth {
    pub id: String,
    /// From its metadata.
    pub order: String,
    pub pieces: BTreeMap<StockKey, i64>,
    /// `open`, `complete` or `expired`.
    pub status: String,
    pub paid: bool,
    pub charge: Option<String>,
    pub total: Cents,
    pub currency: String,
    pub live: bool,
    /// The payer's mail address.
    pub email: Option<String>,
    /// Amount, status, and whether the till requested it.
    pub refunds: Vec<(i64, String, bool)>,
    /// Status of its last dispute.
    pub dispute: Option<String>,
}

impl Truth {
    /// The sum of all refunds that succeeded.
    pub fn given(&self) -> i64 {
        self.refunds.iter().filter(|(_, status, _)| status == "succeeded").map(|(amount, ..)| amount).sum()
    }
}

impl Books {
    /// A new, empty state.
    pub fn new(seed: u64) -> Self {
        let mut endpoint = Endpoint::new("https://shop.example.com/api/stripe/webhook", "whsec_simulation");
        endpoint.enabled_events = EVENTS.map(str::to_owned).to_vec();
        let hour = 3600;
        let config = Config {
            seed,
            endpoints: vec![endpoint],
            settle_after: 100 * hour,
            refund_after: hour / 2,
            ..Config::default()
        };
        Books {
            stripe: State::new(config),
            events: VecDeque::new(),
            live: BTreeSet::new(),
            refused: BTreeSet::new(),
            unpaid: BTreeSet::new(),
            processing: BTreeSet::new(),
            paid: Vec::new(),
        }
    }

    /// Queues the events that became due.
    pub fn advance(&mut self, now: Timestamp) {
        let told = self.stripe.due(now.0);
        self.events.extend(told.into_iter().map(|webhook| Event { kind: webhook.kind, body: webhook.body }));
    }

    /// A bank answers; `pays`: with the money.
    pub fn settle(&mut self, session: &str, pays: bool, now: Timestamp) {
        if self.processing.remove(session) && self.stripe.settle(session, pays, now.0) {
            match pays {
                true => self.paid.push(session.to_owned()),
                false => drop(self.unpaid.insert(session.to_owned())),
            }
        }
    }

    /// The charge of a paid session.
    pub fn charge(&self, session: &str) -> Option<String> {
        self.session(session)?.charge
    }

    /// Id of a charge's last dispute.
    pub fn dispute_of(&mut self, charge: &str, now: Timestamp) -> Option<String> {
        let target = format!("/v1/disputes?charge={charge}&limit=1");
        let disputes = self.stripe.request(&Request::get(&target), now.0).json();
        disputes["data"][0]["id"].as_str().map(str::to_owned)
    }

    fn object(&self, id: &str) -> Value {
        self.stripe.object(id).unwrap_or_default()
    }

    /// A session without its refunds and disputes.
    pub fn session(&self, id: &str) -> Option<Truth> {
        let session = self.stripe.object(id)?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let intent = self.object(session["payment_intent"].as_str().unwrap_or_default());
        let metadata = session["metadata"].as_object();
        let parts = metadata.into_iter().flatten().filter(|(name, _)| name.starts_with("pieces_"));
        let pieces =
            parts.flat_map(|(_, part)| part.as_str().unwrap_or_default().split(',')).filter_map(|part| {
                let (key, quantity) = part.split_once('=')?;
                Some((StockKey::new(key)?, quantity.parse().ok()?))
            });
        Some(Truth {
            id: id.to_owned(),
            order: text(&session["metadata"]["order_id"]),
            pieces: pieces.collect(),
            status: text(&session["status"]),
            paid: session["payment_status"] == "paid",
            charge: intent["latest_charge"].as_str().map(str::to_owned),
            total: Cents(session["amount_total"].as_i64().unwrap_or(0)),
            currency: text(&session["currency"]),
            live: self.live.contains(id),
            email: session["customer_details"]["email"].as_str().map(str::to_owned),
            refunds: Vec::new(),
            dispute: None,
        })
    }

    /// Every session, the oldest first, with refunds and disputes.
    pub fn sessions(&mut self, now: Timestamp) -> Vec<Truth> {
        let ids: Vec<String> = self.stripe.sessions().into_iter().rev().collect();
        let mut all: Vec<Truth> = ids.iter().filter_map(|id| self.session(id)).collect();
        for truth in &mut all {
            let Some(charge) = truth.charge.clone() else { continue };
            let mut list = |what: &str| {
                let target = format!("/v1/{what}?charge={charge}&limit=100");
                self.stripe.request(&Request::get(&target), now.0).json()["data"]
                    .as_array()
                    .cloned()
                    .unwrap_or_default()
            };
            truth.refunds = list("refunds").iter().map(refund).collect();
            truth.dispute =
                list("disputes").first().and_then(|dispute| Some(dispute["status"].as_str()?.to_owned()));
        }
        all
    }

    /// An order's session, without refunds and disputes.
    pub fn session_of(&self, order: &str) -> Option<Truth> {
        let mut all = self.stripe.sessions().into_iter().filter_map(|id| self.session(&id));
        all.find(|truth| truth.order == order)
    }

    fn answer(&mut self, request: &Request, now: Timestamp) -> Response {
        let answer = self.stripe.request(request, now.0);
        let code = &answer.json()["error"]["code"];
        if request.path == "/v1/checkout/sessions"
            && (400..=404).contains(&answer.status)
            && *code != "idempotency_error"
        {
            let order = form_urlencoded::parse(request.form.as_bytes())
                .find(|(name, _)| name == "metadata[order_id]");
            self.refused.extend(order.map(|(_, id)| id.into_owned()));
        }
        answer
    }
}

fn refund(refund: &Value) -> (i64, String, bool) {
    let status = refund["status"].as_str().unwrap_or_default().to_owned();
    (refund["amount"].as_i64().unwrap_or(0), status, refund["metadata"]["order_id"].is_string())
}

/// The connection from the till's client to Stripe.
#[derive(Clone)]
pub struct Wire {
    pub books: Arc<Mutex<Books>>,
    pub chance: Arc<Chance>,
}

impl Wire {
    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().expect("one thread")
    }

    fn lost() -> StripeError {
        StripeError::ClientError("the connection broke".to_owned())
    }

    /// Sends a request to the state machine; returns status and body.
    fn ask(&self, request: &Request) -> (u16, String) {
        let mut books = self.books();
        let now = self.chance.now();
        // The fate of a refund that was refused must not apply to the next.
        books.stripe.clear_mishaps();
        if self.chance.fault(40) {
            let mishaps = [
                Mishap::Break,
                Mishap::BreakAfter,
                Mishap::Refuse(409),
                Mishap::Refuse(429),
                Mishap::Refuse(503),
            ];
            books.stripe.mishap(mishaps[self.chance.index(mishaps.len())], "", Times::Next(1));
        }
        if request.method == "POST" && request.path == "/v1/refunds" {
            let fate = fate(&self.chance);
            books.stripe.next_refund(fate);
        }
        let answer = books.answer(request, now);
        books.advance(now);
        let body = if books.live.is_empty() { answer.body } else { relabelled(&answer.body, &books.live) };
        (answer.status, body)
    }
}

/// The fate of a refund. Without faults, it succeeds.
pub fn fate(chance: &Chance) -> RefundFate {
    if !chance.fault(2) {
        return if chance.one_in(3) { RefundFate::SucceedsLater } else { RefundFate::Succeeds };
    }
    if chance.one_in(2) { RefundFate::FailsLater } else { RefundFate::PendsThenFails }
}

/// The answer, in live mode if it is one of these sessions.
fn relabelled(body: &str, live: &BTreeSet<String>) -> String {
    let Ok(mut answer) = serde_json::from_str::<Value>(body) else { return body.to_owned() };
    let theirs = answer["id"].as_str().is_some_and(|id| live.contains(id));
    if theirs {
        answer["livemode"] = Value::Bool(true);
    }
    answer.to_string()
}

impl StripeClient for Wire {
    type Err = StripeError;

    async fn execute(&self, asked: CustomizedStripeRequest) -> Result<Bytes, StripeError> {
        let (asked, config) = asked.into_pieces();
        let path = format!("/v1{}", asked.path);
        let mut request = match asked.method {
            StripeMethod::Get => Request::get(&format!("{path}?{}", asked.query.unwrap_or_default())),
            _ => Request::post(&path, &asked.body.unwrap_or_default()),
        };
        if let Some(RequestStrategy::Idempotent(key)) = config.request_strategy {
            request = request.idempotent(key.as_str());
        }
        pause().await;
        if self.chance.fault(6) {
            return Err(Self::lost());
        }
        let (status, body) = self.ask(&request);
        pause().await;
        if self.chance.fault(6) || status == 0 {
            return Err(Self::lost());
        }
        if status == 200 {
            return Ok(Bytes::from(body));
        }
        let error: stripe_shared::Error =
            miniserde::json::from_str(&body).expect("an error as Stripe writes it");
        Err(StripeError::Stripe(error.error, status))
    }
}
