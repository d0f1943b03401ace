//! Scripts as they are served: each relative import leads to the address of the file that it names, and comments are gone.
//! An address is made of a file's bytes, so what a script imports gets its address first.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use faults::suggest::nearest;
use faults::{Fault, Faults, Place};
use messages::tr;

use crate::asset::Asset;
use crate::layer::ThemeFile;

mod lexer;

pub use lexer::{Import, imports};
use lexer::{Scanned, scan};

/// Whether a file is a script by its name.
pub(crate) fn is_script(path: &str) -> bool {
    [".js", ".mjs"].iter().any(|ending| path.ends_with(ending))
}

/// A script that is not served yet.
struct Script<'a> {
    file: &'a ThemeFile,
    text: Arc<str>,
    scanned: Scanned,
    /// Its relative imports: the path inside the theme, and where the specifier is, without its quotes.
    imports: Vec<(String, Range<usize>)>,
}

impl Script<'_> {
    /// The place of a specifier, with its quotes.
    fn place(&self, specifier: &Range<usize>) -> Place {
        Place::span(self.file.shown.clone(), self.text.clone(), specifier.start - 1..specifier.end + 1)
    }
}

/// Adds the theme's scripts to its other assets.
pub(crate) fn add(
    files: &BTreeMap<String, &ThemeFile>,
    assets: &mut BTreeMap<String, Asset>,
    faults: &mut Faults,
) {
    let mut waiting: BTreeMap<&str, Script<'_>> = BTreeMap::new();
    for (path, file) in files.iter().filter(|(path, _)| is_script(path)) {
        let Some(text) = file.text(faults) else { continue };
        let scanned = scan(&text);
        let imports = scanned.imports.iter().map(|import| import.specifier.clone());
        let imports = imports.filter_map(|at| Some((target(path, &text[at.clone()])?, at))).collect();
        waiting.insert(path, Script { file, text, scanned, imports });
    }
    for script in waiting.values() {
        for (target, at) in script.imports.iter().filter(|(target, _)| !files.contains_key(target)) {
            let written = &script.text[at.clone()];
            let message = tr!("the theme has no file `{target}`, which `{written}` would be");
            let scripts = files.keys().map(String::as_str).filter(|path| is_script(path));
            let help = match nearest(target, scripts) {
                Some(meant) => tr!("did you mean `{meant}`?"),
                None => tr!("put it into scripts/; the path counts from the script's own folder").to_owned(),
            };
            let fault = Fault::error("script-import", script.place(at), message);
            faults.push(fault.label(tr!("not found")).help(help));
        }
    }
    loop {
        let is_waiting = |(target, _): &(String, _)| waiting.contains_key(target.as_str());
        let ready: Vec<&str> = waiting
            .iter()
            .filter(|(_, script)| !script.imports.iter().any(is_waiting))
            .map(|(path, _)| *path)
            .collect();
        if ready.is_empty() {
            break;
        }
        for path in ready {
            let Some(script) = waiting.remove(path) else { continue };
            let url = |target: &String| assets.get(target).map(|asset| asset.url.clone());
            let imports = script.imports.iter().filter_map(|(target, at)| Some((at.clone(), url(target)?)));
            let served = printed(&script.text, &script.scanned, imports.collect());
            assets.insert(path.to_owned(), Asset::new(path, served.as_bytes().into()));
        }
    }
    faults.extend(circle(&waiting));
}

/// Scripts that wait for one another: none can have an address made of what it holds.
fn circle(waiting: &BTreeMap<&str, Script<'_>>) -> Option<Fault> {
    let next = |path: &str| {
        let mut imports = waiting.get(path)?.imports.iter();
        imports.find_map(|(target, at)| Some((*waiting.get_key_value(target.as_str())?.0, at)))
    };
    // The first may only lead to the circle: after as many steps as there are scripts one stands in it.
    let first = *waiting.keys().next()?;
    let start = (0..waiting.len()).try_fold(first, |path, _| next(path).map(|(path, _)| path))?;
    let mut names = vec![start];
    let (mut path, at) = next(start)?;
    while path != start {
        names.push(path);
        path = next(path)?.0;
    }
    let names = names.join(", ");
    let place = waiting.get(start)?.place(at);
    let message = tr!("these scripts import one another in a circle: {names}");
    let help = tr!("put what they share into a script of its own, which imports none of them");
    Some(Fault::error("script-circle", place, message).help(help))
}

