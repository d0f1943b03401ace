//! Lists of products, page by page: all of them, a term's.

use super::page::About;
use super::{SubjectView, ViewContext, jsonld};
use crate::model::entities::{Listing, ProductIx, TermIx, TermKind};
use crate::model::lang::LangIx;
use crate::model::view::{Crumb, ListingView, MakerView, PageView, Pager, PagerEntry};

struct Listed<'a> {
    first: String,
    products: &'a Listing,
    number: usize,
}

impl ViewContext<'_> {
    pub(super) fn products(&self, lang: LangIx, number: u32) -> (PageView, SubjectView) {
        let site = self.site;
        let number = number as usize;
        let (alternates, translated) = self.everywhere(|lang| site.products_url(lang));
        let listed = Listed { first: site.products_url(lang), products: &site.newest, number };
        let about = About {
            kind: "products",
            heading: self.word(lang, "titles.products", &[]),
            title: None,
            fallback: None,
            description: None,
            url: String::new(),
            image: None,
            og_type: "website",
            breadcrumbs: vec![self.home_crumb(lang)],
            graph: Vec::new(),
            alternates,
            translated,
            noindex: false,
        };
        let (page, listing) = self.listed(lang, &listed, about);
        (page, SubjectView::Listing { listing: Box::new(listing) })
    }

    pub(super) fn term(
        &self,
        lang: LangIx,
        kind: TermKind,
        ix: TermIx,
        number: u32,
    ) -> (PageView, SubjectView) {
        let (page, listing) = self.term_listing(lang, kind, ix, number as usize);
        (page, SubjectView::Listing { listing: Box::new(listing) })
    }

    pub(super) fn maker(&self, lang: LangIx, ix: TermIx, number: u32) -> (PageView, SubjectView) {
        let (page, listing) = self.term_listing(lang, TermKind::Maker, ix, number as usize);
        let term = self.site.term(TermKind::Maker, ix);
        let maker = MakerView {
            name: term.title(lang).text.to_owned(),
            place: term.place(lang).map(str::to_owned),
            address: term.doc.address.clone(),
            email: term.doc.email.clone(),
            website: term.doc.website.clone(),
        };
        (page, SubjectView::Maker { listing: Box::new(listing), maker })
    }

    fn term_listing(
        &self,
        lang: LangIx,
        kind: TermKind,
        ix: TermIx,
        number: usize,
    ) -> (PageView, ListingView) {
        let site = self.site;
        let term = site.term(kind, ix);
        let entity = &term.entity;
        let title = term.title(lang);
        let (alternates, mut translated) = self.addresses_of(entity);
        if kind == TermKind::Maker {
            // A name needs no translation.
            translated = site.shop.langs().collect();
        }
        let mut breadcrumbs = match kind {
            TermKind::Category => self.category_path(term.parent, lang),
            kind => vec![
                self.home_crumb(lang),
                Crumb {
                    title: self.word(lang, &format!("titles.{}", kind.plural()), &[]),
                    url: site.terms_url(kind, lang),
                },
            ],
        };
        if number > 1 {
            breadcrumbs.push(Crumb {
                title: title.text.to_owned(),
                url: entity.url(lang).unwrap_or_default().to_owned(),
            });
        }
        let about = About {
            kind: kind.as_str(),
            heading: title.text.to_owned(),
            title: entity.seo_title(lang).map(str::to_owned),
            fallback: title.fallback,
            description: self.describe(entity, lang),
            url: String::new(),
            image: term.photo.as_ref().and_then(|photo| self.share_image(photo, lang)),
            og_type: "website",
            breadcrumbs,
            graph: if kind == TermKind::Maker { vec![jsonld::maker(self, term, lang)] } else { Vec::new() },
            alternates,
            translated,
            // The list of a tag with fewer than two products is not worth finding.
            noindex: kind == TermKind::Tag && term.products.len() < 2,
        };
        let listed = Listed {
            first: entity.url(lang).unwrap_or_default().to_owned(),
            products: &term.products,
            number,
        };
        let (page, mut listing) = self.listed(lang, &listed, about);
        listing.summary = entity.summary(lang).map(str::to_owned);
        if number == 1 {
            let body = entity.body(lang);
            listing.intro = body.map(|(body, _)| self.body(body, lang));
            listing.intro_lang = self.lang_tag(body.and_then(|(_, fallback)| fallback));
            listing.photo = term.photo.as_ref().and_then(|photo| self.photo(photo, lang));
            listing.children =
                term.children.iter().filter_map(|child| self.term_entry(kind, *child, lang)).collect();
        }
        (page, listing)
    }

    fn listed(&self, lang: LangIx, listed: &Listed<'_>, mut about: About) -> (PageView, ListingView) {
        let site = self.site;
        let per_page = site.shop.per_page;
        let visible = |lang: LangIx| -> Vec<ProductIx> {
            let all = listed.products.of(lang).iter().copied();
            all.filter(|ix| site.product(*ix).entity.url(lang).is_some()).collect()
        };
        let products = visible(lang);
        let total = products.len().div_ceil(per_page).max(1);
        let number = listed.number;
        about.url = site.paged(&listed.first, lang, number);
        if number > 1 {
            let page = self.word(lang, "number_of_page", &[("n", &number.to_string())]);
            let title = about.title.take().unwrap_or_else(|| about.heading.clone());
            about.title = Some(format!("{title}, {page}"));
            // A list may be shorter in another language: its last page is then the nearest, but no translation.
            let mut nearest = false;
            for (other, url) in &mut about.alternates {
                let there =
                    if *other == lang { total } else { visible(*other).len().div_ceil(per_page).max(1) };
                nearest |= there < number;
                *url = site.paged(url, *other, number.min(there));
            }
            if nearest && about.translated.contains(&lang) {
                about.translated = vec![lang];
            }
        }
        let shown = products.iter().skip((number - 1) * per_page).take(per_page);
        let url = |n: usize| site.paged(&listed.first, lang, n);
        let listing = ListingView {
            intro: None,
            intro_lang: None,
            summary: None,
            photo: None,
            children: Vec::new(),
            cards: self.cards(shown, lang),
            count: u32::try_from(products.len()).unwrap_or(u32::MAX),
            pager: Pager {
                number: u32::try_from(number).unwrap_or(u32::MAX),
                total: u32::try_from(total).unwrap_or(u32::MAX),
                previous: (number > 1).then(|| url(number - 1)),
                next: (number < total).then(|| url(number + 1)),
                pages: pager_entries(number, total, url),
            },
        };
        let mut page = self.page_view(lang, about);
        if listing.cards.is_empty() {
            page.offers = self.offers(lang);
        }
        (page, listing)
    }
}

