//! Mails and pages in the shop's words: the theme's templates over an order or a cart.
//!
//! Templates travel in the snapshot. What they see is listed in [`OrderView`] and [`CartView`]; `t(key=…)` gives the
//! theme's texts, as on the pages of the site.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, OnceLock};

use catalog::MoneyFormat;
use catalog::html::escape;
use catalog::shipping::Settings;
use catalog::till::{MAIN, TITLE};
use css_inline::CSSInliner;
use serde::Serialize;
use tera::{Context, Kwargs, State, Tera, TeraResult, Value};

use crate::decide::order::{Dispute, Order, OrderLine};
use crate::decide::owner::AGAIN;
use crate::decide::quote::{Goods, PICKUP, QuotedShipping};
use crate::decide::settle::{EffectKind, Told};
use crate::decide::{Quote, Refusal, quote::in_language};
use crate::flaws::{self, Flaw};
use crate::outside::mail::Mail;
use crate::outside::store::Task;
use crate::perform::Till;
use storefront::filters;
use storefront::mailbox::{MailAddress, dot_atom};

/// The theme at work. Its templates are parsed when the first of them is asked for: most requests want none, and a new
/// process answers sooner.
pub struct Letters {
    settings: Arc<Settings>,
    /// Whom mails come from, when not the shop's own address.
    sender: Option<MailAddress>,
    /// One for each language.
    engines: OnceLock<Result<BTreeMap<String, Tera>, String>>,
}

impl std::fmt::Debug for Letters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Letters")
            .field("languages", &self.settings.languages)
            .field("sender", &self.sender)
            .finish_non_exhaustive()
    }
}

/// Why there is no mail.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unwritten {
    /// Nobody can be written to, or in nobody's name.
    #[error("{0}")]
    Address(String),
    /// A template cannot be rendered.
    #[error("{0}")]
    Template(String),
}

/// An order as templates see it. Amounts are printed for the reader.
#[derive(Debug, Clone, Serialize)]
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
    pub tracking: Option<crate::decide::order::Tracking>,
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
#[derive(Debug, Clone, Serialize)]
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
#[derive(Debug, Clone, Serialize)]
pub struct InstantView {
    /// `2026-11-23`.
    pub date: String,
    /// `14:05`.
    pub time: String,
    /// `Europe/Paris, UTC+01:00`.
    pub zone: String,
}

/// One line.
#[derive(Debug, Clone, Serialize)]
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
    pub unit_minor: i64,
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
#[derive(Debug, Clone, Serialize)]
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
#[derive(Debug, Clone, Serialize)]
pub struct VatView {
    /// `20`, `5,5`.
    pub rate: String,
    /// Without VAT.
    pub net: String,
    /// The VAT.
    pub tax: String,
}

/// Who paid.
#[derive(Debug, Clone, Serialize)]
pub struct CustomerView {
    /// Name.
    pub name: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// Address, line by line.
    pub address: Vec<String>,
}

/// A cart as templates see it.
#[derive(Debug, Clone, Serialize)]
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
    pub total_minor: i64,
    /// VAT by rate.
    pub vat: Vec<VatView>,
    /// `registered`, `exempt` or `margin`.
    pub vat_scheme: &'static str,
}

impl Letters {
    /// The templates and texts of a snapshot.
    pub fn new(settings: &Arc<Settings>) -> Self {
        Letters { settings: settings.clone(), sender: None, engines: OnceLock::new() }
    }

    /// The same, whose mails come from this address instead of the shop's own.
    #[must_use]
    pub fn sent_from(self, sender: Option<MailAddress>) -> Self {
        Letters { sender, ..self }
    }

