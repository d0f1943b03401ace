//! How an endpoint answers.

use serde_json::Value;

use crate::refusal::Refusal;

/// The answer of an endpoint. A refusal before the endpoint began to work is not stored under an idempotency key; a later
/// one is.
pub(super) enum Outcome {
    Done(Value),
    Invalid(Refusal),
    Failed(Refusal),
}

impl From<Result<Value, Refusal>> for Outcome {
    fn from(result: Result<Value, Refusal>) -> Self {
        match result {
            Ok(value) => Self::Done(value),
            Err(refusal) => Self::Failed(refusal),
        }
    }
}
