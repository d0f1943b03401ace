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

/// Who will publish it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Host {
    /// Netlify, site and till.
    Netlify,
    /// Amazon: S3, CloudFront and Lambda.
    Aws,
}

/// Path and content.
type File = (&'static str, &'static [u8]);

macro_rules! starter {
    ($file:literal) => {
        include_bytes!(concat!("../../starter/", $file)).as_slice()
    };
}
macro_rules! deploy {
    ($file:literal) => {
        (concat!("deploy/", $file), include_bytes!(concat!("../../../deploy/", $file)).as_slice())
    };
}

/// What every new shop has: which `bazaar` it is made with, and where its releases are.
const VERSION: File = (
    ".bazaar-version",
    concat!(env!("CARGO_PKG_VERSION"), "\n", env!("CARGO_PKG_REPOSITORY"), "/releases/download\n").as_bytes(),
);

/// The first product's photo: a page without one says little about what it will be.
const PHOTO: &[u8] = starter!("bowl.jpg");

/// The files of a new shop.
fn files(language: Starter, host: Host) -> Vec<File> {
    let content = match language {
        Starter::Fr => [
            ("content/shop.yaml", starter!("fr/shop.yaml")),
            ("content/categories/ceramique.md", starter!("fr/category.md")),
            ("content/products/premier-bol/index.md", starter!("fr/product.md")),
            ("content/products/premier-bol/premier-bol-1.jpg", PHOTO),
            ("content/pages/a-propos.md", starter!("fr/about.md")),
            ("content/pages/home.md", starter!("fr/home.md")),
            ("content/pages/conditions-de-vente.md", starter!("fr/terms.md")),
            ("content/pages/confidentialite.md", starter!("fr/privacy.md")),
            ("content/pages/retractation.md", starter!("fr/withdrawal.md")),
            ("content/pages/mentions-legales.md", starter!("fr/legal.md")),
            ("README.md", starter!("fr/README.md")),
        ],
        Starter::En => [
            ("content/shop.yaml", starter!("en/shop.yaml")),
            ("content/categories/ceramics.md", starter!("en/category.md")),
            ("content/products/first-bowl/index.md", starter!("en/product.md")),
            ("content/products/first-bowl/first-bowl-1.jpg", PHOTO),
            ("content/pages/about.md", starter!("en/about.md")),
            ("content/pages/home.md", starter!("en/home.md")),
            ("content/pages/terms.md", starter!("en/terms.md")),
            ("content/pages/privacy.md", starter!("en/privacy.md")),
            ("content/pages/withdrawal.md", starter!("en/withdrawal.md")),
            ("content/pages/legal.md", starter!("en/legal.md")),
            ("README.md", starter!("en/README.md")),
        ],
    };
    let everywhere = [
        (".gitignore", starter!("gitignore")),
        VERSION,
        deploy!("build.sh"),
        deploy!("common.sh"),
        (".github/workflows/pull-request.yml", starter!("github/pull-request.yml")),
    ];
    let of_host = match host {
        Host::Netlify => vec![
            ("netlify.toml", starter!("netlify.toml")),
            deploy!("netlify/manifest.yml"),
            deploy!("netlify/index.js"),
            (".github/workflows/publish.yml", starter!("github/publish-netlify.yml")),
        ],
        Host::Aws => vec![
            deploy!("template.yaml"),
            deploy!("aws.sh"),
            ("deploy/aws.env", starter!("aws.env")),
            (".github/workflows/publish.yml", starter!("github/publish-aws.yml")),
        ],
    };
    content.into_iter().chain(everywhere).chain(of_host).collect()
}

/// Writes a new shop into `folder` and returns the paths of its files.
pub(super) fn init(folder: &Path, language: Starter, host: Host) -> Result<Vec<&'static str>, InitError> {
    let files = files(language, host);
    // A folder with a shop's content is a shop already; other files (.gitignore, netlify.toml) may be kept.
    if folder.join("content").exists() {
        return Err(InitError::Exists(folder.join("content")));
    }
    let mut written = Vec::new();
    for (path, content) in files {
        let file = folder.join(path);
        if file.exists() {
            continue;
        }
        let write = || {
            if let Some(parent) = file.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::OpenOptions::new().write(true).create_new(true).open(&file)?.write_all(content)
        };
        write().map_err(|error| InitError::Disk(file.clone(), error))?;
        written.push(path);
    }
    Ok(written)
}
