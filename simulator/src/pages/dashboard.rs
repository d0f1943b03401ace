//! The dashboard: payments and what can be done with them, webhooks sent, mishaps switched on.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use catalog::Cents;

use super::words::ENGLISH;
use super::{escape, money, page, prefix};
use crate::record::PaymentStatus;
use crate::simulator::Simulator;
use crate::state::{Delivery, DeliveryState, Payment, State as Machine};

/// How many rows each table shows.
const ROWS: usize = 50;

pub(crate) async fn show(State(simulator): State<Simulator>) -> Response {
    let body = simulator.with_state(|state, now| {
        state.advance(now);
        let base = prefix(&state.config().public_url).to_owned();
        format!(
            "<h1>The stand-in’s dashboard</h1>\n{}{}{}",
            payments(state, &base),
            mishaps(state, &base),
            webhooks(state, &base, now)
        )
    });
    page(StatusCode::OK, &ENGLISH, "Dashboard – stand-in for Stripe", true, &body)
}

fn table(id: &str, title: &str, heads: &[&str], rows: &str, none: &str) -> String {
    let heads: String = heads.iter().map(|head| format!("<th scope=\"col\">{head}</th>")).collect();
    let table = match rows.is_empty() {
        true => format!("<p class=\"soft\">{none}</p>"),
        false => format!("<table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>"),
    };
    format!(
        "<section aria-labelledby=\"{id}\" tabindex=\"0\">\n<h2 id=\"{id}\" class=\"first\">{title}</h2>\n{table}\n</section>\n"
    )
}

fn payments(state: &Machine, base: &str) -> String {
    let rows: String = state.payments().take(ROWS).map(|payment| payment_row(&payment, base)).collect();
    let heads = ["Session", "Made", "Total", "State", "Refunds and disputes", "Do"];
    table("payments", "Payments", &heads, &rows, "No session yet.")
}

fn payment_row(payment: &Payment<'_>, base: &str) -> String {
    let session = payment.session;
    let price = |minor| money("en", &session.currency, minor);
    let intent = payment.intent.map_or("no attempt", |intent| intent.status);
    let tone = match session.payment {
        PaymentStatus::Paid | PaymentStatus::NotRequired => "good",
        PaymentStatus::Unpaid if intent == "requires_payment_method" => "bad",
        PaymentStatus::Unpaid => "soft",
    };
    let mut after: String = payment
        .refunds
        .iter()
        .map(|refund| format!("<div>refund {} {}</div>", price(refund.amount), state_of(refund.status)))
        .collect();
    for dispute in &payment.disputes {
        after.push_str(&format!("<div>dispute {}</div>", state_of(dispute.status)));
    }
    format!(
        "<tr id=\"{id}\"><td><a href=\"{base}/pay/{id}\"><code>{short}…</code></a></td><td>{made}</td>\
         <td class=\"number\">{total}</td><td><span class=\"state {tone}\">{status}, {paid}</span><br><small>{intent}</small>\
         </td><td>{after}</td><td>{actions}</td></tr>\n",
        id = session.id,
        short = &session.id[..session.id.len().min(18)],
        made = time(session.created),
        total = price(session.total),
        status = session.status.as_str(),
        paid = session.payment.as_str(),
        actions = actions(payment, base),
    )
}

fn state_of(status: &str) -> String {
    let tone = match status {
        "succeeded" | "won" => "good",
        "failed" | "lost" | "needs_response" | "warning_needs_response" | "appeal_needs_response" => "bad",
        _ => "soft",
    };
    format!("<span class=\"state {tone}\">{status}</span>")
}

fn actions(payment: &Payment<'_>, base: &str) -> String {
    let mut forms = String::new();
    let mut form = |action: &str, inner: &str| {
        forms.push_str(&format!(
            "<form class=\"row\" method=\"post\" action=\"{base}/dashboard/{action}\">{inner}</form>"
        ));
    };
    let session = &payment.session.id;
    let hidden =
        |name: &str, value: &str| format!("<input type=\"hidden\" name=\"{name}\" value=\"{value}\">");
    if payment.session.status.as_str() == "open" {
        form("expire", &format!("{}<button class=\"plain\">Expire</button>", hidden("session", session)));
    }
    if payment.intent.is_some_and(|intent| intent.status == "processing") {
        form(
            "settle",
            &format!(
                "{}<button name=\"succeeds\" value=\"yes\">Settle: paid</button> \
                 <button class=\"plain\" name=\"succeeds\" value=\"no\">Settle: failed</button>",
                hidden("session", session)
            ),
        );
    }
    let Some(charge) = payment.charge.filter(|charge| charge.status == "succeeded") else { return forms };
    if !charge.disputed && charge.refunded < charge.amount {
        let left = catalog::money::decimal(Cents(charge.amount - charge.refunded));
        form(
            "refund",
            &format!(
                "{}<label>Refund <input type=\"text\" inputmode=\"decimal\" name=\"amount\" value=\"{left}\" size=\"7\"></label> \
                 <button class=\"plain\">Refund</button>",
                hidden("charge", &charge.id)
            ),
        );
    }
    if !charge.disputed {
        form("dispute", &format!("{}<button class=\"plain\">Dispute</button>", hidden("charge", &charge.id)));
    }
    for dispute in payment.disputes.iter().filter(|dispute| dispute.status == "lost") {
        form("appeal", &format!("{}<button class=\"plain\">Appeal</button>", hidden("dispute", &dispute.id)));
    }
    let open = |status: &str| matches!(status, "needs_response" | "appeal_needs_response");
    for dispute in payment.disputes.iter().filter(|dispute| open(dispute.status)) {
        form(
            "close",
            &format!(
                "{}<button name=\"won\" value=\"yes\">Shop wins</button> \
                 <button class=\"plain\" name=\"won\" value=\"no\">Shop loses</button>",
                hidden("dispute", &dispute.id)
            ),
        );
    }
    forms
}

