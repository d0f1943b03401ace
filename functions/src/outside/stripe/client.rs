//! Stripe over HTTP, through async-stripe.

use std::time::Duration;

use async_trait::async_trait;
use catalog::{Cents, Timestamp};
use miniserde::Deserialize;
use stripe::{Client, ClientBuilder, IdempotencyKey, RequestStrategy, StripeError, StripeRequest as _};
use stripe_checkout::checkout_session::{
    CreateCheckoutSession, ExpireCheckoutSession, ListCheckoutSession, RetrieveCheckoutSession,
};
use stripe_client_core::{RequestBuilder, StripeClient};
use stripe_core::refund::{CreateRefund, ListRefund};
use stripe_shared::{ApiErrorsType, CheckoutSessionStatus};
use stripe_types::RangeQueryTs;

use super::answers::{
    DisputesAnswer, Entry, IdAnswer, ListedSession, Page, PurchaseAnswer, RefundAnswer, SessionAnswer,
};
use super::{Account, Payments, PaymentsError, Purchase, pieces_of_metadata};
use crate::decide::Dispute;
use crate::decide::settle::Session;

/// The version of Stripe's API that async-stripe uses.
pub const API_VERSION: &str = "2026-09-30.endive";

/// How long one request may take. The limit for all of a request's work is in `http/deadline.rs`.
const TIMEOUT: Duration = Duration::from_secs(12);

/// Stripe, or a server that behaves like it. `C` sends the requests: over HTTP, unless a simulation does it.
#[derive(Debug, Clone)]
pub struct Stripe<C = Client> {
    client: C,
    livemode: bool,
}

impl Stripe {
    /// With a secret or restricted key; `url` replaces Stripe's own address, for tests.
    ///
    /// # Errors
    /// If the key or the address is invalid.
    pub fn new(key: &str, url: Option<&str>) -> Result<Self, PaymentsError> {
        let mut builder = ClientBuilder::new(key).timeout(TIMEOUT).app_info(
            "mon-petit-bazaar",
            Some(env!("CARGO_PKG_VERSION").to_owned()),
            None,
        );
        if let Some(url) = url {
            builder = builder.url(format!("{}/", url.trim_end_matches('/')));
        }
        let client = builder.build().map_err(unknown)?;
        Ok(Stripe { client, livemode: key.contains("_live_") })
    }
}

impl<C: StripeClient<Err = StripeError> + Send + Sync> Stripe<C> {
    /// With a client that is already set up.
    pub fn over(client: C, livemode: bool) -> Self {
        Stripe { client, livemode }
    }

    async fn complete(&self, mut answer: SessionAnswer) -> Result<Session, PaymentsError> {
        if let Some(intent) = answer.has_more_refunds().map(str::to_owned) {
            answer.set_refunds(self.refunds(&intent).await?);
        }
        let dispute = match &answer.payment_intent {
            Some(intent) if answer.disputed() => self.disputes(&intent.id).await?,
            _ => Dispute::None,
        };
        let id = answer.id.clone();
        answer
            .into_session(dispute)
            .ok_or_else(|| PaymentsError::Unknown(format!("{id} has an unknown status")))
    }

    /// Reads a list page by page while `take` wants more. <https://docs.stripe.com/api/pagination>
    async fn each_page<T: Entry + Deserialize + Send>(
        &self,
        ask: impl Fn(Option<String>) -> RequestBuilder + Send,
        mut take: impl FnMut(Vec<T>) -> bool + Send,
    ) -> Result<(), PaymentsError> {
        let mut after = None;
        loop {
            let page: Page<T> = ask(after).customize().send(&self.client).await.map_err(failed)?;
            after = page.last_id().map(str::to_owned);
            if !take(page.data) || after.is_none() {
                return Ok(());
            }
        }
    }

    async fn refunds(&self, intent: &str) -> Result<Vec<RefundAnswer>, PaymentsError> {
        let ask = |after: Option<String>| {
            let list = ListRefund::new().payment_intent(intent).limit(100);
            after.into_iter().fold(list, ListRefund::starting_after).build()
        };
        let mut all = Vec::new();
        self.each_page(ask, |page| {
            all.extend(page);
            true
        })
        .await?;
        Ok(all)
    }

    async fn disputes(&self, intent: &str) -> Result<Dispute, PaymentsError> {
        // async-stripe has a separate crate for disputes; listing them does not need it.
        let mut request = ListCheckoutSession::new().build();
        request.path = "/disputes".to_owned();
        request.query = Some(format!("payment_intent={intent}&limit=100"));
        let answer: DisputesAnswer = request.customize().send(&self.client).await.map_err(failed)?;
        Ok(answer.state())
    }
}

#[allow(
    clippy::disallowed_types,
    reason = "the library's own; a refund's body is not stored, its order does not matter"
)]
type Map = std::collections::HashMap<String, String>;

const EXPANDED: [&str; 2] = ["payment_intent.latest_charge", "payment_intent.latest_charge.refunds"];

fn expanded() -> Vec<String> {
    EXPANDED.map(str::to_owned).to_vec()
}

