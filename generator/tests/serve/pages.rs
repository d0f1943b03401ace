//! Pages as a browser sees them while files change.

use std::process::Stdio;
use std::time::Duration;

use till::outside::store::sql::SqlStore;
use till::outside::store::{ShopRow, Store as _};

use crate::server::{Server, ask};
use crate::shop::{Shop, whole};

#[test]
fn pages_change_with_their_files_and_faults_are_shown_in_the_page() {
    let shop = whole();
    let server = Server::start(shop.path());
    let page = "/produits/bol/";
    let text = server.until(page, |status, _| status == 200);
    assert!(text.contains("Un bol bleu.") && text.contains("/_bazaar/reload.js"));
    assert!(!shop.path().join("dist").exists(), "serve writes no site");

    // Rename on save, as many editors do.
    let file = shop.path().join("content/products/bol.md");
    let source = std::fs::read_to_string(&file).expect("base");
    shop.write("content/products/.bol.md.swp", source.replace("bleu", "vert"));
    std::fs::rename(shop.path().join("content/products/.bol.md.swp"), &file).expect("renamed");
    server.until(page, |_, text| text.contains("Un bol vert."));

    // A fault: the page stays as it was, with the fault and its place.
    shop.write("content/products/bol.md", source.replace("28.00", "28,00"));
    let text = server.until(page, |_, text| text.contains("bazaar-faults"));
    assert!(text.contains("content/products/bol.md:6:8") && text.contains("Un bol vert."), "{text}");
    shop.write("content/products/bol.md", &source);
    server.until(page, |_, text| !text.contains("bazaar-faults") && text.contains("Un bol bleu."));

    // A broken shop.yaml, and back.
    let settings = std::fs::read_to_string(shop.path().join("content/shop.yaml")).expect("base");
    shop.write("content/shop.yaml", "name: [");
    server.until(page, |status, text| status == 200 && text.contains("content/shop.yaml"));
    shop.write("content/shop.yaml", settings);
    server.until(page, |_, text| !text.contains("bazaar-faults"));

    // A file that is deleted, and comes back.
    shop.remove("content/products/bol.en.md");
    shop.remove("content/products/bol.md");
    server.until(page, |status, _| status == 404);
    shop.write("content/products/bol.md", &source);
    server.until(page, |status, _| status == 200);
}

#[test]
fn a_broken_theme_is_told_and_mended() {
    let shop = whole();
    let settings = std::fs::read_to_string(shop.path().join("content/shop.yaml")).expect("base");
    shop.write("content/shop.yaml", settings + "theme: child\n");
    shop.write("themes/child/theme.yaml", "api: 1\nname: child\nextends: petit\n");
    let template = "{% extends \"petit/404.html\" %}\n{% block main %}<main id=\"main\"><h1>Perdu</h1></main>{% endblock main %}\n";
    shop.write("themes/child/templates/404.html", template);
    let server = Server::start(shop.path());
    server.until("/nothing/", |status, text| status == 404 && text.contains("Perdu"));
    shop.write("themes/child/templates/404.html", template.replace("Perdu", "{{ page.titel }}"));
    let text = server.until("/nothing/", |_, text| text.contains("bazaar-faults"));
    assert!(text.contains("themes/child/templates/404.html:2:") && text.contains("title"), "{text}");
    shop.write("themes/child/templates/404.html", template.replace("Perdu", "Retrouvé"));
    server.until("/nothing/", |_, text| text.contains("Retrouvé") && !text.contains("bazaar-faults"));
}

#[test]
fn a_shop_that_was_never_right_says_what_is_wrong_until_it_is() {
    let shop = whole();
    let settings = std::fs::read_to_string(shop.path().join("content/shop.yaml")).expect("base");
    shop.write("content/shop.yaml", settings.replace("currency: EUR", "currency: euro"));
    let server = Server::start(shop.path());
    let text = server.until("/", |status, _| status == 500);
    assert!(text.contains("content/shop.yaml:5:11") && text.contains("/_bazaar/reload.js"), "{text}");
    shop.write("content/shop.yaml", settings);
    server.until("/", |status, text| status == 200 && text.contains("Atelier"));
}

