//! The answer to a quote: a priced cart for programs and scripts.

use catalog::{Cents, MoneyFormat};
use serde::Serialize;
use storefront::RefusalCode;
use storefront::texts::TillText;

use crate::decide::Quote;
use crate::decide::quote::{Goods, NotServed, QuotedLine, QuotedShipping, ways};
use crate::perform::Till;

/// A priced cart. Amounts are in minor units, and also printed for the reader.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct QuoteAnswer {
    /// ISO 4217.
    pub currency: String,
    /// The lines that can be sold.
    pub lines: Vec<LineAnswer>,
    /// What cannot be sold, or not in this quantity.
    pub problems: Vec<StaleLine>,
    /// Sum of the lines.
    #[schema(value_type = i64)]
    pub goods: Cents,
    /// How it is delivered; null if the requested way is not offered: another way or country must be chosen before paying.
    pub shipping: Option<ShippingAnswer>,
    /// Why it cannot be delivered.
    pub not_served: Option<NotServed>,
    /// Something can only be collected, so no country is needed.
    pub pickup_only: bool,
    /// Every way it can be delivered.
    pub options: Vec<OptionAnswer>,
    /// Goods and shipping.
    #[schema(value_type = i64)]
    pub total: Cents,
    /// The printed sums.
    pub text: SumsText,
}

/// One line.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct LineAnswer {
    /// SKU.
    pub sku: String,
    /// Its name.
    pub title: String,
    /// How many.
    pub quantity: u32,
    /// The shopper's words, as sent.
    pub note: Option<String>,
    /// The same for readers, with their labels.
    pub words: Option<String>,
    /// Whether it can only be collected.
    pub pickup_only: bool,
    /// Working days until it is made.
    pub made_to_order_days: Option<u32>,
    /// Price of one.
    #[schema(value_type = i64)]
    pub unit_price: Cents,
    /// Price of all.
    #[schema(value_type = i64)]
    pub total: Cents,
    /// The printed amounts.
    pub text: LineText,
    /// How many can be had at most (5 is the highest number reported); null without limit, and in the `quote` of a refusal.
    pub available: Option<u32>,
}

/// Printed amounts of a line.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct LineText {
    /// Price of one.
    pub unit_price: String,
    /// Price of all.
    pub total: String,
    /// How long it takes to make, in words; null if it is in stock.
    pub made: Option<String>,
}

/// Printed sums.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct SumsText {
    /// Goods.
    pub goods: String,
    /// Shipping.
    pub shipping: Option<String>,
    /// The amount missing for free shipping.
    pub free_in: Option<String>,
    /// The delivery time, in words.
    pub days: Option<String>,
    /// Total.
    pub total: String,
}

/// A line that differs from the cart.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct StaleLine {
    /// SKU.
    pub sku: String,
    /// The shopper's words, which distinguish lines of one SKU.
    pub note: Option<String>,
    /// `unknown_sku`, `sold_out`, `reserved`, `quantity_unavailable` or `bad_request`.
    pub code: RefusalCode,
    /// How many of the piece are available, regardless of the cart's other lines.
    pub available: Option<u32>,
    /// With `quantity_unavailable`: the SKUs in the cart that share these.
    pub skus: Vec<String>,
}

/// How it is delivered.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct ShippingAnswer {
    /// Rate id.
    pub rate: String,
    /// Its name.
    pub label: String,
    /// Its price.
    #[schema(value_type = i64)]
    pub price: Cents,
    /// Working days, from and to.
    pub days: Option<(u32, u32)>,
    /// The amount missing for free shipping.
    #[schema(value_type = Option<i64>)]
    pub free_in: Option<Cents>,
    /// Whether this rate replaces the requested one, which is no longer offered.
    pub replaced: bool,
}

/// A way to deliver it.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct OptionAnswer {
    /// Rate id, or `pickup`.
    pub rate: String,
    /// Its name.
    pub label: String,
    /// Its price.
    #[schema(value_type = i64)]
    pub price: Cents,
    /// Printed.
    pub text: String,
}

impl QuoteAnswer {
    /// The answer for a quote whose lines can all be sold.
    pub fn of(till: &Till, quote: &Quote, lang: &str) -> Self {
        let country = quote.shipping.country.as_deref();
        Self::priced(till, &quote.goods_only(), Ok(&quote.shipping), country, lang)
    }

    /// The answer for goods and their delivery, if there is one; `country` is the one whose rates are listed.
    pub(super) fn priced(
        till: &Till,
        goods: &Goods,
        way: Result<&QuotedShipping, NotServed>,
        country: Option<&str>,
        lang: &str,
    ) -> Self {
        let money = MoneyFormat::new(lang, goods.currency);
        let shipping = way.ok();
        let total = goods.total + shipping.map_or(Cents::ZERO, |shipping| shipping.price);
        let options = ways(goods, country, lang, &till.ledger.shop.settings);
        QuoteAnswer {
            currency: goods.currency.code().to_owned(),
            lines: goods.lines.iter().map(|line| line_answer(till, line, &money, lang)).collect(),
            problems: Vec::new(),
            goods: goods.total,
            not_served: way.err(),
            pickup_only: goods.pickup_only(),
            options: options
                .into_iter()
                .map(|way| OptionAnswer {
                    text: money.print(way.price),
                    rate: way.rate,
                    label: way.label,
                    price: way.price,
                })
                .collect(),
            text: SumsText {
                goods: money.print(goods.total),
                shipping: shipping.map(|shipping| money.print(shipping.price)),
                free_in: shipping.and_then(|shipping| shipping.free_in).map(|missing| money.print(missing)),
                days: shipping.and_then(|shipping| till.sends.templates.days(lang, shipping)),
                total: money.print(total),
            },
            total,
            shipping: shipping.map(|shipping| ShippingAnswer {
                rate: shipping.rate.clone(),
                label: shipping.label.clone(),
                price: shipping.price,
                days: shipping.days,
                free_in: shipping.free_in,
                replaced: false,
            }),
        }
    }

    /// The answer for a cart of which nothing can be sold.
    pub(super) fn nothing(till: &Till, lang: &str) -> Self {
        let currency = till.ledger.shop.settings.currency;
        let money = MoneyFormat::new(lang, currency);
        QuoteAnswer {
            currency: currency.code().to_owned(),
            lines: Vec::new(),
            problems: Vec::new(),
            goods: Cents::ZERO,
            shipping: None,
            not_served: None,
            pickup_only: false,
            options: Vec::new(),
            total: Cents::ZERO,
            text: SumsText {
                goods: money.print(Cents::ZERO),
                shipping: None,
                free_in: None,
                days: None,
                total: money.print(Cents::ZERO),
            },
        }
    }
}

fn line_answer(till: &Till, line: &QuotedLine, money: &MoneyFormat, lang: &str) -> LineAnswer {
    LineAnswer {
        sku: line.sku.to_string(),
        title: line.title.clone(),
        quantity: line.quantity,
        note: line.note.clone(),
        words: line.labelled_note(lang),
        pickup_only: line.pickup_only,
        made_to_order_days: line.made_to_order_days,
        unit_price: line.unit_price,
        total: line.total,
        text: LineText {
            unit_price: money.print(line.unit_price),
            total: money.print(line.total),
            made: line
                .made_to_order_days
                .map(|days| till.sends.templates.count(lang, TillText::MadeIn, days)),
        },
        available: None,
    }
}
