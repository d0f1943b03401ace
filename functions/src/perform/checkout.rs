//! From a cart to Stripe's page: price it, hold the pieces, create a session, hand it out.

use std::time::Duration;

use catalog::Cents;

use super::ledger::HOUR;
use super::{Till, TillError};
use crate::decide::quote::{Cart, Destination, Quote, QuotedLine, pieces, zone_of};
use crate::decide::settle::{AFTER_CREATION, Effect, EffectKind, HOLD, Observation};
use crate::decide::{Dispute, Fulfilment, Order, OrderLine, Payment, Refund};
use crate::outside::clock::{order_id, random_hex};
use crate::outside::store::Begun;
use crate::outside::stripe::{API_VERSION, PaymentsError, SessionDraft, session_request};

/// A refusal by Stripe is mailed once in this time.
const DAY: Duration = Duration::from_secs(86_400);

/// The client name under which Stripe's refusals are counted: they concern the whole shop.
const REFUSALS: &str = "stripe";

/// A cart to be paid, with the prices that the page showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkout {
    /// Lines and destination.
    pub cart: Cart,
    /// Id of the cart, so that it holds its pieces only once.
    pub cart_id: String,
    /// The price of one that the page showed, by line.
    pub expected_prices: Vec<Option<Cents>>,
    /// The total that the page showed.
    pub expected_total: Option<Cents>,
    /// A message that goes with a present.
    pub gift_note: Option<String>,
}

/// A checkout that can be paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedOut {
    /// Stripe's page, or the order's if it is already paid.
    pub url: String,
    /// The order.
    pub order: Order,
}

impl Till {
    /// Holds the pieces and creates the session.
    ///
    /// # Errors
    /// Any [`TillError`]. Nothing is held then, or only until a sweep has found out what happened.
    pub async fn checkout(&self, asked: &Checkout, client: &str) -> Result<CheckedOut, TillError> {
        if self.ledger.shop.settings.till.is_closed(self.ledger.now()) {
            return Err(TillError::Closed);
        }
        self.ledger.check_database().await?;
        let quote = self.ledger.price(&asked.cart)?;
        if !self.ledger.rules.is_as_shown(&quote, &asked.expected_prices, asked.expected_total) {
            return Err(TillError::PriceChanged(Box::new(quote)));
        }
        self.limit(client).await?;
        if let Some(before) = self.replace(&asked.cart_id).await? {
            return Ok(before);
        }
        let order = self.draft(asked, &quote, client);
        match self.ledger.store.begin(&order, &pieces(&quote.lines)).await? {
            Begun::Done => self.open(order).await,
            Begun::CartBusy => Err(TillError::Reserved { sku: first_sku(&quote) }),
            Begun::Short { key, available, held } => {
                let mut skus: Vec<String> = Vec::new();
                for line in quote.lines.iter().filter(|line| line.key == key) {
                    if !skus.iter().any(|sku| sku == line.sku.as_str()) {
                        skus.push(line.sku.to_string());
                    }
                }
                let sku = skus.first().cloned().unwrap_or_else(|| first_sku(&quote));
                Err(match (available, held) {
                    (0, 0) => TillError::SoldOut { sku },
                    (0, _) => TillError::Reserved { sku },
                    _ => TillError::TooFew { skus, available },
                })
            }
        }
    }

    /// Creates the session of a stored order and hands it out.
    async fn open(&self, order: Order) -> Result<CheckedOut, TillError> {
        let mut answer = self.ledger.payments.create(&order.request, &order.idempotency_key).await;
        if matches!(answer, Err(PaymentsError::Unknown(_))) {
            // With the same key Stripe returns the session if the first attempt created it.
            answer = self.ledger.payments.create(&order.request, &order.idempotency_key).await;
        }
        let seen = match answer {
            Ok(session) => Observation::Session(Box::new(session)),
            Err(PaymentsError::Unknown(why)) => return Err(PaymentsError::Unknown(why).into()),
            Err(refused) => {
                let decision = self.ledger.rules.settle(&order, &Observation::NoSession, self.ledger.now());
                self.ledger.commit(decision, None).await?;
                self.tell_refusal(&order, &refused).await?;
                return Err(refused.into());
            }
        };
        let mut decision = self.ledger.rules.settle(&order, &seen, self.ledger.now());
        decision.next.handed_out = true;
        let Some(order) = self.ledger.commit(decision, None).await? else {
            // A sweep or a webhook was faster.
            let order = self.ledger.store.order(&order.id).await?.ok_or(TillError::NotFound)?;
            return self.hand_out(order).ok_or(TillError::Busy);
        };
        self.hand_out(order).ok_or(TillError::Busy)
    }

    /// A clear refusal recurs with every similar cart until the owner acts: it is logged with the refused parameter, and mailed
    /// once a day.
    async fn tell_refusal(&self, order: &Order, refused: &PaymentsError) -> Result<(), TillError> {
        let PaymentsError::Refused { code, param, .. } = refused else { return Ok(()) };
        let value = value_of(&order.request, param);
        tracing::error!(order = %order.id, code, param, value, "Stripe refuses to open a payment page");
        let day = self.ledger.now().floor(DAY);
        if self.ledger.store.count_request(REFUSALS, "refusal", day).await? == 1 {
            let cause = cause_of(code, param, &value);
            let effect = Effect { kind: EffectKind::MailRefused, cause };
            self.ledger.store.enqueue(&order.id, &[effect], self.ledger.now()).await?;
        }
        Ok(())
    }

