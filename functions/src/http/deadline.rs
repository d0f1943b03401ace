//! Every request is answered while the host still passes the answer on. A function ended by its host says nothing to the
//! shopper, so slow work is dropped shortly before; what it committed stays, and the sweep does the rest.

use std::future::Future;
use std::time::Duration;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use tokio::time::{Instant, timeout_at};

use super::problem::ApiError;

/// The longest time for a request: less than Netlify's proxy (26 s), API Gateway (29 s) and CloudFront (30 s) wait.
pub const LONGEST: Duration = Duration::from_secs(24);

/// Time for the answer to reach the host.
const ON_ITS_WAY: Duration = Duration::from_secs(1);

/// Time for a handler to report that it was cut short.
const TO_SAY_SO: Duration = Duration::from_millis(250);

/// When the host ends the function; an extension of requests from such a host.
#[derive(Debug, Clone, Copy)]
pub struct HostEnds(pub Instant);

tokio::task_local! {
    /// When the handler of this request must end its work.
    static UNTIL: Instant;
}

/// Answers in time, with a refusal if the handler does not.
pub async fn answer_in_time(request: Request, next: Next) -> Response {
    let now = Instant::now();
    let host = request.extensions().get::<HostEnds>().map(|host| host.0 - ON_ITS_WAY);
    let end = host.map_or(now + LONGEST, |host| host.min(now + LONGEST));
    let path = request.uri().path().to_owned();
    match timeout_at(end, UNTIL.scope(end - TO_SAY_SO, next.run(request))).await {
        Ok(response) => response,
        Err(_) => {
            // A token in a path gives access to an order, so it stays out of the log.
            let route = path.split("/orders/").next().unwrap_or_default();
            tracing::error!(route, "a request took too long");
            ApiError::late().into_json(None, "")
        }
    }
}

/// Runs `work` for `at_most` this long, and never beyond the request's deadline; `None` if it did not finish.
pub async fn in_time<T>(at_most: Duration, work: impl Future<Output = T>) -> Option<T> {
    let own = Instant::now() + at_most;
    let until = UNTIL.try_with(|until| own.min(*until)).unwrap_or(own);
    timeout_at(until, work).await.ok()
}