    /// Parses the templates, once.
    ///
    /// # Errors
    /// When one cannot be read: the build should have found it.
    pub fn engines(&self) -> Result<&BTreeMap<String, Tera>, String> {
        let engines = self.engines.get_or_init(|| {
            let mut base = Tera::new();
            filters::register(&mut base);
            register(&mut base, "", &self.settings);
            let templates = self.settings.till.templates.iter();
            base.add_raw_templates(templates.map(|(name, text)| (name.as_str(), text.as_str())))
                .map_err(|error| error.to_string())?;
            let engine = |lang: &String| {
                let mut tera = base.clone();
                register(&mut tera, lang, &self.settings);
                (lang.clone(), tera)
            };
            Ok(self.settings.languages.iter().map(engine).collect())
        });
        engines.as_ref().map_err(Clone::clone)
    }

    /// A text of the theme; its key when it has none.
    pub fn text(&self, lang: &str, key: &str, values: &[(&str, &str)]) -> String {
        let value = |name: &str| {
            values.iter().find(|(known, _)| *known == name).map(|(_, value)| Cow::Borrowed(*value))
        };
        let all = &self.settings.till.words;
        let words = all.get(lang).or_else(|| all.values().next()).and_then(|words| words.get(key));
        words.map_or_else(|| key.to_owned(), |words| words.fill(lang, None, value))
    }

    /// A text of the theme in the form for a number, which it may hold as `{n}`; its key when it has none.
    pub fn count(&self, lang: &str, key: &str, n: u32) -> String {
        let all = &self.settings.till.words;
        let words = all.get(lang).or_else(|| all.values().next()).and_then(|words| words.get(key));
        words.map_or_else(|| key.to_owned(), |words| words.fill(lang, Some(i64::from(n)), |_| None))
    }

    /// How long it takes, in words: "with you in 3 to 5 working days".
    pub fn days(&self, lang: &str, shipping: &QuotedShipping) -> Option<String> {
        let (from, to) = shipping.days?;
        let (one, between) = match shipping.rate.as_str() {
            PICKUP => ("cart.pickup_days", "cart.pickup_between"),
            _ => ("cart.days", "cart.days_between"),
        };
        if from == to {
            return Some(self.count(lang, one, to));
        }
        let (from, to) = (from.to_string(), to.to_string());
        Some(self.text(lang, between, &[("from", &from), ("to", &to)]))
    }

    /// The name of a country by its code (ISO 3166-1 alpha-2), as the theme writes it; a code that the theme does not know as it is.
    pub fn country(&self, lang: &str, code: &str) -> String {
        let name = self.text(lang, &format!("country.{code}"), &[]);
        if name.starts_with("country.") { code.to_owned() } else { name }
    }

    /// Renders a template in a language.
    ///
    /// # Errors
    /// In words for the log.
    pub fn render(&self, lang: &str, template: &str, context: &Context) -> Result<String, String> {
        let engines = self.engines()?;
        let tera = engines.get(lang).or_else(|| engines.values().next()).ok_or("the shop has no language")?;
        tera.render(template, context).map_err(|error| error.to_string())
    }

    /// A page of the till inside the theme's shell.
    ///
    /// # Errors
    /// In words for the log.
    pub fn page(
        &self,
        till: &Till,
        lang: &str,
        title: &str,
        template: &str,
        context: &Context,
    ) -> Result<String, String> {
        let main = self.render(lang, template, context)?;
        let shells = &till.shop.settings.till.shell;
        let plain = || {
            format!(
                "<!doctype html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
                 content=\"width=device-width, initial-scale=1\">\n<title>{TITLE}</title>\n</head>\n<body>\n<main>\n{MAIN}\n\
                 </main>\n</body>\n</html>\n"
            )
        };
        let shell = shells.get(lang).or_else(|| shells.values().next()).cloned().unwrap_or_else(plain);
        Ok(shell.replace(TITLE, &escape(title)).replace(MAIN, &main))
    }

