//! What Lambda's events say besides the request: API Gateway's stage, which `lambda_http` puts in front of the path whatever
//! the address was, the client's address, and how long the function may run.

use std::time::Duration;

use axum::http::{Extensions, Request, Uri};
use lambda_http::Context;
use lambda_http::request::RequestContext;

use tokio::time::Instant;

use super::deadline::HostEnds;
use super::guard::ClientAddress;

/// Removes the stage of API Gateway from the front of the path.
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

/// The client's address as Lambda's host knows it. Headers are not used: anyone can send them.
pub fn address_of_lambda(extensions: &Extensions) -> Option<ClientAddress> {
    let address = match extensions.get::<RequestContext>()? {
        RequestContext::ApiGatewayV1(context) => context.identity.source_ip.clone(),
        RequestContext::ApiGatewayV2(context) => context.http.source_ip.clone(),
        _ => None,
    };
    address.map(ClientAddress)
}

/// When Lambda ends the function; `now_ms` is in milliseconds since 1970, like Lambda's deadline.
pub fn end_of_lambda(extensions: &Extensions, now_ms: u64) -> Option<HostEnds> {
    let left = extensions.get::<Context>()?.deadline.saturating_sub(now_ms);
    Some(HostEnds(Instant::now() + Duration::from_millis(left)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stage_of_both_gateways_is_taken_off_the_path() {
        use lambda_http::aws_lambda_events::apigw::{
            ApiGatewayProxyRequestContext as First, ApiGatewayV2httpRequestContext as Second,
        };
        let path = |context: RequestContext, path: &str| {
            let mut request = Request::builder().uri(path).body(()).expect("a request");
            request.extensions_mut().insert(context);
            without_stage(request).uri().to_string()
        };
        let first = |stage: &str| {
            let mut context = First::default();
            context.stage = Some(stage.to_owned());
            RequestContext::ApiGatewayV1(context)
        };
        let second = |stage: &str| {
            let mut context = Second::default();
            context.stage = Some(stage.to_owned());
            RequestContext::ApiGatewayV2(context)
        };
        for (stage, asked, served) in [
            ("live", "/live/api/stock?key=A", "/api/stock?key=A"),
            ("live", "/lively/api", "/lively/api"),
            ("live", "/api/live", "/api/live"),
            ("live", "/live", "/live"),
            ("$default", "/$default/api", "/$default/api"),
        ] {
            assert_eq!(path(first(stage), asked), served);
            assert_eq!(path(second(stage), asked), served);
        }
    }

    #[test]
    fn a_function_ends_when_lambda_says() {
        let mut context = Context::default();
        context.deadline = 1_795_000_010_000;
        let mut extensions = Extensions::new();
        assert!(end_of_lambda(&extensions, 0).is_none(), "anywhere else nobody ends it");
        extensions.insert(context);
        let before = Instant::now();
        let end = end_of_lambda(&extensions, 1_795_000_000_000).map(|end| end.0);
        let (shortest, longest) =
            (before + Duration::from_secs(10), Instant::now() + Duration::from_secs(10));
        assert!(end.is_some_and(|end| end >= shortest && end <= longest));
        let over = end_of_lambda(&extensions, 1_795_000_010_001).map(|end| end.0);
        assert!(over.is_some_and(|end| end <= Instant::now()));
    }
}
