//! The entry point for API requests: mishaps, key, version, idempotency, then the endpoint.

use serde_json::Value;

use super::State;
use super::lists::Listing;
use super::outcome::Outcome;
use crate::form::Node;
use crate::refusal::Refusal;
use crate::render;
use crate::request::{Fate, Request, Response};
use crate::schema::{self, Field};
use crate::switches::{Mishap, take};

impl State {
    /// Answers an API request at `now`. The caller simulates the answer's [`Fate`]: a lost one must not reach the client.
    pub fn request(&mut self, request: &Request, now: i64) -> Response {
        self.advance(now);
        let id = self.ids.draw("req_", 14);
        let subject = format!("{} {}", request.method, request.path);
        let mishap = take(&mut self.switches.api, &subject);
        let version = request.version.clone().unwrap_or_else(|| crate::API_VERSION.to_owned());
        let mut response = match mishap {
            Some(Mishap::Drop) => return answer(0, String::new(), &id, &version, Fate::Lost),
            Some(Mishap::Refuse(status)) => refuse(&at_the_door(status), &id, &version),
            _ => self.admit(request, &id, &version, mishap),
        };
        response.fate = match mishap {
            Some(Mishap::Lose) => Fate::Lost,
            Some(Mishap::Hold(seconds)) => Fate::Held(seconds),
            _ => Fate::Arrives,
        };
        if let Some(key) = &request.idempotency_key {
            response.headers.push(("Idempotency-Key", key.clone()));
        }
        response
    }

    fn admit(&mut self, request: &Request, id: &str, version: &str, mishap: Option<Mishap>) -> Response {
        if let Err(refusal) = authenticate(request.api_key.as_deref()) {
            return refuse(&refusal, id, version);
        }
        if !render::versions::is_known(version) {
            let message = format!("Invalid Stripe API version: {version}");
            return refuse(&Refusal::invalid(message), id, crate::API_VERSION);
        }
        match self.recall(request) {
            Err(refusal) => return refuse(&refusal, id, version),
            Ok(Some(kept)) => {
                let mut response = answer(kept.status, kept.body, id, version, Fate::Arrives);
                response.headers.push(("Idempotent-Replayed", "true".to_owned()));
                response.headers.push(("Original-Request", kept.request));
                return response;
            }
            Ok(None) => {}
        }
        self.cause = Some((id.to_owned(), request.idempotency_key.clone()));
        let outcome = match mishap {
            Some(Mishap::Break) => Outcome::Failed(internal()),
            Some(Mishap::BreakAfter) => match self.route(request, version) {
                Outcome::Invalid(refusal) => Outcome::Invalid(refusal),
                Outcome::Done(_) | Outcome::Failed(_) => Outcome::Failed(internal()),
            },
            _ => self.route(request, version),
        };
        self.cause = None;
        let held = if let Some(Mishap::Hold(seconds)) = mishap { seconds } else { 0 };
        let (status, body) = match outcome {
            Outcome::Invalid(refusal) => return refuse(&refusal, id, version),
            Outcome::Failed(refusal) => (refusal.status, refusal.json(id).to_string()),
            Outcome::Done(mut value) => {
                render::versions::dress(&mut value, version);
                (200, value.to_string())
            }
        };
        self.keep(request, status, &body, id, held);
        answer(status, body, id, version, Fate::Arrives)
    }

