//! What the till's templates see, for pages and mails. The build checks a theme against the schemas of these types,
//! and the till fills them in. Amounts are formatted for the reader; missing values are null.

use std::collections::BTreeMap;

use catalog::Cents;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::limits::Limits;
use crate::refusal::RefusalCode;

/// What every template of the till sees.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Common {
    /// The language of the page or mail.
    pub lang: String,
    /// The shop.
    pub shop: ShopView,
    /// Addresses of the shop's pages.
    pub pages: PagesView,
    /// The till's limits.
    pub limits: Limits,
}

/// The shop.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ShopView {
    /// Its name.
    pub name: String,
    /// Its web address, without a final slash.
    pub url: String,
    /// The mail address for shoppers.
    pub email: Option<String>,
    /// The phone number for shoppers.
    pub phone: Option<String>,
    /// The seller.
    pub seller: SellerView,
}

/// The seller.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SellerView {
    /// The name of the company or person.
    pub name: String,
    /// Their postal address.
    pub address: String,
    /// Their entry in a register.
    pub register: Option<String>,
    /// Their VAT number.
    pub vat_number: Option<String>,
}

/// Absolute addresses of the shop's pages in this language; pages that the shop lacks are left out.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
#[allow(missing_docs, reason = "each is the page of its name")]
pub struct PagesView {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub home: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub products: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cart: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub terms: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub legal: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub privacy: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawal: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shipping: Option<String>,
}

impl PagesView {
    /// The pages that `address` knows.
    pub fn of(address: impl Fn(&str) -> Option<String>) -> Self {
        PagesView {
            home: address("home"),
            products: address("products"),
            cart: address("cart"),
            about: address("about"),
            contact: address("contact"),
            terms: address("terms"),
            legal: address("legal"),
            privacy: address("privacy"),
            withdrawal: address("withdrawal"),
            shipping: address("shipping"),
        }
    }
}

/// The cart page for browsers without scripts: `till/cart.html`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CartPage {
    /// What every template sees.
    #[serde(flatten)]
    pub common: Common,
    /// The cart; null when nothing in it can be bought.
    pub cart: Option<CartView>,
    /// Why the cart as a whole is refused.
    pub refusal: Option<CartRefusalView>,
    /// Lines that cannot be bought as they are in the cart.
    pub problems: Vec<ProblemView>,
    /// Where it can be shipped; empty when it can only be collected.
    pub destinations: Vec<DestinationView>,
    /// The country it is shipped to (ISO 3166-1 alpha-2); null when it is collected or cannot be shipped.
    pub country: Option<String>,
    /// The id of its rate; null while it cannot be delivered.
    pub rate: Option<String>,
    /// Collection, where the shop offers it.
    pub pickup: Option<PickupView>,
    /// The cart's id, which the checkout sends.
    pub cart_id: String,
    /// The total for the checkout to expect, in minor units.
    #[schemars(with = "Option<i64>")]
    pub expected_total: Option<Cents>,
    /// Why it cannot be shipped as requested: `country`, `weight`, …
    pub unserved: Option<&'static str>,
    /// It gets another rate than requested.
    pub replaced: bool,
    /// It can only be collected.
    pub pickup_only: bool,
    /// The gift note, kept from a checkout that was refused.
    pub gift_note: Option<String>,
}

/// Why a cart as a whole is refused.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CartRefusalView {
    /// The code of the refusal.
    pub code: RefusalCode,
    /// The refusal in words.
    pub text: String,
    /// The SKUs concerned.
    pub lines: Vec<Option<String>>,
}

/// A line that cannot be bought as it is in the cart.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ProblemView {
    /// The SKU of the line.
    pub sku: String,
    /// Its note, as it was sent.
    pub note: Option<String>,
    /// The code of the refusal.
    pub code: RefusalCode,
    /// The name of the item.
    pub title: String,
    /// What is wrong, in words.
    pub text: String,
    /// The line still counts in the cart, with fewer pieces or with another note.
    pub counted: bool,
}

/// A country that the shop ships to.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DestinationView {
    /// Its ISO 3166-1 alpha-2 code.
    pub country: String,
    /// Its name.
    pub name: String,
    /// The rates for this cart.
    pub rates: Vec<RateView>,
    /// The cart is shipped there.
    pub chosen: bool,
}

/// A shipping rate.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct RateView {
    /// Its id in shop.yaml.
    pub id: String,
    /// Its label.
    pub label: String,
    /// Its price.
    pub price: String,
    /// It costs nothing.
    pub free: bool,
    /// The cart is shipped at this rate.
    pub chosen: bool,
}

/// Collection.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PickupView {
    /// Its label.
    pub label: String,
    /// Where to collect.
    pub address: String,
    /// The cart is collected.
    pub chosen: bool,
}

