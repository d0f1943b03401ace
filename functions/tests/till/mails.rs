//! Where parcels go, the sender and recipient of mails, and what becomes of mails that cannot be sent.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::sync::{Arc, Mutex};

use catalog::Snapshot;
use catalog::message::Message;
use serde_json::json;
use simulator::{Means, Payer};
use storefront::mailbox::MailAddress;
use till::decide::Dispute;
use till::decide::settle::EffectKind;
use till::outside::mail::{Mail, MailError, Mailer, Smtp};
use till::outside::store::{Task, Undone};
use till::shop::Shop;
use till::templates::Templates;

use crate::shop::{Stage, cart, on};

/// Six hours, in seconds.
const LATER: i64 = 6 * 3600;

fn payer(city: &str, postal_code: &str, state: &str, country: &str) -> Payer {
    Payer {
        email: "anne@example.com".into(),
        name: "Anne Dupont".into(),
        line1: "Via Tasso 1".into(),
        postal_code: postal_code.into(),
        city: city.into(),
        state: Some(state.into()),
        country: country.into(),
        ..Payer::default()
    }
}

/// Buys an item and has it shipped to a country; returns the order's address.
async fn bought(stage: &Stage, name: &str, country: &str, payer: &Payer) -> String {
    let mut asked = cart(name, &[("TABLIER", 1)]);
    asked["destination"]["country"] = json!(country);
    let answer = stage.post_json("/api/checkout", &asked).await.json();
    let url = answer["url"].as_str().unwrap_or_else(|| panic!("{answer}"));
    stage.stripe.pay(&Stage::session(url), payer, Means::Card).expect("paid");
    stage.stripe.deliver().await;
    answer["order"].as_str().expect("an order").to_owned()
}

/// A mail of the folder as text, with wrapped lines joined.
fn mail(stage: &Stage, name: &str) -> String {
    let files = stage.mail_files();
    let path = files.get(name).unwrap_or_else(|| panic!("{name} is not among {:?}", files.keys()));
    std::fs::read_to_string(path).expect("a mail").replace("=\r\n", "")
}

async fn undone(stage: &Stage) -> Vec<Undone> {
    stage.till.ledger.store.undone_tasks(None).await.expect("a store")
}

async fn given_up(stage: &Stage) -> serde_json::Value {
    stage.get("/api/health").await.json()["effects_given_up"].clone()
}

#[tokio::test]
async fn a_province_is_no_country() {
    let countries = [("IT", "Italie"), ("US", "Etats-Unis"), ("FR", "France"), ("CA", "Canada")];
    // Each is also the code of a country, whose name must not appear.
    let others = ["BG", "DE", "GE", "CZ", "AP", "MA", "AL", "CA", "PA", "BC", "NL", "SK"];
    for (at, (city, postal_code, state, country, expected)) in [
        ("Bergamo", "24121", "BG", "IT", "24121 Bergamo BG"),
        ("Genova", "16121", "GE", "IT", "16121 Genova GE"),
        ("Catanzaro", "88100", "CZ", "IT", "88100 Catanzaro CZ"),
        ("Ascoli Piceno", "63100", "AP", "IT", "63100 Ascoli Piceno AP"),
        ("Wilmington", "19801", "DE", "US", "Wilmington, DE 19801"),
        ("San Francisco", "94107", "CA", "US", "San Francisco, CA 94107"),
        ("Saskatoon", "S7K 0A1", "SK", "CA", "Saskatoon SK S7K 0A1"),
    ]
    .into_iter()
    .enumerate()
    {
        let stage = Stage::with(|settings| {
            let zone = &mut settings.shipping.zones[0];
            zone.countries = countries.iter().map(|(code, _)| (*code).to_owned()).collect();
            for (name, text) in &mut settings.till.templates {
                let lines = "[{% for line in order.customer.address %}{{ line }}|{% endfor %}]";
                if name.starts_with("mails/") {
                    *text = lines.to_owned();
                }
            }
            let words = settings.till.words.get_mut("fr").expect("French");
            words
                .extend(others.map(|code| (format!("country.{code}"), Message::One(format!("Land {code}")))));
            words.extend(
                countries.map(|(code, name)| (format!("country.{code}"), Message::One(name.to_owned()))),
            );
        })
        .await;
        let name = countries.iter().find(|(code, _)| *code == country).expect("known").1;
        let order =
            bought(&stage, &format!("p{at}"), country, &payer(city, postal_code, state, country)).await;
        let lines = format!("[Via Tasso 1|{expected}|{name}|]");
        for mail_name in ["notice", "confirmation"] {
            assert!(mail(&stage, mail_name).contains(&lines), "{lines} in {}", mail(&stage, mail_name));
        }
        let order = stage.order(&order).await;
        assert_eq!(order.customer.address.state.as_deref(), Some(state));
        let shown = stage.send(
            crate::shop::request("GET", &stage.till.order_url(&order).replace(&stage.till.sends.base, ""))
                .body(axum::body::Body::empty())
                .expect("a request"),
        );
        assert_eq!(shown.await.json()["customer"]["address"], json!(["Via Tasso 1", expected, name]));
    }
}

