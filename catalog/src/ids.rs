//! Names of items and of their rows in the stock table.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Longest SKU, in bytes: a cart names many SKUs, and a value of Stripe's metadata holds 500 characters.
pub const MAX_SKU: usize = 40;

macro_rules! name_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Box<str>);

        impl $name {
            /// Accepts 1 to 40 ASCII letters, digits, `.`, `_` or `-`, beginning with a letter or digit.
            pub fn new(text: &str) -> Option<Self> {
                let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
                let valid = text.len() <= MAX_SKU
                    && text.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric())
                    && text.bytes().all(allowed);
                valid.then(|| Self(text.into()))
            }

            /// The name.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = String;
            fn try_from(text: String) -> Result<Self, String> {
                Self::new(&text).ok_or_else(|| format!("`{text}` is not a {}", stringify!($name)))
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> String {
                name.0.into()
            }
        }
    };
}

name_type!(
    /// The permanent name of an item: what can be put in a cart.
    Sku
);
name_type!(
    /// The row of the stock table that an item takes from; by default its SKU.
    StockKey
);

impl From<Sku> for StockKey {
    fn from(sku: Sku) -> Self {
        StockKey(sku.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sku_is_short_plain_ascii() {
        assert!(Sku::new("BOL-LUNE_2.a").is_some());
        for wrong in ["", "-A", "BOL LUNE", "É", "A/B", &"A".repeat(41)] {
            assert!(Sku::new(wrong).is_none(), "{wrong}");
        }
    }
}
