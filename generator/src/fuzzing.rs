//! The entrance for the fuzzer and for the test that runs its corpus: bytes as an owner's file.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::sources::{Sources, Text};
use crate::stage::parse;

const SETTINGS: &str = "name: A\nurl: https://a.example\nlanguages: [fr, en]\ncurrency: EUR\n\
    seller: { name: A, address: B, vat: exempt }\n";

/// Reads `bytes` as every kind of file. It may find any number of faults; it must not panic.
pub fn content(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let names = [
        "content/products/a.md",
        "content/products/b.en.md",
        "content/products/c.yaml",
        "content/categories/a.md",
        "content/collections/a.md",
        "content/makers/a.yaml",
        "content/pages/a.md",
        "content/tags.yaml",
    ];
    for settings in [SETTINGS, text] {
        let file = |text: &str, digest| Text { text: text.into(), digest };
        let mut texts: BTreeMap<Arc<str>, Text> = names.map(|name| (name.into(), file(text, 1))).into();
        texts.insert("content/shop.yaml".into(), file(settings, 2));
        let sources = Sources { texts, ..Sources::default() };
        let (_, faults) = parse::parse(&sources, &mut parse::Memo::default());
        faults::report::human(&faults.sorted(), false);
    }
}
