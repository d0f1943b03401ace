//! The cart's page, and the page around the till's answers.

use catalog::till::{MAIN, TITLE};
use storefront::LIMITS;

use super::page::About;
use super::{SubjectView, ViewContext};
use crate::model::lang::LangIx;
use crate::model::product::ItemNow;
use crate::model::view::{CartPageView, CountryView, PageView, PickupView, TillView};

impl ViewContext<'_> {
    pub(super) fn cart(&self, lang: LangIx) -> (PageView, SubjectView) {
        let shop = &self.site.shop;
        let language = shop.lang(lang);
        let (alternates, translated) =
            self.everywhere(|lang| self.site.cart_url(lang).unwrap_or_else(|| self.site.home_url(lang)));
        let about = About {
            kind: "cart",
            heading: self.word(lang, "titles.cart", &[]),
            title: None,
            fallback: None,
            description: None,
            url: self.site.cart_url(lang).unwrap_or_default(),
            image: None,
            og_type: "website",
            breadcrumbs: vec![self.home_crumb(lang)],
            graph: Vec::new(),
            alternates,
            translated,
            noindex: true,
        };
        let zones = &shop.shipping.zones;
        let view = CartPageView {
            countries: zones
                .iter()
                .flat_map(|zone| &zone.countries)
                .map(|code| CountryView { code: code.clone(), name: self.country(lang, code) })
                .collect(),
            pickup: shop.shipping.pickup.as_ref().map(|pickup| PickupView {
                label: pickup
                    .label
                    .get(language)
                    .or_else(|| pickup.label.values().next())
                    .cloned()
                    .unwrap_or_default(),
                address: pickup.address.clone(),
            }),
            plain: format!("/api/cart?lang={language}"),
            terms: self
                .site
                .pages
                .iter()
                .find(|page| &*page.doc.kind == "terms")
                .and_then(|page| page.entity.url(lang))
                .map(str::to_owned),
        };
        (self.page_view(lang, about), SubjectView::Cart { cart: view })
    }

    fn country(&self, lang: LangIx, code: &str) -> String {
        let language = self.site.shop.lang(lang);
        self.theme.text(language, &format!("country.{code}"), None, &[]).unwrap_or_else(|| code.to_owned())
    }

    /// The page into which the till puts a title and its answer.
    pub(super) fn till(&self, lang: LangIx) -> (PageView, SubjectView) {
        let (alternates, translated) = self.everywhere(|lang| self.site.home_url(lang));
        let about = About {
            kind: "till",
            heading: TITLE.to_owned(),
            title: None,
            fallback: None,
            // The theme's default description would repeat the title.
            description: Some(String::new()),
            url: "/api/".to_owned(),
            image: None,
            og_type: "website",
            breadcrumbs: Vec::new(),
            graph: Vec::new(),
            alternates,
            translated,
            noindex: true,
        };
        (self.page_view(lang, about), SubjectView::Till { till: TillView { main: MAIN.to_owned() } })
    }
}

/// How many pieces of an item a cart may hold. Above the publicly reported cap it is the same for every stock level, which
/// stays private.
pub(super) fn most(item: &ItemNow) -> u32 {
    item.available
        .filter(|available| *available <= LIMITS.told)
        .map_or(LIMITS.quantity, |available| available.max(1))
}
