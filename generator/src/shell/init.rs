//! `init`: a new shop that passes `check` at once. Nothing that exists is overwritten.

use std::borrow::Cow;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use messages::tr;

/// The language of the new shop's texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Starter {
    #[value(help = tr!("French"))]
    Fr,
    #[value(help = tr!("English"))]
    En,
    #[value(help = tr!("German"))]
    De,
    #[value(help = tr!("Italian"))]
    It,
    #[value(help = tr!("Spanish"))]
    Es,
    #[value(help = tr!("Dutch"))]
    Nl,
}

impl Starter {
    /// The BCP 47 tag.
    fn tag(self) -> &'static str {
        match self {
            Starter::Fr => "fr",
            Starter::En => "en",
            Starter::De => "de",
            Starter::It => "it",
            Starter::Es => "es",
            Starter::Nl => "nl",
        }
    }

    /// The tag, if the texts of starter and theme were machine-translated and no native speaker has read them yet.
    pub(super) fn unread(self) -> Option<&'static str> {
        match self {
            Starter::Fr | Starter::En => None,
            Starter::De | Starter::It | Starter::Es | Starter::Nl => Some(self.tag()),
        }
    }
}

/// Why there is no new shop.
#[derive(Debug)]
pub(super) enum InitError {
    /// A file of the shop exists already.
    Exists(PathBuf),
    /// The disk refused.
    Disk(PathBuf, std::io::Error),
}

/// Who will publish it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Host {
    #[value(help = tr!("Netlify, site and till"))]
    Netlify,
    #[value(help = tr!("Amazon: S3, CloudFront and Lambda"))]
    Aws,
}

/// Path and content.
type File = (&'static str, &'static [u8]);

macro_rules! starter {
    ($($part:literal),+) => {
        include_bytes!(concat!("../../starter/", $($part),+)).as_slice()
    };
}
/// The content of a new shop from a folder of `starter/`, given the names of its category, product and pages.
macro_rules! content {
    ($folder:literal, $category:literal, $product:literal, [$about:literal, $terms:literal, $privacy:literal, $withdrawal:literal, $legal:literal]) => {
        [
            ("content/shop.yaml", starter!($folder, "/shop.yaml")),
            (concat!("content/categories/", $category, ".md"), starter!($folder, "/category.md")),
            (concat!("content/products/", $product, "/index.md"), starter!($folder, "/product.md")),
            (concat!("content/products/", $product, "/", $product, "-1.jpg"), PHOTO),
            (concat!("content/pages/", $about, ".md"), starter!($folder, "/about.md")),
            ("content/pages/home.md", starter!($folder, "/home.md")),
            (concat!("content/pages/", $terms, ".md"), starter!($folder, "/terms.md")),
            (concat!("content/pages/", $privacy, ".md"), starter!($folder, "/privacy.md")),
            (concat!("content/pages/", $withdrawal, ".md"), starter!($folder, "/withdrawal.md")),
            (concat!("content/pages/", $legal, ".md"), starter!($folder, "/legal.md")),
            ("README.md", starter!($folder, "/README.md")),
        ]
    };
}
macro_rules! deploy {
    ($file:literal) => {
        (concat!("deploy/", $file), include_bytes!(concat!("../../../deploy/", $file)).as_slice())
    };
}

/// In every new shop: the version of `bazaar` that made it, and where releases are.
const VERSION: File = (
    ".bazaar-version",
    concat!(env!("CARGO_PKG_VERSION"), "\n", env!("CARGO_PKG_REPOSITORY"), "/releases/download\n").as_bytes(),
);

/// The first product's photo: a page without one says little about what it will look like.
const PHOTO: &[u8] = starter!("bowl.jpg");

fn files(language: Starter, host: Host) -> Vec<File> {
    let content = match language {
        Starter::Fr => content!(
            "fr",
            "ceramique",
            "premier-bol",
            ["a-propos", "conditions-de-vente", "confidentialite", "retractation", "mentions-legales"]
        ),
        Starter::En => {
            content!("en", "ceramics", "first-bowl", ["about", "terms", "privacy", "withdrawal", "legal"])
        }
        Starter::De => content!(
            "de",
            "keramik",
            "erste-schale",
            ["ueber-uns", "verkaufsbedingungen", "datenschutz", "widerruf", "impressum"]
        ),
        Starter::It => content!(
            "it",
            "ceramica",
            "prima-ciotola",
            ["chi-siamo", "condizioni-di-vendita", "privacy", "recesso", "note-legali"]
        ),
        Starter::Es => content!(
            "es",
            "ceramica",
            "primer-cuenco",
            ["sobre-nosotros", "condiciones-de-venta", "privacidad", "desistimiento", "aviso-legal"]
        ),
        Starter::Nl => content!(
            "nl",
            "keramiek",
            "eerste-kom",
            ["over-ons", "verkoopvoorwaarden", "privacy", "herroeping", "juridische-informatie"]
        ),
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

/// A file of the hosts' builds, with its messages in the language of the shop if bazaar has it.
fn localized(content: &'static [u8], language: Starter) -> Cow<'static, [u8]> {
    let (Ok(text), Starter::Fr) = (std::str::from_utf8(content), language) else {
        return Cow::Borrowed(content);
    };
    let text = text.replace("BAZAAR_LANG: en", "BAZAAR_LANG: fr");
    Cow::Owned(text.replace("BAZAAR_LANG = \"en\"", "BAZAAR_LANG = \"fr\"").into_bytes())
}

/// Writes a new shop into `folder` and returns the paths of its files.
pub(super) fn init(folder: &Path, language: Starter, host: Host) -> Result<Vec<&'static str>, InitError> {
    let files = files(language, host);
    // A folder with content is a shop already; other files that exist (.gitignore, netlify.toml) are kept.
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
            fs::OpenOptions::new()
                .write(true)
                .create_new(true)
                .open(&file)?
                .write_all(&localized(content, language))
        };
        write().map_err(|error| InitError::Disk(file.clone(), error))?;
        written.push(path);
    }
    Ok(written)
}
