//! Paying: what a shopper does on the pay page, and how delayed payments end.

use super::{State, Task};
use crate::record::{
    Charge, DEBIT_FAILED, DECLINED, Failure, Intent, Means, Payer, PaymentStatus, Session, SessionStatus,
    UNAUTHENTICATED,
};

/// The result of paying.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paid {
    /// The session is complete; the money has arrived, is on its way, or none was due.
    Complete,
    /// The shopper may try again.
    Declined,
    /// The bank challenges the shopper: [`State::answer_challenge`].
    Challenge,
}

/// Why a payment is not possible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PayRefusal {
    /// No such session.
    Unknown,
    /// It is complete or expired.
    NotOpen(SessionStatus),
    /// These fields are missing or wrong: `email`, `name`, `line1`, `postal_code`, `city`, `country`, `phone`.
    Fields(Vec<&'static str>),
    /// The session does not offer this method.
    Method,
    /// There is no challenge to answer.
    NothingToAnswer,
}

impl State {
    /// Pays a session on the pay page.
    ///
    /// # Errors
    /// The session cannot be paid, or not in this way.
    pub fn pay(&mut self, session: &str, payer: &Payer, means: Means, now: i64) -> Result<Paid, PayRefusal> {
        self.advance(now);
        let open = self.sessions.get(session).ok_or(PayRefusal::Unknown)?;
        if open.status != SessionStatus::Open {
            return Err(PayRefusal::NotOpen(open.status));
        }
        let wrong = wrong_fields(open, payer);
        if !wrong.is_empty() {
            return Err(PayRefusal::Fields(wrong));
        }
        if !open.methods.iter().any(|method| method == means.method()) {
            return Err(PayRefusal::Method);
        }
        let free = open.total == 0;
        if let Some(open) = self.sessions.get_mut(session) {
            open.payer = Some(payer.clone());
        }
        if free {
            self.complete(session, PaymentStatus::NotRequired);
            return Ok(Paid::Complete);
        }
        let intent = self.attempt(session, means);
        match means {
            Means::Card => {
                self.charge(&intent, "succeeded", None);
                self.complete(session, PaymentStatus::Paid);
                Ok(Paid::Complete)
            }
            Means::DeclinedCard => {
                self.charge(&intent, "failed", Some(DECLINED));
                Ok(Paid::Declined)
            }
            Means::ChallengedCard => {
                self.set_intent(&intent, "requires_action", None);
                self.emit("payment_intent.requires_action", &intent);
                Ok(Paid::Challenge)
            }
            Means::Debit | Means::FailingDebit => {
                self.charge(&intent, "pending", None);
                self.complete(session, PaymentStatus::Unpaid);
                let due = self.now + self.config.settle_after;
                self.plan(due, Task::Settle(session.to_owned(), means == Means::Debit));
                Ok(Paid::Complete)
            }
        }
    }

    /// Answers the bank's challenge, see [`Paid::Challenge`].
    ///
    /// # Errors
    /// There is no challenge to answer: the session expired, or was paid.
    pub fn answer_challenge(&mut self, session: &str, confirmed: bool, now: i64) -> Result<Paid, PayRefusal> {
        self.advance(now);
        let open = self.sessions.get(session).ok_or(PayRefusal::Unknown)?;
        if open.status != SessionStatus::Open {
            return Err(PayRefusal::NotOpen(open.status));
        }
        let intent = open.intent.clone().ok_or(PayRefusal::NothingToAnswer)?;
        if self.intents.get(&intent).is_none_or(|intent| intent.status != "requires_action") {
            return Err(PayRefusal::NothingToAnswer);
        }
        if confirmed {
            self.charge(&intent, "succeeded", None);
            self.complete(session, PaymentStatus::Paid);
            return Ok(Paid::Complete);
        }
        self.set_intent(&intent, "requires_payment_method", Some(UNAUTHENTICATED));
        self.emit("payment_intent.payment_failed", &intent);
        Ok(Paid::Declined)
    }

    /// Ends a delayed payment now, successfully or not, before it does so by itself. False if there is none.
    pub fn settle(&mut self, session: &str, succeeds: bool, now: i64) -> bool {
        self.advance(now);
        self.settle_now(session, succeeds)
    }

    /// Lets a bank make a delayed payment after all that it had refused. False if none was refused.
    pub fn settle_after_all(&mut self, session: &str, now: i64) -> bool {
        self.advance(now);
        let refused = self.sessions.get(session).filter(|session| session.status == SessionStatus::Complete);
        let intent = refused.and_then(|session| session.intent.clone());
        let intent = intent.and_then(|id| self.intents.get_mut(&id));
        let Some(intent) = intent.filter(|intent| intent.status == "requires_payment_method") else {
            return false;
        };
        intent.status = "processing";
        self.settle_now(session, true)
    }

    /// Changes what an open session costs, as a discount or a conversion at Stripe would. False if it is not open.
    pub fn reprice(&mut self, session: &str, total: i64, currency: &str) -> bool {
        let open = self.sessions.get_mut(session).filter(|session| session.status == SessionStatus::Open);
        let Some(open) = open else { return false };
        open.total = total;
        currency.clone_into(&mut open.currency);
        true
    }

