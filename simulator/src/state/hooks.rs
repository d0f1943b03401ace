//! The delivery of events: what is sent to which endpoint and when, what it answered, when it is sent again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::State;
use crate::record::{Event, Snapshot};
use crate::render;
use crate::sign::signature;
use crate::switches::{WebhookMishap, take};

/// How late a reordered event is sent if no other follows it, in seconds.
const REORDERED: i64 = 60;

/// One attempt to deliver an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt {
    /// When it was sent.
    pub at: i64,
    /// The endpoint's answer; `None` if there was none.
    pub status: Option<u16>,
}

/// The state of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryState {
    /// To be sent at this time.
    Waiting(i64),
    /// Sent, not answered yet.
    UnderWay,
    /// Accepted by the endpoint.
    Taken,
    /// Given up after the last attempt.
    GivenUp,
    /// Never sent, because of a switch.
    Lost,
}

/// An event on its way to an endpoint.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// Its number, for [`State::report`].
    pub id: u64,
    /// Index of the endpoint in the configuration.
    pub endpoint: usize,
    pub event: String,
    pub kind: &'static str,
    /// The id of the object it is about.
    pub object: String,
    pub attempts: Vec<Attempt>,
    pub state: DeliveryState,
}

/// A webhook to send now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookRequest {
    /// The delivery's number.
    pub delivery: u64,
    /// Index of the endpoint in the configuration.
    pub endpoint: usize,
    /// The endpoint's address.
    pub url: String,
    pub event: String,
    pub kind: &'static str,
    /// The header `Stripe-Signature`.
    pub signature: String,
    pub body: String,
    /// How long the endpoint may take to answer, in seconds.
    pub timeout: i64,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Hooks {
    deliveries: BTreeMap<u64, Delivery>,
    waiting: BTreeSet<(i64, u64)>,
    /// Per endpoint, the delivery that is waiting to be overtaken.
    overtaken: BTreeMap<usize, u64>,
    /// Per event, how many endpoints have not accepted it.
    pending: BTreeMap<String, usize>,
    last: u64,
}

impl Hooks {
    pub(super) fn next_due(&self) -> Option<i64> {
        self.waiting.first().map(|(due, _)| *due)
    }

    pub(super) fn pending(&self, event: &str) -> usize {
        self.pending.get(event).copied().unwrap_or_default()
    }

    fn send(&mut self, id: u64, due: i64) {
        if let Some(delivery) = self.deliveries.get_mut(&id) {
            if let DeliveryState::Waiting(before) = delivery.state {
                self.waiting.remove(&(before, id));
            }
            delivery.state = DeliveryState::Waiting(due);
            self.waiting.insert((due, id));
        }
    }
}

impl State {
    /// Stores an event about `object` and schedules its deliveries.
    pub(super) fn emit(&mut self, kind: &'static str, object: &str) {
        let Some(about) = self.snapshot(object) else { return };
        let event = Event {
            id: self.ids.object("evt"),
            kind,
            created: self.now,
            about: Arc::new(about),
            cause: self.cause.clone(),
        };
        let id = event.id.clone();
        self.events.put(&id, event);
        let config = Arc::clone(&self.config);
        for (endpoint, _) in config.endpoints.iter().enumerate().filter(|(_, endpoint)| endpoint.wants(kind))
        {
            *self.hooks.pending.entry(id.clone()).or_insert(0) += 1;
            self.dispatch(endpoint, &id, kind, object);
        }
    }

    fn snapshot(&self, id: &str) -> Option<Snapshot> {
        let of_intent = |id: &str| {
            let intent = self.intents.get(id)?;
            Some((intent.clone(), self.sessions.get(&intent.session)?.clone()))
        };
        match id.split('_').next()? {
            "cs" => self.sessions.get(id).cloned().map(Snapshot::Session),
            "pi" => of_intent(id).map(|(intent, session)| Snapshot::Intent(intent, session)),
            "ch" | "py" => {
                let charge = self.charges.get(id)?;
                let (intent, session) = of_intent(&charge.intent)?;
                Some(Snapshot::Charge(charge.clone(), intent, session))
            }
            "re" => self.refunds.get(id).cloned().map(Snapshot::Refund),
            _ => {
                let dispute = self.disputes.get(id)?;
                Some(Snapshot::Dispute(dispute.clone(), self.charges.get(&dispute.charge)?.means))
            }
        }
    }

