//! The French catalogue, read once for each crate being compiled.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use polib::po_file;

const FRENCH: &str = include_str!("../../fr.po");

/// The French of a message.
pub(crate) enum Translated {
    /// One form.
    One(String),
    /// Two forms, with the English plural that they belong to.
    Plural {
        /// msgid_plural
        source: String,
        /// For 0 and 1.
        one: String,
        /// For all others.
        many: String,
    },
}

/// English texts, some with a context, and their French.
pub(crate) type Catalogue = BTreeMap<(Option<String>, String), Translated>;

/// The catalogue, or why it cannot be read.
pub(crate) fn french() -> Result<&'static Catalogue, String> {
    static CATALOGUE: OnceLock<Result<Catalogue, String>> = OnceLock::new();
    CATALOGUE.get_or_init(|| read(FRENCH)).as_ref().map_err(Clone::clone)
}

fn read(text: &str) -> Result<Catalogue, String> {
    let file = po_file::parse_from_reader(text.as_bytes()).map_err(|error| format!("fr.po: {error}"))?;
    let mut catalogue = Catalogue::new();
    for message in file.messages().filter(|message| message.is_translated() && !message.is_fuzzy()) {
        let wrong = |error: polib::message::SingularPluralMismatchError| {
            format!("fr.po: {}: {error}", message.msgid())
        };
        let translated = if message.is_plural() {
            let [one, many] = message.msgstr_plural().map_err(wrong)?.as_slice() else {
                return Err(format!(
                    "fr.po: {}: French has two forms, msgstr[0] and msgstr[1]",
                    message.msgid()
                ));
            };
            Translated::Plural {
                source: message.msgid_plural().map_err(wrong)?.to_owned(),
                one: one.clone(),
                many: many.clone(),
            }
        } else {
            Translated::One(message.msgstr().map_err(wrong)?.to_owned())
        };
        let context = message.msgctxt().filter(|context| !context.is_empty()).map(str::to_owned);
        catalogue.insert((context, message.msgid().to_owned()), translated);
    }
    Ok(catalogue)
}
