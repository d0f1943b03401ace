//! The request for a Checkout session, as form parameters.
//!
//! Source: <https://docs.stripe.com/api/checkout/sessions/create>

use std::collections::BTreeMap;

use catalog::{StockKey, Supply};
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
use crate::takes;

/// What async-stripe takes metadata as.
#[allow(
    clippy::disallowed_types,
    reason = "the library's own; the request is made once and stored as it came out"
)]
type Map = std::collections::HashMap<String, String>;

/// All that a session is made of.
#[derive(Debug, Clone)]
pub struct SessionDraft<'a> {
    /// Our order.
    pub order_id: &'a str,
    /// Its price.
    pub quote: &'a Quote,
    /// Language of Stripe's page.
    pub lang: &'a str,
    /// Absolute base of the shop, for pictures.
    pub site: &'a str,
    /// Countries of the chosen zone; empty when collected.
    pub countries: &'a [String],
    /// The order page, for after paying.
    pub success_url: String,
    /// The order page, for coming back.
    pub cancel_url: String,
    /// Unix seconds.
    pub expires_at: i64,
    /// "Commande {order}", in the shopper's language.
    pub description: String,
}

/// The form parameters of a session. Made once and stored: the same key must always bring the same bytes.
pub fn session_request(draft: &SessionDraft<'_>) -> String {
    let quote = draft.quote;
    let currency = || quote.currency.code().to_lowercase().parse().unwrap_or(stripe_types::Currency::EUR);
    let lines: Vec<CreateCheckoutSessionLineItems> = quote
        .lines
        .iter()
        .map(|line| {
            let mut price = CreateCheckoutSessionLineItemsPriceData::new(currency());
            price.unit_amount = Some(line.unit_price);
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
        .expires_at(draft.expires_at)
        .adaptive_pricing(adaptive)
        .automatic_tax(CreateCheckoutSessionAutomaticTax::new(false))
        .shipping_options(vec![shipping(quote, currency())])
        .payment_intent_data(intent)
        .metadata(metadata(draft.order_id, quote).into_iter().collect::<Map>());
    if quote.lines.iter().any(|line| line.supply == Supply::Pieces(1)) {
        // A bank that takes days would keep a unique piece from everyone else.
        request =
            request.allowed_payment_method_types(vec![CreateCheckoutSessionAllowedPaymentMethodTypes::Card]);
    }
    // One country that Stripe does not know would close the whole zone; a zone without any is not quoted.
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
    rate.fixed_amount = Some(FixedAmount::new(quote.shipping.price, currency));
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

/// The order and its pieces: from these, `stock rebuild --from-stripe` counts what was sold. A value holds 500 characters.
fn metadata(order_id: &str, quote: &Quote) -> BTreeMap<String, String> {
    let mut all = BTreeMap::from([("order_id".to_owned(), order_id.to_owned())]);
    let mut parts = vec![String::new()];
    for (key, (quantity, _)) in pieces(&quote.lines) {
        let piece = format!("{key}={quantity}");
        match parts.last_mut() {
            Some(part) if part.is_empty() => *part = piece,
            Some(part) if part.len() + piece.len() < 499 => {
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

/// The pieces of a session's metadata, as [`session_request`] wrote them.
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
