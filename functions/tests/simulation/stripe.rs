//! Stripe as the simulation has it: sessions, payments, refunds, idempotency, events; and the wire to it, which loses
//! requests and answers.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use till::decide::settle::{Intent, RefundSeen, Session, SessionStatus};
use till::decide::{Dispute, Refund};
use till::outside::stripe::{Account, Payments, PaymentsError};

use crate::world::{Chance, pause};

/// How the money of a session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Money {
    None,
    Processing,
    Failed,
    Paid,
}

/// A session at Stripe.
#[derive(Debug, Clone)]
pub struct SimSession {
    pub id: String,
    pub order: String,
    pub amount: i64,
    pub status: SessionStatus,
    pub money: Money,
    pub created: i64,
    pub expires_at: i64,
    pub refunds: Vec<RefundSeen>,
    pub dispute: Dispute,
    /// The bank refused it, whatever came later.
    pub refused: bool,
}

/// Stripe's books.
#[derive(Debug, Default)]
pub struct Books {
    pub now: i64,
    pub sessions: BTreeMap<String, SimSession>,
    /// Key -> (form parameters, session, when).
    keys: BTreeMap<String, (String, String, i64)>,
    /// Events to be delivered: (id, type, session).
    pub events: VecDeque<(String, &'static str, String)>,
    counter: u64,
    /// Orders whose creation Stripe refused for good.
    pub refused: std::collections::BTreeSet<String>,
}

impl Books {
    /// Empty books.
    pub fn new(now: i64) -> Self {
        Books { now, ..Books::default() }
    }

    fn next(&mut self, kind: &str) -> String {
        self.counter += 1;
        format!("{kind}_{:06}", self.counter)
    }

    /// Writes an event down.
    pub fn tell(&mut self, kind: &'static str, session: &str) {
        let id = self.next("evt");
        self.events.push_back((id, kind, session.to_owned()));
    }

    /// Time goes on: sessions end.
    pub fn advance(&mut self, now: i64) {
        self.now = now;
        let over: Vec<String> = self
            .sessions
            .values()
            .filter(|session| session.status == SessionStatus::Open && session.expires_at <= now)
            .map(|session| session.id.clone())
            .collect();
        for id in over {
            if let Some(session) = self.sessions.get_mut(&id) {
                session.status = SessionStatus::Expired;
            }
            self.tell("checkout.session.expired", &id);
        }
    }

    /// A shopper pays; `false` when it cannot be paid any more.
    pub fn pay(&mut self, id: &str, delayed: bool, too_much: i64) -> bool {
        let Some(session) = self.sessions.get_mut(id).filter(|session| session.status == SessionStatus::Open)
        else {
            return false;
        };
        session.status = SessionStatus::Complete;
        session.amount += too_much;
        session.money = if delayed { Money::Processing } else { Money::Paid };
        self.tell("checkout.session.completed", id);
        true
    }

    /// What a bank refused, it pays after all.
    pub fn change_mind(&mut self, id: &str) {
        if let Some(session) = self.sessions.get_mut(id).filter(|session| session.money == Money::Failed) {
            session.money = Money::Paid;
            self.tell("checkout.session.async_payment_succeeded", id);
        }
    }

    /// A bank answers after days.
    pub fn settle_delayed(&mut self, id: &str, paid: bool) {
        let Some(session) = self.sessions.get_mut(id).filter(|session| session.money == Money::Processing)
        else {
            return;
        };
        session.money = if paid { Money::Paid } else { Money::Failed };
        session.refused |= !paid;
        let kind = if paid {
            "checkout.session.async_payment_succeeded"
        } else {
            "checkout.session.async_payment_failed"
        };
        self.tell(kind, id);
    }

    /// Refunds that are on their way arrive.
    pub fn settle_refunds(&mut self) {
        let waiting: Vec<String> = self
            .sessions
            .values()
            .filter(|session| session.refunds.iter().any(|refund| refund.state == Refund::Pending))
            .map(|session| session.id.clone())
            .collect();
        for id in waiting {
            if let Some(session) = self.sessions.get_mut(&id) {
                let waiting = session.refunds.iter_mut().filter(|refund| refund.state == Refund::Pending);
                waiting.for_each(|refund| refund.state = Refund::Done);
            }
            self.tell("charge.refunded", &id);
        }
    }

