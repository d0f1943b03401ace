//! One request over HTTP, as a shopper's browser makes it: by the shop's name, though where DNS may not know it yet to CloudFront's own.

use std::sync::Arc;
use std::time::Duration;

use http::header::{HeaderMap, USER_AGENT};
use http::uri::{Authority, Parts, Uri};
use http::{Request, StatusCode};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::body::Bytes;
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use messages::tr;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use tower::ServiceExt as _;

/// For a whole request.
const TIMEOUT: Duration = Duration::from_secs(30);
/// The longest answer: catalogs have some hundred bytes a product.
const LONGEST: usize = 64 << 20;

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// The certificates that are trusted: Mozilla's, and those of a file where this network looks into what is encrypted.
///
/// # Errors
/// When the file cannot be read.
pub(super) fn trusted(file: Option<&str>) -> Result<Arc<ClientConfig>, String> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.into() };
    if let Some(file) = file {
        let certificates =
            CertificateDer::pem_file_iter(file).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        let certificates = certificates.map_err(|error| format!("AWS_CA_BUNDLE: {file}: {error}"))?;
        roots.add_parsable_certificates(certificates);
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = versions.map_err(|error| error.to_string())?;
    Ok(Arc::new(config.with_root_certificates(roots).with_no_client_auth()))
}

/// GET, without following redirects; `through` is the host that is connected to in place of the address's own.
///
/// # Errors
/// Why there is no answer, in words.
pub(super) async fn get(
    trusted: &ClientConfig,
    address: &str,
    header: Option<(&'static str, &str)>,
    through: Option<&str>,
) -> Result<Answer, String> {
    let address: Uri = address.parse().map_err(|_| tr!("not a web address").to_owned())?;
    let through: Option<Authority> = through.and_then(|host| host.parse().ok());
    let mut connector = HttpConnector::new();
    connector.enforce_http(false);
    let connector = connector.map_request(move |address: Uri| elsewhere(address, through.clone()));
    let connector = HttpsConnectorBuilder::new()
        .with_tls_config(trusted.clone())
        .https_or_http()
        .enable_http1()
        .wrap_connector(connector);
    let client: Client<_, Empty<Bytes>> = Client::builder(TokioExecutor::new()).build(connector);

    let mut request = Request::get(address).header(USER_AGENT, concat!("bazaar/", env!("CARGO_PKG_VERSION")));
    if let Some((name, value)) = header {
        request = request.header(name, value);
    }
    let request = request.body(Empty::new()).map_err(|error| error.to_string())?;
    let whole = async {
        let (parts, body) = client.request(request).await.map_err(|error| causes(&error))?.into_parts();
        let body = Limited::new(body, LONGEST).collect().await.map_err(|error| error.to_string())?;
        Ok(Answer { status: parts.status, headers: parts.headers, body: body.to_bytes() })
    };
    let late = |_| tr!("no answer within {seconds} seconds", seconds = TIMEOUT.as_secs());
    tokio::time::timeout(TIMEOUT, whole).await.map_err(late)?
}

/// The same address at another host.
fn elsewhere(address: Uri, host: Option<Authority>) -> Uri {
    let Some(host) = host else { return address };
    let mut parts: Parts = address.clone().into_parts();
    parts.authority = Some(host);
    Uri::from_parts(parts).unwrap_or(address)
}

/// An error with those below it, which say what happened.
fn causes(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut below = error.source();
    while let Some(cause) = below {
        let cause_words = cause.to_string();
        if !words.ends_with(&cause_words) {
            words = format!("{words}: {cause_words}");
        }
        below = cause.source();
    }
    words
}
