//! A refused form, to be sent again: what was typed comes back in fields that can be changed.

use std::borrow::Cow;

use catalog::{NoteField, Sku, note};
use storefront::LIMITS;
use storefront::texts::TillText;
use storefront::views::{AgainView, ChoiceView, FieldView, TypedView};

use super::form::Form;
use crate::decide::in_language::in_language;
use crate::perform::Till;

/// Longest text that comes back, in characters: many times the limit of a field.
const MAX_BACK: usize = 4000;

/// The form again, for the template; `None` if it has no field to type in.
pub fn form(till: &Till, form: &Form, lang: &str) -> Option<AgainView> {
    let adding = form.get("action").unwrap_or("add") == "add" && form.all("sku").count() == 1;
    let own = form.get("sku").and_then(Sku::new).and_then(|sku| till.ledger.shop.item(&sku)?.personalisation);
    let (address, typed) = if form.get("gift_note").is_some() {
        ("/api/checkout", vec![gift(till, form, lang)])
    } else {
        let fields = own.as_ref().filter(|_| adding).map_or(Cow::Borrowed(&[][..]), |own| own.fields());
        ("/api/cart", words(till, &fields, form, lang))
    };
    if typed.is_empty() {
        return None;
    }
    let shown: &[&str] = if address == "/api/cart" { &["note"] } else { &["gift_note"] };
    let hidden = form
        .fields()
        .filter(|(name, _)| !shown.contains(name))
        .map(|(name, value)| FieldView { name: name.to_owned(), value: value.to_owned() })
        .collect();
    Some(AgainView { address, hidden, typed })
}

fn gift(till: &Till, form: &Form, lang: &str) -> TypedView {
    let value = form.get("gift_note").and_then(note::letter).unwrap_or_default();
    TypedView {
        name: "gift_note",
        label: till.sends.templates.text(lang, TillText::Gift, &[]),
        value: value.chars().take(MAX_BACK).collect(),
        most: LIMITS.gift_note,
        required: false,
        long: true,
        pattern: None,
        choices: Vec::new(),
    }
}

fn words(till: &Till, fields: &[NoteField], form: &Form, lang: &str) -> Vec<TypedView> {
    let settings = &till.ledger.shop.settings;
    let note = form.note().unwrap_or_default();
    let mut lines = note.split('\n');
    let field = |field: &NoteField| {
        let value: String = lines.next().unwrap_or_default().chars().take(MAX_BACK).collect();
        let choice = |choice: &catalog::Choice| {
            let label = in_language(&choice.label, lang, settings);
            ChoiceView { id: choice.id.clone(), label, chosen: choice.id == value }
        };
        TypedView {
            name: "note",
            label: in_language(&field.label, lang, settings),
            most: field.max_length,
            required: field.required,
            long: false,
            pattern: field.pattern.clone(),
            choices: field.choices.iter().map(choice).collect(),
            value,
        }
    };
    fields.iter().map(field).collect()
}
