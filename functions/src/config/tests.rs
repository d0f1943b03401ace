//! What the environment must contain, and what is reported if it does not.

use super::*;
use crate::perform::Limits;
use std::collections::BTreeMap;

fn shop(context: Context) -> Shop {
    let mut settings = crate::testing::settings();
    settings.till.context = context;
    Shop::new(catalog::Snapshot::write(&settings, &[]).expect("json")).expect("a snapshot")
}

fn whole() -> BTreeMap<&'static str, String> {
    BTreeMap::from([
        ("STRIPE_SECRET_KEY", "sk_test_1".to_owned()),
        ("STRIPE_WEBHOOK_SECRETS", "whsec_1, whsec_2".to_owned()),
        ("DATABASE_URL", "sqlite::memory:".to_owned()),
        ("TILL_LINK_KEYS", "k".repeat(32)),
        ("TILL_SWEEP_SECRET", "s".repeat(16)),
        ("SMTP_URL", "smtps://u:p@mail.example.com".to_owned()),
    ])
}

fn troubles(variables: &BTreeMap<&'static str, String>, context: Context) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let _inside = runtime.enter();
    till(&|name| variables.get(name).cloned(), shop(context)).err().unwrap_or_default()
}

#[test]
fn a_whole_environment_makes_a_till() {
    assert_eq!(troubles(&whole(), Context::Preview), Vec::<String>::new());
}

#[test]
fn each_missing_variable_is_named_at_once() {
    let found = troubles(&BTreeMap::new(), Context::Local).join("\n");
    for name in ["STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRETS", "TILL_LINK_KEYS"] {
        let what = VARIABLES.iter().find(|(known, _)| *known == name).map_or("", |(_, what)| what);
        assert!(!what.is_empty() && found.contains(&format!("{name} is not set: {what}")), "{name}: {found}");
        assert_eq!(found.matches(name).count(), 1, "said once: {found}");
    }
    for name in [
        "STRIPE_SECRET_KEY",
        "STRIPE_WEBHOOK_SECRETS",
        "DATABASE_URL",
        "TILL_LINK_KEYS",
        "TILL_SWEEP_SECRET",
        "SMTP_URL",
    ] {
        assert_eq!(found.matches(&format!("{name} is not set")).count(), 1, "{name} in\n{found}");
    }
}

#[test]
fn live_keys_need_a_production_build_and_the_other_way() {
    let mut live = whole();
    live.insert("STRIPE_SECRET_KEY", "rk_live_1".to_owned());
    assert!(troubles(&live, Context::Preview)[0].contains("no production build"));
    assert!(troubles(&live, Context::Production).is_empty());
    assert!(troubles(&whole(), Context::Production)[0].contains("nobody would pay"));
}

#[test]
fn no_trouble_repeats_a_secret() {
    let mut wrong = whole();
    for name in
        ["TILL_LINK_KEYS", "TILL_SWEEP_SECRET", "SMTP_URL", "SMTP_FROM", "DATABASE_URL", "TILL_BUILD_HOOK"]
    {
        wrong.insert(name, "hunter2".to_owned());
    }
    let found = troubles(&wrong, Context::Local);
    assert!(found.len() >= 4 && !found.join("\n").contains("hunter2"), "{found:?}");
}

