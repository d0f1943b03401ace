//! Idempotency keys: the first answer is kept for a day and repeated. <https://docs.stripe.com/api/idempotent_requests>

use super::State;
use crate::refusal::Refusal;
use crate::request::Request;

/// Stripe forgets keys after at least 24 hours; here, after exactly that.
const KEPT_FOR: i64 = 86_400;

/// The answer stored under a key.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    fingerprint: String,
    pub(super) status: u16,
    pub(super) body: String,
    pub(super) request: String,
    at: i64,
    busy_until: i64,
}

/// Identifies a request, whatever the order of its parameters.
fn fingerprint(request: &Request) -> String {
    let mut pairs: Vec<&str> = request.form.split('&').filter(|pair| !pair.is_empty()).collect();
    pairs.sort_unstable();
    format!("{} {}?{}", request.method, request.path, pairs.join("&"))
}

impl State {
    /// The stored answer to a repeated request.
    pub(super) fn recall(&mut self, request: &Request) -> Result<Option<Kept>, Refusal> {
        let Some(key) = request.idempotency_key.as_ref().filter(|_| request.method == "POST") else {
            return Ok(None);
        };
        if key.chars().count() > 255 {
            return Err(Refusal::invalid("Idempotency keys can be at most 255 characters long."));
        }
        let Some(kept) = self.keys.get(key) else { return Ok(None) };
        if self.now - kept.at >= KEPT_FOR {
            self.keys.remove(key);
            return Ok(None);
        }
        if kept.busy_until > self.now {
            let message = format!(
                "There is currently another in-progress request using this Idempotent Key (that probably means you \
                 submitted twice, and the other request is still going through): {key}. Please try again later."
            );
            return Err(Refusal::new(409, "idempotency_error", message).code("idempotency_key_in_use"));
        }
        if kept.fingerprint != fingerprint(request) {
            let message = format!(
                "Keys for idempotent requests can only be used with the same parameters they were first used with. Try \
                 using a key other than '{key}' if you meant to execute a different request."
            );
            return Err(Refusal::new(400, "idempotency_error", message));
        }
        Ok(Some(kept.clone()))
    }

    /// Stores an answer; the key stays in use for another `held` seconds.
    pub(super) fn keep(&mut self, request: &Request, status: u16, body: &str, id: &str, held: i64) {
        let Some(key) = request.idempotency_key.as_ref().filter(|_| request.method == "POST") else { return };
        let kept = Kept {
            fingerprint: fingerprint(request),
            status,
            body: body.to_owned(),
            request: id.to_owned(),
            at: self.now,
            busy_until: self.now + held,
        };
        self.keys.insert(key.clone(), kept);
    }
}
