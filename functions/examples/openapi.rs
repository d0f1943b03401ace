//! Prints the till's contract, which a till serves at `/api/openapi.json`: `cargo run -p functions --example openapi`.
//! `cargo xtask test lint` makes the types of it against which the theme's scripts are checked.

use std::io::Write as _;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut out = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, &till::http::document())?;
    writeln!(out)?;
    Ok(())
}
