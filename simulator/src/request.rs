//! One API request and its answer, as the state machine sees them: no sockets, no time.

use serde_json::Value;

use crate::form::encode;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// `GET` or `POST`.
    pub method: String,
    /// Starts with `/v1/`.
    pub path: String,
    /// The query of a GET, the body of a POST; form-encoded.
    pub form: String,
    /// The bearer token.
    pub api_key: Option<String>,
    pub version: Option<String>,
    pub idempotency_key: Option<String>,
}

impl Request {
    fn new(method: &str, path: &str, form: &str) -> Self {
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            form: form.to_owned(),
            api_key: Some("sk_test_simulator".to_owned()),
            version: Some(crate::API_VERSION.to_owned()),
            idempotency_key: None,
        }
    }

    /// A GET of a path that may end in a query, with a test key and the newest version.
    pub fn get(target: &str) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Self::new("GET", path, query)
    }

    /// A POST of a form, with a test key and the newest version.
    pub fn post(path: &str, form: &str) -> Self {
        Self::new("POST", path, form)
    }

    /// A POST of pairs that are not encoded yet: `("line_items[0][quantity]", "1")`.
    pub fn post_pairs<'a>(path: &str, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let pairs = pairs.into_iter().map(|(name, value)| format!("{}={}", encode(name), encode(value)));
        Self::new("POST", path, &pairs.collect::<Vec<_>>().join("&"))
    }

    /// With this `Idempotency-Key`.
    pub fn idempotent(mut self, key: impl Into<String>) -> Self {
        self.idempotency_key = Some(key.into());
        self
    }

    /// With this `Stripe-Version`.
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.version = Some(version.into());
        self
    }

    /// With this API key.
    pub fn api_key(mut self, key: impl Into<String>) -> Self {
        self.api_key = Some(key.into());
        self
    }
}

/// What happens to an answer on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Arrives,
    /// The connection breaks: the client gets nothing.
    Lost,
    /// It arrives after this many seconds.
    Held(i64),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    pub status: u16,
    /// `Request-Id` and the like.
    pub headers: Vec<(&'static str, String)>,
    /// JSON.
    pub body: String,
    /// Whether the client gets it; a deterministic caller has to simulate this.
    pub fate: Fate,
}

impl Response {
    /// The body as a tree; null if it is not JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or(Value::Null)
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(header, _)| header.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}
