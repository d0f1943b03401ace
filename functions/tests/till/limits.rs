//! What one client may do per hour and at once, whoever it claims to be.

use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use till::http::{ClientAddress, ClientSource, HttpConfig, router};
use till::perform::{Limits, TillError};

use crate::shop::{Answer, SWEEP, Stage, cart, on, request, send};

/// A checkout of a cart by the client with this address, with additional headers.
fn checkout(cart_id: &str, address: &str, headers: &[(&str, &str)]) -> Request<Body> {
    let mut made = request("POST", "/api/checkout").header("content-type", "application/json");
    for (name, value) in headers {
        made = made.header(*name, *value);
    }
    let made = made.extension(ClientAddress(address.to_owned()));
    made.body(Body::from(cart(cart_id, &[("TABLIER", 1)]).to_string())).expect("a request")
}

fn is_limited(answer: &Answer) -> bool {
    match answer.status.as_u16() {
        200 => false,
        429 => {
            assert_eq!((answer.code().as_str(), answer.header("retry-after")), ("rate_limited", "600"));
            true
        }
        _ => panic!("{}", answer.body),
    }
}

#[tokio::test]
async fn a_client_begins_thirty_checkouts_an_hour_whatever_is_swept_meanwhile() {
    let stage = Stage::new().await;
    let sweep = || async {
        let asked = request("POST", "/api/sweep").header("authorization", format!("Bearer {SWEEP}"));
        let swept = stage.send(asked.body(Body::empty()).expect("a request")).await;
        assert_eq!(swept.status.as_u16(), 200, "{}", swept.body);
    };
    // One cart, so that only one order is open at once.
    for number in 1..=30 {
        let answer = stage.send(checkout("a", "203.0.113.7", &[])).await;
        assert!(!is_limited(&answer), "{number}");
        stage.advance(30).await;
    }
    sweep().await;
    assert!(is_limited(&stage.send(checkout("a", "203.0.113.7", &[])).await), "the thirty-first");
    assert!(!is_limited(&stage.send(checkout("b", "203.0.113.8", &[])).await), "somebody else");
    // Until the last second of the hour, and into the next.
    let left = 3600 - stage.till.ledger.now().0 % 3600;
    stage.advance(left - 1).await;
    sweep().await;
    assert!(is_limited(&stage.send(checkout("a", "203.0.113.7", &[])).await));
    stage.advance(1).await;
    assert!(!is_limited(&stage.send(checkout("a", "203.0.113.7", &[])).await));
}

#[tokio::test]
async fn a_client_has_another_name_on_another_day() {
    let stage = Stage::new().await;
    let mut names = Vec::new();
    let left = 86_400 - stage.till.ledger.now().0 % 86_400;
    for (cart, seconds) in [("a", 0), ("b", left - 1), ("c", 1)] {
        stage.advance(seconds).await;
        let begun = stage.send(checkout(cart, "203.0.113.7", &[])).await.json();
        names.push(stage.order(begun["order"].as_str().expect("an order")).await.client);
    }
    assert!(names[0] == names[1] && names[1] != names[2], "{names:?}");
}

#[tokio::test]
async fn lost_links_are_counted_by_the_hour_whatever_is_swept_meanwhile() {
    let stage = Stage::new().await;
    let ask = |client: &'static str| stage.till.mail_link("0000-0000-00", "anne@example.com", client);
    let refused = |answer| matches!(answer, Err(TillError::RateLimited));
    for number in 1..=8 {
        assert!(!refused(ask("one").await), "{number}");
    }
    stage.till.sweep(10).await.expect("swept");
    assert!(refused(ask("one").await) && !refused(ask("another").await));
    let left = 3600 - stage.till.ledger.now().0 % 3600;
    stage.advance(left - 1).await;
    assert!(refused(ask("one").await));
    stage.advance(1).await;
    assert!(!refused(ask("one").await));
}

#[tokio::test]
async fn who_came_is_forgotten_after_two_days() {
    let stage = Stage::new().await;
    let now = stage.till.ledger.now();
    let kept = now - Duration::from_secs(2 * 86_400);
    let forgotten = kept.previous();
    let count = |since| stage.till.ledger.store.count_request("somebody", "checkout", since);
    for since in [kept, forgotten] {
        assert_eq!(count(since).await.expect("a store"), 1);
    }
    stage.till.sweep(10).await.expect("swept");
    assert_eq!(count(kept).await.expect("a store"), 2, "kept");
    assert_eq!(count(forgotten).await.expect("a store"), 1, "forgotten");
}

