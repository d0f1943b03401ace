//! What the dashboard's forms do; each redirects to the dashboard.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::words::ENGLISH;
use super::{escape, page, prefix, see_other};
use crate::form::flat;
use crate::request::Request;
use crate::simulator::Simulator;
use crate::state::{RefundFate, State as Machine};
use crate::switches::{Mishap, Times, WebhookMishap};

/// Their names in the form, and their labels.
pub(super) const MISHAPS: &[(&str, &str)] = &[
    ("lose", "API: do it, lose the answer"),
    ("drop", "API: drop the connection, do nothing"),
    ("break", "API: 500, do nothing, remember the 500"),
    ("break_after", "API: do it, answer 500, remember the 500"),
    ("refuse_500", "API: 500 at the door"),
    ("refuse_503", "API: 503 at the door"),
    ("refuse_429", "API: 429 at the door"),
    ("refuse_409", "API: 409 at the door"),
    ("hold", "API: do it, hold the answer"),
    ("webhook_lose", "webhook: lose it"),
    ("webhook_duplicate", "webhook: send it twice"),
    ("webhook_delay", "webhook: send it late"),
    ("webhook_reorder", "webhook: send it after the next"),
    ("refund_fails", "refund: fail after it succeeded"),
    ("refund_pends", "refund: pending, then succeed"),
    ("refund_pends_fails", "refund: pending, then fail"),
];

pub(crate) async fn act(
    State(simulator): State<Simulator>,
    Path(action): Path<String>,
    body: Bytes,
) -> Response {
    let fields = flat(&String::from_utf8_lossy(&body));
    let outcome = simulator.with_state(|state, now| perform(state, &action, &fields, now));
    let base = simulator.with_state(|state, _| prefix(&state.config().public_url).to_owned());
    match outcome {
        Ok(()) => see_other(&format!("{base}/dashboard")),
        Err(problem) => {
            let body = format!(
                "<h1>That did not work</h1>\n<p class=\"problem\">{}</p>\n<p><a href=\"{base}/dashboard\">Back</a></p>\n",
                escape(&problem)
            );
            page(StatusCode::UNPROCESSABLE_ENTITY, &ENGLISH, "That did not work", false, &body)
        }
    }
}

fn perform(
    state: &mut Machine,
    action: &str,
    fields: &BTreeMap<String, String>,
    now: i64,
) -> Result<(), String> {
    let field = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
    let yes = |name: &str| field(name) == "yes";
    match action {
        "expire" => {
            let answer = state.request(
                &Request::post(&format!("/v1/checkout/sessions/{}/expire", field("session")), ""),
                now,
            );
            if answer.status == 200 { Ok(()) } else { Err(answer.body) }
        }
        "settle" => {
            done(state.settle(field("session"), yes("succeeds"), now), "no delayed payment is on its way")
        }
        "refund" => {
            let amount = catalog::money::parse_decimal(field("amount")).map_err(|error| error.to_string())?;
            state.refund(field("charge"), Some(amount.0), now).map(drop).map_err(|refusal| refusal.message)
        }
        "dispute" => {
            done(state.open_dispute(field("charge"), now).is_some(), "this charge cannot be disputed")
        }
        "close" => done(state.close_dispute(field("dispute"), yes("won"), now), "this dispute is not open"),
        "appeal" => done(
            state.move_dispute(field("dispute"), "appeal_needs_response", now),
            "this dispute cannot be appealed",
        ),
        "resend" => {
            let known = field("delivery").parse().is_ok_and(|delivery| state.resend(delivery, now));
            done(known, "no such delivery")
        }
        "calm" => {
            state.clear_mishaps();
            Ok(())
        }
        "mishap" => mishap(state, fields),
        _ => Err("no such action".to_owned()),
    }
}

fn done(worked: bool, else_say: &str) -> Result<(), String> {
    if worked { Ok(()) } else { Err(else_say.to_owned()) }
}

fn mishap(state: &mut Machine, fields: &BTreeMap<String, String>) -> Result<(), String> {
    let number = |name: &str| fields.get(name).and_then(|text| text.parse::<u32>().ok());
    let times = match number("times").unwrap_or(1) {
        0 => Times::Always,
        count => Times::Next(count.min(1_000)),
    };
    let seconds = i64::from(number("seconds").unwrap_or(5).min(86_400));
    let only = fields.get("only").map(|only| only.trim()).unwrap_or_default();
    let name = fields.get("mishap").map(String::as_str).unwrap_or_default();
    let api = match name {
        "lose" => Some(Mishap::Lose),
        "drop" => Some(Mishap::Drop),
        "break" => Some(Mishap::Break),
        "break_after" => Some(Mishap::BreakAfter),
        "hold" => Some(Mishap::Hold(seconds)),
        _ => name.strip_prefix("refuse_").and_then(|status| status.parse().ok()).map(Mishap::Refuse),
    };
    let webhook = match name {
        "webhook_lose" => Some(WebhookMishap::Lose),
        "webhook_duplicate" => Some(WebhookMishap::Duplicate),
        "webhook_delay" => Some(WebhookMishap::Delay(seconds)),
        "webhook_reorder" => Some(WebhookMishap::Reorder),
        _ => None,
    };
    let refund = match name {
        "refund_fails" => Some(RefundFate::FailsLater),
        "refund_pends" => Some(RefundFate::SucceedsLater),
        "refund_pends_fails" => Some(RefundFate::PendsThenFails),
        _ => None,
    };
    match (api, webhook, refund) {
        (Some(api), _, _) => state.mishap(api, only, times),
        (_, Some(webhook), _) => state.webhook_mishap(webhook, only, times),
        (_, _, Some(fate)) => {
            let count = if let Times::Next(count) = times { count } else { 1 };
            (0..count).for_each(|_| state.next_refund(fate));
        }
        _ => return Err("no such mishap".to_owned()),
    }
    Ok(())
}
