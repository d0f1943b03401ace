//! What a theme's stylesheets become, and which mistakes are reported where.

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
fn what_is_left_open_is_named_and_never_swallows_the_next_sheet() {
    let (string, bracket) = ("this string is not closed on its line", "this bracket closes nothing");
    let address = "this address is not closed; write it in quotation marks";
    for (text, line, words) in [
        ("a { color: red\" %}\n}", 1, string),
        ("a {}\nb::before { content: 'x", 2, string),
        ("b::before { content: \"", 1, string),
        ("b::before { content: 'x\\'", 1, string),
        ("a { --x: url(a b) }", 1, address),
        ("a { --x: url(x.woff2", 1, address),
        ("a { --x: (a] }", 1, bracket),
        ("a { } }", 1, bracket),
        ("a { --x: b\\", 1, "nothing follows this backslash"),
    ] {
        let found = faults(text);
        assert!(found.iter().any(|fault| (fault.0, &*fault.2) == (line, words)), "{text}: {found:?}");
    }
    for closed in ["a{--x:\"\\\\\"}", "a{--x:'it\\'s'}", "a{--x:''}", "a{--x:b\\ }"] {
        assert_eq!(one(closed), closed);
    }
    assert_eq!(one("a { width: calc(1px + (2px"), "a{width:calc(1px + (2px))}");
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
fn nesting_is_written_out() {
    for (written, printed) in [
        ("a { & b { color: red } &:hover { color: blue } }", "a b{color:red}a:hover{color:blue}"),
        (
            "a { b { top: 0 } > c { top: 0 } + d & { top: 0 } }",
            "a b{top:0}a>c{top:0}:is(a) + d :is(a){top:0}",
        ),
        ("a, .b { &:hover, .c & { top: 0 } }", ":is(a,.b):hover,.c :is(a,.b){top:0}"),
        ("a b { > c { top: 0 } .x & { top: 0 } }", "a b>c{top:0}.x :is(a b){top:0}"),
        (".a { &div { top: 0 } & + & { top: 0 } }", "div:is(.a){top:0}:is(.a) + :is(.a){top:0}"),
        ("a { top: 0; b { top: 0 } left: 0 }", "a{top:0}a b{top:0}a{left:0}"),
        (
            "a { @media (width > 1px) { top: 0; & b { left: 0 } } }",
            "@media (width > 1px){a{top:0}a b{left:0}}",
        ),
        ("@media print { a { b { top: 0 } } }", "@media print{a b{top:0}}"),
        ("a { &:not(&.b) { top: 0 } }", ":is(a):not(:is(a).b){top:0}"),
        ("@scope (.a) { & { b & { top: 0 } } c { top: 0 } }", "@scope (.a){&{b &{top:0}}c{top:0}}"),
        ("a { @scope (&) { b { top: 0 } } }", "a{@scope (&){b{top:0}}}"),
        ("a { @starting-style { opacity: 0 } }", "@starting-style{a{opacity:0}}"),
    ] {
        assert_eq!(one(written), printed, "{written}");
    }
}

#[test]
fn what_is_printed_means_what_was_written() {
    for (written, printed) in [
        // lightningcss' own printer changes the meaning of each of these, or drops it.
        ("a { rotate: 5deg; transform: scale(2) }", "a{rotate:5deg;transform:scale(2)}"),
        ("a { translate: 1px; scale: 2; transform: none }", "a{translate:1px;scale:2;transform:none}"),
        ("a { width: 10px; width: young(1px) }", "a{width:10px;width:young(1px)}"),
        ("a { color: red; color: young(red) }", "a{color:red;color:young(red)}"),
        ("a { height: 100vh; height: 100dvh }", "a{height:100vh;height:100dvh}"),
        (":root { --x: light-dark(#ffffff, #000) }", ":root{--x:light-dark(#ffffff, #000)}"),
        ("a { color: light-dark(#ffffff, #000000) }", "a{color:light-dark(#fff,#000)}"),
        ("a:dir(rtl) { top: 0 }", "a:dir(rtl){top:0}"),
        ("a:lang(fr, en) { top: 0 }", "a:lang(fr,en){top:0}"),
        ("a:not(.b, .c) { top: 0 }", "a:not(.b,.c){top:0}"),
        ("a { margin-inline-start: 1px; margin-left: 2px }", "a{margin-inline-start:1px;margin-left:2px}"),
        ("a { border: 1px solid; border-left: 0 }", "a{border:1px solid;border-left:0}"),
        ("a { all: unset; color: red }", "a{all:unset;color:red}"),
        ("a { color: red } b { top: 0 } a { color: blue }", "a{color:red}b{top:0}a{color:blue}"),
        ("a { --empty: ; --b: { c: d } }", "a{--empty: ;--b:{c: d}}"),
        ("a { width: calc(1px + 2px) }", "a{width:calc(1px + 2px)}"),
        ("a { color: red !important }", "a{color:red!important}"),
        ("a { color: red ! important }", "a{color:red!important}"),
        ("@media (400px <= width < 800px) { a { top: 0 } }", "@media (400px <= width < 800px){a{top:0}}"),
        ("@layer b, a; @layer a { c { top: 0 } }", "@layer b,a;@layer a{c{top:0}}"),
        (
            "@font-face { font-family: F; font-weight: 300 900 }",
            "@font-face{font-family:F;font-weight:300 900}",
        ),
        ("@keyframes k { from { top: 0px } to { top: 1px } }", "@keyframes k{from{top:0}to{top:1px}}"),
        (
            "@page { margin: 1cm; @top-left { content: \"a  b\" } }",
            "@page{margin:1cm;@top-left{content:\"a  b\"}}",
        ),
        (
            "@property --x { syntax: '<length>'; inherits: false; initial-value: 0px }",
            "@property --x{syntax:'<length>';inherits:false;initial-value:0px}",
        ),
        ("a:hover , a:focus-visible{ top: 0 }", "a:hover,a:focus-visible{top:0}"),
        ("a::before { content: '\\201C' ; }", "a::before{content:'\\201C'}"),
        ("a { background: url( 'c.woff2' ) }", "a{background:url(/_/abc/c.woff2)}"),
        (
            "a { background: image-set('x.woff2' 1x, \"y.woff2\" 2x) }",
            "a{background:image-set(\"/_/abc/x.woff2\" 1x,\"/_/abc/y.woff2\" 2x)}",
        ),
        (
            "@namespace svg url(http://www.w3.org/2000/svg); a { top: 0 }",
            "@namespace svg url(http://www.w3.org/2000/svg);a{top:0}",
        ),
        ("@charset \"utf-8\"; a { top: 0 }", "a{top:0}"),
    ] {
        assert_eq!(one(written), printed, "{written}");
    }
}

#[test]
fn css_that_is_younger_than_this_program_passes() {
    for (written, printed) in [
        (
            "@function --half(--x) { result: calc(var(--x) / 2) }",
            "@function --half(--x){result:calc(var(--x) / 2)}",
        ),
        ("a::scroll-button(left) { content: 'x' }", "a::scroll-button(left){content:'x'}"),
        ("a::scroll-marker, a::column { top: 0 }", "a::scroll-marker,a::column{top:0}"),
        (":heading, :heading(1, 2) { top: 0 }", ":heading,:heading(1,2){top:0}"),
        ("select:open { top: 0 } :has-slotted { top: 0 }", "select:open{top:0}:has-slotted{top:0}"),
        ("a { width: if(style(--x: 1): 1px; else: 2px) }", "a{width:if(style(--x: 1): 1px; else: 2px)}"),
        ("@young thing (a: b) { c { d: e } f: g }", "@young thing (a: b){c{d:e}f:g}"),
        ("a { young-property: 0.50 0px  x }", "a{young-property:.5 0px x}"),
    ] {
        assert_eq!(one(written), printed, "{written}");
    }
}

#[test]
fn a_typing_mistake_in_a_name_is_named() {
    for (written, message) in [
        ("a:hoover { top: 0 }", "there is no `:hoover`; did you mean `:hover`?"),
        ("a::befor { top: 0 }", "there is no `::befor`; did you mean `::before`?"),
        ("@meda print { a { top: 0 } }", "there is no `@meda`; did you mean `@media`?"),
        ("@keyfames k { to { top: 0 } }", "there is no `@keyfames`; did you mean `@keyframes`?"),
    ] {
        let found = faults(written);
        assert!(found.iter().any(|(_, _, said)| said == message), "{written}: {found:?}");
    }
}

#[test]
fn a_length_without_a_unit_is_named() {
    assert_eq!(
        faults("a {\n  top: 0;\n  width: 10 }"),
        [(3, 3, "`10` needs a unit: browsers ignore the declaration".to_owned())]
    );
    assert_eq!(faults("a { b { margin: 0 5 } }").len(), 1);
    assert_eq!(
        one("a { line-height: 2; flex: 1; stroke-width: 3 }"),
        "a{line-height:2;flex:1;stroke-width:3}"
    );
}

#[test]
fn numbers_and_colours_are_short() {
    assert_eq!(one("a { color: oklch(62% 0.19 30) }"), "a{color:oklch(62% .19 30)}");
    let mixed = one("a { color: color-mix(in oklch, var(--a), white 20%) }");
    assert_eq!(mixed, "a{color:color-mix(in oklch,var(--a),white 20%)}");
    assert_eq!(
        one("a { display: flex; transition: color 1s; border-radius: 2px }"),
        "a{display:flex;transition:color 1s;border-radius:2px}"
    );
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