    fn session(&self, id: &str) -> Option<Session> {
        let session = self.sessions.get(id)?;
        Some(Session {
            id: session.id.clone(),
            url: (session.status == SessionStatus::Open).then(|| format!("https://pay.example/{id}")),
            status: session.status,
            paid: session.money == Money::Paid,
            amount_total: Some(session.amount),
            currency: Some("eur".to_owned()),
            livemode: false,
            order_id: Some(session.order.clone()),
            intent: (session.money != Money::None).then(|| Intent {
                id: format!("pi_{id}"),
                processing: session.money == Money::Processing,
                failed: session.money == Money::Failed,
                refunds: session.refunds.clone(),
                dispute: session.dispute,
            }),
            customer: till::decide::order::Customer {
                // Some have an address that no mailer takes, though Stripe does.
                email: Some(
                    if session.id.ends_with('3') { "a..b@docomo.ne.jp" } else { "anne@example.com" }
                        .to_owned(),
                ),
                ..Default::default()
            },
            created: session.created,
        })
    }

    fn create(&mut self, request: &str, key: &str) -> Result<Session, PaymentsError> {
        if let Some((body, session, at)) = self.keys.get(key)
            && at + 86_400 > self.now
        {
            if body != request {
                return Err(PaymentsError::Unknown("the key was used for something else".to_owned()));
            }
            // Stripe gives the answer of then, whatever became of the session since.
            let mut saved = self.session(session).ok_or_else(|| PaymentsError::Unknown("lost".to_owned()))?;
            saved.status = SessionStatus::Open;
            saved.paid = false;
            saved.intent = None;
            saved.url = Some(format!("https://pay.example/{}", saved.id));
            return Ok(saved);
        }
        let fields: BTreeMap<String, String> = form_urlencoded::parse(request.as_bytes())
            .map(|(a, b)| (a.into_owned(), b.into_owned()))
            .collect();
        let number = |name: &str| fields.get(name).and_then(|value| value.parse::<i64>().ok()).unwrap_or(0);
        let expires_at = number("expires_at");
        let order = fields.get("metadata[order_id]").cloned().unwrap_or_default();
        if expires_at < self.now + 1800 {
            self.refused.insert(order);
            return Err(PaymentsError::Refused {
                code: "parameter_invalid".to_owned(),
                param: "expires_at".to_owned(),
                message: "it must be at least 30 minutes ahead".to_owned(),
            });
        }
        let lines = (0..50).map(|at| {
            number(&format!("line_items[{at}][price_data][unit_amount]"))
                * number(&format!("line_items[{at}][quantity]"))
        });
        let amount =
            lines.sum::<i64>() + number("shipping_options[0][shipping_rate_data][fixed_amount][amount]");
        let id = self.next("cs");
        self.sessions.insert(
            id.clone(),
            SimSession {
                id: id.clone(),
                order,
                amount,
                status: SessionStatus::Open,
                money: Money::None,
                created: self.now,
                expires_at,
                refunds: Vec::new(),
                dispute: Dispute::None,
                refused: false,
            },
        );
        self.keys.insert(key.to_owned(), (request.to_owned(), id.clone(), self.now));
        self.session(&id).ok_or_else(|| PaymentsError::Unknown("lost".to_owned()))
    }

    fn expire(&mut self, id: &str) -> Result<(), PaymentsError> {
        match self.sessions.get_mut(id) {
            Some(session) if session.status == SessionStatus::Open => {
                session.status = SessionStatus::Expired;
                self.tell("checkout.session.expired", id);
                Ok(())
            }
            _ => Err(PaymentsError::Refused {
                code: "resource_missing".to_owned(),
                param: String::new(),
                message: "only open sessions can be expired".to_owned(),
            }),
        }
    }

