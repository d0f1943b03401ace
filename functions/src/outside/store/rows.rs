//! Orders as rows and back. Fields that are searched or counted have a column, the rest is JSON in `details`.

use std::collections::BTreeMap;

use catalog::{Cents, Currency, Sku, StockKey, Supply, Timestamp, VatRate};
use serde::{Deserialize, Serialize};
use sqlx::Row;
use sqlx::any::AnyRow;

use super::StoreError;
use crate::decide::address::{PostalAddress, from_lines, to_lines};
use crate::decide::note::NoteValue;
use crate::decide::order::{Customer, Tracking};
use crate::decide::quote::QuotedShipping;
use crate::decide::vat::VatLine;
use crate::decide::{Dispute, Order, OrderLine};

/// Fields that are never searched.
#[derive(Serialize, Deserialize)]
pub struct Details {
    pub session_url: Option<String>,
    pub handed_out: bool,
    pub shipping: QuotedShipping,
    pub vat: Vec<VatLine>,
    #[serde(default)]
    customer: Payer,
    #[serde(default)]
    pub gift_note: Option<String>,
    #[serde(default)]
    pub tracking: Option<Tracking>,
    #[serde(default)]
    pub withdrawn_at: Option<Timestamp>,
    #[serde(default)]
    pub refund_failed: Cents,
    #[serde(default)]
    pub returned: BTreeMap<StockKey, i64>,
    /// The exact dispute, if its column is less exact.
    #[serde(default)]
    dispute: Option<Dispute>,
}

/// The dispute in the words of older tills: the column holds no others, so that they can run again after a rollback.
pub fn column_of(dispute: Dispute) -> Dispute {
    match dispute {
        Dispute::Inquiry | Dispute::Appealed => Dispute::Open,
        Dispute::Prevented => Dispute::Lost,
        known => known,
    }
}

/// Who pays. Earlier versions know an address as a list of lines: still written for them, and read if there is nothing else.
#[derive(Default, Serialize, Deserialize)]
struct Payer {
    email: Option<String>,
    name: Option<String>,
    phone: Option<String>,
    #[serde(default)]
    address: Vec<String>,
    #[serde(default)]
    postal: Option<PostalAddress>,
}

impl From<&Customer> for Payer {
    fn from(customer: &Customer) -> Self {
        let address = &customer.address;
        Payer {
            email: customer.email.clone(),
            name: customer.name.clone(),
            phone: customer.phone.clone(),
            address: to_lines(address),
            postal: (!address.is_empty() && address.lines.is_empty()).then(|| address.clone()),
        }
    }
}

impl From<Payer> for Customer {
    fn from(payer: Payer) -> Self {
        let address = payer.postal.unwrap_or_else(|| from_lines(payer.address));
        Customer { email: payer.email, name: payer.name, phone: payer.phone, address }
    }
}

impl Details {
    /// The details of an order, as JSON.
    pub fn of(order: &Order) -> Result<String, StoreError> {
        let details = Details {
            session_url: order.session_url.clone(),
            handed_out: order.handed_out,
            shipping: order.shipping.clone(),
            vat: order.vat.clone(),
            customer: Payer::from(&order.customer),
            gift_note: order.gift_note.clone(),
            tracking: order.tracking.clone(),
            withdrawn_at: order.withdrawn_at,
            refund_failed: order.refund_failed,
            returned: order.returned.clone(),
            dispute: Some(order.dispute).filter(|exact| column_of(*exact) != *exact),
        };
        serde_json::to_string(&details).map_err(|error| StoreError::Corrupt(error.to_string()))
    }

    /// Reads details as [`Details::of`] or an older till wrote them.
    pub fn read(text: &str) -> Result<Self, StoreError> {
        serde_json::from_str(text).map_err(strange)
    }
}

