//! What the till's templates see: its pages, and its mails. The build checks a theme against the schemas of these types, and the till
//! fills them in. Amounts are printed for the reader; what has no value is null.

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
    /// Its pages.
    pub pages: PagesView,
    /// What the till takes.
    pub limits: Limits,
}

/// The shop.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ShopView {
    /// Its name.
    pub name: String,
    /// Its address on the web, without a slash at its end.
    pub url: String,
    /// Where shoppers write to.
    pub email: Option<String>,
    /// Where they call.
    pub phone: Option<String>,
    /// Who sells.
    pub seller: SellerView,
}

/// Who sells.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SellerView {
    /// The name of the company or person.
    pub name: String,
    /// Their postal address.
    pub address: String,
    /// In which register they are.
    pub register: Option<String>,
    /// Their VAT number.
    pub vat_number: Option<String>,
}

/// Absolute addresses of the shop's pages in this language; one that the shop does not have is not there.
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

/// The cart's page for people without scripts: `till/cart.html`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CartPage {
    /// What every template sees.
    #[serde(flatten)]
    pub common: Common,
    /// The cart; null when nothing of it can be had.
    pub cart: Option<CartView>,
    /// Why the cart as a whole cannot be had.
    pub refusal: Option<CartRefusalView>,
    /// Lines that are not as the cart has them.
    pub problems: Vec<ProblemView>,
    /// Where it can be sent; empty when it can only be collected.
    pub destinations: Vec<DestinationView>,
    /// Where it goes (ISO 3166-1 alpha-2); null when it is collected.
    pub country: Option<String>,
    /// The rate it goes by.
    pub rate: Option<String>,
    /// Collecting it, where the shop offers that.
    pub pickup: Option<PickupView>,
    /// The cart's name, which the checkout sends.
    pub cart_id: String,
    /// The total that the checkout is to expect, in minor units.
    #[schemars(with = "Option<i64>")]
    pub expected_total: Option<Cents>,
    /// Why it cannot go as was asked: `country`, `weight`, …
    pub unserved: Option<&'static str>,
    /// It goes by another rate than was asked for.
    pub replaced: bool,
    /// It can only be collected.
    pub pickup_only: bool,
    /// Words for a present, typed for a checkout that was refused.
    pub gift_note: Option<String>,
}

/// Why a cart as a whole cannot be had.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CartRefusalView {
    /// Which refusal it is.
    pub code: RefusalCode,
    /// The same in words.
    pub text: String,
    /// The items it is about.
    pub lines: Vec<Option<String>>,
}

/// A line that is not as the cart has it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ProblemView {
    /// Which line.
    pub sku: String,
    /// Its words, as they were sent.
    pub note: Option<String>,
    /// Which refusal it is.
    pub code: RefusalCode,
    /// Its name.
    pub title: String,
    /// What is wrong, in words.
    pub text: String,
    /// The line is in the cart all the same, with less pieces or other words.
    pub counted: bool,
}

/// A country that things are sent to.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DestinationView {
    /// Its code (ISO 3166-1 alpha-2).
    pub country: String,
    /// Its name.
    pub name: String,
    /// How it can go there.
    pub rates: Vec<RateView>,
    /// The cart goes there.
    pub chosen: bool,
}

/// A way to send it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct RateView {
    /// Its name in shop.yaml.
    pub id: String,
    /// What it is called.
    pub label: String,
    /// What it costs.
    pub price: String,
    /// It costs nothing.
    pub free: bool,
    /// The cart goes this way.
    pub chosen: bool,
}

/// Collecting it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PickupView {
    /// What it is called.
    pub label: String,
    /// Where.
    pub address: String,
    /// The cart is collected.
    pub chosen: bool,
}

/// An order's page: `till/order.html`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct OrderPage {
    /// What every template sees.
    #[serde(flatten)]
    pub common: Common,
    /// The order.
    pub order: OrderView,
    /// What was just done: `paid`, `withdrawn`, …
    pub done: Option<String>,
    /// The order is old: who paid is not shown any more.
    pub hidden: bool,
    /// The shopper is asked whether they mean it.
    pub confirm_withdraw: bool,
}

/// The page of a refusal: `till/refusal.html`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct RefusalPage {
    /// What every template sees.
    #[serde(flatten)]
    pub common: Common,
    /// Which refusal it is.
    pub code: RefusalCode,
    /// The same in words.
    pub text: String,
    /// The name of what it is about.
    pub title: Option<String>,
    /// How many could be had.
    pub available: Option<i64>,
    /// The cart at its new prices.
    pub cart: Option<CartView>,
    /// What costs something else than the form expected.
    pub changes: Vec<ChangeView>,
    /// The form's fields, to be sent again at the new prices.
    pub fields: Vec<FieldView>,
    /// The form again, to be changed.
    pub again: Option<AgainView>,
    /// Where to go back to.
    pub back: String,
}

/// A price that is another one now.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ChangeView {
    /// Of what.
    pub title: String,
    /// What was expected.
    pub was: String,
    /// What it costs.
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

/// A form that was refused, to be sent again.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct AgainView {
    /// Where it is sent to.
    pub address: &'static str,
    /// What goes along as it was.
    pub hidden: Vec<FieldView>,
    /// What was typed, in fields that can be changed.
    pub typed: Vec<TypedView>,
}

