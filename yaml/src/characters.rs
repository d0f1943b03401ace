//! Characters that no page and no feed may contain: XML 1.0 (2.2, Char) cannot express most of them, and HTML calls
//! the others errors (13.2.3.5, control characters and noncharacters). They are invisible and come from pasted text.

use std::ops::Range;

use faults::Fault;
use messages::tr;

use crate::Source;

/// How many are reported per file; a binary file has thousands.
const REPORTED: usize = 10;

/// Whether XML 1.0 or HTML forbids a character.
pub fn is_forbidden(c: char) -> bool {
    let control = matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{9f}');
    let nothing = matches!(c, '\u{fdd0}'..='\u{fdef}') || u32::from(c) & 0xfffe == 0xfffe;
    control || nothing
}

/// The first forbidden character of a text.
pub fn first_forbidden(text: &str) -> Option<char> {
    // Nearly all texts have none, which a quick look at their bytes shows: controls, 0x7f, and what begins with 0xc2, 0xef
    // or 0xf0 and above.
    let suspicious = |byte: u8| {
        (byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r'))
            || byte == 0x7f
            || byte == 0xc2
            || byte >= 0xef
    };
    text.bytes().any(suspicious).then(|| text.chars().find(|c| is_forbidden(*c))).flatten()
}

impl Source {
    /// Refuses the forbidden characters in a part of the file. Returns whether there are any.
    pub fn refuse_forbidden(&self, range: Range<usize>) -> bool {
        let text = self.text.get(range.clone()).unwrap_or_default();
        if first_forbidden(text).is_none() {
            return false;
        }
        let found = text.char_indices().filter(|(_, c)| is_forbidden(*c)).take(REPORTED);
        for (at, c) in found {
            let start = range.start + at;
            self.push(forbidden(self, start..start + c.len_utf8(), c));
        }
        true
    }

    /// Refuses a character that is written as an escape or a reference in `span`.
    pub fn refuse_written(&self, span: Range<usize>, c: char) {
        let help = tr!("leave it out; if a backslash is meant, put the value in single quotes");
        self.push(forbidden(self, span, c).label(tr!("stands for it")).help(help));
    }
}

fn forbidden(source: &Source, span: Range<usize>, c: char) -> Fault {
    let character = name(c);
    let message = tr!("the character {character} is not allowed in pages and feeds");
    Fault::error("forbidden-character", source.place(span), message)
        .label(tr!("here, and invisible"))
        .help(tr!("delete it, and type the words around it anew if they look wrong"))
}

/// `U+0002`
pub fn name(c: char) -> String {
    format!("U+{:04X}", u32::from(c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_xml_or_html_forbids_is_forbidden_and_nothing_else() {
        for c in [
            '\0',
            '\u{2}',
            '\u{b}',
            '\u{c}',
            '\u{1f}',
            '\u{7f}',
            '\u{85}',
            '\u{fdd0}',
            '\u{ffff}',
            '\u{10fffe}',
        ] {
            assert!(is_forbidden(c), "{}", name(c));
        }
        for c in [
            '\t',
            '\n',
            '\r',
            ' ',
            'é',
            '\u{a0}',
            '\u{202f}',
            '\u{2028}',
            '\u{fffd}',
            '日',
            '🏺',
            '\u{10fffd}',
        ] {
            assert!(!is_forbidden(c), "{}", name(c));
        }
    }

    #[test]
    fn each_is_refused_where_it_stands() {
        let source = Source::new("a.md", "un\nbo\u{2}l\u{ffff}");
        assert!(source.refuse_forbidden(0..source.text.len()));
        let places: Vec<_> =
            source.take_faults().sorted().iter().map(|fault| fault.place.line_column()).collect();
        assert_eq!(places, [(2, 3), (2, 5)]);
    }

    proptest! {
        #[test]
        fn the_look_at_bytes_misses_none(text in proptest::collection::vec(any::<char>(), 0..20)) {
            let text: String = text.into_iter().collect();
            prop_assert_eq!(first_forbidden(&text), text.chars().find(|c| is_forbidden(*c)));
        }
    }
}