/// Reads an order without its lines.
pub fn order(row: &AnyRow) -> Result<Order, StoreError> {
    let text = |at: usize| row.try_get::<String, _>(at).map_err(strange);
    let maybe = |at: usize| row.try_get::<Option<String>, _>(at).map_err(strange);
    let number = |at: usize| row.try_get::<i64, _>(at).map_err(strange);
    let maybe_number = |at: usize| row.try_get::<Option<i64>, _>(at).map_err(strange);
    let details = Details::read(&text(23)?)?;
    Ok(Order {
        id: text(0)?,
        version: number(1)?,
        payment: text(2)?.parse().map_err(strange)?,
        fulfilment: text(3)?.parse().map_err(strange)?,
        refund: text(4)?.parse().map_err(strange)?,
        refunded_amount: Cents(number(5)?),
        refund_failed: details.refund_failed,
        dispute: match details.dispute {
            Some(exact) => exact,
            None => text(6)?.parse().map_err(strange)?,
        },
        session_id: maybe(7)?,
        session_url: details.session_url,
        handed_out: details.handed_out,
        payment_intent: maybe(8)?,
        idempotency_key: text(9)?,
        request: text(10)?,
        api_version: text(11)?,
        created_at: Timestamp(number(12)?),
        expires_at: Timestamp(number(13)?),
        paid_at: maybe_number(14)?.map(Timestamp),
        due_at: maybe_number(15)?.map(Timestamp),
        flagged: number(16)? != 0,
        cart_id: text(17)?,
        client: text(18)?,
        lang: text(19)?,
        currency: word(&text(20)?, Currency::from_code)?,
        livemode: number(21)? != 0,
        total: Cents(number(22)?),
        shipping: details.shipping,
        vat: details.vat,
        customer: details.customer.into(),
        gift_note: details.gift_note,
        tracking: details.tracking,
        withdrawn_at: details.withdrawn_at,
        returned: details.returned,
        lines: Vec::new(),
    })
}

/// Reads a line: `sku, key, quantity, unit_price, vat, title, note, supply, words`.
pub fn line(row: &AnyRow) -> Result<OrderLine, StoreError> {
    let text = |at: usize| row.try_get::<String, _>(at).map_err(strange);
    let maybe = |at: usize| row.try_get::<Option<String>, _>(at).map_err(strange);
    let number = |at: usize| row.try_get::<i64, _>(at).map_err(strange);
    let maybe_number = |at: usize| row.try_get::<Option<i64>, _>(at).map_err(strange);
    let small = |number: i64| u32::try_from(number).map_err(strange);
    Ok(OrderLine {
        sku: word(&text(0)?, Sku::new)?,
        key: word(&text(1)?, StockKey::new)?,
        quantity: small(number(2)?)?,
        unit_price: Cents(number(3)?),
        vat: maybe_number(4)?.map(|rate| u16::try_from(rate).map(VatRate).map_err(strange)).transpose()?,
        title: text(5)?,
        words: words(maybe(6)?, maybe(8)?)?,
        supply: match maybe_number(7)? {
            Some(pieces) => Supply::Pieces(small(pieces)?),
            None => Supply::Unlimited,
        },
    })
}

/// The shopper's words of a line. Older tills stored them in one text (`note`), labels included, and had no column `words`.
fn words(note: Option<String>, words: Option<String>) -> Result<Vec<NoteValue>, StoreError> {
    match words {
        Some(words) => serde_json::from_str(&words).map_err(strange),
        None => Ok(note.map(|value| NoteValue { label: String::new(), value }).into_iter().collect()),
    }
}

/// The number of a supply in a row; `None` if unlimited.
pub fn supply_number(supply: Supply) -> Option<i64> {
    match supply {
        Supply::Pieces(pieces) => Some(i64::from(pieces)),
        Supply::Unlimited => None,
    }
}

/// Reads a stored word.
pub fn word<T>(word: &str, read: impl Fn(&str) -> Option<T>) -> Result<T, StoreError> {
    read(word).ok_or_else(|| StoreError::Corrupt(format!("`{word}` is not known to this till")))
}

pub fn strange(error: impl std::fmt::Display) -> StoreError {
    StoreError::Corrupt(error.to_string())
}
