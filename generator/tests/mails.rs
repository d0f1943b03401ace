//! Every mail of the default theme, in French and in English, as the till sends it. The files stay in cargo's folder for tests:
//! `tests/browser/mails.test.mjs` reads them with third-party parsers and shows them in a browser.

#[path = "../../pages/tests/shop/mod.rs"]
mod shop;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use catalog::{Cents, Currency, Sku, Snapshot, StockKey, Supply, Timestamp, VatRate};
use till::decide::address::PostalAddress;
use till::decide::note::NoteValue;
use till::decide::order::{Customer, Tracking};
use till::decide::quote::QuotedShipping;
use till::decide::settle::{Effect, EffectKind};
use till::decide::vat::VatLine;
use till::decide::{Dispute, Fulfilment, Order, OrderLine, Payment, Refund};
use till::links::LinkKeys;
use till::outside::clock::Clock;
use till::outside::mail::MailFolder;
use till::outside::store::Store as _;
use till::outside::store::memory::MemoryStore;
use till::outside::stripe::Stripe;
use till::perform::{Ledger, Sends, Till};

/// 2026-12-02, 14:05:30 in Paris.
const NOW: Timestamp = Timestamp(1_796_216_730);

/// Two harmless lines and a malicious one, none of which may become markup.
const GIFT: &str = "Joyeux Noël, Claire !\nTa grand-mère\n<b>& \"nous\"</b>";

struct Fixed;

impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        NOW
    }

    fn random(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

fn order(lang: &str) -> Order {
    let line = |sku: &str, quantity, note: Option<&str>| OrderLine {
        sku: Sku::new(sku).expect("a sku"),
        key: StockKey::new(sku).expect("a key"),
        supply: Supply::Pieces(9),
        quantity,
        unit_price: Cents(2800),
        vat: Some(VatRate(2000)),
        title: "Bol en grès « Lune »".to_owned(),
        words: note
            .map(|value| NoteValue { label: String::new(), value: value.to_owned() })
            .into_iter()
            .collect(),
    };
    Order {
        id: "K7QM-4XTB-9D".to_owned(),
        version: 0,
        payment: Payment::Paid,
        fulfilment: Fulfilment::Shipped,
        refund: Refund::Done,
        refunded_amount: Cents(590),
        refund_failed: Cents::ZERO,
        dispute: Dispute::None,
        session_id: Some("cs_1".to_owned()),
        session_url: None,
        handed_out: true,
        payment_intent: Some("pi_1".to_owned()),
        idempotency_key: "key".to_owned(),
        request: String::new(),
        api_version: "2026-09-30.endive".to_owned(),
        created_at: NOW - Duration::from_secs(8 * 86_400),
        expires_at: NOW,
        paid_at: Some(NOW - Duration::from_secs(8 * 86_400)),
        due_at: None,
        flagged: false,
        lang: lang.to_owned(),
        cart_id: "cart".to_owned(),
        client: String::new(),
        currency: Currency::Eur,
        livemode: false,
        total: Cents(8990),
        shipping: QuotedShipping {
            zone: Some("world".to_owned()),
            country: Some("IT".to_owned()),
            rate: "colissimo".to_owned(),
            label: "Colissimo".to_owned(),
            days: Some((2, 3)),
            price: Cents(590),
            free_in: None,
            address: None,
        },
        vat: vec![VatLine { rate: VatRate(2000), gross: Cents(8990), net: Cents(7492), tax: Cents(1498) }],
        customer: Customer {
            email: Some("anne@example.com".to_owned()),
            name: Some("Anne Dupont".to_owned()),
            phone: None,
            address: PostalAddress {
                line1: Some("Via Tasso 1".to_owned()),
                postal_code: Some("24121".to_owned()),
                city: Some("Bergamo".to_owned()),
                state: Some("BG".to_owned()),
                country: Some("IT".to_owned()),
                ..PostalAddress::default()
            },
        },
        gift_note: Some(GIFT.to_owned()),
        tracking: Some(Tracking {
            carrier: Some("Colissimo".to_owned()),
            number: Some("6A00000000000".to_owned()),
            url: Some("https://www.laposte.fr/outils/suivre-vos-envois?code=6A00000000000".to_owned()),
        }),
        withdrawn_at: Some(NOW),
        returned: BTreeMap::new(),
        lines: vec![line("BOL", 1, Some("Pour Zoé\net Léo")), line("TASSE", 2, None)],
    }
}

/// A till with the snapshot of a shop whose default language, the owner's, is `lang`.
fn till(lang: &str, folder: &Path) -> Till {
    let shop = shop::Shop::base();
    assert!(!shop.build().faults.any_error(), "the shop is built");
    let built = till::shop::Shop::read(&shop.path().join(".bazaar/snapshot")).expect("a snapshot");
    let mut settings = (*built.settings).clone();
    settings.email = Some("bonjour@café.example".to_owned());
    settings.timezone = "Europe/Paris".to_owned();
    settings.seller.address = "1 rue de l’Exemple\n44000 Nantes\nFrance".to_owned();
    settings.languages.sort_by_key(|known| known != lang);
    let mut item = built.items().next().expect("an item");
    let items = ["BOL", "TASSE"].map(|sku| {
        item.sku = Sku::new(sku).expect("a sku");
        item.image = Some("/_/0/960.jpg".to_owned());
        item.clone()
    });
    let shop = till::shop::Shop::new(Snapshot::write(&settings, &items).expect("JSON")).expect("a shop");
    let links = LinkKeys::parse(&"k".repeat(32)).expect("a key");
    let sends = Sends::new(&shop, Arc::new(MailFolder::new(folder.to_owned())), links);
    let stripe = Arc::new(Stripe::new("sk_test_1", None).expect("a client"));
    let ledger = Ledger::new(Arc::new(shop), Arc::new(MemoryStore::default()), stripe);
    Till { ledger: Ledger { clock: Arc::new(Fixed), ..ledger }, sends }
}

/// Writes every mail of a language into the language's folder; returns it and the mails' HTML by name.
fn all(lang: &str) -> (PathBuf, BTreeMap<String, String>) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mails").join(lang);
    let _ = std::fs::remove_dir_all(&folder);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let till = till(lang, &folder);
        let store = Arc::new(MemoryStore::default());
        let mut pickup = order(lang);
        pickup.id = "PCKP-4XTB-9D".to_owned();
        pickup.shipping.rate = till::decide::quote::PICKUP.to_owned();
        pickup.shipping.address = Some("1 rue de l’Exemple\n44000 Nantes".to_owned());
        for order in [order(lang), pickup] {
            store.tables().orders.insert(order.id.clone(), order);
        }
        let till = Till { ledger: Ledger { store: store.clone(), ..till.ledger }, ..till };
        let effect = |kind: EffectKind, cause: &str| Effect { kind, cause: cause.to_owned() };
        let mails = EffectKind::ALL.iter().filter(|(_, word)| word.starts_with("mail_"));
        let mut effects: Vec<Effect> = mails.map(|(kind, _)| effect(*kind, "")).collect();
        effects.retain(|effect| effect.kind != EffectKind::MailDispute);
        for (kind, causes) in [
            (EffectKind::MailDispute, &["open", "won", "lost", "inquiry", "appealed", "prevented"][..]),
            (EffectKind::MailShipped, &["again_4"][..]),
            (EffectKind::MailRefund, &["5_590_1590", "6_-1000_590", "7_-590_0"][..]),
            (EffectKind::MailRefundNotice, &["6_-1000_590"][..]),
            (EffectKind::MailRefundFailed, &["6_1000_590"][..]),
        ] {
            effects.extend(causes.iter().map(|cause| effect(kind, cause)));
        }
        store.enqueue("K7QM-4XTB-9D", &effects, NOW).await.expect("a store");
        let collected = [EffectKind::MailConfirmation, EffectKind::MailShipped].map(|kind| effect(kind, ""));
        store.enqueue("PCKP-4XTB-9D", &collected, NOW).await.expect("a store");
        let done = till.run_effects(100).await.expect("a store");
        assert_eq!(done, effects.len() + 2, "all were written: {:?}", store.undone_tasks(None).await);
    });
    let html = std::fs::read_dir(&folder).expect("the folder").flatten().filter_map(|entry| {
        let name = entry.file_name().to_str()?.strip_suffix(".html")?.to_owned();
        Some((name, std::fs::read_to_string(entry.path()).expect("a text")))
    });
    let html = html.collect();
    (folder, html)
}

fn eml(folder: &Path, name: &str) -> String {
    let text = std::fs::read_to_string(folder.join(format!("{name}.eml"))).expect("a mail");
    text.replace("\r\n", "\n")
}

fn header<'m>(mail: &'m str, name: &str) -> &'m str {
    let found = mail.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    found.unwrap_or_else(|| panic!("no {name} in\n{mail}"))
}

