//! Why a transaction fails, when it is worth another try, and how long that may take.

use std::time::Duration;

use messages::tr;

use super::super::{StoreError, pooler};

/// How long to wait for a connection, and how long a conflicting transaction is retried.
pub(super) const TIMEOUT: Duration = Duration::from_secs(5);

/// How long to wait for a row (SQLite: the file) locked by another transaction.
pub(super) const LOCK_WAIT: Duration = Duration::from_secs(3);

/// How long a transaction may take, waiting included. The database enforces the other limits itself, if it is reachable and
/// no pooler lost the session's settings; this one always holds, and is shorter than any host's limit (`http/deadline.rs`).
pub const TRANSACTION: Duration = TIMEOUT.saturating_add(LOCK_WAIT);

/// Why a transaction failed.
pub(super) enum TxError {
    /// It met another one: try again.
    Again(String),
    Store(StoreError),
}

impl From<sqlx::Error> for TxError {
    fn from(error: sqlx::Error) -> Self {
        if let Some(known) = error.as_database_error().and_then(pooler::of) {
            return TxError::Store(known);
        }
        let code =
            error.as_database_error().and_then(|database| database.code().map(|code| code.into_owned()));
        match code.as_deref() {
            // PostgreSQL: serialization failure, deadlock, lock not available. SQLite: busy, locked, and their kin.
            Some("40001" | "40P01" | "55P03" | "5" | "6" | "261" | "517" | "262") => {
                TxError::Again(error.to_string())
            }
            Some(code) if takes_nothing(code) => TxError::Store(StoreError::Full(error.to_string())),
            // The database is there but refuses us: user, password, name of the database, too many connections, shutting down
            // (PostgreSQL's manual, "Error Codes", classes 08, 28, 3D, 53 and 57).
            Some(code)
                if ["08", "28", "3D", "53", "57"]
                    .iter()
                    .any(|class| code.len() == 5 && code.starts_with(class)) =>
            {
                TxError::Store(StoreError::Unavailable(error.to_string()))
            }
            Some(_) => TxError::Store(StoreError::Corrupt(error.to_string())),
            None if matches!(error, sqlx::Error::PoolTimedOut) => {
                TxError::Store(StoreError::Unavailable(no_answer(TIMEOUT)))
            }
            None => TxError::Store(StoreError::Unavailable(error.to_string())),
        }
    }
}

pub(super) fn no_answer(within: Duration) -> String {
    let seconds = within.as_secs();
    tr!("no answer within {seconds} seconds")
}

/// PostgreSQL: a read-only transaction (a standby, an expired plan), disk full. SQLite: read-only, I/O error, disk full, a
/// file that cannot be opened, each with its extended codes (sqlite.org/rescode.html).
fn takes_nothing(code: &str) -> bool {
    // PostgreSQL's codes have five characters.
    let of_sqlite = |code: u32| matches!(code & 0xff, 8 | 10 | 13 | 14);
    matches!(code, "25006" | "53100") || (code.len() < 5 && code.parse().is_ok_and(of_sqlite))
}

/// PostgreSQL: undefined table. SQLite has one code for all errors in a statement.
pub(super) fn has_no_table(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|error| {
        error.code().as_deref() == Some("42P01") || error.message().starts_with("no such table")
    })
}

impl From<StoreError> for TxError {
    fn from(error: StoreError) -> Self {
        TxError::Store(error)
    }
}

impl From<TxError> for StoreError {
    fn from(trouble: TxError) -> Self {
        match trouble {
            TxError::Again(text) => StoreError::Busy(text),
            TxError::Store(error) => error,
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        TxError::from(error).into()
    }
}

/// Retries a transaction that conflicts with another one, while there is time to wait for one more lock.
macro_rules! again {
    ($run:expr) => {{
        use std::time::Duration;

        use $crate::outside::store::sql::retry::{LOCK_WAIT, TIMEOUT, TRANSACTION, TxError, no_answer};

        let began = tokio::time::Instant::now();
        let tries = async {
            let mut pause = Duration::from_millis(10);
            loop {
                match $run.await {
                    Err(TxError::Again(_)) if began.elapsed() + LOCK_WAIT < TIMEOUT => {
                        tokio::time::sleep(pause).await;
                        pause = (pause * 2).min(Duration::from_millis(320));
                    }
                    other => break other.map_err(StoreError::from),
                }
            }
        };
        // Dropped halfway, a transaction is rolled back; as always, whether a commit arrived is unknown.
        tokio::time::timeout(TRANSACTION, tries)
            .await
            .unwrap_or_else(|_| Err(StoreError::Unavailable(no_answer(TRANSACTION))))
    }};
}

pub(super) use again;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_says_that_nothing_new_is_kept_is_taken_for_a_full_disk() {
        for code in ["25006", "53100", "8", "10", "13", "14", "264", "778", "1032", "3338"] {
            assert!(takes_nothing(code), "{code}");
        }
        // The last ones end like SQLite's 8.
        for code in ["", "5", "7", "9", "11", "12", "15", "25001", "53200", "08006", "10248", "00008", "x8"] {
            assert!(!takes_nothing(code), "{code}");
        }
    }

    #[test]
    fn a_pool_without_a_free_connection_is_a_database_that_does_not_answer() {
        let said = |error: sqlx::Error| match TxError::from(error) {
            TxError::Store(StoreError::Unavailable(why)) => why,
            _ => String::new(),
        };
        assert_eq!(
            said(sqlx::Error::PoolTimedOut),
            format!("no answer within {} seconds", TIMEOUT.as_secs())
        );
        assert!(said(sqlx::Error::PoolClosed).contains("closed"));
    }
}
