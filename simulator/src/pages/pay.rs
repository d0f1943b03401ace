//! The hosted pay page: one form, shown again with a message if it was filled in wrongly or the card was declined.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::fields::{Shown, form};
use super::session::{cancel_link, find, success_url, unknown};
use super::{PageTexts, accepts_french, escape, page, prefix, see_other};
use crate::form::flat;
use crate::record::{Means, Payer, PaymentStatus, Session, SessionStatus};
use crate::simulator::Simulator;
use crate::state::{Paid, PayRefusal};

pub(crate) async fn show(
    State(simulator): State<Simulator>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let french = accepts_french(&headers);
    match find(&simulator, &id) {
        None => unknown(french),
        Some(session) if session.status == SessionStatus::Open => {
            let words = PageTexts::of(&session, french);
            form(&simulator, &session, words, &Shown::default())
        }
        Some(session) => over(&simulator, &session, french),
    }
}

pub(crate) async fn submit(
    State(simulator): State<Simulator>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let french = accepts_french(&headers);
    let fields = flat(&String::from_utf8_lossy(&body));
    let means = match fields.get("means").map(String::as_str) {
        Some("declined") => Means::DeclinedCard,
        Some("challenged") => Means::ChallengedCard,
        Some("debit") => Means::Debit,
        Some("failing_debit") => Means::FailingDebit,
        _ => Means::Card,
    };
    let outcome = simulator.pay(&id, &payer(&fields), means);
    let Some(session) = find(&simulator, &id) else { return unknown(french) };
    let words = PageTexts::of(&session, french);
    let again = |status, problem, wrong: &[&'static str]| {
        let shown = Shown { status, typed: fields.clone(), problem: Some(problem), wrong: wrong.to_vec() };
        form(&simulator, &session, words, &shown)
    };
    match outcome {
        Ok(Paid::Complete) => see_other(&success_url(&session)),
        Ok(Paid::Challenge) => {
            let base = simulator.with_state(|state, _| prefix(&state.config().public_url).to_owned());
            see_other(&format!("{base}/pay/{id}/challenge"))
        }
        Ok(Paid::Declined) => again(StatusCode::PAYMENT_REQUIRED, words.declined, &[]),
        Err(PayRefusal::Fields(wrong)) => again(StatusCode::UNPROCESSABLE_ENTITY, words.wrong_fields, &wrong),
        Err(PayRefusal::Method) => again(StatusCode::UNPROCESSABLE_ENTITY, words.wrong_method, &[]),
        Err(PayRefusal::Unknown) => unknown(french),
        Err(PayRefusal::NotOpen(_) | PayRefusal::NothingToAnswer) => over(&simulator, &session, french),
    }
}

fn payer(fields: &BTreeMap<String, String>) -> Payer {
    let field = |name: &str| fields.get(name).map(|text| text.trim().to_owned()).unwrap_or_default();
    let some = |name: &str| Some(field(name)).filter(|text| !text.is_empty());
    Payer {
        email: field("email"),
        name: field("name"),
        phone: some("phone"),
        line1: field("line1"),
        line2: some("line2"),
        postal_code: field("postal_code"),
        city: field("city"),
        state: some("state"),
        country: field("country"),
    }
}

fn over(simulator: &Simulator, session: &Session, prefers_french: bool) -> Response {
    let words = PageTexts::of(session, prefers_french);
    let base = simulator.with_state(|state, _| prefix(&state.config().public_url).to_owned());
    let (status, title, text, link) = match (session.status, session.payment) {
        (SessionStatus::Expired, _) => {
            (StatusCode::GONE, words.expired, words.expired_text, cancel_link(session, words.to_shop))
        }
        (_, payment) => {
            let text =
                if payment == PaymentStatus::Unpaid { words.processing_text } else { words.complete_text };
            let link = format!(
                "<p class=\"away\"><a href=\"{}\">{}</a></p>\n",
                escape(&success_url(session)),
                words.to_shop
            );
            (StatusCode::OK, words.complete, text, link)
        }
    };
    let body = format!(
        "<h1>{title}</h1>\n<section><p>{text}</p></section>\n{link}\
         <p class=\"away\"><a class=\"soft\" href=\"{base}/dashboard\">{}</a></p>\n",
        words.dashboard
    );
    page(status, words, title, false, &body)
}
