//! CloudFront's KeyValueStore: its key `release` says which release shoppers see; beside it are the old addresses of each release.

use serde::{Deserialize, Serialize};

use super::super::error::CliError;
use super::Aws;
use super::stack::Pages;

#[derive(Debug, Deserialize)]
struct Store {
    #[serde(rename = "ETag")]
    etag: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Keys {
    #[serde(default)]
    items: Vec<Item>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Item {
    key: String,
    value: String,
}

/// A release's name: 32 hexadecimal digits.
pub(super) fn is_release(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

impl Aws<'_> {
    /// The release that shoppers see.
    ///
    /// # Errors
    /// When AWS does not say.
    pub(super) fn shown(&self, pages: &Pages) -> Result<Option<String>, CliError> {
        let release = self.keys(pages)?.into_iter().find(|item| item.key == "release");
        Ok(release.map(|item| item.value).filter(|value| is_release(value)))
    }

    /// The keys of a release's old addresses.
    ///
    /// # Errors
    /// When AWS does not say.
    pub(super) fn keys_of(&self, pages: &Pages, release: &str) -> Result<Vec<String>, CliError> {
        let of_release = format!("{release}:");
        let keys = self.keys(pages)?.into_iter().map(|item| item.key);
        Ok(keys.filter(|key| key.starts_with(&of_release)).collect())
    }

    fn keys(&self, pages: &Pages) -> Result<Vec<Item>, CliError> {
        let words = ["aws", "cloudfront-keyvaluestore", "list-keys", "--kvs-arn", &pages.pointer];
        let keys: Option<Keys> = self.commands.ask(&words, || None)?;
        Ok(keys.unwrap_or_default().items)
    }

    /// From now on shoppers see this release. The copy of 404.html at the top is CloudFront's page of errors, of whatever release.
    ///
    /// # Errors
    /// When they do not.
    pub(super) fn show_release(&self, pages: &Pages, release: &str) -> Result<(), CliError> {
        let from = format!("s3://{}/releases/{release}/404.html", pages.bucket);
        let to = format!("s3://{}/404.html", pages.bucket);
        let copy = ["aws", "s3", "cp", &from, &to, "--only-show-errors", "--metadata-directive", "REPLACE"];
        let stored = ["--content-type", "text/html; charset=utf-8", "--cache-control", "public, max-age=60"];
        self.commands.run(&[&copy[..], &stored].concat())?;
        let etag = self.etag(pages)?;
        let words = ["aws", "cloudfront-keyvaluestore", "put-key", "--kvs-arn", &pages.pointer];
        let pair = ["--key", "release", "--value", release, "--if-match", &etag];
        self.commands.change(&[&words[..], &pair].concat())
    }

    /// Before the first release nothing is shown: the address says 503 and when to come again.
    ///
    /// # Errors
    /// When something still is.
    pub(super) fn show_nothing(&self, pages: &Pages) -> Result<(), CliError> {
        if self.shown(pages)?.is_none() {
            return Ok(());
        }
        let etag = self.etag(pages)?;
        let words = ["aws", "cloudfront-keyvaluestore", "delete-key", "--kvs-arn", &pages.pointer];
        self.commands.change(&[&words[..], &["--key", "release", "--if-match", &etag]].concat())
    }

    /// `--puts` or `--deletes`: some keys at once.
    ///
    /// # Errors
    /// When they stay as they were.
    pub(super) fn update_keys<T: Serialize>(
        &self,
        pages: &Pages,
        how: &str,
        keys: &[T],
    ) -> Result<(), CliError> {
        let keys = serde_json::to_string(keys).map_err(|error| CliError::machine(error.to_string()))?;
        let etag = self.etag(pages)?;
        let words = ["aws", "cloudfront-keyvaluestore", "update-keys", "--kvs-arn", &pages.pointer];
        self.commands.change(&[&words[..], &["--if-match", &etag, how, &keys]].concat())
    }

    /// The store's state, which a change names: another change in between makes it fail.
    fn etag(&self, pages: &Pages) -> Result<String, CliError> {
        let words =
            ["aws", "cloudfront-keyvaluestore", "describe-key-value-store", "--kvs-arn", &pages.pointer];
        let store: Store = self.commands.ask(&words, || Store { etag: "ETAG".to_owned() })?;
        Ok(store.etag)
    }
}
