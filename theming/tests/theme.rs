//! Valid themes: what a child changes, what it inherits, and the result.

mod shared;

use serde_json::json;
use shared::{Shop, base, base_with, context, layer};

fn child() -> theming::Layer {
    layer(
        "child",
        &[
            (
                "theme.yaml",
                "api: 1\nname: Child\nextends: base\nphotos: { fallback: 320 }\nsettings:\n  accent: { default: \"#00f\", contrast: { light: white } }\n",
            ),
            (
                "templates/product.html",
                "{% extends \"base/product.html\" %}{% block main %}<i>{{ super() }}</i>{% endblock %}",
            ),
            ("templates/parts/foot.html", "<footer>child {{ asset(path=\"icons/x.svg\") }}</footer>"),
            ("styles/20-b.css", ".from-child { order: 1 }"),
            ("icons/x.svg", "<svg id=\"child\"/>"),
            ("translations/fr.yaml", "cart: { add: \"Au panier\" }\n"),
            ("mails/more.txt", "child"),
        ],
    )
}

fn product(count: i64) -> tera::Context {
    context("product", json!({"title": "Bol <Lune>", "count": count}))
}

#[test]
fn a_page_is_rendered_in_each_language() {
    let theme = Shop::default().theme(&[base()]);
    let render = |lang: &str| theme.render(lang, "product.html", &product(1)).expect("renders");
    assert_eq!(
        render("fr"),
        "<html lang=\"fr\"><h1>Bol &lt;Lune&gt;</h1>1 article<footer>base</footer></html>"
    );
    assert!(render("en").contains("1 item<"));
}

#[test]
fn a_child_overrides_by_path_and_extends_its_parent_by_full_name() {
    let theme = Shop::default().theme(&[child(), base()]);
    let page = theme.render("fr", "product.html", &product(2)).expect("renders");
    let icon = theme.assets.iter().find(|asset| asset.path == "icons/x.svg").expect("there");
    assert_eq!(
        page,
        format!(
            "<html lang=\"fr\"><i><h1>Bol &lt;Lune&gt;</h1>2 articles</i><footer>child {}</footer></html>",
            icon.url
        )
    );
    assert_eq!(&*icon.bytes, b"<svg id=\"child\"/>");
    assert_eq!(theme.name, "child");
}

#[test]
fn a_child_inherits_what_it_leaves_out() {
    let theme = Shop::default().theme(&[child(), base()]);
    assert_eq!((theme.photos.fallback, theme.photos.avif), (320, Some(55)));
    assert_eq!(theme.photos.widths, [320, 640]);
    assert_eq!(theme.settings["accent"], "#00f");
    assert_eq!(theme.settings["columns"], 3);
    assert_eq!(theme.text("fr", "cart.add", None, &[]).as_deref(), Some("Au panier"));
    assert_eq!(theme.text("en", "cart.add", None, &[]).as_deref(), Some("Add"));
    let mails: Vec<&str> = theme.till.templates.keys().map(String::as_str).collect();
    assert_eq!(mails, ["mails/more.txt", "mails/order.txt"]);
    assert_eq!(
        theme.till.words["fr"]["cart.count"],
        [("one", "{n} article".into()), ("other", "{n} articles".into())]
    );
    assert_eq!(theme.till.words["en"]["cart.add"], [("", "Add".to_owned())]);
    assert!(!theme.till.words["en"].contains_key("hello"), "no template of the till says hello");
    assert_eq!(theme.fonts.len(), 1);
    assert!(theme.scripts[0].ends_with("/cart.js"));
}

#[test]
fn a_script_imports_the_childs_file_at_its_address() {
    let importing = base_with(&[
        ("scripts/cart.js", "// Types: import(\"./none.js\").\nimport { a } from \"./parts/a.js\"; // a\n"),
        ("scripts/parts/a.js", "export const a = \"base\";"),
    ]);
    let mut child = child();
    child.files.extend(layer("child", &[("scripts/parts/a.js", "export const a = \"child\";")]).files);
    let of = |layers: &[theming::Layer]| {
        let theme = Shop::default().theme(layers);
        let asset = |path: &str| theme.assets.iter().find(|asset| asset.path == path).expect("there").clone();
        (asset("scripts/cart.js"), asset("scripts/parts/a.js"))
    };
    let (cart, part) = of(&[child, importing.clone()]);
    assert_eq!(&*part.bytes, b"export const a = \"child\";");
    let served = format!("import {{ a }} from \"{}\";\n", part.url);
    assert_eq!(std::str::from_utf8(&cart.bytes), Ok(served.as_str()));
    assert_ne!(of(&[importing]).0.url, cart.url, "what it imports is part of what it is");
}

