//! A till that asks Stripe the wrong thing, or misreads its answers.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use catalog::{Cents, Timestamp};
use till::decide::Dispute;
use till::decide::settle::{Session, SessionStatus};
use till::outside::stripe::{Account, Payments, PaymentsError, Purchase};

use crate::planted::Flaw;
use crate::store::SimStore;
use crate::stripe::Books;

/// Stripe with one mistake in front of it.
pub struct FlawedPayments {
    pub flaw: Flaw,
    pub inner: Arc<dyn Payments>,
    pub books: Arc<Mutex<Books>>,
    pub store: Arc<SimStore>,
    /// The idempotency keys that were used.
    pub used: Mutex<BTreeSet<String>>,
}

impl FlawedPayments {
    fn misread(&self, mut session: Session) -> Session {
        if self.flaw == Flaw::FulfilOnCompleted && session.status == SessionStatus::Complete {
            session.paid = true;
        }
        if let Some(intent) = &mut session.intent {
            match self.flaw {
                Flaw::TenRefundsCount => intent.refunds.truncate(10),
                Flaw::WonIsLost if intent.dispute == Dispute::Won => intent.dispute = Dispute::Lost,
                _ => {}
            }
        }
        session
    }

    fn total_of(&self, order: &str) -> Option<Cents> {
        let (orders, _) = self.store.read().ok()?;
        orders.iter().find(|known| known.id == order).map(|order| order.total)
    }
}

#[async_trait]
impl Payments for FlawedPayments {
    async fn create(&self, request: &str, key: &str) -> Result<Session, PaymentsError> {
        let is_new = self.used.lock().expect("one thread").insert(key.to_owned());
        let other = format!("{key}-again");
        let key = if self.flaw == Flaw::NewKeyOnRetry && !is_new { &other } else { key };
        self.inner.create(request, key).await.map(|session| self.misread(session))
    }

    async fn retrieve(&self, session: &str) -> Result<Session, PaymentsError> {
        self.inner.retrieve(session).await.map(|session| self.misread(session))
    }

    async fn expire(&self, session: &str) -> Result<(), PaymentsError> {
        self.inner.expire(session).await
    }

    async fn find(
        &self,
        order: &str,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Option<Session>, PaymentsError> {
        let found = self.inner.find(order, from, until).await?;
        Ok(found.map(|session| self.misread(session)))
    }

    async fn purchases(&self) -> Result<Vec<Purchase>, PaymentsError> {
        let mut purchases = self.inner.purchases().await?;
        if self.flaw == Flaw::OnlyPaidWasSold {
            let books = self.books.lock().expect("one thread");
            let is_paid = |order: &str| books.session_of(order).is_some_and(|session| session.paid);
            purchases.retain(|purchase| is_paid(&purchase.order_id));
        }
        Ok(purchases)
    }

    async fn refund(
        &self,
        intent: &str,
        amount: Option<Cents>,
        order: &str,
        key: &str,
    ) -> Result<(), PaymentsError> {
        let total = self.total_of(order).filter(|_| self.flaw == Flaw::RefundsOwnTotal);
        self.inner.refund(intent, total.or(amount), order, key).await
    }

    async fn account(&self) -> Result<Account, PaymentsError> {
        self.inner.account().await
    }

    fn livemode(&self) -> bool {
        self.inner.livemode()
    }
}
