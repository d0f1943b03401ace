//! The thin layer of HTTP over the state machine: API requests in, answers out, lost or late if a switch says so.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use axum::{Router, http};

use crate::pages;
use crate::request::{Fate, Request};
use crate::simulator::Simulator;

/// In bytes: far more than a hundred lines with all their metadata.
const LARGEST_BODY: usize = 2 * 1024 * 1024;

impl Simulator {
    /// The API, the pay page and the dashboard.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/v1/{*path}", any(api))
            .route("/pay/{session}", get(pages::pay::show).post(pages::pay::submit))
            .route("/pay/{session}/challenge", get(pages::challenge::show).post(pages::challenge::submit))
            .route("/dashboard", get(pages::dashboard::show))
            .route("/dashboard/{action}", post(pages::actions::act))
            .layer(DefaultBodyLimit::max(LARGEST_BODY))
            .with_state(self.clone())
    }
}

async fn api(
    State(simulator): State<Simulator>,
    method: Method,
    uri: http::Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let form = match method {
        Method::GET => uri.query().unwrap_or_default().to_owned(),
        _ => String::from_utf8_lossy(&body).into_owned(),
    };
    let request = Request {
        method: method.to_string(),
        path: uri.path().to_owned(),
        form,
        api_key: text("authorization").and_then(|value| Some(value.strip_prefix("Bearer ")?.to_owned())),
        version: text("stripe-version"),
        idempotency_key: text("idempotency-key"),
    };
    let answer = simulator.request(&request);
    match answer.fate {
        Fate::Arrives => {}
        Fate::Held(seconds) => {
            tokio::time::sleep(Duration::from_secs(u64::try_from(seconds).unwrap_or(0))).await
        }
        Fate::Lost => return lost(),
    }
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, [(header::CONTENT_TYPE, "application/json")], answer.body).into_response();
    for (name, value) in answer.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// An answer whose connection breaks before its body.
fn lost() -> Response {
    let headers = [(header::CONTENT_LENGTH, "1000")];
    (headers, Body::new(Broken)).into_response()
}

struct Broken;

impl hyper::body::Body for Broken {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<hyper::body::Frame<Bytes>, Self::Error>>> {
        Poll::Ready(Some(Err(std::io::ErrorKind::ConnectionReset.into())))
    }
}
