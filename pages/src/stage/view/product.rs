//! A product's page.

use catalog::language::Language;
use catalog::{Cents, VatScheme};

use super::page::About;
use super::variants::{query, variant_name};
use super::{SubjectView, ViewContext, buying, cards, jsonld, text};
use crate::model::documents::{NoteFieldDoc, PersonalisationDoc};
use crate::model::entities::{ProductIx, TermKind};
use crate::model::lang::{LangIx, Localized};
use crate::model::product::Product;
use crate::model::view::{
    Crumb, MakerRef, NoteChoiceView, NoteFieldView, OptionValue, OptionView, PageView, PersonalisationView,
    ProductView, VariantView,
};

impl ViewContext<'_> {
    pub(super) fn product(&self, lang: LangIx, ix: ProductIx) -> (PageView, SubjectView) {
        let site = self.site;
        let product = site.product(ix);
        let entity = &product.entity;
        let title = entity.title(lang);
        let url = entity.url(lang).unwrap_or_default().to_owned();
        let (alternates, translated) = self.addresses_of(entity);
        let description = self.describe(entity, lang);
        let about = About {
            kind: "product",
            heading: title.text.to_owned(),
            title: entity.seo_title(lang).map(str::to_owned),
            fallback: title.fallback,
            image: product.photos.first().and_then(|photo| self.share_image(photo, lang)),
            og_type: "product",
            breadcrumbs: self.category_path(product.category, lang),
            graph: jsonld::product(self, product, lang, description.as_deref()),
            description,
            url: url.clone(),
            alternates,
            translated,
            noindex: false,
        };
        let view = self.product_view(product, lang, &url);
        (self.page_view(lang, about), SubjectView::Product { product: Box::new(view) })
    }

    fn product_view(&self, product: &Product, lang: LangIx, url: &str) -> ProductView {
        let site = self.site;
        let shop = &site.shop;
        let language = shop.lang(lang);
        let entity = &product.entity;
        let doc = &product.doc;
        let body = entity.body(lang);
        let single = doc.options.is_empty().then(|| doc.items.first()).flatten();
        let cheapest = doc.items.get(product.cheapest());
        ProductView {
            id: entity.id.to_string(),
            title: entity.title(lang).text.to_owned(),
            summary: entity.summary(lang).map(str::to_owned),
            body: body.map(|(body, _)| self.body(body, lang)).unwrap_or_default(),
            body_lang: self.lang_tag(body.and_then(|(_, fallback)| fallback)),
            photos: product.photos.iter().filter_map(|photo| self.photo(photo, lang)).collect(),
            price: self.product_price(product, lang),
            availability: cards::availability(product),
            sku: single.map(|item| item.sku.value.to_string()),
            stock: single.map(|item| item.stock.value.to_string()),
            most: product.items.iter().map(buying::most).max().unwrap_or(1),
            options: self.options(product, lang),
            variants: self.variants(product, lang, url),
            category: product.category.and_then(|ix| {
                let term = site.term(TermKind::Category, ix);
                Some(Crumb {
                    title: term.title(lang).text.to_owned(),
                    url: term.entity.url(lang)?.to_owned(),
                })
            }),
            tags: product
                .tags
                .iter()
                .filter_map(|ix| {
                    let term = site.term(TermKind::Tag, *ix);
                    Some(Crumb {
                        title: term.title(lang).text.to_owned(),
                        url: term.entity.url(lang)?.to_owned(),
                    })
                })
                .collect(),
            maker: self.maker_ref(product, lang),
            brand: doc.brand.clone(),
            weight: cheapest
                .and_then(|item| item.weight)
                .map(|grams| grams.print(Language::new(language).decimal_sign())),
            dimensions: doc.dimensions.as_ref().map(|dimensions| text::dimensions(dimensions, language)),
            materials: product.materials(lang).map(str::to_owned),
            warnings: product.warnings(lang).map(str::to_owned),
            personalisation: doc.personalisation.as_ref().and_then(|own| self.personalisation(own, lang)),
            pickup_only: doc.pickup_only,
            vat_included: shop.seller.vat == VatScheme::Registered,
            return_days: shop.returns.map(|returns| returns.days),
            related: self.cards(&product.related, lang),
        }
    }

    fn personalisation(&self, own: &PersonalisationDoc, lang: LangIx) -> Option<PersonalisationView> {
        let first = own.fields.first()?;
        let choice = |(id, label): &(Box<str>, Localized)| NoteChoiceView {
            id: id.to_string(),
            label: label.get(lang).to_owned(),
        };
        let field = |field: &NoteFieldDoc| NoteFieldView {
            label: field.label.get(lang).to_owned(),
            max_length: field.max_length,
            required: field.required,
            choices: field.choices.iter().map(choice).collect(),
            pattern: field.pattern.clone(),
        };
        Some(PersonalisationView {
            label: first.label.get(lang).to_owned(),
            max_length: first.max_length,
            price: (own.price > Cents::ZERO).then(|| self.print(lang, own.price)),
            minor: own.price,
            required: own.fields.iter().any(|field| field.required),
            fields: own.fields.iter().map(field).collect(),
        })
    }

    fn maker_ref(&self, product: &Product, lang: LangIx) -> Option<MakerRef> {
        let term = self.site.term(TermKind::Maker, product.maker?);
        Some(MakerRef {
            name: term.title(lang).text.to_owned(),
            url: term.entity.url(lang)?.to_owned(),
            place: term.place(lang).map(str::to_owned),
            address: term.doc.address.clone(),
            email: term.doc.email.clone(),
        })
    }

    fn options(&self, product: &Product, lang: LangIx) -> Vec<OptionView> {
        let items = || product.doc.items.iter().zip(&product.items);
        let options = product.doc.options.iter().enumerate();
        options
            .map(|(at, option)| OptionView {
                id: option.id.to_string(),
                label: option.label.get(lang).to_owned(),
                values: option
                    .values
                    .iter()
                    .enumerate()
                    .filter(|(value, _)| items().any(|(item, _)| item.choice.get(at) == Some(value)))
                    .map(|(value, (id, label))| OptionValue {
                        id: id.to_string(),
                        label: label.get(lang).to_owned(),
                        available: items()
                            .any(|(item, now)| item.choice.get(at) == Some(&value) && now.in_stock()),
                    })
                    .collect(),
            })
            .collect()
    }

    fn variants(&self, product: &Product, lang: LangIx, url: &str) -> Vec<VariantView> {
        let doc = &product.doc;
        if doc.options.is_empty() {
            return Vec::new();
        }
        let items = doc.items.iter().zip(&product.items);
        items
            .map(|(item, now)| VariantView {
                sku: item.sku.value.to_string(),
                name: variant_name(product, &item.choice, lang),
                url: format!("{url}?{}", query(product, &item.choice)),
                values: doc
                    .options
                    .iter()
                    .zip(&item.choice)
                    .filter_map(|(option, at)| {
                        Some((option.id.to_string(), option.values.get(*at)?.0.to_string()))
                    })
                    .collect(),
                price: self.price(now, lang),
                availability: cards::item_availability(product, now),
                stock: item.stock.value.to_string(),
                most: buying::most(now),
                photo: item.images.first().and_then(|at| u32::try_from(*at).ok()),
            })
            .collect()
    }
}
