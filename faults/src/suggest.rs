//! Finds what was probably meant by an unknown word.

use messages::tr;

/// The known word nearest to `typed`, if it is near enough for a typing mistake: edits (Damerau-Levenshtein) of a third of
/// its letters, at most three.
pub fn nearest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let typed_lower = typed.to_lowercase();
    known
        .into_iter()
        .map(|word| (strsim::damerau_levenshtein(&typed_lower, &word.to_lowercase()), word))
        .filter(|(edits, word)| *edits <= 3 && *edits * 3 <= word.chars().count().max(3))
        .min_by_key(|(edits, word)| (*edits, *word))
        .map(|(_, word)| word)
}

/// A list for a help text: "`a`, `b` or `c`".
pub fn either<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    list(words, |first, last| tr!("{first} or {last}"))
}

/// A list for a help text: "`a`, `b` and `c`".
pub fn all_of<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    list(words, |first, last| tr!("{first} and {last}"))
}

fn list<'a>(words: impl IntoIterator<Item = &'a str>, join: fn(&str, &str) -> String) -> String {
    let quoted: Vec<String> = words.into_iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => join(&rest.join(", "), last),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typing_mistake_finds_its_word_and_a_stranger_none() {
        assert_eq!(nearest("pirce", ["price", "title"]), Some("price"));
        assert_eq!(nearest("colour", ["price", "title"]), None);
    }

    #[test]
    fn a_list_reads_as_a_sentence() {
        assert_eq!(either(["a", "b", "c"]), "`a`, `b` or `c`");
        assert_eq!(either(["a"]), "`a`");
        assert_eq!(all_of(["a", "b"]), "`a` and `b`");
    }
}
