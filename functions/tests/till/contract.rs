//! What others accept of the till, and send to it: Stripe's own types and package, Lambda's events, a real SMTP server.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::body::Body;
use axum::http::StatusCode;
use catalog::Timestamp;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use simulator::Means;
use till::decide::Payment;
use till::outside::hook::{Hook as _, HttpHook};
use till::outside::mail::{Mail, MailError, Mailer, Smtp};
use tower::ServiceExt as _;

use crate::shop::{SECRET, Stage, cart, request};
use crate::smtp::{MailServer, free_port, python, run};

#[tokio::test]
async fn stripes_own_types_accept_every_request_for_a_session() {
    let stage = Stage::new().await;
    let mut carts = vec![cart("a", &[("TASSE", 2)]), cart("b", &[("UNIQUE", 1), ("TABLIER", 3)])];
    let mut collected = cart("c", &[("TABLIER", 1)]);
    collected["destination"] = json!({ "rate": "pickup" });
    collected["lang"] = json!("en");
    collected["items"][0]["note"] = json!("Zoé & « L »");
    carts.push(collected);
    let mut forms: Vec<Vec<(String, String)>> = Vec::new();
    for asked in &carts {
        let answer = stage.post_json("/api/checkout", asked).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let order = stage.order(answer.json()["order"].as_str().expect("an order")).await;
        let form = form_urlencoded::parse(order.request.as_bytes());
        forms.push(form.map(|(name, value)| (name.into_owned(), value.into_owned())).collect());
    }
    let official = Path::new(env!("CARGO_MANIFEST_DIR")).join("../simulator/tests/official");
    let asked = json!({ "forms": forms }).to_string();
    let said = run(Command::new(python(&official)).arg("judge.py").current_dir(&official), &asked);
    let said: Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!(said["verdicts"], json!([null, null, null]));
}

#[tokio::test]
async fn lambdas_four_shapes_of_events_are_understood() {
    let stage = Stage::new().await;
    // `lang=en&sku=TASSE&quantity=2` in base64: HTTP APIs deliver forms this way.
    let (body, path) = ("bGFuZz1lbiZza3U9VEFTU0UmcXVhbnRpdHk9Mg==", "/api/cart");
    let headers = json!({ "host": "shop.example.com", "content-type": "application/x-www-form-urlencoded",
        "x-forwarded-for": "198.51.100.1" });
    let v1 = json!({ "resource": "/{proxy+}", "path": path, "httpMethod": "POST", "headers": headers,
        "multiValueHeaders": {}, "queryStringParameters": null, "multiValueQueryStringParameters": null,
        "pathParameters": null, "stageVariables": null, "isBase64Encoded": true, "body": body,
        "requestContext": { "accountId": "1", "resourceId": "1", "stage": "prod", "requestId": "1", "path": path,
            "identity": { "sourceIp": "203.0.113.9" }, "resourcePath": "/{proxy+}", "httpMethod": "POST", "apiId": "1" } });
    let mut plain = v1.clone();
    plain["isBase64Encoded"] = json!(false);
    plain["body"] = json!("lang=en&sku=TASSE&quantity=2");
    let v2 = json!({ "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": "", "headers": headers,
        "isBase64Encoded": true, "body": body,
        "requestContext": { "accountId": "1", "apiId": "1", "domainName": "x", "domainPrefix": "x", "requestId": "1",
            "routeKey": "$default", "stage": "$default", "time": "1", "timeEpoch": 1,
            "http": { "method": "POST", "path": path, "protocol": "HTTP/1.1", "sourceIp": "203.0.113.9", "userAgent": "x" } } });
    let mut function_url = v2.clone();
    function_url["requestContext"]["authentication"] = json!(null);
    function_url["requestContext"]["domainName"] = json!("abc.lambda-url.eu-west-3.on.aws");
    let (mut unstaged, mut without) = (v1.clone(), v1.clone());
    unstaged["requestContext"]["stage"] = json!("");
    without["requestContext"]["stage"] = json!(null);
    for event in [v1, plain, v2, function_url, unstaged, without] {
        let request = lambda_http::request::from_str(&event.to_string()).expect("an event");
        let address = till::http::address_of_lambda(request.extensions());
        assert_eq!(address, Some(till::http::ClientAddress("203.0.113.9".to_owned())), "{event}");
        let response =
            stage.app.clone().oneshot(till::http::without_stage(request)).await.expect("an answer");
        let status = response.status();
        let cookie =
            response.headers().get("set-cookie").and_then(|cookie| cookie.to_str().ok()).map(str::to_owned);
        let body = response.into_body().collect().await.expect("a body").to_bytes();
        assert_eq!(status, StatusCode::SEE_OTHER, "{event}: {}", String::from_utf8_lossy(&body));
        assert!(cookie.is_some_and(|cookie| cookie.contains("bazaar_cart=")), "{event}");
    }
}

