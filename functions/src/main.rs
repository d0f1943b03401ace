//! The till as a program: configuration, router, Lambda. With `TILL_LISTEN` it serves plain HTTP instead; `till --about` only
//! prints which snapshot it carries.

use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;

use axum::Router;
use axum::extract::{ConnectInfo, Request};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use serde_json::json;
use till::config;
use till::http::{ClientAddress, HttpConfig, address_of_lambda, end_of_lambda, router, without_stage};
use till::shop::{Shop, ShopError};
use tracing_subscriber::EnvFilter;

/// For a static till: musl's own allocator is slow.
#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    if let Some(argument) = std::env::args().nth(1) {
        return about(&argument);
    }
    let filter = EnvFilter::try_from_env("TILL_LOG").unwrap_or_else(|_| EnvFilter::new("warn,till=info"));
    tracing_subscriber::fmt().json().with_env_filter(filter).with_current_span(false).init();
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            tracing::error!(why, "the till ended");
            ExitCode::FAILURE
        }
    }
}

#[allow(clippy::disallowed_methods, reason = "the one place where the till reads its environment")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

async fn run() -> Result<(), String> {
    let app = build();
    match variable("TILL_LISTEN") {
        Some(address) => serve(app, &address).await,
        None => {
            let app = app.layer(from_fn(with_what_lambda_knows));
            let app = tower::ServiceExt::map_request(app, without_stage);
            lambda_http::run(app).await.map_err(|error| error.to_string())
        }
    }
}

/// `bazaar package` searches the program's file for this; it begins with [`catalog::snapshot::READS`].
const READS: &str = "<bazaar-till reads=BAZAAR01>";

/// Verifies the snapshot and prints one line of JSON about this program, so that `bazaar package` can check its result.
#[allow(clippy::print_stdout, clippy::print_stderr, reason = "the answer to who runs it by hand")]
fn about(argument: &str) -> ExitCode {
    if argument != "--about" {
        eprintln!(
            "till: no such argument: `{argument}`; `till --about` says what it carries, without arguments it serves"
        );
        return ExitCode::from(2);
    }
    let carried = shop().and_then(|shop| {
        shop.verify().map_err(|error| error.to_string())?;
        let till = &shop.settings.till;
        Ok(json!({
            "version": env!("CARGO_PKG_VERSION"), "reads": READS, "snapshot": shop.digest(), "context": till.context,
            "catalog": till.catalog_hash, "items": shop.items().count(), "url": shop.settings.url,
        }))
    });
    match carried {
        Ok(carried) => {
            println!("{carried}");
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("till {}: {why}", env!("CARGO_PKG_VERSION"));
            ExitCode::FAILURE
        }
    }
}

/// The shop of this program's own snapshot, or of the file in `TILL_SNAPSHOT`.
fn shop() -> Result<Shop, String> {
    let shop = match variable("TILL_SNAPSHOT") {
        Some(path) => Shop::read(Path::new(&path)),
        None => std::env::current_exe().map_err(ShopError::from).and_then(|program| Shop::open(&program)),
    };
    shop.map_err(|error| error.to_string())
}

/// The till, or one that refuses everything and says why in `/api/health`.
fn build() -> Router {
    let built = shop().map_err(|why| vec![why]).and_then(|shop| config::till(&variable, shop));
    match built {
        Ok((till, http)) => router(Some(till), http),
        Err(troubles) => {
            for trouble in &troubles {
                tracing::error!(trouble, "the till cannot sell");
            }
            router(None, HttpConfig { trouble: Some(troubles.join("; ")), ..HttpConfig::default() })
        }
    }
}

/// Adds what Lambda knows to the request: the client's address, and when it ends the function.
async fn with_what_lambda_knows(mut request: Request, next: Next) -> Response {
    let now = u64::try_from(jiff::Timestamp::now().as_millisecond()).unwrap_or_default();
    if let Some(end) = end_of_lambda(request.extensions(), now) {
        request.extensions_mut().insert(end);
    }
    if let Some(address) = address_of_lambda(request.extensions()) {
        request.extensions_mut().insert(address);
    }
    next.run(request).await
}

async fn serve(app: Router, address: &str) -> Result<(), String> {
    let listener =
        tokio::net::TcpListener::bind(address).await.map_err(|error| format!("{address}: {error}"))?;
    let app = app.layer(from_fn(address_of_connection));
    let service = app.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service)
        .with_graceful_shutdown(async {
            let _ = tokio::signal::ctrl_c().await;
        })
        .await
        .map_err(|error| error.to_string())
}

async fn address_of_connection(
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    mut request: Request,
    next: Next,
) -> Response {
    request.extensions_mut().insert(ClientAddress(address.ip().to_string()));
    next.run(request).await
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_program_says_which_format_it_reads() {
        let reads =
            super::READS.strip_prefix(catalog::snapshot::READS).and_then(|rest| rest.strip_suffix('>'));
        assert_eq!(reads, Some(catalog::snapshot::FORMAT));
    }
}
