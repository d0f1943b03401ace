//! Poolers in front of PostgreSQL. One that shares its connections between clients, transaction by transaction, must keep
//! their prepared statements apart: sqlx names them `sqlx_s_1`, `sqlx_s_2`, … in every client. One that does not would run
//! another client's statement, with other values, and report success. So this is tested before anything else is asked.

use std::time::Duration;

use messages::tr;
use sqlx::any::AnyConnectOptions;
use sqlx::error::DatabaseError;
use sqlx::postgres::{PgDatabaseError, PgSeverity};
use sqlx::{AnyConnection, Connection as _, Row as _};
use tokio::sync::OnceCell;

use super::StoreError;

/// Queries for two connections in turn, and the answers. Statements in one row have the same name, each on its connection.
const QUESTIONS: [[(&str, i32); 2]; 3] = [
    [("SELECT 11", 11), ("SELECT 21", 21)],
    // Again: they are prepared by now, if the pooler still knows them.
    [("SELECT 11", 11), ("SELECT 21", 21)],
    [("SELECT 12", 12), ("SELECT 22", 22)],
];

/// The way to the database; whether statements arrive unchanged is tested once.
pub(super) struct Way {
    options: AnyConnectOptions,
    sound: OnceCell<()>,
}

impl std::fmt::Debug for Way {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The options hold a password.
        f.debug_struct("Way").field("sound", &self.sound.initialized()).finish_non_exhaustive()
    }
}

impl Way {
    pub(super) fn new(options: AnyConnectOptions) -> Self {
        Way { options, sound: OnceCell::new() }
    }

    /// # Errors
    /// [`StoreError::Pooler`] if a pooler mixes up statements, or whatever keeps the database from answering in time.
    pub(super) async fn check(&self, within: Duration) -> Result<(), StoreError> {
        let tried = || async {
            let late = || {
                let seconds = within.as_secs();
                StoreError::Unavailable(tr!("no answer within {seconds} seconds"))
            };
            tokio::time::timeout(within, self.try_out()).await.map_err(|_| late())?
        };
        self.sound.get_or_try_init(tried).await.copied()
    }

    async fn try_out(&self) -> Result<(), StoreError> {
        let connect = || AnyConnection::connect_with(&self.options);
        let (one, other) = tokio::try_join!(connect(), connect())?;
        let mut connections = [one, other];
        for turn in QUESTIONS {
            for (connection, (question, answer)) in connections.iter_mut().zip(turn) {
                let row = sqlx::query(question).fetch_one(connection).await?;
                if row.try_get::<i32, _>(0).ok() != Some(answer) {
                    return Err(mixed(tr!("another client's statement was run")));
                }
            }
        }
        for connection in connections {
            // The test is over: errors on closing do not matter.
            let _ = connection.close().await;
        }
        Ok(())
    }
}

/// What a pooler did, if only a pooler causes this error. (PostgreSQL's manual, "Error Codes": 26000 and 42P05 are statements
/// that do not exist and that exist already; PgBouncer reports 08P01 for everything that it does not support, PostgreSQL for
/// values that do not fit a statement.)
pub(super) fn of(error: &(dyn DatabaseError + 'static)) -> Option<StoreError> {
    let fatal = error
        .try_downcast_ref::<PgDatabaseError>()
        .is_some_and(|error| matches!(error.severity(), PgSeverity::Fatal | PgSeverity::Panic));
    let message = error.message();
    match error.code().as_deref() {
        Some("26000" | "42P05") => Some(mixed(message)),
        Some("08P01") if message.contains("startup parameter") => Some(StoreError::Pooler(tr!(
            "refuses the till ({message}); add `ignore_startup_parameters = extra_float_digits` to its settings"
        ))),
        Some("08P01") if message.contains("statement pooling mode") => {
            Some(StoreError::Pooler(tr!("takes no transactions ({message}); set `pool_mode = session`")))
        }
        Some("08P01") if !fatal => Some(mixed(message)),
        _ => None,
    }
}

fn mixed(what: &str) -> StoreError {
    StoreError::Pooler(tr!(
        "mixes up the statements of its clients ({what}); set `max_prepared_statements = 200` (PgBouncer 1.21 or later) \
         or `pool_mode = session`, or give the database's own address"
    ))
}
