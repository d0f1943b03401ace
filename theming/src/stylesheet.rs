//! The one stylesheet: settings, the generator's own rules, then the theme's files in the order of their paths.

use std::collections::BTreeMap;
use std::sync::Arc;

use faults::{Fault, Faults, Place};

use crate::asset::Asset;
use crate::layer::Layer;

/// Names of the generated sheets.
const SETTINGS: &str = "settings";
const EXTRA: &str = "extra";

/// Joins and compiles the sheets. A child's file replaces its parent's of the same path.
pub(crate) fn compile(
    layers: &[Layer],
    settings_css: &str,
    extra_css: &str,
    assets: &BTreeMap<String, Asset>,
    faults: &mut Faults,
) -> Option<Asset> {
    let mut files: BTreeMap<String, (Arc<str>, Arc<str>)> = BTreeMap::new();
    for layer in layers.iter().rev() {
        for (name, file) in layer.below("styles").filter(|(name, _)| name.ends_with(".css")) {
            if let Some(text) = file.text(faults) {
                files.insert(format!("styles/{name}"), (file.shown.clone(), text));
            }
        }
    }
    let generated = [(SETTINGS, settings_css), (EXTRA, extra_css)];
    let sheets: Vec<styling::Sheet<'_>> = generated
        .into_iter()
        .chain(files.iter().map(|(name, (_, text))| (name.as_str(), &**text)))
        .map(|(name, text)| styling::Sheet { name, text })
        .collect();

    let asset_url = |sheet: &str, url: &str| {
        let (path, rest) = url.split_at(url.find(['?', '#']).unwrap_or(url.len()));
        Some(format!("{}{rest}", assets.get(&resolve(sheet, path)?)?.url))
    };
    match styling::compile(&sheets, &asset_url) {
        Ok(css) => Some(Asset::new("style.css", css.into_bytes().into())),
        Err(mistakes) => {
            for mistake in mistakes {
                let place = match files.get(&mistake.sheet) {
                    Some((shown, text)) => Place::line(
                        shown.clone(),
                        text.clone(),
                        mistake.line as usize,
                        mistake.column as usize,
                    ),
                    None => Place::file(mistake.sheet.clone()),
                };
                faults.push(Fault::error("style", place, mistake.message.clone()).help(mistake.help()));
            }
            None
        }
    }
}

/// The path inside the theme of `url` in a sheet: it is relative to the sheet's folder.
fn resolve(sheet: &str, url: &str) -> Option<String> {
    let mut parts: Vec<&str> = sheet.split('/').collect();
    parts.pop();
    for part in url.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_in_a_sheet_are_relative_to_it() {
        assert_eq!(resolve("styles/a.css", "../fonts/a.woff2").as_deref(), Some("fonts/a.woff2"));
        assert_eq!(resolve("styles/more/a.css", "./../../icons/b.svg").as_deref(), Some("icons/b.svg"));
        assert_eq!(resolve("styles/a.css", "../../etc/passwd"), None);
    }
}