fn letter(number: u32) -> Mail {
    Mail {
        from: ("Mon Petit Bazaar".into(), "bonjour@example.com".into()),
        to: "anne@example.com".into(),
        reply_to: None,
        subject: "Votre commande".into(),
        text: "Bonjour".into(),
        html: "<p>Bonjour</p>".into(),
        message_id: format!("{number}@example.com"),
    }
}

fn received(folder: &Path) -> usize {
    let files = std::fs::read_dir(folder).expect("the folder").flatten();
    files.filter(|file| file.path().extension().is_some_and(|kind| kind == "eml")).count()
}

#[tokio::test]
async fn mails_go_encrypted_to_whom_the_certificate_names_or_not_at_all() {
    for (mode, scheme) in [("starttls", "smtp"), ("tls", "smtps")] {
        let (folder, port) = (tempfile::tempdir().expect("a folder"), free_port());
        let _server = MailServer::start(port, folder.path(), 0, mode);
        let authority = std::fs::read(folder.path().join("ca.pem")).expect("its authority");
        let url = |host: &str, password: &str| format!("{scheme}://me:{password}@{host}:{port}");
        let known = Smtp::trusting(&url("localhost", "p%3Aq"), Some(&authority)).expect("an address");
        known.send(&letter(1)).await.expect("it goes");
        assert_eq!(received(folder.path()), 1, "{mode}");
        let stranger = Smtp::new(&url("localhost", "p%3Aq")).expect("an address");
        let refused = stranger.send(&letter(2)).await.expect_err("nobody known signed that certificate");
        assert!(matches!(refused, MailError::Later(_)), "{refused}");
        let imposter = Smtp::trusting(&url("127.0.0.1", "p%3Aq"), Some(&authority)).expect("an address");
        imposter.send(&letter(3)).await.expect_err("the certificate is for another name");
        let mistyped = Smtp::trusting(&url("localhost", "wrong"), Some(&authority)).expect("an address");
        let wrong = mistyped.send(&letter(4)).await.expect_err("the password is wrong");
        assert!(matches!(wrong, MailError::Later(_)), "{wrong}");
        let waiting = Smtp::trusting(&url("localhost", "silence"), Some(&authority)).expect("an address");
        let silent = waiting.send(&letter(5)).await.expect_err("the server falls silent");
        assert!(matches!(silent, MailError::Later(_)), "{silent}");
        assert_eq!(received(folder.path()), 1, "{mode}: no other came through");
    }
}

#[tokio::test]
async fn without_encryption_no_password_and_no_mail_is_sent() {
    let (folder, port) = (tempfile::tempdir().expect("a folder"), free_port());
    let _server = MailServer::start(port, folder.path(), 0, "plain");
    let smtp = Smtp::new(&format!("smtp://me:secret@localhost:{port}")).expect("an address");
    let refused = smtp.send(&letter(1)).await.expect_err("somebody took STARTTLS out of the server's words");
    assert!(matches!(refused, MailError::Later(_)), "{refused}");
    assert_eq!(received(folder.path()), 0);
}

/// A server that permanently refuses some mails.
struct Stubborn {
    refusals: u32,
    asked: AtomicU32,
}

#[async_trait::async_trait]
impl Mailer for Stubborn {
    async fn send(&self, _: &Mail) -> Result<(), MailError> {
        let asked = self.asked.fetch_add(1, Ordering::Relaxed);
        if asked < self.refusals { Err(MailError::Refused("550 no such mailbox".to_owned())) } else { Ok(()) }
    }
}

#[tokio::test]
async fn a_mail_that_is_refused_is_offered_for_some_days_and_then_given_up() {
    for (refusals, offers) in [(5, 7), (u32::MAX, 60)] {
        let post = Arc::new(Stubborn { refusals, asked: AtomicU32::new(0) });
        let stage = Stage::posted_by(post.clone()).await;
        let answer = stage.post_json("/api/checkout", &cart("a", &[("TASSE", 1)])).await.json();
        stage.pay(answer["url"].as_str().expect("a url"), Means::Card).await;
        for _ in 0..80 {
            stage.advance(6 * 3600).await;
            stage.till.run_effects(10).await.expect("a store");
        }
        assert_eq!(post.asked.load(Ordering::Relaxed), offers, "both mails together");
    }
}

