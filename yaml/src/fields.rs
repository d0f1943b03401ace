//! Reads mappings field by field; what does not fit becomes a fault with its place and help.

use std::fmt::Display;
use std::ops::Range;

use faults::suggest::nearest;
use messages::tr;

use crate::tree::{Entry, Kind, Node};
use crate::{Source, Spanned};

/// A field that people write here although it belongs elsewhere, and the help to give.
pub type Misplaced = (&'static str, &'static str);

/// The entries of a mapping whose keys are free (languages, ids).
pub type Entries<'a> = &'a [Entry];

/// A mapping with known fields.
#[derive(Debug, Clone, Copy)]
pub struct Fields<'a> {
    source: &'a Source,
    entries: &'a [Entry],
    /// Where the mapping begins, for faults about what is missing.
    start: usize,
}

impl<'a> Fields<'a> {
    /// Reads `node` as a mapping that may have the `known` fields. Any other field is a fault with a suggestion; the
    /// texts in `misplaced` explain frequent ones. `what` names the thing: "a product". `None` if it is not a mapping.
    pub fn new<'k>(
        source: &'a Source,
        node: &'a Node,
        what: &str,
        known: impl IntoIterator<Item = &'k str> + Clone,
        misplaced: &[Misplaced],
    ) -> Option<Self> {
        let entries = mapping(source, node, what)?;
        for entry in entries {
            if !known.clone().into_iter().any(|name| name == &*entry.key) {
                unknown_field(source, entry, what, known.clone(), misplaced);
            }
        }
        Some(Fields { source, entries, start: node.span.start })
    }

    /// The file.
    pub fn source(&self) -> &'a Source {
        self.source
    }

    /// A value as written, if the field exists and is not empty.
    pub fn get(&self, name: &str) -> Option<&'a Node> {
        self.entry(name).map(|entry| &entry.value).filter(|node| node.kind != Kind::Null)
    }

    /// The entry of a field, even if it is empty.
    pub fn entry(&self, name: &str) -> Option<&'a Entry> {
        self.entries.iter().find(|entry| &*entry.key == name)
    }

    /// All entries in order.
    pub fn entries(&self) -> Entries<'a> {
        self.entries
    }

    /// Where to point when something is missing: the first key of the mapping.
    pub fn beginning(&self) -> Range<usize> {
        self.entries.first().map_or(self.start..self.start, |entry| entry.key_span.clone())
    }

    /// A required value; its absence is a fault whose help is `example`.
    pub fn required(&self, name: &str, what: &str, example: &str) -> Option<&'a Node> {
        if let Some(entry) = self.entry(name) {
            let (span, label) = match &entry.value.kind {
                Kind::Null => (entry.key_span.clone(), tr!("no value follows")),
                Kind::Scalar { text, .. } if text.trim().is_empty() => {
                    (entry.value.span.clone(), tr!("nothing in it"))
                }
                _ => return Some(&entry.value),
            };
            let help = self
                .source
                .comment_after(entry)
                .map_or_else(|| write_help(example), |comment| quote_help(name, comment));
            self.source.error("empty-field", span, tr!("`{name}` is empty"), label, help);
            return None;
        }
        self.source.error(
            "missing-field",
            self.beginning(),
            tr!("{what} needs `{name}`"),
            "",
            tr!("add `{example}`"),
        );
        None
    }

    /// A single value as text.
    pub fn text(&self, name: &str) -> Option<Spanned<String>> {
        text(self.source, name, self.get(name)?)
    }

    /// `true` or `false`; anything else, even `yes`, is a fault.
    pub fn boolean(&self, name: &str) -> Option<bool> {
        let node = self.get(name)?;
        let value = text(self.source, name, node)?;
        match &*value.value {
            "true" => Some(true),
            "false" => Some(false),
            other => {
                let help = match other.to_lowercase().as_str() {
                    "yes" | "on" | "oui" | "y" | "1" | "true" => write_help("true"),
                    "no" | "off" | "non" | "n" | "0" | "false" => write_help("false"),
                    _ => tr!("write `true` or `false`").to_owned(),
                };
                self.source.error(
                    "not-a-boolean",
                    node.span.clone(),
                    tr!("`{name}` is either true or false"),
                    tr!("neither"),
                    help,
                );
                None
            }
        }
    }

    /// A whole number within `range`.
    pub fn integer(&self, name: &str, range: std::ops::RangeInclusive<i64>) -> Option<i64> {
        let node = self.get(name)?;
        integer(self.source, name, node, range)
    }

    /// A list.
    pub fn list(&self, name: &str) -> Option<&'a [Node]> {
        list(self.source, name, self.get(name)?)
    }

    /// A list of single values.
    pub fn texts(&self, name: &str) -> Vec<Spanned<String>> {
        let items = self.list(name).unwrap_or_default();
        items.iter().filter_map(|item| text(self.source, name, item)).collect()
    }
}

/// The help for a value that a `#` turned into a comment.
pub fn quote_help(name: &str, comment: &str) -> String {
    tr!("`#` begins a comment in YAML; put the value in quotes: `{name}: \"{comment}\"`")
}

/// The help that says what to write instead.
pub fn write_help(line: impl Display) -> String {
    tr!("write `{line}`")
}

