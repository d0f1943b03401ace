//! The entry point for the fuzzer, and for the test that runs its corpus: bytes as files of a theme.

use std::collections::BTreeMap;

use faults::{Faults, report};
use serde_json::{Value, json};

use crate::{Input, Layer, Theme, ThemeFile, compile};

/// A theme in which every kind of file is used.
const BASE: [(&str, &str); 12] = [
    (
        "theme.yaml",
        "api: 1\nname: Base\nsettings:\n  accent:\n    type: color\n    default: brick\n    names:\n      brick: { light: \"#8c3a21\", dark: \"#f0a58c\" }\n    \
         contrast: { light: white, dark: \"#111\", at_least: 4.5 }\n  density: { type: choice, choices: [airy, compact], default: airy }\n  \
         columns: { type: number, minimum: 1, maximum: 6, default: 3 }\nphotos: { widths: [640, 320], fallback: 640, avif: 55 }\nscripts: [scripts/cart.js]\n",
    ),
    (
        "templates/layout.html",
        "<html lang=\"{{ lang }}\">{% block main %}{% endblock %}{% include \"parts/foot.html\" %}</html>",
    ),
    (
        "templates/product.html",
        "{% extends \"layout.html\" %}{% block main %}<h1>{{ product.title }}</h1>{{ t(key=\"cart.count\", n=product.count) }}\
         {% for tag in product.tags %}{{ tag.name | upper }}{% endfor %}{% endblock %}",
    ),
    (
        "templates/parts/foot.html",
        "<footer>{{ t(key=\"hello\", name=product.title) }}{{ asset(path=\"icons/x.svg\") }}</footer>",
    ),
    ("styles/10-a.css", "body { color: var(--accent); background: url(../icons/x.svg) }"),
    ("styles/20-b.css", ".b { order: 1 }"),
    ("scripts/cart.js", "export {};"),
    ("icons/x.svg", "<svg/>"),
    (
        "translations/fr.yaml",
        "hello: \"Bonjour {name}\"\ncart:\n  count: { one: \"{n} article\", other: \"{n} articles\" }\n  more_html: \"<b>{name}</b>\"\n",
    ),
    (
        "translations/en.yaml",
        "hello: \"Hello {name}\"\ncart:\n  count: { one: \"{n} item\", other: \"{n} items\" }\n  more_html: \"<b>{name}</b>\"\n",
    ),
    ("mails/order.txt", "{{ order.id }}"),
    ("templates/till/order.html", "<p>{{ order.id }}</p>"),
];

/// What an owner's text may contain, and no page may show as markup.
const MARKUP: &str = "<i title='x'>&";

/// Compiles `bytes` as files of a theme. A line `@templates/product.html` begins a file, which replaces the theme's own, or is
/// added to it.
///
/// Any number of faults may be found, each with its help and its place. A theme without errors is the same when compiled
/// again, renders its pages or reports the template that fails, and escapes what owners write; compiling its stylesheet again
/// does not change it.
pub fn theme(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let written = files(text);
    let layer = layer(BASE.into_iter().chain(written.iter().copied()));
    let (theme, faults) = compiled(&layer);
    assert_eq!(theme.is_none(), faults.any_error());
    check_faults(&faults);
    let Some(theme) = theme else { return };
    let Some(again) = compiled(&layer).0 else { unreachable!("it was compiled before") };
    // A theme that marks text as safe is itself responsible for it.
    let escapes = !["safe", "autoescape", "_html"].iter().any(|word| text.contains(word));
    for lang in ["fr", "en"] {
        for page in ["product.html", "till/order.html", "mails/order.txt"] {
            assert_eq!(theme.digest(lang, page), again.digest(lang, page), "one theme, two digests");
            match theme.render(lang, page, &context()) {
                Ok(html) => {
                    assert_eq!(again.render(lang, page, &context()).ok().as_ref(), Some(&html));
                    let plain = page.ends_with(".txt") || !escapes || text.contains(MARKUP);
                    assert!(plain || !html.contains(MARKUP), "not escaped: {html}");
                }
                Err(fault) => assert!(fault.help.is_some(), "{fault:?}"),
            }
        }
    }
    let sheet = std::str::from_utf8(&theme.css.bytes).unwrap_or_default();
    again_as_it_is(sheet);
}