#[tokio::test]
async fn a_mail_that_cannot_go_is_seen_and_goes_once_its_cause_is_mended() {
    for bad in ["mailto:bonjour@example.com", "bonjour.@example.com", ""] {
        let stage = Stage::with(|settings| settings.email = Some(bad.to_owned())).await;
        let order = bought(&stage, "a", "FR", &payer("Rennes", "35000", "", "FR")).await;
        assert_eq!(stage.mail_names(), Vec::<String>::new());
        assert_eq!(given_up(&stage).await, json!(2), "{bad}");
        let seen = undone(&stage).await;
        let kinds: Vec<&str> = seen.iter().map(|one| one.kind.as_str()).collect();
        assert_eq!(kinds, ["mail_confirmation", "mail_notice"]);
        assert!(
            seen.iter().all(|one| one.trouble.contains("contact") && one.given_up_at.is_some()),
            "{seen:?}"
        );
        // The next till has the right address.
        let mut settings = (*stage.till.ledger.shop.settings).clone();
        settings.email = Some("bonjour@example.com".to_owned());
        let items: Vec<_> = stage.till.ledger.shop.items().collect();
        let shop = Shop::new(Snapshot::write(&settings, &items).expect("JSON")).expect("a shop");
        let mut till = on(&stage.till, |ledger| ledger.shop = Arc::new(shop));
        till.sends.templates = Arc::new(Templates::new(&till.ledger.shop.settings));
        till.run_effects(10).await.expect("a store");
        assert_eq!(stage.mail_names(), Vec::<String>::new(), "they are not tried all the time");
        if bad.is_empty() {
            let id = stage.order(&order).await.id;
            assert_eq!(
                till.ledger.store.hurry_tasks(Some(&id), till.ledger.now()).await.expect("a store"),
                2
            );
        } else {
            stage.advance(LATER).await;
        }
        till.run_effects(10).await.expect("a store");
        assert_eq!(stage.mail_names(), ["confirmation", "notice"]);
        assert_eq!((given_up(&stage).await, undone(&stage).await), (json!(0), Vec::new()));
    }
}

#[tokio::test]
async fn a_shoppers_odd_address_keeps_no_mail_from_the_owner() {
    let stage = Stage::new().await;
    let odd = Payer { email: "a..b@docomo.ne.jp".into(), ..payer("Rennes", "35000", "", "FR") };
    let order = bought(&stage, "a", "FR", &odd).await;
    assert_eq!(stage.mail_names(), ["notice"]);
    assert!(!mail(&stage, "notice").contains("Reply-To"), "nobody can be answered there");
    let seen = undone(&stage).await;
    assert_eq!((seen.len(), seen[0].kind.as_str()), (1, "mail_confirmation"));
    assert!(seen[0].trouble.contains("the shopper's address"), "{seen:?}");
    // It stays visible as long as needed, but is not retried forever.
    for _ in 0..200 {
        stage.advance(LATER).await;
        stage.till.run_effects(10).await.expect("a store");
    }
    let seen = undone(&stage).await;
    assert_eq!((seen.len(), seen[0].attempts), (1, 120));
    let id = stage.order(&order).await.id;
    assert_eq!(stage.till.ledger.store.drop_tasks(&id, stage.till.ledger.now()).await.expect("a store"), 1);
    assert_eq!(given_up(&stage).await, json!(0));
}