#[tokio::test]
async fn who_names_another_address_in_a_header_stays_the_same_client() {
    let stage = Stage::new().await;
    let names = [
        "x-forwarded-for",
        "x-real-ip",
        "x-nf-client-connection-ip",
        "forwarded",
        "cf-connecting-ip",
        "cloudfront-viewer-address",
    ];
    for number in 0..5 {
        let address = format!("198.51.100.{number}");
        let headers = names.map(|name| (name, address.as_str()));
        let answer = stage.send(checkout(&format!("c{number}"), "203.0.113.7", &headers)).await;
        assert_eq!(is_limited(&answer), number == 4, "{number}: four may be open at once");
    }
}

#[tokio::test]
async fn the_header_of_the_edge_names_the_client_and_nothing_else_does() {
    let stage = Stage::new().await;
    let client = ClientSource::Header("x-nf-client-connection-ip".to_owned());
    let app = router(Some(stage.till.clone()), HttpConfig { client, ..HttpConfig::default() });
    for number in 0..5 {
        let headers = [("x-nf-client-connection-ip", "198.51.100.1"), ("x-forwarded-for", "198.51.100.9")];
        let asked = checkout(&format!("same{number}"), &format!("203.0.113.{number}"), &headers);
        assert_eq!(is_limited(&send(app.clone(), asked).await), number == 4, "{number}");
    }
    for number in 0..5 {
        let address = format!("198.51.101.{number}");
        let asked = checkout(
            &format!("others{number}"),
            "203.0.113.7",
            &[("x-nf-client-connection-ip", address.as_str())],
        );
        assert!(!is_limited(&send(app.clone(), asked).await), "{number}: each is another client");
    }
}

#[tokio::test]
async fn a_network_of_ipv6_is_one_client() {
    let stage = Stage::new().await;
    for number in 0..5 {
        let address = format!("2001:db8:1:2:{number}::{number}");
        let answer = stage.send(checkout(&format!("n{number}"), &address, &[])).await;
        assert_eq!(is_limited(&answer), number == 4, "{number}");
    }
    assert!(!is_limited(&stage.send(checkout("x", "2001:db8:1:3::1", &[])).await), "the next network");
}

#[tokio::test]
async fn all_clients_together_hold_no_more_than_the_limit() {
    let stage = Stage::new().await;
    let limits = Limits { open_in_all: 2, ..Limits::default() };
    let app = router(Some(on(&stage.till, |ledger| ledger.limits = limits)), HttpConfig::default());
    for (number, refused) in [(0, false), (1, false), (2, true)] {
        let asked = checkout(&format!("c{number}"), &format!("203.0.113.{number}"), &[]);
        assert_eq!(is_limited(&send(app.clone(), asked).await), refused, "{number}");
    }
    let defaults = Limits::default();
    assert_eq!((defaults.open_in_all, defaults.checkouts_per_hour), (500, 30));
}

#[tokio::test]
async fn the_link_of_an_order_is_mailed_once_an_hour_whenever_it_is_asked_for() {
    let stage = Stage::new().await;
    let order = crate::owner::paid(&stage, "a", &[("TASSE", 1)]).await;
    let links = || async {
        stage.till.run_effects(10).await.expect("done");
        let files = std::fs::read_dir(stage.mails.path()).expect("a folder").flatten();
        let names = files.map(|file| file.file_name().to_string_lossy().into_owned());
        names.filter(|name| name.contains("mail_link") && name.ends_with(".eml")).count()
    };
    let left = 3600 - stage.till.ledger.now().0 % 3600;
    for (more, count) in [(0, 1), (1, 1), (left - 2, 1), (1, 2)] {
        stage.advance(more).await;
        let asked = stage.till.mail_link(&order.id, "anne@example.com", "somebody").await;
        assert_eq!(asked.expect("a store").map(|found| found.id), Some(order.id.clone()));
        assert_eq!(links().await, count, "{more} seconds later");
    }
}
