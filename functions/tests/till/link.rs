//! A lost link is mailed again, and a stranger learns nothing.

use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::StatusCode;
use serde_json::json;
use simulator::Means;
use tokio::task::JoinSet;

use crate::shop::{Answer, Stage, cart, request, send};

/// Asks with JSON. Every answer takes the same minimum time.
async fn ask(stage: &Stage, order: &str, email: &str) -> Answer {
    let began = Instant::now();
    let answer = stage.post_json("/api/orders/link", &json!({ "order": order, "email": email })).await;
    assert!(began.elapsed() >= Duration::from_secs(2), "an answer that comes at once tells what was found");
    answer
}

#[tokio::test]
async fn who_paid_gets_the_link_again_and_nobody_else_learns_anything() {
    let stage = Stage::new().await;
    let answer = stage.post_json("/api/checkout", &cart("a", &[("UNIQUE", 1)])).await.json();
    let url = answer["order"].as_str().expect("an order").to_owned();
    let id = stage.order(&url).await.id;

    let unpaid = ask(&stage, &id, "anne@example.com").await;
    stage.pay(answer["url"].as_str().expect("a url"), Means::Card).await;
    let wrong_mail = ask(&stage, &id, "other@example.com").await;
    let wrong_number = ask(&stage, "0000-0000-00", "anne@example.com").await;
    let nonsense = ask(&stage, "'; DROP TABLE orders", "").await;
    assert_eq!(stage.mail_names(), ["confirmation", "notice"], "nobody was written to");

    let typed = id.to_lowercase().replace('-', " ");
    let right = ask(&stage, &typed, " Anne@Example.com ").await;
    assert_eq!(stage.mail_names(), ["confirmation", "link", "notice"]);
    let mail = std::fs::read_to_string(&stage.mail_files()["link"]).expect("a mail");
    assert!(mail.contains("To: anne@example.com"), "{mail}");
    let token = url.rsplit('/').next().expect("a token");
    assert!(mail.replace("=\r\n", "").contains(token), "{mail}");

    for other in [&unpaid, &wrong_mail, &wrong_number, &nonsense] {
        assert_eq!((other.status, &other.body), (right.status, &right.body));
        assert_eq!(other.headers, right.headers);
    }
    assert_eq!(right.status, StatusCode::ACCEPTED);

    let path = &stage.mail_files()["link"];
    std::fs::remove_file(path).expect("removed");
    ask(&stage, &id, "anne@example.com").await;
    assert_eq!(stage.mail_names(), ["confirmation", "notice"], "one mail an hour for each order");
    stage.advance(3600).await;
    ask(&stage, &id, "anne@example.com").await;
    assert_eq!(stage.mail_names(), ["confirmation", "link", "notice"]);
}

#[tokio::test]
async fn without_scripts_a_form_asks_for_the_link() {
    let stage = Stage::new().await;
    let form = stage.get("/api/orders/link?lang=en").await;
    assert_eq!(form.status, StatusCode::OK);
    assert!(form.body.contains("lang=\"en\"") && form.body.contains("ask"), "{}", form.body);
    let fields = [("lang", "en"), ("order", "0000-0000-00"), ("email", "anne@example.com")];
    let sent = stage.post_form("/api/orders/link", &fields, "").await;
    assert_eq!(sent.status, StatusCode::OK, "{}", sent.body);
    assert!(sent.body.contains("lang=\"en\"") && sent.body.contains("sent"), "{}", sent.body);
}

#[tokio::test]
async fn guessing_ends_after_a_few_questions() {
    let stage = Stage::new().await;
    let mut questions = JoinSet::new();
    for _ in 0..9 {
        let body = json!({ "order": "0000-0000-00", "email": "anne@example.com" }).to_string();
        let question = request("POST", "/api/orders/link").header("content-type", "application/json");
        questions.spawn(send(stage.app.clone(), question.body(Body::from(body)).expect("a request")));
    }
    let answers = questions.join_all().await;
    let refused = answers.iter().filter(|answer| answer.status == StatusCode::TOO_MANY_REQUESTS).count();
    assert_eq!((answers.len(), refused), (9, 1));
    let extra = stage.post_json("/api/orders/link", &json!({ "order": "x", "mail": "y" })).await;
    assert_eq!(extra.code(), "bad_request");
}