#[test]
fn the_stylesheet_begins_with_settings_and_ends_with_the_child() {
    let shop = Shop { extra_css: ".c-0{color:#000}", settings: "accent: brick\n", ..Shop::default() };
    let theme = shop.theme(&[child(), base()]);
    let css = String::from_utf8(theme.css.bytes.to_vec()).expect("text");
    let icon = theme.assets.iter().find(|asset| asset.path == "icons/x.svg").expect("there");
    assert_eq!(
        css,
        format!(
            ":root{{--accent:#8c3a21;--columns:3}}\
             @media (prefers-color-scheme:dark){{:root:not([data-theme=light]){{--accent:#f0a58c}}}}\
             :root[data-theme=dark]{{--accent:#f0a58c}}.c-0{{color:#000}}\
             body{{color:var(--accent);background:url({})}}.from-child{{order:1}}",
            icon.url
        )
    );
    assert!(theme.css.url.starts_with("/_/") && theme.css.url.ends_with("/style.css"));
}

#[test]
fn the_owner_chooses_settings() {
    let shop = Shop { settings: "accent: \"#123\"\ndensity: compact\ncolumns: 2\n", ..Shop::default() };
    let theme = shop.compile(&[base()]);
    // #123 is dark on white, but hardly visible on #111: there it is shown lighter, with a warning.
    let lines = shared::lines(theme.1);
    assert!(lines.len() == 1 && lines[0].contains("`accent` is shown lighter in dark mode"), "{lines:?}");
    let css = String::from_utf8(theme.0.expect("a theme").css.bytes.to_vec()).expect("text");
    assert!(css.starts_with(":root{--accent:#123;") && css.contains("{--accent:oklch(0."), "{css}");
    let shop = Shop { settings: "density: compact\ncolumns: 2\n", ..Shop::default() };
    let theme = shop.theme(&[base()]);
    assert_eq!((&theme.settings["density"], &theme.settings["columns"]), (&json!("compact"), &json!(2)));
}

#[test]
fn a_text_is_plain_unless_its_key_says_html() {
    let files = [
        (
            "translations/fr.yaml",
            "hello: \"<b>{name}</b>\"\nhello_html: \"<b>{name}</b>\"\ncart:\n  count: { one: a, other: b }\n",
        ),
        (
            "translations/en.yaml",
            "hello: \"<b>{name}</b>\"\nhello_html: \"<b>{name}</b>\"\ncart:\n  count: { one: a, other: b }\n",
        ),
        (
            "templates/home.html",
            "{{ t(key=\"hello\", name=home.who) }} {{ t(key=\"hello_html\", name=home.who) }}",
        ),
    ];
    let theme = Shop::default().theme(&[base_with(&files)]);
    assert_eq!(
        theme.render("fr", "home.html", &context("home", json!({"who": "<A>"}))).expect("renders"),
        "&lt;b&gt;&lt;A&gt;&lt;/b&gt; <b>&lt;A&gt;</b>"
    );
    assert_eq!(theme.text("fr", "hello", None, &[("name", "<A>")]).as_deref(), Some("<b><A></b>"));
    assert_eq!(theme.text("fr", "hello_html", None, &[("name", "<A>")]).as_deref(), Some("<b>&lt;A&gt;</b>"));
}

