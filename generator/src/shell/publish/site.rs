//! `dist/` as it is published: its files, their headers, its old addresses, and the name that follows from all of them.

use std::fs;
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use messages::tr;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::super::error::CliError;
use super::rules::{Redirect, Rule, redirects, rules};

/// The till's program with its snapshot, in the shop's folder.
pub(super) const BOOTSTRAP: &str = ".bazaar/lambda/bootstrap";
/// S3 keeps 2 kB of metadata for a file.
const LONGEST_METADATA: usize = 1900;
/// CloudFront keeps a page until the release changes; browsers ask each time.
const PAGE_CACHE: &str = "public, max-age=0, s-maxage=31536000, must-revalidate";

/// A built site.
#[derive(Debug, Default)]
pub(super) struct Site {
    folder: PathBuf,
    /// Paths below `dist/`, sorted, with slashes.
    pub(super) files: Vec<String>,
    headers: Vec<Rule>,
    pub(super) redirects: Vec<Redirect>,
    /// Its catalog's digest.
    pub(super) catalog: String,
}

/// A pair of the KeyValueStore.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Pair<'a> {
    pub(super) key: String,
    pub(super) value: &'a str,
}

/// What is read of `catalog.json`.
#[derive(Debug, Deserialize)]
pub(super) struct CatalogHash {
    pub(super) hash: String,
}

impl Site {
    /// Reads `dist/` of a shop.
    ///
    /// # Errors
    /// When it is not whole, and when it has rules that AWS cannot be given.
    pub(super) fn read(shop: &Path) -> Result<Self, CliError> {
        let folder = shop.join("dist");
        for file in ["index.html", "404.html", "catalog.json", "_headers"] {
            if !folder.join(file).is_file() {
                return Err(CliError::machine(tr!(
                    "dist/{file} is not there\n  run `bazaar build`: is the shop whole?"
                )));
            }
        }
        let catalog: CatalogHash = serde_json::from_str(&text(&folder, "catalog.json")?)
            .map_err(|error| CliError::machine(format!("dist/catalog.json: {error}")))?;
        let site = Site {
            files: files(&folder)?,
            headers: rules(&text(&folder, "_headers")?),
            redirects: if folder.join("_redirects").is_file() {
                redirects(&text(&folder, "_redirects")?)?
            } else {
                Vec::new()
            },
            catalog: catalog.hash,
            folder,
        };
        if let Some(path) = site.own_headers().find(|path| path.contains(['*', ':'])) {
            return Err(CliError::machine(tr!(
                "dist/_headers has rules for {path}, which cannot be published on AWS\n  whole paths, /* and /_/* can be"
            )));
        }
        if site.metadata("/").len() > LONGEST_METADATA {
            return Err(CliError::machine(tr!(
                "the headers of dist/_headers are longer than S3 keeps\n  fewer inline scripts make the policy shorter"
            )));
        }
        Ok(site)
    }

    /// What a dry run takes before the first build.
    pub(super) fn not_built() -> Self {
        Site { catalog: "CATALOG".to_owned(), ..Site::default() }
    }

    /// The release's name: the same pages with the same till are the same release.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub(super) fn release(&self, shop: &Path) -> Result<String, CliError> {
        let digest = |file: &Path| match fs::read(file) {
            Ok(bytes) => Ok(HEXLOWER.encode(&Sha256::digest(bytes))),
            Err(error) => Err(CliError::machine(format!("{}: {error}", file.display()))),
        };
        let pages =
            self.files.iter().map(|path| Ok(format!("{}  ./{path}\n", digest(&self.folder.join(path))?)));
        let mut lines = pages.collect::<Result<Vec<_>, CliError>>()?;
        lines.sort_unstable();
        lines.push(format!("{}  ../{BOOTSTRAP}\n", digest(&shop.join(BOOTSTRAP))?));
        Ok(HEXLOWER.encode(&Sha256::digest(lines.concat()))[..32].to_owned())
    }

    /// One header of a path.
    pub(super) fn header(&self, path: &str, name: &str) -> Option<&str> {
        self.headers_of(path).into_iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// How long a file is kept by others.
    pub(super) fn cache(&self, path: &str) -> &str {
        self.header(path, "cache-control").unwrap_or(PAGE_CACHE)
    }

    /// The headers of a path as metadata for S3, which the function PageResponse turns into headers again.
    pub(super) fn metadata(&self, path: &str) -> String {
        let headers = self.headers_of(path).into_iter().filter(|(name, _)| *name != "cache-control");
        let pairs: serde_json::Map<String, serde_json::Value> =
            headers.map(|(name, value)| (format!("h-{name}"), value.into())).collect();
        serde_json::Value::Object(pairs).to_string()
    }

    /// Paths with headers of their own.
    pub(super) fn own_headers(&self) -> impl Iterator<Item = &str> {
        let paths = self.headers.iter().map(|rule| rule.path.as_str());
        paths.filter(|path| path.starts_with('/') && !["/*", "/_/*"].contains(path))
    }

    /// In the order of the file; a later rule counts more.
    fn headers_of(&self, path: &str) -> Vec<(&str, &str)> {
        let mut all: Vec<(&str, &str)> = Vec::new();
        let rules = self.headers.iter().filter(|rule| rule.path == "/*" || rule.path == path);
        for (name, value) in rules.flat_map(|rule| &rule.headers) {
            match all.iter_mut().find(|(known, _)| known == name) {
                Some((_, known)) => *known = value,
                None => all.push((name, value)),
            }
        }
        all
    }
}

fn text(folder: &Path, file: &str) -> Result<String, CliError> {
    let failed = |error| CliError::machine(format!("dist/{file}: {error}"));
    fs::read_to_string(folder.join(file)).map_err(failed)
}

/// All files of a folder and of those in it.
fn files(folder: &Path) -> Result<Vec<String>, CliError> {
    let mut found = Vec::new();
    let mut folders = vec![String::new()];
    while let Some(below) = folders.pop() {
        let failed = |error| CliError::machine(format!("dist/{below}: {error}"));
        for entry in fs::read_dir(folder.join(&below)).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let path = format!("{below}{}", entry.file_name().to_string_lossy());
            if entry.file_type().map_err(failed)?.is_dir() {
                folders.push(format!("{path}/"));
            } else {
                found.push(path);
            }
        }
    }
    found.sort_unstable();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::super::rules::rules;
    use super::Site;

    const HEADERS: &str = "# ours\n/*\n  X-Frame-Options: DENY\n  Cache-Control: no-cache\n\n/_/*\n  Cache-Control: immutable\n\
                           /catalog.json\n  Access-Control-Allow-Origin: *\n  X-Frame-Options: \"SAME\"\n";

    #[test]
    fn a_path_has_the_headers_for_all_and_its_own() {
        let site = Site { headers: rules(HEADERS), ..Site::default() };
        assert_eq!(site.metadata("/"), r#"{"h-x-frame-options":"DENY"}"#);
        assert_eq!(
            site.metadata("/catalog.json"),
            r#"{"h-x-frame-options":"\"SAME\"","h-access-control-allow-origin":"*"}"#
        );
        assert_eq!(site.cache("/about/"), "no-cache");
        assert_eq!(site.own_headers().collect::<Vec<_>>(), ["/catalog.json"]);
        assert!(Site::default().cache("/").contains("must-revalidate"));
    }
}
