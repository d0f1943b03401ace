//! The migrations, compiled in: `migrations/NUMBER_NAME.sql` in order. (sqlx's `migrate!` does the same, and compiles SQLite and a
//! driver of PostgreSQL once more for the compiler's own use.)

use sqlx::SqlSafeStr as _;
use sqlx::migrate::{Migration, MigrationType, Migrator};

/// Number, name and statements of each.
const ALL: [(i64, &str, &str); 4] = [
    (1, "the till", include_str!("../../../../migrations/0001_the_till.sql")),
    (2, "returns", include_str!("../../../../migrations/0002_returns.sql")),
    (3, "given up", include_str!("../../../../migrations/0003_given_up.sql")),
    (4, "words", include_str!("../../../../migrations/0004_words.sql")),
];

/// All migrations.
pub(super) fn all() -> Migrator {
    let one = |(number, name, statements): (i64, &'static str, &'static str)| {
        Migration::new(number, name.into(), MigrationType::Simple, statements.into_sql_str(), false)
    };
    Migrator::with_migrations(ALL.into_iter().map(one).collect())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// As sqlx reads the folder: a file that is missing here, or has another number, name or content, is found.
    #[tokio::test]
    async fn every_file_of_the_folder_is_compiled_in() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
        let read = Migrator::new(folder).await.expect("a folder of migrations");
        let shown = |migrator: &Migrator| {
            let each = |one: &Migration| (one.version, one.description.clone(), one.checksum.clone());
            migrator.iter().map(each).collect::<Vec<_>>()
        };
        assert_eq!(shown(&all()), shown(&read));
    }
}
