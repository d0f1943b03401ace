//! A session on its pages: found or unknown, and where it leads back to.

use axum::http::StatusCode;
use axum::response::Response;

use super::{PageTexts, escape, page};
use crate::record::Session;
use crate::simulator::Simulator;

pub(super) fn find(simulator: &Simulator, id: &str) -> Option<Session> {
    simulator.with_state(|state, now| {
        state.advance(now);
        state.session(id).cloned()
    })
}

/// Where the shopper goes after paying. Stripe inserts the session's id at the placeholder.
pub(super) fn success_url(session: &Session) -> String {
    let url = session.params.get("success_url").and_then(serde_json::Value::as_str).unwrap_or("/");
    url.replace("{CHECKOUT_SESSION_ID}", &session.id)
}

pub(super) fn cancel_link(session: &Session, text: &str) -> String {
    match session.params.get("cancel_url").and_then(serde_json::Value::as_str) {
        Some(url) => format!("<p class=\"away\"><a href=\"{}\">{text}</a></p>\n", escape(url)),
        None => String::new(),
    }
}

pub(super) fn unknown(prefers_french: bool) -> Response {
    let words = PageTexts::for_browser(prefers_french);
    page(StatusCode::NOT_FOUND, words, words.unknown, false, &format!("<h1>{}</h1>\n", words.unknown))
}
