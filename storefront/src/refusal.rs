//! Why the till refuses: the codes shared by programs, themes and scripts.

use schemars::JsonSchema;
use serde::Serialize;

macro_rules! codes {
    ($($(#[$doc:meta])+ $name:ident = $word:literal,)+) => {
        /// Why the till refuses. A theme words it in `till.refusal.CODE`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema, utoipa::ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum RefusalCode {
            $($(#[$doc])+ $name,)+
        }

        impl RefusalCode {
            /// All of them.
            pub const ALL: &[RefusalCode] = &[$(RefusalCode::$name),+];

            /// The code, as in answers and texts.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(RefusalCode::$name => $word,)+
                }
            }
        }
    };
}

codes! {
    /// The request is invalid.
    BadRequest = "bad_request",
    /// The note of a piece is missing, too long, or invalid.
    WordsRefused = "words_refused",
    /// There is no such item, or it is not for sale.
    UnknownSku = "unknown_sku",
    /// Nothing is left.
    SoldOut = "sold_out",
    /// Someone is paying for the last piece.
    Reserved = "reserved",
    /// Fewer pieces are left than requested.
    QuantityUnavailable = "quantity_unavailable",
    /// The price is not the one that the shopper saw.
    PriceChanged = "price_changed",
    /// The cart cannot be shipped there, or not at that rate.
    DestinationNotServed = "destination_not_served",
    /// The cart or the request is too large.
    CartTooLarge = "cart_too_large",
    /// Too many attempts by one client.
    RateLimited = "rate_limited",
    /// The payment service does not answer.
    PaymentsUnavailable = "payments_unavailable",
    /// The payment service refuses this order.
    PaymentsRefused = "payments_refused",
    /// The same pieces or the same order are being changed by another request.
    Busy = "busy",
    /// The till cannot store anything now.
    StorageUnavailable = "storage_unavailable",
    /// The owner closed the till, or it is not set up.
    Closed = "closed",
    /// There is nothing at this address.
    NotFound = "not_found",
    /// The state of the order does not allow it.
    NotNow = "not_now",
    /// The address belongs to an old version of the shop.
    WrongHost = "wrong_host",
    /// A form of another site, or a missing secret.
    Forbidden = "forbidden",
}

impl std::fmt::Display for RefusalCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::{Value, json};
    use utoipa::PartialSchema as _;

    use super::*;

    /// The codes listed in a schema, however nested.
    fn listed(schema: &Value, words: &mut BTreeSet<String>) {
        match schema {
            Value::Object(fields) => {
                for (name, value) in fields {
                    match (name.as_str(), value) {
                        ("enum", Value::Array(all)) => {
                            words.extend(all.iter().filter_map(Value::as_str).map(str::to_owned))
                        }
                        ("const", Value::String(word)) => drop(words.insert(word.clone())),
                        (_, value) => listed(value, words),
                    }
                }
            }
            Value::Array(all) => all.iter().for_each(|value| listed(value, words)),
            _ => {}
        }
    }

    #[test]
    fn answers_schemas_and_texts_have_the_same_words() {
        let words: BTreeSet<String> = RefusalCode::ALL.iter().map(|code| code.as_str().to_owned()).collect();
        assert_eq!(words.len(), RefusalCode::ALL.len(), "each word once");
        for code in RefusalCode::ALL {
            assert_eq!(json!(code), json!(code.as_str()));
        }
        let contract = serde_json::to_value(RefusalCode::schema()).expect("JSON");
        let theme = schemars::schema_for!(RefusalCode).to_value();
        for schema in [contract, theme] {
            let mut found = BTreeSet::new();
            listed(&schema, &mut found);
            assert_eq!(found, words, "{schema}");
        }
    }

    /// The cart's script takes its texts from its page; without one it would speak of a lost connection.
    #[test]
    fn the_cart_of_the_default_theme_has_a_text_for_each_refusal_that_its_script_can_get() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../themes/petit/templates/cart.html");
        let page = std::fs::read_to_string(file).expect("the cart's template");
        // Answers to forms and links alone: quotes and checkouts by JSON never have these.
        let of_forms =
            [RefusalCode::WordsRefused, RefusalCode::NotFound, RefusalCode::NotNow, RefusalCode::Forbidden];
        for code in RefusalCode::ALL.iter().filter(|code| !of_forms.contains(code)) {
            let has = |name: &str| page.contains(&format!("data-{name}=\"{{{{ t(key="));
            assert!(has(code.as_str()), "cart.html has no data-{code}");
        }
    }
}
