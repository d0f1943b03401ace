//! The contract of the till, generated from its code.

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

/// The OpenAPI document.
pub fn document() -> utoipa::openapi::OpenApi {
    Contract::openapi()
}
