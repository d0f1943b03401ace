//! What every page says about itself; the home page, lists of terms, free pages, the 404 page.

use super::{SubjectView, ViewContext, jsonld, promises, text};
use crate::model::entities::{Entity, PageIx, TermIx, TermKind};
use crate::model::jsonld::Node;
use crate::model::lang::LangIx;
use crate::model::view::{
    Alternate, Card, Crumb, FreePageView, Heading, HomeView, PageView, ShareImage, TermsView,
};

/// Products on the home page.
const NEWEST: usize = 12;
/// Products offered on a page that has none of its own.
const OFFERS: usize = 4;

/// What differs from page to page.
pub(super) struct About {
    pub kind: &'static str,
    pub heading: String,
    pub title: Option<String>,
    pub fallback: Option<LangIx>,
    pub description: Option<String>,
    pub url: String,
    pub image: Option<ShareImage>,
    pub og_type: &'static str,
    pub breadcrumbs: Vec<Crumb>,
    pub graph: Vec<Node>,
    /// Its address in each language that has it, in the order of the languages.
    pub alternates: Vec<(LangIx, String)>,
    /// The languages in which it is a translation, not a fallback.
    pub translated: Vec<LangIx>,
    pub noindex: bool,
}

impl ViewContext<'_> {
    pub(super) fn page_view(&self, lang: LangIx, about: About) -> PageView {
        let shop = &self.site.shop;
        let name = &shop.name;
        let title = about.title.clone().unwrap_or_else(|| about.heading.clone());
        let title = if title == *name || about.kind == "home" {
            title
        } else {
            self.word(lang, "document_title", &[("title", &title), ("shop", name)])
        };
        let real = about.translated.contains(&lang) || about.translated.is_empty();
        // A page that is only a fallback in this language is the default language's page for search engines.
        let canonical_url = if real { about.url.clone() } else { self.default_url(&about) };
        let description = about
            .description
            .or_else(|| {
                shop.description
                    .shown(lang)
                    .filter(|_| about.kind == "home")
                    .map(|shown| shown.text.to_owned())
            })
            .unwrap_or_else(|| self.default_description(lang, &about.heading, about.kind));
        let mut graph = about.graph;
        if let Some(list) = jsonld::breadcrumbs(self, &about.breadcrumbs, &about.heading, &about.url) {
            graph.push(list);
        }
        let alternates: Vec<Alternate> = about
            .alternates
            .iter()
            .map(|(other, url)| Alternate {
                lang: shop.lang(*other).to_owned(),
                name: self.word(*other, "language", &[]),
                absolute: self.absolute(url),
                url: url.clone(),
                current: *other == lang,
            })
            .collect();
        let all_translated = about.alternates.iter().all(|(other, _)| about.translated.contains(other));
        PageView {
            kind: about.kind.to_owned(),
            title,
            heading: about.heading,
            fallback_lang: self.lang_tag(about.fallback),
            description: text::cut(&description, 300),
            canonical: self.absolute(&canonical_url),
            url: about.url,
            noindex: self.noindex || about.noindex,
            hreflang: real && all_translated && alternates.len() > 1 && !self.noindex && !about.noindex,
            alternates,
            image: about.image.or_else(|| self.shop_image(lang)),
            og_type: about.og_type.to_owned(),
            jsonld: jsonld::document(&graph),
            breadcrumbs: about.breadcrumbs,
            offers: match about.kind {
                "cart" | "not_found" | "till" => self.offers(lang),
                _ => Vec::new(),
            },
        }
    }

    /// Pieces for a page that has none: featured ones first, then the newest, all of them available.
    pub(super) fn offers(&self, lang: LangIx) -> Vec<Card> {
        let there = |featured: bool| {
            let there = self.site.newest.iter().map(move |ix| (ix, self.site.product(*ix)));
            there.filter(move |(_, product)| product.in_stock() && product.doc.featured == featured)
        };
        let cards = there(true).chain(there(false)).filter_map(|(ix, _)| self.card(*ix, lang));
        cards.take(OFFERS).collect()
    }

    /// The theme's description of a page that has none by its owner.
    fn default_description(&self, lang: LangIx, heading: &str, kind: &str) -> String {
        let key = match kind {
            "category" | "collection" | "tag" => "description.listing",
            "home" => "description.home",
            "products" => "description.products",
            "product" => "description.product",
            "maker" => "description.maker",
            "terms" => "description.terms",
            _ => "description.page",
        };
        self.word(lang, key, &[("title", heading), ("shop", &self.site.shop.name)])
    }

    fn default_url(&self, about: &About) -> String {
        about.alternates.first().map_or_else(|| about.url.clone(), |(_, url)| url.clone())
    }

    /// Addresses of an entity, and the languages in which it is actually written.
    pub(super) fn addresses_of(&self, entity: &Entity) -> (Vec<(LangIx, String)>, Vec<LangIx>) {
        let langs = self.site.shop.langs();
        let urls =
            langs.clone().filter_map(|lang| entity.url(lang).map(|url| (lang, url.to_owned()))).collect();
        let translated = langs.filter(|lang| *lang == LangIx::DEFAULT || entity.translated(*lang)).collect();
        (urls, translated)
    }

    pub(super) fn everywhere(&self, url: impl Fn(LangIx) -> String) -> (Vec<(LangIx, String)>, Vec<LangIx>) {
        let langs: Vec<LangIx> = self.site.shop.langs().collect();
        (langs.iter().map(|lang| (*lang, url(*lang))).collect(), langs)
    }

    pub(super) fn home_crumb(&self, lang: LangIx) -> Crumb {
        Crumb { title: self.word(lang, "nav.home", &[]), url: self.site.home_url(lang) }
    }

    pub(super) fn home(&self, lang: LangIx) -> (PageView, SubjectView) {
        let site = self.site;
        let shop = &site.shop;
        let (alternates, translated) = self.everywhere(|lang| site.home_url(lang));
        let text = site.home.as_ref().and_then(|page| page.entity.body(lang));
        let tagline = shop.tagline.shown(lang).map(|shown| shown.text);
        let seo = site.home.as_ref().and_then(|page| page.entity.seo_title(lang).map(str::to_owned));
        let home = site.home.as_ref();
        let about = About {
            kind: "home",
            heading: shop.name.clone(),
            title: Some(seo.unwrap_or_else(|| {
                tagline.map_or_else(|| shop.name.clone(), |line| format!("{} · {line}", shop.name))
            })),
            fallback: None,
            description: home.and_then(|page| page.entity.seo_description(lang)).map(str::to_owned),
            url: site.home_url(lang),
            image: None,
            og_type: "website",
            breadcrumbs: Vec::new(),
            graph: promises::shop(self, lang),
            alternates,
            translated,
            noindex: false,
        };
        let featured: Vec<_> =
            site.newest.iter().filter(|ix| site.product(**ix).doc.featured).take(NEWEST).copied().collect();
        let newest = site.newest.iter().filter(|ix| !featured.contains(ix)).take(NEWEST);
        let view = HomeView {
            intro: text.map(|(body, _)| self.body(body, lang)),
            intro_lang: self.lang_tag(text.and_then(|(_, fallback)| fallback)),
            newest: self.cards(newest, lang),
            featured: self.cards(&featured, lang),
            categories: self.term_entries(TermKind::Category, lang, true),
            collections: self.term_entries(TermKind::Collection, lang, false),
            makers: self.term_entries(TermKind::Maker, lang, false),
        };
        (self.page_view(lang, about), SubjectView::Home { home: Box::new(view) })
    }

    pub(super) fn terms(&self, lang: LangIx, kind: TermKind) -> (PageView, SubjectView) {
        let site = self.site;
        let (alternates, translated) = self.everywhere(|lang| site.terms_url(kind, lang));
        let about = About {
            kind: "terms",
            heading: self.word(lang, &format!("titles.{}", kind.plural()), &[]),
            title: None,
            fallback: None,
            description: None,
            url: site.terms_url(kind, lang),
            image: None,
            og_type: "website",
            breadcrumbs: vec![self.home_crumb(lang)],
            graph: Vec::new(),
            alternates,
            translated,
            noindex: false,
        };
        let entries = self.term_entries(kind, lang, kind == TermKind::Category);
        let view = TermsView { kind: kind.plural().to_owned(), entries };
        (self.page_view(lang, about), SubjectView::Terms { terms: view })
    }

    pub(super) fn free(&self, lang: LangIx, ix: PageIx) -> (PageView, SubjectView) {
        let page = &self.site.pages[ix.at()];
        let (alternates, translated) = self.addresses_of(&page.entity);
        let title = page.entity.title(lang);
        let body = page.entity.body(lang);
        let about = About {
            kind: "page",
            heading: title.text.to_owned(),
            title: page.entity.seo_title(lang).map(str::to_owned),
            fallback: title.fallback,
            description: self.describe(&page.entity, lang),
            url: page.entity.url(lang).unwrap_or_default().to_owned(),
            image: None,
            og_type: "article",
            breadcrumbs: vec![self.home_crumb(lang)],
            graph: Vec::new(),
            alternates,
            translated,
            noindex: false,
        };
        let headings = body.iter().flat_map(|(body, _)| &body.headings).filter(|heading| heading.level == 2);
        let view = FreePageView {
            kind: page.doc.kind.to_string(),
            body: body.map(|(body, _)| self.body(body, lang)).unwrap_or_default(),
            body_lang: self.lang_tag(body.and_then(|(_, fallback)| fallback)),
            headings: headings
                .map(|h| Heading { id: h.id.to_string(), title: h.title.to_string() })
                .collect(),
        };
        (self.page_view(lang, about), SubjectView::Free { free: view })
    }

    pub(super) fn not_found(&self, lang: LangIx) -> (PageView, SubjectView) {
        let url = format!("{}/404.html", self.site.shop.prefix(lang));
        let about = About {
            kind: "not_found",
            heading: self.word(lang, "titles.not_found", &[]),
            title: None,
            fallback: None,
            description: None,
            url,
            image: None,
            og_type: "website",
            breadcrumbs: Vec::new(),
            graph: Vec::new(),
            alternates: Vec::new(),
            translated: Vec::new(),
            noindex: true,
        };
        (self.page_view(lang, about), SubjectView::Nothing {})
    }

    /// One sentence about an entity: its own description, its summary, or the beginning of its text. Texts in the page's
    /// language come before others.
    pub(super) fn describe(&self, entity: &Entity, lang: LangIx) -> Option<String> {
        let in_language = |lang: LangIx| {
            let words = entity.texts.get(usize::from(lang.0))?.as_deref()?;
            let own = words.seo_description.as_deref().or(words.summary.as_deref()).map(str::to_owned);
            own.or_else(|| words.body.as_ref().map(|body| text::cut(&body.text, 160)))
                .filter(|text| !text.is_empty())
        };
        in_language(lang).or_else(|| in_language(LangIx::DEFAULT))
    }

    /// The names of a category and those above it, from the top.
    pub fn category_titles(&self, category: Option<TermIx>, lang: LangIx) -> Vec<String> {
        let path = self.category_path(category, lang);
        path.into_iter().skip(2).map(|crumb| crumb.title).collect()
    }

    /// The path to a category: home, the list of categories, the categories above it, itself.
    pub(super) fn category_path(&self, category: Option<TermIx>, lang: LangIx) -> Vec<Crumb> {
        let mut path = Vec::new();
        let mut at = category;
        while let Some(ix) = at {
            let term = self.site.term(TermKind::Category, ix);
            if let Some(url) = term.entity.url(lang) {
                path.push(Crumb { title: term.title(lang).text.to_owned(), url: url.to_owned() });
            }
            at = term.parent;
        }
        if !self.site.terms_of(TermKind::Category).is_empty() {
            let title = self.word(lang, "titles.categories", &[]);
            path.push(Crumb { title, url: self.site.terms_url(TermKind::Category, lang) });
        }
        path.push(self.home_crumb(lang));
        path.reverse();
        path
    }
}
