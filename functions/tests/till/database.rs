//! The till takes no orders into a database of another shop.

use std::sync::Arc;

use axum::http::StatusCode;
use till::http::{HttpConfig, router};
use till::outside::store::sql::SqlStore;
use till::outside::store::{ShopRow, Store as _};
use till::perform::{Ledger, Till, TillError};

use crate::hands::Hands;
use crate::shop::{Stage, cart, on, request, send};

#[tokio::test]
async fn an_empty_or_foreign_database_takes_nothing() {
    let stage = Stage::new().await;
    let ours = ShopRow { stripe_account: "acct_1".to_owned(), livemode: false };
    let mut till = stage.till.clone();
    till.ledger.owner = Some(ours.clone());
    let app = |till: &till::perform::Till| {
        let fresh = on(till, |ledger| ledger.checked = Arc::default());
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

    assert!(stage.till.ledger.store.claim_shop(&ours).await.expect("a store"));
    till.ledger.owner = Some(ShopRow { stripe_account: "acct_2".to_owned(), livemode: false });
    assert_eq!(send(app(&till), checkout()).await.status, StatusCode::SERVICE_UNAVAILABLE, "another account");
    till.ledger.owner = Some(ShopRow { stripe_account: "acct_1".to_owned(), livemode: true });
    assert_eq!(send(app(&till), checkout()).await.status, StatusCode::SERVICE_UNAVAILABLE, "the other mode");
    till.ledger.owner = Some(ours);
    assert_eq!(send(app(&till), checkout()).await.status, StatusCode::OK);
}

#[tokio::test]
async fn checkouts_ask_once_whose_the_database_is() {
    let hands = Hands::new().await;
    let ours = ShopRow { stripe_account: "acct_1".to_owned(), livemode: false };
    let other = ShopRow { stripe_account: "acct_2".to_owned(), livemode: false };
    let row = |row: &ShopRow| hands.store.tables().shop = Some(row.clone());
    row(&other);
    let ledger = Ledger { owner: None, ..hands.till.ledger.clone() };
    ledger.check_database().await.expect("nobody's in particular");
    let till = on(&hands.till, |ledger| *ledger = ledger.clone().owned_by(ours.clone()));
    for _ in 0..2 {
        assert!(
            matches!(till.ledger.check_database().await, Err(TillError::NotOurs(_))),
            "asked until it is ours"
        );
    }
    row(&ours);
    till.ledger.check_database().await.expect("ours");
    row(&other);
    till.ledger.check_database().await.expect("it is known already");
    assert!(till.ledger.probe_database().await.is_err());
    assert!(till.ledger.check_database().await.is_err(), "and asked anew from now on");
}

/// The health of a till as it would start on this database.
async fn health(till: &Till) -> (u16, String) {
    let asked = request("GET", "/api/health").body(String::new().into()).expect("a request");
    let answer = send(router(Some(till.clone()), HttpConfig::default()), asked).await;
    (answer.status.as_u16(), answer.body)
}

#[tokio::test]
async fn health_asks_the_database_each_time() {
    let stage = Stage::new().await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("till.db");
    let url = |mode: &str| format!("sqlite://{}?mode={mode}", file.display());
    let store = SqlStore::connect(&url("rwc"), 1).expect("an address");
    store.migrate().await.expect("tables");
    let ours = ShopRow { stripe_account: "acct_1".to_owned(), livemode: false };
    assert!(store.claim_shop(&ours).await.expect("a store"));
    let over = |store: SqlStore| {
        on(&stage.till, |ledger| {
            *ledger = Ledger { store: Arc::new(store), ..ledger.clone() }.owned_by(ours.clone());
        })
    };
    let till = over(store);
    for _ in 0..2 {
        assert_eq!(health(&till).await.0, 200);
    }
    till.ledger.check_database().await.expect("it is ours");

    // The same file, read-only: it answers every query and stores nothing.
    let (status, said) = health(&over(SqlStore::connect(&url("ro"), 1).expect("an address"))).await;
    assert!(status == 503 && said.contains("takes nothing new"), "{status} {said}");

    // While the till runs, its database switches to live mode and back, then belongs to no shop.
    let other = sqlx::AnyPool::connect(&url("rw")).await.expect("a database");
    sqlx::query("UPDATE shop SET livemode = 1").execute(&other).await.expect("done");
    let (status, said) = health(&till).await;
    assert!(status == 503 && said.contains("live orders"), "{status} {said}");
    assert!(till.ledger.check_database().await.is_err(), "the next checkout finds out, too");
    sqlx::query("UPDATE shop SET livemode = 0").execute(&other).await.expect("done");
    assert_eq!(health(&till).await.0, 200, "and it is well again");
    sqlx::query("DROP TABLE shop").execute(&other).await.expect("done");
    let (status, said) = health(&till).await;
    assert!(status == 503 && said.contains("bazaar database init"), "{status} {said}");
}
