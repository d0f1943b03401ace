//! What every kind of file has: title, slug, summary, texts for search engines, the text itself.

use std::ops::Range;

use messages::tr;
use yaml::{Fields, Source, Spanned};

use crate::model::documents::Texts;
use crate::model::lang::LangIx;
use crate::model::schema;
use crate::model::shop::Shop;
use crate::stage::parse::{markdown, typography, values};

/// Reads them in `lang`; `title` is the name of the title's field (makers have a `name`).
pub fn read(
    fields: &Fields<'_>,
    shop: &Shop,
    lang: LangIx,
    title: &str,
    body: Option<Range<usize>>,
    folder: &str,
) -> Texts {
    let source = fields.source();
    let language = shop.lang(lang);
    if lang != LangIx::DEFAULT
        && let Some(blank) = fields.text(title).filter(|text| text.value.trim().is_empty())
    {
        // Main files' readers require the title; a translation's is `title`, whatever it translates.
        let help = tr!("write the title, or leave the line out");
        source.error("empty-field", blank.span, tr!("`{title}` is empty"), tr!("nothing in it"), help);
    }
    let set = |text: Spanned<String>| text.map(|text| typography::line(language, &text));
    let seo = fields
        .get("seo")
        .and_then(|node| Fields::new(source, node, "`seo`", schema::names(schema::SEO), &[]));
    let seo_text = |name: &str| seo.and_then(|seo| seo.text(name)).map(|text| set(text).value);
    Texts {
        title: fields.text(title).map(set).and_then(|text| not_too_long(source, title, text, 200)),
        slug: values::slug_field(fields),
        summary: fields
            .text("summary")
            .map(set)
            .and_then(|text| not_too_long(source, "summary", text, 1000))
            .map(|t| t.value),
        seo_title: seo_text("title"),
        seo_description: seo_text("description"),
        body: body
            .map(|range| markdown::render(source, range, language, folder))
            .filter(|body| !body.html.is_empty()),
    }
}

fn not_too_long(source: &Source, name: &str, text: Spanned<String>, most: usize) -> Option<Spanned<String>> {
    let length = text.value.chars().count();
    if length <= most {
        return Some(text);
    }
    source.error(
        "too-long",
        text.span,
        tr!("`{name}` is {length} characters long"),
        tr!("at most {most}"),
        tr!("say the rest in the text below"),
    );
    None
}
