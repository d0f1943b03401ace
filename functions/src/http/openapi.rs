//! The OpenAPI contract of the till, generated from its code.

use axum::Json;
use axum::response::{IntoResponse, Response};
use utoipa::OpenApi;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "The till of Mon Petit Bazaar",
        description = "Checkout, stock and orders of a shop that is a folder of text files."
    ),
    paths(
        super::checkout::post,
        super::quote::post,
        super::cart::get,
        super::cart::post,
        super::link::get,
        super::link::post,
        super::order::get,
        super::order::cancel,
        super::order::withdraw,
        super::service::webhook,
        super::service::stock,
        super::service::sweep,
        super::service::health,
    )
)]
struct Contract;

/// `GET /api/openapi.json`.
pub async fn get() -> Response {
    Json(document()).into_response()
}

/// The OpenAPI document.
pub fn document() -> utoipa::openapi::OpenApi {
    Contract::openapi()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    #[test]
    fn each_operation_has_a_name_of_its_own() {
        let contract = serde_json::to_value(super::document()).expect("JSON");
        let paths = contract["paths"].as_object().expect("paths").values();
        let operations: Vec<_> = paths.flat_map(|path| path.as_object().expect("methods").values()).collect();
        let names: BTreeSet<_> =
            operations.iter().filter_map(|operation| operation["operationId"].as_str()).collect();
        assert_eq!(names.len(), operations.len(), "{names:?}");
    }
}