    /// The mail of an effect.
    ///
    /// # Errors
    /// In words for the log and the owner.
    pub fn write(&self, till: &Till, task: &Task, order: &Order) -> Result<Mail, Unwritten> {
        let settings = &till.shop.settings;
        let own = self.own()?;
        let (name, for_owner) = template(task.kind);
        let default = settings.languages.first().map_or("en", String::as_str);
        let lang = if for_owner || flaws::on(Flaw::OwnersLanguage) { default } else { order.lang.as_str() };
        let theirs = MailAddress::parse(order.customer.email.as_deref().unwrap_or_default());
        let sender = self.sender.as_ref().unwrap_or(&own);
        let (from, to, reply_to) = if for_owner {
            // A mail to oneself looks like spam, so it comes from a name of its own. Some servers send for one name only: every
            // other attempt is made in that one.
            let tagged = own.tagged(TAG).filter(|_| sender.is_same(&own) && task.attempts % 2 == 1);
            let from = tagged.unwrap_or_else(|| sender.clone());
            match theirs.ok() {
                Some(theirs) if flaws::on(Flaw::NoticeToShopper) => (from, theirs, None),
                theirs => (from, own, theirs),
            }
        } else {
            let theirs = theirs.map_err(|why| Unwritten::Address(format!("the shopper's address: {why}")))?;
            (sender.clone(), theirs, (!sender.is_same(&own)).then(|| own.clone()))
        };
        let mut context = self.context(till, lang);
        let mut view = order_view(till, order, lang, true);
        if task.kind == EffectKind::MailDispute
            && let Some(then) = dispute_of(&task.cause)
        {
            // As it stood then: it may have changed again.
            view.dispute = then.word();
        }
        let refund = refund_view(task, order, lang);
        let values = [("order", order.id.as_str()), ("shop", settings.name.as_str())];
        let undone = refund.as_ref().is_some_and(|refund| refund.undone);
        let key = format!("mail.{name}.{}", subject(task, order, undone));
        let mut subject = self.text(lang, &key, &values);
        if subject == key {
            // A theme may have one subject for all.
            subject = self.text(lang, &format!("mail.{name}.subject"), &values);
        }
        context.insert("order", &view);
        context.insert("refund", &refund);
        context.insert("cause", &task.cause);
        context.insert("again", &task.cause.starts_with(AGAIN));
        context.insert("subject", &subject);
        let text = self.render(lang, &format!("mails/{name}.txt"), &context).map_err(Unwritten::Template)?;
        let html = self.render(lang, &format!("mails/{name}.html"), &context).map_err(Unwritten::Template)?;
        Ok(Mail {
            message_id: format!("{}@{}", dot_atom(&task.id), from.domain()),
            from: (settings.name.clone(), from.to_string()),
            to: to.to_string(),
            reply_to: reply_to.map(|address| address.to_string()),
            subject,
            text,
            html: inlined(&html),
        })
    }

    /// The shop's own address.
    fn own(&self) -> Result<MailAddress, Unwritten> {
        let own = self.settings.email.as_deref().unwrap_or_default();
        MailAddress::parse(own).map_err(|why| {
            Unwritten::Address(format!("the shop's own address, `contact: {{ email }}` in shop.yaml: {why}"))
        })
    }

    /// What every template of the till sees.
    pub fn context(&self, till: &Till, lang: &str) -> Context {
        let settings = &till.shop.settings;
        let mut context = Context::new();
        let pages: BTreeMap<&str, String> = settings
            .till
            .pages
            .keys()
            .filter_map(|kind| {
                Some((kind.as_str(), format!("{}{}", till.base, settings.till.page(kind, lang)?)))
            })
            .collect();
        context.insert("lang", lang);
        context.insert("pages", &pages);
        context.insert(
            "shop",
            &serde_json::json!({
                "name": settings.name, "url": till.base, "email": settings.email, "phone": settings.till.phone,
                "seller": {
                    "name": settings.seller.name, "address": settings.seller.address,
                    "register": settings.seller.register, "vat_number": settings.seller.vat_number,
                },
            }),
        );
        context
    }
}

/// What the owner's mails come from: `bonjour+till@example.com`.
const TAG: &str = "till";

