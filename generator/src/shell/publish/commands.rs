//! The commands of a publishing, `aws` and `sam` above all: each is run in the shop's folder, or in a dry run shown as it would be typed.

use std::borrow::Cow;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use messages::tr;
use serde::de::DeserializeOwned;

use super::super::error::CliError;
use super::super::terminal::Terminal;
use super::interrupt::Interrupt;

/// Runs commands, or shows them.
#[derive(Debug)]
pub(super) struct Commands<'a> {
    pub(super) shop: &'a Path,
    pub(super) dry: bool,
    pub(super) terminal: &'a Terminal,
    pub(super) interrupt: Interrupt,
    /// What they see beside this program's environment.
    pub(super) variables: Vec<(String, String)>,
}

impl Commands<'_> {
    /// A command that does something; what it says is for people.
    ///
    /// # Errors
    /// When it fails, with its own exit status.
    pub(super) fn run(&self, words: &[&str]) -> Result<(), CliError> {
        self.started(words, Stdio::inherit()).map(|_| ())
    }

    /// A command of `aws` that changes something; its answer is not looked at.
    ///
    /// # Errors
    /// As [`Commands::run`].
    pub(super) fn change(&self, words: &[&str]) -> Result<(), CliError> {
        self.started(words, Stdio::null()).map(|_| ())
    }

    /// The answer of a command of `aws`, or in a dry run another one in its place. No answer at all is `null`.
    ///
    /// # Errors
    /// As [`Commands::run`], and when the answer is not understood.
    pub(super) fn ask<T: DeserializeOwned>(
        &self,
        words: &[&str],
        dry: impl FnOnce() -> T,
    ) -> Result<T, CliError> {
        let words = [words, &["--output", "json"]].concat();
        let Some(output) = self.started(&words, Stdio::piped())? else { return Ok(dry()) };
        let answer = if output.stdout.trim_ascii().is_empty() { b"null" } else { output.stdout.as_slice() };
        serde_json::from_slice(answer).map_err(|error| {
            let command = named(&words);
            // Without the answer: it may hold secrets.
            CliError::machine(tr!("the answer of `{command}` is not understood: {error}"))
        })
    }

    /// As [`Commands::ask`], where the thing that is asked for may not be there yet: `None`, and nothing is said.
    ///
    /// # Errors
    /// When this program was asked to end.
    pub(super) fn ask_if_there<T: DeserializeOwned>(
        &self,
        words: &[&str],
        dry: impl FnOnce() -> T,
    ) -> Result<Option<T>, CliError> {
        let words = [words, &["--output", "json"]].concat();
        if self.dry {
            self.show(&typed(&words));
            return Ok(Some(dry()));
        }
        let output = self.command(&words).stderr(Stdio::null()).output();
        self.interrupt.check()?;
        let output = output.ok().filter(|output| output.status.success());
        Ok(output.and_then(|output| serde_json::from_slice(&output.stdout).ok()))
    }

    /// What a command prints; in a dry run another text in its place.
    ///
    /// # Errors
    /// As [`Commands::run`].
    pub(super) fn text(&self, words: &[&str], dry: &str) -> Result<String, CliError> {
        let output = self.started(words, Stdio::piped())?;
        Ok(output
            .map_or_else(|| dry.to_owned(), |output| String::from_utf8_lossy(&output.stdout).into_owned()))
    }

    /// A command with variables of its own, by their names: `None` takes one away.
    ///
    /// # Errors
    /// As [`Commands::run`].
    pub(super) fn run_with(
        &self,
        variables: &[(&str, Option<&str>)],
        words: &[&str],
    ) -> Result<(), CliError> {
        let mut command = self.command(words);
        for (name, value) in variables {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        self.finished(command, words).map(|_| ())
    }

    /// Shows a line that a person could type.
    pub(super) fn show(&self, line: &str) {
        self.terminal.print(&format!("{line}\n"));
    }

    /// `None` in a dry run, which shows it.
    fn started(&self, words: &[&str], stdout: Stdio) -> Result<Option<Output>, CliError> {
        if self.dry {
            self.show(&typed(words));
            return Ok(None);
        }
        let mut command = self.command(words);
        command.stdout(stdout);
        self.finished(command, words).map(Some)
    }

    fn command(&self, words: &[&str]) -> Command {
        let (program, rest) = words.split_first().map_or(("", words), |(program, rest)| (*program, rest));
        let mut command = Command::new(program);
        command.args(rest).current_dir(self.shop).stdin(Stdio::inherit()).stderr(Stdio::inherit());
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    fn finished(&self, mut command: Command, words: &[&str]) -> Result<Output, CliError> {
        let output = command.spawn().and_then(std::process::Child::wait_with_output);
        self.interrupt.check()?;
        let command = named(words);
        let output = output.map_err(|error| CliError::machine(format!("{command}: {error}")))?;
        if output.status.success() {
            return Ok(output);
        }
        let words = tr!("`{command}` failed; its own words are above");
        let status = output.status.code().and_then(|code| u8::try_from(code).ok());
        Err(status
            .map_or_else(|| CliError::machine(words.clone()), |status| CliError::with_status(status, &words)))
    }
}

/// A command by its first words, without options.
fn named(words: &[&str]) -> String {
    let name: Vec<&str> = words.iter().copied().take_while(|word| !word.starts_with('-')).take(3).collect();
    name.join(" ")
}

/// A command as a shell reads it.
pub(super) fn typed(words: &[&str]) -> String {
    let words: Vec<Cow<'_, str>> = words.iter().map(|word| quoted(word)).collect();
    words.join(" ")
}

fn quoted(word: &str) -> Cow<'_, str> {
    let plain = |sign: char| sign.is_ascii_alphanumeric() || "_./:=@%,+-".contains(sign);
    if !word.is_empty() && word.chars().all(plain) {
        Cow::Borrowed(word)
    } else {
        Cow::Owned(format!("'{}'", word.replace('\'', "'\\''")))
    }
}

#[cfg(test)]
mod tests {
    use super::{named, typed};

    #[test]
    fn a_shell_reads_the_same_words() {
        let words = ["aws", "s3", "cp", "", "it's", "*.html", "k=v", "a b"];
        assert_eq!(typed(&words), "aws s3 cp '' 'it'\\''s' '*.html' k=v 'a b'");
    }

    #[test]
    fn a_command_that_failed_is_named_without_its_options() {
        assert_eq!(named(&["aws", "lambda", "get-alias", "--name", "live"]), "aws lambda get-alias");
        assert_eq!(named(&["sam", "deploy", "--stack-name", "shop"]), "sam deploy");
    }
}
