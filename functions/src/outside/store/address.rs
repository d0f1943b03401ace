//! Addresses of databases: how they are shown, and one libpq option.

use std::path::Path;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;

/// The address of an SQLite file, created if missing. The path must be absolute: what follows `//` in an address is a host.
pub fn of_file(path: &Path) -> String {
    /// Characters a path may hold unencoded (RFC 3986, 3.3): the unreserved ones, and the slash.
    const PATH: &AsciiSet =
        &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');
    format!("sqlite://{}?mode=rwc", utf8_percent_encode(&path.to_string_lossy(), PATH))
}

/// Where an address leads, without user and password: `host:port/name`, or a file's path.
pub fn place(url: &str) -> String {
    if url.starts_with("sqlite:") {
        return url.parse::<SqliteConnectOptions>().map_or_else(
            |_| "an address that is none".to_owned(),
            |options| options.get_filename().display().to_string(),
        );
    }
    url.parse::<PgConnectOptions>().map_or_else(
        |_| "an address that is none".to_owned(),
        |options| {
            let (host, port) = (options.get_host(), options.get_port());
            format!("{host}:{port}/{}", options.get_database().unwrap_or_default())
        },
    )
}

/// Removes `sslrootcert=system`: since version 16 this tells libpq to trust the public authorities, which is the default here
/// (postgresql.org/docs/current/libpq-connect.html).
pub(super) fn public_roots(url: &str) -> String {
    let Some((address, query)) = url.split_once('?') else { return url.to_owned() };
    let kept: Vec<&str> = query.split('&').filter(|pair| *pair != "sslrootcert=system").collect();
    if kept.is_empty() { address.to_owned() } else { format!("{address}?{}", kept.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_never_holds_a_password() {
        for (url, said) in [
            ("postgres://till:s3cret@db.example:6543/shop?sslmode=verify-full", "db.example:6543/shop"),
            ("postgres://till:p%40ss@db.example/shop", "db.example:5432/shop"),
            ("postgres://till:s/3cret@db.example/shop", "an address that is none"),
            ("sqlite:///srv/shop/till.db?mode=rwc", "/srv/shop/till.db"),
            ("s3cret", "an address that is none"),
        ] {
            assert_eq!(place(url), said);
        }
    }

    #[test]
    fn the_address_of_a_file_leads_to_it() {
        assert_eq!(
            of_file(Path::new("/srv/a-b_c.~/till é.db")),
            "sqlite:///srv/a-b_c.~/till%20%C3%A9.db?mode=rwc"
        );
        for path in ["/srv/ma boutique/till.db", "/srv/50% d'été ?/#1/till.db", "/srv/a+b&c=d/till.db"] {
            let url = of_file(Path::new(path));
            assert!(url.is_ascii() && url.ends_with("?mode=rwc"), "{url}");
            assert_eq!(place(&url), path, "{url}");
        }
    }

    #[test]
    fn the_word_system_is_the_default_here() {
        assert_eq!(
            public_roots("postgres://a@b/c?sslmode=verify-full&sslrootcert=system"),
            "postgres://a@b/c?sslmode=verify-full"
        );
        assert_eq!(public_roots("postgres://a@b/c?sslrootcert=system"), "postgres://a@b/c");
        assert_eq!(
            public_roots("postgres://a@b/c?sslrootcert=/ca.pem"),
            "postgres://a@b/c?sslrootcert=/ca.pem"
        );
        assert_eq!(public_roots("postgres://a@b/c"), "postgres://a@b/c");
    }
}
