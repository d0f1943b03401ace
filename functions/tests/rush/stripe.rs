//! The stand-in for Stripe in this process, over HTTP: it outlives every till, can go down, and can kill a till in
//! the middle of a request.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use axum::extract::{Request, State};
use axum::http::header::AUTHORIZATION;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use catalog::Timestamp;
use simulator::{Clock, Config, Endpoint, Mishap, Simulator, Times, WebhookRequest, WebhookSender};
use till::perform::webhook::EVENTS;

use crate::shop::SECRET;
use crate::tills::Tills;
use crate::time::Time;
use crate::web::Web;

/// When to kill a till: at this request, before Stripe handles it, or after that but before the answer arrives.
#[derive(Debug, Clone, Copy)]
pub struct Trigger {
    /// Prefix of `METHOD /path`.
    pub asks_for: &'static str,
    pub after_it_is_done: bool,
}

type Armed = Mutex<Option<Trigger>>;

/// The stand-in, listening.
pub struct Stripe {
    pub simulator: Simulator,
    front: Arc<Front>,
    sender: Mutex<Option<WebhookSender>>,
    server: tokio::task::JoinHandle<()>,
}

/// The layer in front of the simulator.
struct Front {
    armed: Armed,
    /// Set after start: tills need Stripe's address first.
    tills: OnceLock<Arc<Tills>>,
}

impl Drop for Stripe {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Stripe {
    /// Listens on this port; webhooks go to any of the tills once they are known.
    pub async fn start(port: u16, seed: u64, time: &Time, web: &Web) -> Self {
        let config = Config {
            public_url: format!("http://127.0.0.1:{port}"),
            seed,
            endpoints: vec![Endpoint {
                enabled_events: EVENTS.map(str::to_owned).to_vec(),
                ..Endpoint::new("till", SECRET)
            }],
            ..Config::default()
        };
        let front = Arc::new(Front { armed: Mutex::new(None), tills: OnceLock::new() });
        let sink = {
            let (front, web) = (front.clone(), web.clone());
            move |webhook: WebhookRequest| {
                let (front, web) = (front.clone(), web.clone());
                async move { deliver(front.tills.get()?, &web, webhook).await }
            }
        };
        let simulator = Simulator::with(config, Clock::manual(time.now().0), sink);
        let app = simulator.router().layer(from_fn_with_state(front.clone(), kill_in_the_middle));
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.expect("the port is free");
        let server = tokio::spawn(async move { axum::serve(listener, app).await.expect("served") });
        let sender = Mutex::new(Some(simulator.spawn_webhook_sender()));
        Stripe { simulator, front, sender, server }
    }

    pub fn know(&self, tills: &Arc<Tills>) {
        assert!(self.front.tills.set(tills.clone()).is_ok(), "once");
    }

    /// Kills the next till that makes this request.
    pub fn arm(&self, trigger: Trigger) {
        *lock(&self.front.armed) = Some(trigger);
    }

    /// Disarms the trigger; returns whether it had not fired.
    pub fn disarm(&self) -> bool {
        lock(&self.front.armed).take().is_some()
    }

    pub fn is_armed(&self) -> bool {
        lock(&self.front.armed).is_some()
    }

    /// Breaks every connection and stops webhooks.
    pub fn go_away(&self) {
        lock(&self.sender).take();
        self.simulator.with_state(|state, _| state.mishap(Mishap::Drop, "", Times::Always));
    }

    /// Accepts connections again, and sends the webhooks that were due.
    pub fn come_back(&self) {
        self.simulator.with_state(|state, _| state.clear_mishaps());
        *lock(&self.sender) = Some(self.simulator.spawn_webhook_sender());
    }

    /// Stops sending by itself: from now on webhooks are sent by explicit delivery.
    pub fn send_on_demand(&self) {
        self.come_back();
        lock(&self.sender).take();
    }

    /// Advances its clock to the shared one.
    pub fn follow(&self, time: &Time) {
        let behind = time.now().seconds_since(Timestamp(self.simulator.clock().now()));
        self.simulator.clock().advance(behind);
        // Sessions expire by themselves, and new webhooks become due.
        self.simulator.with_state(|state, now| state.advance(now));
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn deliver(tills: &Arc<Tills>, web: &Web, webhook: WebhookRequest) -> Option<u16> {
    let request = http::Request::post("/api/stripe/webhook")
        .header("content-type", "application/json")
        .header("stripe-signature", webhook.signature);
    // An arbitrary till: lengths of bodies vary.
    let answer = web.ask(tills.port(webhook.body.len()), request, webhook.body).await;
    let status = answer.map(|answer| answer.status);
    let said = status.map_or("none".to_owned(), |status| status.to_string());
    web.count(|figures| *figures.webhooks.entry(said).or_default() += 1);
    status
}

async fn kill_in_the_middle(State(front): State<Arc<Front>>, request: Request, next: Next) -> Response {
    let said = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let tills = front.tills.get().cloned();
    let asking = tills.and_then(|tills| Some((tills.of_authorization(said)?, tills)));
    let what = format!("{} {}", request.method(), request.uri().path());
    let fits = |trigger: &mut Trigger| asking.is_some() && what.starts_with(trigger.asks_for);
    let Some((trigger, (number, tills))) = lock(&front.armed).take_if(fits).zip(asking) else {
        return next.run(request).await;
    };
    // If the till's connection closes, this future is dropped: the spawned rest runs all the same.
    let rest = tokio::spawn(async move {
        if !trigger.after_it_is_done {
            tills.kill(number).await;
        }
        let response = next.run(request).await;
        if trigger.after_it_is_done {
            tills.kill(number).await;
        }
        response
    });
    rest.await.unwrap_or_else(|_| axum::http::StatusCode::INTERNAL_SERVER_ERROR.into_response())
}
