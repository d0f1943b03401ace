//! The request for a Checkout session, as form parameters.
//!
//! Source: <https://docs.stripe.com/api/checkout/sessions/create>

use std::collections::BTreeMap;

use catalog::{StockKey, Supply, Timestamp};
use storefront::takes;
use stripe::StripeRequest as _;
use stripe_checkout::checkout_session::{
    CreateCheckoutSession, CreateCheckoutSessionAdaptivePricing,
    CreateCheckoutSessionAllowedPaymentMethodTypes, CreateCheckoutSessionAutomaticTax,
    CreateCheckoutSessionLineItems, CreateCheckoutSessionLineItemsPriceData,
    CreateCheckoutSessionPaymentIntentData, CreateCheckoutSessionShippingAddressCollection,
    CreateCheckoutSessionShippingOptions, CreateCheckoutSessionShippingOptionsShippingRateData as RateData,
    CreateCheckoutSessionShippingOptionsShippingRateDataDeliveryEstimate as Estimate,
    CreateCheckoutSessionShippingOptionsShippingRateDataDeliveryEstimateMaximum as Maximum,
    CreateCheckoutSessionShippingOptionsShippingRateDataDeliveryEstimateMaximumUnit as MaximumUnit,
    CreateCheckoutSessionShippingOptionsShippingRateDataDeliveryEstimateMinimum as Minimum,
    CreateCheckoutSessionShippingOptionsShippingRateDataDeliveryEstimateMinimumUnit as MinimumUnit,
    CreateCheckoutSessionShippingOptionsShippingRateDataFixedAmount as FixedAmount,
    CreateCheckoutSessionShippingOptionsShippingRateDataType as RateType, ProductData,
};
use stripe_shared::{CheckoutSessionMode, CheckoutSessionSubmitType};

use crate::decide::Quote;
use crate::decide::quote::pieces;

#[allow(
    clippy::disallowed_types,
    reason = "the library's own; the request is made once and stored as it came out"
)]
type Map = std::collections::HashMap<String, String>;

/// What a session is made from.
#[derive(Debug, Clone)]
pub struct SessionDraft<'a> {
    /// Our order's id.
    pub order_id: &'a str,
    /// Its price.
    pub quote: &'a Quote,
    /// Language of Stripe's page.
    pub lang: &'a str,
    /// Absolute base of the shop, for pictures.
    pub site: &'a str,
    /// Countries of the chosen zone; empty if collected.
    pub countries: &'a [String],
    /// The order page, after payment.
    pub success_url: String,
    /// The order page, after turning back.
    pub cancel_url: String,
    /// Unix seconds.
    pub expires_at: Timestamp,
    /// Of the payment: `Mon Petit Bazaar · K7QM-4XTB-9D`.
    pub description: String,
}

/// The form parameters of a session. Made once and stored: the same key must always send the same bytes.
pub fn session_request(draft: &SessionDraft<'_>) -> String {
    let quote = draft.quote;
    let currency = || quote.currency.code().to_lowercase().parse().unwrap_or(stripe_types::Currency::EUR);
    let lines: Vec<CreateCheckoutSessionLineItems> = quote
        .lines
        .iter()
        .map(|line| {
            let mut price = CreateCheckoutSessionLineItemsPriceData::new(currency());
            price.unit_amount = Some(line.unit_price.0);
            let mut product = ProductData::new(bounded(&line.title, takes::LINE_NAME));
            product.description = line.labelled_note(draft.lang).map(|note| bounded(&note, takes::LINE_TEXT));
            product.images = line.image.as_ref().map(|path| vec![format!("{}{path}", draft.site)]);
            price.product_data = Some(product);
            let mut item = CreateCheckoutSessionLineItems::new();
            item.price_data = Some(price);
            item.quantity = Some(u64::from(line.quantity));
            item
        })
        .collect();
    let mut intent = CreateCheckoutSessionPaymentIntentData::new();
    intent.description = Some(bounded(&draft.description, takes::PAYMENT_TEXT));
    intent.metadata = Some([("order_id".to_owned(), draft.order_id.to_owned())].into_iter().collect());
    let mut adaptive = CreateCheckoutSessionAdaptivePricing::new();
    adaptive.enabled = Some(false);
    let mut request = CreateCheckoutSession::new()
        .mode(CheckoutSessionMode::Payment)
        .locale(takes::locale(draft.lang))
        .submit_type(CheckoutSessionSubmitType::Pay)
        .line_items(lines)
        .success_url(draft.success_url.clone())
        .cancel_url(draft.cancel_url.clone())
        .client_reference_id(draft.order_id)
        .expires_at(draft.expires_at.0)
        .adaptive_pricing(adaptive)
        .automatic_tax(CreateCheckoutSessionAutomaticTax::new(false))
        .shipping_options(vec![shipping(quote, currency())])
        .payment_intent_data(intent)
        .metadata(metadata(draft.order_id, quote).into_iter().collect::<Map>());
    if quote.lines.iter().any(|line| line.supply == Supply::Pieces(1)) {
        // A slow bank would keep a unique piece from everyone else.
        request =
            request.allowed_payment_method_types(vec![CreateCheckoutSessionAllowedPaymentMethodTypes::Card]);
    }
    // One country unknown to Stripe would close the whole zone; a zone without any is not quoted.
    let countries: Vec<_> = draft.countries.iter().filter_map(|code| takes::known_country(code)).collect();
    if !countries.is_empty() {
        request = request
            .shipping_address_collection(CreateCheckoutSessionShippingAddressCollection::new(countries));
    }
    request.build().body.unwrap_or_default()
}

