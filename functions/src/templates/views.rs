//! Orders and carts as templates see them.

use catalog::language::Language;
use catalog::settings::Settings;
use catalog::{Cents, MoneyFormat, Timestamp};
use storefront::views::{
    CartView, CustomerView, InstantView, LineView, OrderView, ShippingView, TrackingView, VatView,
};

use super::{Site, Templates};
use crate::decide::in_language::in_language;
use crate::decide::order::{Order, OrderLine};
use crate::decide::quote::{Goods, PICKUP, QuotedShipping};
use crate::decide::{Quote, Refusal};

impl Templates {
    /// An order for templates; `open` includes the payer's data.
    pub fn order_view(&self, site: &Site<'_>, order: &Order, lang: &str, open: bool) -> OrderView {
        let money = MoneyFormat::new(lang, order.currency);
        let settings = &site.shop.settings;
        OrderView {
            id: order.id.clone(),
            payment: order.payment.as_str(),
            fulfilment: order.fulfilment.as_str(),
            refund: order.refund.as_str(),
            dispute: order.dispute.as_str(),
            refunded: (order.refunded_amount > Cents::ZERO).then(|| money.print(order.refunded_amount)),
            date: instant(order.created_at, &settings.timezone).date,
            url: site.order_url(&order.id),
            pay_url: order.session_url.clone().filter(|_| order.payment == crate::decide::Payment::Open),
            lines: order.lines.iter().map(|line| order_line(site, line, lang, &money)).collect(),
            goods: money.print(order.goods()),
            shipping: ShippingView {
                label: order.shipping.label.clone(),
                price: money.print(order.shipping.price),
                free: order.shipping.price == Cents::ZERO,
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
                address: self.address_lines(order, lang),
            }),
            gift_note: order.gift_note.clone().filter(|_| open),
            tracking: order.tracking.clone().map(|tracking| TrackingView {
                carrier: tracking.carrier,
                number: tracking.number,
                url: tracking.url,
            }),
            withdrawn: order.withdrawn_at.is_some(),
            withdrawal: order.withdrawn_at.map(|at| instant(at, &settings.timezone)),
            flagged: order.flagged,
            vat_scheme: scheme(settings),
            withdrawal_days: settings.till.withdrawal_days(),
        }
    }

    /// The lines of an order's address: the country last, in the reader's language. Nothing else is translated.
    pub fn address_lines(&self, order: &Order, lang: &str) -> Vec<String> {
        let address = &order.customer.address;
        let country = address.country.as_deref().map(str::trim).filter(|code| !code.is_empty());
        address.lines().into_iter().chain(country.map(|code| self.country(lang, code))).collect()
    }
}

/// A priced cart for templates, also if it cannot be delivered as requested.
///
/// # Errors
/// If it costs more than can be paid at once.
pub fn cart_view(
    site: &Site<'_>,
    goods: &Goods,
    shipping: Option<&QuotedShipping>,
    lang: &str,
) -> Result<CartView, Refusal> {
    let money = MoneyFormat::new(lang, goods.currency);
    let absolute = |path: &Option<String>| path.as_ref().map(|path| format!("{}{path}", site.base));
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
            free: shipping.price == Cents::ZERO,
            free_in: shipping.free_in.map(|missing| money.print(missing)),
            days_min: shipping.days.map(|(low, _)| low),
            days_max: shipping.days.map(|(_, high)| high),
            pickup: shipping.rate == PICKUP,
            address: shipping.address.clone(),
        }),
        total: money.print(total),
        total_minor: total,
        vat: vat.iter().map(|line| vat_view(line, &money, lang)).collect(),
        vat_scheme: scheme(&site.shop.settings),
    })
}

fn order_line(site: &Site<'_>, line: &OrderLine, lang: &str, money: &MoneyFormat) -> LineView {
    let item = site.shop.item(&line.sku);
    let url = item
        .as_ref()
        .map(|item| in_language(&item.url, lang, &site.shop.settings))
        .filter(|url| !url.is_empty());
    let image = item.and_then(|item| item.image);
    LineView {
        sku: line.sku.to_string(),
        title: line.title.clone(),
        url: url.map(|url| format!("{}{url}", site.base)),
        image: image.map(|image| format!("{}{image}", site.base)),
        quantity: line.quantity,
        unit_price: money.print(line.unit_price),
        unit_minor: line.unit_price,
        total: money.print(line.total()),
        note: line.labelled_note(lang),
        words: line.labelled_note(lang),
        pickup_only: false,
        made_to_order_days: None,
    }
}

fn vat_view(line: &crate::decide::vat::VatLine, money: &MoneyFormat, lang: &str) -> VatView {
    let (whole, part) = (line.rate.0 / 100, line.rate.0 % 100);
    let sign = Language::new(lang).decimal_sign();
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

/// In the shop's time zone, or in UTC if that is unknown.
fn instant(at: Timestamp, timezone: &str) -> InstantView {
    let zone = jiff::tz::TimeZone::get(timezone).unwrap_or(jiff::tz::TimeZone::UTC);
    let instant = jiff::Timestamp::from_second(at.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH).to_zoned(zone);
    InstantView {
        date: instant.date().to_string(),
        time: instant.strftime("%H:%M").to_string(),
        zone: instant.strftime("%Q, UTC%:z").to_string(),
    }
}
