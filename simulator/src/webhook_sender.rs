//! Sends webhooks to their endpoints: by HTTP over loopback, in the background, each independently.

use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::task::JoinHandle;

use crate::clock::Clock;
use crate::config::Config;
use crate::simulator::{Answer, Simulator, Sink};
use crate::state::WebhookRequest;

/// Sends webhooks by HTTP (no TLS: endpoints are on the same machine).
#[derive(Debug, Clone)]
pub struct HttpSink {
    client: Client<HttpConnector, Full<Bytes>>,
}

impl Default for HttpSink {
    fn default() -> Self {
        Self { client: Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build_http() }
    }
}

impl Sink for HttpSink {
    fn deliver(&self, webhook: WebhookRequest) -> Answer {
        let client = self.client.clone();
        Box::pin(async move {
            let patience = Duration::from_secs(u64::try_from(webhook.timeout).unwrap_or(20));
            let request = hyper::Request::post(&webhook.url)
                .header("content-type", "application/json; charset=utf-8")
                .header("user-agent", "Stripe/1.0 (stand-in)")
                .header("stripe-signature", webhook.signature)
                .body(Full::new(Bytes::from(webhook.body)))
                .ok()?;
            let sent = async {
                let response = client.request(request).await.ok()?;
                let status = response.status().as_u16();
                // An answer counts only when it is complete.
                response.into_body().collect().await.ok()?;
                Some(status)
            };
            tokio::time::timeout(patience, sent).await.ok().flatten()
        })
    }
}

/// Sends webhooks as long as it lives.
#[derive(Debug)]
pub struct WebhookSender {
    task: JoinHandle<()>,
}

impl Drop for WebhookSender {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Simulator {
    /// With the machine's clock, and webhooks sent by HTTP.
    pub fn new(config: Config) -> Self {
        Self::with(config, Clock::Real, HttpSink::default())
    }

    /// Sends webhooks in the background until the returned handle is dropped. Needs a tokio runtime.
    pub fn spawn_webhook_sender(&self) -> WebhookSender {
        // Weak, so that the task does not keep the simulator alive.
        let weak = Arc::downgrade(self.inner());
        let task = tokio::spawn(async move {
            while let Some(inner) = weak.upgrade() {
                let simulator = Simulator::of(inner);
                let (webhooks, next) = simulator.collect();
                for webhook in webhooks {
                    let simulator = simulator.clone();
                    tokio::spawn(async move { simulator.deliver_one(webhook).await });
                }
                let pause = match simulator.clock() {
                    Clock::Real => next.map_or(3_600, |due| (due - simulator.clock().now()).clamp(1, 3_600)),
                    // Moving the clock through the simulator wakes this task, but moving it through another handle does not.
                    Clock::Manual(_) => 1,
                };
                let pause = Duration::from_secs(u64::try_from(pause).unwrap_or(1));
                let woken = tokio::time::timeout(pause, simulator.inner().wake.notified());
                let _ = woken.await;
            }
        });
        WebhookSender { task }
    }
}