/// The entries of a mapping, or a fault.
pub fn mapping<'a>(source: &Source, node: &'a Node, what: &str) -> Option<Entries<'a>> {
    match &node.kind {
        Kind::Map(entries) => Some(entries),
        Kind::Null => Some(&[]),
        other => {
            let glued = match other {
                Kind::Scalar { text, quoted: false } => text.split_once(':'),
                _ => None,
            };
            let help = match glued {
                Some((name, value)) => {
                    let value = value.trim();
                    tr!("put a space after the colon: `{name}: {value}`")
                }
                None => tr!("write one `name: value` a line").to_owned(),
            };
            let kind = other.noun();
            source.error(
                "not-a-mapping",
                node.span.clone(),
                tr!("{what} is written as fields, and this is {kind}"),
                tr!("no fields"),
                help,
            );
            None
        }
    }
}

/// A single value, or a fault.
pub fn text(source: &Source, name: &str, node: &Node) -> Option<Spanned<String>> {
    match &node.kind {
        Kind::Scalar { text, .. } => Some(Spanned::new(text.to_string(), node.span.clone())),
        other => {
            let kind = other.noun();
            source.error(
                "not-a-text",
                node.span.clone(),
                tr!("`{name}` is a single value, and this is {kind}"),
                tr!("not a single value"),
                tr!("write `{name}: value` on one line, in quotes if it begins with `[` or `{{`"),
            );
            None
        }
    }
}

/// A list, or a fault.
pub fn list<'a>(source: &Source, name: &str, node: &'a Node) -> Option<&'a [Node]> {
    match &node.kind {
        Kind::Seq(items) => Some(items),
        Kind::Null => Some(&[]),
        other => {
            let kind = other.noun();
            source.error(
                "not-a-list",
                node.span.clone(),
                tr!("`{name}` is a list, and this is {kind}"),
                tr!("not a list"),
                tr!("write `{name}: [one, two]`, or one `- value` a line"),
            );
            None
        }
    }
}

/// A whole number, or a fault; leading zeros and underscores are refused, because people read them differently.
pub fn integer(
    source: &Source,
    name: &str,
    node: &Node,
    range: std::ops::RangeInclusive<i64>,
) -> Option<i64> {
    let written = text(source, name, node)?.value;
    let digits = written.strip_prefix('-').unwrap_or(&written);
    let plain = !digits.is_empty()
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && (digits == "0" || !digits.starts_with('0'));
    let value = if plain { written.parse::<i64>().ok() } else { None };
    if let Some(value) = value.filter(|value| range.contains(value)) {
        return Some(value);
    }
    let label = if plain { tr!("out of range") } else { tr!("not a whole number") };
    let (from, to) = (range.start(), range.end());
    source.error(
        "not-an-integer",
        node.span.clone(),
        tr!("`{name}` is a whole number from {from} to {to}"),
        label,
        tr!("write digits only, without a leading zero, point or space"),
    );
    None
}

fn unknown_field<'k>(
    source: &Source,
    entry: &Entry,
    what: &str,
    known: impl IntoIterator<Item = &'k str> + Clone,
    misplaced: &[Misplaced],
) {
    let key = &entry.key;
    let explained = misplaced.iter().find(|(name, _)| *name == &**key).map(|(_, help)| (*help).to_owned());
    let guessed = || nearest(key, known.clone()).map(|word| tr!("did you mean `{word}`?"));
    let listed = || {
        let fields = known.clone().into_iter().collect::<Vec<_>>().join(", ");
        tr!("known fields: {fields}")
    };
    source.error(
        "unknown-field",
        entry.key_span.clone(),
        tr!("{what} has no field `{key}`"),
        tr!("unknown"),
        explained.or_else(guessed).unwrap_or_else(listed),
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse;

    fn help_of(yaml: &str, read: impl Fn(&Fields<'_>)) -> (String, String) {
        let source = Source::new("a.yaml", yaml);
        let node = parse(&source, 0..yaml.len()).expect("readable");
        let fields = Fields::new(
            &source,
            &node,
            "a product",
            ["price", "draft", "position"],
            &[("stock", "say supply")],
        )
        .expect("a mapping");
        read(&fields);
        let faults = source.take_faults().sorted();
        assert_eq!(faults.len(), 1, "{faults:?}");
        (faults[0].message.clone(), faults[0].help.clone().unwrap_or_default())
    }

    #[test]
    fn an_unknown_field_is_answered_with_the_nearest_known_one() {
        let (message, help) = help_of("pirce: 2\n", |_| {});
        assert_eq!(message, "a product has no field `pirce`");
        assert_eq!(help, "did you mean `price`?");
        assert_eq!(help_of("stock: 2\n", |_| {}).1, "say supply");
        assert_eq!(help_of("zzz: 2\n", |_| {}).1, "known fields: price, draft, position");
    }

    #[test]
    fn yes_is_answered_with_true() {
        let (_, help) = help_of("draft: yes\n", |fields| assert_eq!(fields.boolean("draft"), None));
        assert_eq!(help, "write `true`");
    }

    #[test]
    fn octal_looking_numbers_are_refused() {
        let (message, _) =
            help_of("position: 010\n", |fields| assert_eq!(fields.integer("position", 0..=9999), None));
        assert_eq!(message, "`position` is a whole number from 0 to 9999");
    }
}
