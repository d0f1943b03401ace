//! What Stripe accepts, from async-stripe's own types where they have it: `bazaar check` refuses the rest at the
//! owner's line, and the till never requests it. Limits of length are Stripe's published ones; docs/outside.md links
//! to their pages.

use stripe_checkout::checkout_session::CreateCheckoutSessionShippingAddressCollectionAllowedCountries as Country;
use stripe_shared::CheckoutSessionLocale as Locale;
use stripe_types::Currency;

/// Longest name of a rate, in characters.
/// <https://docs.stripe.com/api/shipping_rates/create#create_shipping_rate-display_name>
pub const RATE_NAME: usize = 100;
/// Longest name of a line that Stripe's page shows in full.
pub const LINE_NAME: usize = 250;
/// Longest text below a line.
pub const LINE_TEXT: usize = 500;
/// Longest description of a payment.
pub const PAYMENT_TEXT: usize = 1000;

/// Longest value of metadata. <https://docs.stripe.com/metadata#data>
pub const METADATA_VALUE: usize = 500;

/// Whether Stripe's page accepts addresses in this country (ISO 3166-1 alpha-2, plus Stripe's XK, AC, TA).
pub fn country(code: &str) -> bool {
    known_country(code).is_some()
}

/// The country in async-stripe's type. Its `FromStr` never fails: it keeps unknown codes, which Stripe refuses. `ZZ`
/// means no country.
pub fn known_country(code: &str) -> Option<Country> {
    let country = code.parse().ok()?;
    (!matches!(country, Country::Unknown(_) | Country::Zz)).then_some(country)
}

/// Whether Stripe charges in this currency (ISO 4217 code, any case).
pub fn currency(code: &str) -> bool {
    code.to_lowercase().parse().is_ok_and(|currency| !matches!(currency, Currency::Unknown(_)))
}

/// The language of Stripe's page: with its region, else without, else the browser's.
pub fn locale(lang: &str) -> Locale {
    let known = |tag: &str| tag.parse().ok().filter(|locale| !matches!(locale, Locale::Unknown(_)));
    let primary = lang.split('-').next().unwrap_or_default();
    // Norwegian has two written forms; Stripe has the more common one.
    let primary = if matches!(primary, "no" | "nn") { "nb" } else { primary };
    known(lang).or_else(|| known(primary)).unwrap_or(Locale::Auto)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_are_stripes_own() {
        for code in ["FR", "US", "PR", "GU", "XK", "AC", "TA", "GP", "RE", "GB"] {
            assert!(country(code), "{code}");
        }
        for code in ["VI", "AS", "MP", "UM", "CU", "IR", "KP", "SY", "ZZ", "UK", "EL", "EU", "fr", "FRA", ""]
        {
            assert!(!country(code), "{code}");
        }
    }

    /// async-stripe's types are generated from Stripe's description, so the list changes with the crate. If it does,
    /// check what was added or removed, the table in docs/outside.md, and the stand-in's list
    /// (simulator/src/schema/places.rs).
    #[test]
    fn the_list_is_the_one_that_was_looked_at() {
        let letters = || 'A'..='Z';
        let all: Vec<String> = letters().flat_map(|a| letters().map(move |b| format!("{a}{b}"))).collect();
        let taken: Vec<&str> = all.iter().map(String::as_str).filter(|code| country(code)).collect();
        assert_eq!(taken.len(), 237);
        let stand_in = |code: &&str| code != &"ZZ" && simulator::is_country(code);
        let played: Vec<&str> = all.iter().map(String::as_str).filter(stand_in).collect();
        assert_eq!(taken, played, "the stand-in takes other countries than async-stripe knows");
    }

    #[test]
    fn every_currency_of_a_shop_is_known() {
        for own in
            [catalog::Currency::Eur, catalog::Currency::Gbp, catalog::Currency::Chf, catalog::Currency::Usd]
        {
            assert!(currency(own.code()), "{own:?}");
        }
        assert!(!currency("EURO"));
    }

    #[test]
    fn stripes_page_speaks_the_shoppers_language() {
        let words = ["fr", "fr-CA", "fr-BE", "pt-BR", "pt-PT", "en-GB", "nn", "ja", "eo", ""];
        let spoken = words.map(|lang| locale(lang).as_str().to_owned());
        assert_eq!(spoken, ["fr", "fr-CA", "fr", "pt-BR", "pt", "en-GB", "nb", "ja", "auto", "auto"]);
    }
}
