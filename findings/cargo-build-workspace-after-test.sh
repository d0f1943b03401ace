#!/bin/sh
# cargo 1.95.0: in a workspace with a crate of macros, `cargo test --workspace` and `cargo build --workspace` do not share what they
# compile: everything that uses the macros, directly or not, is compiled twice. As a dependency a crate of macros is compiled without
# debug info; named by itself, as `build --workspace` does, with it, and then its users are tied to that one (with `debug = false` in the
# profile nothing is compiled twice). `cargo build --workspace --bins` leaves libraries out, so it compiles nothing again.
#
# Seen: "after the tests: build --workspace compiles macros user program, build --workspace --bins compiles nothing". Ends with 1 when
# that has changed.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export CARGO_TARGET_DIR="$folder/target"
mkdir -p macros/src user/src program/src
printf '[workspace]\nmembers = ["macros", "user", "program"]\nresolver = "3"\n' >Cargo.toml
printf '[package]\nname = "macros"\nversion = "0.1.0"\nedition = "2024"\n\n[lib]\nproc-macro = true\n' >macros/Cargo.toml
printf '[package]\nname = "user"\nversion = "0.1.0"\nedition = "2024"\n\n[dependencies]\nmacros = { path = "../macros" }\n' >user/Cargo.toml
printf '[package]\nname = "program"\nversion = "0.1.0"\nedition = "2024"\n\n[dependencies]\nuser = { path = "../user" }\n' >program/Cargo.toml
printf '#[proc_macro]\npub fn same(input: proc_macro::TokenStream) -> proc_macro::TokenStream {\n    input\n}\n' >macros/src/lib.rs
printf 'macros::same! { pub fn answer() -> i32 { 42 } }\n' >user/src/lib.rs
printf 'fn main() {\n    println!("{}", user::answer());\n}\n\n#[test]\nfn answers() {\n    assert_eq!(user::answer(), 42);\n}\n' >program/src/main.rs
# The tests start the program, so it is compiled with them.
mkdir program/tests
printf '#[test]\nfn runs() {\n    assert!(std::process::Command::new(env!("CARGO_BIN_EXE_program")).status().unwrap().success());\n}\n' >program/tests/runs.rs
# compiled COMMAND...: the crates that cargo compiled.
compiled() {
    "$@" 2>said || { cat said; exit 1; }
    names=$(sed -n 's/^ *Compiling \([a-z]*\) .*/\1/p' said | tr '\n' ' ')
    echo "${names:-nothing }" | sed 's/ $//'
}
cargo test --quiet --workspace --no-run
bins=$(compiled cargo build --workspace --bins)
all=$(compiled cargo build --workspace)
said="after the tests: build --workspace compiles $all, build --workspace --bins compiles $bins"
echo "$said"
[ "$said" = "after the tests: build --workspace compiles macros user program, build --workspace --bins compiles nothing" ]