#[tokio::test]
async fn whoever_is_written_to_can_answer_and_nobody_writes_to_themselves() {
    let stage = Stage::new().await;
    bought(&stage, "a", "FR", &payer("Rennes", "35000", "", "FR")).await;
    let (shopper, owner) = (mail(&stage, "confirmation"), mail(&stage, "notice"));
    assert!(shopper.contains("<bonjour@example.com>") && !shopper.contains("Reply-To"), "{shopper}");
    assert!(
        owner.contains("<bonjour+till@example.com>") && owner.contains("To: bonjour@example.com"),
        "{owner}"
    );
    assert!(owner.contains("Reply-To: anne@example.com"), "{owner}");

    let stage = Stage::new().await;
    let from = MailAddress::parse("shop@mails.example").expect("an address");
    let letters = Templates::new(&stage.till.ledger.shop.settings).sent_from(Some(from));
    let mut till = stage.till.clone();
    till.sends.templates = Arc::new(letters);
    let effects =
        [till::decide::settle::EffectKind::MailConfirmation, till::decide::settle::EffectKind::MailNotice];
    let order = bought(&stage, "a", "FR", &payer("Rennes", "35000", "", "FR")).await;
    let id = stage.order(&order).await.id;
    let effects = effects.map(|kind| till::decide::Effect { kind, cause: "again".to_owned() });
    for file in stage.mail_files().into_values() {
        std::fs::remove_file(file).expect("removed");
    }
    till.ledger.store.enqueue(&id, &effects, till.ledger.now()).await.expect("a store");
    till.run_effects(10).await.expect("a store");
    let (shopper, owner) = (mail(&stage, "confirmation"), mail(&stage, "notice"));
    assert!(
        shopper.contains("<shop@mails.example>") && shopper.contains("Reply-To: bonjour@example.com"),
        "{shopper}"
    );
    assert!(
        owner.contains("<shop@mails.example>") && owner.contains("Reply-To: anne@example.com"),
        "{owner}"
    );
    assert!(owner.contains(&format!("Message-ID: <{id}.mail_notice.again@mails.example>")), "{owner}");
}

/// A server that accepts one sender only.
struct OneSender(Mutex<Vec<Mail>>);

#[async_trait::async_trait]
impl Mailer for OneSender {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        if mail.from.1 != "bonjour@example.com" {
            return Err(MailError::Refused("554 sender not allowed".to_owned()));
        }
        self.0.lock().expect("one thread").push(mail.clone());
        Ok(())
    }
}

#[tokio::test]
async fn a_server_that_sends_for_one_address_gets_that_one() {
    let post = Arc::new(OneSender(Mutex::default()));
    let stage = Stage::posted_by(post.clone()).await;
    bought(&stage, "a", "FR", &payer("Rennes", "35000", "", "FR")).await;
    stage.advance(60).await;
    stage.till.run_effects(10).await.expect("a store");
    let sent = post.0.lock().expect("one thread");
    let mut sent: Vec<&str> = sent.iter().map(|mail| mail.to.as_str()).collect();
    sent.sort_unstable();
    assert_eq!(sent, ["anne@example.com", "bonjour@example.com"]);
}

#[tokio::test]
async fn each_turn_of_a_dispute_has_its_own_subject_whenever_it_is_sent() {
    let stage = Stage::with(|settings| {
        let words = settings.till.words.get_mut("fr").expect("French");
        words.extend(
            ["subject", "subject_won", "subject_lost"]
                .map(|key| (format!("mail.dispute.{key}"), Message::One(format!("{key} {{order}}")))),
        );
        settings
            .till
            .templates
            .insert("mails/dispute.txt".to_owned(), "it is {{ order.dispute }}".to_owned());
    })
    .await;
    let order = bought(&stage, "a", "FR", &payer("Rennes", "35000", "", "FR")).await;
    let mut order = stage.order(&order).await;
    order.dispute = Dispute::Lost;
    for (cause, subject, said) in
        [("open", "subject", "open"), ("won", "subject_won", "won"), ("lost", "subject_lost", "lost")]
    {
        let task = Task {
            id: format!("{}.mail_dispute.{cause}", order.id),
            order_id: order.id.clone(),
            kind: EffectKind::MailDispute,
            cause: cause.to_owned(),
            attempts: 1,
        };
        let mail = stage.till.sends.templates.write(&stage.till.site(), &task, &order).expect("a mail");
        assert_eq!((mail.subject, mail.text), (format!("{subject} {}", order.id), format!("it is {said}")));
    }
}

