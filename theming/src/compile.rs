//! From folders to a [`Theme`], finding every fault on the way.

use std::collections::BTreeMap;
use std::sync::Arc;

use faults::{Fault, Faults, Place};
use messages::tr;
use yaml::Fields;

use crate::asset::Asset;
use crate::layer::Layer;
use crate::library::{Library, Source};
use crate::manifest::{self, Manifest};
use crate::settings::Chosen;
use crate::theme::{Language, Theme};
use crate::{
    assets, digest, engine, fields, photos, references, settings, stylesheet, syntax, till, translations,
};

/// What a theme is compiled from.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The shop's theme first, then the one it extends, and so on: see [`extends`](crate::extends).
    pub layers: &'a [Layer],
    /// The languages of the shop, the default first.
    pub languages: &'a [String],
    /// `theme_settings:` of shop.yaml.
    pub chosen: Option<Chosen<'a>>,
    /// By template (`product.html`), the JSON Schema of what it is rendered with. Each of these templates must exist.
    pub schemas: &'a BTreeMap<&'static str, serde_json::Value>,
    /// The same for selling: the till's pages, its mails, the cart. A theme has either all of these templates, or none
    /// and then sells nothing.
    pub selling: &'a BTreeMap<String, serde_json::Value>,
    /// Rules to put before the theme's own, such as the colours behind photos.
    pub extra_css: &'a str,
}

/// Compiles a theme. Returns it with its warnings, or `None` if there is any error.
pub fn compile(input: &Input<'_>) -> (Option<Theme>, Faults) {
    let mut faults = Faults::new();
    let theme = compile_into(input, &mut faults);
    (theme.filter(|_| !faults.any_error()), faults)
}

fn compile_into(input: &Input<'_>, faults: &mut Faults) -> Option<Theme> {
    let layers = input.layers;
    let Some(own) = layers.first() else {
        faults.push(
            Fault::error("no-theme", Place::file("content/shop.yaml"), tr!("the shop has no theme"))
                .help(tr!("write `theme: petit` in shop.yaml")),
        );
        return None;
    };
    layers.iter().for_each(|layer| faults.extend(layer.strangers()));

    let assets = assets::collect(layers, faults);
    let manifests: Vec<(usize, Manifest)> = layers
        .iter()
        .enumerate()
        .filter_map(|(index, layer)| Some((index, Manifest::read(layer, faults)?)))
        .collect();
    let mut stack: Vec<Fields<'_>> = Vec::new();
    let mut known = manifests.len() == layers.len();
    for (index, manifest) in &manifests {
        let Some(fields) = manifest.fields() else { continue };
        known &= manifest.check(&fields, *index, layers);
        stack.push(fields);
    }
    if !known {
        // Nearly everything may come from the missing parent: reporting what else is missing would mislead.
        manifests.iter().for_each(|(_, manifest)| faults.extend(manifest.source.take_faults()));
        return None;
    }
    let settings = settings::read(&stack, input.chosen, faults);
    let photos = photos::read(&stack);
    let scripts = manifest::files(&stack, "scripts", assets.keys().map(String::as_str));
    let fonts = manifest::files(&stack, "fonts", assets.keys().map(String::as_str));
    manifests.iter().for_each(|(_, manifest)| faults.extend(manifest.source.take_faults()));

    let css = stylesheet::compile(layers, &settings.css(), input.extra_css, &assets, faults);

    let library = library(layers, faults);
    faults.extend(missing_pages(input, own, &library));
    faults.extend(references::check(&library));
    faults.extend(till::check(&library));
    faults.extend(assets::check_calls(&library, &assets));
    let translations::Read { texts, whole } = translations::read(input.languages, layers, faults);
    if let (Some(default), true) = (texts.first(), whole) {
        faults.extend(translations::check_calls(&library, default));
    }
    let views = settings.views();
    let pages = input.schemas.iter().map(|(page, schema)| (*page, schema));
    let selling = input.selling.iter().map(|(page, schema)| (page.as_str(), schema));
    let schemas: BTreeMap<&str, serde_json::Value> = pages
        .chain(selling)
        .map(|(page, schema)| (page, fields::with_settings(schema, views.keys().map(String::as_str))))
        .collect();
    faults.extend(fields::check(&library, &schemas));
    if faults.any_error() {
        return None;
    }

    let url = |path: &String| assets.get(path).map(|asset: &Asset| asset.url.clone());
    let urls: engine::Urls =
        Arc::new(assets.iter().map(|(path, asset)| (path.clone(), asset.url.clone())).collect());
    let engines = match engine::engines(&library, &texts, &urls) {
        Ok(engines) => engines,
        Err(fault) => {
            faults.push(*fault);
            return None;
        }
    };
    let tills_texts = texts.clone();
    let languages = engines.into_iter().zip(texts).map(|(tera, texts)| {
        let digest = digest::language(&texts, &urls);
        (texts.language.tag.clone(), Language { tera, texts, digest })
    });
    Some(Theme {
        name: own.name.clone(),
        photos,
        css: css?,
        scripts: scripts.iter().filter_map(url).collect(),
        fonts: fonts.iter().filter_map(url).collect(),
        settings: views,
        till: till::pack(&library, tills_texts.iter().map(AsRef::as_ref)),
        languages: languages.collect(),
        templates: digest::templates(&library),
        assets: assets.into_values().collect(),
        library,
    })
}

/// Reads every template of every layer, and reports the syntax errors that Tera finds in each.
fn library(layers: &[Layer], faults: &mut Faults) -> Library {
    let prefixes = layers.iter().map(|layer| format!("{}/", layer.name)).collect();
    let mut library = Library::new(prefixes);
    for (index, layer) in layers.iter().enumerate() {
        let pages = layer.below("templates").filter(|(path, _)| path.ends_with(".html"));
        let mails =
            layer.below("mails").filter(|(path, _)| path.ends_with(".html") || path.ends_with(".txt"));
        let mails = mails.map(|(path, file)| (format!("mails/{path}"), file));
        for (path, file) in pages.map(|(path, file)| (path.to_owned(), file)).chain(mails) {
            let Some(text) = file.text(faults) else { continue };
            let name = format!("{}/{path}", layer.name);
            let mut source = Source { name, layer: index, shown: file.shown.clone(), text, tree: None };
            match engine::syntax_fault(&source) {
                Some(fault) => faults.push(fault),
                None => source.tree = syntax::parse(&source.text),
            }
            library.add(source);
        }
    }
    library
}

fn missing_pages(input: &Input<'_>, own: &Layer, library: &Library) -> Faults {
    let mut faults = Faults::new();
    let sells = till::wanted(library) || input.selling.keys().any(|page| library.resolve(page).is_some());
    let selling = input.selling.keys().map(String::as_str).filter(|_| sells);
    for page in input.schemas.keys().copied().chain(selling).filter(|page| library.resolve(page).is_none()) {
        let folder = if page.starts_with("mails/") { "" } else { "templates/" };
        let place = Place::file(format!("{}/{folder}{page}", own.folder()));
        let theme = &own.name;
        let message = tr!("the theme `{theme}` has no template `{page}`");
        let help = match input.layers {
            [_] if theme != "petit" => tr!("write it, or take petit's: add `extends: petit` to theme.yaml"),
            _ if input.selling.contains_key(page) => {
                tr!("write it: what sells has a cart, the till's pages and its mails")
            }
            _ => tr!("write it: every kind of page has its template"),
        };
        faults.push(Fault::error("missing-template", place, message).help(help));
    }
    faults
}
