//! Categories, collections, makers and free pages; translations of everything.

use std::ops::Range;
use std::sync::Arc;

use messages::tr;
use yaml::{Fields, Node, Source};

use crate::model::documents::{DocKind, PageDoc, Rule, Sort, TermDoc, TranslationDoc};
use crate::model::lang::LangIx;
use crate::model::schema::{self, Field};
use crate::model::shop::Shop;
use crate::stage::parse::{images, markdown, texts, typography, values, words};

/// Reads a category, collection or maker.
pub fn read(
    source: &Source,
    shop: &Shop,
    kind: DocKind,
    root: &Node,
    body: Option<Range<usize>>,
    folder: &str,
) -> Option<TermDoc> {
    let (table, what, title): (&'static [Field], _, _) = match kind {
        DocKind::Collection => (schema::COLLECTION, tr!("a collection"), "title"),
        DocKind::Maker => (schema::MAKER, tr!("a maker"), "name"),
        _ => (schema::CATEGORY, tr!("a category"), "title"),
    };
    let fields = Fields::new(source, root, what, schema::names(table), &[])?;
    fields.required(title, what, &format!("{title}: ..."));
    let mut words = words::read(&fields, shop, LangIx::DEFAULT, title, body, folder);
    story(&fields, shop, folder, &mut words);
    let id = |name: &str| fields.get(name).and_then(|node| values::id(source, name, node));
    let products = fields
        .list("products")
        .map(|list| list.iter().filter_map(|node| values::id(source, "products", node)).collect::<Vec<_>>());
    let rule = if kind == DocKind::Collection { rule(&fields) } else { Rule::default() };
    if kind == DocKind::Collection {
        one_way_to_choose(&fields, products.is_some(), &rule);
    }
    Some(TermDoc {
        texts: Arc::new(words),
        parent: id("parent"),
        position: fields.integer("position", 0..=1_000_000),
        sort: values::word(&fields, "sort", schema::SORTS).map(sort),
        image: images::field(&fields, shop, folder, LangIx::DEFAULT),
        aliases: values::aliases(&fields),
        products,
        rule,
        place: texts::localized_field(&fields, shop, "place"),
        address: fields.text("address").filter(|_| kind == DocKind::Maker).map(|text| text.value),
        email: if kind == DocKind::Maker { values::email(&fields, "email") } else { None },
        website: fields.text("url").and_then(|url| values::web_url(source, "url", &url)),
    })
}

fn sort(word: &str) -> Sort {
    match word {
        "price" => Sort::Price,
        "title" => Sort::Title,
        "position" => Sort::Position,
        _ => Sort::Newest,
    }
}

fn rule(fields: &Fields<'_>) -> Rule {
    let source = fields.source();
    let id = |name: &str| fields.get(name).and_then(|node| values::id(source, name, node));
    Rule {
        price_below: fields.get("price_below").and_then(|node| values::fee(source, "price_below", node)),
        tag: id("tag"),
        maker: id("maker"),
        category: id("category"),
        on_sale: fields.boolean("on_sale").unwrap_or(false),
    }
}

fn one_way_to_choose(fields: &Fields<'_>, listed: bool, rule: &Rule) {
    let (message, help) = match (listed, rule.is_empty()) {
        (true, false) => {
            (tr!("a collection is a list or a rule, not both"), tr!("keep `products`, or the rule"))
        }
        (false, true) => (
            tr!("a collection needs its products"),
            tr!(
                "add `products: [bol-lune, ...]`, or a rule: `price_below`, `tag`, `maker`, `category` or `on_sale`"
            ),
        ),
        _ => return,
    };
    // A rule with a faulty value has been reported already.
    let rule_written =
        ["price_below", "tag", "maker", "category", "on_sale"].iter().any(|n| fields.get(n).is_some());
    if listed || !rule_written {
        fields.source().error("collection-choice", fields.beginning(), message, "", help);
    }
}

/// Makers without a text have a field `story`, in Markdown.
fn story(fields: &Fields<'_>, shop: &Shop, folder: &str, words: &mut crate::model::documents::Texts) {
    let Some(node) = fields.get("story") else { return };
    if words.body.is_some() {
        fields.source().error(
            "two-stories",
            values::span_of(fields, "story"),
            tr!("the story is told twice"),
            "",
            tr!("keep the text below the fields, or `story`"),
        );
        return;
    }
    let source = fields.source();
    if let yaml::Kind::Map(_) = node.kind {
        source.error(
            "story-by-language",
            node.span.clone(),
            tr!("`story` is one text here"),
            "",
            tr!("write it in the default language, and the others in the translation files (NAME.en.yaml)"),
        );
        return;
    }
    if let Some(text) = yaml::text(source, "story", node) {
        let own = Source::new(source.file.clone(), text.value.as_str());
        let mut body = markdown::render(&own, 0..text.value.len(), shop.lang(LangIx::DEFAULT), folder);
        // Forbidden characters were reported when the value was read.
        let is_new = |fault: &faults::Fault| fault.code != "forbidden-character";
        for fault in own.take_faults().into_iter().filter(is_new) {
            source.push(faults::Fault { place: source.place(node.span.clone()), ..fault });
        }
        for link in &mut body.links {
            link.span = node.span.clone();
        }
        for image in &mut body.images {
            image.written.span = node.span.clone();
        }
        words.body = Some(body);
    }
}

/// Reads a free page.
pub fn page(
    source: &Source,
    shop: &Shop,
    root: &Node,
    body: Option<Range<usize>>,
    folder: &str,
) -> Option<PageDoc> {
    let fields = Fields::new(source, root, tr!("a page"), schema::names(schema::PAGE), &[])?;
    fields.required("title", tr!("a page"), "title: À propos");
    Some(PageDoc {
        texts: Arc::new(words::read(&fields, shop, LangIx::DEFAULT, "title", body, folder)),
        kind: values::word(&fields, "kind", schema::PAGE_KINDS).unwrap_or("page").into(),
        position: fields.integer("position", 0..=1_000_000),
        draft: fields.boolean("draft").unwrap_or(false),
        aliases: values::aliases(&fields),
    })
}

/// Reads a translation.
pub fn translation(
    source: &Source,
    shop: &Shop,
    lang: LangIx,
    root: &Node,
    body: Option<Range<usize>>,
    folder: &str,
) -> Option<TranslationDoc> {
    let moved = tr!("it is the same in every language: it stands in the main file");
    let misplaced: Vec<yaml::Misplaced> = [
        "price", "supply", "sku", "category", "tags", "variants", "options", "draft", "name", "sale",
        "maker", "kind",
    ]
    .into_iter()
    .map(|name| (name, moved))
    .collect();
    let fields =
        Fields::new(source, root, tr!("a translation"), schema::names(schema::TRANSLATION), &misplaced)?;
    let mut words = words::read(&fields, shop, lang, "title", body, folder);
    if words.body.is_none() {
        story(&fields, shop, folder, &mut words);
    }
    let mut images: Vec<_> = fields
        .list("images")
        .unwrap_or_default()
        .iter()
        .filter_map(|node| images::one(source, shop, folder, node, lang))
        .collect();
    images.extend(images::field(&fields, shop, folder, lang));
    let text =
        |name: &str| fields.text(name).map(|text| typography::text(shop.lang(lang), text.value.trim()));
    Some(TranslationDoc {
        texts: Arc::new(words),
        images,
        materials: text("materials"),
        warnings: text("warnings"),
        place: text("place"),
    })
}
