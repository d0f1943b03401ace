//! Why a command fails: its words for the owner, and the exit status.

/// The shop has faults.
const FAULTY: u8 = 1;
/// The command was not understood.
pub(super) const USAGE: u8 = 2;
/// The machine failed: disk, network.
const MACHINE: u8 = 3;

/// Why the program ends without success.
#[derive(Debug)]
pub(super) struct CliError {
    pub(super) status: u8,
    pub(super) words: Option<String>,
}

impl CliError {
    pub(super) fn usage(words: impl Into<String>) -> Self {
        CliError { status: USAGE, words: Some(words.into()) }
    }

    pub(super) fn machine(words: impl Into<String>) -> Self {
        CliError { status: MACHINE, words: Some(words.into()) }
    }

    /// With the exit status of another program, or of a signal.
    pub(super) fn with_status(status: u8, words: impl Into<String>) -> Self {
        CliError { status, words: Some(words.into()) }
    }

    pub(super) fn faulty() -> Self {
        CliError { status: FAULTY, words: None }
    }

    /// What the machine, the database or Stripe said.
    pub(super) fn failed(error: impl std::fmt::Display) -> Self {
        CliError::machine(error.to_string())
    }
}
