//! The placeholders of a text for `format!`.

use std::collections::BTreeSet;

/// The contents of braces: `name`, `seconds:.2`. A doubled brace is text (`std::fmt`).
pub(crate) fn placeholders(text: &str) -> BTreeSet<&str> {
    let mut found = BTreeSet::new();
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        rest = &rest[open + 1..];
        if let Some(after) = rest.strip_prefix('{') {
            rest = after;
            continue;
        }
        let end = rest.find('}').unwrap_or(rest.len());
        found.insert(&rest[..end]);
        rest = rest.get(end + 1..).unwrap_or_default();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_found_and_doubled_braces_are_text() {
        let found: Vec<_> = placeholders("{{no}} {a} of {b:.2}, {a}").into_iter().collect();
        assert_eq!(found, ["a", "b:.2"]);
        assert!(placeholders("none").is_empty());
    }
}
