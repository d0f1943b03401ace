//! The extra page of a card with 3-D Secure: confirm, or fail.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::fields::{Shown, form};
use super::session::{find, success_url, unknown};
use super::{PageTexts, accepts_french, money, page, prefix, see_other};
use crate::form::flat;
use crate::record::Session;
use crate::simulator::Simulator;
use crate::state::Paid;

pub(crate) async fn show(
    State(simulator): State<Simulator>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let Some(session) = find(&simulator, &id) else { return unknown(accepts_french(&headers)) };
    let words = PageTexts::of(&session, accepts_french(&headers));
    let waits = simulator.with_state(|state, _| state.waits_for_answer(&id));
    if !waits {
        return back(&simulator, &id);
    }
    let total = money(words.lang, &session.currency, session.total);
    let body = format!(
        "<h1>{}</h1>\n<section><p>{}</p>\n<p><strong>{total}</strong></p>\n<form method=\"post\">\n\
         <p><button class=\"big\" name=\"answer\" value=\"confirm\">{}</button></p>\n\
         <p><button class=\"big plain\" name=\"answer\" value=\"fail\">{}</button></p>\n</form></section>\n",
        words.bank, words.bank_text, words.confirm, words.fail
    );
    page(StatusCode::OK, words, words.bank, false, &body)
}

pub(crate) async fn submit(
    State(simulator): State<Simulator>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let confirmed =
        flat(&String::from_utf8_lossy(&body)).get("answer").is_some_and(|answer| answer == "confirm");
    let outcome = simulator.answer_challenge(&id, confirmed);
    let Some(session) = find(&simulator, &id) else { return unknown(accepts_french(&headers)) };
    let words = PageTexts::of(&session, accepts_french(&headers));
    match outcome {
        Ok(Paid::Complete) => see_other(&success_url(&session)),
        Ok(Paid::Declined | Paid::Challenge) => back_with_message(&simulator, &session, words),
        Err(_) => back(&simulator, &id),
    }
}

fn back_with_message(simulator: &Simulator, session: &Session, words: &PageTexts) -> Response {
    let payer = session.payer.clone().unwrap_or_default();
    let typed = [
        ("email", payer.email),
        ("name", payer.name),
        ("phone", payer.phone.unwrap_or_default()),
        ("line1", payer.line1),
        ("line2", payer.line2.unwrap_or_default()),
        ("postal_code", payer.postal_code),
        ("city", payer.city),
        ("country", payer.country),
    ];
    let shown = Shown {
        status: StatusCode::PAYMENT_REQUIRED,
        typed: typed.into_iter().map(|(name, text)| (name.to_owned(), text)).collect(),
        problem: Some(words.unauthenticated),
        wrong: Vec::new(),
    };
    form(simulator, session, words, &shown)
}

fn back(simulator: &Simulator, id: &str) -> Response {
    let base = simulator.with_state(|state, _| prefix(&state.config().public_url).to_owned());
    see_other(&format!("{base}/pay/{id}"))
}