/// A field with what was typed in it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TypedView {
    /// Its name.
    pub name: &'static str,
    /// What it is called.
    pub label: String,
    /// What was typed.
    pub value: String,
    /// How many characters it takes.
    pub most: u32,
    /// It must be filled in.
    pub required: bool,
    /// It has several lines.
    pub long: bool,
    /// What it takes, as a pattern of HTML.
    pub pattern: Option<String>,
    /// What can be chosen; empty where anything can be typed.
    pub choices: Vec<ChoiceView>,
}

/// What can be chosen.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ChoiceView {
    /// Its value.
    pub id: String,
    /// What it is called.
    pub label: String,
    /// It was chosen.
    pub chosen: bool,
}

/// The form for a lost link: `till/link.html`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LinkPage {
    /// What every template sees.
    #[serde(flatten)]
    pub common: Common,
    /// It was sent: a mail is on its way if there is such an order.
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
    /// Which occasion it tells of.
    pub cause: String,
    /// It tells of something a second time.
    pub again: bool,
    /// The money it tells of.
    pub refund: Option<RefundView>,
    /// Its subject.
    pub subject: String,
}

/// An order as templates see it. Amounts are printed for the reader.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct OrderView {
    /// Its name.
    pub id: String,
    /// `pending`, `open`, `awaiting_funds`, `paid`, `released` or `refund_due`.
    pub payment: &'static str,
    /// `new`, `shipped` or `cancelled`.
    pub fulfilment: &'static str,
    /// `none`, `pending`, `done` or `failed`.
    pub refund: &'static str,
    /// `none`, `inquiry`, `open`, `appealed`, `prevented`, `won` or `lost`.
    pub dispute: &'static str,
    /// What went back, printed; null when nothing did.
    pub refunded: Option<String>,
    /// The day it was made, `2026-11-23`.
    pub date: String,
    /// Its page.
    pub url: String,
    /// Stripe's page, while it can be paid.
    pub pay_url: Option<String>,
    /// Its lines.
    pub lines: Vec<LineView>,
    /// Sum of the lines.
    pub goods: String,
    /// How it goes.
    pub shipping: ShippingView,
    /// Goods and shipping.
    pub total: String,
    /// VAT by rate.
    pub vat: Vec<VatView>,
    /// Who paid; null when hidden.
    pub customer: Option<CustomerView>,
    /// Words for the giver of a present.
    pub gift_note: Option<String>,
    /// Where the parcel is.
    pub tracking: Option<TrackingView>,
    /// The shopper withdrew.
    pub withdrawn: bool,
    /// When; null when the shopper did not.
    pub withdrawal: Option<InstantView>,
    /// The amount paid is not the order's.
    pub flagged: bool,
    /// `registered`, `exempt` or `margin`: what is said of VAT.
    pub vat_scheme: &'static str,
    /// Days from delivery in which the shopper may withdraw.
    pub withdrawal_days: u32,
}

/// What a mail about money that goes back tells, as it stood when there was something to tell; amounts without a sign.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct RefundView {
    /// What it is about: what went back this time, or did not.
    pub this: String,
    /// What is back in all; null when nothing is.
    pub in_all: Option<String>,
    /// The order's total is back.
    pub complete: bool,
    /// It was said to be back, and is not.
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
    /// How many.
    pub quantity: u32,
    /// What one costs.
    pub unit_price: String,
    /// The same in minor units.
    #[schemars(with = "i64")]
    pub unit_minor: Cents,
    /// What they cost.
    pub total: String,
    /// The shopper's words: of a cart as they are sent, of an order as in `words`.
    pub note: Option<String>,
    /// The same for people, on one line: what each is called, and what it is.
    pub words: Option<String>,
    /// It can only be collected.
    pub pickup_only: bool,
    /// Working days until it is made; null when it is there, and in an order.
    pub made_to_order_days: Option<u32>,
}

/// How it goes.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ShippingView {
    /// What it is called.
    pub label: String,
    /// What it costs.
    pub price: String,
    /// It costs nothing.
    pub free: bool,
    /// What is missing until it is free.
    pub free_in: Option<String>,
    /// Working days, from.
    pub days_min: Option<u32>,
    /// Working days, to.
    pub days_max: Option<u32>,
    /// It is collected.
    pub pickup: bool,
    /// Where it is collected.
    pub address: Option<String>,
}

/// The VAT of one rate.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct VatView {
    /// `20`, `5,5`.
    pub rate: String,
    /// Without VAT.
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

/// A parcel on its way.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TrackingView {
    /// Who carries it.
    pub carrier: Option<String>,
    /// Its number.
    pub number: Option<String>,
    /// Where to follow it: `https://…`.
    pub url: Option<String>,
}

/// A cart as templates see it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CartView {
    /// Its lines; empty when nothing is in it.
    pub lines: Vec<LineView>,
    /// Sum of the lines.
    pub goods: String,
    /// How it goes; null while it cannot go as was asked.
    pub shipping: Option<ShippingView>,
    /// Goods and shipping; the goods alone while it is not known how they go.
    pub total: String,
    /// The same in minor units.
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

/// The templates that the till renders, each with the JSON Schema of what it sees.
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
