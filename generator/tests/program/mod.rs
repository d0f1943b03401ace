//! `bazaar` itself, as a process.

use std::process::Command;

/// The program, which speaks English whatever the machine does.
pub fn bazaar() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bazaar"));
    command.env("BAZAAR_LANG", "en");
    command
}
