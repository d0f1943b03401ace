//! `/api/orders/link`: mails a lost link to an order again, to the address that paid.
//!
//! A stranger learns nothing: the answer and its timing are the same whether or not an order was found.

use std::time::Duration;

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use storefront::texts::TillText;
use storefront::views::LinkPage;

use super::AppState;
use super::body;
use super::extract::{Body, Client, Open, ThroughEdge};
use super::form::Form;
use super::page::page;
use super::problem::ApiError;
use crate::perform::Till;

/// How long the answer is delayed. A mail that takes longer is sent by a sweep.
const ANSWER_AFTER: Duration = Duration::from_secs(2);

/// Which order, and who paid it.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkRequest {
    /// The order's number, as in its mails.
    pub order: String,
    /// The address that its mails went to.
    pub email: String,
}

/// Shows the form.
#[utoipa::path(get, path = "/api/orders/link", operation_id = "ask_for_link", params(("lang" = Option<String>, Query)), responses((status = 200, description = "a page")))]
pub async fn get(
    ThroughEdge(till): ThroughEdge,
    State(app): State<AppState>,
    RawQuery(query): RawQuery,
) -> Response {
    let till = &till;
    let query = Form::parse(query.unwrap_or_default().as_bytes());
    show(&app, till, &query.lang(till), false)
}

/// Mails the link of an order to the address that paid it. The answer is the same if there is no such order.
#[utoipa::path(post, path = "/api/orders/link", operation_id = "mail_link", request_body = LinkRequest, responses(
    (status = 202, description = "if there is such an order, its link is on the way"),
    (status = 400, body = super::problem::Problem, description = "`bad_request`"),
    (status = 429, body = super::problem::Problem, description = "`rate_limited`"),
))]
pub async fn post(
    Open(till): Open,
    State(app): State<AppState>,
    Client(client): Client,
    headers: HeaderMap,
    Body(body): Body,
) -> Result<Response, ApiError> {
    let till = &till;
    let guarded = app.check_form(till, &headers);
    if body::is_json(&headers) {
        guarded?;
        let asked: LinkRequest =
            serde_json::from_slice(&body).map_err(|error| ApiError::bad_request(error.to_string()))?;
        mail(till, &asked.order, &asked.email, &client).await?;
        let cache = [(header::CACHE_CONTROL, "private, no-store")];
        return Ok((StatusCode::ACCEPTED, cache, Json(serde_json::json!({}))).into_response());
    }
    let form = Form::parse(&body);
    let lang = form.lang(till);
    let (order, email) = (form.get("order").unwrap_or_default(), form.get("email").unwrap_or_default());
    let asked = match guarded {
        Ok(()) => mail(till, order, email, &client).await,
        Err(error) => Err(error),
    };
    Ok(match asked {
        Ok(()) => show(&app, till, &lang, true),
        Err(error) => error.into_page(&app, &lang, None),
    })
}

async fn mail(till: &Till, order: &str, email: &str, client: &str) -> Result<(), ApiError> {
    let work = async {
        if let Some(order) = till.mail_link(order, email, client).await? {
            till.run_effects_of(&order, 8).await?;
        }
        Ok(())
    };
    let (done, ()) = tokio::join!(tokio::time::timeout(ANSWER_AFTER, work), tokio::time::sleep(ANSWER_AFTER));
    done.unwrap_or(Ok(())).map_err(|error: crate::perform::TillError| ApiError::from(error))
}

fn show(app: &AppState, till: &Till, lang: &str, sent: bool) -> Response {
    let view = LinkPage { common: till.sends.templates.common(&till.site(), lang), sent };
    let title = till.sends.templates.text(lang, TillText::LinkTitle, &[]);
    match till.sends.templates.page(&till.site(), lang, &title, "till/link.html", &view) {
        Ok(html) => page(app, html),
        Err(why) => {
            tracing::error!(why, "the page for lost links cannot be rendered");
            ApiError::closed().into_json(Some(till), lang)
        }
    }
}
