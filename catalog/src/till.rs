//! Settings for the till alone: addresses, texts, templates of mails and pages, made by the build from the theme.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::item::Localized;
use crate::message::Message;
use crate::{Timestamp, Window};

/// Settings for the till alone. Every field may be missing: old tills can read new snapshots and vice versa.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TillSettings {
    /// Where this build may sell.
    pub context: Context,
    /// `hash` of the `catalog.json` that was published with this build.
    pub catalog_hash: String,
    /// The owner closed the till; the shop's pages stay online.
    pub closed: Option<Closed>,
    /// Root-relative addresses by language: `home`, `products`, `cart`, and the free pages by their kind (`terms`,
    /// `legal`, `privacy`, `withdrawal`, `shipping`).
    pub pages: BTreeMap<String, Localized>,
    /// Contact phone number.
    pub phone: Option<String>,
    /// Days within which shoppers may withdraw, as promised by the owner; see [`TillSettings::withdrawal_days`].
    pub return_days: Option<u32>,
    /// Tera templates by name: `till/order.html`, `mails/confirmation.txt`.
    pub templates: BTreeMap<String, String>,
    /// The theme's texts by language and key.
    pub words: BTreeMap<String, BTreeMap<String, Message>>,
    /// The theme's page around the till's answers, by language, with [`TITLE`] and [`MAIN`] as placeholders.
    pub shell: Localized,
}

/// Placeholder of the title in the shell.
pub const TITLE: &str = "\u{e000}title\u{e001}";
/// Placeholder of the content in the shell.
pub const MAIN: &str = "<!--\u{e000}main\u{e001}-->";

/// Where a build may sell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Context {
    /// On the owner's machine, with a stand-in for Stripe or test keys.
    #[default]
    Local,
    /// On a host, with test keys.
    Preview,
    /// On a host, for live money.
    Production,
}

/// A closed till.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    /// Message to shoppers, by language.
    pub message: Localized,
    /// When it is closed; without an end, until the owner opens it again.
    #[serde(flatten)]
    pub window: Window,
}

impl TillSettings {
    /// Whether the till is closed at `now`.
    pub fn is_closed(&self, now: Timestamp) -> bool {
        self.closed.as_ref().is_some_and(|closed| closed.window.contains(now))
    }

    /// Days from delivery within which shoppers may withdraw: as promised by the owner, and never less than the
    /// fourteen of Directive 2011/83/EU, article 9.
    pub fn withdrawal_days(&self) -> u32 {
        self.return_days.unwrap_or_default().max(14)
    }

    /// The address of a page in a language, or in another one where it lacks the page. `None` when the shop has no
    /// such page.
    pub fn page(&self, kind: &str, lang: &str) -> Option<&str> {
        let all = self.pages.get(kind)?;
        all.get(lang).or_else(|| all.values().next()).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shopper_has_fourteen_days_or_more() {
        for (promised, days) in
            [(None, 14), (Some(0), 14), (Some(13), 14), (Some(14), 14), (Some(15), 15), (Some(30), 30)]
        {
            let settings = TillSettings { return_days: promised, ..TillSettings::default() };
            assert_eq!(settings.withdrawal_days(), days, "{promised:?}");
        }
    }

    #[test]
    fn a_page_that_a_language_lacks_is_shown_in_another() {
        let both = BTreeMap::from([
            ("en".to_owned(), "/en/terms/".to_owned()),
            ("fr".to_owned(), "/cgv/".to_owned()),
        ]);
        let settings =
            TillSettings { pages: BTreeMap::from([("terms".to_owned(), both)]), ..TillSettings::default() };
        assert_eq!(settings.page("terms", "fr"), Some("/cgv/"));
        assert_eq!(settings.page("terms", "de"), Some("/en/terms/"));
        assert_eq!(settings.page("privacy", "fr"), None);
    }

    #[test]
    fn a_till_closes_and_opens_at_its_instants() {
        let mut settings = TillSettings::default();
        assert!(!settings.is_closed(Timestamp(5)));
        settings.closed = Some(Closed {
            window: Window { from: Some(Timestamp(10)), until: Some(Timestamp(20)) },
            ..Closed::default()
        });
        assert_eq!([9, 10, 19, 20].map(|now| settings.is_closed(Timestamp(now))), [false, true, true, false]);
    }
}
