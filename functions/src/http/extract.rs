//! What handlers take out of a request, or refuse it for: axum's extractors of a till that sells.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;

use super::Gate;
use super::problem::ApiError;
use crate::perform::Till;

/// The till, if it can sell.
pub(super) struct Open(pub(super) Till);

impl FromRequestParts<Gate> for Open {
    type Rejection = ApiError;

    async fn from_request_parts(_: &mut Parts, gate: &Gate) -> Result<Self, ApiError> {
        gate.till().cloned().map(Open)
    }
}

/// The till, asked through the edge.
pub(super) struct ThroughEdge(pub(super) Till);

impl FromRequestParts<Gate> for ThroughEdge {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, gate: &Gate) -> Result<Self, ApiError> {
        let till = gate.till()?;
        gate.check_edge(&parts.headers)?;
        Ok(ThroughEdge(till.clone()))
    }
}

/// Whoever knows the sweep's secret, and the till.
pub(super) struct Sweeper(pub(super) Till);

impl FromRequestParts<Gate> for Sweeper {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, gate: &Gate) -> Result<Self, ApiError> {
        let till = gate.till()?;
        if !gate.is_sweeper(&parts.headers) {
            return Err(ApiError::forbidden("the sweep's secret is needed"));
        }
        Ok(Sweeper(till.clone()))
    }
}

/// The client, named for today, so that it can be counted without being known.
pub(super) struct Client(pub(super) String);

impl FromRequestParts<Gate> for Client {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, gate: &Gate) -> Result<Self, ApiError> {
        Ok(Client(gate.client(gate.till()?, &parts.headers, &parts.extensions)))
    }
}

/// The whole body, as long as the route takes it.
pub(super) struct Body(pub(super) Bytes);

impl FromRequest<Gate> for Body {
    type Rejection = ApiError;

    async fn from_request(request: Request, gate: &Gate) -> Result<Self, ApiError> {
        let bytes = Bytes::from_request(request, gate).await;
        bytes.map(Body).map_err(|_| ApiError::too_large("the request is too large"))
    }
}
