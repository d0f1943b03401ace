//! What a mail looks like to a mail server, and what the server's answers mean.

use super::*;

fn mail() -> Mail {
    Mail {
        from: ("Mon Petit Bazaar".into(), "bonjour@example.com".into()),
        to: "anne@example.com".into(),
        reply_to: None,
        subject: "Votre commande".into(),
        text: "Bonjour".into(),
        html: "<p>Bonjour</p>".into(),
        message_id: "K7QM.mail_confirmation.@example.com".into(),
    }
}

#[test]
fn a_line_break_in_a_subject_or_a_name_adds_no_header() {
    let mut bad = mail();
    bad.subject = "Bonjour\r\nBcc: all@example.com".into();
    bad.from.0 = "Shop\r\nX-Evil: 1".into();
    let text = String::from_utf8_lossy(&message(&bad).expect("still a mail").formatted()).into_owned();
    assert!(!text.lines().any(|line| line.starts_with("Bcc:") || line.starts_with("X-Evil:")), "{text}");
}

#[test]
fn an_address_with_a_line_break_is_no_address() {
    let bad = Mail { to: "a@example.com\r\nBcc: b@example.com".into(), ..mail() };
    assert!(matches!(message(&bad), Err(MailError::Never(_))));
}

fn written(mail: &Mail) -> String {
    String::from_utf8_lossy(&message(mail).expect("a mail").formatted()).into_owned()
}

#[test]
fn the_message_id_is_fixed_and_a_dot_atom_on_both_sides() {
    let text = written(&mail());
    assert!(text.contains("Message-ID: <K7QM.mail_confirmation@example.com>\r\n"), "{text}");
}

#[test]
fn one_to_answer_to_that_is_none_is_left_out_and_the_mail_goes() {
    for (reply, header) in [
        ("claire@example.com", Some("Reply-To: claire@example.com")),
        ("claire@café.example", Some("Reply-To: claire@xn--caf-dma.example")),
        ("a..b@docomo.ne.jp", None),
        ("mailto:claire@example.com", None),
        ("", None),
    ] {
        let text = written(&Mail { reply_to: Some(reply.to_owned()), ..mail() });
        let found = text.lines().find(|line| line.starts_with("Reply-To:"));
        assert_eq!(found, header, "{reply}");
    }
}

#[test]
fn a_mail_to_or_from_what_is_no_address_says_which_and_why() {
    let bad = Mail { to: "zoé@example.com".into(), ..mail() };
    let why = message(&bad).expect_err("most servers refuse it").to_string();
    assert!(why.contains("it goes to") && why.contains("a to z"), "{why}");
    let bad = Mail { from: ("Shop".into(), "mailto:bonjour@example.com".into()), ..mail() };
    let why = message(&bad).expect_err("a link").to_string();
    assert!(why.contains("it comes from") && why.contains("mailto:"), "{why}");
}

#[test]
fn addresses_of_servers_say_how_safe_they_are() {
    let (config, implicit) = SmtpConfig::parse("smtps://me%40x:p%3Aq@mail.example.com").expect("valid");
    assert_eq!(config.login, Some(("me@x".into(), "p:q".into())));
    assert_eq!((config.port, implicit), (465, true));
    let refused = SmtpConfig::parse("smtp-plain://mail.example.com").map(drop);
    assert_eq!(refused, Err("only a server on this machine goes without TLS".to_owned()));
    assert!(SmtpConfig::parse("http://x").is_err());
    assert!(SmtpConfig::parse("smtp://:25").is_err());
}

#[test]
fn a_server_is_reached_at_its_own_port_or_the_usual_one() {
    for (url, port, implicit, plain) in [
        ("smtps://mail.example.com", 465, true, false),
        ("smtp://mail.example.com", 587, false, false),
        ("smtp-plain://localhost", 25, false, true),
        ("smtp-plain://127.0.0.1:1025", 1025, false, true),
        ("smtps://me:secret@mail.example.com:2465/", 2465, true, false),
    ] {
        let (config, wrapped) = SmtpConfig::parse(url).expect("valid");
        assert_eq!((config.port, wrapped, config.plain), (port, implicit, plain), "{url}");
        assert_eq!(config.login.is_some(), url.contains('@'), "{url}");
    }
    for wrong in [
        "mail.example.com",
        "smtps://",
        "smtps://mail.example.com:70000",
        "smtps://host:x",
        "smtp-plain://10.0.0.1",
    ] {
        assert!(SmtpConfig::parse(wrong).is_err(), "{wrong}");
    }
    for (login, user, password) in
        [("me", "me", ""), ("me:a:b", "me", "a:b"), ("me:p@q", "me", "p@q"), ("a%zz:%", "a%zz", "%")]
    {
        let (config, _) = SmtpConfig::parse(&format!("smtps://{login}@mail.example.com")).expect("valid");
        assert_eq!(
            (config.host.as_str(), config.login),
            ("mail.example.com", Some((user.into(), password.into())))
        );
    }
}

