//! The store on SQLite, on a real PostgreSQL and in memory: the same tests, many buyers at once.

mod buyers;
mod outbox;
mod pgbouncer;
mod postgres;
mod rules;
mod shelf;

use std::collections::BTreeMap;
use std::sync::Arc;

use catalog::{Supply, Timestamp};
use pgbouncer::PgBouncer;
use postgres::Postgres;
use rules::AnyStore;
use sqlx::Row as _;
use till::decide::note::NoteValue;
use till::decide::settle::{Effect, EffectKind};
use till::outside::store::memory::MemoryStore;
use till::outside::store::sql::SqlStore;
use till::outside::store::{Begun, OrderFilter, Store as _, StoreError};

fn any(store: &SqlStore) -> AnyStore {
    Arc::new(store.clone())
}

/// A new SQLite file with several connections.
async fn sqlite(folder: &tempfile::TempDir) -> SqlStore {
    let url = format!("sqlite://{}?mode=rwc", folder.path().join("till.db").display());
    let store = SqlStore::connect(&url, 4).expect("an address");
    store.migrate().await.expect("tables");
    store
}

/// Several functions start at once on a new schema.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tables_are_brought_up_to_date_by_several_at_once() {
    let server = Postgres::start();
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
    rules::an_order_comes_back_as_it_was(&any(&stores[0])).await;
    for store in stores {
        store.close().await;
    }
}

#[tokio::test]
async fn a_database_that_lets_nobody_in_is_not_one_that_holds_strange_things() {
    let server = Postgres::start();
    let (nowhere, nobody) = (server.url_of("nowhere"), server.url().replace("till@", "nobody@"));
    for url in [nowhere, nobody] {
        let refused = SqlStore::connect(&url, 1).expect("an address").shop().await;
        assert!(
            matches!(&refused, Err(StoreError::Unavailable(why)) if why.contains("does not exist")),
            "{refused:?}"
        );
    }
    let empty = SqlStore::connect(&server.url(), 1).expect("an address");
    assert_eq!(empty.shop().await.expect("it answers"), None, "it has no tables, so it is nobody's");
    empty.migrate().await.expect("tables");
    assert_eq!(empty.shop().await.expect("it answers"), None);
    let other = sqlx::AnyPool::connect(&server.url()).await.expect("a database");
    sqlx::query("ALTER TABLE shop RENAME COLUMN livemode TO other").execute(&other).await.expect("done");
    assert!(matches!(empty.shop().await, Err(StoreError::Corrupt(_))), "it is somebody's");
    other.close().await;
    empty.close().await;
    assert!(matches!(empty.shop().await, Err(StoreError::Unavailable(_))), "it was let go");
}

/// The line that docs/database.md has owners add.
const IGNORE: &str = "ignore_startup_parameters = extra_float_digits";

