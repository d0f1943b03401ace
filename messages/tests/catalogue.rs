//! The catalogue compared with the sources: every entry is used, and French is typeset as French.

use std::collections::BTreeSet;
use std::path::Path;

use polib::po_file;
use proc_macro2::{TokenStream, TokenTree};
use walkdir::WalkDir;

/// A message: its context and its English text.
type Key = (Option<String>, String);

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace")
}

/// The messages in Rust sources, found by their macros.
fn said() -> BTreeSet<Key> {
    let mut said = BTreeSet::new();
    let own = |name: &std::ffi::OsStr| name != "target" && name != "node_modules";
    let sources = WalkDir::new(root()).into_iter().filter_entry(|entry| own(entry.file_name())).flatten();
    for source in sources.filter(|entry| entry.path().extension().is_some_and(|end| end == "rs")) {
        let text = std::fs::read_to_string(source.path()).expect("readable");
        collect(
            text.parse().unwrap_or_else(|error| panic!("{}: {error}", source.path().display())),
            &mut said,
        );
    }
    said
}

fn collect(tokens: TokenStream, said: &mut BTreeSet<Key>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for at in 0..tokens.len() {
        if let TokenTree::Group(group) = &tokens[at] {
            collect(group.stream(), said);
            let called = |name: &str| {
                at >= 2 && tokens[at - 1].to_string() == "!" && tokens[at - 2].to_string() == name
            };
            let texts = || {
                let all: Vec<TokenTree> = group.stream().into_iter().collect();
                let texts =
                    all.iter().filter_map(|token| syn::parse_str::<syn::LitStr>(&token.to_string()).ok());
                let arrow = all.get(1).is_some_and(|token| token.to_string() == "=");
                (
                    texts.map(|text| text.value()).collect::<Vec<_>>(),
                    arrow && all.get(2).is_some_and(|token| token.to_string() == ">"),
                )
            };
            if called("tr") {
                match texts() {
                    (texts, true) if texts.len() > 1 => {
                        said.insert((Some(texts[0].clone()), texts[1].clone()))
                    }
                    (texts, _) => texts.first().is_some_and(|text| said.insert((None, text.clone()))),
                };
            } else if called("trn") {
                let (texts, _) = texts();
                said.extend(texts.first().map(|text| (None, text.clone())));
            }
        }
    }
}

#[test]
fn every_message_of_the_catalogue_is_said_somewhere() {
    let said = said();
    assert!(said.len() > 1000, "the sources are read: {}", said.len());
    let catalogue = po_file::parse(&root().join("messages/fr.po")).expect("the catalogue");
    let left: Vec<&str> = catalogue
        .messages()
        .filter(|message| {
            let context = message.msgctxt().filter(|context| !context.is_empty()).map(str::to_owned);
            !said.contains(&(context, message.msgid().to_owned()))
        })
        .map(|message| message.msgid())
        .collect();
    assert!(left.is_empty(), "left over in fr.po: {left:#?}");
}

#[test]
fn french_has_its_apostrophes_and_its_spaces() {
    let catalogue = po_file::parse(&root().join("messages/fr.po")).expect("the catalogue");
    let texts = catalogue.messages().flat_map(|message| match message.msgstr_plural() {
        Ok(forms) => forms.clone(),
        Err(_) => vec![message.msgstr().expect("one form").to_owned()],
    });
    // What is between backticks is typed by owners.
    let prose = |text: &str| text.split('`').step_by(2).collect::<Vec<_>>().join("`");
    let wrong = |text: &String| {
        let prose = prose(text);
        let letters: Vec<char> = prose.chars().collect();
        let straight = letters
            .windows(3)
            .any(|three| three[1] == '\'' && three[0].is_alphabetic() && three[2].is_alphabetic());
        straight || [" :", " ;", " !", " ?", " »", "« "].iter().any(|loose| prose.contains(loose))
    };
    let wrong: Vec<String> = texts.filter(wrong).collect();
    assert!(wrong.is_empty(), "a straight apostrophe, or a space that may break: {wrong:#?}");
}
