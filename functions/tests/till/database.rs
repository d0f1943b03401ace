//! The till takes no orders into a database that is not its own.

use std::sync::Arc;

use axum::http::StatusCode;
use till::http::{HttpConfig, router};
use till::outside::store::ShopRow;

use crate::shop::{Stage, cart, request, send};

#[tokio::test]
async fn an_empty_or_foreign_database_takes_nothing() {
    let stage = Stage::new().await;
    let ours = ShopRow { stripe_account: "acct_1".to_owned(), livemode: false };
    let mut till = stage.till.clone();
    till.owner = Some(ours.clone());
    let app = |till: &till::perform::Till| {
        let fresh = till::perform::Till { checked: Arc::default(), ..till.clone() };
        router(Some(fresh), HttpConfig::default())
    };
    let checkout = || {
        let body = cart("a", &[("UNIQUE", 1)]).to_string();
        request("POST", "/api/checkout")
            .header("content-type", "application/json")
            .body(body.into())
            .expect("a request")
    };
    let answer = send(app(&till), checkout()).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (StatusCode::SERVICE_UNAVAILABLE, "storage_unavailable")
    );
    let health = request("GET", "/api/health").body(String::new().into()).expect("a request");
    let health = send(app(&till), health).await;
    assert_eq!(health.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(health.body.contains("bazaar database init"), "{}", health.body);

    assert!(stage.till.store.claim_shop(&ours).await.expect("a store"));
    till.owner = Some(ShopRow { stripe_account: "acct_2".to_owned(), livemode: false });
    assert_eq!(send(app(&till), checkout()).await.status, StatusCode::SERVICE_UNAVAILABLE, "another account");
    till.owner = Some(ShopRow { stripe_account: "acct_1".to_owned(), livemode: true });
    assert_eq!(send(app(&till), checkout()).await.status, StatusCode::SERVICE_UNAVAILABLE, "the other mode");
    till.owner = Some(ours);
    assert_eq!(send(app(&till), checkout()).await.status, StatusCode::OK);
}
