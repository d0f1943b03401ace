//! The shopper's words for a personalised piece, with their labels, in the shopper's language.

use catalog::Item;
use catalog::language::Language;
use catalog::note::{self, NoteField};
use catalog::settings::Settings;
use serde::{Deserialize, Serialize};

use super::in_language::in_language;

/// What a shopper wrote or chose for one field of a personalisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoteValue {
    /// The field's label: `Prénom à broder`. Empty for an order of an older till, which kept labels and values in one text.
    pub label: String,
    /// What the shopper typed: `Zoé`; for a choice, its name.
    pub value: String,
}

/// The values on one line, each after its label: `Prénom : Zoé · Fil : Bleu`. `None` if there are none.
pub fn labelled(values: &[NoteValue], lang: &str) -> Option<String> {
    let colon = Language::new(lang).colon();
    let each = values.iter().map(|NoteValue { label, value }| match label.as_str() {
        "" => value.clone(),
        label => format!("{label}{colon} {value}"),
    });
    let each: Vec<String> = each.collect();
    (!each.is_empty()).then(|| each.join(" · "))
}

/// The values of a note as [`note::typed`] returns it, for readers of `lang`. `None` if the item does not accept them.
pub fn values_for(
    item: &Item,
    note: Option<&str>,
    lang: &str,
    settings: &Settings,
) -> Option<Vec<NoteValue>> {
    let fields = fields_of(item);
    let values = note::values(&fields, note).ok()?;
    Some(named(&values, lang, settings))
}

pub(super) fn fields_of(item: &Item) -> Vec<NoteField> {
    item.personalisation.as_ref().map(|own| own.fields().into_owned()).unwrap_or_default()
}

/// Adds the labels to the values of a note, for readers of `lang`.
pub(super) fn named(values: &[(&NoteField, &str)], lang: &str, settings: &Settings) -> Vec<NoteValue> {
    let named = |(field, value): &(&NoteField, &str)| {
        let choice = field.choices.iter().find(|choice| choice.id == *value);
        let value =
            choice.map_or_else(|| (*value).to_owned(), |choice| in_language(&choice.label, lang, settings));
        NoteValue { label: in_language(&field.label, lang, settings), value }
    };
    values.iter().map(named).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_stands_after_its_label_and_one_without_label_alone() {
        let value = |label: &str, value: &str| NoteValue { label: label.to_owned(), value: value.to_owned() };
        let both = [value("Prénom", "Zoé"), value("Fil", "Bleu")];
        assert_eq!(labelled(&both, "fr").as_deref(), Some("Prénom\u{a0}: Zoé · Fil\u{a0}: Bleu"));
        assert_eq!(labelled(&both, "en").as_deref(), Some("Prénom: Zoé · Fil: Bleu"));
        assert_eq!(labelled(&[value("", "Prénom\u{a0}: Zoé")], "en").as_deref(), Some("Prénom\u{a0}: Zoé"));
        assert_eq!(labelled(&[], "fr"), None);
    }
}