fn shipping(quote: &Quote, currency: stripe_types::Currency) -> CreateCheckoutSessionShippingOptions {
    let mut rate = RateData::new(bounded(&quote.shipping.label, takes::RATE_NAME));
    rate.type_ = Some(RateType::FixedAmount);
    rate.fixed_amount = Some(FixedAmount::new(quote.shipping.price.0, currency));
    rate.delivery_estimate = quote.shipping.days.filter(|(low, _)| *low > 0).map(|(low, high)| {
        let mut estimate = Estimate::new();
        estimate.minimum = Some(Minimum::new(MinimumUnit::BusinessDay, low));
        estimate.maximum = Some(Maximum::new(MaximumUnit::BusinessDay, high));
        estimate
    });
    let mut option = CreateCheckoutSessionShippingOptions::new();
    option.shipping_rate_data = Some(rate);
    option
}

/// The order and its pieces, from which `stock rebuild --from-stripe` counts what was sold.
fn metadata(order_id: &str, quote: &Quote) -> BTreeMap<String, String> {
    let mut all = BTreeMap::from([("order_id".to_owned(), order_id.to_owned())]);
    let mut parts = vec![String::new()];
    for (key, (quantity, _)) in pieces(&quote.lines) {
        let piece = format!("{key}={quantity}");
        match parts.last_mut() {
            Some(part) if part.is_empty() => *part = piece,
            Some(part) if part.len() + 1 + piece.len() <= takes::METADATA_VALUE => {
                part.push(',');
                part.push_str(&piece);
            }
            _ => parts.push(piece),
        }
    }
    for (number, part) in parts.into_iter().enumerate() {
        all.insert(format!("pieces_{number}"), part);
    }
    all
}

/// The pieces in a session's metadata, as [`session_request`] wrote them.
pub fn pieces_of_metadata(metadata: &BTreeMap<String, String>) -> Vec<(StockKey, i64)> {
    let parts = metadata.iter().filter(|(name, _)| name.starts_with("pieces_"));
    let pieces = parts.flat_map(|(_, part)| part.split(','));
    pieces
        .filter_map(|piece| {
            let (key, quantity) = piece.split_once('=')?;
            Some((StockKey::new(key)?, quantity.parse().ok().filter(|quantity| *quantity > 0)?))
        })
        .collect()
}