#[async_trait]
impl<C: StripeClient<Err = StripeError> + Send + Sync> Payments for Stripe<C> {
    async fn create(&self, request: &str, key: &str) -> Result<Session, PaymentsError> {
        let key = IdempotencyKey::new(key).map_err(unknown)?;
        let mut stored = CreateCheckoutSession::new().build();
        stored.body = Some(request.to_owned());
        let answer: SessionAnswer = stored
            .customize()
            .request_strategy(RequestStrategy::Idempotent(key))
            .send(&self.client)
            .await
            .map_err(failed)?;
        self.complete(answer).await
    }

    async fn retrieve(&self, session: &str) -> Result<Session, PaymentsError> {
        let request = RetrieveCheckoutSession::new(session).expand(expanded()).build();
        let answer: SessionAnswer = request.customize().send(&self.client).await.map_err(failed)?;
        self.complete(answer).await
    }

    async fn expire(&self, session: &str) -> Result<(), PaymentsError> {
        let request = ExpireCheckoutSession::new(session).build();
        let _: IdAnswer = request.customize().send(&self.client).await.map_err(failed)?;
        Ok(())
    }

    async fn find(
        &self,
        order: &str,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Option<Session>, PaymentsError> {
        let ask = |after: Option<String>| {
            let created = RangeQueryTs::Bounds(stripe_types::RangeBoundsTs {
                gt: None,
                gte: Some(from.0),
                lt: None,
                lte: Some(until.0),
            });
            let list = ListCheckoutSession::new().limit(100).created(created);
            after.into_iter().fold(list, ListCheckoutSession::starting_after).build()
        };
        let is_ours = |session: &ListedSession| {
            session.metadata.as_ref().and_then(|all| all.get("order_id")).is_some_and(|id| id == order)
        };
        let mut found = None;
        self.each_page(ask, |page| {
            found = page.into_iter().find(is_ours);
            found.is_none()
        })
        .await?;
        match found {
            Some(session) => self.retrieve(&session.id).await.map(Some),
            None => Ok(None),
        }
    }

    async fn purchases(&self) -> Result<Vec<Purchase>, PaymentsError> {
        let ask = |after: Option<String>| {
            let list = ListCheckoutSession::new()
                .limit(100)
                .status(CheckoutSessionStatus::Complete)
                .expand(vec!["data.payment_intent".to_owned()]);
            after.into_iter().fold(list, ListCheckoutSession::starting_after).build()
        };
        let purchase = |session: PurchaseAnswer| {
            let metadata = session.metadata?;
            Some(Purchase {
                order_id: metadata.get("order_id")?.clone(),
                pieces: pieces_of_metadata(&metadata),
            })
        };
        let mut purchases = Vec::new();
        self.each_page(ask, |page: Vec<PurchaseAnswer>| {
            purchases.extend(page.into_iter().filter(PurchaseAnswer::is_bought).filter_map(purchase));
            true
        })
        .await?;
        Ok(purchases)
    }

    async fn refund(
        &self,
        intent: &str,
        amount: Option<Cents>,
        order: &str,
        key: &str,
    ) -> Result<(), PaymentsError> {
        let key = IdempotencyKey::new(key).map_err(unknown)?;
        let mut request = CreateRefund::new()
            .payment_intent(intent)
            .metadata([("order_id".to_owned(), order.to_owned())].into_iter().collect::<Map>());
        if let Some(amount) = amount {
            request = request.amount(amount.0);
        }
        let _: IdAnswer = request
            .build()
            .customize()
            .request_strategy(RequestStrategy::Idempotent(key))
            .send(&self.client)
            .await
            .map_err(failed)?;
        Ok(())
    }

    async fn account(&self) -> Result<Account, PaymentsError> {
        let mut request = ListCheckoutSession::new().build();
        request.path = "/account".to_owned();
        request.query = None;
        let answer: IdAnswer = request.customize().send(&self.client).await.map_err(failed)?;
        Ok(Account { id: answer.id })
    }

    fn livemode(&self) -> bool {
        self.livemode
    }
}

fn unknown(error: impl std::fmt::Display) -> PaymentsError {
    PaymentsError::Unknown(error.to_string())
}

/// Only a clear refusal proves that nothing was done (<https://docs.stripe.com/error-low-level>).
fn failed(error: StripeError) -> PaymentsError {
    match error {
        StripeError::Stripe(error, 400..=404) if error.type_ == ApiErrorsType::IdempotencyError => {
            PaymentsError::Unknown("the idempotency key was used for something else".to_owned())
        }
        StripeError::Stripe(error, status @ 400..=404) => PaymentsError::Refused {
            code: error.code.as_ref().map_or_else(|| status.to_string(), |code| code.as_str().to_owned()),
            param: error.param.unwrap_or_default(),
            message: error.message.unwrap_or_default(),
        },
        // The message may repeat the request: only the status goes into a log.
        StripeError::Stripe(_, status) => PaymentsError::Unknown(format!("status {status}")),
        other => PaymentsError::Unknown(other.to_string()),
    }
}
