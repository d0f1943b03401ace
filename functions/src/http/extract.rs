//! axum's extractors: what handlers take from a request, or why they refuse it.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;

use super::AppState;
use super::problem::ApiError;
use crate::perform::Till;

/// The till, if it can sell.
pub(super) struct Open(pub(super) Till);

impl FromRequestParts<AppState> for Open {
    type Rejection = ApiError;

    async fn from_request_parts(_: &mut Parts, app: &AppState) -> Result<Self, ApiError> {
        app.till().cloned().map(Open)
    }
}

/// The till, if the request came through the edge.
pub(super) struct ThroughEdge(pub(super) Till);

impl FromRequestParts<AppState> for ThroughEdge {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, ApiError> {
        let till = app.till()?;
        app.check_edge(&parts.headers)?;
        Ok(ThroughEdge(till.clone()))
    }
}

/// The till, if the request carries a sweep secret.
pub(super) struct Sweeper(pub(super) Till);

impl FromRequestParts<AppState> for Sweeper {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, ApiError> {
        let till = app.till()?;
        if !app.is_sweeper(&parts.headers) {
            return Err(ApiError::forbidden("the sweep's secret is needed"));
        }
        Ok(Sweeper(till.clone()))
    }
}

/// The client, under a name for today, so that it can be counted without being known.
pub(super) struct Client(pub(super) String);

impl FromRequestParts<AppState> for Client {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, ApiError> {
        Ok(Client(app.client(app.till()?, &parts.headers, &parts.extensions)))
    }
}

/// The whole body, within the route's limit.
pub(super) struct Body(pub(super) Bytes);

impl FromRequest<AppState> for Body {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &AppState) -> Result<Self, ApiError> {
        let bytes = Bytes::from_request(request, app).await;
        bytes.map(Body).map_err(|_| ApiError::too_large("the request is too large"))
    }
}
