//! `init`: a new shop that passes `check` at once. Nothing that exists is overwritten.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// The language of the new shop's texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Starter {
    /// French.
    Fr,
    /// English.
    En,
}

/// Why there is no new shop.
#[derive(Debug)]
pub(super) enum InitError {
    /// A file of the shop is there already.
    Exists(PathBuf),
    /// The disk refused.
    Disk(PathBuf, std::io::Error),
}

/// The files of a new shop: path and text.
fn files(language: Starter) -> [(&'static str, &'static str); 7] {
    macro_rules! starter {
        ($file:literal) => {
            include_str!(concat!("../../starter/", $file))
        };
    }
    let netlify = ("netlify.toml", starter!("netlify.toml"));
    let ignore = (".gitignore", starter!("gitignore"));
    match language {
        Starter::Fr => [
            ("content/shop.yaml", starter!("fr/shop.yaml")),
            ("content/categories/ceramique.md", starter!("fr/category.md")),
            ("content/products/premier-bol/index.md", starter!("fr/product.md")),
            ("content/pages/a-propos.md", starter!("fr/about.md")),
            ("content/pages/home.md", starter!("fr/home.md")),
            netlify,
            ignore,
        ],
        Starter::En => [
            ("content/shop.yaml", starter!("en/shop.yaml")),
            ("content/categories/ceramics.md", starter!("en/category.md")),
            ("content/products/first-bowl/index.md", starter!("en/product.md")),
            ("content/pages/about.md", starter!("en/about.md")),
            ("content/pages/home.md", starter!("en/home.md")),
            netlify,
            ignore,
        ],
    }
}

/// Writes a new shop into `folder` and returns the paths of its files.
pub(super) fn init(folder: &Path, language: Starter) -> Result<Vec<&'static str>, InitError> {
    let files = files(language);
    // A folder with a shop's content is a shop already; other files (.gitignore, netlify.toml) may be kept.
    if folder.join("content").exists() {
        return Err(InitError::Exists(folder.join("content")));
    }
    let mut written = Vec::new();
    for (path, text) in files {
        let file = folder.join(path);
        if file.exists() {
            continue;
        }
        let write = || {
            if let Some(parent) = file.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::OpenOptions::new().write(true).create_new(true).open(&file)?.write_all(text.as_bytes())
        };
        write().map_err(|error| InitError::Disk(file.clone(), error))?;
        written.push(path);
    }
    Ok(written)
}
