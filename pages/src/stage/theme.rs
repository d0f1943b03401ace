//! `theme`: the theme's folders -> something that renders. Runs in parallel with `parse`, before `resolve`, which needs the
//! theme's words for addresses.

use std::collections::BTreeMap;
use std::sync::Arc;

use faults::{Fault, Faults, Place, suggest};
use messages::tr;
use serde_json::Value;
use theming::{Chosen, Input, Layer, Theme};
use yaml::Source;

use crate::model::lang::LangIx;
use crate::model::paths::PathWords;
use crate::model::shop::Shop;
use crate::model::view;
use crate::stage::resolve::Titles;

/// The theme compiled by an earlier build of this process, valid as long as nothing that it is made from changed.
#[derive(Debug, Default)]
pub struct Memo(Option<([u8; 32], Arc<Theme>, Faults)>);

/// Compiles the theme. `None` if it has faults.
pub fn compile(layers: &[Layer], shop: &Shop, memo: &mut Memo) -> (Option<Arc<Theme>>, Faults) {
    if layers.is_empty() {
        return (None, Faults::new());
    }
    let digest = digest(layers, shop);
    if let Some((known, theme, faults)) = &memo.0
        && *known == digest
    {
        return (Some(theme.clone()), faults.clone());
    }
    let source = Source::new(shop.file.file.clone(), shop.file.text.clone());
    let input = Input {
        layers,
        languages: &shop.languages,
        chosen: shop.theme_settings.as_ref().map(|node| Chosen { source: &source, node }),
        schemas: &view::schemas(),
        selling: &selling(),
        extra_css: &colours(),
    };
    let (theme, faults) = theming::compile(&input);
    let theme = theme.map(Arc::new);
    memo.0 = theme.clone().map(|theme| (digest, theme, faults.clone()));
    (theme, faults)
}

/// The additional templates that a shop with a till needs, with the schema of what each sees.
fn selling() -> BTreeMap<String, Value> {
    let around = view::selling().into_iter().map(|(name, schema)| (name.to_owned(), schema));
    around.chain(storefront::views::schemas()).collect()
}

fn digest(layers: &[Layer], shop: &Shop) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    for layer in layers {
        hasher.update(layer.name.as_bytes());
        for (path, file) in &layer.files {
            hasher.update(&(path.len() as u64).to_le_bytes()).update(path.as_bytes());
            hasher.update(&(file.bytes.len() as u64).to_le_bytes()).update(&file.bytes);
        }
    }
    // Settings and languages are in shop.yaml, and faults point into it.
    hasher.update(shop.file.text.as_bytes());
    *hasher.finalize().as_bytes()
}

/// One rule per colour class: the placeholder of a photo.
fn colours() -> String {
    (0..imaging::CLASSES)
        .map(|class| {
            let [r, g, b] = imaging::class_colour(class);
            format!(".c-{class}{{background-color:#{r:02x}{g:02x}{b:02x}}}")
        })
        .collect()
}

/// The theme that shop.yaml names does not exist.
pub fn missing(shop: &Shop, name: &str) -> Fault {
    let text = &shop.file.text;
    let at = text.find("\ntheme:").map_or(0..0, |at| at + 1..at + 1 + text[at + 1..].find('\n').unwrap_or(0));
    let help = match suggest::nearest(name, ["petit"]) {
        Some(near) => tr!("did you mean `{near}`?"),
        None => tr!("add the folder themes/{name}/, or write `theme: petit`"),
    };
    Fault::error("no-theme", shop.file.place(at), tr!("there is no theme `{name}`")).help(help)
}

/// The theme's texts that other stages need.
#[derive(Debug)]
pub struct ThemeTexts<'a> {
    /// The theme.
    pub theme: &'a Theme,
    /// The shop.
    pub shop: &'a Shop,
}

impl ThemeTexts<'_> {
    /// The words of addresses, by language. A word that is missing or cannot be part of an address is a fault of the theme.
    pub fn paths(&self, faults: &mut Faults) -> Vec<PathWords> {
        let sells = self.theme.has("cart.html") && self.shop.delivers();
        self.shop
            .langs()
            .map(|lang| PathWords {
                products: self.path(lang, "products", faults),
                categories: self.path(lang, "categories", faults),
                collections: self.path(lang, "collections", faults),
                tags: self.path(lang, "tags", faults),
                makers: self.path(lang, "makers", faults),
                page: self.path(lang, "page", faults),
                cart: sells.then(|| self.path(lang, "cart", faults)),
            })
            .collect()
    }

    fn path(&self, lang: LangIx, key: &str, faults: &mut Faults) -> String {
        let language = self.shop.lang(lang);
        let word = self.theme.text(language, &format!("paths.{key}"), None, &[]);
        let word = word.unwrap_or_else(|| key.to_owned());
        if crate::stage::parse::values::is_id(&word) {
            return word;
        }
        let place = self.theme.place_of_text(language, &format!("paths.{key}"));
        let place = place.unwrap_or_else(|| {
            Place::file(format!("themes/{}/translations/{language}.yaml", self.theme.name))
        });
        let message = tr!("`paths.{key}` is `{word}`, which cannot be part of an address");
        let help = tr!("write small letters, digits and `-`");
        faults.push(Fault::error("path-word", place, message).help(help));
        slug::slugify(word)
    }
}

impl Titles for ThemeTexts<'_> {
    fn title(&self, lang: LangIx, list: &str) -> String {
        let language = self.shop.lang(lang);
        self.theme.text(language, &format!("titles.{list}"), None, &[]).unwrap_or_else(|| list.to_owned())
    }
}
