//! Splits a Markdown file into its front matter and its text.

use std::ops::Range;

use messages::tr;
use yaml::Source;

/// Byte ranges of the YAML between the `---` lines and of the text after them. A file that does not begin with `---`,
/// or whose front matter does not end, is a fault.
pub fn split(source: &Source) -> Option<(Range<usize>, Range<usize>)> {
    let text = &source.text;
    let first_end = line_end(text, 0);
    if text[..first_end].trim_end() != "---" {
        source.error(
            "no-front-matter",
            0..text[..first_end].trim_end().len(),
            tr!("this file does not begin with its fields"),
            "",
            tr!("begin with a line `---`, then one `name: value` a line, then `---` again, then the text"),
        );
        return None;
    }
    let mut at = first_end;
    while at < text.len() {
        let end = line_end(text, at);
        let line = text[at..end].trim_end();
        if line == "---" || line == "..." {
            return Some((first_end..at, end..text.len()));
        }
        at = end;
    }
    source.error(
        "open-front-matter",
        0..text[..first_end].trim_end().len(),
        tr!("the fields of this file never end"),
        tr!("they begin here"),
        tr!("add a line `---` after the last field"),
    );
    None
}

fn line_end(text: &str, from: usize) -> usize {
    text[from..].find('\n').map_or(text.len(), |at| from + at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_line_ends_and_an_empty_text_are_fine() {
        let source = Source::new("a.md", "---\r\ntitle: a\r\n---\r\n");
        let (yaml, body) = split(&source).expect("front matter");
        assert_eq!((&source.text[yaml], &source.text[body]), ("title: a\r\n", ""));
    }

    #[test]
    fn what_is_missing_is_said() {
        for (text, code) in [
            ("title: a\n", "no-front-matter"),
            ("", "no-front-matter"),
            ("---\ntitle: a\n", "open-front-matter"),
        ] {
            let source = Source::new("a.md", text);
            assert_eq!(split(&source), None);
            assert_eq!(source.take_faults().sorted()[0].code, code);
        }
    }
}
