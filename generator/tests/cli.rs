//! The program as it is called: exit statuses, which output goes where, new files and new shops.

mod program;
#[path = "../../pages/tests/shop/mod.rs"]
mod shop;

use std::process::{Command, Output};

use shop::{Shop, whole};

fn bazaar(arguments: &[&str]) -> Output {
    program::bazaar().args(arguments).output().expect("the program runs")
}

fn in_shop(shop: &Shop, arguments: &[&str]) -> Output {
    let folder = shop.path().to_string_lossy();
    bazaar(&[&["--shop", &folder], arguments].concat())
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_shop_without_faults_builds_and_says_so() {
    let shop = Shop::base();
    let out = in_shop(&shop, &["build"]);
    let words = text(&out.stderr);
    assert!(out.status.success(), "{words}");
    assert!(words.contains("pages (all new)") && out.stdout.is_empty(), "{words}");
    assert!(shop.path().join("dist/index.html").exists() && shop.path().join(".bazaar/snapshot").exists());
    assert!(!shop.path().join(".bazaar/incomplete").exists());
}

#[test]
fn faults_end_with_status_1_and_publish_nothing() {
    let shop = whole();
    shop.write("content/products/x.md", "---\ntitle: a\nsku: X\nprice: 28,00\nsupply: 1\n---\n");
    let out = in_shop(&shop, &["build"]);
    assert_eq!(out.status.code(), Some(1));
    let words = text(&out.stderr);
    assert!(
        words.contains("content/products/x.md:4:8")
            && words.contains("1 error and 4 warnings: nothing was published"),
        "{words}"
    );
    assert!(!shop.path().join("dist").exists());
}

#[test]
fn what_was_published_stays_when_the_next_build_has_faults() {
    let shop = Shop::base();
    in_shop(&shop, &["build"]);
    let before = shop.site();
    shop.write("content/products/x.md", "---\ntitle: a\n---\n");
    assert_eq!(in_shop(&shop, &["build"]).status.code(), Some(1));
    assert!(before == shop.site());
}

#[test]
fn wrong_usage_ends_with_status_2() {
    let shop = Shop::base();
    for arguments in [
        vec!["bulid"],
        vec!["build", "--jobs", "0"],
        vec!["build", "--now", "tomorrow"],
        vec!["build", "--base-url", "shop"],
        vec!["build", "--base-url", "http://shop.example"],
        vec!["build", "--base-url", "https://shop,example"],
    ] {
        assert_eq!(in_shop(&shop, &arguments).status.code(), Some(2), "{arguments:?}");
    }
    assert_eq!(bazaar(&["--shop", "/nowhere/at/all", "build"]).status.code(), Some(2));
    shop.write("dist/mine.txt", "mine");
    let out = in_shop(&shop, &["build"]);
    assert_eq!(out.status.code(), Some(2), "{}", text(&out.stderr));
}

#[cfg(unix)]
#[test]
fn a_disk_that_refuses_ends_with_status_3() {
    let shop = Shop::base();
    shop.write("a-file", "x");
    let out = in_shop(&shop, &["build", "--out", &shop.path().join("a-file/dist").to_string_lossy()]);
    assert_eq!(out.status.code(), Some(3), "{}", text(&out.stderr));
}

#[test]
fn check_prints_for_people_programs_and_github() {
    let shop = Shop::base();
    shop.write("content/products/x.md", "---\ntitle: a\nsku: X\nprice: 28,00\nsupply: 1\n---\n");
    let json = in_shop(&shop, &["check", "--format", "json"]);
    assert_eq!(json.status.code(), Some(1));
    let faults: serde_json::Value = serde_json::from_slice(&json.stdout).expect("JSON alone on stdout");
    assert!(
        faults
            .as_array()
            .expect("a list")
            .iter()
            .any(|fault| fault["code"] == "price-comma" && fault["line"] == 4)
    );
    let github = in_shop(&shop, &["check", "--format", "github"]);
    assert!(
        text(&github.stdout).contains("::error file=content/products/x.md,line=4,col=8,title=price-comma::")
    );
    assert!(!shop.path().join("dist").exists());
}

#[test]
fn quiet_says_nothing_when_nothing_is_wrong() {
    let shop = whole();
    let out = in_shop(&shop, &["--quiet", "build"]);
    assert_eq!((text(&out.stdout), text(&out.stderr)), (String::new(), String::new()));
}

#[test]
fn a_new_product_is_read_by_check_and_never_overwrites() {
    let shop = Shop::base();
    let out = in_shop(&shop, &["new", "product", "Vase « Brume » : grand"]);
    let words = text(&out.stderr);
    assert!(out.status.success() && words.contains("`draft: true`"), "it says what comes next: {words}");
    assert!(in_shop(&shop, &["build"]).status.success());
    assert!(!shop.site().keys().any(|path| path.contains("vase-brume")), "it is not for sale yet");
    assert!(shop.path().join("content/products/vase-brume-grand/index.md").exists());
    let codes = shop.codes();
    assert!(codes.iter().all(|code| matches!(*code, "untranslated" | "no-weight")), "{codes:?}");
    assert_eq!(in_shop(&shop, &["new", "product", "Vase Brume Grand"]).status.code(), Some(2));
    assert_eq!(in_shop(&shop, &["new", "product", "!!!"]).status.code(), Some(2));
}

#[test]
fn a_new_product_is_explained_in_the_language_that_is_spoken() {
    let written = |language: &str| {
        let shop = Shop::base();
        let run = |arguments: &[&str]| {
            let mut bazaar = program::bazaar();
            bazaar.env("BAZAAR_LANG", language).arg("--shop").arg(shop.path()).args(arguments);
            let out = bazaar.output().expect("the program runs");
            assert!(out.status.success(), "{language} {arguments:?}: {}", text(&out.stderr));
        };
        run(&["new", "product", "Vase « Brume »"]);
        run(&["check", "--drafts"]);
        let path = shop.path().join("content/products/vase-brume/index.md");
        let written = std::fs::read_to_string(path).expect("written");
        // The two runs may be on either side of midnight.
        written.lines().filter(|line| !line.starts_with("added: ")).map(|line| format!("{line}\n")).collect()
    };
    let (english, french): (String, String) = (written("en"), written("fr"));
    assert!(french.contains("# Dans la devise de la boutique, TVA comprise\nprice: 28.00\n"), "{french}");
    assert!(english.contains("# In the shop's currency, VAT included\nprice: 28.00\n"), "{english}");
    assert_eq!(english.lines().count(), french.lines().count());
    for (english, french) in english.lines().zip(french.lines()) {
        let explains = english.starts_with("# ");
        assert_eq!(explains, french.starts_with("# "), "{english}\n{french}");
        assert_eq!(explains, english != french, "only what explains is translated: {english}\n{french}");
    }
}

#[test]
fn a_new_shop_passes_check_at_once_in_every_language_for_both_hosts() {
    for (language, host, of_host) in [
        ("fr", "netlify", "netlify.toml"),
        ("en", "netlify", "deploy/netlify/index.js"),
        ("fr", "aws", "deploy/aws.env"),
        ("en", "aws", ".github/workflows/publish.yml"),
        ("de", "netlify", "netlify.toml"),
        ("it", "netlify", "netlify.toml"),
        ("es", "aws", "deploy/aws.env"),
        ("nl", "netlify", "netlify.toml"),
    ] {
        let shop = Shop::empty();
        let folder = shop.path().join("new");
        let folder = folder.to_string_lossy();
        let out = bazaar(&["init", &folder, "--lang", language, "--host", host]);
        let words = text(&out.stderr);
        assert!(out.status.success() && words.contains(of_host), "{words}");
        let read = matches!(language, "fr" | "en");
        assert_eq!(words.contains("translated by machine"), !read, "{words}");
        for file in [of_host, "README.md", "deploy/build.sh", ".github/workflows/pull-request.yml"] {
            assert!(shop.path().join("new").join(file).is_file(), "{file}");
        }
        let speaks =
            std::fs::read_to_string(shop.path().join("new/.github/workflows/publish.yml")).expect("written");
        let spoken = if language == "fr" { "BAZAAR_LANG: fr" } else { "BAZAAR_LANG: en" };
        assert!(speaks.contains(spoken), "the messages are in the owner's language: {speaks}");
        let version = std::fs::read_to_string(shop.path().join("new/.bazaar-version")).expect("written");
        assert!(version.starts_with(concat!(env!("CARGO_PKG_VERSION"), "\nhttps://")), "{version}");
        let out = bazaar(&["--shop", &folder, "check"]);
        let words = text(&out.stderr);
        assert!(out.status.success() && words.contains("nothing is wrong"), "{words}");
        assert!(bazaar(&["--shop", &folder, "build"]).status.success());
        let again = text(&bazaar(&["--shop", &folder, "build"]).stderr);
        assert!(again.contains(" 0 written"), "nothing changed: {again}");
        let kinds = std::fs::read_dir(shop.path().join("new/content/pages"))
            .expect("pages")
            .flatten()
            .filter(|page| {
                let text = std::fs::read_to_string(page.path()).expect("readable");
                text.contains("\nkind: ") && text.contains("\ndraft: true")
            });
        assert_eq!(kinds.count(), 4, "the legal pages wait for the owner's words");
        assert!(bazaar(&["--shop", &folder, "check", "--drafts"]).status.success());
        assert_eq!(bazaar(&["init", &folder]).status.code(), Some(2));
    }
}

#[test]
fn the_schema_is_json_schema_for_every_kind() {
    let all: serde_json::Value = serde_json::from_slice(&bazaar(&["schema"]).stdout).expect("JSON");
    for kind in ["shop", "product", "category", "collection", "maker", "page", "translation"] {
        assert_eq!(all["$defs"][kind]["type"], "object", "{kind}");
        let one: serde_json::Value = serde_json::from_slice(&bazaar(&["schema", kind]).stdout).expect("JSON");
        assert_eq!(one["properties"], all["$defs"][kind]["properties"]);
    }
    assert_eq!(bazaar(&["schema", "prodct"]).status.code(), Some(2));
}

#[test]
fn every_description_of_the_schema_is_in_the_language_that_is_spoken() {
    fn collect(value: &serde_json::Value, all: &mut Vec<String>) {
        match value {
            serde_json::Value::Object(fields) => {
                // A field may have this name, too; then it is not a text.
                all.extend(fields.get("description").and_then(|text| text.as_str()).map(str::to_owned));
                fields.values().for_each(|value| collect(value, all));
            }
            serde_json::Value::Array(values) => values.iter().for_each(|value| collect(value, all)),
            _ => {}
        }
    }
    let descriptions = |language: &str| {
        let out = program::bazaar().env("BAZAAR_LANG", language).arg("schema").output().expect("it runs");
        let schema: serde_json::Value = serde_json::from_slice(&out.stdout).expect("JSON");
        let mut all = Vec::new();
        collect(&schema, &mut all);
        (schema["title"].clone(), all)
    };
    let ((english_title, english), (french_title, french)) = (descriptions("en"), descriptions("fr"));
    assert_ne!(english_title, french_title);
    assert!(english.len() > 150, "{}", english.len());
    assert_eq!(english.len(), french.len());
    for (english, french) in english.iter().zip(&french) {
        let said = |text: &str, example: &str| {
            let (doc, shown) = text.split_once(example).unwrap_or_else(|| panic!("no `{example}`: {text}"));
            (doc.to_owned(), shown.to_owned())
        };
        let (english, french) = (said(english, ". Example: "), said(french, ". Exemple\u{a0}: "));
        assert_ne!(english.0, french.0);
        assert_eq!(english.1, french.1, "the example is what stands in a file");
    }
}

#[test]
fn drafts_are_built_only_when_asked_for_and_never_listed() {
    let shop = Shop::base();
    shop.write("content/products/x.md", "---\ntitle: a\nsku: X\nprice: 2.00\nsupply: 1\ndraft: true\n---\n");
    in_shop(&shop, &["build"]);
    assert!(!shop.site().contains_key("produits/x/index.html"));
    in_shop(&shop, &["build", "--drafts"]);
    let site = shop.site();
    assert!(text(&site["produits/x/index.html"]).contains("noindex"));
    assert!(text(&site["robots.txt"]).contains("Disallow: /\n"));
}

#[test]
fn no_database_or_no_key_is_told_before_anything_is_asked() {
    let shop = Shop::base();
    let ask = |words: &[&str], variables: &[(&str, &str)]| {
        let mut bazaar = program::bazaar();
        bazaar.env_clear().arg("--shop").arg(shop.path()).args(words).envs(variables.iter().copied());
        let out = bazaar.output().expect("the program runs");
        (out.status.code(), text(&out.stderr))
    };
    let database = ("DATABASE_URL", "postgres://till:s3cret@127.0.0.1:1/shop");
    for (words, variables, said) in [
        (&["database", "migrate"][..], &[][..], "set DATABASE_DIRECT_URL"),
        (&["database", "init"], &[("DATABASE_URL", " ")], "set DATABASE_DIRECT_URL"),
        (&["database", "init"], &[database], "STRIPE_SECRET_KEY is not set"),
        (&["database", "init"], &[database, ("STRIPE_SECRET_KEY", "pk_test_1")], "is no secret key"),
        (&["orders"], &[], "set DATABASE_URL"),
        (&["stock"], &[], "set DATABASE_URL"),
    ] {
        let (status, words) = ask(words, variables);
        assert!(status == Some(2) && words.contains(said), "{said}: {words}");
    }
    for words in [&["database", "migrate"][..], &["orders"]] {
        let (status, words) = ask(words, &[database]);
        assert!(
            status == Some(3) && words.contains("127.0.0.1:1/shop: the database cannot be reached"),
            "{words}"
        );
        assert!(words.contains("%40 for @") && !words.contains("s3cret"), "{words}");
    }
    let (_, words) = ask(
        &["orders"],
        &[("DATABASE_URL", "postgres://t@127.0.0.1:1/s?sslmode=verify-full&sslrootcert=/no/ca.pem")],
    );
    assert!(words.contains("there is no file /no/ca.pem"), "{words}");
}

#[test]
fn the_database_that_is_migrated_is_the_tills() {
    let shop = Shop::base();
    for (set, chosen, tills) in [
        (
            &["DATABASE_URL", "NETLIFY_DATABASE_URL", "NETLIFY_DATABASE_URL_UNPOOLED"][..],
            "DATABASE_URL",
            "DATABASE_URL",
        ),
        (&["DATABASE_URL", "DATABASE_DIRECT_URL"], "DATABASE_DIRECT_URL", "DATABASE_URL"),
        (
            &["NETLIFY_DATABASE_URL", "NETLIFY_DATABASE_URL_UNPOOLED", "NETLIFY_DB_URL"],
            "NETLIFY_DATABASE_URL_UNPOOLED",
            "NETLIFY_DATABASE_URL",
        ),
        (&["NETLIFY_DATABASE_URL", "NETLIFY_DB_URL"], "NETLIFY_DATABASE_URL", "NETLIFY_DATABASE_URL"),
        (&["NETLIFY_DB_URL"], "NETLIFY_DB_URL", "NETLIFY_DB_URL"),
    ] {
        for (words, named) in [(&["database", "migrate"][..], chosen), (&["orders"], tills)] {
            let mut bazaar = program::bazaar();
            bazaar.env_clear().arg("--shop").arg(shop.path()).args(words);
            bazaar.envs(set.iter().map(|name| (name, format!("postgres://t@127.0.0.1:1/{name}"))));
            let words = text(&bazaar.output().expect("the program runs").stderr);
            assert!(words.contains(&format!("127.0.0.1:1/{named}: ")), "{set:?}: {words}");
        }
    }
}

#[test]
fn an_empty_database_is_never_brought_up_to_date_on_the_way() {
    let shop = Shop::base();
    let file = shop.path().join("till.db");
    let migrate = |url: &str| {
        let mut bazaar = program::bazaar();
        bazaar.arg("--shop").arg(shop.path()).args(["database", "migrate"]);
        // The direct address comes first: a pooler keeps no session.
        bazaar.env("DATABASE_DIRECT_URL", url).env("DATABASE_URL", "postgres://pooler.invalid/shop");
        bazaar.output().expect("the program runs")
    };
    let out = migrate(&format!("sqlite://{}?mode=rwc", file.display()));
    assert_eq!(out.status.code(), Some(2));
    let words = text(&out.stderr);
    assert!(words.contains("bazaar database init") && words.contains("docs/operations.md"), "{words}");
    let out = migrate("sqlite:///nowhere/at/all/till.db");
    assert_eq!(
        out.status.code(),
        Some(3),
        "a database that does not answer is another matter: {}",
        text(&out.stderr)
    );
}

#[test]
fn a_language_that_the_theme_lacks_is_written_down_translated_and_spoken() {
    let shop = Shop::base();
    let out = in_shop(&shop, &["theme", "words", "pt-BR"]);
    let words = text(&out.stderr);
    assert!(out.status.success(), "{words}");
    assert!(words.contains("themes/petit/translations/pt-BR.yaml: the theme's words in `fr`"), "{words}");
    assert_eq!(in_shop(&shop, &["theme", "words", "pt-BR"]).status.code(), Some(2), "nothing is overwritten");

    let settings = std::fs::read_to_string(shop.path().join("content/shop.yaml")).expect("readable");
    shop.write("content/shop.yaml", settings.replace("[fr, en]", "[fr, en, pt-BR]") + "untranslated: hide\n");
    let out = in_shop(&shop, &["check"]);
    let words = text(&out.stderr);
    assert!(out.status.success() && words.contains("texts of `pt-BR` are still in `fr`"), "{words}");

    let path = "themes/petit/translations/pt-BR.yaml";
    let written = std::fs::read_to_string(shop.path().join(path)).expect("readable");
    let (_, translated) = written.split_once('\n').expect("a first line");
    shop.write(path, translated.replace("Tous les objets", "Todas as peças").replace("produits", "produtos"));
    let out = in_shop(&shop, &["build"]);
    let words = text(&out.stderr);
    assert!(out.status.success() && !words.contains("are still in"), "{words}");
    let page = std::fs::read_to_string(shop.path().join("dist/pt-br/produtos/index.html"))
        .or_else(|_| std::fs::read_to_string(shop.path().join("dist/pt-BR/produtos/index.html")));
    assert!(page.expect("a list of products").contains("Todas as peças"));
}

#[test]
fn the_words_of_a_language_that_the_theme_speaks_can_be_corrected() {
    let shop = Shop::base();
    let out = in_shop(&shop, &["theme", "words", "de"]);
    assert!(
        out.status.success() && text(&out.stderr).contains("correct what you like"),
        "{}",
        text(&out.stderr)
    );
    for (arguments, says) in [
        (&["theme", "words", "deutsch"][..], "is not a language tag"),
        (&["theme", "words", "pt", "--from", "xx"][..], "begin from `de`, `en`"),
    ] {
        let out = in_shop(&shop, arguments);
        assert_eq!(out.status.code(), Some(2));
        assert!(text(&out.stderr).contains(says), "{}", text(&out.stderr));
    }

    // A theme without any texts begins with those of the default theme.
    let settings = std::fs::read_to_string(shop.path().join("content/shop.yaml")).expect("readable");
    shop.write("content/shop.yaml", settings + "theme: mine\n");
    shop.write("themes/mine/theme.yaml", "api: 1\nname: mine\n");
    assert!(in_shop(&shop, &["theme", "words", "fr"]).status.success());
    assert!(shop.path().join("themes/mine/translations/fr.yaml").exists());
}

#[test]
fn the_language_is_bazaar_lang_or_the_systems() {
    let shop = Shop::empty();
    let say = |set: &[(&str, &str)], arguments: &[&str]| {
        let mut bazaar = Command::new(env!("CARGO_BIN_EXE_bazaar"));
        for name in ["BAZAAR_LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"] {
            bazaar.env_remove(name);
        }
        let out = bazaar.current_dir(shop.path()).envs(set.iter().copied()).args(arguments).output();
        let out = out.expect("the program runs");
        text(&out.stdout) + &text(&out.stderr)
    };
    let (english, french) = ("no shop here", "pas de boutique ici");
    for (set, said) in [
        (vec![], english),
        (vec![("LANG", "fr_FR.UTF-8")], french),
        (vec![("LC_ALL", "fr_CA.UTF-8"), ("LANG", "en_US.UTF-8")], french),
        (vec![("BAZAAR_LANG", "fr"), ("LANG", "en_US.UTF-8")], french),
        (vec![("BAZAAR_LANG", "en"), ("LANG", "fr_FR.UTF-8")], english),
        (vec![("BAZAAR_LANG", ""), ("LANG", "fr_FR.UTF-8")], french),
        (vec![("LANG", "de_DE.UTF-8")], english),
        (vec![("LANG", "C.UTF-8")], english),
    ] {
        assert!(say(&set, &["check"]).contains(said), "{set:?}");
    }
    // Help, and mistakes in what was typed.
    let both = |arguments: &[&str]| ["en", "fr"].map(|tag| say(&[("BAZAAR_LANG", tag)], arguments));
    for (arguments, words) in [
        (vec!["--help"], ["Make the site", "Construire le site"]),
        (vec!["build", "--help"], ["Print help", "Afficher l’aide"]),
        (vec!["init", "--help"], ["- de: German", "- de: allemand"]),
        (vec!["help", "stock"], ["Usage:", "Utilisation :"]),
        (vec!["biuld"], ["do you mean `build`?", "vouliez-vous dire `build` ?"]),
        (vec!["build", "--bse-url", "x"], ["unexpected argument", "argument inattendu"]),
        (vec!["package"], ["there must be more: --target", "il manque : --target"]),
        (vec!["package", "--target", "x"], ["write `netlify` or `lambda`", "écrivez `netlify` ou `lambda`"]),
        (vec!["build", "--jobs", "many"], ["`many` is not a value", "`many` n’est pas une valeur"]),
        (vec!["build", "--jobs"], ["a value is missing", "il manque une valeur"]),
        (vec!["build", "--quiet", "--quiet"], ["is given twice", "est donné deux fois"]),
    ] {
        for (said, words) in both(&arguments).iter().zip(words) {
            let plain = said.replace(['\u{a0}', '\u{202f}'], " ");
            assert!(plain.contains(words), "{arguments:?}: no `{words}` in\n{said}");
        }
    }
}