/// The page of an order: `till/order.html`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct OrderPage {
    /// What every template sees.
    #[serde(flatten)]
    pub common: Common,
    /// The order.
    pub order: OrderView,
    /// What was just done: `paid`, `withdrawn`, …
    pub done: Option<String>,
    /// The order is old: the customer is no longer shown.
    pub hidden: bool,
    /// The shopper is asked to confirm the withdrawal.
    pub confirm_withdraw: bool,
}

/// The page of a refusal: `till/refusal.html`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct RefusalPage {
    /// What every template sees.
    #[serde(flatten)]
    pub common: Common,
    /// The code of the refusal.
    pub code: RefusalCode,
    /// The refusal in words.
    pub text: String,
    /// The name of the item concerned.
    pub title: Option<String>,
    /// How many pieces are left.
    pub available: Option<i64>,
    /// The cart at its new prices.
    pub cart: Option<CartView>,
    /// Prices that differ from what the form expected.
    pub changes: Vec<ChangeView>,
    /// The form's fields, to be sent again with the new prices.
    pub fields: Vec<FieldView>,
    /// The refused form, to be edited and sent again.
    pub again: Option<AgainView>,
    /// The address to go back to.
    pub back: String,
}

/// A price that changed.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ChangeView {
    /// The name of the item.
    pub title: String,
    /// The expected price.
    pub was: String,
    /// The price now.
    pub now: String,
}

/// A hidden field of a form.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FieldView {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// A refused form, to be edited and sent again.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct AgainView {
    /// The address to send it to.
    pub address: &'static str,
    /// Fields that are sent unchanged.
    pub hidden: Vec<FieldView>,
    /// Fields with typed text, to be edited.
    pub typed: Vec<TypedView>,
}

/// A field with typed text.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TypedView {
    /// Its name.
    pub name: &'static str,
    /// Its label.
    pub label: String,
    /// What was typed.
    pub value: String,
    /// The most characters that it takes.
    pub most: u32,
    /// It must be filled in.
    pub required: bool,
    /// It has several lines.
    pub long: bool,
    /// The `pattern` that its value must match, as in HTML.
    pub pattern: Option<String>,
    /// The allowed values; empty when any text is.
    pub choices: Vec<ChoiceView>,
}

/// One allowed value.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ChoiceView {
    /// Its value.
    pub id: String,
    /// Its label.
    pub label: String,
    /// It was chosen.
    pub chosen: bool,
}

/// The form to request a lost link: `till/link.html`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LinkPage {
    /// What every template sees.
    #[serde(flatten)]
    pub common: Common,
    /// The form was sent: a mail follows if there is such an order.
    pub sent: bool,
}

/// A mail: `mails/confirmation.html`, …
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct MailView {
    /// What every template sees.
    #[serde(flatten)]
    pub common: Common,
    /// Its order.
    pub order: OrderView,
    /// The occasion of the mail.
    pub cause: String,
    /// The mail corrects an earlier one.
    pub again: bool,
    /// The refund that the mail is about.
    pub refund: Option<RefundView>,
    /// Its subject.
    pub subject: String,
}

/// An order as templates see it. Amounts are formatted for the reader.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct OrderView {
    /// Its id.
    pub id: String,
    /// `pending`, `open`, `awaiting_funds`, `paid`, `released` or `refund_due`.
    pub payment: &'static str,
    /// `new`, `shipped` or `cancelled`.
    pub fulfilment: &'static str,
    /// `none`, `pending`, `done` or `failed`.
    pub refund: &'static str,
    /// `none`, `inquiry`, `open`, `appealed`, `prevented`, `won` or `lost`.
    pub dispute: &'static str,
    /// The refunded amount, formatted; null when nothing was refunded.
    pub refunded: Option<String>,
    /// The day it was placed, `2026-11-23`.
    pub date: String,
    /// Its page.
    pub url: String,
    /// The payment page at Stripe, while the order can be paid.
    pub pay_url: Option<String>,
    /// Its lines.
    pub lines: Vec<LineView>,
    /// Sum of the lines.
    pub goods: String,
    /// How it is delivered.
    pub shipping: ShippingView,
    /// Goods and shipping.
    pub total: String,
    /// VAT by rate.
    pub vat: Vec<VatView>,
    /// Who paid; null when hidden.
    pub customer: Option<CustomerView>,
    /// The gift note.
    pub gift_note: Option<String>,
    /// Tracking of the parcel.
    pub tracking: Option<TrackingView>,
    /// The shopper withdrew.
    pub withdrawn: bool,
    /// When the shopper withdrew; null when they did not.
    pub withdrawal: Option<InstantView>,
    /// The payment is not what the order asked for.
    pub flagged: bool,
    /// `registered`, `exempt` or `margin`: decides what is said about VAT.
    pub vat_scheme: &'static str,
    /// Days from delivery within which the shopper may withdraw.
    pub withdrawal_days: u32,
}

