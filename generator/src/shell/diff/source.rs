//! Where a state of the shop comes from: a folder, or a revision that is checked out from git.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use messages::tr;
use tempfile::TempDir;

use crate::shell::error::CliError;

/// A state of the shop.
pub(super) enum Source {
    Folder(PathBuf),
    /// A revision, checked out into a folder that is removed with this value; `shop` is the shop's folder inside.
    Revision {
        name: String,
        _laid_out: TempDir,
        shop: PathBuf,
    },
}

impl Source {
    /// A folder with a shop, or else a revision of the shop's repository.
    pub(super) fn named(shop: &Path, name: &str) -> Result<Self, CliError> {
        let folder = Path::new(name);
        if pages::stage::read::is_shop(folder) {
            return Ok(Source::Folder(folder.to_owned()));
        }
        let git = |arguments: &[&str]| git(shop, arguments, None);
        let prefix = git(&["rev-parse", "--show-prefix"]).map_err(|error| {
            CliError::usage(tr!(
                "`{name}` is no folder with a shop, and as a revision it cannot be found\n  {error}"
            ))
        })?;
        let commit = format!("{name}^{{commit}}");
        let Ok(commit) = git(&["rev-parse", "--verify", "--quiet", "--end-of-options", &commit]) else {
            return Err(CliError::usage(tr!(
                "`{name}` is neither a folder with a shop nor a revision that git knows here\n  in CI, fetch the whole history: fetch-depth: 0"
            )));
        };
        let laid_out = TempDir::new().map_err(|error| CliError::machine(error.to_string()))?;
        let (index, tree) = (laid_out.path().join("index"), laid_out.path().join("tree/"));
        let top = git(&["rev-parse", "--show-toplevel"]).map_err(CliError::machine)?;
        let put = |arguments: &[&str]| {
            self::git(Path::new(&top), arguments, Some(&index)).map_err(CliError::machine)
        };
        put(&["read-tree", &commit])?;
        put(&["checkout-index", "--all", "--force", &format!("--prefix={}", tree.display())])?;
        let shop = tree.join(prefix);
        if !pages::stage::read::is_shop(&shop) {
            return Err(CliError::usage(tr!("at `{name}` there is no shop yet: no content/shop.yaml")));
        }
        Ok(Source::Revision { name: name.to_owned(), _laid_out: laid_out, shop })
    }
}

/// Git's output, or its error message.
fn git(folder: &Path, arguments: &[&str], index: Option<&Path>) -> Result<String, String> {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args(arguments);
    if let Some(index) = index {
        command.env("GIT_INDEX_FILE", index);
    }
    let Output { status, stdout, stderr } = command.output().map_err(|error| format!("git: {error}"))?;
    if status.success() {
        Ok(String::from_utf8_lossy(&stdout).trim_end_matches(['\r', '\n']).to_owned())
    } else {
        Err(format!("git {}: {}", arguments.join(" "), String::from_utf8_lossy(&stderr).trim()))
    }
}
