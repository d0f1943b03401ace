//! Personalisation, what a shopper may or must have put on a piece: one field, or several.

use catalog::Cents;
use catalog::note::{MAX_FIELDS, MAX_NOTE, check_pattern};
use messages::tr;
use yaml::{Fields, Node, Source};

use crate::model::documents::{NoteFieldDoc, PersonalisationDoc};
use crate::model::lang::Localized;
use crate::model::schema;
use crate::model::shop::Shop;
use crate::stage::parse::{texts, values};

const WHAT: &str = "`personalisation`";

/// The field `personalisation`.
pub fn read(fields: &Fields<'_>, shop: &Shop) -> Option<PersonalisationDoc> {
    let source = fields.source();
    let node = fields.get("personalisation")?;
    let own = Fields::new(source, node, WHAT, schema::names(schema::PERSONALISATION), &[])?;
    let price = own.get("price").map_or(Some(Cents::ZERO), |node| values::fee(source, "price", node));
    let Some(listed) = own.get("fields") else {
        let field = field(&own, WHAT, shop, false);
        // Only now, so that every mistake has been reported.
        return Some(PersonalisationDoc { price: price?, fields: vec![field?] });
    };
    let required = own.boolean("required").unwrap_or(false);
    for name in ["label", "max_length", "choices", "pattern"] {
        if let Some(entry) = own.entry(name) {
            source.error(
                "field-of-personalisation",
                entry.key_span.clone(),
                tr!("with `fields`, `{name}` stands in each of them"),
                "",
                tr!("move `{name}` into an entry of `fields`, or leave `fields` out"),
            );
        }
    }
    let list = yaml::list(source, "fields", listed)?;
    let place = || own.entry("fields").map_or_else(|| listed.span.clone(), |entry| entry.key_span.clone());
    if list.is_empty() || list.len() > MAX_FIELDS {
        source.error(
            "personalisation-fields",
            place(),
            tr!("`fields` has 1 to {MAX_FIELDS} entries"),
            "",
            tr!("write one entry for each thing to ask for"),
        );
        return None;
    }
    let each = |node: &Node| {
        let own = Fields::new(source, node, tr!("a field"), schema::names(schema::NOTE_FIELD), &[])?;
        field(&own, tr!("a field"), shop, required)
    };
    let all: Vec<Option<NoteFieldDoc>> = list.iter().map(each).collect();
    let all: Vec<NoteFieldDoc> = all.into_iter().collect::<Option<_>>()?;
    let together: u32 = all.iter().map(|field| field.max_length).sum();
    if together > MAX_NOTE {
        source.error(
            "personalisation-length",
            place(),
            tr!("the fields take {together} characters together, more than {MAX_NOTE}"),
            "",
            tr!("lower `max_length`: a cart holds no more"),
        );
        return None;
    }
    Some(PersonalisationDoc { price: price?, fields: all })
}

fn field(own: &Fields<'_>, what: &str, shop: &Shop, required: bool) -> Option<NoteFieldDoc> {
    let source = own.source();
    let label = own.required("label", what, "label: { fr: Gravure, en: Engraving }");
    let label = label.map(|label| texts::localized_here(source, shop, "label", label));
    let required = own.boolean("required").unwrap_or(required);
    if own.get("choices").is_some() {
        for name in ["max_length", "pattern"] {
            if let Some(entry) = own.entry(name) {
                source.error(
                    "choices-or-text",
                    entry.key_span.clone(),
                    tr!("where there are `choices`, `{name}` means nothing"),
                    "",
                    tr!("leave out `{name}`, or `choices`"),
                );
            }
        }
        let choices = choices(own, shop)?;
        let longest = choices.iter().map(|(id, _)| id.len()).max().unwrap_or(1);
        let max_length = u32::try_from(longest).ok()?;
        return Some(NoteFieldDoc { label: label?, max_length, required, choices, pattern: None });
    }
    own.required("max_length", what, "max_length: 24");
    let max_length = own.integer("max_length", 1..=i64::from(MAX_NOTE));
    let pattern = match own.text("pattern") {
        Some(pattern) => Some(checked(source, pattern)?),
        None => None,
    };
    let max_length = u32::try_from(max_length?).ok()?;
    Some(NoteFieldDoc { label: label?, max_length, required, choices: Vec::new(), pattern })
}

fn checked(source: &Source, pattern: yaml::Spanned<String>) -> Option<String> {
    if let Err(help) = check_pattern(&pattern.value) {
        let message = tr!("`pattern` is none that browsers and the till read alike");
        source.error("pattern", pattern.span, message, "", help);
        return None;
    }
    Some(pattern.value)
}

fn choices(own: &Fields<'_>, shop: &Shop) -> Option<Vec<(Box<str>, Localized)>> {
    let source = own.source();
    let node = own.get("choices")?;
    let entries = yaml::mapping(source, node, "`choices`")?;
    let mut choices = Vec::new();
    for entry in entries {
        if values::is_id(&entry.key) {
            let label = texts::localized_here(source, shop, &entry.key, &entry.value);
            choices.push((entry.key.clone(), label));
        } else {
            let (id, better) = (&entry.key, slug::slugify(&*entry.key));
            source.error(
                "option-id",
                entry.key_span.clone(),
                tr!("`{id}` cannot be the id of a value"),
                tr!("not an id"),
                tr!("write small letters, digits and `-`: `{better}`"),
            );
        }
    }
    if entries.is_empty() {
        source.error(
            "no-choices",
            node.span.clone(),
            tr!("there is nothing to choose from"),
            "",
            tr!("write an id and a label for each value, or leave `choices` out"),
        );
    }
    (!choices.is_empty()).then_some(choices)
}
