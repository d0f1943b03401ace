//! The state machine: everything that is stored, and what happens to it. Pure: time comes as an argument, ids from the seed,
//! nothing is sent. There is a file for each kind of object; `api.rs` is the entry point for requests, `hooks.rs` delivers
//! events.

mod api;
mod checks;
mod create;
mod disputes;
mod expand;
mod hooks;
mod keys;
mod lists;
mod outcome;
mod payments;
mod refunds;
mod sessions;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use crate::config::Config;
use crate::ids::Ids;
use crate::record::{Charge, Dispute, Event, Intent, Refund, Session, SessionStatus, Shelf};
use crate::switches::{Mishap, Switch, Switches, Times, WebhookMishap};

pub use hooks::{Attempt, Delivery, DeliveryState, WebhookRequest};
pub use payments::{Paid, PayRefusal};
pub use refunds::RefundFate;

/// What happens by itself at a given time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Task {
    Expire(String),
    Settle(String, bool),
    EndRefund(String, bool),
}

/// A simulated Stripe account. Clone it to try out what would happen.
#[derive(Debug, Clone)]
pub struct State {
    config: Arc<Config>,
    ids: Ids,
    now: i64,
    sessions: Shelf<Session>,
    intents: Shelf<Intent>,
    charges: Shelf<Charge>,
    refunds: Shelf<Refund>,
    disputes: Shelf<Dispute>,
    events: Shelf<Event>,
    keys: BTreeMap<String, keys::Kept>,
    /// By time, then in order of insertion.
    agenda: BTreeSet<(i64, u64, Task)>,
    hooks: hooks::Hooks,
    switches: Switches,
    refund_fates: Vec<RefundFate>,
    /// The current request and its key, which events name as their cause.
    cause: Option<(String, Option<String>)>,
    counter: u64,
}

impl State {
    pub fn new(config: Config) -> Self {
        Self {
            ids: Ids::new(config.seed),
            config: Arc::new(config),
            now: 0,
            sessions: Shelf::default(),
            intents: Shelf::default(),
            charges: Shelf::default(),
            refunds: Shelf::default(),
            disputes: Shelf::default(),
            events: Shelf::default(),
            keys: BTreeMap::new(),
            agenda: BTreeSet::new(),
            hooks: hooks::Hooks::default(),
            switches: Switches::default(),
            refund_fates: Vec::new(),
            cause: None,
            counter: 0,
        }
    }

    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Advances the time: sessions expire, delayed payments settle, refunds end, each at its own second. Time never goes back.
    pub fn advance(&mut self, now: i64) {
        while let Some((due, _, _)) = self.agenda.first() {
            if *due > now {
                break;
            }
            let Some((due, _, task)) = self.agenda.pop_first() else { break };
            self.now = self.now.max(due);
            match task {
                Task::Expire(id) => self.expire_when_open(&id),
                Task::Settle(id, succeeds) => drop(self.settle_now(&id, succeeds)),
                Task::EndRefund(id, succeeds) => self.end_refund(&id, succeeds),
            }
        }
        self.now = self.now.max(now);
    }

    /// When something happens next by itself: a task of the agenda, or a webhook that is due.
    pub fn next_due(&self) -> Option<i64> {
        let task = self.agenda.first().map(|(due, _, _)| *due);
        [task, self.hooks.next_due()].into_iter().flatten().min()
    }

    fn plan(&mut self, due: i64, task: Task) {
        self.counter += 1;
        self.agenda.insert((due, self.counter, task));
    }

    /// Makes API requests go wrong; `only` is a prefix of `METHOD /path`.
    pub fn mishap(&mut self, mishap: Mishap, only: &str, times: Times) {
        self.switches.api.push(Switch { mishap, only: only.to_owned(), times });
    }

    /// Makes webhooks go wrong; `only` is a prefix of an event's type.
    pub fn webhook_mishap(&mut self, mishap: WebhookMishap, only: &str, times: Times) {
        self.switches.webhooks.push(Switch { mishap, only: only.to_owned(), times });
    }

    /// The switches that are on.
    pub fn switches(&self) -> (&[Switch<Mishap>], &[Switch<WebhookMishap>]) {
        (&self.switches.api, &self.switches.webhooks)
    }

    /// Turns all switches off.
    pub fn clear_mishaps(&mut self) {
        self.switches = Switches::default();
        self.refund_fates.clear();
    }

    /// An object as the API shows it, by id: a session, intent, charge, refund, dispute or event.
    pub fn object(&self, id: &str) -> Option<Value> {
        self.find(id)
    }

    /// Ids of all sessions, newest first.
    pub fn sessions(&self) -> Vec<String> {
        self.sessions.newest().map(|session| session.id.clone()).collect()
    }

    pub(crate) fn session(&self, id: &str) -> Option<&Session> {
        self.sessions.get(id)
    }

    /// Whether the session's bank challenge is waiting for an answer.
    pub(crate) fn waits_for_answer(&self, id: &str) -> bool {
        let open = self.sessions.get(id).filter(|session| session.status == SessionStatus::Open);
        let intent = open.and_then(|session| self.intents.get(session.intent.as_deref()?));
        intent.is_some_and(|intent| intent.status == "requires_action")
    }

    pub(crate) fn payments(&self) -> impl Iterator<Item = Payment<'_>> {
        self.sessions.newest().map(|session| {
            let intent = session.intent.as_deref().and_then(|id| self.intents.get(id));
            let charge = intent.and_then(|intent| self.charges.get(intent.charge.as_deref()?));
            let of = |id: &str| charge.is_some_and(|charge| charge.id == id);
            Payment {
                session,
                intent,
                charge,
                refunds: self.refunds.newest().filter(|refund| of(&refund.charge)).collect(),
                disputes: self.disputes.newest().filter(|dispute| of(&dispute.charge)).collect(),
            }
        })
    }
}

/// Everything about one session, for the dashboard.
#[derive(Debug)]
pub(crate) struct Payment<'a> {
    pub session: &'a Session,
    pub intent: Option<&'a Intent>,
    pub charge: Option<&'a Charge>,
    pub refunds: Vec<&'a Refund>,
    pub disputes: Vec<&'a Dispute>,
}
