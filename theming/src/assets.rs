//! The files of a theme that readers fetch, those of all layers together; whether templates name files that there are.

use std::collections::BTreeMap;

use faults::suggest::nearest;
use faults::{Fault, Faults, Place};
use messages::tr;

use crate::asset::Asset;
use crate::layer::{ASSETS, Layer, ThemeFile};
use crate::library::Library;
use crate::scripts;
use crate::syntax::{Expression, Word};

/// The assets of all layers; a child's file replaces its parent's of the same path.
pub(crate) fn collect(layers: &[Layer], faults: &mut Faults) -> BTreeMap<String, Asset> {
    let mut files: BTreeMap<String, &ThemeFile> = BTreeMap::new();
    for layer in layers.iter().rev() {
        for folder in ASSETS {
            for (name, file) in layer.below(folder) {
                let path = format!("{folder}/{name}");
                check_name(&path, file, faults);
                files.insert(path, file);
            }
        }
    }
    let others = files.iter().filter(|(path, _)| !scripts::is_script(path));
    let mut assets: BTreeMap<String, Asset> =
        others.map(|(path, file)| (path.clone(), Asset::new(path, file.bytes.clone()))).collect();
    scripts::add(&files, &mut assets, faults);
    assets
}

/// Refuses a name that would need escaping in an address.
fn check_name(path: &str, file: &ThemeFile, faults: &mut Faults) {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '/');
    if !path.chars().all(fits) {
        let message = tr!("`{path}` cannot be published under this name");
        faults.push(
            Fault::error("bad-file-name", Place::file(file.shown.clone()), message)
                .help(tr!("rename it: letters without accents, digits, `.`, `-` and `_`")),
        );
    }
}

/// `asset(path="…")` must name a file.
pub(crate) fn check_calls(library: &Library, assets: &BTreeMap<String, Asset>) -> Faults {
    let mut faults = Faults::new();
    for source in library.iter() {
        let calls = source.tree.iter().flat_map(|tree| &tree.calls);
        for call in calls.filter(|call| call.name.text == "asset") {
            let (place, message, help) = match call.argument("path") {
                None => (
                    source.place(call.name.span.clone()),
                    tr!("`asset` does not say which file").to_owned(),
                    tr!("write `asset(path=\"icons/name.svg\")`").to_owned(),
                ),
                Some(Expression::Text(path)) if !assets.contains_key(&path.text) => {
                    let help = match nearest(&path.text, assets.keys().map(String::as_str)) {
                        Some(meant) => tr!("did you mean `{meant}`?"),
                        None => {
                            let folders = ASSETS.join("/, ");
                            tr!("put it into {folders}/")
                        }
                    };
                    let Word { text: path, span } = path;
                    (source.place(span.clone()), tr!("the theme has no file `{path}`"), help)
                }
                Some(_) => continue,
            };
            faults.push(Fault::error("missing-asset", place, message).label(tr!("not found")).help(help));
        }
    }
    faults
}
