//! Where a setting is looked for: the environment, then `deploy/aws.env`; and what forms of it are valid.

use std::collections::BTreeMap;

use messages::tr;

use super::super::error::CliError;
use super::env_file::{FILE, MAY_BE_EMPTY};

/// Both places where a setting can be.
#[derive(Clone, Copy)]
pub(super) struct Given<'a> {
    pub(super) environment: &'a dyn Fn(&str) -> Option<String>,
    pub(super) file: &'a BTreeMap<String, String>,
}

impl Given<'_> {
    /// What the environment says, where that counts.
    pub(super) fn environment(&self, name: &str) -> Option<String> {
        (self.environment)(name).filter(|value| !value.is_empty() || MAY_BE_EMPTY.contains(&name))
    }

    /// Also an empty one, where empty is a value.
    pub(super) fn set(&self, name: &str) -> Option<String> {
        let value = self.environment(name).or_else(|| self.file.get(name).cloned())?;
        (!value.is_empty() || MAY_BE_EMPTY.contains(&name)).then_some(value)
    }

    /// A setting that says something.
    pub(super) fn value(&self, name: &str) -> Option<String> {
        self.set(name).filter(|value| !value.is_empty())
    }

    /// Its name, with the place where it was found.
    pub(super) fn place(&self, name: &str) -> String {
        if self.file.contains_key(name) && self.environment(name).is_none() {
            format!("{FILE}: {name}")
        } else {
            name.to_owned()
        }
    }

    /// A setting that is one of two words, the first where nothing is said.
    ///
    /// # Errors
    /// When it is another word.
    pub(super) fn one_of<T: Copy>(&self, name: &str, known: [(&str, T); 2]) -> Result<T, CliError> {
        let Some(value) = self.value(name) else { return Ok(known[0].1) };
        let found = known.iter().find(|(word, _)| *word == value);
        found.map(|(_, meant)| *meant).ok_or_else(|| {
            let (place, [first, second]) = (self.place(name), known.map(|(word, _)| word));
            CliError::usage(tr!("{place} is {value}\n  write {first} or {second}"))
        })
    }

    /// A setting that is a number, at least so large.
    ///
    /// # Errors
    /// When it is none.
    pub(super) fn number(&self, name: &str, default: usize, least: usize) -> Result<usize, CliError> {
        let Some(value) = self.value(name) else { return Ok(default) };
        let digits = value.chars().all(|digit| digit.is_ascii_digit());
        value.parse().ok().filter(|number| digits && *number >= least).ok_or_else(|| {
            let place = self.place(name);
            CliError::usage(tr!("{place} is {value}\n  write a number from {least} on"))
        })
    }
}

/// `eu-west-3`, `us-gov-west-1`: words, then a number.
pub(super) fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let Some((number, words)) = parts.split_last() else { return false };
    let is = |part: &str, of: fn(&u8) -> bool| !part.is_empty() && part.bytes().all(|byte| of(&byte));
    words.len() >= 2
        && words.iter().all(|word| is(word, u8::is_ascii_lowercase))
        && is(number, u8::is_ascii_digit)
}

/// Letters, digits and hyphens, a letter first.
pub(super) fn is_stack(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.chars().all(|sign| sign.is_ascii_alphanumeric() || sign == '-')
}

/// A host's name, in small letters.
pub(super) fn is_domain(text: &str) -> bool {
    let of_label = |sign: char| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '-';
    text.contains('.') && text.split('.').all(|label| !label.is_empty() && label.chars().all(of_label))
}