/// Runs every rule behind a pooler with these settings.
async fn everything_through(settings: &[&str]) {
    let server = Postgres::start();
    SqlStore::connect(&server.url(), 1).expect("an address").migrate().await.expect("tables");
    let pooler = PgBouncer::start(&server, settings);
    let store = SqlStore::connect(&pooler.url(), 4).expect("an address");
    everything(&any(&store)).await;
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_through_a_pooler_in_session_mode() {
    everything_through(&["pool_mode = session", IGNORE]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_transaction_mode_a_pooler_that_knows_statements_sells_and_an_older_one_is_told_what_is_missing() {
    if PgBouncer::knows_statements() {
        everything_through(&["pool_mode = transaction", "max_prepared_statements = 200", IGNORE]).await;
    } else {
        // Debian 12 has 1.18, which does not support them.
        let server = Postgres::start();
        let why = closed_by(&PgBouncer::start(&server, &["pool_mode = transaction", IGNORE])).await;
        assert!(why.contains("PgBouncer 1.21 or later"), "{why}");
    }
}

/// What the till reports about its pooler; it must sell nothing.
async fn closed_by(pooler: &PgBouncer) -> String {
    let store = SqlStore::connect(&pooler.url(), 2).expect("an address");
    let refused = store.shop().await;
    let Err(StoreError::Pooler(why)) = refused else { panic!("{refused:?}") };
    let begun = store.begin(&rules::order("MIXED", &[("PIECE", 1)], 1), &BTreeMap::new()).await;
    assert!(matches!(begun, Err(StoreError::Pooler(_))), "{begun:?}");
    store.close().await;
    why
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pooler_that_mixes_statements_closes_the_till() {
    let server = Postgres::start();
    let direct = SqlStore::connect(&server.url(), 1).expect("an address");
    direct.migrate().await.expect("tables");
    let off: &[&str] = if PgBouncer::knows_statements() { &["max_prepared_statements = 0"] } else { &[] };
    for more in ["", "server_round_robin = 1", "server_reset_query_always = 1", "default_pool_size = 1"] {
        let pooler =
            PgBouncer::start(&server, &[&["pool_mode = transaction", IGNORE, more][..], off].concat());
        // Others have used the pooler before, as on any day but the first.
        for _ in 0..2 {
            let why = closed_by(&pooler).await;
            assert!(why.contains("max_prepared_statements") && why.contains("pool_mode = session"), "{why}");
        }
    }
    let nothing = OrderFilter { payment: None, limit: 10 };
    assert!(direct.orders(&nothing).await.expect("a store").is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pooler_that_takes_no_transactions_closes_the_till() {
    let server = Postgres::start();
    let direct = SqlStore::connect(&server.url(), 1).expect("an address");
    direct.migrate().await.expect("tables");
    let pooler = PgBouncer::start(&server, &["pool_mode = statement", IGNORE]);
    let why = closed_by(&pooler).await;
    assert!(why.contains("pool_mode = session"), "{why}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pooler_that_does_not_let_the_till_in_is_told_with_the_setting() {
    let server = Postgres::start();
    let why = closed_by(&PgBouncer::start(&server, &["pool_mode = session"])).await;
    assert!(why.contains(IGNORE), "{why}");
}

#[tokio::test]
async fn errors_that_only_a_pooler_makes_are_told_as_that() {
    sqlx::any::install_default_drivers();
    let server = Postgres::start();
    let pool = sqlx::AnyPool::connect(&server.url()).await.expect("a database");
    let mut connection = pool.acquire().await.expect("a connection");
    for (statement, mixed) in [
        ("EXECUTE of_another", true),
        ("PREPARE twice AS SELECT 1", false),
        ("PREPARE twice AS SELECT 2", true),
        ("SELECT 1 / 0", false),
    ] {
        let run = sqlx::raw_sql(statement).execute(&mut *connection).await;
        let told = run.map_err(StoreError::from);
        assert_eq!(matches!(&told, Err(StoreError::Pooler(_))), mixed, "{statement}: {told:?}");
        if statement == "SELECT 1 / 0" {
            assert!(matches!(&told, Err(StoreError::Corrupt(_))), "it lets us in: {told:?}");
        }
    }
}

#[tokio::test]
async fn a_database_that_keeps_nothing_new_says_so() {
    let server = Postgres::start();
    let store = SqlStore::connect(&server.url(), 1).expect("an address");
    store.migrate().await.expect("tables");
    store.write_probe(Timestamp(0)).await.expect("it takes something");
    store.close().await;
    sqlx::any::install_default_drivers();
    let owner = sqlx::AnyPool::connect(&server.url()).await.expect("a database");
    sqlx::query("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database()); END $$")
        .execute(&owner)
        .await
        .expect("done");
    owner.close().await;
    let store = SqlStore::connect(&server.url(), 1).expect("an address");
    assert_eq!(store.shop().await.expect("it answers"), None);
    let refused = store.write_probe(Timestamp(0)).await;
    assert!(matches!(&refused, Err(StoreError::Full(why)) if why.contains("read-only")), "{refused:?}");
    let begun = store.begin(&rules::order("FULL", &[("FULL", 1)], 1), &BTreeMap::new()).await;
    assert!(matches!(&begun, Err(StoreError::Full(_))), "{begun:?}");
    store.close().await;
}

/// What a newer version may do to the tables: add columns and tables, remove none that is used (expand, then contract). The
/// previous version keeps working in the meantime, and after a rollback.
const LATER: [&str; 9] = [
    "ALTER TABLE orders ADD COLUMN later TEXT",
    "ALTER TABLE order_lines ADD COLUMN later BIGINT NOT NULL DEFAULT 7",
    "ALTER TABLE stock ADD COLUMN later BIGINT NOT NULL DEFAULT 7",
    "ALTER TABLE stock_moves ADD COLUMN later TEXT",
    "ALTER TABLE stripe_events ADD COLUMN later TEXT",
    "ALTER TABLE outbox ADD COLUMN later TEXT",
    "ALTER TABLE shop ADD COLUMN later TEXT",
    "CREATE TABLE of_later (id BIGINT PRIMARY KEY)",
    "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
     VALUES (9999, 'of later', TRUE, 'x', 0)",
];

/// Orders stored by an earlier version can be read: their address was a list of lines, with the country's code last.
/// The earlier version can read what this one stores.
#[tokio::test]
async fn an_order_of_an_earlier_version_keeps_its_address() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = sqlite(&folder).await;
    let order = rules::order("OLD", &[("OLD", 1)], 1);
    let pieces = BTreeMap::from([(rules::key("OLD"), (1, Supply::Pieces(1)))]);
    assert_eq!(store.begin(&order, &pieces).await.expect("a store"), Begun::Done);
    let url = format!("sqlite://{}", folder.path().join("till.db").display());
    let pool = sqlx::AnyPool::connect(&url).await.expect("a database");
    let details = || async {
        let row =
            sqlx::query("SELECT details FROM orders WHERE id = 'OLD'").fetch_one(&pool).await.expect("a row");
        let text: String = sqlx::Row::try_get(&row, 0).expect("a text");
        serde_json::from_str::<serde_json::Value>(&text).expect("JSON")
    };
    let mut old = details().await;
    old["customer"] = serde_json::json!({ "email": "a@example.com", "name": "Anna", "phone": null,
        "address": ["Via Tasso 1", "24121 Bergamo", "BG", "IT"] });
    let written = sqlx::query("UPDATE orders SET details = $1 WHERE id = 'OLD'").bind(old.to_string());
    written.execute(&pool).await.expect("written");
    let read = store.order("OLD").await.expect("a store").expect("an order");
    assert_eq!(read.customer.address.lines(), ["Via Tasso 1", "24121 Bergamo", "BG"]);
    assert_eq!(read.customer.address.country.as_deref(), Some("IT"));
    rules::paid(&any(&store), read).await;
    assert_eq!(
        details().await["customer"]["address"],
        old["customer"]["address"],
        "an earlier version reads it"
    );
}

/// So can the shopper's notes: then one text with labels, which this version still writes for the earlier one.
#[tokio::test]
async fn an_order_of_an_earlier_version_keeps_the_words_on_its_pieces() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = sqlite(&folder).await;
    let order = rules::order("OLD", &[("OLD", 1)], 1);
    let pieces = BTreeMap::from([(rules::key("OLD"), (1, Supply::Pieces(1)))]);
    assert_eq!(store.begin(&order, &pieces).await.expect("a store"), Begun::Done);
    let url = format!("sqlite://{}", folder.path().join("till.db").display());
    let pool = sqlx::AnyPool::connect(&url).await.expect("a database");
    let row = sqlx::query("SELECT note FROM order_lines").fetch_one(&pool).await.expect("a row");
    let note: String = row.try_get(0).expect("a text");
    assert_eq!(note, "Prénom\u{a0}: Zoé", "an earlier version reads it");
    sqlx::query("UPDATE order_lines SET words = NULL").execute(&pool).await.expect("done");
    let read = store.order("OLD").await.expect("a store").expect("an order");
    let old = NoteValue { label: String::new(), value: note.clone() };
    assert_eq!((&read.lines[0].words, read.lines[0].labelled_note("fr")), (&vec![old], Some(note)));
}

/// Older tills counted returns as negative `away`: these now reduce `sold`; what waits to be shipped stays.
async fn counted_anew(store: &SqlStore, pool: &sqlx::AnyPool) {
    for (key, sold, away) in [("OLD-A", 3_i64, -1_i64), ("OLD-B", 0, -2), ("OLD-C", 1, 1)] {
        let row = sqlx::query("INSERT INTO stock (key, sold, held, away) VALUES ($1, $2, 0, $3)");
        row.bind(key).bind(sold).bind(away).execute(pool).await.expect("done");
    }
    // Two of these are sold and wait to be shipped.
    sqlx::query("UPDATE stock SET sold = 2, away = -1 WHERE key = 'REBUILT'")
        .execute(pool)
        .await
        .expect("done");
    sqlx::query(include_str!("../../migrations/0002_returns.sql")).execute(pool).await.expect("done");
    let stock = store.all_stock().await.expect("a store");
    let counts = |name: &str| {
        let taken = stock[&rules::key(name)];
        (taken.sold, taken.adjusted)
    };
    let after = ["OLD-A", "OLD-B", "OLD-C", "REBUILT"].map(counts);
    assert_eq!(after, [(2, 0), (0, 0), (1, 1), (2, 0)]);
}

/// Every rule holds on a newer schema, and migrating leaves it unchanged.
async fn everything_on_a_newer_schema(url: &str) {
    sqlx::any::install_default_drivers();
    SqlStore::connect(url, 1).expect("an address").migrate().await.expect("tables");
    let newer = sqlx::AnyPool::connect(url).await.expect("a database");
    for statement in LATER {
        sqlx::query(statement).execute(&newer).await.unwrap_or_else(|error| panic!("{statement}: {error}"));
    }
    newer.close().await;
    let store = SqlStore::connect(url, 4).expect("an address");
    store.migrate().await.expect("a rollback is no error");
    everything(&any(&store)).await;
    let newer = sqlx::AnyPool::connect(url).await.expect("a database");
    let of_later =
        "INSERT INTO outbox (id, order_id, kind, cause, due_at) VALUES ('l', 'L', 'mail_of_later', '', 0)";
    sqlx::query(of_later).execute(&newer).await.expect("done");
    let known = Effect { kind: EffectKind::MailNotice, cause: String::new() };
    store.enqueue("L", &[known], Timestamp(0)).await.expect("a store");
    let tasks = store
        .claim_tasks(Some("L"), Timestamp(1), Timestamp(60), "rollback", 50)
        .await
        .expect("what is known is done");
    assert_eq!(tasks.iter().map(|task| task.kind).collect::<Vec<_>>(), [EffectKind::MailNotice]);
    let words =
        sqlx::query("SELECT dispute FROM orders WHERE id = 'BACK'").fetch_one(&newer).await.expect("a row");
    assert_eq!(words.get::<String, _>(0), "open", "a word that older tills know");
    counted_anew(&store, &newer).await;
    newer.close().await;
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_till_of_before_runs_on_a_newer_schema_of_sqlite() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}?mode=rwc", folder.path().join("till.db").display());
    everything_on_a_newer_schema(&url).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_till_of_before_runs_on_a_newer_schema_of_postgresql() {
    everything_on_a_newer_schema(&Postgres::start().url()).await;
}

/// What an owner would miss: orders, stock, pending effects, the shop's account.
async fn kept(store: &SqlStore) -> String {
    let all = OrderFilter { payment: None, limit: 10_000 };
    let orders = store.orders(&all).await.expect("a store");
    assert!(orders.len() > 20, "there is something to lose: {}", orders.len());
    let stock = store.all_stock().await.expect("a store");
    let tasks = store.overdue_tasks(Timestamp(i64::MAX)).await.expect("a store");
    let known = store.event_known("evt_1").await.expect("a store");
    format!("{orders:#?}\n{stock:#?}\n{tasks} {known} {:?}", store.shop().await.expect("a store"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_that_is_restored_elsewhere_has_lost_nothing() {
    let server = Postgres::start();
    let store = SqlStore::connect(&server.url(), 4).expect("an address");
    store.migrate().await.expect("tables");
    everything(&any(&store)).await;
    server.back_up_and_restore("restored");
    let restored = SqlStore::connect(&server.url_of("restored"), 4).expect("an address");
    restored.migrate().await.expect("nothing is left to do");
    let (before, after) = (kept(&store).await, kept(&restored).await);
    assert!(before == after, "the restored database differs");
    buyers::fifty_buyers_for(&any(&restored), 2).await;
    store.close().await;
    restored.close().await;
}

/// One test per rule and store: in memory, as in the simulation, on SQLite and on PostgreSQL. `everything` runs all
/// of them in one database, as a shop would.
macro_rules! rules_of_every_store {
    ($($file:ident::$rule:ident),+ $(,)?) => {
        async fn everything(store: &AnyStore) {
            $($file::$rule(store).await;)+
        }

        mod in_memory {
            $(#[tokio::test]
            async fn $rule() {
                let store: super::AnyStore = super::Arc::new(super::MemoryStore::default());
                super::$file::$rule(&store).await;
            })+
        }

        mod on_sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $rule() {
                let folder = tempfile::tempdir().expect("a folder");
                super::$file::$rule(&super::any(&super::sqlite(&folder).await)).await;
            })+
        }

        mod on_postgresql {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $rule() {
                let server = super::Postgres::start();
                let store = super::SqlStore::connect(&server.url(), 4).expect("an address");
                store.migrate().await.expect("tables");
                super::$file::$rule(&super::any(&store)).await;
                store.close().await;
            })+
        }
    };
}

rules_of_every_store! {
    rules::a_database_belongs_to_one_shop,
    rules::an_order_comes_back_as_it_was,
    rules::an_order_is_found_by_how_its_id_begins,
    rules::an_event_is_booked_with_its_effect_or_not_at_all,
    rules::a_commit_on_an_old_version_changes_nothing,
    rules::a_late_payment_takes_all_its_pieces_or_none,
    rules::one_cart_has_one_open_order,
    rules::the_order_of_a_cart_is_the_newest_that_was_not_released,
    rules::what_is_short_is_told_with_its_figures,
    rules::no_count_falls_below_nothing,
    rules::the_site_is_built_anew_when_a_key_sells_out_or_comes_back,
    rules::money_that_is_to_go_back_is_counted,
    rules::orders_are_looked_at_in_their_turn,
    outbox::what_was_tried_for_an_hour_is_overdue,
    outbox::an_effect_is_done_by_one_at_a_time,
    outbox::an_effect_that_is_given_up_stays_until_it_is_done_or_dropped,
    shelf::the_owner_takes_only_what_is_there,
    shelf::no_command_makes_more_pieces_than_there_are,
    shelf::what_was_taken_comes_back_once_however_many_say_so,
    rules::requests_are_counted,
    shelf::any_number_of_keys_is_one_question,
    buyers::mixed_carts_in_opposite_orders,
    buyers::fifty_buyers_for_one_three_and_ten,
}