    pub(super) fn settle_now(&mut self, session: &str, succeeds: bool) -> bool {
        let intent = self.sessions.get(session).and_then(|session| session.intent.clone());
        let waiting =
            intent.filter(|id| self.intents.get(id).is_some_and(|intent| intent.status == "processing"));
        let Some(intent) = waiting else { return false };
        let Some(charge) = self.intents.get(&intent).and_then(|intent| intent.charge.clone()) else {
            return false;
        };
        let failure = (!succeeds).then_some(DEBIT_FAILED);
        if let Some(charge) = self.charges.get_mut(&charge) {
            charge.status = if succeeds { "succeeded" } else { "failed" };
            charge.failure = failure;
        }
        self.set_intent(&intent, if succeeds { "succeeded" } else { "requires_payment_method" }, failure);
        if succeeds {
            if let Some(session) = self.sessions.get_mut(session) {
                session.payment = PaymentStatus::Paid;
            }
            self.emit("charge.succeeded", &charge);
            self.emit("payment_intent.succeeded", &intent);
            self.emit("checkout.session.async_payment_succeeded", session);
        } else {
            self.emit("charge.failed", &charge);
            self.emit("payment_intent.payment_failed", &intent);
            self.emit("checkout.session.async_payment_failed", session);
        }
        true
    }

    /// The session's payment intent, created at the first attempt, as Stripe has done since 2022-08-01.
    fn attempt(&mut self, session: &str, means: Means) -> String {
        let method = self.ids.draw("pm_1", 23);
        let Some(open) = self.sessions.get(session) else { return String::new() };
        if let Some(id) = open.intent.clone() {
            if let Some(intent) = self.intents.get_mut(&id) {
                intent.method = method;
                intent.means = means;
                intent.failure = None;
            }
            return id;
        }
        let (amount, currency) = (open.total, open.currency.clone());
        let id = self.ids.object("pi");
        let secret = self.ids.draw(&format!("{id}_secret_"), 25);
        let intent = Intent {
            id: id.clone(),
            session: session.to_owned(),
            created: self.now,
            status: "requires_payment_method",
            amount,
            currency,
            charge: None,
            failure: None,
            method,
            means,
            canceled_at: None,
            secret,
        };
        self.intents.put(&id, intent);
        if let Some(open) = self.sessions.get_mut(session) {
            open.intent = Some(id.clone());
        }
        self.emit("payment_intent.created", &id);
        id
    }

    /// Adds a charge of the whole amount and updates the intent.
    fn charge(&mut self, intent: &str, status: &'static str, failure: Option<Failure>) {
        let Some(attempt) = self.intents.get(intent).cloned() else { return };
        let payer =
            self.sessions.get(&attempt.session).and_then(|session| session.payer.clone()).unwrap_or_default();
        let prefix = if attempt.means.method() == "card" { "ch" } else { "py" };
        let id = self.ids.object(prefix);
        let charge = Charge {
            id: id.clone(),
            intent: intent.to_owned(),
            created: self.now,
            status,
            amount: attempt.amount,
            refunded: 0,
            currency: attempt.currency,
            disputed: false,
            failure,
            method: attempt.method,
            means: attempt.means,
            payer,
            transaction: self.ids.object("txn"),
        };
        self.charges.put(&id, charge);
        if let Some(intent) = self.intents.get_mut(intent) {
            intent.charge = Some(id.clone());
        }
        let (becomes, of_charge, of_intent) = match status {
            "succeeded" => ("succeeded", "charge.succeeded", "payment_intent.succeeded"),
            "pending" => ("processing", "charge.pending", "payment_intent.processing"),
            _ => ("requires_payment_method", "charge.failed", "payment_intent.payment_failed"),
        };
        self.set_intent(intent, becomes, failure);
        self.emit(of_charge, &id);
        self.emit(of_intent, intent);
    }

    fn set_intent(&mut self, id: &str, status: &'static str, failure: Option<Failure>) {
        if let Some(intent) = self.intents.get_mut(id) {
            intent.status = status;
            intent.failure = failure;
        }
    }

    fn complete(&mut self, id: &str, payment: PaymentStatus) {
        if let Some(session) = self.sessions.get_mut(id) {
            session.status = SessionStatus::Complete;
            session.payment = payment;
        }
        self.emit("checkout.session.completed", id);
    }
}

fn wrong_fields(session: &Session, payer: &Payer) -> Vec<&'static str> {
    let mut wrong = Vec::new();
    let mut need = |name, fine: bool| {
        if !fine {
            wrong.push(name);
        }
    };
    let filled = |text: &str| !text.trim().is_empty() && text.len() <= 250;
    need("email", crate::schema::email(&payer.email));
    need("name", filled(&payer.name));
    if let Some(asked) = session.params.get("shipping_address_collection") {
        need("line1", filled(&payer.line1));
        need("postal_code", filled(&payer.postal_code));
        need("city", filled(&payer.city));
        let allowed = asked["allowed_countries"].as_array().into_iter().flatten();
        need("country", allowed.into_iter().any(|country| *country == *payer.country.as_str()));
    } else {
        need("country", payer.country.is_empty() || crate::schema::is_country(&payer.country));
    }
    if session.params.get("phone_number_collection").is_some_and(|asked| asked["enabled"] == true) {
        need("phone", payer.phone.as_deref().is_some_and(filled));
    }
    wrong
}
