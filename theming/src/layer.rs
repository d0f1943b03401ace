//! A theme's folder as it was read: paths and bytes. The default theme is part of the program.

use std::collections::BTreeMap;
use std::sync::Arc;

use faults::suggest::{either, nearest};
use faults::{Fault, Faults, Place};
use messages::tr;

/// The files of themes/petit, written by build.rs.
const PETIT: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/petit.rs"));

/// A theme's folder.
#[derive(Debug, Clone)]
pub struct Layer {
    /// The folder's name: the first part of its templates' full names (`petit/product.html`).
    pub name: String,
    /// Its files by their path inside it, with `/`.
    pub files: BTreeMap<String, ThemeFile>,
}

/// A file of a theme.
#[derive(Debug, Clone)]
pub struct ThemeFile {
    /// Its path for people: `themes/petit/templates/home.html`.
    pub shown: Arc<str>,
    /// Its content.
    pub bytes: Arc<[u8]>,
}

/// The default theme, `petit`, as it was when the program was built.
pub fn embedded() -> Layer {
    let file = |(path, bytes): &(&str, &[u8])| {
        let shown = format!("themes/petit/{path}").into();
        ((*path).to_owned(), ThemeFile { shown, bytes: (*bytes).into() })
    };
    Layer { name: "petit".to_owned(), files: PETIT.iter().map(file).collect() }
}

/// The theme that a shop's folder `themes/petit` makes: with a `theme.yaml` it is a complete theme; without one it has only
/// what differs from the built-in theme: a language, a corrected word, a template.
pub fn over_embedded(own: Layer) -> Layer {
    if own.files.contains_key("theme.yaml") {
        return own;
    }
    let mut layer = embedded();
    layer.files.extend(own.files);
    layer
}

/// The theme that a theme extends according to its `theme.yaml`, so that a caller knows which folder to read next. `None`
/// if it extends none, or if its `theme.yaml` cannot be read, which [`compile`](crate::compile) reports.
pub fn extends(layer: &Layer) -> Option<String> {
    let source = layer.yaml("theme.yaml", &mut Faults::new())?;
    let root = yaml::parse(&source, 0..source.text.len())?;
    let yaml::Kind::Map(entries) = root.kind else { return None };
    entries.iter().find(|entry| &*entry.key == "extends").and_then(|entry| match &entry.value.kind {
        yaml::Kind::Scalar { text, .. } => Some(text.to_string()),
        _ => None,
    })
}

/// The folders whose files are published as they are.
pub(crate) const ASSETS: [&str; 4] = ["scripts", "fonts", "icons", "images"];

/// The other folders, with the extensions of their files.
const FOLDERS: [(&str, &[&str]); 4] = [
    ("templates", &[".html"]),
    ("styles", &[".css"]),
    ("translations", &[".yaml"]),
    ("mails", &[".html", ".txt"]),
];

impl Layer {
    /// The folder's path for people.
    pub(crate) fn folder(&self) -> String {
        let inside = self.files.iter().next().and_then(|(path, file)| file.shown.strip_suffix(path.as_str()));
        inside
            .map_or_else(|| format!("themes/{}", self.name), |folder| folder.trim_end_matches('/').to_owned())
    }

    /// The files below a folder, by their path below it.
    pub(crate) fn below<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = (&'a str, &'a ThemeFile)> {
        self.files.iter().filter_map(move |(path, file)| {
            Some((path.strip_prefix(folder)?.strip_prefix('/')?, file)).filter(|(path, _)| !is_hidden(path))
        })
    }

    /// A YAML file, ready to be parsed; `None` if there is none.
    pub(crate) fn yaml(&self, path: &str, faults: &mut Faults) -> Option<yaml::Source> {
        let file = self.files.get(path)?;
        Some(yaml::Source::new(file.shown.clone(), file.text(faults)?))
    }

    /// Warns about files that are never used.
    pub(crate) fn strangers(&self) -> Faults {
        let mut faults = Faults::new();
        let mut reported: Vec<&str> = Vec::new();
        for (path, file) in &self.files {
            let Some((folder, rest)) = path.split_once('/').filter(|_| !is_hidden(path)) else { continue };
            if ASSETS.contains(&folder) {
                continue;
            }
            let place = Place::file(file.shown.clone());
            match FOLDERS.iter().find(|(name, _)| *name == folder) {
                Some((_, endings)) if endings.iter().any(|ending| rest.ends_with(ending)) => {}
                Some((_, endings)) => {
                    let ending = either(endings.iter().copied());
                    let endings = match endings {
                        [first, last] => tr!("{first} and {last}"),
                        _ => endings.join(", "),
                    };
                    let message = tr!("`{folder}/` holds {endings} files; this one is not used");
                    let help = tr!("give it the ending {ending}, or remove it");
                    faults.push(Fault::warning("unused-file", place, message).help(help));
                }
                None if reported.contains(&folder) => {}
                None => {
                    reported.push(folder);
                    let known: Vec<&str> = FOLDERS.iter().map(|(name, _)| *name).chain(ASSETS).collect();
                    let help = match nearest(folder, known.iter().copied()) {
                        Some(meant) => tr!("did you mean `{meant}/`?"),
                        None => tr!("known folders: {known}", known = known.join(", ")),
                    };
                    let message = tr!("a theme has no folder `{folder}/`; its files are not used");
                    faults.push(Fault::warning("unused-file", place, message).help(help));
                }
            }
        }
        faults
    }
}

/// Whether a part of a path begins with a dot.
fn is_hidden(path: &str) -> bool {
    path.split('/').any(|part| part.starts_with('.'))
}

impl ThemeFile {
    /// Its text, or a fault.
    pub(crate) fn text(&self, faults: &mut Faults) -> Option<Arc<str>> {
        match std::str::from_utf8(&self.bytes) {
            Ok(text) => {
                let text: Arc<str> = text.strip_prefix('\u{feff}').unwrap_or(text).into();
                let source = yaml::Source::new(self.shown.clone(), text.clone());
                source.refuse_forbidden(0..text.len());
                faults.extend(source.take_faults());
                Some(text)
            }
            Err(_) => {
                let message = tr!("this file is not UTF-8 text");
                faults.push(
                    Fault::error("not-utf8", Place::file(self.shown.clone()), message)
                        .help(tr!("save it as UTF-8; every editor can, often under \"Encoding\"")),
                );
                None
            }
        }
    }
}
