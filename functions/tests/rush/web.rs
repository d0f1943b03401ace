//! Requests to tills, each on its own connection, counted and timed.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use tokio::sync::{RwLock, RwLockWriteGuard};

use crate::figures::Figures;
use crate::shop::HOST;

/// Netlify's proxy waits this long, less than any other host: requests without an answer by then never get one.
const NEVER: Duration = Duration::from_secs(26);

/// An answer.
pub struct Answer {
    pub status: u16,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }
}

/// A client of the tills.
#[derive(Clone)]
pub struct Web {
    client: Client<HttpConnector, Full<Bytes>>,
    figures: Arc<Mutex<Figures>>,
    /// Held by each request, so that time moves only between requests: no host lets one run for minutes.
    under_way: Arc<RwLock<()>>,
}

impl Web {
    pub fn new() -> Self {
        Web {
            client: Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build_http(),
            figures: Arc::default(),
            under_way: Arc::default(),
        }
    }

    /// Sends a request to the till at a port; `None` when the connection breaks, as when the till is killed.
    pub async fn ask(&self, port: u16, request: http::request::Builder, body: String) -> Option<Answer> {
        let _under_way = self.under_way.read().await;
        let request = request.header("host", HOST).body(Full::new(Bytes::from(body))).expect("a request");
        let (mut parts, body) = request.into_parts();
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        parts.uri = format!("http://127.0.0.1:{port}{path}").parse().expect("an address");
        let began = Instant::now();
        let asked = async {
            let response = self.client.request(http::Request::from_parts(parts, body)).await.ok()?;
            let status = response.status().as_u16();
            let body = response.into_body().collect().await.ok()?.to_bytes();
            Some(Answer { status, body: String::from_utf8_lossy(&body).into_owned() })
        };
        match tokio::time::timeout(NEVER, asked).await {
            Ok(answer) => {
                let took = answer.is_some().then(|| began.elapsed());
                self.count(|figures| figures.answers.extend(took));
                answer
            }
            Err(_) => {
                self.count(|figures| figures.unanswered.push(path));
                None
            }
        }
    }

    /// Waits until no request is running, and blocks new ones while the guard lives.
    pub async fn quiet(&self) -> RwLockWriteGuard<'_, ()> {
        self.under_way.write().await
    }

    pub fn count<T>(&self, change: impl FnOnce(&mut Figures) -> T) -> T {
        change(&mut self.figures.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
