//! What Lambda's events say beside the request: API Gateway's stage, which `lambda_http` puts in front of the path whatever the
//! address was, and the client's address.

use axum::http::{Extensions, Request, Uri};
use lambda_http::request::RequestContext;

use super::guard::ClientAddress;

/// The request without the stage of its API Gateway in front of its path.
pub fn without_stage<B>(mut request: Request<B>) -> Request<B> {
    let stage = request.extensions().get::<RequestContext>().and_then(|context| match context {
        RequestContext::ApiGatewayV1(context) => context.stage.clone(),
        RequestContext::ApiGatewayV2(context) => context.stage.clone(),
        _ => None,
    });
    let rest = stage.filter(|stage| stage != "$default").and_then(|stage| {
        let whole = request.uri().path_and_query()?.as_str();
        let rest = whole.strip_prefix('/')?.strip_prefix(stage.as_str())?;
        rest.starts_with('/').then(|| rest.to_owned())
    });
    if let Some(uri) = rest.and_then(|rest| rest.parse::<Uri>().ok()) {
        *request.uri_mut() = uri;
    }
    request
}

/// The client's address as Lambda's host knows it. No header has it: anybody can send those.
pub fn address_of_lambda(extensions: &Extensions) -> Option<ClientAddress> {
    let address = match extensions.get::<RequestContext>()? {
        RequestContext::ApiGatewayV1(context) => context.identity.source_ip.clone(),
        RequestContext::ApiGatewayV2(context) => context.http.source_ip.clone(),
        _ => None,
    };
    address.map(ClientAddress)
}
