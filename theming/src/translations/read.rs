//! From the tree of a translations file to messages by key.

use std::collections::BTreeMap;

use catalog::language::{CATEGORIES, Language};
use catalog::text::{Braces, Text};
use messages::tr;
use yaml::{Entry, Kind, Node, Source};

use super::message::{Forms, Message};

/// Reads one file into `messages`, replacing those that exist. Faults go to the source; `None` if it cannot be read.
pub(super) fn file(
    source: &Source,
    language: &Language,
    messages: &mut BTreeMap<String, Message>,
) -> Option<()> {
    let root = yaml::parse(source, 0..source.text.len())?;
    let entries = yaml::mapping(source, &root, tr!("a file of translations"))?;
    let mut reader = Reader { source, language, messages };
    reader.group("", entries);
    Some(())
}

struct Reader<'a> {
    source: &'a Source,
    language: &'a Language,
    messages: &'a mut BTreeMap<String, Message>,
}

impl Reader<'_> {
    fn group(&mut self, prefix: &str, entries: &[Entry]) {
        for entry in entries {
            let key =
                if prefix.is_empty() { entry.key.to_string() } else { format!("{prefix}.{}", entry.key) };
            let forms = match &entry.value.kind {
                Kind::Map(inner) if is_plural(inner) => self.plural(&key, entry, inner),
                Kind::Map(inner) => {
                    self.group(&key, inner);
                    continue;
                }
                _ => self.text(&key, entry).map(Forms::One),
            };
            let place = self.source.place(entry.key_span.clone());
            self.messages.insert(key, Message { forms: forms.unwrap_or(Forms::Broken), place });
        }
    }

    fn text(&self, key: &str, entry: &Entry) -> Option<Text> {
        let node = &entry.value;
        match &node.kind {
            Kind::Scalar { text, .. } => match Text::parse(text) {
                Ok(text) => Some(text),
                Err(braces) => {
                    self.braces(key, node, &braces);
                    None
                }
            },
            Kind::Null => {
                let message = tr!("the text `{key}` is empty");
                let help = write_text(entry);
                self.source.error(
                    "empty-text",
                    entry.key_span.clone(),
                    message,
                    tr!("no text follows"),
                    help,
                );
                None
            }
            Kind::Seq(_) | Kind::Map(_) => {
                let message = tr!("`{key}` is a text, and this is {kind}", kind = node.kind.noun());
                let help = write_text(entry);
                self.source.error("not-a-text", node.span.clone(), message, tr!("not a text"), help);
                None
            }
        }
    }

    fn braces(&self, key: &str, node: &Node, braces: &Braces) {
        let (message, help) = match braces {
            Braces::Lonely => (
                tr!("the text `{key}` has a brace without its fellow"),
                tr!("write `{{name}}` for a placeholder, or `{{{{` and `}}}}` to print a brace"),
            ),
            Braces::Name(name) => (
                tr!("`{{{name}}}` in the text `{key}` is no placeholder"),
                tr!("name it in small letters, digits and `_`, as the template passes it: `{{name}}`"),
            ),
        };
        self.source.error("bad-placeholder", node.span.clone(), message, "", help);
    }

    fn plural(&self, key: &str, entry: &Entry, inner: &[Entry]) -> Option<Forms> {
        let known = self.language.categories();
        let tag = &self.language.tag;
        let mut forms = Vec::new();
        for form in inner {
            let Some(category) = CATEGORIES.into_iter().find(|category| *category == &*form.key) else {
                continue;
            };
            if !known.iter().any(|(one, _)| *one == category) {
                self.source.push(
                    faults::Fault::warning(
                        "unknown-plural",
                        self.source.place(form.key_span.clone()),
                        tr!("`{tag}` has no plural form `{category}`"),
                    )
                    .label(tr!("never used"))
                    .help(tr!("remove this line")),
                );
            }
            forms.push((category, self.text(&format!("{key}.{category}"), form)?));
        }
        for (category, numbers) in &known {
            let needed = *category == "other" || !numbers.is_empty();
            if !needed || inner.iter().any(|form| &*form.key == *category) {
                continue;
            }
            let numbers = numbers.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
            let message = match numbers.is_empty() {
                true => tr!("the plural `{key}` has no `{category}`, which every plural needs"),
                false => tr!("the plural `{key}` has no `{category}`, which `{tag}` needs for {numbers}"),
            };
            let help = tr!("add `{category}: \"…\"` below it");
            self.source.error("missing-plural", entry.key_span.clone(), message, tr!("incomplete"), help);
        }
        Some(Forms::Plural(forms))
    }
}

fn write_text(entry: &Entry) -> String {
    tr!("write `{key}: \"the text\"`", key = entry.key)
}

/// Whether every key is a plural category.
pub(super) fn is_plural(entries: &[Entry]) -> bool {
    !entries.is_empty() && entries.iter().all(|entry| CATEGORIES.contains(&&*entry.key))
}
