//! The store on SQLite and on a real PostgreSQL: the same tests, many buyers at once.

mod buyers;
mod postgres;
mod rules;

use postgres::Postgres;
use till::outside::store::sql::SqlStore;

/// A fresh SQLite file with several connections.
async fn sqlite(folder: &tempfile::TempDir) -> SqlStore {
    let url = format!("sqlite://{}?mode=rwc", folder.path().join("till.db").display());
    let store = SqlStore::connect(&url, 4).expect("an address");
    store.migrate().await.expect("tables");
    store
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_on_sqlite() {
    let folder = tempfile::tempdir().expect("a folder");
    everything(&sqlite(&folder).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_on_postgresql() {
    let server = Postgres::start();
    // Several functions wake up at once on a new schema.
    let stores: Vec<SqlStore> =
        (0..4).map(|_| SqlStore::connect(&server.url(), 4).expect("an address")).collect();
    let mut migrations = tokio::task::JoinSet::new();
    for store in &stores {
        let store = store.clone();
        migrations.spawn(async move { store.migrate().await });
    }
    while let Some(done) = migrations.join_next().await {
        done.expect("no panic").expect("migrated");
    }
    everything(&stores[0]).await;
    for store in stores {
        store.close().await;
    }
}

async fn everything(store: &SqlStore) {
    rules::a_database_belongs_to_one_shop(store).await;
    rules::an_order_comes_back_as_it_was(store).await;
    rules::an_event_is_booked_with_its_effect_or_not_at_all(store).await;
    rules::a_commit_on_an_old_version_changes_nothing(store).await;
    rules::a_late_payment_takes_all_its_pieces_or_none(store).await;
    rules::one_cart_has_one_open_order(store).await;
    rules::an_effect_is_done_by_one_at_a_time(store).await;
    rules::the_owner_takes_only_what_is_there(store).await;
    rules::requests_are_counted(store).await;
    rules::any_number_of_keys_is_one_question(store).await;
    for supply in [1, 3, 10] {
        buyers::fifty_buyers_for(store, supply).await;
    }
    buyers::mixed_carts_in_opposite_orders(store).await;
}
