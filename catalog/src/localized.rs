//! A text in the languages of the shop.

use std::collections::BTreeMap;

/// A text for each language of the shop, by its tag.
pub type Localized = BTreeMap<String, String>;
