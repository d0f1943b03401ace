//! The simulator on its own port, below a prefix as in `serve`.
#![allow(dead_code)]
#![allow(clippy::unwrap_used)]

use std::sync::{Arc, Mutex};

use axum::Router;
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use simulator::{Clock, Config, Endpoint, HttpSink, Simulator};

/// A webhook as it was received.
#[derive(Debug, Clone)]
pub struct Received {
    pub signature: String,
    pub body: String,
}

pub struct Server {
    pub simulator: Simulator,
    /// With the prefix, without a slash.
    pub url: String,
    pub received: Arc<Mutex<Vec<Received>>>,
    /// What the endpoint answers next; 200 if empty.
    pub answers: Arc<Mutex<Vec<u16>>>,
}

/// Starts the simulator, and an endpoint for its webhooks on another path of the same port.
pub async fn start(clock: Clock, secrets: &[&str]) -> Server {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = format!("http://{}", listener.local_addr().unwrap());
    let url = format!("{host}/_stripe");
    let mut endpoint = Endpoint::new(format!("{host}/hook"), "");
    endpoint.secrets = secrets.iter().map(|secret| (*secret).to_owned()).collect();
    let config = Config { public_url: url.clone(), endpoints: vec![endpoint], ..Config::default() };
    let simulator = Simulator::with(config, clock, HttpSink::default());
    let received: Arc<Mutex<Vec<Received>>> = Arc::default();
    let answers: Arc<Mutex<Vec<u16>>> = Arc::default();
    let hook = {
        let (received, answers) = (Arc::clone(&received), Arc::clone(&answers));
        move |headers: axum::http::HeaderMap, body: String| async move {
            let signature = headers["stripe-signature"].to_str().unwrap().to_owned();
            received.lock().unwrap().push(Received { signature, body });
            let status = answers.lock().unwrap().pop().unwrap_or(200);
            axum::http::StatusCode::from_u16(status).unwrap()
        }
    };
    let seen = {
        let received = Arc::clone(&received);
        move || async move {
            let received: Vec<Received> = received.lock().unwrap().clone();
            let list = received
                .iter()
                .map(|each| serde_json::json!({ "signature": each.signature, "body": each.body }));
            axum::Json(list.collect::<Vec<_>>())
        }
    };
    let app = Router::new()
        .nest("/_stripe", simulator.router())
        // Stripe's own clients do not support a prefix.
        .merge(simulator.router())
        .route("/received", axum::routing::get(seen))
        .route("/hook", axum::routing::post(hook));
    tokio::spawn(async move { axum::serve(listener, app).await });
    Server { simulator, url, received, answers }
}

/// What a browser without scripts would get: status, `Location`, text.
pub async fn browse(method: &str, url: &str, form: &str) -> (u16, Option<String>, String) {
    let client = Client::builder(TokioExecutor::new()).build_http();
    let request = hyper::Request::builder()
        .method(method)
        .uri(url)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Full::new(Bytes::from(form.to_owned())))
        .unwrap();
    let response = client.request(request).await.unwrap();
    let status = response.status().as_u16();
    let location = response.headers().get("location").map(|value| value.to_str().unwrap().to_owned());
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, location, String::from_utf8(body.to_vec()).unwrap())
}