#[test]
fn every_mail_is_written_in_two_languages() {
    for (lang, received) in [
        ("fr", "Reçue le 2 décembre 2026 à 14:05 (Europe/Paris, UTC+01:00)."),
        ("en", "Received on 2 December 2026 at 14:05 (Europe/Paris, UTC+01:00)."),
    ] {
        let (folder, all) = all(lang);
        assert_eq!(all.len(), 29, "{:?}", all.keys());
        let mut subjects = BTreeSet::new();
        for (name, html) in &all {
            let mail = eml(&folder, name);
            let (from, to) = (header(&mail, "From"), header(&mail, "To"));
            assert!(!from.contains(&format!("<{to}>")), "{name}: {from} writes to itself");
            let id = header(&mail, "Message-ID").trim_matches(['<', '>']);
            let (left, right) = id.split_once('@').expect("two sides");
            assert_eq!(
                (storefront::mailbox::dot_atom(left), right),
                (left.to_owned(), "xn--caf-dma.example"),
                "{name}"
            );
            subjects.insert(header(&mail, "Subject").to_owned());
            // Styles are inline: half of the webmail services ignore all others.
            for (tag, style) in [
                ("<body ", "background"),
                ("class=\"name\" ", "font-family"),
                ("class=\"go\"><a ", "#8a3c22"),
            ] {
                let found = html.split(tag).nth(1).map(|rest| rest.split('>').next().unwrap_or_default());
                let styled = found.is_none_or(|found| found.contains("style=\"") && found.contains(style));
                assert!(
                    styled && (tag != "<body " || found.is_some()),
                    "{name}: {tag} has no {style}: {found:?}"
                );
            }
            assert!(
                !html.contains("object-fit") && !html.contains("height=\"80\""),
                "{name}: photos lose their shape"
            );
        }
        // Mails about refunds have two amounts in the text: this refund's, and the total.
        let twice = |name: &&String| {
            name.starts_with("PCKP")
                || ["refund.5_", "refund.7_", "refund_failed.6_"].iter().any(|part| name.contains(part))
        };
        let twice = all.keys().filter(twice).count();
        assert!(subjects.len() >= all.len() - twice, "each kind has its own subject: {subjects:?}");
        let of = |kind: &str| &all[&format!("K7QM-4XTB-9D.mail_{kind}")];
        for kind in ["confirmation", "notice"] {
            let note = "Joyeux Noël, Claire !<br>Ta grand-mère<br>&lt;b&gt;&amp; \"nous\"&lt;/b&gt;";
            assert!(of(kind).replace("&quot;", "\"").contains(note), "{}", of(kind));
            assert!(of(kind).contains("Pour Zoé<br>et Léo"), "{}", of(kind));
            assert!(of(kind).contains("24121 Bergamo BG") && !of(kind).contains("Bulgar"), "{}", of(kind));
        }
        for (kind, this, in_all) in [
            ("refund.5_590_1590", "5.90", "15.90"),
            ("refund.6_-1000_590", "10.00", "5.90"),
            ("refund_notice.6_-1000_590", "10.00", "5.90"),
            ("refund_failed.6_1000_590", "10.00", "5.90"),
        ] {
            let said = of(kind).replace(',', ".");
            assert!(said.contains(this) && said.contains(in_all), "{kind}: {said}");
        }
        let ready = header(&eml(&folder, "PCKP-4XTB-9D.mail_shipped"), "Subject").to_owned();
        assert_ne!(
            ready,
            header(&eml(&folder, "K7QM-4XTB-9D.mail_shipped"), "Subject"),
            "what is collected is not sent"
        );
        for kind in ["withdrawal", "withdrawal_notice"] {
            assert!(of(kind).replace('\u{a0}', " ").contains(received), "{received} in {}", of(kind));
        }
        let statement =
            if lang == "fr" { "ma rétractation du contrat" } else { "that I withdraw from my contract" };
        assert!(of("withdrawal").contains(statement) && of("withdrawal").contains("anne@example.com"));
        assert!(of("withdrawal").contains("Bol en grès"), "what it is about is repeated");
        assert!(of("withdrawal").contains("1 rue de l’Exemple<br>44000 Nantes<br>France"));
        for (word, others) in
            [("open", ["won", "lost"]), ("won", ["open", "lost"]), ("lost", ["open", "won"])]
        {
            let this = of(&format!("dispute.{word}"));
            assert!(
                others.iter().all(|other| of(&format!("dispute.{other}")) != this),
                "{word} says what it is"
            );
        }
    }
}

#[test]
fn the_same_mail_is_the_same_bytes_but_for_its_date() {
    let undated = |folder: &Path| -> Vec<String> {
        let name = "K7QM-4XTB-9D.mail_confirmation";
        eml(folder, name).lines().filter(|line| !line.starts_with("Date: ")).map(str::to_owned).collect()
    };
    let shop = tempfile::tempdir().expect("a folder");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let twice = ["a", "b"].map(|name| {
        let folder = shop.path().join(name);
        runtime.block_on(async {
            let till = till("fr", &folder);
            let store = Arc::new(MemoryStore::default());
            store.tables().orders.insert("K7QM-4XTB-9D".to_owned(), order("fr"));
            let effect = Effect { kind: EffectKind::MailConfirmation, cause: String::new() };
            store.enqueue("K7QM-4XTB-9D", &[effect], NOW).await.expect("a store");
            let till = Till { ledger: Ledger { store, ..till.ledger }, ..till };
            assert_eq!(till.run_effects(9).await.expect("a store"), 1);
        });
        undated(&folder)
    });
    assert_eq!(twice[0], twice[1]);
}