    fn refund(&mut self, intent: &str, at_once: bool) -> Result<(), PaymentsError> {
        let id = intent.trim_start_matches("pi_").to_owned();
        let Some(session) = self.sessions.get_mut(&id).filter(|session| session.money == Money::Paid) else {
            return Err(PaymentsError::Unknown("no such payment".to_owned()));
        };
        let given = session.given();
        if given >= session.amount {
            return Err(PaymentsError::Refused {
                code: "charge_already_refunded".to_owned(),
                param: String::new(),
                message: "it went back already".to_owned(),
            });
        }
        let state = if at_once { Refund::Done } else { Refund::Pending };
        session.refunds.push(RefundSeen { amount: session.amount - given, state });
        if at_once {
            self.tell("charge.refunded", &id);
        }
        Ok(())
    }

    /// A bank does not take what it was given back, although it looked as if it had.
    pub fn fail_refund(&mut self, id: &str) {
        let refunds = self.sessions.get_mut(id).map(|session| &mut session.refunds);
        let last = refunds.and_then(|all| all.iter_mut().rev().find(|refund| refund.state != Refund::Failed));
        if let Some(refund) = last {
            refund.state = Refund::Failed;
            self.tell("refund.failed", id);
        }
    }

    /// The owner gives back what is left.
    pub fn refund_rest(&mut self, id: &str) {
        let left = self.sessions.get(id).map_or(0, |session| session.amount - session.given());
        if left > 0 {
            self.refund_part(id, left);
        }
    }

    /// The owner gives a part back at Stripe's own page.
    pub fn refund_part(&mut self, id: &str, amount: i64) {
        if let Some(session) = self.sessions.get_mut(id)
            && session.money == Money::Paid
            && session.given() + amount <= session.amount
        {
            session.refunds.push(RefundSeen { amount, state: Refund::Done });
            self.tell("charge.refunded", id);
        }
    }
}

impl SimSession {
    /// What went back or is on its way.
    fn given(&self) -> i64 {
        let live = self.refunds.iter().filter(|refund| refund.state != Refund::Failed);
        live.map(|refund| refund.amount).sum()
    }
}

/// The wire to Stripe.
pub struct SimStripe {
    pub books: Arc<Mutex<Books>>,
    pub chance: Arc<Chance>,
}

impl SimStripe {
    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().expect("one thread")
    }

    /// One request: it may be lost on the way, or its answer on the way back.
    async fn ask<T>(
        &self,
        what: impl FnOnce(&mut Books) -> Result<T, PaymentsError> + Send,
    ) -> Result<T, PaymentsError> {
        pause().await;
        if self.chance.fault(4) {
            return Err(PaymentsError::Unknown("the request was lost".to_owned()));
        }
        let answer = what(&mut self.books());
        pause().await;
        if self.chance.fault(4) {
            return Err(PaymentsError::Unknown("the answer was lost".to_owned()));
        }
        answer
    }
}

#[async_trait]
impl Payments for SimStripe {
    async fn create(&self, request: &str, key: &str) -> Result<Session, PaymentsError> {
        self.ask(|books| books.create(request, key)).await
    }

    async fn retrieve(&self, session: &str) -> Result<Session, PaymentsError> {
        let none = || PaymentsError::Unknown("no such session".to_owned());
        self.ask(|books| books.session(session).ok_or_else(none)).await
    }

    async fn expire(&self, session: &str) -> Result<(), PaymentsError> {
        self.ask(|books| books.expire(session)).await
    }

    async fn find(&self, order: &str, from: i64, until: i64) -> Result<Option<Session>, PaymentsError> {
        self.ask(|books| {
            let found = books
                .sessions
                .values()
                .find(|session| session.order == order && (from..=until).contains(&session.created));
            Ok(found.map(|session| session.id.clone()).and_then(|id| books.session(&id)))
        })
        .await
    }

    async fn refund(
        &self,
        intent: &str,
        _amount: Option<i64>,
        _order: &str,
        _key: &str,
    ) -> Result<(), PaymentsError> {
        let at_once = self.chance.one_in(2);
        self.ask(|books| books.refund(intent, at_once)).await
    }

    async fn account(&self) -> Result<Account, PaymentsError> {
        Ok(Account { id: "acct_1".to_owned() })
    }

    fn livemode(&self) -> bool {
        false
    }
}
