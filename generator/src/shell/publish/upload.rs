//! A release's pages on their way into the bucket. Files below `/_/` are shared by all releases: their address holds a digest of
//! their bytes, so that what is there is right.

use super::super::error::CliError;
use super::super::media::{MEDIA_TYPES, ending, media_type};
use super::Aws;
use super::site::{Pair, Site};
use super::stack::Pages;

const FOREVER: &str = "public, max-age=31536000, immutable";
/// The KeyValueStore takes fifty pairs at once.
const PAIRS: usize = 50;
/// These are for other hosts, or lie elsewhere.
const NO_PAGES: [&str; 6] = ["--exclude", "_/*", "--exclude", "_headers", "--exclude", "_redirects"];

impl Aws<'_> {
    /// Into `releases/ID/`, which nobody is shown yet.
    ///
    /// # Errors
    /// When something could not be uploaded.
    pub(super) fn upload(&self, site: &Site, pages: &Pages, release: &str) -> Result<(), CliError> {
        let (cache, metadata) = (site.cache("/"), site.metadata("/"));
        let of_pages = ["--cache-control", cache, "--metadata", &metadata];
        let to = format!("s3://{}/releases/{release}", pages.bucket);
        let shared_to = format!("s3://{}/_", pages.bucket);
        let copy = ["aws", "s3", "cp", "dist", &to, "--recursive", "--only-show-errors"];
        let sync = ["aws", "s3", "sync", "dist/_", &shared_to, "--size-only", "--only-show-errors"];
        let shared = |path: &&String| path.starts_with("_/");

        let mut known = Vec::new();
        for (of_type, media_type) in MEDIA_TYPES {
            let pattern = format!("*.{of_type}");
            let filter = ["--exclude", "*", "--include", &pattern];
            let of_ending = || site.files.iter().filter(|path| ending(path) == Some(of_type));
            if of_ending().any(|path| shared(&path)) {
                let stored = ["--content-type", media_type, "--cache-control", FOREVER];
                self.commands.run(&[&sync[..], &filter, &stored].concat())?;
            }
            if of_ending().any(|path| !shared(&path)) {
                let stored = ["--exclude", "_/*", "--content-type", media_type];
                self.commands.run(&[&copy[..], &filter, &stored, &of_pages].concat())?;
            }
            known.push(pattern);
        }
        // All other files: `aws` guesses what they are.
        let others: Vec<&str> = known.iter().flat_map(|pattern| ["--exclude", pattern.as_str()]).collect();
        if site.files.iter().any(|path| shared(&path)) {
            self.commands.run(&[&sync[..], &others, &["--cache-control", FOREVER]].concat())?;
        }
        self.commands.run(&[&copy[..], &others, &NO_PAGES, &of_pages].concat())?;

        for path in site.own_headers().filter(|path| site.files.iter().any(|file| file == &path[1..])) {
            let (from, to, metadata) = (format!("dist{path}"), format!("{to}{path}"), site.metadata(path));
            let copy = ["aws", "s3", "cp", &from, &to, "--only-show-errors"];
            let stored = ["--content-type", media_type(path), "--cache-control", site.cache(path)];
            self.commands.run(&[&copy[..], &stored, &["--metadata", &metadata]].concat())?;
        }
        for some in site.redirects.chunks(PAIRS) {
            let pairs =
                some.iter().map(|old| Pair { key: format!("{release}:{}", old.from), value: &old.to });
            self.update_keys(pages, "--puts", &pairs.collect::<Vec<_>>())?;
        }
        Ok(())
    }
}