#[tokio::test]
async fn the_build_hook_is_called_once_for_many_pieces_that_sell_out() {
    let calls = Arc::new(AtomicU32::new(0));
    let count = {
        let calls = calls.clone();
        move || async move {
            calls.fetch_add(1, Ordering::Relaxed);
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/build", listener.local_addr().expect("an address"));
    let app = axum::Router::new().route("/build", axum::routing::post(count));
    let server = tokio::spawn(async move { axum::serve(listener, app).await.expect("served") });
    let stage = Stage::new().await;
    let mut till = stage.till.clone();
    till.sends.hook = Arc::new(HttpHook::new(&url).expect("an address"));
    for (name, sku, quantity) in [("a", "UNIQUE", 1), ("b", "TASSE", 6), ("c", "TABLIER", 2)] {
        let answer = stage.post_json("/api/checkout", &cart(name, &[(sku, quantity)])).await.json();
        stage.pay(answer["url"].as_str().expect("a url"), Means::Card).await;
    }
    till.run_effects(20).await.expect("a store");
    assert_eq!(calls.load(Ordering::Relaxed), 0, "it waits for others");
    stage.advance(120).await;
    till.run_effects(20).await.expect("a store");
    stage.advance(120).await;
    till.run_effects(20).await.expect("a store");
    assert_eq!(calls.load(Ordering::Relaxed), 1);
    server.abort();
}

#[tokio::test]
async fn a_build_hook_that_refuses_is_called_again() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/build", listener.local_addr().expect("an address"));
    let answers = Arc::new(AtomicU32::new(0));
    let count = answers.clone();
    let build = move || async move {
        let codes = [404, 500, 302, 204];
        let turn = count.fetch_add(1, Ordering::Relaxed) as usize;
        axum::http::StatusCode::from_u16(codes[turn % codes.len()]).expect("a status")
    };
    let app = axum::Router::new().route("/build", axum::routing::post(build));
    let server = tokio::spawn(async move { axum::serve(listener, app).await.expect("served") });
    let hook = HttpHook::new(&url).expect("an address");
    for code in [404, 500, 302] {
        assert_eq!(hook.build().await, Err(format!("the build hook answered {code}")));
    }
    assert_eq!(hook.build().await, Ok(()));
    server.abort();
    let _ = server.await;
    let refused = hook.build().await.expect_err("nobody listens");
    assert!(refused.starts_with("the build hook cannot be reached"), "{refused}");
}

/// The folder of Stripe's npm package, which the simulator's tests install as well.
fn official_node() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../simulator/tests/official");
    let (marker, lock) = (folder.join("node_modules/installed-lock.json"), folder.join("package-lock.json"));
    if std::fs::read(&marker).ok() != std::fs::read(&lock).ok() {
        run(Command::new("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(&folder), "");
        std::fs::copy(&lock, &marker).expect("copied");
    }
    folder
}

#[tokio::test]
async fn what_stripes_own_package_signs_is_booked() {
    let stage = Stage::new().await;
    let answer = stage.post_json("/api/checkout", &cart("a", &[("UNIQUE", 1)])).await.json();
    let url = answer["url"].as_str().expect("a url");
    stage.pay_unheard(url, Means::Card);
    let object = json!({ "id": Stage::session(url), "object": "checkout.session" });
    let event = json!({ "id": "evt_npm", "object": "event", "type": "checkout.session.completed",
        "data": { "object": object } });
    let asked =
        json!({ "payload": event.to_string(), "secret": SECRET, "timestamp": stage.till.ledger.now() });
    let mut node = Command::new("node");
    let said = run(node.arg("sign.mjs").current_dir(official_node()), &asked.to_string());
    let forged = said.replace("v1=", "v1=0");
    for (header, status) in [(forged.trim(), StatusCode::BAD_REQUEST), (said.trim(), StatusCode::OK)] {
        let request = request("POST", "/api/stripe/webhook").header("stripe-signature", header);
        let answer = stage.send(request.body(Body::from(event.to_string())).expect("a request")).await;
        assert_eq!(answer.status, status, "{header}: {}", answer.body);
    }
    let order = stage.order(answer["order"].as_str().expect("an order")).await;
    assert_eq!(order.payment, Payment::Paid);
}

#[tokio::test]
async fn no_mail_is_lost_while_the_server_is_down_or_dies_before_its_answer() {
    let folder = tempfile::tempdir().expect("a folder");
    let port = free_port();
    let smtp = Smtp::new(&format!("smtp-plain://127.0.0.1:{port}")).expect("an address");
    let stage = Stage::posted_by(Arc::new(smtp)).await;
    let answer = stage.post_json("/api/checkout", &cart("a", &[("UNIQUE", 1)])).await.json();
    // The server is down: the purchase succeeds, its mails wait.
    stage.pay(answer["url"].as_str().expect("a url"), Means::Card).await;
    stage.advance(120).await;
    let done = stage.till.run_effects(10).await.expect("a store");
    assert_eq!(done, 1, "the build hook alone");
    // It is up, and closes the connection instead of answering the first message.
    let server = MailServer::start(port, folder.path(), 1, "plain");
    for _ in 0..6 {
        stage.advance(3600).await;
        stage.till.run_effects(10).await.expect("a store");
    }
    let left = stage
        .till
        .ledger
        .store
        .claim_tasks(None, Timestamp(i64::MAX - 1), Timestamp::NEVER, "test", 10)
        .await
        .expect("a store");
    assert_eq!(left, [], "nothing waits any more");
    drop(server);
    let mut ids = Vec::new();
    for entry in std::fs::read_dir(folder.path()).expect("the folder").flatten() {
        let text = String::from_utf8_lossy(&std::fs::read(entry.path()).expect("a mail")).into_owned();
        ids.extend(text.lines().find(|line| line.starts_with("Message-ID:")).map(str::to_owned));
    }
    assert_eq!(ids.len(), 3, "one came twice: {ids:?}");
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 2, "with the same Message-ID: {ids:?}");
}
