//! `bazaar` itself, as a process.

use std::process::Command;

/// The program, in English whatever the machine's language.
pub fn bazaar() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bazaar"));
    command.env("BAZAAR_LANG", "en");
    command
}
