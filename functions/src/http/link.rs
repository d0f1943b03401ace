//! `/api/orders/link`: a lost link to an order, mailed again to who paid it.
//!
//! A stranger learns nothing: whatever was found, the answer is the same, and it comes after the same time.

use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{RawQuery, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::body::{self, Form};
use super::problem::{ApiError, page};
use super::{Gate, MAX_BODY};
use crate::perform::Till;

/// When the answer comes. A mail that takes longer is sent by a sweep.
const ANSWER_AFTER: Duration = Duration::from_secs(2);

/// Which order, and whose.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkRequest {
    /// The order's number, as it stands in its mails.
    pub order: String,
    /// The address that its mails went to.
    pub email: String,
}

/// Shows the form.
#[utoipa::path(get, path = "/api/orders/link", params(("lang" = Option<String>, Query)), responses((status = 200, description = "a page")))]
pub async fn get(State(gate): State<Gate>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let till = match gate.till().and_then(|till| gate.check_edge(&headers).map(|()| till)) {
        Ok(till) => till,
        Err(error) => return error.into_json(None, ""),
    };
    let query = Form::parse(query.unwrap_or_default().as_bytes());
    show(&gate, till, &query.lang(till), false)
}

/// Mails the link of an order to the address that paid it. The answer is the same when there is none.
#[utoipa::path(post, path = "/api/orders/link", request_body = LinkRequest, responses(
    (status = 202, description = "if there is such an order, its link is on the way"),
    (status = 400, body = super::problem::Problem, description = "`bad_request`"),
    (status = 429, body = super::problem::Problem, description = "`rate_limited`"),
))]
pub async fn post(State(gate): State<Gate>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let till = match gate.till() {
        Ok(till) => till,
        Err(error) => return error.into_json(None, ""),
    };
    let lang = body::language(till, None);
    let Ok(bytes) = axum::body::to_bytes(body, MAX_BODY).await else {
        return ApiError::too_large("the request is too large").into_json(None, &lang);
    };
    let guarded =
        gate.check_host(till, &parts.headers).and_then(|()| gate.check_origin(till, &parts.headers));
    let client = gate.client(till, &parts.headers, &parts.extensions);
    if body::is_json(&parts.headers) {
        let read = |bytes: &Bytes| {
            serde_json::from_slice::<LinkRequest>(bytes)
                .map_err(|error| ApiError::bad_request(error.to_string()))
        };
        let asked = match guarded.and_then(|()| read(&bytes)) {
            Ok(asked) => mail(till, &asked.order, &asked.email, &client).await,
            Err(error) => Err(error),
        };
        return match asked {
            Ok(()) => {
                let cache = [(header::CACHE_CONTROL, "private, no-store")];
                (StatusCode::ACCEPTED, cache, Json(serde_json::json!({}))).into_response()
            }
            Err(error) => error.into_json(Some(till), &lang),
        };
    }
    let form = Form::parse(&bytes);
    let lang = form.lang(till);
    let (order, email) = (form.get("order").unwrap_or_default(), form.get("email").unwrap_or_default());
    let asked = match guarded {
        Ok(()) => mail(till, order, email, &client).await,
        Err(error) => Err(error),
    };
    match asked {
        Ok(()) => show(&gate, till, &lang, true),
        Err(error) => error.into_page(&gate, &lang, None),
    }
}

async fn mail(till: &Till, order: &str, email: &str, client: &str) -> Result<(), ApiError> {
    let work = async {
        if let Some(order) = till.mail_link(order, email, client).await? {
            till.run_effects(Some(&order), 8).await?;
        }
        Ok(())
    };
    let (done, ()) = tokio::join!(tokio::time::timeout(ANSWER_AFTER, work), tokio::time::sleep(ANSWER_AFTER));
    done.unwrap_or(Ok(())).map_err(|error: crate::perform::TillError| ApiError::from(error))
}

fn show(gate: &Gate, till: &Till, lang: &str, sent: bool) -> Response {
    let mut context = till.letters.context(till, lang);
    context.insert("sent", &sent);
    let title = till.letters.text(lang, "till.link.title", &[]);
    match till.letters.page(till, lang, &title, "till/link.html", &context) {
        Ok(html) => page(gate, html),
        Err(why) => {
            tracing::error!(why, "the page for lost links cannot be rendered");
            ApiError::closed().into_json(Some(till), lang)
        }
    }
}
