#!/bin/sh
# The crate ring 0.17.14 is compiled again each time that a project changes between `cargo build` and a `cargo build` which a program
# started by `cargo run` calls, as `cargo xtask` does: its build script asks to be run again when CARGO_PKG_NAME, CARGO_MANIFEST_DIR
# and others of that kind change, and these stand in the environment of whatever `cargo run` starts. rustls, sqlx, reqwest and all
# else that depends on ring follow. Whoever calls cargo from an xtask removes CARGO_PKG_* and CARGO_MANIFEST_* first.
#
# Seen with cargo 1.95.0: "by hand, first: 1; by hand, again: 0; through the xtask: 1; by hand, after it: 1; through a clean xtask: 0",
# the number of times that ring was compiled. Ends with 1 when that has changed.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir -p user/src xtask/src
printf '[workspace]\nmembers = ["user", "xtask"]\nresolver = "3"\n' >Cargo.toml
printf '[package]\nname = "user"\nversion = "0.1.0"\nedition = "2024"\n\n[dependencies]\nring = "=0.17.14"\n' >user/Cargo.toml
printf '[package]\nname = "xtask"\nversion = "0.1.0"\nedition = "2024"\n' >xtask/Cargo.toml
printf 'pub use ring::digest;\n' >user/src/lib.rs
cat >xtask/src/main.rs <<'RUST'
fn main() {
    let mut cargo = std::process::Command::new(std::env::var_os("CARGO").expect("started by cargo"));
    if std::env::args().any(|argument| argument == "clean") {
        for (name, _) in std::env::vars_os() {
            let of_package = |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
            if name.to_str().is_some_and(of_package) {
                cargo.env_remove(name);
            }
        }
    }
    assert!(cargo.args(["build", "--package", "user"]).status().expect("cargo").success());
}
RUST
export CARGO_TARGET_DIR="$folder/target"
unset CARGO_PKG_NAME CARGO_MANIFEST_DIR
cargo build --quiet --package xtask
compiled() {
    "$@" >said 2>&1 || { cat said; exit 1; }
    grep -c 'Compiling ring ' said || true
}
said="by hand, first: $(compiled cargo build --package user)"
said="$said; by hand, again: $(compiled cargo build --package user)"
said="$said; through the xtask: $(compiled cargo run --package xtask)"
said="$said; by hand, after it: $(compiled cargo build --package user)"
said="$said; through a clean xtask: $(compiled cargo run --package xtask -- clean)"
echo "$said"
[ "$said" = "by hand, first: 1; by hand, again: 0; through the xtask: 1; by hand, after it: 1; through a clean xtask: 0" ]
