//! Whatever is in a theme's files, compiling and rendering end with a page or with faults.

mod shared;

use proptest::prelude::*;
use serde_json::json;
use shared::{Shop, base_with, context};

/// Pieces of templates and files, so that random text reaches the corner cases.
const PIECES: &str = "(\\{\\{ | \\}\\}|\\{% | %\\}|if |else|endif|for x in |endfor|set y = |block z|endblock|include 'parts/foot.html'|\
    extends 'layout.html'|home\\.who|product|t\\(key='hello', name=1\\)|asset\\(path='icons/x.svg'\\)|super\\(\\)|\\| upper|: |- |\n|  |\
    a|é|\"|'|#|\\[|\\]|\\{|\\}|,|type|color|default|names|one|other)";

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_file_panics(pieces in prop::collection::vec(PIECES, 0..30), noise in "[\\PC\n]{0,60}", path in 0usize..6) {
        let path = ["templates/home.html", "templates/layout.html", "theme.yaml", "translations/fr.yaml", "styles/10-a.css", "scripts/cart.js"][path];
        for text in [pieces.concat(), noise] {
            let layer = base_with(&[(path, &text)]);
            let (theme, faults) = Shop::default().compile(&[layer]);
            prop_assert_eq!(theme.is_none(), faults.any_error());
            for fault in faults.iter() {
                prop_assert!(fault.help.is_some(), "{:?}", fault);
            }
            if let Some(theme) = theme {
                let _ = theme.render("fr", "home.html", &context("home", json!({"who": "x"})));
            }
        }
    }

    #[test]
    fn no_setting_panics(text in "[a-z:#\"\\[\\]{}0-9., \n-]{0,40}") {
        let source = yaml::Source::new("shop.yaml", text.as_str());
        if yaml::parse(&source, 0..text.len()).is_some() {
            let _ = Shop { settings: &text, ..Shop::default() }.compile(&[shared::base()]);
        }
    }
}