#[test]
fn a_mail_says_that_a_program_sent_it_and_has_its_plain_text_first() {
    let text = written(&mail());
    for line in [
        "From: \"Mon Petit Bazaar\" <bonjour@example.com>",
        "To: anne@example.com",
        "Subject: Votre commande",
        "Auto-Submitted: auto-generated",
    ] {
        assert!(text.lines().any(|known| known == line), "{line} in {text}");
    }
    let (plain, html) = (text.find("Content-Type: text/plain"), text.find("Content-Type: text/html"));
    assert!(plain.is_some() && plain < html, "readers show the last part that they understand: {text}");
    assert!(text.contains("multipart/alternative"), "{text}");
    let other = written(&Mail { message_id: "other@example.com".into(), ..mail() });
    let boundary = |text: &str| {
        text.split("boundary=\"").nth(1).and_then(|rest| rest.split('"').next()).map(str::to_owned)
    };
    assert_eq!(boundary(&written(&mail())), boundary(&text));
    assert_ne!(boundary(&other), boundary(&text));
}

#[test]
fn a_folder_of_mails_holds_each_with_its_page_and_nothing_outside() {
    let folder = tempfile::tempdir().expect("a folder");
    let post = MailFolder::new(folder.path().join("mails/of today"));
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(post.send(&mail())).expect("written");
    let odd = Mail { message_id: "../../odd/..\\one@example.com".into(), ..mail() };
    runtime.block_on(post.send(&odd)).expect("written");
    let mut names: Vec<String> = std::fs::read_dir(folder.path().join("mails/of today"))
        .expect("the folder")
        .flatten()
        .map(|file| file.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    let own = ["K7QM.mail_confirmation.eml", "K7QM.mail_confirmation.html"];
    assert!(names.len() == 4 && own.iter().all(|own| names.iter().any(|name| name == own)), "{names:?}");
    assert_eq!(std::fs::read_dir(folder.path()).expect("the folder").count(), 1, "nothing beside it");
    let bad = Mail { to: "nobody".into(), ..mail() };
    assert!(matches!(runtime.block_on(post.send(&bad)), Err(MailError::Never(_))));
}

/// A server that answers `RCPT TO` with this line.
fn server(answer: &'static str) -> u16 {
    use std::io::{BufRead as _, BufReader, Write as _};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        let (mut out, _) = listener.accept().expect("somebody comes");
        let mut lines = BufReader::new(out.try_clone().expect("a second end")).lines();
        out.write_all(b"220 mail\r\n").expect("written");
        while let Some(Ok(line)) = lines.next() {
            let said = match line.get(..4) {
                Some("RCPT") => answer,
                Some("DATA") => "354 go on",
                Some("QUIT") => "221 bye",
                _ => "250 fine",
            };
            if out.write_all(format!("{said}\r\n").as_bytes()).is_err() {
                break;
            }
        }
    });
    port
}

#[test]
fn what_a_server_refuses_for_good_is_told_apart_from_what_may_go_later() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    for (answer, for_good) in [
        ("550 no such mailbox", true),
        ("554 no", true),
        ("450 busy", false),
        ("421 come again", false),
        // About the sender: the owner may correct the password, and the mail can still be sent.
        ("530 log in first", false),
        ("535 wrong password", false),
        ("538 not without encryption", false),
    ] {
        let smtp = Smtp::new(&format!("smtp-plain://127.0.0.1:{}", server(answer))).expect("an address");
        let error = runtime.block_on(smtp.send(&mail())).expect_err(answer);
        assert_eq!(matches!(error, MailError::Refused(_)), for_good, "{answer}: {error}");
        assert_eq!(matches!(error, MailError::Later(_)), !for_good, "{answer}: {error}");
    }
}
