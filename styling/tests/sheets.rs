//! What a theme's stylesheets become, and which mistakes are named where.

use proptest::prelude::*;
use styling::{Sheet, StyleFault, compile};

fn known(sheet: &str, url: &str) -> Option<String> {
    assert!(sheet.starts_with("styles/"));
    url.ends_with(".woff2").then(|| format!("/_/abc/{}", url.trim_start_matches("../")))
}

fn one(text: &str) -> String {
    compile(&[Sheet { name: "styles/10.css", text }], &known).expect("compiles")
}

fn faults(text: &str) -> Vec<(u32, u32, String)> {
    let faults = compile(&[Sheet { name: "styles/10.css", text }], &known).expect_err("has faults");
    assert!(faults.iter().all(|fault| !fault.message.contains('\n') && !fault.help().is_empty()));
    faults.into_iter().map(|StyleFault { line, column, message, .. }| (line, column, message)).collect()
}

#[test]
fn sheets_are_minified_and_joined_in_the_order_given() {
    let sheets = [
        Sheet { name: "styles/20.css", text: "/* gone */ a { color: #ff0000; }\n" },
        Sheet { name: "styles/10.css", text: "b {\n  margin: 0px 0px;\n}" },
    ];
    assert_eq!(compile(&sheets, &known).unwrap(), "a{color:red}b{margin:0}");
    assert_eq!(compile(&[], &known).unwrap(), "");
}

#[test]
fn an_address_becomes_final_wherever_it_stands() {
    let css = one("@font-face { font-family: F; src: url(../fonts/f.woff2) format('woff2'); }
         a { background: url( 'x.woff2' ) } b { --icon: url(y.woff2) }
         @media print { c { mask: url(z.woff2) } } d { cursor: url(w.woff2), auto }");
    for address in ["fonts/f", "x", "y", "z", "w"] {
        assert!(css.contains(&format!("/_/abc/{address}.woff2")), "{address} in {css}");
    }
}

#[test]
fn what_a_sheet_holds_itself_is_kept_and_never_asked_for() {
    let asked = |_: &str, url: &str| -> Option<String> { panic!("asked for {url}") };
    let text =
        "a { background: url(data:image/gif;base64,R0lGODlhAQABAAAAACw=) } b { clip-path: url(#wave) }";
    let css = compile(&[Sheet { name: "styles/1.css", text }], &asked).unwrap();
    assert!(
        css.contains("url(data:image/gif;base64,R0lGODlhAQABAAAAACw=)") && css.contains("url(#wave)"),
        "{css}"
    );
}

#[test]
fn nothing_is_loaded_from_elsewhere() {
    for url in [
        "https://fonts.example/f.woff2",
        "HTTP://x/y.woff2",
        "//cdn.example/f.woff2",
        "\\\\/\\\\/x.woff2",
        "ftp:x",
    ] {
        let found = faults(&format!("a {{\n  background: url(\"{url}\");\n}}"));
        assert_eq!(found.len(), 1, "{url}");
        assert_eq!((found[0].0, found[0].1), (2, 15));
        assert!(found[0].2.ends_with("loads something from elsewhere"), "{}", found[0].2);
    }
}

#[test]
fn a_missing_file_is_named_at_its_place() {
    let found = faults("a { color: red }\n\nb { /* é𝄞 */ background: no-repeat   url(gone.png) }");
    assert_eq!(found, [(3, 38, "url(gone.png) does not exist in the theme".to_owned())]);
}

#[test]
fn a_mistake_has_its_exact_line_and_column() {
    assert_eq!(
        faults("a { color: red }\nb { color: blue }\n  c:: { }"),
        [(3, 7, "invalid selector".to_owned())]
    );
    let found = faults("a { color red; margin: 0 }");
    assert_eq!((found.len(), found[0].0, found[0].1), (1, 1, 11), "{found:?}");
}

#[test]
fn every_fault_of_every_sheet_is_named_in_one_run() {
    let sheets = [
        Sheet {
            name: "styles/1.css",
            text: "a { color red }\nb { margin 0 }\n@import 'x.css';\nc { src: url(q.png) }",
        },
        Sheet { name: "styles/2.css", text: "fine { color: red }" },
        Sheet { name: "styles/3.css", text: "@import url(x.css);\n!!! { }" },
    ];
    let found = compile(&sheets, &known).unwrap_err();
    let places: Vec<(&str, u32)> = found.iter().map(|fault| (fault.sheet.as_str(), fault.line)).collect();
    assert_eq!(
        places,
        [
            ("styles/1.css", 1),
            ("styles/1.css", 2),
            ("styles/1.css", 3),
            ("styles/1.css", 4),
            ("styles/3.css", 1),
            ("styles/3.css", 2)
        ],
        "{found:#?}"
    );
    let imports: Vec<&StyleFault> = found.iter().filter(|fault| fault.message.contains("@import")).collect();
    assert_eq!(imports.len(), 2);
    assert!(imports[0].help().contains("joined in the order of their names"));
    assert!(found[0].to_string().starts_with("styles/1.css:1:"));
}

#[test]
fn modern_colours_stay_nesting_is_lowered_and_prefixes_are_few() {
    assert_eq!(one("a { color: oklch(62% 0.19 30) }"), "a{color:oklch(62% .19 30)}");
    let mixed = one("a { color: color-mix(in oklch, var(--a), white 20%) }");
    assert!(mixed.contains("color-mix(in oklch, var(--a), white 20%)"), "{mixed}");
    assert_eq!(one("a { & b { color: red } &:hover { color: blue } }"), "a b{color:red}a:hover{color:#00f}");
    assert_eq!(
        one("a { display: flex; transition: color 1s; border-radius: 2px }"),
        "a{border-radius:2px;transition:color 1s;display:flex}"
    );
    let layers = one("@layer base, theme; @layer theme { a { inset: 0 } } @layer base { a { top: 1px } }");
    assert!(layers.starts_with("@layer base{") && layers.contains("@layer theme{a{inset:0}}"), "{layers}");
    let young =
        "a { text-wrap: balance; field-sizing: content; --x: 1px } @view-transition { navigation: auto }";
    for word in ["text-wrap:balance", "field-sizing:content", "--x:1px", "@view-transition{navigation:auto}"]
    {
        assert!(one(young).contains(word), "{word}");
    }
}

#[test]
fn the_same_sheets_give_the_same_text() {
    let text = "a{--b:1;color:red;background:url(x.woff2);transition:all 1s}@media (min-width:3em){a{margin:0 auto}}";
    let first = one(text);
    let other = std::thread::scope(|scope| scope.spawn(|| one(text)).join().unwrap());
    assert_eq!(first, other);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_whatever_panics_and_places_lie_within_it(
        text in "([a-z.#:@{}();,'\"/*&>\\\\é\u{1F600} \n-]|url\\(|@media |@import |color:|oklch\\(|calc\\(){0,60}"
    ) {
        let sheet = Sheet { name: "styles/x.css", text: &text };
        for fault in compile(&[sheet], &|_, _| None).err().unwrap_or_default() {
            prop_assert!(fault.line >= 1 && fault.column >= 1);
            prop_assert!(fault.line as usize <= text.split('\n').count(), "{fault}");
            prop_assert!(!fault.message.contains("gave up"), "{fault}");
        }
    }
}
