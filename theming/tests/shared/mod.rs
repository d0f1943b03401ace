//! Tiny themes for tests: folders as lists of files, faults as lines of text.
#![allow(dead_code, reason = "each test file uses a part")]

use std::collections::BTreeMap;

use faults::Faults;
use serde_json::{Value, json};
use theming::{Chosen, Input, Layer, Theme, ThemeFile, compile};
use yaml::Source;

/// A theme's folder.
pub(crate) fn layer(name: &str, files: &[(&str, &str)]) -> Layer {
    let file = |(path, text): &(&str, &str)| {
        let shown = format!("themes/{name}/{path}").into();
        ((*path).to_owned(), ThemeFile { shown, bytes: text.as_bytes().into() })
    };
    Layer { name: name.to_owned(), files: files.iter().map(file).collect() }
}

/// The theme that others extend.
pub(crate) fn base() -> Layer {
    layer(
        "base",
        &[
            (
                "theme.yaml",
                "api: 1\nname: Base\nsettings:\n  accent:\n    type: color\n    default: brick\n    names:\n      brick: { light: \"#8c3a21\", dark: \"#f0a58c\" }\n\
                 \x20   contrast: { light: white, dark: \"#111\", at_least: 4.5 }\n  density: { type: choice, choices: [airy, compact], default: airy }\n\
                 \x20 columns: { type: number, minimum: 1, maximum: 6, default: 3 }\n\
                 photos: { widths: [640, 320], fallback: 640, avif: 55 }\nfonts: [fonts/a.woff2]\nscripts: [scripts/cart.js]\n",
            ),
            (
                "templates/layout.html",
                "<html lang=\"{{ lang }}\">{% block main %}{% endblock %}{% include \"parts/foot.html\" %}</html>",
            ),
            (
                "templates/product.html",
                "{% extends \"layout.html\" %}{% block main %}<h1>{{ product.title }}</h1>{{ t(key=\"cart.count\", n=product.count) }}{% endblock %}",
            ),
            (
                "templates/home.html",
                "{% extends \"layout.html\" %}{% block main %}{{ t(key=\"hello\", name=home.who) }}{% endblock %}",
            ),
            ("templates/parts/foot.html", "<footer>base</footer>"),
            ("styles/10-a.css", "body { color: var(--accent); background: url(../icons/x.svg) }"),
            ("styles/20-b.css", ".from-base { order: 1 }"),
            ("scripts/cart.js", "export {};"),
            ("fonts/a.woff2", "font"),
            ("icons/x.svg", "<svg/>"),
            (
                "translations/fr.yaml",
                "hello: \"Bonjour {name}\"\ncart:\n  count: { one: \"{n} article\", other: \"{n} articles\" }\n  add: Ajouter\n",
            ),
            (
                "translations/en.yaml",
                "hello: \"Hello {name}\"\ncart:\n  count: { one: \"{n} item\", other: \"{n} items\" }\n  add: Add\n",
            ),
            ("mails/order.txt", "base"),
        ],
    )
}

/// The base with some files replaced or added; an empty text removes one.
pub(crate) fn base_with(files: &[(&str, &str)]) -> Layer {
    let mut base = base();
    for (path, text) in files {
        base.files.remove(*path);
        if !text.is_empty() {
            base.files.extend(layer("base", &[(path, text)]).files);
        }
    }
    base
}

/// What the two pages see.
pub(crate) fn schemas() -> BTreeMap<&'static str, Value> {
    let page = |name: &str, fields: Value| {
        json!({"type": "object", "properties": {
            "lang": {"type": "string"},
            "settings": {"type": "object", "additionalProperties": true},
            name: {"type": "object", "properties": fields},
        }})
    };
    BTreeMap::from([
        ("home.html", page("home", json!({"who": {"type": "string"}}))),
        ("product.html", page("product", json!({"title": {"type": "string"}, "count": {"type": "integer"}}))),
    ])
}

/// The data of the one mail that selling requires.
pub(crate) fn selling() -> BTreeMap<String, Value> {
    let order = json!({"type": "object", "properties": {"id": {"type": "string"}}});
    BTreeMap::from([(
        "mails/order.txt".to_owned(),
        json!({"type": "object", "properties": {"order": order}}),
    )])
}

/// The part of a shop that a theme is compiled for.
pub(crate) struct Shop<'a> {
    pub(crate) languages: &'a [&'a str],
    /// The text of `theme_settings`.
    pub(crate) settings: &'a str,
    pub(crate) extra_css: &'a str,
}

impl Default for Shop<'_> {
    fn default() -> Self {
        Shop { languages: &["fr", "en"], settings: "", extra_css: "" }
    }
}

impl Shop<'_> {
    pub(crate) fn compile(&self, layers: &[Layer]) -> (Option<Theme>, Faults) {
        let languages: Vec<String> = self.languages.iter().map(|tag| (*tag).to_owned()).collect();
        let source = Source::new("content/shop.yaml", self.settings);
        let node = yaml::parse(&source, 0..self.settings.len()).expect("readable settings");
        let schemas = schemas();
        let chosen = (!self.settings.is_empty()).then_some(Chosen { source: &source, node: &node });
        compile(&Input {
            layers,
            languages: &languages,
            chosen,
            schemas: &schemas,
            selling: &selling(),
            extra_css: self.extra_css,
        })
    }

    /// A theme without any fault.
    pub(crate) fn theme(&self, layers: &[Layer]) -> Theme {
        let (theme, faults) = self.compile(layers);
        assert!(faults.is_empty(), "{:#?}", lines(faults));
        theme.expect("no fault, so a theme")
    }
}

/// Each fault as `file:line:column message [label] | help`, sorted.
pub(crate) fn lines(faults: Faults) -> Vec<String> {
    let line = |fault: faults::Fault| {
        let (line, column) = fault.place.line_column();
        let label = if fault.label.is_empty() { String::new() } else { format!(" [{}]", fault.label) };
        let help = fault.help.unwrap_or_else(|| "NO HELP".to_owned());
        format!("{}:{line}:{column} {}{label} | {help}", fault.place.file, fault.message)
    };
    faults.sorted().into_iter().map(line).collect()
}

/// The faults of the base theme with some files changed.
pub(crate) fn faults_of(files: &[(&str, &str)]) -> Vec<String> {
    let (theme, faults) = Shop::default().compile(&[base_with(files)]);
    assert_eq!(theme.is_none(), faults.any_error());
    lines(faults)
}

/// A page's data.
pub(crate) fn context(name: &str, fields: Value) -> tera::Context {
    let mut context = tera::Context::new();
    context.insert("lang", "fr");
    context.insert(name.to_owned(), &fields);
    context
}
