//! Mails and pages in the shop's languages: the theme's templates, rendered for an order or a cart.
//!
//! Templates are part of the snapshot. What they see is listed in [`storefront::views`]; `t(key=…)` returns the theme's
//! texts, as on the pages of the site.

mod mail;
mod views;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use catalog::html::escape;
use catalog::settings::Settings;
use catalog::till::{MAIN, TITLE};
use serde::Serialize;
use storefront::mailbox::MailAddress;
use storefront::texts::TillText;
use storefront::views::{Common, PagesView, SellerView, ShopView};
use storefront::{LIMITS, filters, texts};
use tera::{Context, Tera};

use crate::decide::quote::{PICKUP, QuotedShipping};
use crate::links::LinkKeys;
use crate::shop::Shop;

pub use mail::Unwritten;
pub use views::cart_view;

/// What pages and mails are about, and where their links lead.
#[derive(Clone, Copy)]
pub struct Site<'a> {
    /// Items and settings.
    pub shop: &'a Shop,
    /// Absolute base of the shop, without a final slash.
    pub base: &'a str,
    /// Signs links to orders.
    pub links: &'a LinkKeys,
}

impl Site<'_> {
    /// The address of an order's page, by the order's id.
    pub fn order_url(&self, id: &str) -> String {
        format!("{}/api/orders/{}", self.base, self.links.token(id))
    }
}

/// The theme's templates and texts. Templates are parsed when first used: most requests need none, and a process starts faster.
pub struct Templates {
    settings: Arc<Settings>,
    /// The sender of mails, if not the shop's own address.
    sender: Option<MailAddress>,
    /// One engine for each language.
    engines: OnceLock<Result<BTreeMap<String, Tera>, String>>,
}

impl std::fmt::Debug for Templates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Letters")
            .field("languages", &self.settings.languages)
            .field("sender", &self.sender)
            .finish_non_exhaustive()
    }
}

impl Templates {
    /// The templates and texts of a snapshot.
    pub fn new(settings: &Arc<Settings>) -> Self {
        Templates { settings: settings.clone(), sender: None, engines: OnceLock::new() }
    }

    /// The same, with mails sent from this address instead of the shop's own.
    #[must_use]
    pub fn sent_from(self, sender: Option<MailAddress>) -> Self {
        Templates { sender, ..self }
    }

    /// Parses the templates, once.
    ///
    /// # Errors
    /// If one cannot be parsed: the build should have found it.
    pub fn engines(&self) -> Result<&BTreeMap<String, Tera>, String> {
        let engines = self.engines.get_or_init(|| {
            let mut base = Tera::new();
            filters::register(&mut base);
            register(&mut base, "", &self.settings);
            let templates = self.settings.till.templates.iter();
            base.add_raw_templates(templates.map(|(name, text)| (name.as_str(), text.as_str())))
                .map_err(|error| error.to_string())?;
            let engine = |lang: &String| {
                let mut tera = base.clone();
                register(&mut tera, lang, &self.settings);
                (lang.clone(), tera)
            };
            Ok(self.settings.languages.iter().map(engine).collect())
        });
        engines.as_ref().map_err(Clone::clone)
    }

    /// A text of the theme; its key if the theme does not have it.
    pub fn text(&self, lang: &str, text: TillText, values: &[(&str, &str)]) -> String {
        self.text_of(lang, &text.key(), values)
    }

    /// A text that a theme need not have; else its key.
    fn text_of(&self, lang: &str, key: &str, values: &[(&str, &str)]) -> String {
        let value = |name: &str| {
            values.iter().find(|(known, _)| *known == name).map(|(_, value)| Cow::Borrowed(*value))
        };
        let all = &self.settings.till.words;
        let words = all.get(lang).or_else(|| all.values().next()).and_then(|words| words.get(key));
        words.map_or_else(|| key.to_owned(), |words| words.fill(lang, None, value))
    }