    fn hand_out(&self, order: Order) -> Option<CheckedOut> {
        let url = order.session_url.clone().filter(|_| order.payment == Payment::Open)?;
        Some(CheckedOut { url, order })
    }

    /// Closes the cart's previous order. Returns that order if it was paid in the meantime.
    async fn replace(&self, cart_id: &str) -> Result<Option<CheckedOut>, TillError> {
        let Some(before) = self.ledger.store.order_of_cart(cart_id).await? else { return Ok(None) };
        let settled = match before.payment {
            Payment::Open => {
                if let Some(session) = &before.session_id {
                    self.ledger.close(session).await?;
                }
                self.ledger.settle_read(before, None).await?
            }
            Payment::Pending => {
                if before.created_at + AFTER_CREATION > self.ledger.now() {
                    // Its session is being created: a double click.
                    let sku = before.lines.first().map(|line| line.sku.to_string()).unwrap_or_default();
                    return Err(TillError::Reserved { sku });
                }
                self.ledger.settle_read(before, None).await?
            }
            _ => before,
        };
        let done = matches!(settled.payment, Payment::Paid | Payment::AwaitingFunds | Payment::RefundDue);
        Ok(done.then(|| CheckedOut { url: self.order_url(&settled), order: settled }))
    }

    async fn limit(&self, client: &str) -> Result<(), TillError> {
        let window = self.ledger.now().floor(HOUR);
        let begun = self.ledger.store.count_request(client, "checkout", window).await?;
        let (own, all) = self.ledger.store.open_orders(client).await?;
        let limits = self.ledger.limits;
        let too_many =
            begun > limits.checkouts_per_hour || own >= limits.open_per_client || all >= limits.open_in_all;
        if too_many { Err(TillError::RateLimited) } else { Ok(()) }
    }

    fn draft(&self, asked: &Checkout, quote: &Quote, client: &str) -> Order {
        let now = self.ledger.now();
        let settings = &self.ledger.shop.settings;
        let id = order_id(self.ledger.clock.as_ref());
        let countries = match &asked.cart.destination {
            Destination::Ship { country, .. } => {
                zone_of(settings, country).map(|zone| zone.countries.clone())
            }
            Destination::Pickup => None,
        };
        let page = self.site().order_url(&id);
        let expires_at = now + HOLD;
        let request = session_request(&SessionDraft {
            order_id: &id,
            quote,
            lang: &asked.cart.lang,
            site: &self.sends.base,
            countries: countries.as_deref().unwrap_or_default(),
            success_url: format!("{page}?paid"),
            cancel_url: page,
            expires_at,
            description: format!("{} · {id}", settings.name),
        });
        Order {
            version: 0,
            payment: Payment::Pending,
            fulfilment: Fulfilment::New,
            refund: Refund::None,
            refunded_amount: Cents::ZERO,
            refund_failed: Cents::ZERO,
            dispute: Dispute::None,
            session_id: None,
            session_url: None,
            handed_out: false,
            payment_intent: None,
            idempotency_key: format!("{id}-{}", random_hex(self.ledger.clock.as_ref())),
            request,
            api_version: API_VERSION.to_owned(),
            created_at: now,
            expires_at,
            paid_at: None,
            due_at: Some(now + AFTER_CREATION),
            flagged: false,
            lang: asked.cart.lang.clone(),
            cart_id: asked.cart_id.clone(),
            client: client.to_owned(),
            currency: quote.currency,
            livemode: self.ledger.payments.livemode(),
            total: quote.total,
            shipping: quote.shipping.clone(),
            vat: quote.vat.clone(),
            customer: Default::default(),
            gift_note: asked.gift_note.clone(),
            tracking: None,
            withdrawn_at: None,
            returned: Default::default(),
            lines: quote.lines.iter().map(frozen).collect(),
            id,
        }
    }
}

fn frozen(line: &QuotedLine) -> OrderLine {
    OrderLine {
        sku: line.sku.clone(),
        key: line.key.clone(),
        supply: line.supply,
        quantity: line.quantity,
        unit_price: line.unit_price,
        vat: line.vat,
        title: line.title.clone(),
        words: line.words.clone(),
    }
}

/// The start of a parameter's value in the form. A shopper's own words stay out of logs and mails.
fn value_of(request: &str, param: &str) -> String {
    if param.contains("[description]") {
        return String::new();
    }
    let mut fields = form_urlencoded::parse(request.as_bytes());
    let found = fields.find(|(name, _)| name == param).map(|(_, value)| value.chars().take(60).collect());
    found.unwrap_or_default()
}

/// The refusal in plain characters, as a cause: `shipping_address_collection.allowed_countries.2.VI`.
fn cause_of(code: &str, param: &str, value: &str) -> String {
    let what = if param.is_empty() { code } else { param };
    let text = format!("{what}.{value}");
    let parts = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join(".").chars().take(120).collect()
}

fn first_sku(quote: &Quote) -> String {
    quote.lines.first().map(|line| line.sku.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{cause_of, value_of};

    #[test]
    fn a_refusal_is_named_by_parameter_and_value_and_holds_no_words_of_shoppers() {
        let request = "a%5Bb%5D%5B0%5D=FR&a%5Bb%5D%5B1%5D=VI&l%5Bdescription%5D=Pour+Anne";
        assert_eq!(value_of(request, "a[b][1]"), "VI");
        assert_eq!(cause_of("parameter_invalid", "a[b][1]", "VI"), "a.b.1.VI");
        assert_eq!(value_of(request, "l[description]"), "");
        assert_eq!(cause_of("api_key_expired", "", ""), "api_key_expired");
        assert!(cause_of("", &"x".repeat(500), "").len() <= 120);
    }
}
