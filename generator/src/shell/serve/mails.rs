//! The mails that the till inside `serve` has written, to look at below `/_bazaar/mail/`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path as UrlPath, State};
use axum::http::{Response, StatusCode};
use axum::routing::get;
use messages::tr;

use super::http::respond;

/// Where they are, below the shop's `.bazaar/`.
pub(super) fn folder(bazaar: &Path) -> PathBuf {
    bazaar.join("mail")
}

/// The list and each mail.
pub(super) fn routes(folder: PathBuf) -> Router {
    Router::new()
        .route("/_bazaar/mail", get(list))
        .route("/_bazaar/mail/", get(list))
        .route("/_bazaar/mail/{name}", get(one))
        .with_state(Arc::from(folder))
}

async fn list(State(folder): State<Arc<Path>>) -> Response<Body> {
    let mut found: Vec<(std::time::SystemTime, String)> = std::fs::read_dir(&folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().to_str()?.strip_suffix(".html")?.to_owned();
            Some((entry.metadata().ok()?.modified().ok()?, name))
        })
        .collect();
    found.sort_by(|a, b| b.cmp(a));
    let source = tr!("source");
    let items: Vec<String> = found
        .iter()
        .map(|(_, name)| format!("<li><a href=\"/_bazaar/mail/{name}.html\">{name}</a> (<a href=\"/_bazaar/mail/{name}.eml\">{source}</a>)</li>"))
        .collect();
    let list = if items.is_empty() {
        format!("<p>{}</p>", tr!("No mail yet: buy something."))
    } else {
        format!("<ol>{}</ol>", items.concat())
    };
    let (lang, title) = (messages::Language::spoken().tag(), tr!("Mails"));
    let page = format!(
        "<!doctype html><html lang=\"{lang}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>{title}</title></head><body><h1>{title}</h1>{list}</body></html>"
    );
    respond(StatusCode::OK, "text/html; charset=utf-8", page.into())
}

async fn one(State(folder): State<Arc<Path>>, UrlPath(name): UrlPath<String>) -> Response<Body> {
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
        && !name.starts_with('.');
    let mime = if name.ends_with(".eml") { "text/plain; charset=utf-8" } else { "text/html; charset=utf-8" };
    let bytes = std::fs::read(folder.join(&name)).ok().filter(|_| plain);
    match bytes {
        Some(bytes) => respond(StatusCode::OK, mime, bytes),
        None => {
            let text = tr!("there is no such mail");
            respond(StatusCode::NOT_FOUND, "text/plain; charset=utf-8", text.into())
        }
    }
}
