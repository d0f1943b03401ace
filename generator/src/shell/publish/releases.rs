//! Releases that were shown: each has a note in the bucket, `markers/ID`. Old ones go, with all that only they needed.

use std::fmt::Write as _;

use jiff::Timestamp;
use messages::tr;
use serde::{Deserialize, Serialize};

use super::super::error::CliError;
use super::Aws;
use super::pointer::is_release;
use super::stack::{Outputs, Pages};
use super::tills::Versions;

/// Where a note lies before it is uploaded, in the shop's folder.
const FILE: &str = ".bazaar/release";
/// The KeyValueStore takes fifty keys at once.
const KEYS: usize = 50;

/// `aws s3api list-objects-v2`, all pages of it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Objects {
    #[serde(default)]
    contents: Vec<Object>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Object {
    key: String,
    last_modified: Timestamp,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Key {
    key: String,
}

/// What a release needs beside its folder: the versions of its tills, and its files below `/_/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Note {
    pub(super) versions: Versions,
    pub(super) catalog: String,
    pub(super) files: Vec<String>,
}

impl Note {
    /// One word and a value a line; `None` when something is missing.
    fn parse(text: &str) -> Option<Self> {
        let of = |name: &'static str| {
            text.lines()
                .filter_map(|line| line.split_once(' '))
                .filter(move |(word, _)| *word == name)
                .map(|(_, value)| value.to_owned())
        };
        let versions = Versions { shopper: of("shopper").next()?, stripe: of("stripe").next()? };
        Some(Note { versions, catalog: of("catalog").next()?, files: of("file").collect() })
    }

    fn text(&self) -> String {
        let Note { versions: Versions { shopper, stripe }, catalog, files } = self;
        let mut text = format!("shopper {shopper}\nstripe {stripe}\ncatalog {catalog}\n");
        for file in files {
            let _ = writeln!(text, "file {file}");
        }
        text
    }
}

impl Aws<'_> {
    /// The releases that have a note, the oldest first.
    ///
    /// # Errors
    /// When AWS does not say.
    pub(super) fn notes(&self, pages: &Pages) -> Result<Vec<String>, CliError> {
        let mut objects = self.objects(pages, "markers/")?;
        objects.sort_by_key(|object| object.last_modified);
        let names = objects.iter().filter_map(|object| object.key.strip_prefix("markers/"));
        Ok(names.filter(|name| is_release(name)).map(str::to_owned).collect())
    }

    fn objects(&self, pages: &Pages, prefix: &str) -> Result<Vec<Object>, CliError> {
        let words = ["aws", "s3api", "list-objects-v2", "--bucket", &pages.bucket, "--prefix", prefix];
        let objects: Option<Objects> = self.commands.ask(&words, || None)?;
        Ok(objects.unwrap_or_default().contents)
    }

    /// A release's note.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn note(&self, pages: &Pages, release: &str) -> Result<Note, CliError> {
        let address = marker(pages, release);
        let text = self
            .commands
            .text(&["aws", "s3", "cp", &address, "-"], "shopper 1\nstripe 1\ncatalog CATALOG\n")?;
        Note::parse(&text).ok_or_else(|| CliError::machine(tr!("{address} is no note of a release")))
    }

    /// Notes that a release was shown.
    ///
    /// # Errors
    /// When it could not be noted.
    pub(super) fn take_note(&self, pages: &Pages, release: &str, note: &Note) -> Result<(), CliError> {
        let file = self.commands.shop.join(FILE);
        if !self.commands.dry {
            let failed = |error| CliError::machine(format!("{}: {error}", file.display()));
            std::fs::write(&file, note.text()).map_err(failed)?;
        }
        let to = marker(pages, release);
        let stored = ["--only-show-errors", "--content-type", "text/plain; charset=utf-8"];
        self.commands.run(&[["aws", "s3", "cp", FILE, &to].as_slice(), &stored].concat())?;
        let _ = std::fs::remove_file(&file);
        Ok(())
    }

    /// What is older than the last releases that stay goes: pages, old addresses, tills, and files below `/_/` that none of the
    /// others needs.
    ///
    /// # Errors
    /// At the first thing that could not be deleted; the next deploy tries again.
    pub(super) fn prune(&self, outputs: &Outputs, pages: &Pages) -> Result<(), CliError> {
        let notes = self.notes(pages)?;
        let many = notes.len().saturating_sub(self.settings.keep);
        if many == 0 {
            return Ok(());
        }
        let shown = self.shown(pages)?;
        let (old, kept): (Vec<_>, Vec<_>) =
            notes.iter().enumerate().partition(|(at, name)| *at < many && Some(*name) != shown.as_ref());
        if old.is_empty() {
            return Ok(());
        }
        let needed = kept.iter().map(|(_, name)| self.note(pages, name)).collect::<Result<Vec<_>, _>>()?;
        for (_, name) in old {
            self.delete_release(outputs, pages, name, &needed)?;
        }
        for object in self.objects(pages, "_/")? {
            if !needed.iter().any(|note| note.files.contains(&object.key)) {
                let address = format!("s3://{}/{}", pages.bucket, object.key);
                self.commands.run(&["aws", "s3", "rm", &address, "--only-show-errors"])?;
            }
        }
        Ok(())
    }

    /// The note goes last: what is left after a failure is found again.
    fn delete_release(
        &self,
        outputs: &Outputs,
        pages: &Pages,
        name: &str,
        needed: &[Note],
    ) -> Result<(), CliError> {
        let Versions { shopper, stripe } = self.note(pages, name)?.versions;
        let folder = format!("s3://{}/releases/{name}", pages.bucket);
        self.commands.run(&["aws", "s3", "rm", &folder, "--recursive", "--only-show-errors"])?;
        if !needed.iter().any(|note| note.versions.shopper == shopper) {
            self.delete_version(&outputs.shopper_till, &shopper)?;
        }
        if !needed.iter().any(|note| note.versions.stripe == stripe) {
            self.delete_version(&outputs.stripe_till, &stripe)?;
        }
        for some in self.keys_of(pages, name)?.chunks(KEYS) {
            let keys: Vec<Key> = some.iter().map(|key| Key { key: key.clone() }).collect();
            self.update_keys(pages, "--deletes", &keys)?;
        }
        self.commands.run(&["aws", "s3", "rm", &marker(pages, name), "--only-show-errors"])
    }

    /// One that stays costs nothing.
    fn delete_version(&self, function: &str, version: &str) -> Result<(), CliError> {
        let words = ["aws", "lambda", "delete-function", "--function-name", function, "--qualifier", version];
        if self.commands.change(&words).is_err() {
            self.commands.interrupt.check()?;
            self.warn(&tr!("version {version} of {function} could not be deleted"));
        }
        Ok(())
    }
}

fn marker(pages: &Pages, release: &str) -> String {
    format!("s3://{}/markers/{release}", pages.bucket)
}

#[cfg(test)]
mod tests {
    use super::{Note, Versions};

    #[test]
    fn a_note_is_read_as_it_was_written() {
        let note = Note {
            versions: Versions { shopper: "3".to_owned(), stripe: "4".to_owned() },
            catalog: "ab12".to_owned(),
            files: vec!["_/a b/photo.webp".to_owned(), "_/c.css".to_owned()],
        };
        assert_eq!(Note::parse(&note.text()), Some(note));
        assert_eq!(Note::parse("shopper 3\ncatalog ab12\n"), None);
    }
}