#[tokio::test]
async fn a_template_prints_numbers_as_the_pages_do() {
    let stage = Stage::with(|settings| {
        let words = settings.till.words.get_mut("fr").expect("French");
        words.insert("a".to_owned(), Message::One("{n} mails pour {name}".to_owned()));
        let templates = &mut settings.till.templates;
        templates.insert("a.txt".to_owned(), "{{ t(key='a', n=1234, name='Zoé') }}".to_owned());
    })
    .await;
    let text = stage.till.sends.templates.render("fr", "a.txt", &BTreeMap::<String, String>::new());
    assert_eq!(text.as_deref(), Ok("1\u{202f}234 mails pour Zoé"));
}

#[tokio::test]
async fn a_mail_has_the_subject_of_its_occasion() {
    let stage = Stage::with(|settings| {
        let words = settings.till.words.get_mut("fr").expect("French");
        for mail in ["shipped", "refund", "refund_notice"] {
            let subjects = ["subject", "subject_again", "subject_pickup", "subject_undone"];
            words.extend(
                subjects.map(|key| (format!("mail.{mail}.{key}"), Message::One(format!("{key} {{order}}")))),
            );
        }
    })
    .await;
    let order = bought(&stage, "a", "FR", &payer("Rennes", "35000", "", "FR")).await;
    let sent = stage.order(&order).await;
    let mut collected = sent.clone();
    collected.shipping.rate = "pickup".to_owned();
    for (order, kind, cause, subject) in [
        (&sent, EffectKind::MailShipped, "3", "subject"),
        (&sent, EffectKind::MailShipped, "again_4", "subject_again"),
        (&collected, EffectKind::MailShipped, "3", "subject_pickup"),
        (&collected, EffectKind::MailShipped, "again_4", "subject_pickup"),
        (&sent, EffectKind::MailRefund, "3_100_100", "subject"),
        (&sent, EffectKind::MailRefund, "3_-100_0", "subject_undone"),
        (&sent, EffectKind::MailRefundNotice, "3_100_100", "subject"),
        (&sent, EffectKind::MailRefundNotice, "3_-100_0", "subject_undone"),
    ] {
        let task = Task {
            id: format!("{}.{}.{cause}", order.id, kind.as_str()),
            order_id: order.id.clone(),
            kind,
            cause: cause.to_owned(),
            attempts: 1,
        };
        let mail = stage.till.sends.templates.write(&stage.till.site(), &task, order).expect("a mail");
        assert_eq!(mail.subject, format!("{subject} {}", order.id), "{kind:?} {cause}");
        let nothing = mail.text.contains("[1,00\u{a0}€/ undone]");
        assert_eq!(nothing, subject == "subject_undone", "nothing is back in all: {}", mail.text);
    }
}

#[test]
fn the_mail_server_is_greeted_with_the_name_of_the_shop() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("somebody comes");
        stream.write_all(b"220 mail.example.com\r\n").expect("written");
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line).expect("a line");
        line
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let smtp = Smtp::new(&format!("smtp-plain://127.0.0.1:{port}")).expect("an address");
    let mail = Mail {
        from: ("Bazaar".into(), "bonjour@example.com".into()),
        to: "anne@example.com".into(),
        reply_to: None,
        subject: "Bonjour".into(),
        text: "Bonjour".into(),
        html: "<p>Bonjour</p>".into(),
        message_id: "1@example.com".into(),
    };
    runtime.block_on(smtp.greeting_as("www.example.com").send(&mail)).expect_err("it hangs up");
    assert_eq!(server.join().expect("no panic"), "EHLO www.example.com\r\n");
}