    /// A text of the theme in the form for a number, which it may contain as `{n}`; its key if the theme does not have it.
    pub fn count(&self, lang: &str, text: TillText, n: u32) -> String {
        let key = text.key();
        let all = &self.settings.till.words;
        let words = all.get(lang).or_else(|| all.values().next()).and_then(|words| words.get(key.as_ref()));
        words.map_or_else(|| key.clone().into_owned(), |words| words.fill(lang, Some(i64::from(n)), |_| None))
    }

    /// The delivery time in words: "with you in 3 to 5 working days".
    pub fn days(&self, lang: &str, shipping: &QuotedShipping) -> Option<String> {
        let (from, to) = shipping.days?;
        let (one, between) = match shipping.rate.as_str() {
            PICKUP => (TillText::PickupDays, TillText::PickupBetween),
            _ => (TillText::Days, TillText::DaysBetween),
        };
        if from == to {
            return Some(self.count(lang, one, to));
        }
        let (from, to) = (from.to_string(), to.to_string());
        Some(self.text(lang, between, &[("from", &from), ("to", &to)]))
    }

    /// The theme's name of a country by its code (ISO 3166-1 alpha-2), or the code if the theme has no name.
    pub fn country(&self, lang: &str, code: &str) -> String {
        let name = self.text_of(lang, &format!("country.{code}"), &[]);
        if name.starts_with("country.") { code.to_owned() } else { name }
    }

    /// Renders a template in a language.
    ///
    /// # Errors
    /// The reason, for the log.
    pub fn render(&self, lang: &str, template: &str, view: &impl Serialize) -> Result<String, String> {
        let engines = self.engines()?;
        let tera = engines.get(lang).or_else(|| engines.values().next()).ok_or("the shop has no language")?;
        let context = Context::from_serialize(view).map_err(|error| error.to_string())?;
        tera.render(template, &context).map_err(|error| error.to_string())
    }

    /// Renders a page of the till inside the theme's shell.
    ///
    /// # Errors
    /// The reason, for the log.
    pub fn page(
        &self,
        site: &Site<'_>,
        lang: &str,
        title: &str,
        template: &str,
        view: &impl Serialize,
    ) -> Result<String, String> {
        let main = self.render(lang, template, view)?;
        let shells = &site.shop.settings.till.shell;
        let plain = || {
            format!(
                "<!doctype html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
                 content=\"width=device-width, initial-scale=1\">\n<title>{TITLE}</title>\n</head>\n<body>\n<main>\n{MAIN}\n\
                 </main>\n</body>\n</html>\n"
            )
        };
        let shell = shells.get(lang).or_else(|| shells.values().next()).cloned().unwrap_or_else(plain);
        Ok(shell.replace(TITLE, &escape(title)).replace(MAIN, &main))
    }

    /// What every template of the till sees.
    pub fn common(&self, site: &Site<'_>, lang: &str) -> Common {
        let settings = &site.shop.settings;
        Common {
            lang: lang.to_owned(),
            shop: ShopView {
                name: settings.name.clone(),
                url: site.base.to_owned(),
                email: settings.email.clone(),
                phone: settings.till.phone.clone(),
                seller: SellerView {
                    name: settings.seller.name.clone(),
                    address: settings.seller.address.clone(),
                    register: settings.seller.register.clone(),
                    vat_number: settings.seller.vat_number.clone(),
                },
            },
            pages: PagesView::of(|kind| Some(format!("{}{}", site.base, settings.till.page(kind, lang)?))),
            limits: LIMITS,
        }
    }
}

fn register(tera: &mut Tera, lang: &str, settings: &Arc<Settings>) {
    let (lang, settings) = (lang.to_owned(), settings.clone());
    texts::register(tera, move |key, n, value| {
        let words = settings.till.words.get(&lang).and_then(|words| words.get(key));
        words.map(|words| words.fill(&lang, n, value)).ok_or_else(|| format!("there is no text `{key}`"))
    });
}