#[test]
fn plurals_follow_each_language() {
    let polish = "hello: \"Cześć {name}\"\ncart:\n  count: { one: \"{n} rzecz\", few: \"{n} rzeczy\", many: \"{n} sztuk\", other: \"{n} rzeczy\" }\n  add: Dodaj\n";
    let shop = Shop { languages: &["fr", "en", "pl"], ..Shop::default() };
    let theme = shop.theme(&[base_with(&[("translations/pl.yaml", polish)])]);
    let count = |lang: &str, n: i64| theme.text(lang, "cart.count", Some(n), &[]).expect("a text");
    assert_eq!(
        [count("fr", 0), count("fr", 1), count("fr", 1234)],
        ["0 article", "1 article", "1\u{202f}234 articles"]
    );
    assert_eq!([count("en", 0), count("en", 1), count("en", 1234)], ["0 items", "1 item", "1,234 items"]);
    assert_eq!([count("pl", 1), count("pl", 22), count("pl", 5)], ["1 rzecz", "22 rzeczy", "5 sztuk"]);
    assert_eq!(theme.text("fr", "cart.count", None, &[]), None);
    assert_eq!(theme.text("fr", "nothing", None, &[]), None);
    assert_eq!(theme.text("de", "hello", None, &[("name", "A")]), None);
}

#[test]
fn a_digest_changes_with_what_a_page_can_show_and_nothing_else() {
    let digest = |files: &[(&str, &str)], lang: &str, template: &str| {
        Shop::default().theme(&[base_with(files)]).digest(lang, template)
    };
    let before = digest(&[], "fr", "product.html");
    let same = [
        ("templates/home.html", "{{ home.who }}"),
        ("templates/unused.html", "x"),
        ("styles/20-b.css", ".x { order: 2 }"),
        ("mails/order.txt", "other"),
    ];
    for edit in same {
        assert_eq!(digest(&[edit], "fr", "product.html"), before, "{}", edit.0);
    }
    let english =
        "hello: \"Hi {name}\"\ncart:\n  count: { one: \"{n} item\", other: \"{n} items\" }\n  add: Add\n";
    assert_eq!(digest(&[("translations/en.yaml", english)], "fr", "product.html"), before);
    assert_ne!(
        digest(&[("translations/en.yaml", english)], "en", "product.html"),
        digest(&[], "en", "product.html")
    );
    let other = [
        ("templates/parts/foot.html", "<footer>other</footer>"),
        ("templates/layout.html", "{% block main %}{% endblock %}"),
        ("icons/x.svg", "<svg id=\"other\"/>"),
    ];
    for edit in other {
        assert_ne!(digest(&[edit], "fr", "product.html"), before, "{}", edit.0);
    }
    assert_ne!(digest(&[], "en", "product.html"), before);
    let theme = Shop::default().theme(&[child(), base()]);
    assert_ne!(theme.digest("fr", "product.html"), before);
}

#[test]
fn what_fails_while_rendering_is_told_at_its_line() {
    let template = "{% set key = \"no\" ~ lang %}\n<p>é {{ t(key=key) }}</p>";
    let theme = Shop::default().theme(&[base_with(&[("templates/home.html", template)])]);
    let fault =
        theme.render("fr", "home.html", &context("home", json!({"who": "x"}))).expect_err("no such text");
    assert_eq!(fault.place.line_column(), (2, 9));
    assert_eq!(&*fault.place.file, "themes/base/templates/home.html");
    assert_eq!(fault.message, "there is no text `nofr`");
    assert_eq!(fault.help.as_deref(), Some("see translations/*.yaml of the theme"));

    let template = "{% set path = \"icons/\" ~ lang %}{{ asset(path=path) }}";
    let theme = Shop::default().theme(&[base_with(&[("templates/home.html", template)])]);
    let fault =
        theme.render("fr", "home.html", &context("home", json!({"who": "x"}))).expect_err("no such file");
    assert_eq!(fault.message, "the theme has no file `icons/fr`");
    assert_eq!(fault.help.as_deref(), Some("name a file of scripts/, fonts/, icons/ or images/"));

    let theme = Shop::default().theme(&[base()]);
    let fault = theme.render("fr", "product.html", &tera::Context::new()).expect_err("no product");
    assert_eq!(&*fault.place.file, "themes/base/templates/layout.html");
    let fault = theme.render("de", "product.html", &product(1)).expect_err("no German");
    assert_eq!(fault.message, "the theme `base` was not made ready for the language `de`");
}

#[test]
fn a_theme_says_which_one_it_extends() {
    assert_eq!(theming::extends(&child()).as_deref(), Some("base"));
    assert_eq!(theming::extends(&base()), None);
}

#[test]
fn threads_may_share_a_theme() {
    fn shared<T: Send + Sync>() {}
    shared::<theming::Theme>();
}