    fn route(&mut self, request: &Request, version: &str) -> Outcome {
        let tree = match Node::parse(&request.form) {
            Ok(tree) => tree,
            Err(refusal) => return Outcome::Invalid(refusal),
        };
        let unknown = || Outcome::Invalid(Refusal::unrecognized(&request.method, &request.path));
        let Some(path) = request.path.strip_prefix("/v1/") else { return unknown() };
        let parts: Vec<&str> = path.split('/').collect();
        if parts.iter().any(|part| part.is_empty()) {
            return unknown();
        }
        let create = match render::versions::is_before(version, "2026-09-30") {
            true => schema::CREATE_SESSION_BEFORE_ENDIVE,
            false => schema::CREATE_SESSION,
        };
        let (schema, endpoint): (&'static [Field], Endpoint) =
            match (request.method.as_str(), parts.as_slice()) {
                ("POST", ["checkout", "sessions"]) => (create, State::create_session),
                ("GET", ["checkout", "sessions"]) => {
                    (schema::LIST_SESSIONS, |state, _, params| state.list(Listing::Sessions, params))
                }
                ("GET", ["checkout", "sessions", _]) => (schema::EXPAND_ONLY, |state, parts, _| {
                    state.retrieve(parts[2], "checkout.session", "session")
                }),
                ("POST", ["checkout", "sessions", _, "expire"]) => {
                    (schema::EXPAND_ONLY, |state, parts, _| state.expire(parts[2]).into())
                }
                ("GET", ["checkout", "sessions", _, "line_items"]) => {
                    (schema::PAGE, |state, parts, params| state.line_items(parts[2], params))
                }
                ("POST", ["refunds"]) => (schema::REFUND, State::create_refund),
                ("GET", ["refunds"]) => {
                    (schema::LIST_REFUNDS, |state, _, params| state.list(Listing::Refunds, params))
                }
                ("GET", ["refunds", _]) => {
                    (schema::EXPAND_ONLY, |state, parts, _| state.retrieve(parts[1], "refund", "id"))
                }
                ("GET", ["payment_intents"]) => {
                    (schema::LIST_PAYMENTS, |state, _, params| state.list(Listing::Intents, params))
                }
                ("GET", ["payment_intents", _]) => (schema::RETRIEVE_INTENT, |state, parts, _| {
                    state.retrieve(parts[1], "payment_intent", "intent")
                }),
                ("POST", ["payment_intents", _, "cancel"]) => {
                    (schema::CANCEL_INTENT, |state, parts, _| state.cancel_intent(parts[1]).into())
                }
                ("GET", ["charges"]) => {
                    (schema::LIST_PAYMENTS, |state, _, params| state.list(Listing::Charges, params))
                }
                ("GET", ["charges", _]) => {
                    (schema::EXPAND_ONLY, |state, parts, _| state.retrieve(parts[1], "charge", "id"))
                }
                ("GET", ["disputes"]) => {
                    (schema::LIST_DISPUTES, |state, _, params| state.list(Listing::Disputes, params))
                }
                ("GET", ["disputes", _]) => {
                    (schema::EXPAND_ONLY, |state, parts, _| state.retrieve(parts[1], "dispute", "dispute"))
                }
                ("GET", ["events"]) => {
                    (schema::LIST_EVENTS, |state, _, params| state.list(Listing::Events, params))
                }
                ("GET", ["events", _]) => {
                    (schema::EXPAND_ONLY, |state, parts, _| state.retrieve(parts[1], "event", "id"))
                }
                ("GET", ["account"]) => {
                    (schema::EXPAND_ONLY, |state, _, _| Outcome::Done(render::account(&state.config)))
                }
                ("GET", ["balance"]) => (schema::EXPAND_ONLY, |state, _, _| Outcome::Done(state.balance())),
                _ => return unknown(),
            };
        let mut params = match schema::read(&tree, schema, "") {
            Ok(params) => params,
            Err(refusal) => return Outcome::Invalid(refusal),
        };
        let wanted = params.remove("expand");
        // As at Stripe, a path that cannot be expanded is noticed only after the work is done.
        match endpoint(self, &parts, &params) {
            Outcome::Done(mut value) => match self.expand(&mut value, wanted.as_ref()) {
                Ok(()) => Outcome::Done(value),
                Err(refusal) => Outcome::Failed(refusal),
            },
            refused => refused,
        }
    }
}

type Endpoint = fn(&mut State, &[&str], &serde_json::Map<String, Value>) -> Outcome;

fn authenticate(key: Option<&str>) -> Result<(), Refusal> {
    let Some(key) = key.filter(|key| !key.is_empty()) else {
        let message = "You did not provide an API key. You need to provide your API key in the Authorization header, using \
                       Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See \
                       https://stripe.com/docs/api#authentication for details, or we can help at \
                       https://support.stripe.com/.";
        return Err(Refusal::new(401, "invalid_request_error", message));
    };
    let test = key.strip_prefix("sk_test_").or_else(|| key.strip_prefix("rk_test_"));
    if test.is_some_and(|rest| {
        !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    }) {
        return Ok(());
    }
    let shown: String = key.chars().take(8).collect();
    let why = if key.contains("_live_") {
        " (a live key; this is a stand-in for Stripe, keep it away from here)"
    } else {
        ""
    };
    Err(Refusal::new(401, "invalid_request_error", format!("Invalid API Key provided: {shown}****{why}")))
}

fn internal() -> Refusal {
    Refusal::new(500, "api_error", "An unknown error occurred")
}

fn at_the_door(status: u16) -> Refusal {
    match status {
        409 => Refusal::invalid("This object cannot be accessed right now because another API request or Stripe process is currently accessing it.").code("lock_timeout"),
        429 => Refusal::invalid("Request rate limit exceeded. You can learn more about rate limits here https://stripe.com/docs/rate-limits.")
            .code("rate_limit"),
        _ => internal(),
    }
    .status(status)
}

impl Refusal {
    fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }
}

fn refuse(refusal: &Refusal, id: &str, version: &str) -> Response {
    answer(refusal.status, refusal.json(id).to_string(), id, version, Fate::Arrives)
}

fn answer(status: u16, body: String, id: &str, version: &str, fate: Fate) -> Response {
    let headers = vec![("Request-Id", id.to_owned()), ("Stripe-Version", version.to_owned())];
    Response { status, headers, body, fate }
}