fn files(text: &str) -> Vec<(&str, &str)> {
    let mut parts = text.strip_prefix('@').map_or_else(Vec::new, |rest| rest.split("\n@").collect());
    parts.truncate(6);
    parts.into_iter().filter_map(|part| part.split_once('\n')).collect()
}

fn layer<'a>(files: impl Iterator<Item = (&'a str, &'a str)>) -> Layer {
    let file = |(path, text): (&str, &str)| {
        let shown = format!("themes/base/{path}").into();
        (path.to_owned(), ThemeFile { shown, bytes: text.as_bytes().into() })
    };
    Layer { name: "base".to_owned(), files: files.map(file).collect() }
}

fn compiled(layer: &Layer) -> (Option<Theme>, Faults) {
    let page = |fields: Value| json!({"type": "object", "properties": fields});
    let text = || json!({"type": "string"});
    let tags = json!({"type": "array", "items": page(json!({"name": text(), "url": text()}))});
    let product = page(json!({"title": text(), "count": {"type": "integer"}, "tags": tags}));
    let settings = json!({"type": "object", "additionalProperties": true});
    let order = || page(json!({"order": page(json!({"id": text()}))}));
    let schemas = BTreeMap::from([(
        "product.html",
        page(json!({"lang": text(), "settings": settings, "product": product})),
    )]);
    let selling = ["mails/order.txt", "till/order.html"].map(|name| (name.to_owned(), order())).into();
    compile(&Input {
        layers: std::slice::from_ref(layer),
        languages: &["fr".to_owned(), "en".to_owned()],
        chosen: None,
        schemas: &schemas,
        selling: &selling,
        extra_css: "",
    })
}

fn context() -> tera::Context {
    let mut context = tera::Context::new();
    context.insert("lang", "fr");
    let tags = json!([{"name": MARKUP, "url": "/a/"}, {"name": "b", "url": "/b/"}]);
    context.insert("product", &json!({"title": MARKUP, "count": 2, "tags": tags}));
    context.insert("order", &json!({"id": MARKUP}));
    context.insert("settings", &json!({"accent": "#8c3a21", "density": "airy", "columns": 3}));
    context
}

fn check_faults(faults: &Faults) {
    for fault in faults.iter() {
        assert!(fault.help.is_some(), "{fault:?} has no help");
        let length = fault.place.text.as_ref().map_or(0, |text| text.len());
        assert!(fault.place.span.end <= length, "{fault:?} lies outside of its file");
    }
    report::human(&faults.clone().sorted(), false);
}

fn again_as_it_is(css: &str) {
    let sheets = [styling::Sheet { name: "styles/all.css", text: css }];
    match styling::compile(&sheets, &|_, url| Some(url.to_owned())) {
        Ok(again) => assert_eq!(again, css, "a stylesheet changes when it is compiled again"),
        Err(faults) => unreachable!("what was printed is no CSS: {faults:?}\n{css}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_fuzzers_corpus_is_compiled_or_refused() {
        let corpus = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus/theme");
        let mut seen = 0;
        for entry in std::fs::read_dir(corpus).expect("the corpus").flatten() {
            theme(&std::fs::read(entry.path()).expect("readable"));
            seen += 1;
        }
        assert!(seen > 5, "the corpus is missing: {seen} files");
    }

    #[test]
    fn the_theme_itself_has_no_faults_and_its_pages_are_rendered() {
        let (theme, faults) = compiled(&layer(BASE.into_iter()));
        assert!(faults.is_empty(), "{faults:?}");
        let page = theme.expect("compiled").render("fr", "product.html", &context()).expect("rendered");
        assert!(page.contains("2 articles&lt;I TITLE=") && !page.contains(MARKUP), "{page}");
    }
}