/// The text, cut to at most `most` characters.
fn bounded(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(most - 1).collect();
    cut.push('…');
    cut
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::quote::{Cart, CartLine, Destination, quote};
    use crate::testing::{both, item, settings};
    use catalog::Cents;
    use catalog::{Item, Sku};

    fn quoted(items: &[Item], change: impl FnOnce(&mut Quote)) -> Quote {
        let line = |item: &Item| CartLine { sku: item.sku.clone(), quantity: 2, note: None };
        let destination = Destination::Ship { country: "FR".to_owned(), rate: Some("colissimo".to_owned()) };
        let lines = items.iter().map(line).collect();
        let cart = Cart { lang: "fr".to_owned(), destination, lines };
        let find = |sku: &Sku| items.iter().find(|item| item.sku == *sku).cloned();
        let mut quote = quote(&cart, &settings(), Timestamp(0), &find).expect("sold");
        change(&mut quote);
        quote
    }

    fn fields(quote: &Quote) -> BTreeMap<String, String> {
        let request = session_request(&SessionDraft {
            order_id: "K7QM-4X1B-0D",
            quote,
            lang: "fr",
            site: "https://shop.example.com",
            countries: &["FR".to_owned(), "MC".to_owned()],
            success_url: "https://shop.example.com/o?paid".to_owned(),
            cancel_url: "https://shop.example.com/o".to_owned(),
            expires_at: Timestamp(3100),
            description: "d".repeat(1001),
        });
        form_urlencoded::parse(request.as_bytes()).into_owned().collect()
    }

    #[test]
    fn a_session_asks_for_exactly_what_was_quoted() {
        let mut bowl = item("BOL", Supply::Unlimited);
        bowl.image = Some("/bol.jpg".to_owned());
        bowl.name = both(&"é".repeat(251), "Bowl");
        let quote = quoted(&[bowl], |_| {});
        let all = fields(&quote);
        let line = |name: &str| all[&format!("line_items[0]{name}")].clone();
        assert_eq!([line("[quantity]"), line("[price_data][unit_amount]")], ["2", "2800"]);
        assert_eq!(line("[price_data][currency]"), "eur");
        assert_eq!(line("[price_data][product_data][images][0]"), "https://shop.example.com/bol.jpg");
        assert_eq!(line("[price_data][product_data][name]"), format!("{}…", "é".repeat(249)));
        let rate = |name: &str| all[&format!("shipping_options[0][shipping_rate_data]{name}")].clone();
        assert_eq!([rate("[fixed_amount][amount]"), rate("[fixed_amount][currency]")], ["990", "eur"]);
        assert_eq!([rate("[type]"), rate("[display_name]")], ["fixed_amount", "Colissimo"]);
        let days = ["minimum", "maximum"].map(|end| rate(&format!("[delivery_estimate][{end}][value]")));
        assert_eq!(days, ["3", "5"], "handled and on its way");
        for (name, value) in [
            ("mode", "payment"),
            ("locale", "fr"),
            ("expires_at", "3100"),
            ("client_reference_id", "K7QM-4X1B-0D"),
            ("metadata[order_id]", "K7QM-4X1B-0D"),
            ("metadata[pieces_0]", "BOL=2"),
            ("payment_intent_data[metadata][order_id]", "K7QM-4X1B-0D"),
            ("adaptive_pricing[enabled]", "false"),
            ("automatic_tax[enabled]", "false"),
            ("success_url", "https://shop.example.com/o?paid"),
            ("cancel_url", "https://shop.example.com/o"),
            ("shipping_address_collection[allowed_countries][1]", "MC"),
        ] {
            assert_eq!(all.get(name).map(String::as_str), Some(value), "{name}");
        }
        let about = &all["payment_intent_data[description]"];
        assert!(about.chars().count() == takes::PAYMENT_TEXT && about.ends_with('…'));
    }

    #[test]
    fn a_unique_piece_anywhere_in_the_cart_is_paid_by_card_and_others_by_any_means() {
        let (one, two) = (item("A", Supply::Pieces(1)), item("B", Supply::Pieces(2)));
        let any = item("C", Supply::Unlimited);
        let means = |items: &[Item]| {
            let all = fields(&quoted(items, |_| {}));
            all.iter().find(|(name, _)| name.contains("payment_method_types")).map(|(_, value)| value.clone())
        };
        let card = || Some("card".to_owned());
        assert_eq!(means(std::slice::from_ref(&one)), card());
        assert_eq!(means(&[two.clone(), one.clone()]), card());
        assert_eq!(means(&[one, any.clone()]), card());
        assert_eq!(means(&[two, any]), None);
    }

    #[test]
    fn no_day_is_promised_that_stripe_does_not_take() {
        let days = |days| {
            let all = fields(&quoted(&[item("A", Supply::Unlimited)], |quote| quote.shipping.days = days));
            all.keys().filter(|name| name.contains("delivery_estimate")).count()
        };
        assert_eq!([days(None), days(Some((0, 2))), days(Some((1, 2)))], [0, 0, 4]);
    }

    #[test]
    fn every_piece_is_found_again_in_metadata_however_many_there_are() {
        for length in 2..=40 {
            // One key that is longer than the rest makes values of every length, up to the limit.
            let longer = |at: usize| if at == 0 { 38 } else { length - 2 };
            let sku = |at: usize| format!("{at:02}{}", "X".repeat(longer(at)));
            let items: Vec<Item> = (0..50)
                .map(|at| Item { price: Cents(50), weight: None, ..item(&sku(at), Supply::Unlimited) })
                .collect();
            let quote = quoted(&items, |_| {});
            let all = metadata("K7QM-4X1B-0D", &quote);
            assert!(
                all.values().all(|value| (1..=500).contains(&value.chars().count())),
                "{length}: {all:?}"
            );
            assert!(all.len() <= 50, "Stripe takes 50 keys");
            let mut found = pieces_of_metadata(&all);
            found.sort();
            let expected: Vec<(StockKey, i64)> = items.iter().map(|item| (item.stock.clone(), 2)).collect();
            assert_eq!(found, expected, "{length}");
        }
    }

    #[test]
    fn what_is_no_count_of_pieces_is_passed_over() {
        let all = [
            ("order_id", "X=1"),
            ("pieces_0", "A=1,B=0,C=-2,D=,=3,E=x,F"),
            ("pieces_1", "G=99"),
            ("q", "H=1"),
        ];
        let all = all.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let found = pieces_of_metadata(&BTreeMap::from(all));
        let found: Vec<(&str, i64)> = found.iter().map(|(key, count)| (key.as_str(), *count)).collect();
        assert_eq!(found, [("A", 1), ("G", 99)]);
    }

    #[test]
    fn a_text_is_cut_only_where_it_is_too_long() {
        assert_eq!(["été", "étés", "étés!"].map(|text| bounded(text, 4)), ["été", "étés", "été…"]);
    }
}
