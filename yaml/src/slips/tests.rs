//! Each slip with the answer to it.

use faults::Severity;
use proptest::prelude::*;

use crate::{Source, parse};

fn reported(text: &str) -> Vec<(Severity, &'static str, String, String)> {
    let source = Source::new("a.yaml", text);
    parse(&source, 0..text.len());
    let faults = source.take_faults().sorted().into_iter();
    faults.map(|fault| (fault.severity, fault.code, fault.message, fault.help.unwrap_or_default())).collect()
}

/// The help of the only fault.
fn help(text: &str) -> String {
    let mut reported = reported(text);
    assert_eq!(reported.len(), 1, "{text}: {reported:?}");
    reported.swap_remove(0).3
}

#[test]
fn each_slip_is_answered_with_the_line_to_write() {
    for (text, write) in [
        ("title: Bol: grand\n", "`title: \"Bol: grand\"`"),
        ("sku: X\ntitle: Bol : le grand\nprice: 2\n", "`title: \"Bol : le grand\"`"),
        ("- Bol: a: b\n", "`Bol: \"a: b\"`"),
        ("title:Bol\nsku: X\n", "`title: Bol`"),
        ("sku: X\ntitle:Bol\n", "`title: Bol`"),
        ("title: 'L'atelier'\n", "`title: \"L'atelier\"`"),
        ("title: \"Vase\" bleu\n", "`title: '\"Vase\" bleu'`"),
        ("title: @home\n", "`title: \"@home\"`"),
        ("title: % lin\n", "`title: \"% lin\"`"),
        ("title: `Bol`\n", "`title: \"`Bol`\"`"),
        ("title: & co\n", "`title: \"& co\"`"),
        ("title: - Bol\n", "`title: \"- Bol\"`"),
        ("title: > 30 cm\n", "`title: \"> 30 cm\"`"),
        ("title: [Nouveau] Bol\n", "`title: \"[Nouveau] Bol\"`"),
        ("tags: [a, b\n", "`]`"),
        ("images:\n  - { file: a.jpg, alt: Bol #3 }\n", "in quotes"),
        ("title: \"Bol\nsku: X\n", "`title: \"Bol\"`"),
        ("title: \"Bol”\nsku: X\n", "`title: \"Bol\"`"),
        ("title: \"C:\\maison\"\n", "`title: 'C:\\maison'`"),
        ("title: \"C:\\bols\"\n", "single quotes"),
        ("title: Bol\u{a0}: le grand\n", "`title: \"Bol\u{a0}: le grand\"`"),
        ("sku: X\n\tsummary: x\n", "indent with spaces"),
        ("title: Bol\n  price: 2\n", "exactly below"),
        ("seo:\n    title: x\n  description: y\n", "exactly below"),
        ("sku: X\ntitle Bol\nprice: 2\n", "`name: value`"),
        ("sku: X\ntitle:\u{a0}Bol\nprice: 2\n", "`title: Bol`"),
        ("images:\n\u{a0}\u{a0}- file: x\n", "ordinary spaces"),
        ("title: Bol #3\n", "`title: \"Bol #3\"`"),
        ("tags:\n  - a\n  - bol #3\n", "`- \"bol #3\"`"),
        ("title: “Bol bleu”\n", "`title: \"Bol bleu\"`"),
        ("alt: ‘L’atelier’\n", "`alt: \"L’atelier\"`"),
    ] {
        let help = help(text);
        assert!(help.contains(write), "{text:?}: {help}");
    }
}

#[test]
fn what_is_right_is_left_alone() {
    for text in [
        "price: 28.00 # VAT included\n",
        "price: 28.00 #soon 30\n",
        "title: Bol # a comment\n",
        "title: Bol#3\n",
        "title: \"Bol #3\"\n",
        "title : Bol\n",
        "title\u{a0}: Bol\n",
        "price: \u{a0}28.00\u{a0}\n",
        "title: \"“Bol”\"\n",
        "title: “A” et “B”\n",
        "title: « Lune »\n",
        "title: l’atelier\n",
        "url: https://a.example/b#c\n",
        "story: |\n  Soin:\u{a0}à la main. #bol\n  « oui »\n",
    ] {
        assert!(reported(text).is_empty(), "{text:?}: {:?}", reported(text));
    }
}

#[test]
fn no_scanners_words_reach_an_owner() {
    for text in
        ["a: b: c\n", "a: 'b'c\n", "? [x\n", "a: !<x\n", "- a\nb: c\n", "a: |2\nx\n", "a\n: b\nc: d: e\n"]
    {
        for (_, _, message, _) in reported(text) {
            for word in ["scanning", "parsing", "scalar", "mapping values", "expected", "token", "simple key"]
            {
                assert!(!message.contains(word), "{text:?}: {message}");
            }
        }
    }
}

#[test]
fn a_line_of_nothing_but_dashes_is_marked() {
    for (text, marked) in [("- \n\"\":@", "-"), ("a: 1\n - \n\"\":@", "-"), ("- - \n\"\":@", "- -")] {
        let source = Source::new("a.yaml", text);
        parse(&source, 0..text.len());
        let faults = source.take_faults().sorted();
        let places: Vec<&str> = faults.iter().map(|fault| &text[fault.place.span.clone()]).collect();
        assert!(places.contains(&marked), "{text:?}: {places:?}");
    }
}

proptest! {
    #[test]
    fn no_lines_panic(text in "([ \t\u{a0}-]{0,3}[a-c]{0,2}[:#'\"“”\\[{>|@ \u{a0}\n\r]{0,4}){0,12}") {
        reported(&text);
    }
}
