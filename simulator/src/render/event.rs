//! An event, in the shape of an API version.

use serde_json::{Value, json};

use super::versions::dress;
use crate::record::Event;

/// `pending` counts the endpoints that have not taken it yet.
pub(crate) fn event(event: &Event, version: &str, pending: usize) -> Value {
    let mut object = (*event.object).clone();
    dress(&mut object, version);
    json!({
        "id": event.id,
        "object": "event",
        "api_version": version,
        "created": event.created,
        "data": { "object": object },
        "livemode": false,
        "pending_webhooks": pending,
        "request": {
            "id": event.cause.as_ref().map(|(id, _)| id),
            "idempotency_key": event.cause.as_ref().and_then(|(_, key)| key.as_ref()),
        },
        "type": event.kind,
    })
}
