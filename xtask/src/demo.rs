//! The demo shop, built as anyone would: from a copy of `content/` alone, without caches. Two such builds are identical byte
//! for byte, and building again into the same folder writes nothing.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result, bail, ensure};

use crate::commands::{program, root, run, target_folder};

/// The date of the demo shop's builds, on which one piece is on sale.
const NOW: &str = "2026-11-25";

/// Copies of the demo shop, and where they are built.
#[derive(Debug)]
pub(crate) struct Demo {
    bazaar: PathBuf,
    folder: PathBuf,
}

impl Demo {
    /// Makes two fresh copies below the target folder; what an earlier run left there is removed.
    pub(crate) fn new(bazaar: &Path) -> Result<Self> {
        let folder = target_folder()?.join("demo");
        if folder.exists() {
            fs::remove_dir_all(&folder).with_context(|| format!("removing {}", folder.display()))?;
        }
        for copy in ["one", "two"] {
            copy_folder(&root().join("content"), &folder.join(copy).join("content"))?;
        }
        Ok(Self { bazaar: bazaar.to_owned(), folder })
    }

    /// The built shop, for the tests from outside.
    pub(crate) fn dist(&self) -> PathBuf {
        self.folder.join("one/dist")
    }

    /// The first copy: texts, what its build stores, and the site.
    pub(crate) fn shop(&self) -> PathBuf {
        self.folder.join("one")
    }

    /// Checks that the shop has no faults.
    pub(crate) fn check(&self) -> Result<()> {
        run(program(&self.bazaar).arg("--shop").arg(self.folder.join("one")).arg("check"))
    }

    /// Builds the first copy; a page that exceeds its budget is an error.
    pub(crate) fn build(&self) -> Result<()> {
        self.build_copy(&self.bazaar, "one", &["--report"])?;
        ensure!(
            self.dist().join("index.html").is_file(),
            "the build left no {}/index.html",
            self.dist().display()
        );
        Ok(())
    }

    /// Builds the second copy, with one thread, and compares.
    pub(crate) fn build_again_elsewhere(&self) -> Result<()> {
        self.build_again_elsewhere_with(&self.bazaar)
    }

    /// The same with another program, without anything that an earlier build stored.
    pub(crate) fn build_again_elsewhere_with(&self, bazaar: &Path) -> Result<()> {
        for kept in ["dist", ".bazaar"] {
            let folder = self.folder.join("two").join(kept);
            if folder.exists() {
                fs::remove_dir_all(&folder).with_context(|| format!("removing {}", folder.display()))?;
            }
        }
        self.build_copy(bazaar, "two", &["--jobs", "1"])?;
        let (one, two) = (read_tree(&self.dist())?, read_tree(&self.folder.join("two/dist"))?);
        let differing = differences(&one, &two, |a, b| a.bytes == b.bytes);
        ensure!(differing.is_empty(), "two builds of the same shop differ:\n  {}", differing.join("\n  "));
        println!("    {} files, the same in both builds", one.len());
        Ok(())
    }

    /// Builds the first copy again into the same folder, which must change nothing.
    pub(crate) fn build_again_in_place(&self) -> Result<()> {
        let before = read_tree(&self.dist())?;
        self.build_copy(&self.bazaar, "one", &[])?;
        let after = read_tree(&self.dist())?;
        let written = differences(&before, &after, |a, b| a == b);
        ensure!(written.is_empty(), "nothing was edited, yet the build wrote:\n  {}", written.join("\n  "));
        Ok(())
    }

    fn build_copy(&self, bazaar: &Path, copy: &str, more: &[&str]) -> Result<()> {
        let shop = self.folder.join(copy);
        let mut command = program(bazaar);
        command.arg("--shop").arg(&shop).arg("build").arg("--out").arg(shop.join("dist"));
        run(command.args(["--now", NOW]).args(more))
    }
}

#[derive(Debug, PartialEq, Eq)]
struct File {
    written: SystemTime,
    bytes: Vec<u8>,
}

type Tree = BTreeMap<PathBuf, File>;

fn read_tree(folder: &Path) -> Result<Tree> {
    let mut tree = Tree::new();
    for path in files_below(folder)? {
        let written = fs::metadata(&path).and_then(|metadata| metadata.modified());
        let file = File {
            written: written.with_context(|| format!("reading {}", path.display()))?,
            bytes: fs::read(&path).with_context(|| format!("reading {}", path.display()))?,
        };
        tree.insert(path.strip_prefix(folder)?.to_owned(), file);
    }
    if tree.is_empty() {
        bail!("{} holds no files", folder.display());
    }
    Ok(tree)
}

/// The paths that are in one tree only or are not alike.
fn differences(one: &Tree, two: &Tree, alike: impl Fn(&File, &File) -> bool) -> Vec<String> {
    let mut paths: Vec<&PathBuf> =
        one.keys().chain(two.keys().filter(|path| !one.contains_key(*path))).collect();
    paths.retain(|path| !one.get(*path).zip(two.get(*path)).is_some_and(|(a, b)| alike(a, b)));
    paths.iter().map(|path| path.display().to_string()).collect()
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    for path in files_below(from)? {
        let copy = to.join(path.strip_prefix(from)?);
        let parent = copy.parent().context("a file has a folder")?;
        fs::create_dir_all(parent).with_context(|| format!("making {}", parent.display()))?;
        fs::copy(&path, &copy).with_context(|| format!("copying {}", path.display()))?;
    }
    Ok(())
}

fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("reading {}", folder.display()))? {
            let entry = entry.with_context(|| format!("reading {}", folder.display()))?;
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            } else {
                files.push(entry.path());
            }
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_was_written_again_or_came_is_found() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("inner")).unwrap();
        fs::write(folder.path().join("inner/kept"), "same").unwrap();
        fs::write(folder.path().join("edited"), "before").unwrap();
        let before = read_tree(folder.path()).unwrap();
        fs::write(folder.path().join("edited"), "after").unwrap();
        fs::write(folder.path().join("new"), "new").unwrap();
        let after = read_tree(folder.path()).unwrap();
        assert_eq!(differences(&before, &after, |a, b| a == b), ["edited", "new"]);
        assert_eq!(differences(&after, &before, |a, b| a.bytes == b.bytes), ["edited", "new"]);
    }

    #[test]
    fn a_copy_has_the_same_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        fs::create_dir_all(from.join("a/b")).unwrap();
        fs::write(from.join("a/b/c"), "text").unwrap();
        copy_folder(&from, &to).unwrap();
        let (one, two) = (read_tree(&from).unwrap(), read_tree(&to).unwrap());
        assert_eq!(differences(&one, &two, |a, b| a.bytes == b.bytes), Vec::<String>::new());
    }
}