#[test]
fn a_waiting_browser_is_told_of_a_change() {
    let shop = whole();
    let server = Server::start(shop.path());
    let (_, first) = server.get("/_bazaar/changed?after=0");
    let version: u64 =
        first.rsplit("\r\n\r\n").next().and_then(|body| body.trim().parse().ok()).expect("a version");
    let port = server.port;
    let waiting =
        std::thread::spawn(move || ask(port, "GET", &format!("/_bazaar/changed?after={version}"), "").1);
    std::thread::sleep(Duration::from_millis(200));
    assert!(!waiting.is_finished(), "it answered before anything changed");
    shop.write("content/pages/a.md", "---\ntitle: A\n---\n");
    let answer = waiting.join().expect("joined");
    let newer: u64 =
        answer.rsplit("\r\n\r\n").next().and_then(|body| body.trim().parse().ok()).expect("a version");
    assert!(newer > version);
}

#[test]
fn what_is_sold_on_trial_never_counts_as_sold_by_the_shop() {
    let shop = whole();
    let told = r#"{"BOL":{"sold":0,"held":0,"away":0}}"#;
    shop.write(".bazaar/stock.json", told);
    let server = Server::start(shop.path());
    server.until("/produits/bol/", |status, _| status == 200);
    let trial = shop.path().join(".bazaar/serve-stock.json");
    assert!(trial.is_file(), "what serve sold stands apart");
    let kept = std::fs::read_to_string(shop.path().join(".bazaar/stock.json")).expect("there");
    assert_eq!(kept, told, "what the shop's till told is as it was");
}

#[tokio::test]
async fn a_shops_database_is_not_for_trials() {
    let shop = whole();
    let url = format!("sqlite://{}?mode=rwc", shop.path().join("till.db").display());
    let store = SqlStore::connect(&url, 1).expect("an address");
    store.migrate().await.expect("tables");
    let row = ShopRow { stripe_account: "acct_1".to_owned(), livemode: false };
    assert!(store.claim_shop(&row).await.expect("claimed"));
    let serve = |variables: &[(&str, &str)]| {
        let mut bazaar = crate::program::bazaar();
        bazaar
            .env_clear()
            .arg("--shop")
            .arg(shop.path())
            .args(["serve", "--port", "0"])
            .envs(variables.iter().copied());
        let out = bazaar.output().expect("the program runs");
        (out.status.success(), String::from_utf8_lossy(&out.stderr).into_owned())
    };
    let (well, words) = serve(&[("DATABASE_URL", &url)]);
    assert!(!well && words.contains("keeps the test orders of acct_1: set STRIPE_SECRET_KEY"), "{words}");
    let empty = url.replace("till.db", "empty.db");
    let (well, words) = serve(&[("DATABASE_URL", &empty), ("STRIPE_SECRET_KEY", "sk_test_1")]);
    assert!(!well && words.contains("run `bazaar database init` once"), "{words}");
    for file in ["empty.db", "empty.db-wal"] {
        let bytes = std::fs::read(shop.path().join(file)).unwrap_or_default();
        assert!(!String::from_utf8_lossy(&bytes).contains("CREATE TABLE"), "{file}: tables were made");
    }
}

#[test]
fn a_new_shop_is_served_with_a_till_that_knows_its_product() {
    let empty = Shop::empty();
    for (language, product) in [("fr", "/produits/"), ("en", "/products/")] {
        let folder = empty.path().join(language);
        let mut init = crate::program::bazaar();
        init.arg("init").arg(&folder).args(["--lang", language, "--host", "netlify"]);
        assert!(init.stderr(Stdio::null()).status().expect("the program runs").success());
        let server = Server::start(&folder);
        let home = server.until("/", |status, _| status == 200);
        assert!(home.contains(product), "the home page leads to the first product: {home}");
        let catalog = server.until("/catalog.json", |status, _| status == 200);
        let (_, catalog) = catalog.split_once("\r\n\r\n").expect("a body");
        let catalog: serde_json::Value = serde_json::from_str(catalog).expect("JSON");
        let health = server.until("/api/health", |status, _| status == 200);
        assert!(health.contains(catalog["hash"].as_str().expect("a hash")), "{health}");
        let key = catalog["items"][0]["sku"].as_str().expect("an item");
        let stock = server.until(&format!("/api/stock?key={key}"), |status, _| status == 200);
        assert!(stock.contains(key), "{stock}");
    }
}
