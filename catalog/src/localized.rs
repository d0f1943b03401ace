//! Text in the languages of the shop.

use std::collections::BTreeMap;

/// A text in each language of the shop, by language tag.
pub type Localized = BTreeMap<String, String>;
