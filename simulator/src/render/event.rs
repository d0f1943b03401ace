//! An event, in the shape of an API version.

use serde_json::{Value, json};

use super::versions::dress;
use crate::config::Config;
use crate::record::{Event, Snapshot};

/// `pending` is the number of endpoints that have not accepted it yet.
pub(crate) fn event(event: &Event, version: &str, pending: usize, config: &Config) -> Value {
    let mut object = snapshot(&event.about, config);
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

fn snapshot(about: &Snapshot, config: &Config) -> Value {
    match about {
        Snapshot::Session(session) => super::session(session, config),
        Snapshot::Intent(intent, session) => super::intent(intent, session, config),
        Snapshot::Charge(charge, intent, session) => {
            super::charge(charge, &super::intent(intent, session, config), config)
        }
        Snapshot::Refund(refund) => super::refund(refund),
        Snapshot::Dispute(dispute, means) => super::dispute(dispute, *means),
    }
}