/// A mail's styles on its elements: half of the webmails take none from `<style>` (caniemail.com, `html-style`). What depends on the
/// reader's screen stays there. Nothing is fetched.
fn inlined(html: &str) -> String {
    static INLINER: LazyLock<CSSInliner<'static>> = LazyLock::new(|| {
        CSSInliner::options()
            .load_remote_stylesheets(false)
            .keep_at_rules(true)
            .apply_width_attributes(true)
            .build()
    });
    // A template of an owner's theme may have styles that are none: better a plain mail than none.
    INLINER.inline(html).unwrap_or_else(|error| {
        tracing::warn!(%error, "the styles of a mail could not be inlined");
        html.to_owned()
    })
}

/// The templates of an effect, and whether the owner gets it.
fn template(kind: EffectKind) -> (&'static str, bool) {
    match kind {
        EffectKind::MailConfirmation => ("confirmation", false),
        EffectKind::MailNotice => ("notice", true),
        EffectKind::MailAwaiting => ("awaiting", false),
        EffectKind::MailPaymentFailed => ("payment_failed", false),
        EffectKind::MailGone => ("gone", false),
        EffectKind::MailGoneNotice => ("gone_notice", true),
        EffectKind::MailRefund => ("refund", false),
        EffectKind::MailRefundNotice => ("refund_notice", true),
        EffectKind::MailRefundFailed => ("refund_failed", true),
        EffectKind::MailRefused => ("refused", true),
        EffectKind::MailDispute => ("dispute", true),
        EffectKind::MailFlagged => ("flagged", true),
        EffectKind::MailShipped => ("shipped", false),
        EffectKind::MailWithdrawal => ("withdrawal", false),
        EffectKind::MailWithdrawalNotice => ("withdrawal_notice", true),
        EffectKind::MailLink => ("link", false),
        EffectKind::Refund | EffectKind::BuildHook => ("", true),
    }
}

/// Which of its subjects a mail has.
fn subject(task: &Task, order: &Order, undone: bool) -> &'static str {
    match task.kind {
        EffectKind::MailShipped if order.shipping.rate == PICKUP => "subject_pickup",
        EffectKind::MailShipped if task.cause.starts_with(AGAIN) => "subject_again",
        EffectKind::MailRefund | EffectKind::MailRefundNotice if undone => "subject_undone",
        EffectKind::MailDispute => match dispute_of(&task.cause) {
            Some(Dispute::Inquiry) => "subject_inquiry",
            Some(Dispute::Appealed) => "subject_appealed",
            Some(Dispute::Prevented) => "subject_prevented",
            Some(Dispute::Won) => "subject_won",
            Some(Dispute::Lost) => "subject_lost",
            Some(Dispute::Open | Dispute::None) | None => "subject",
        },
        _ => "subject",
    }
}

/// The dispute that a mail tells of: its cause begins with the word.
fn dispute_of(cause: &str) -> Option<Dispute> {
    Dispute::from_word(cause.split(|letter: char| !letter.is_ascii_lowercase()).next()?)
}

fn refund_view(task: &Task, order: &Order, lang: &str) -> Option<RefundView> {
    if !matches!(
        task.kind,
        EffectKind::MailRefund | EffectKind::MailRefundNotice | EffectKind::MailRefundFailed
    ) {
        return None;
    }
    let sum = order.refunded_amount;
    let whole = (task.kind != EffectKind::MailRefundFailed).then_some(Told { this: sum, in_all: sum });
    let told = Told::of(&task.cause).or(whole)?;
    let money = MoneyFormat::new(lang, order.currency);
    Some(RefundView {
        this: money.print(told.this.saturating_abs()),
        in_all: (told.in_all > 0).then(|| money.print(told.in_all)),
        complete: told.in_all >= order.total && told.in_all > 0,
        undone: told.this < 0,
    })
}