/// First, last and two neighbours on each side; a gap where pages are left out.
fn pager_entries(number: usize, total: usize, url: impl Fn(usize) -> String) -> Vec<PagerEntry> {
    let mut entries: Vec<PagerEntry> = Vec::new();
    let mut last = 0;
    for page in
        [1].into_iter().chain(number.saturating_sub(2).max(2)..=(number + 2).min(total)).chain([total])
    {
        if page <= last {
            continue;
        }
        if page > last + 1 {
            entries.push(PagerEntry { number: None, url: None, current: false });
        }
        entries.push(PagerEntry {
            number: u32::try_from(page).ok(),
            url: Some(url(page)),
            current: page == number,
        });
        last = page;
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pager_shows_its_ends_and_neighbours() {
        let numbers: Vec<Option<u32>> =
            pager_entries(6, 12, |n| n.to_string()).into_iter().map(|entry| entry.number).collect();
        let expected = [Some(1), None, Some(4), Some(5), Some(6), Some(7), Some(8), None, Some(12)];
        assert_eq!(numbers, expected);
    }

    #[test]
    fn a_pager_names_each_page_once() {
        for total in 1..12 {
            for number in 1..=total {
                let pages: Vec<u32> = pager_entries(number, total, |n| n.to_string())
                    .into_iter()
                    .filter_map(|entry| entry.number)
                    .collect();
                assert!(pages.is_sorted_by(|a, b| a < b), "{number} of {total}: {pages:?}");
                assert_eq!(
                    (pages.first().copied(), pages.last().copied()),
                    (Some(1), u32::try_from(total).ok())
                );
            }
        }
    }
}
