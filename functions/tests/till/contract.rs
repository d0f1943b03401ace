//! What others say of what the till sends and takes: Stripe's own types, Lambda's events, a real SMTP server.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use axum::http::StatusCode;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use simulator::Means;
use till::outside::mail::Smtp;
use tower::ServiceExt as _;

use crate::shop::{Stage, cart};

const INSTALL: &str =
    "Python 3.11 or newer with venv and pip is needed, and a package registry to install from once";

/// The Python of a folder's own environment, with what its requirements.txt names.
fn python(folder: &Path) -> PathBuf {
    let (python, marker) = (folder.join(".venv/bin/python"), folder.join(".venv/installed.txt"));
    let wanted = std::fs::read(folder.join("requirements.txt")).expect("requirements.txt");
    if std::fs::read(&marker).ok().as_ref() != Some(&wanted) {
        run(Command::new("python3").args(["-m", "venv", ".venv"]).current_dir(folder), "");
        let mut pip = Command::new(&python);
        pip.args(["-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", "requirements.txt"]);
        run(pip.current_dir(folder), "");
        std::fs::write(&marker, &wanted).expect("written");
    }
    python
}

fn run(command: &mut Command, input: &str) -> String {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?}: {error}. {INSTALL}"));
    child.stdin.take().expect("piped").write_all(input.as_bytes()).expect("it listens");
    let out = child.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(out.status.success(), "{command:?}: {said}. {INSTALL}");
    String::from_utf8_lossy(&out.stdout).into_owned()
}

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
    // `lang=en&sku=TASSE&quantity=2` in base64: forms come so through HTTP APIs.
    let (body, path) = ("bGFuZz1lbiZza3U9VEFTU0UmcXVhbnRpdHk9Mg==", "/api/cart");
    let headers = json!({ "host": "shop.example.com", "content-type": "application/x-www-form-urlencoded" });
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
    for event in [v1, plain, v2, function_url] {
        let request = lambda_http::request::from_str(&event.to_string()).expect("an event");
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

/// A real SMTP server; ends with the test.
struct MailServer(Child);

impl MailServer {
    fn start(port: u16, folder: &Path, hang_ups: u32) -> Self {
        let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/smtp");
        let mut child = Command::new(python(&home))
            .arg(home.join("server.py"))
            .args([&port.to_string(), &folder.display().to_string(), &hang_ups.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("it says so");
        assert_eq!(line.trim(), "ready");
        MailServer(child)
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn no_mail_is_lost_while_the_server_is_down_or_dies_before_its_answer() {
    let folder = tempfile::tempdir().expect("a folder");
    let port =
        std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
    let smtp = Smtp::new(&format!("smtp-plain://127.0.0.1:{port}")).expect("an address");
    let stage = Stage::posted_by(Arc::new(smtp)).await;
    let answer = stage.post_json("/api/checkout", &cart("a", &[("UNIQUE", 1)])).await.json();
    // The server is down: the purchase goes through, its mails wait.
    stage.pay(answer["url"].as_str().expect("a url"), Means::Card).await;
    stage.advance(120).await;
    let done = stage.till.run_effects(None, 10).await.expect("a store");
    assert_eq!(done, 1, "the build hook alone");
    // It is up, and hangs up instead of answering the first message.
    let server = MailServer::start(port, folder.path(), 1);
    for _ in 0..6 {
        stage.advance(3600).await;
        stage.till.run_effects(None, 10).await.expect("a store");
    }
    let left = stage.till.store.claim_tasks(None, i64::MAX - 1, i64::MAX, "test", 10).await.expect("a store");
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
