//! Refusals in Stripe's terms: status, type, code, parameter and message, and their JSON.

use serde_json::{Map, Value};

/// The refusal of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub status: u16,
    /// `invalid_request_error`, `idempotency_error`, `api_error` or `card_error`.
    pub kind: &'static str,
    /// Stripe's error code, where there is one.
    pub code: Option<&'static str>,
    /// The parameter at fault, with brackets.
    pub param: Option<String>,
    pub message: String,
}

impl Refusal {
    pub(crate) fn new(status: u16, kind: &'static str, message: impl Into<String>) -> Self {
        Self { status, kind, code: None, param: None, message: message.into() }
    }

    /// 400 `invalid_request_error`.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(400, "invalid_request_error", message)
    }

    pub(crate) fn code(mut self, code: &'static str) -> Self {
        self.code = Some(code);
        self
    }

    pub(crate) fn at(mut self, param: impl Into<String>) -> Self {
        self.param = Some(param.into());
        self
    }

    /// 404 for an object that does not exist.
    pub(crate) fn missing(object: &str, id: &str, param: &str) -> Self {
        Self::new(404, "invalid_request_error", format!("No such {object}: '{id}'"))
            .code("resource_missing")
            .at(param)
    }

    /// 404 for an address that is not Stripe's, or that is not simulated.
    pub(crate) fn unrecognized(method: &str, path: &str) -> Self {
        let message = format!(
            "Unrecognized request URL ({method}: {path}). Please see https://stripe.com/docs or we can help at \
             https://support.stripe.com/."
        );
        Self::new(404, "invalid_request_error", message)
    }

    /// The JSON, as Stripe sends it.
    pub(crate) fn json(&self, request: &str) -> Value {
        let mut error = Map::new();
        if let Some(code) = self.code {
            error.insert("code".into(), code.into());
            let page = code.replace('_', "-");
            error.insert("doc_url".into(), format!("https://stripe.com/docs/error-codes/{page}").into());
        }
        error.insert("message".into(), self.message.as_str().into());
        if let Some(param) = &self.param {
            error.insert("param".into(), param.as_str().into());
        }
        error.insert(
            "request_log_url".into(),
            format!("https://dashboard.stripe.com/test/logs/{request}").into(),
        );
        error.insert("type".into(), self.kind.into());
        Value::Object(Map::from_iter([("error".to_owned(), Value::Object(error))]))
    }
}