/// Every mail there is, by the name of its templates.
pub fn mails() -> impl Iterator<Item = &'static str> {
    EffectKind::ALL.iter().map(|(kind, _)| template(*kind).0).filter(|name| !name.is_empty())
}

/// An order for templates; `open` shows who paid.
pub fn order_view(till: &Till, order: &Order, lang: &str, open: bool) -> OrderView {
    let money = MoneyFormat::new(lang, order.currency);
    let settings = &till.shop.settings;
    OrderView {
        id: order.id.clone(),
        payment: order.payment.word(),
        fulfilment: order.fulfilment.word(),
        refund: order.refund.word(),
        dispute: order.dispute.word(),
        refunded: (order.refunded_amount > 0).then(|| money.print(order.refunded_amount)),
        date: instant(order.created_at, &settings.timezone).date,
        url: till.order_url(order),
        pay_url: order.session_url.clone().filter(|_| order.payment == crate::decide::Payment::Open),
        lines: order.lines.iter().map(|line| order_line(till, line, lang, &money)).collect(),
        goods: money.print(order.goods()),
        shipping: ShippingView {
            label: order.shipping.label.clone(),
            price: money.print(order.shipping.price),
            free: order.shipping.price == 0,
            free_in: None,
            days_min: order.shipping.days.map(|(low, _)| low),
            days_max: order.shipping.days.map(|(_, high)| high),
            pickup: order.shipping.rate == PICKUP,
            address: order.shipping.address.clone(),
        },
        total: money.print(order.total),
        vat: order.vat.iter().map(|line| vat_view(line, &money, lang)).collect(),
        customer: open.then(|| CustomerView {
            name: order.customer.name.clone(),
            email: order.customer.email.clone(),
            address: address_lines(till, order, lang),
        }),
        gift_note: order.gift_note.clone().filter(|_| open),
        tracking: order.tracking.clone(),
        withdrawn: order.withdrawn_at.is_some(),
        withdrawal: order.withdrawn_at.map(|at| instant(at, &settings.timezone)),
        flagged: order.flagged,
        vat_scheme: scheme(settings),
        withdrawal_days: settings.till.withdrawal_days(),
    }
}

/// Where an order goes, line by line: the country last, in the reader's language. Nothing else is translated.
pub fn address_lines(till: &Till, order: &Order, lang: &str) -> Vec<String> {
    let address = &order.customer.address;
    let country = address.country.as_deref().map(str::trim).filter(|code| !code.is_empty());
    address.lines().into_iter().chain(country.map(|code| till.letters.country(lang, code))).collect()
}

/// A priced cart for templates, also one that cannot go as was asked.
///
/// # Errors
/// When it costs more than can be paid at once.
pub fn cart_view(
    till: &Till,
    goods: &Goods,
    shipping: Option<&QuotedShipping>,
    lang: &str,
) -> Result<CartView, Refusal> {
    let money = MoneyFormat::new(lang, goods.currency);
    let absolute = |path: &Option<String>| path.as_ref().map(|path| format!("{}{path}", till.base));
    let quote = shipping.map(|shipping| Quote::of(goods.clone(), shipping.clone())).transpose()?;
    let total = quote.as_ref().map_or(goods.total, |quote| quote.total);
    let vat = quote.as_ref().map(|quote| quote.vat.as_slice()).unwrap_or_default();
    Ok(CartView {
        lines: goods
            .lines
            .iter()
            .map(|line| LineView {
                sku: line.sku.to_string(),
                title: line.title.clone(),
                url: absolute(&line.url),
                image: absolute(&line.image),
                quantity: line.quantity,
                unit_price: money.print(line.unit_price),
                unit_minor: line.unit_price,
                total: money.print(line.total),
                note: line.note.clone(),
                words: line.labelled_note(lang),
                pickup_only: line.pickup_only,
                made_to_order_days: line.made_to_order_days,
            })
            .collect(),
        goods: money.print(goods.total),
        shipping: shipping.map(|shipping| ShippingView {
            label: shipping.label.clone(),
            price: money.print(shipping.price),
            free: shipping.price == 0,
            free_in: shipping.free_in.map(|missing| money.print(missing)),
            days_min: shipping.days.map(|(low, _)| low),
            days_max: shipping.days.map(|(_, high)| high),
            pickup: shipping.rate == PICKUP,
            address: shipping.address.clone(),
        }),
        total: money.print(total),
        total_minor: total,
        vat: vat.iter().map(|line| vat_view(line, &money, lang)).collect(),
        vat_scheme: scheme(&till.shop.settings),
    })
}

