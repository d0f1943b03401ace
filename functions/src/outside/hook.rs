//! The build hook: an address of the host that starts a build of the site (Netlify's build hooks, or any other POST).

use std::time::Duration;

use async_trait::async_trait;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;

/// Starts a build of the site.
#[async_trait]
pub trait Hook: Send + Sync {
    /// Requests a build.
    ///
    /// # Errors
    /// A reason for the log, without the address: it is a secret.
    async fn build(&self) -> Result<(), String>;
}

/// No build hook.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoHook;

#[async_trait]
impl Hook for NoHook {
    async fn build(&self) -> Result<(), String> {
        Ok(())
    }
}

/// A POST with an empty JSON object.
#[derive(Debug, Clone)]
pub struct HttpHook {
    url: http::Uri,
}

impl HttpHook {
    /// For an `https://` address (`http://` for this machine only).
    ///
    /// # Errors
    /// If it is not such an address.
    pub fn new(url: &str) -> Result<Self, String> {
        let url: http::Uri = url.parse().map_err(|_| "the build hook is not an address".to_owned())?;
        let local = matches!(url.host(), Some("localhost" | "127.0.0.1" | "[::1]"));
        match url.scheme_str() {
            Some("https") => Ok(HttpHook { url }),
            Some("http") if local => Ok(HttpHook { url }),
            _ => Err("the build hook must begin with https://".to_owned()),
        }
    }
}

#[async_trait]
impl Hook for HttpHook {
    async fn build(&self) -> Result<(), String> {
        let connector =
            HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1().build();
        let client: Client<_, Full<Bytes>> = Client::builder(TokioExecutor::new()).build(connector);
        let request = http::Request::post(self.url.clone())
            .body(Full::new(Bytes::from_static(b"{}")))
            .map_err(|error| error.to_string())?;
        let answer = tokio::time::timeout(Duration::from_secs(5), client.request(request)).await;
        match answer {
            Ok(Ok(response)) if response.status().is_success() => Ok(()),
            Ok(Ok(response)) => Err(format!("the build hook answered {}", response.status().as_u16())),
            Ok(Err(error)) => Err(format!("the build hook cannot be reached: {error}")),
            Err(_) => Err("the build hook did not answer within five seconds".to_owned()),
        }
    }
}
