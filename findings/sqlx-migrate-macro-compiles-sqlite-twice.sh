#!/bin/sh
# sqlx 0.9.0: a program that only wants its migrations compiled in (`sqlx::migrate!`) needs the feature `macros`. With it and the
# feature `sqlite`, SQLite's C code is compiled twice: once for the program, and once, with the drivers around it, for the macro
# crate that runs inside the compiler and may ask a database about `query!`. Its features follow the program's, so that holds for a
# program without any `query!`, too. `Migrator::with_migrations` over `include_str!` does the same without the macros: the
# checksums are those of the macro, so databases that it migrated before are recognised.
#
# Seen with cargo 1.95.0: "SQLite compiled with macros: 2, without: 1; checksums: the same". Ends with 1 when that has changed.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export CARGO_TARGET_DIR="$folder/target"
mkdir -p migrations src
printf 'CREATE TABLE pieces (sku TEXT PRIMARY KEY);\n' >migrations/0001_the_pieces.sql
project() {
    cat >Cargo.toml <<TOML
[package]
name = "shop"
version = "0.1.0"
edition = "2024"

[dependencies]
sqlx = { version = "=0.9.0", default-features = false, features = [$1] }
TOML
}
# compiled NAME: how often the build script of SQLite ran, which compiles the C code; the program's words go to NAME.
compiled() {
    cargo run --release --message-format=json 2>errors >"$1.json" || { cat errors; exit 1; }
    grep -v '^{' "$1.json" >"$1"
    grep '"reason":"build-script-executed"' "$1.json" | grep -c 'libsqlite3-sys' || true
}
project '"sqlite", "migrate", "macros"'
cat >src/main.rs <<'RUST'
fn main() {
    for one in sqlx::migrate!("./migrations").iter() {
        println!("{} {} {:?}", one.version, one.description, one.checksum);
    }
}
RUST
with=$(compiled by-macro)
rm -rf target
project '"sqlite", "migrate"'
cat >src/main.rs <<'RUST'
use sqlx::SqlSafeStr as _;
use sqlx::migrate::{Migration, MigrationType, Migrator};

fn main() {
    let statements = include_str!("../migrations/0001_the_pieces.sql").into_sql_str();
    let first = Migration::new(1, "the pieces".into(), MigrationType::Simple, statements, false);
    for one in Migrator::with_migrations(vec![first]).iter() {
        println!("{} {} {:?}", one.version, one.description, one.checksum);
    }
}
RUST
without=$(compiled by-hand)
[ -s by-hand ] && cmp -s by-macro by-hand && same="the same" || same="different"
said="SQLite compiled with macros: $with, without: $without; checksums: $same"
echo "$said"
[ "$said" = "SQLite compiled with macros: 2, without: 1; checksums: the same" ]
