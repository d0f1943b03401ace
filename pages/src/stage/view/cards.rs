//! Products in lists: cards, prices, availability; terms as entries of lists.

use catalog::Cents;

use super::ViewContext;
use crate::model::entities::{ProductIx, TermIx, TermKind};
use crate::model::lang::LangIx;
use crate::model::product::{ItemNow, Product};
use crate::model::view::{Availability, Card, Price, Term};

/// Up to this many pieces, pages say how many are left.
const FEW: u32 = 5;

impl ViewContext<'_> {
    /// A product's entry in a list, if it has a page in this language.
    pub fn card(&self, ix: ProductIx, lang: LangIx) -> Option<Card> {
        let product = self.site.product(ix);
        let url = product.entity.url(lang)?;
        let title = product.entity.title(lang);
        Some(Card {
            url: url.to_owned(),
            title: title.text.to_owned(),
            fallback_lang: self.lang_tag(title.fallback),
            maker: product.maker.map(|ix| self.site.term(TermKind::Maker, ix).title(lang).text.to_owned()),
            photo: product.photos.first().and_then(|photo| self.photo(photo, lang)),
            price: self.product_price(product, lang),
            availability: availability(product),
        })
    }

    /// Cards of several products.
    pub fn cards<'p>(&self, list: impl IntoIterator<Item = &'p ProductIx>, lang: LangIx) -> Vec<Card> {
        list.into_iter().filter_map(|ix| self.card(*ix, lang)).collect()
    }

    /// What a product costs: the price of its cheapest available item.
    pub fn product_price(&self, product: &Product, lang: LangIx) -> Price {
        let Some(item) = product.items.get(product.cheapest()) else {
            return self
                .price(&ItemNow { available: Some(0), price: Cents::ZERO, was: None, until: None }, lang);
        };
        let from = product.items.iter().any(|other| other.price != item.price);
        Price { from, ..self.price(item, lang) }
    }

    /// What an item costs.
    pub fn price(&self, item: &ItemNow, lang: LangIx) -> Price {
        Price {
            now: self.print(lang, item.price),
            was: item.was.map(|was| self.print(lang, was)),
            until: item.until.map(|until| self.date(lang, until.previous())),
            from: false,
            minor: item.price,
        }
    }

    /// A term's entry in a list, if it has a page in this language.
    pub fn term_entry(&self, kind: TermKind, ix: TermIx, lang: LangIx) -> Option<Term> {
        let term = self.site.term(kind, ix);
        let title = term.title(lang);
        let photo = term.photo.as_ref().or_else(|| {
            let first = term
                .products
                .iter()
                .map(|ix| self.site.product(*ix))
                .find(|product| !product.photos.is_empty());
            first.and_then(|product| product.photos.first())
        });
        let visible =
            term.products.iter().filter(|ix| self.site.product(**ix).entity.url(lang).is_some()).count();
        Some(Term {
            url: term.entity.url(lang)?.to_owned(),
            title: title.text.to_owned(),
            fallback_lang: self.lang_tag(title.fallback),
            summary: term.entity.summary(lang).map(str::to_owned),
            photo: photo.and_then(|photo| self.photo(photo, lang)),
            count: u32::try_from(visible).unwrap_or(u32::MAX),
        })
    }

    /// All terms of a kind, in their order; tags without products are left out.
    pub fn term_entries(&self, kind: TermKind, lang: LangIx, roots_only: bool) -> Vec<Term> {
        let terms = self.site.terms_of(kind);
        let mut order: Vec<TermIx> = (0..terms.len())
            .filter(|at| !roots_only || terms[*at].parent.is_none())
            .map(TermIx::new)
            .collect();
        order.sort_by_key(|ix| terms[ix.at()].doc.position.unwrap_or(i64::MAX));
        order
            .into_iter()
            .filter_map(|ix| self.term_entry(kind, ix, lang))
            .filter(|term| kind != TermKind::Tag || term.count > 0)
            .collect()
    }
}

/// Whether a product is available.
pub fn availability(product: &Product) -> Availability {
    let counted = match product.items.as_slice() {
        [item] => item.available,
        _ => None,
    };
    state(product, product.in_stock(), counted)
}

/// Whether one of its items is available.
pub fn item_availability(product: &Product, item: &ItemNow) -> Availability {
    state(product, item.in_stock(), item.available)
}

fn state(product: &Product, in_stock: bool, counted: Option<u32>) -> Availability {
    let days = product.doc.made_to_order;
    let state = match (in_stock, days) {
        (false, _) => "sold_out",
        (true, Some(_)) => "made_to_order",
        (true, None) => "in_stock",
    };
    Availability {
        state: state.to_owned(),
        left: counted.filter(|left| (1..=FEW).contains(left)),
        unique: product.unique(),
        days,
    }
}