fn order_line(till: &Till, line: &OrderLine, lang: &str, money: &MoneyFormat) -> LineView {
    let item = till.shop.item(&line.sku);
    let url = item
        .as_ref()
        .map(|item| in_language(&item.url, lang, &till.shop.settings))
        .filter(|url| !url.is_empty());
    let image = item.and_then(|item| item.image);
    LineView {
        sku: line.sku.to_string(),
        title: line.title.clone(),
        url: url.map(|url| format!("{}{url}", till.base)),
        image: image.map(|image| format!("{}{image}", till.base)),
        quantity: line.quantity,
        unit_price: money.print(line.unit_price),
        unit_minor: line.unit_price,
        total: money.print(line.total()),
        note: line.note.clone(),
        words: line.note.clone(),
        pickup_only: false,
        made_to_order_days: None,
    }
}

fn vat_view(line: &crate::decide::vat::VatLine, money: &MoneyFormat, lang: &str) -> VatView {
    let (whole, part) = (line.rate.0 / 100, line.rate.0 % 100);
    // English and Irish write a point, the rest of Europe a comma.
    let sign = if matches!(lang.split('-').next(), Some("en" | "ga" | "mt")) { '.' } else { ',' };
    let rate = match part {
        0 => whole.to_string(),
        _ => format!("{whole}{sign}{part:02}").trim_end_matches('0').to_owned(),
    };
    VatView { rate, net: money.print(line.net), tax: money.print(line.tax) }
}

fn scheme(settings: &Settings) -> &'static str {
    match settings.seller.vat {
        catalog::VatScheme::Registered => "registered",
        catalog::VatScheme::Exempt => "exempt",
        catalog::VatScheme::Margin => "margin",
    }
}

/// An instant in the shop's time zone.
fn instant(at: i64, timezone: &str) -> InstantView {
    let zone = jiff::tz::TimeZone::get(timezone).unwrap_or(jiff::tz::TimeZone::UTC);
    let instant = jiff::Timestamp::from_second(at).unwrap_or(jiff::Timestamp::UNIX_EPOCH).to_zoned(zone);
    InstantView {
        date: instant.date().to_string(),
        time: instant.strftime("%H:%M").to_string(),
        zone: instant.strftime("%Q, UTC%:z").to_string(),
    }
}

fn register(tera: &mut Tera, lang: &str, settings: &Arc<Settings>) {
    let (lang, settings) = (lang.to_owned(), settings.clone());
    tera.register_function("t", move |kwargs: Kwargs, state: &State<'_>| -> TeraResult<Value> {
        let key = kwargs.must_get::<&str>("key")?;
        let n = kwargs.get::<i64>("n")?;
        let html = key.ends_with("_html");
        let value = |name: &str| {
            let value = kwargs.get::<&Value>(name).ok().flatten().filter(|value| !value.is_undefined())?;
            if html {
                state.escape_if_needed(value).ok().map(Cow::Owned)
            } else {
                Some(Cow::Owned(value.to_string()))
            }
        };
        let words = settings.till.words.get(&lang).and_then(|words| words.get(key));
        let words = words.ok_or_else(|| tera::Error::message(format!("there is no text `{key}`")))?;
        let text = words.fill(&lang, n, value);
        Ok(if html { Value::safe_string(&text) } else { Value::from(text) })
    });
}