/// The till and its HTTP configuration, from complete variables with this change.
fn made(change: &[(&'static str, &str)], context: Context) -> (Till, HttpConfig) {
    let mut variables = whole();
    variables.extend(change.iter().map(|(name, value)| (*name, (*value).to_owned())));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let _inside = runtime.enter();
    till(&|name| variables.get(name).cloned(), shop(context))
        .unwrap_or_else(|troubles| panic!("{troubles:?}"))
}

#[test]
fn each_variable_goes_to_its_own_place() {
    let (till, http) = made(
        &[
            ("TILL_EDGE_SECRET", "edge-1,edge-2"),
            ("TILL_CLIENT_HEADER", "x-client"),
            ("TILL_HOST_HEADER", " x-host "),
            ("STRIPE_ACCOUNT", "acct_1"),
            ("SMTP_FROM", "shop@mails.example"),
            ("TILL_SWEEP_SECRET", "sweep-secret-one, sweep-secret-two,"),
        ],
        Context::Preview,
    );
    assert_eq!(http.webhook_secrets, ["whsec_1", "whsec_2"]);
    assert_eq!(http.sweep_secrets, ["sweep-secret-one", "sweep-secret-two"]);
    assert_eq!(http.edge_secrets, ["edge-1", "edge-2"]);
    assert_eq!(http.client, ClientSource::Header("x-client".to_owned()));
    assert_eq!(http.host_header.as_deref(), Some("x-host"));
    assert_eq!((http.trouble, http.pay_origin), (None, None));
    assert_eq!(till.ledger.owner, Some(ShopRow { stripe_account: "acct_1".to_owned(), livemode: false }));
    assert_eq!(
        (till.sends.base.as_str(), till.ledger.limits),
        ("https://shop.example.com", Limits::default())
    );
    assert!(format!("{:?}", till.sends.templates).contains("mails.example"), "{:?}", till.sends.templates);
    assert!(till.sends.links.token("K7QM-4XTB-9D").starts_with("1."));

    let (till, http) = made(&[("STRIPE_SECRET_KEY", "sk_live_1")], Context::Production);
    assert_eq!(till.ledger.owner, Some(ShopRow { stripe_account: String::new(), livemode: true }));
    assert_eq!((http.client, http.host_header), (ClientSource::Connection, None));
    assert_eq!(http.edge_secrets, Vec::<String>::new());
}

#[test]
fn what_is_written_and_holds_nothing_is_not_taken_for_left_out() {
    for name in ["STRIPE_WEBHOOK_SECRETS", "TILL_SWEEP_SECRET", "TILL_EDGE_SECRET"] {
        let mut commas = whole();
        commas.insert(name, " , ,".to_owned());
        let found = troubles(&commas, Context::Preview);
        assert!(found.len() == 1 && found[0].starts_with(name), "{name}: {found:?}");
    }
}

#[test]
fn a_sweep_secret_has_sixteen_characters_or_more() {
    for (secret, fine) in [
        ("s".repeat(15), false),
        ("s".repeat(16), true),
        (format!("{},{}", "s".repeat(16), "t".repeat(15)), false),
    ] {
        let mut variables = whole();
        variables.insert("TILL_SWEEP_SECRET", secret.clone());
        assert_eq!(troubles(&variables, Context::Preview).is_empty(), fine, "{secret}");
    }
}

#[test]
fn the_database_may_stand_under_three_names() {
    for name in DATABASE_URLS {
        let mut variables = whole();
        variables.remove("DATABASE_URL");
        variables.insert(name, "sqlite::memory:".to_owned());
        assert_eq!(troubles(&variables, Context::Preview), Vec::<String>::new(), "{name}");
    }
    assert_eq!(DATABASE_URLS[0], "DATABASE_URL", "what the owner sets counts more than what a host does");
}

#[test]
fn mails_go_into_a_folder_only_where_nobody_waits_for_them() {
    let mut folder = whole();
    folder.remove("SMTP_URL");
    folder.insert("TILL_MAIL_FOLDER", "/tmp/mails".to_owned());
    assert!(troubles(&folder, Context::Preview).is_empty() && troubles(&folder, Context::Local).is_empty());
    folder.insert("STRIPE_SECRET_KEY", "sk_live_1".to_owned());
    let found = troubles(&folder, Context::Production);
    assert!(found.len() == 1 && found[0].starts_with("SMTP_URL is not set"), "{found:?}");
}

#[test]
fn each_wrong_variable_is_named_alone() {
    for (name, value) in [
        ("TILL_BUILD_HOOK", "http://hooks.example.com/1"),
        ("TILL_LINK_KEYS", "short"),
        ("SMTP_URL", "http://mail.example.com"),
        ("SMTP_FROM", "Anne <anne@example.com>"),
        ("SMTP_CA", "/nowhere/ca.pem"),
        ("DATABASE_URL", "nothing"),
        ("STRIPE_SECRET_KEY", "sk_live_1"),
        ("STRIPE_SECRET_KEY", "sk_test_1\nsk_test_2"),
    ] {
        let mut variables = whole();
        variables.insert(name, value.to_owned());
        let found = troubles(&variables, Context::Preview);
        assert!(found.len() == 1 && found[0].starts_with(name), "{name}: {found:?}");
    }
    let fine = ["https://hooks.example.com/1", "http://localhost:1/build"];
    for hook in fine {
        let mut variables = whole();
        variables.insert("TILL_BUILD_HOOK", hook.to_owned());
        assert!(troubles(&variables, Context::Preview).is_empty(), "{hook}");
    }
}