    fn dispatch(&mut self, endpoint: usize, event: &str, kind: &'static str, object: &str) {
        let mishap = take(&mut self.switches.webhooks, kind);
        let now = self.now;
        let copies = if mishap == Some(WebhookMishap::Duplicate) { 2 } else { 1 };
        for _ in 0..copies {
            self.hooks.last += 1;
            let id = self.hooks.last;
            let delivery = Delivery {
                id,
                endpoint,
                event: event.to_owned(),
                kind,
                object: object.to_owned(),
                attempts: Vec::new(),
                state: DeliveryState::Lost,
            };
            self.hooks.deliveries.insert(id, delivery);
            match mishap {
                Some(WebhookMishap::Lose) => {}
                Some(WebhookMishap::Delay(seconds)) => self.hooks.send(id, now + seconds),
                Some(WebhookMishap::Reorder) => {
                    self.hooks.send(id, now + REORDERED);
                    self.hooks.overtaken.insert(endpoint, id);
                }
                Some(WebhookMishap::Duplicate) | None => {
                    self.hooks.send(id, now);
                    if let Some(overtaken) = self.hooks.overtaken.remove(&endpoint) {
                        self.overtake(overtaken, now);
                    }
                }
            }
        }
    }

    /// Gives the overtaken delivery a number after the one that overtook it, and sends it at once.
    fn overtake(&mut self, overtaken: u64, now: i64) {
        let Some(mut delivery) = self.hooks.deliveries.remove(&overtaken) else { return };
        let DeliveryState::Waiting(due) = delivery.state else {
            self.hooks.deliveries.insert(overtaken, delivery);
            return;
        };
        self.hooks.waiting.remove(&(due, overtaken));
        self.hooks.last += 1;
        delivery.id = self.hooks.last;
        let id = delivery.id;
        self.hooks.deliveries.insert(id, delivery);
        self.hooks.send(id, now);
    }

    /// The webhooks to send by `now`, in order. Each needs its [`State::report`].
    pub fn due(&mut self, now: i64) -> Vec<WebhookRequest> {
        self.advance(now);
        let mut webhooks = Vec::new();
        while let Some((due, id)) = self.hooks.waiting.first().copied().filter(|(due, _)| *due <= now) {
            self.hooks.waiting.remove(&(due, id));
            let Some(delivery) = self.hooks.deliveries.get_mut(&id) else { continue };
            delivery.state = DeliveryState::UnderWay;
            delivery.attempts.push(Attempt { at: now, status: None });
            let (event, endpoint) = (delivery.event.clone(), delivery.endpoint);
            if let Some(webhook) = self.webhook(id, &event, endpoint, now) {
                webhooks.push(webhook);
            }
        }
        webhooks
    }

    fn webhook(&self, delivery: u64, event: &str, endpoint: usize, now: i64) -> Option<WebhookRequest> {
        let found = self.events.get(event)?;
        let to = self.config.endpoints.get(endpoint)?;
        let rendered = render::event(found, &to.api_version, self.hooks.pending(event), &self.config);
        // Indented like Stripe's: verifying a re-encoded body instead of the raw one fails here, too.
        let body = serde_json::to_string_pretty(&rendered).ok()?;
        Some(WebhookRequest {
            delivery,
            endpoint,
            url: to.url.clone(),
            event: event.to_owned(),
            kind: found.kind,
            signature: signature(&to.secrets, now, body.as_bytes()),
            body,
            timeout: self.config.webhook_timeout,
        })
    }

    /// Records an endpoint's answer to a webhook; `None` if it did not answer in time.
    pub fn report(&mut self, delivery: u64, status: Option<u16>, now: i64) {
        self.advance(now);
        let Some(sent) = self.hooks.deliveries.get_mut(&delivery) else { return };
        if sent.state != DeliveryState::UnderWay {
            return;
        }
        if let Some(attempt) = sent.attempts.last_mut() {
            attempt.status = status;
        }
        if status.is_some_and(|status| (200..300).contains(&status)) {
            sent.state = DeliveryState::Taken;
            let event = sent.event.clone();
            if let Some(pending) = self.hooks.pending.get_mut(&event) {
                *pending = pending.saturating_sub(1);
            }
            return;
        }
        sent.state = DeliveryState::GivenUp;
        if let Some(wait) = self.config.retry_after.get(sent.attempts.len() - 1) {
            self.hooks.send(delivery, now + wait);
        }
    }

    /// Sends a delivery once more, whatever its state. False if there is none with this number.
    pub fn resend(&mut self, delivery: u64, now: i64) -> bool {
        self.advance(now);
        let known = self.hooks.deliveries.contains_key(&delivery);
        self.hooks.send(delivery, now);
        known
    }

    /// All deliveries, newest first.
    pub fn deliveries(&self) -> impl Iterator<Item = &Delivery> {
        self.hooks.deliveries.values().rev()
    }
}
