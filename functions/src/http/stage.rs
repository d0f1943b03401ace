//! API Gateway's stage in front of the path, taken off again: `lambda_http` puts it there, whatever the address was.

use axum::http::{Request, Uri};
use lambda_http::request::RequestContext;

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