/// A refund as a mail reports it, as of the event that the mail is about; amounts without a sign.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct RefundView {
    /// The amount concerned: refunded this time, or not.
    pub this: String,
    /// The sum refunded so far; null when nothing is.
    pub in_all: Option<String>,
    /// The order's total is refunded.
    pub complete: bool,
    /// It was reported as refunded, and is not.
    pub undone: bool,
}

/// An instant in the shop's time zone.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct InstantView {
    /// `2026-11-23`.
    pub date: String,
    /// `14:05`.
    pub time: String,
    /// `Europe/Paris, UTC+01:00`.
    pub zone: String,
}

/// One line.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LineView {
    /// SKU.
    pub sku: String,
    /// Name.
    pub title: String,
    /// Its page, absolute; null when unknown.
    pub url: Option<String>,
    /// Its picture, absolute; null when unknown.
    pub image: Option<String>,
    /// Number of pieces.
    pub quantity: u32,
    /// The price of one piece.
    pub unit_price: String,
    /// The price of one piece in minor units.
    #[schemars(with = "i64")]
    pub unit_minor: Cents,
    /// The price of all pieces.
    pub total: String,
    /// The shopper's note: in a cart as it was sent, in an order as in `words`.
    pub note: Option<String>,
    /// The note for readers, on one line: each label with its value.
    pub words: Option<String>,
    /// It can only be collected.
    pub pickup_only: bool,
    /// Working days to make it; null for what is in stock, and in an order.
    pub made_to_order_days: Option<u32>,
}

/// How it is delivered.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ShippingView {
    /// Its label.
    pub label: String,
    /// Its price.
    pub price: String,
    /// It costs nothing.
    pub free: bool,
    /// Value of goods missing until it is free.
    pub free_in: Option<String>,
    /// Working days, minimum.
    pub days_min: Option<u32>,
    /// Working days, maximum.
    pub days_max: Option<u32>,
    /// It is collected, not shipped.
    pub pickup: bool,
    /// Where to collect it.
    pub address: Option<String>,
}

/// The VAT of one rate.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct VatView {
    /// `20`, `5,5`.
    pub rate: String,
    /// The net amount.
    pub net: String,
    /// The VAT.
    pub tax: String,
}

/// Who paid.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CustomerView {
    /// Name.
    pub name: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// Address, line by line.
    pub address: Vec<String>,
}

/// Tracking of a parcel.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TrackingView {
    /// The carrier.
    pub carrier: Option<String>,
    /// Its number.
    pub number: Option<String>,
    /// Where to track it: `https://…`.
    pub url: Option<String>,
}

/// A cart as templates see it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CartView {
    /// Its lines; empty when nothing is in it.
    pub lines: Vec<LineView>,
    /// Sum of the lines.
    pub goods: String,
    /// How it is delivered; null while it cannot be delivered as requested.
    pub shipping: Option<ShippingView>,
    /// Goods and shipping; the goods alone while shipping is unknown.
    pub total: String,
    /// The total in minor units.
    #[schemars(with = "i64")]
    pub total_minor: Cents,
    /// VAT by rate.
    pub vat: Vec<VatView>,
    /// `registered`, `exempt` or `margin`.
    pub vat_scheme: &'static str,
}

/// The mails of the till by the names of their templates, each as text and as HTML: `mails/NAME.txt`, `mails/NAME.html`.
pub const MAILS: [&str; 16] = [
    "confirmation",
    "notice",
    "awaiting",
    "payment_failed",
    "gone",
    "gone_notice",
    "refund",
    "refund_notice",
    "refund_failed",
    "refused",
    "dispute",
    "flagged",
    "shipped",
    "withdrawal",
    "withdrawal_notice",
    "link",
];

/// The templates that the till renders, each with the JSON Schema of its view.
pub fn schemas() -> BTreeMap<String, Value> {
    let pages = [
        ("till/cart.html", schemars::schema_for!(CartPage)),
        ("till/order.html", schemars::schema_for!(OrderPage)),
        ("till/refusal.html", schemars::schema_for!(RefusalPage)),
        ("till/link.html", schemars::schema_for!(LinkPage)),
    ];
    let mail = schemars::schema_for!(MailView).to_value();
    let mails = MAILS
        .iter()
        .flat_map(|name| ["txt", "html"].map(|kind| (format!("mails/{name}.{kind}"), mail.clone())));
    pages.into_iter().map(|(name, schema)| (name.to_owned(), schema.to_value())).chain(mails).collect()
}
