//! Requests of the browser. Loopback only; nothing is cached, so that the last saved state is shown.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::{Request, Response, StatusCode, header};
use messages::tr;

use super::Server;
use super::loopback::Loopback;
use super::page;
use super::renderer::Answer;

/// How long a browser waits for a change before it asks again.
const TIMEOUT: Duration = Duration::from_secs(25);

/// Serves until it is interrupted.
pub(super) async fn run(listener: Loopback, server: Arc<Server>) -> std::io::Result<()> {
    let router = server.dev_till.routes(&server).fallback(answer).with_state(server);
    axum::serve(listener, router)
        .with_graceful_shutdown(async {
            let _ = tokio::signal::ctrl_c().await;
            // Browsers that wait for a change would keep the server running for long.
            std::process::exit(0);
        })
        .await
}

async fn answer(State(server): State<Arc<Server>>, request: Request<Body>) -> Response<Body> {
    let path = decode(request.uri().path());
    match path.as_str() {
        "/_bazaar/reload.js" => {
            return respond(StatusCode::OK, "text/javascript; charset=utf-8", page::RELOAD.into());
        }
        "/_bazaar/changed" => return changed(&server, request.uri().query().unwrap_or_default()).await,
        _ => {}
    }
    let shown = server.shown.borrow().clone();
    let html = "text/html; charset=utf-8";
    let Some(renderer) = &shown.renderer else {
        let text = page::faults_only(&shown.faults, shown.version);
        return respond(StatusCode::INTERNAL_SERVER_ERROR, html, text.into());
    };
    match renderer.ask(path).await {
        Some(Answer::Page(text)) => {
            respond(StatusCode::OK, html, page::with_faults(&text, &shown.faults, shown.version).into())
        }
        Some(Answer::NotFound(text)) => respond(
            StatusCode::NOT_FOUND,
            html,
            page::with_faults(&text, &shown.faults, shown.version).into(),
        ),
        Some(Answer::File(mime, bytes)) => respond(StatusCode::OK, mime, bytes),
        Some(Answer::Redirect(to)) => redirect(&to),
        Some(Answer::Fault(fault)) => {
            let mut faults = vec![*fault];
            faults.extend(shown.faults.iter().cloned());
            respond(StatusCode::INTERNAL_SERVER_ERROR, html, page::faults_only(&faults, shown.version).into())
        }
        None => respond(StatusCode::SERVICE_UNAVAILABLE, "text/plain", tr!("one moment").into()),
    }
}

/// Answers when there is a newer version than the browser shows, or after `TIMEOUT`.
async fn changed(server: &Server, query: &str) -> Response<Body> {
    let seen: u64 = query.strip_prefix("after=").and_then(|number| number.parse().ok()).unwrap_or(0);
    let mut shown = server.shown.subscribe();
    let wait = shown.wait_for(|shown| shown.version > seen);
    let version = match tokio::time::timeout(TIMEOUT, wait).await {
        Ok(Ok(shown)) => shown.version,
        _ => seen,
    };
    respond(StatusCode::OK, "text/plain", version.to_string().into())
}

pub(super) fn respond(status: StatusCode, mime: &'static str, bytes: Vec<u8>) -> Response<Body> {
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static(mime));
    response.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    response
}

fn redirect(to: &str) -> Response<Body> {
    let mut response = respond(StatusCode::FOUND, "text/plain", Vec::new());
    if let Ok(to) = header::HeaderValue::from_str(to) {
        response.headers_mut().insert(header::LOCATION, to);
    }
    response
}

fn decode(path: &str) -> String {
    pages::stage::parse::markdown::percent_decode(path)
}
