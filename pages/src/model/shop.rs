//! The shop's settings, valid.

use std::collections::BTreeMap;
use std::ops::Range;

use catalog::shipping::Shipping;
use catalog::{Currency, Timestamp, VatRate, VatScheme, Window};
use jiff::tz::TimeZone;
use yaml::Spanned;

use super::lang::{LangIx, Localized};
use super::refs::{FileRef, ImageRef};

/// `shop.yaml`.
#[derive(Debug, Clone)]
pub struct Shop {
    /// The file, for places.
    pub file: FileRef,
    /// Name.
    pub name: String,
    /// One line below the name.
    pub tagline: Localized,
    /// For search engines.
    pub description: Localized,
    /// Absolute, without final slash.
    pub url: String,
    /// Language tags, the default one first.
    pub languages: Vec<String>,
    /// Leave out, in each language, what is not translated.
    pub hide_untranslated: bool,
    /// The time zone of dates.
    pub timezone: TimeZone,
    /// Its IANA name.
    pub timezone_name: String,
    /// The one currency.
    pub currency: Currency,
    /// The theme's name.
    pub theme: String,
    /// `theme_settings` as written.
    pub theme_settings: Option<yaml::Node>,
    /// Products on one page of a list.
    pub per_page: usize,
    /// Picture for link previews.
    pub share_image: Option<ImageRef>,
    /// Contact e-mail.
    pub email: Option<String>,
    /// Contact phone.
    pub phone: Option<String>,
    /// Profiles elsewhere.
    pub social: Vec<String>,
    /// Who sells.
    pub seller: Seller,
    /// VAT classes.
    pub vat: BTreeMap<String, VatRate>,
    /// Days to send things back, and who pays for that.
    pub returns: Option<Returns>,
    /// Delivery.
    pub shipping: Shipping,
    /// Menus as written.
    pub main_menu: Vec<MenuItem>,
    /// Footer entries as written.
    pub footer_menu: Vec<MenuItem>,
    /// Holidays.
    pub closed: Option<Closed>,
}

/// When the shop can be read but sells nothing.
#[derive(Debug, Clone)]
pub struct Closed {
    /// What shoppers read.
    pub message: Localized,
    /// When; without an end until the owner says so.
    pub window: Window,
}

/// Who sells.
#[derive(Debug, Clone)]
pub struct Seller {
    /// Legal name.
    pub name: String,
    /// Postal address.
    pub address: String,
    /// Where the seller is, as written (ISO 3166-1 alpha-2).
    pub country: Option<String>,
    /// Entry in a register.
    pub register: Option<String>,
    /// VAT scheme.
    pub vat: VatScheme,
    /// VAT number.
    pub vat_number: Option<String>,
}

impl Seller {
    /// Where the seller is (ISO 3166-1 alpha-2): as written, else what the VAT number begins with.
    pub fn country(&self) -> Option<String> {
        self.country.clone().or_else(|| {
            let prefix = self.vat_number.as_deref()?.trim().get(..2)?.to_ascii_uppercase();
            // In VAT numbers Greece is EL, Northern Ireland XI (Directive 2006/112/EC, article 215).
            let code = match prefix.as_str() {
                "EL" => "GR",
                "XI" => "GB",
                other => other,
            };
            rust_iso3166::from_alpha2(code).map(|country| country.alpha2.to_owned())
        })
    }
}

/// The return policy.
#[derive(Debug, Clone, Copy)]
pub struct Returns {
    /// Days after receipt.
    pub days: u32,
    /// The seller pays for the way back.
    pub seller_pays: bool,
}

/// One entry of a menu, as written.
#[derive(Debug, Clone)]
pub enum MenuItem {
    /// `categories`, `products`, `pages/a-propos`...
    Ref(Spanned<String>),
    /// A label and an address.
    Link {
        /// What it says.
        label: Localized,
        /// Where it leads.
        url: String,
        /// Where it is written.
        span: Range<usize>,
    },
}

impl Shop {
    /// Whether anything can be sent or collected; without that the till can sell nothing.
    pub fn delivers(&self) -> bool {
        self.shipping.pickup.is_some() || !self.shipping.zones.is_empty()
    }

    /// The holidays that are on at `now`.
    pub fn closed_at(&self, now: Timestamp) -> Option<&Closed> {
        self.closed.as_ref().filter(|closed| closed.window.contains(now))
    }

    /// The tag of a language.
    pub fn lang(&self, lang: LangIx) -> &str {
        self.languages.get(usize::from(lang.0)).map_or("", String::as_str)
    }

    /// All languages.
    pub fn langs(&self) -> impl DoubleEndedIterator<Item = LangIx> + Clone + use<> {
        (0..self.languages.len()).map(|ix| LangIx(u8::try_from(ix).unwrap_or(u8::MAX)))
    }

    /// The position of a language tag.
    pub fn lang_ix(&self, tag: &str) -> Option<LangIx> {
        self.langs().find(|lang| self.lang(*lang) == tag)
    }

    /// A text for each language, falling back as pages do.
    pub fn in_all_languages(&self, texts: &Localized) -> catalog::item::Localized {
        self.langs().map(|lang| (self.lang(lang).to_owned(), texts.get(lang).to_owned())).collect()
    }

    /// The prefix of a language's paths: empty for the default language, else `/en`.
    pub fn prefix(&self, lang: LangIx) -> String {
        if lang == LangIx::DEFAULT { String::new() } else { format!("/{}", self.lang(lang)) }
    }
}
