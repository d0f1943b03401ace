//! `build --report`: what pages cost, and what is over budget.

mod shop;

use faults::Severity;
use pages::build::{self, Memory, Options, Outcome};

use shop::{Shop, jpeg};

fn report(shop: &Shop) -> Outcome {
    let options = Options { report: true, ..shop.options() };
    build::build(&options, &mut Memory::default(), &|_, _| {}).expect("the disk works")
}

fn faults(outcome: &Outcome) -> Vec<(Severity, &'static str)> {
    outcome.faults.iter().map(|fault| (fault.severity, fault.code)).collect()
}

/// Text that does not compress.
fn noise(bytes: usize) -> String {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let letters = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        char::from(b"abcdefghijklmnopqrstuvwxyz0123456789"[(state % 36) as usize])
    });
    letters
        .take(bytes)
        .enumerate()
        .flat_map(|(at, letter)| [Some(letter), (at % 9 == 8).then_some(' ')])
        .flatten()
        .collect()
}

fn product(shop: &Shop, story: &str) {
    shop.write("content/products/jarre/jarre.jpg", jpeg(1200, 1500, 90));
    shop.write(
        "content/products/jarre/index.md",
        format!(
            "---\ntitle: Jarre\nsku: JARRE\nadded: 2026-11-02\nprice: 28.00\nsupply: 1\ncategory: bols\n\
             images:\n  - {{ file: jarre.jpg, alt: \"Une jarre\" }}\nweight: 420 g\nmaker: claire\n---\n{story}\n"
        ),
    );
}

#[test]
fn the_default_theme_keeps_within_its_budgets() {
    let shop = Shop::base();
    product(&shop, "Une jarre.");
    let outcome = report(&shop);
    assert!(!outcome.faults.any_error(), "{:?}", outcome.faults);
    let report = outcome.report.expect("a report");
    let product = &report.kinds["product.html"];
    assert!(product.pages >= 4 && report.links > 20);
    assert_eq!(product.requests.0, 6, "HTML, styles, script, two fonts, photo");
    assert!(product.photo.0 > 1000 && product.photo.1.contains("jarre"), "{:?}", product.photo);
    assert!(product.whole.0 > product.text.0 + product.photo.0);
    assert!(report.policy.0 > 100 && report.policy.1 > 0);
    assert!(!report.kinds.contains_key(""), "redirects are no pages");
}

#[test]
fn what_is_over_budget_is_an_error_of_the_default_theme_and_a_warning_in_owners_texts() {
    let shop = Shop::base();
    product(&shop, &noise(40_000));
    shop.write("content/pages/conte.md", format!("---\ntitle: Conte\n---\n{}\n", noise(40_000)));
    let outcome = report(&shop);
    let over = |severity| faults(&outcome).into_iter().filter(|found| *found == (severity, "budget")).count();
    assert_eq!(
        (over(Severity::Error), over(Severity::Warning)),
        (1, 1),
        "the product's story; the owner's own page"
    );
    assert!(outcome.published.is_some(), "the site is there to be looked at");
    let words = outcome.faults.into_iter().map(|fault| fault.message).find(|words| words.contains("jarre"));
    assert!(words.is_some_and(|words| words.contains("14.0 kB at most")));
}

#[test]
fn an_owners_theme_is_warned_and_its_requests_to_others_are_refused() {
    let shop = Shop::base();
    let yaml = std::fs::read_to_string(shop.path().join("content/shop.yaml")).expect("shop.yaml");
    shop.write("content/shop.yaml", format!("{yaml}theme: kid\n"));
    shop.write("themes/kid/theme.yaml", "api: 1\nname: kid\nextends: petit\n");
    let extra = format!(
        "{{% extends \"petit/404.html\" %}}{{% block main %}}<p style=\"color: red\">{}</p>\
         <img src=\"https://tracker.example/p.gif\" alt=\"\">{{{{ super() }}}}{{% endblock main %}}",
        noise(40_000)
    );
    shop.write("themes/kid/templates/404.html", extra);
    let found = faults(&report(&shop));
    assert!(found.contains(&(Severity::Warning, "budget")), "{found:?}");
    assert!(found.contains(&(Severity::Error, "third-party")), "{found:?}");
    assert!(found.contains(&(Severity::Error, "policy")), "{found:?}");
}
