//! The simulator as programs use it: a state machine, a clock, and where webhooks go. Cheap to clone; clones share all of it.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::clock::Clock;
use crate::config::Config;
use crate::record::{Means, Payer};
use crate::refusal::Refusal;
use crate::request::{Request, Response};
use crate::state::{Paid, PayRefusal, State, WebhookRequest};

/// The status that an endpoint answers; `None` if it does not.
pub type Answer = Pin<Box<dyn Future<Output = Option<u16>> + Send>>;

/// Where webhooks go. Any `Fn(WebhookRequest) -> impl Future<Output = Option<u16>>` is one.
pub trait Sink: Send + Sync {
    fn deliver(&self, webhook: WebhookRequest) -> Answer;
}

impl<F, Fut> Sink for F
where
    F: Fn(WebhookRequest) -> Fut + Send + Sync,
    Fut: Future<Output = Option<u16>> + Send + 'static,
{
    fn deliver(&self, webhook: WebhookRequest) -> Answer {
        Box::pin(self(webhook))
    }
}

#[derive(Clone)]
pub struct Simulator {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    state: Mutex<State>,
    clock: Clock,
    sink: Arc<dyn Sink>,
    pub(crate) wake: Notify,
}

impl fmt::Debug for Simulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Simulator").field("clock", &self.inner.clock).finish_non_exhaustive()
    }
}

impl Simulator {
    /// With this clock and this sink.
    pub fn with(config: Config, clock: Clock, sink: impl Sink + 'static) -> Self {
        let state = Mutex::new(State::new(config));
        Self { inner: Arc::new(Inner { state, clock, sink: Arc::new(sink), wake: Notify::new() }) }
    }

    pub(crate) fn of(inner: Arc<Inner>) -> Self {
        Self { inner }
    }

    pub(crate) fn inner(&self) -> &Arc<Inner> {
        &self.inner
    }

    pub fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    /// Gives access to the state, for everything that has no method here. It is locked meanwhile.
    pub fn with_state<T>(&self, look: impl FnOnce(&mut State, i64) -> T) -> T {
        let now = self.inner.clock.now();
        let result = look(&mut self.lock(), now);
        self.inner.wake.notify_one();
        result
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // After a panic the state may be half changed, but never so that later requests cannot work with it.
        self.inner.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn request(&self, request: &Request) -> Response {
        self.with_state(|state, now| state.request(request, now))
    }

    /// Pays a session, as a shopper does on the pay page.
    ///
    /// # Errors
    /// See [`State::pay`].
    pub fn pay(&self, session: &str, payer: &Payer, means: Means) -> Result<Paid, PayRefusal> {
        self.with_state(|state, now| state.pay(session, payer, means, now))
    }

    /// Answers the challenge of the shopper's bank.
    ///
    /// # Errors
    /// See [`State::answer_challenge`].
    pub fn answer_challenge(&self, session: &str, confirmed: bool) -> Result<Paid, PayRefusal> {
        self.with_state(|state, now| state.answer_challenge(session, confirmed, now))
    }

    /// Ends a delayed payment. False if there is none.
    pub fn settle(&self, session: &str, succeeds: bool) -> bool {
        self.with_state(|state, now| state.settle(session, succeeds, now))
    }

    /// Refunds everything that is left, or an amount in minor units. Returns the refund's id.
    ///
    /// # Errors
    /// See [`State::refund`].
    pub fn refund(&self, charge: &str, amount: Option<i64>) -> Result<String, Refusal> {
        self.with_state(|state, now| state.refund(charge, amount, now))
    }

    /// Opens a dispute and returns its id.
    pub fn open_dispute(&self, charge: &str) -> Option<String> {
        self.with_state(|state, now| state.open_dispute(charge, now))
    }

    /// Opens an inquiry, a chargeback or a prevented dispute and returns its id. See [`State::begin_dispute`].
    pub fn begin_dispute(&self, charge: &str, status: &'static str) -> Option<String> {
        self.with_state(|state, now| state.begin_dispute(charge, status, now))
    }

    /// Moves a dispute to its next status. See [`State::move_dispute`].
    pub fn move_dispute(&self, dispute: &str, next: &'static str) -> bool {
        self.with_state(|state, now| state.move_dispute(dispute, next, now))
    }

    /// Ends a dispute. False if there is none to end.
    pub fn close_dispute(&self, dispute: &str, won: bool) -> bool {
        self.with_state(|state, now| state.close_dispute(dispute, won, now))
    }

    /// Moves a manual clock and processes what is due, including webhooks, one after another.
    pub async fn advance(&self, seconds: i64) -> usize {
        self.inner.clock.advance(seconds);
        self.deliver().await
    }

    /// Sends all webhooks that are due, in order, until there are none, and returns how many. For tests without a
    /// [`WebhookSender`](crate::WebhookSender).
    pub async fn deliver(&self) -> usize {
        let mut sent = 0;
        loop {
            let webhooks = self.with_state(|state, now| state.due(now));
            if webhooks.is_empty() {
                return sent;
            }
            for webhook in webhooks {
                self.deliver_one(webhook).await;
                sent += 1;
            }
        }
    }

    /// The webhooks that are due, and when the next one will be. Does not notify the
    /// [`WebhookSender`](crate::WebhookSender), which calls it.
    pub(crate) fn collect(&self) -> (Vec<WebhookRequest>, Option<i64>) {
        let now = self.inner.clock.now();
        let mut state = self.lock();
        (state.due(now), state.next_due())
    }

    pub(crate) async fn deliver_one(&self, webhook: WebhookRequest) {
        let delivery = webhook.delivery;
        let status = self.inner.sink.deliver(webhook).await;
        self.with_state(|state, now| state.report(delivery, status, now));
    }
}
