//! The icon of a shop that has none in `static/`: the first letter of its name, for tabs and bookmarks.

use catalog::html::escape;
use icu_segmenter::GraphemeClusterSegmenter;

use crate::model::site::Site;

/// The path of the icon that we make.
pub const PATH: &str = "favicon.svg";
/// Names of a shop's own icon in `static/`, the best first.
const OWN: [&str; 3] = [PATH, "favicon.ico", "favicon.png"];

/// The file that pages name as their icon.
pub fn path(site: &Site) -> &'static str {
    OWN.into_iter().find(|name| site.statics.contains_key(*name)).unwrap_or(PATH)
}

/// Whether the shop has an icon of its own.
pub fn is_own(site: &Site) -> bool {
    site.statics.contains_key(path(site))
}

/// The icon, light or dark like the reader's system.
pub fn svg(site: &Site) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 32 32\"><style>rect{{fill:#2e2620}}text{{fill:#f9f6f1;\
         font:20px Georgia,'Times New Roman',serif}}@media(prefers-color-scheme:dark){{rect{{fill:#f1ebe3}}text{{fill:#1a1511}}}}</style>\
         <rect width=\"32\" height=\"32\" rx=\"7\"/><text x=\"16\" y=\"23\" text-anchor=\"middle\">{}</text></svg>\n",
        escape(&letter(&site.shop.name))
    )
}

/// The first letter or digit of a name, in capitals, with its diacritics.
fn letter(name: &str) -> String {
    let ends: Vec<usize> = GraphemeClusterSegmenter::new().segment_str(name).collect();
    let mut graphemes = ends.windows(2).filter_map(|pair| name.get(pair[0]..pair[1]));
    let first = graphemes.clone().find(|grapheme| grapheme.starts_with(char::is_alphanumeric));
    first.or_else(|| graphemes.next()).unwrap_or("·").to_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_letter_is_the_first_of_the_name_with_its_marks() {
        for (name, expected) in [
            ("mon petit bazaar", "M"),
            ("« Élan »", "É"),
            ("e\u{301}lan", "E\u{301}"),
            ("9 rue", "9"),
            ("✿", "✿"),
            ("", "·"),
        ] {
            assert_eq!(letter(name), expected, "{name}");
        }
    }
}
