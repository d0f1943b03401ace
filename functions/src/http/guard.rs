//! Who sends a request, from where, to which host: everything that is checked before the body is read.

use axum::http::{Extensions, HeaderMap};
use catalog::{Timestamp, web};
use subtle::ConstantTimeEq;

use super::AppState;
use super::problem::ApiError;
use super::signed::{self, is_signed};
use crate::perform::Till;

/// The header in which the edge shows that a request came through it. CloudFront cannot set one that begins with `x-edge-`
/// (its developer guide, "Custom headers that CloudFront can't add to origin requests").
const EDGE: &str = "x-till-edge";

/// Where the client's address comes from. A header that anyone can send must not be trusted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum ClientSource {
    /// What the host adds to the request: the connection, or Lambda's request context.
    #[default]
    Connection,
    /// A header that the edge sets and overwrites, such as `x-nf-client-connection-ip`.
    Header(String),
}

/// The client's address as the host knows it, an extension of the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientAddress(pub String);

impl AppState {
    /// The till, if it can sell.
    pub(crate) fn till(&self) -> Result<&Till, ApiError> {
        self.till.as_ref().ok_or_else(|| {
            tracing::error!(trouble = self.config.trouble.as_deref(), "the till is not set up");
            ApiError::closed()
        })
    }

    /// Refuses a request that did not come through the edge.
    pub(crate) fn check_edge(&self, headers: &HeaderMap) -> Result<(), ApiError> {
        let secrets = &self.config.edge_secrets;
        let given = headers.get(EDGE).map(axum::http::HeaderValue::as_bytes).unwrap_or_default();
        let jws = headers.get(signed::HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let now = self.till.as_ref().map_or(Timestamp::NEVER, |till: &Till| till.ledger.now());
        if secrets.is_empty() || is_one_of(given, secrets) || is_signed(jws, secrets, now) {
            Ok(())
        } else {
            Err(ApiError::wrong_host("requests come through the shop's own address"))
        }
    }

    /// Refuses any host but the shop's: old deploys stay reachable, with old prices.
    pub(crate) fn check_host(&self, till: &Till, headers: &HeaderMap) -> Result<(), ApiError> {
        self.check_edge(headers)?;
        let name = self.config.host_header.as_deref().unwrap_or("host");
        let host = headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if web::is_host_of(&till.sends.base, host) {
            Ok(())
        } else {
            Err(ApiError::wrong_host("this is not the shop's address"))
        }
    }

    /// Refuses a form that another site sent.
    pub(crate) fn check_origin(&self, till: &Till, headers: &HeaderMap) -> Result<(), ApiError> {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let cross = text("sec-fetch-site").is_some_and(|site| site == "cross-site");
        let foreign =
            text("origin").is_some_and(|from| from != "null" && !web::is_origin_of(&till.sends.base, from));
        if cross || foreign { Err(ApiError::forbidden("the form was sent by another site")) } else { Ok(()) }
    }

    /// Both checks: a change must come from the shop's own pages, under its own address.
    pub(crate) fn check_form(&self, till: &Till, headers: &HeaderMap) -> Result<(), ApiError> {
        self.check_host(till, headers)?;
        self.check_origin(till, headers)
    }

    /// The client's name for today, so that it can be counted without being known.
    pub(crate) fn client(&self, till: &Till, headers: &HeaderMap, extensions: &Extensions) -> String {
        let address = match &self.config.client {
            ClientSource::Connection => extensions.get::<ClientAddress>().map(|address| address.0.clone()),
            ClientSource::Header(name) => {
                headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
            }
        };
        till.sends.links.client(&network(address.as_deref().unwrap_or_default()), till.ledger.now())
    }

    /// Whether the request carries a sweep secret.
    pub(crate) fn is_sweeper(&self, headers: &HeaderMap) -> bool {
        let given = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let given = given.strip_prefix("Bearer ").unwrap_or_default();
        is_one_of(given.as_bytes(), &self.config.sweep_secrets)
    }
}

/// Compares all, in constant time: timing reveals nothing.
fn is_one_of(given: &[u8], secrets: &[String]) -> bool {
    secrets.iter().fold(false, |found, secret| found | bool::from(secret.as_bytes().ct_eq(given)))
}

/// What counts as one client: an IPv4 address, or the /64 network of an IPv6 address, without a port.
fn network(address: &str) -> String {
    let address = address.trim();
    if let Ok(ip) = address.parse::<std::net::IpAddr>() {
        return prefix(ip);
    }
    if let Ok(socket) = address.parse::<std::net::SocketAddr>() {
        return prefix(socket.ip());
    }
    // CloudFront writes an IPv6 address and its port without brackets.
    let without_port = address.rsplit_once(':').and_then(|(ip, _)| ip.parse::<std::net::IpAddr>().ok());
    without_port.map_or_else(|| "unknown".to_owned(), prefix)
}

fn prefix(ip: std::net::IpAddr) -> String {
    match ip {
        std::net::IpAddr::V4(ip) => ip.to_string(),
        std::net::IpAddr::V6(ip) => match ip.to_ipv4_mapped() {
            Some(ip) => ip.to_string(),
            None => format!("{:x?}", &ip.segments()[..4]),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_is_an_address_or_a_network() {
        assert_eq!(network("203.0.113.7"), "203.0.113.7");
        assert_eq!(network("203.0.113.7:443"), "203.0.113.7");
        assert_eq!(network("::ffff:203.0.113.7"), "203.0.113.7");
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), network("2001:db8:1:2:ffff::1"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("[2001:db8:1:2::1]:443"), network("2001:db8:1:2::1"));
        assert_eq!(network("a shopper"), "unknown");
    }
}