fn mishaps(state: &Machine, base: &str) -> String {
    let (api, webhooks) = state.switches();
    let on = api.iter().map(|switch| (format!("{:?}", switch.mishap), &switch.only, switch.times));
    let on = on.chain(
        webhooks.iter().map(|switch| (format!("webhook {:?}", switch.mishap), &switch.only, switch.times)),
    );
    let rows: String = on
        .map(|(mishap, only, times)| {
            format!("<li>{} <small>{} {times:?}</small></li>", escape(&mishap), escape(only))
        })
        .collect();
    let list = if rows.is_empty() {
        "<p class=\"soft\">None is on.</p>".to_owned()
    } else {
        format!("<ul>{rows}</ul>")
    };
    let option = |value: &str, text: &str| format!("<option value=\"{value}\">{text}</option>");
    let choices: String = super::actions::MISHAPS.iter().map(|(value, text)| option(value, text)).collect();
    format!(
        "<section aria-labelledby=\"mishaps\">\n<h2 id=\"mishaps\" class=\"first\">Mishaps</h2>\n{list}\n\
         <form class=\"row\" method=\"post\" action=\"{base}/dashboard/mishap\">\
         <label for=\"mishap\">With the next</label> <input type=\"number\" name=\"times\" value=\"1\" min=\"0\" max=\"1000\" \
         aria-label=\"how many; 0 for all\" size=\"4\"> <select id=\"mishap\" name=\"mishap\">{choices}</select> \
         <label>only <input type=\"text\" name=\"only\" size=\"26\" placeholder=\"POST /v1/refunds, charge.refunded\"></label> \
         <label>seconds <input type=\"number\" name=\"seconds\" value=\"5\" min=\"0\" max=\"86400\"></label> \
         <button>Switch on</button></form>\n\
         <form class=\"row\" method=\"post\" action=\"{base}/dashboard/calm\"><button class=\"plain\">All off</button></form>\n\
         <p class=\"soft\">0 times is always. A refund’s mishaps count from its next one.</p>\n</section>\n"
    )
}

fn webhooks(state: &Machine, base: &str, now: i64) -> String {
    let rows: String =
        state.deliveries().take(ROWS).map(|delivery| webhook_row(delivery, state, base, now)).collect();
    let heads = ["Event", "About", "To", "State", "Attempts", "Do"];
    let none = match state.config().endpoints.is_empty() {
        true => "No endpoint is configured.",
        false => "Nothing sent yet.",
    };
    table("webhooks", "Webhooks", &heads, &rows, none)
}

fn webhook_row(delivery: &Delivery, state: &Machine, base: &str, now: i64) -> String {
    let (tone, standing) = match delivery.state {
        DeliveryState::Waiting(due) => ("soft", format!("in {} s", (due - now).max(0))),
        DeliveryState::UnderWay => ("soft", "under way".to_owned()),
        DeliveryState::Taken => ("good", "taken".to_owned()),
        DeliveryState::GivenUp => ("bad", "given up".to_owned()),
        DeliveryState::Lost => ("bad", "lost".to_owned()),
    };
    let attempts: Vec<String> = delivery
        .attempts
        .iter()
        .map(|attempt| {
            let answer = attempt.status.map_or("no answer".to_owned(), |status| status.to_string());
            format!("{} {answer}", time(attempt.at))
        })
        .collect();
    let url = state.config().endpoints.get(delivery.endpoint).map_or("", |endpoint| endpoint.url.as_str());
    format!(
        "<tr><td>{kind}<br><code>{event}</code></td><td><code>{object}</code></td><td><code>{url}</code></td>\
         <td><span class=\"state {tone}\">{standing}</span></td><td>{attempts}</td><td><form class=\"row\" method=\"post\" \
         action=\"{base}/dashboard/resend\"><input type=\"hidden\" name=\"delivery\" value=\"{id}\">\
         <button class=\"plain\">Resend</button></form></td></tr>\n",
        kind = delivery.kind,
        event = delivery.event,
        object = delivery.object,
        url = escape(url),
        attempts = attempts.join("<br>"),
        id = delivery.id,
    )
}

/// A time of day, UTC.
fn time(at: i64) -> String {
    let seconds = at.rem_euclid(86_400);
    format!("{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}