/// The path inside the theme that a relative specifier names; nothing for any other.
fn target(path: &str, specifier: &str) -> Option<String> {
    if !specifier.starts_with("./") && !specifier.starts_with("../") {
        return None;
    }
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    for part in specifier.split('/') {
        match part {
            "." => {}
            // Above the theme there is nothing: the path that remains is not found.
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The text with other specifiers and without its comments.
fn printed(text: &str, scanned: &Scanned, imports: Vec<(Range<usize>, String)>) -> String {
    let comments = scanned.comments.iter().map(|at| removed(text, at.clone()));
    let mut edits: Vec<(Range<usize>, String)> = imports.into_iter().chain(comments).collect();
    edits.sort_by_key(|(at, _)| at.start);
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (at, with) in edits {
        out.push_str(&text[done..at.start]);
        out.push_str(&with);
        done = at.end;
    }
    out.push_str(&text[done..]);
    out
}

/// What is cut out with a comment, and what stays there: a comment parts words, and one of several lines ends a statement.
fn removed(text: &str, at: Range<usize>) -> (Range<usize>, String) {
    let start = text[..at.start].trim_end_matches([' ', '\t']).len();
    let after = text[at.end..].trim_start_matches([' ', '\t', '\r']);
    let begins = start == 0 || text[..start].ends_with('\n');
    match after.strip_prefix('\n') {
        Some(rest) if begins => (start..text.len() - rest.len(), String::new()),
        Some(_) => (start..at.end, String::new()),
        None if after.is_empty() => (start..at.end, String::new()),
        None if text[at.clone()].contains(lexer::LINE_ENDS) => (at, "\n".to_owned()),
        None => (at, " ".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn served(scripts: &[(&str, &str)]) -> (BTreeMap<String, String>, Vec<String>) {
        let file = |(path, text): &(&str, &str)| ThemeFile {
            shown: format!("t/{path}").into(),
            bytes: text.as_bytes().into(),
        };
        let owned: Vec<(String, ThemeFile)> =
            scripts.iter().map(|script| (script.0.to_owned(), file(script))).collect();
        let files = owned.iter().map(|(path, file)| (path.clone(), file)).collect();
        let (mut assets, mut faults) = (BTreeMap::new(), Faults::new());
        add(&files, &mut assets, &mut faults);
        let text = |asset: &Asset| String::from_utf8(asset.bytes.to_vec()).expect("text");
        let texts = assets.iter().map(|(path, asset)| (path.clone(), text(asset)));
        let told = faults.iter().map(|fault| {
            let (line, column) = fault.place.line_column();
            format!("{}:{line}:{column} {}", fault.place.file, fault.message)
        });
        (texts.collect(), told.collect())
    }

    fn stripped(text: &str) -> String {
        printed(text, &scan(text), Vec::new())
    }

    #[test]
    fn an_import_leads_to_the_address_of_what_it_names() {
        let (texts, faults) = served(&[
            (
                "scripts/a.js",
                "import { b } from \"./parts/b.js\";\nexport * from './c.js';\nawait import(\"./c.js\");",
            ),
            ("scripts/parts/b.js", "import \"../c.js\";"),
            (
                "scripts/c.js",
                "import \"/x.js\"; import \"bare\"; f.import(\"./x.js\"); Array.from(\"./x.js\");",
            ),
        ]);
        assert!(faults.is_empty(), "{faults:?}");
        let url = |path: &str| Asset::new(path, texts[path].as_bytes().into()).url;
        let (b, c) = (url("scripts/parts/b.js"), url("scripts/c.js"));
        assert_eq!(
            texts["scripts/a.js"],
            format!("import {{ b }} from \"{b}\";\nexport * from '{c}';\nawait import(\"{c}\");")
        );
        assert_eq!(texts["scripts/parts/b.js"], format!("import \"{c}\";"));
        assert!(texts["scripts/c.js"].contains("\"./x.js\""), "not imports");
    }

    #[test]
    fn an_import_of_nothing_and_a_circle_are_told_where_they_stand() {
        let (_, faults) = served(&[
            ("scripts/a.js", "import \"./b.js\";"),
            ("scripts/b.js", "\nimport { c } from \"./c.js\";"),
            ("scripts/c.js", "import(\"./b.js\");"),
            ("scripts/d.js", "import \"../../e.js\";"),
        ]);
        assert_eq!(
            faults,
            [
                "t/scripts/d.js:1:8 the theme has no file `e.js`, which `../../e.js` would be",
                "t/scripts/b.js:2:19 these scripts import one another in a circle: scripts/b.js, scripts/c.js",
            ]
        );
    }

    #[test]
    fn comments_are_not_served() {
        for (text, served) in [
            ("// a\nb(); // c\n\n  /** d\n   * e */\nf();", "b();\n\nf();"),
            ("a /* b */ c", "a   c"),
            ("a /*\n*/ b", "a \n b"),
            ("a/**/b", "a b"),
            ("a; // b", "a;"),
            ("/*! kept */ a; //# kept", "/*! kept */ a; //# kept"),
            ("/* @license kept */\na", "/* @license kept */\na"),
        ] {
            assert_eq!(stripped(text), served, "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_a_comment_stays() {
        for text in [
            "\"//a\" + '/*b*/' + `//${\"/*c*/\" + `//d`}//e`",
            "/[/\"*]/.test(a) / 2 / b",
            "if (a) /\"/.test(b); f(a) / b / c; a[0] / b / `c`; x = /'/g",
            "return /\"/; a.return / \"/\" / 1.5 / 2. / \"/\"",
            "f(a) / \"/\"; a[0] / \"/\"; `a` / \"/\"",
            "a = b\n  ? /\\/*\"/ : c++ / 2",
        ] {
            let with = format!("{text} // gone");
            assert_eq!(stripped(&with), text, "{text}");
        }
    }

    #[test]
    fn where_it_is_not_certain_comments_stay() {
        for text in
            ["function f() {} /\"/.test(a) // stays", "'a // stays", "`a // stays", "/* stays", "a) // stays"]
        {
            assert_eq!(stripped(text), text, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_script_panics(text in "(/|\\*|//|/\\*|\\*/|\"|'|`|\\$\\{|\\{|\\}|\\(|\\)|\\[|\\]|\\\\|\n|\r| |a|é|\u{2028}|import|from|if|return|\\.|\\./|1|\\+|#){0,40}") {
            let _ = served(&[("scripts/a.js", &text)]);
            let once = stripped(&text);
            prop_assert!(once.len() <= text.len());
        }
    }
}
