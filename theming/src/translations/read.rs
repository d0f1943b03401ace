//! A translations file as a tree to messages by key.

use std::collections::BTreeMap;

use yaml::{Entry, Kind, Node, Source};

use super::language::{CATEGORIES, Language};
use super::message::{Braces, Forms, Message, Text};

/// Reads one file into `messages`, over what is there. Mistakes go to the source; nothing if it cannot be read.
pub(super) fn file(
    source: &Source,
    language: &Language,
    messages: &mut BTreeMap<String, Message>,
) -> Option<()> {
    let root = yaml::parse(source, 0..source.text.len())?;
    let entries = yaml::mapping(source, &root, "a file of translations")?;
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
                self.source.error(
                    "empty-text",
                    entry.key_span.clone(),
                    format!("the text `{key}` is empty"),
                    "no text follows",
                    format!("write `{}: \"the text\"`", entry.key),
                );
                None
            }
            Kind::Seq(_) | Kind::Map(_) => {
                self.source.error(
                    "not-a-text",
                    node.span.clone(),
                    format!("`{key}` is a text, and this is {}", node.kind.noun()),
                    "not a text",
                    format!("write `{}: \"the text\"`", entry.key),
                );
                None
            }
        }
    }

    fn braces(&self, key: &str, node: &Node, braces: &Braces) {
        let (message, help) = match braces {
            Braces::Lonely => (
                format!("the text `{key}` has a brace without its fellow"),
                "write `{name}` for a placeholder, or `{{` and `}}` to print a brace".to_owned(),
            ),
            Braces::Name(name) => (
                format!("`{{{name}}}` in the text `{key}` is no placeholder"),
                "name it in small letters, digits and `_`, as the template passes it: `{name}`".to_owned(),
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
                        format!("`{tag}` has no plural form `{category}`"),
                    )
                    .label("never used")
                    .help("remove this line"),
                );
            }
            forms.push((category, self.text(&format!("{key}.{category}"), form)?));
        }
        for (category, numbers) in &known {
            let needed = *category == "other" || !numbers.is_empty();
            if !needed || inner.iter().any(|form| &*form.key == *category) {
                continue;
            }
            let why = match &numbers[..] {
                [] => "which every plural needs".to_owned(),
                numbers => {
                    let numbers: Vec<String> = numbers.iter().map(i64::to_string).collect();
                    format!("which `{tag}` needs for {}", numbers.join(", "))
                }
            };
            self.source.error(
                "missing-plural",
                entry.key_span.clone(),
                format!("the plural `{key}` has no `{category}`, {why}"),
                "incomplete",
                format!("add `{category}: \"…\"` below it"),
            );
        }
        Some(Forms::Plural(forms))
    }
}

/// Whether every key is a plural category.
pub(super) fn is_plural(entries: &[Entry]) -> bool {
    !entries.is_empty() && entries.iter().all(|entry| CATEGORIES.contains(&&*entry.key))
}
