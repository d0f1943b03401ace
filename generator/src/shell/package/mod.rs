//! `package`: appends the snapshot of the last build to the till's program, ready for a host. Nothing is compiled. The same
//! program and the same content give the same bytes.

mod program;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fmt, fs};

use catalog::Snapshot;
use catalog::snapshot::SnapshotError;
use catalog::till::Context;
use data_encoding::HEXLOWER;
use messages::tr;
use serde::Deserialize;
use till::config::{WrongKey, wrong_key};

pub(super) use program::Target;
use program::{Machine, ProgramError, inspect};

/// Netlify cannot schedule programs: a JavaScript function calls the till's sweep.
const SWEEP: &str = include_str!("../../../../deploy/netlify/sweep.mjs");
/// Prefixes of values that must never leave the owner's machine inside a snapshot: Stripe's keys and webhook secrets
/// (docs.stripe.com/keys), databases, private keys in PEM (RFC 7468).
const SECRETS: [&str; 8] =
    ["sk_live_", "rk_live_", "sk_test_", "rk_test_", "whsec_", "postgres://", "postgresql://", "-----BEGIN "];

/// Where the till may sell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Sells {
    #[value(help = tr!("For live money"))]
    Production,
    #[value(help = tr!("With test keys only"))]
    Preview,
}

impl Sells {
    pub(super) fn context(self) -> Context {
        match self {
            Sells::Production => Context::Production,
            Sells::Preview => Context::Preview,
        }
    }

    /// As BAZAAR_CONTEXT and `--context` name it.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Sells::Production => "production",
            Sells::Preview => "preview",
        }
    }
}

/// What to package.
#[derive(Debug)]
pub(super) struct Wanted<'a> {
    pub(super) shop: &'a Path,
    pub(super) site: &'a Path,
    pub(super) target: Target,
    pub(super) sells: Sells,
    pub(super) binary: &'a Path,
    pub(super) out: &'a Path,
    /// Stripe's key in the environment, if there is one.
    pub(super) stripe_key: Option<&'a str>,
}

#[derive(Debug)]
pub(super) struct Packaged {
    pub(super) file: PathBuf,
    pub(super) bytes: u64,
    pub(super) snapshot_bytes: u64,
    pub(super) items: usize,
    pub(super) machine: &'static str,
    /// Whether it was run once, which is impossible for another processor.
    pub(super) proven: bool,
}

/// Why there is no package.
#[derive(Debug)]
pub(super) enum PackageError {
    NotBuilt(PathBuf),
    Incomplete,
    Snapshot { path: PathBuf, error: SnapshotError },
    OtherSite(PathBuf),
    Secret { place: String, begins: &'static str },
    LiveKey,
    TestKey,
    PrivateAddress(String),
    NoBinary(PathBuf),
    Program { path: PathBuf, error: ProgramError },
    Mode { path: PathBuf, mode: u32 },
    Unproven { path: PathBuf, why: String },
    Disk(PathBuf, std::io::Error),
}

impl fmt::Display for PackageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PackageError::NotBuilt(path) => {
                let path = path.display();
                f.write_str(&tr!("the shop was not built yet: {path} is not there\n  run `bazaar build` first"))
            }
            PackageError::Incomplete => f.write_str(tr!(
                "the last build was cut off or found faults: what it left is not whole\n  run `bazaar build` until it finds none"
            )),
            PackageError::Snapshot { path, error } => {
                let path = path.display();
                f.write_str(&tr!("{path}: {error}\n  run `bazaar build` again, with this version of bazaar"))
            }
            PackageError::OtherSite(path) => f.write_str(&tr!(
                "{path} is of another build than the prices of the till\n  run `bazaar build` again into the folder that you publish, or name it with --site DIR",
                path = path.display()
            )),
            PackageError::Secret { place, begins } => f.write_str(&tr!(
                "{place} holds what looks like a secret ({begins}…)\n  what stands in the shop's files can be read by others: take it out, and make a new one where it came from"
            )),
            PackageError::LiveKey => f.write_str(tr!(
                "STRIPE_SECRET_KEY is live, and --context is preview: a trial must not take money\n  use a test key (sk_test_… or rk_test_…), or --context production"
            )),
            PackageError::TestKey => f.write_str(tr!(
                "STRIPE_SECRET_KEY is a test key, and --context is production: nobody would pay\n  use the live key, or --context preview"
            )),
            PackageError::PrivateAddress(url) => f.write_str(&tr!(
                "--context is production, and the shop's address is {url}, which leads to this machine or a private network only\n  write the address under which shoppers come as `url` in shop.yaml, and build again"
            )),
            PackageError::NoBinary(path) => f.write_str(&tr!(
                "there is no till beside `bazaar`: {path} is not there\n  name it with --binary PATH; it is made by `cargo build --release -p functions --bin till`",
                path = path.display()
            )),
            PackageError::Program { path, error } => write!(f, "{}: {error}", path.display()),
            PackageError::Mode { path, mode } => f.write_str(&tr!(
                "{path}: its mode stays {mode:o}, and a host runs only what is executable (755)\n  name a folder of another file system with --out DIR",
                path = path.display()
            )),
            PackageError::Unproven { path, why } => {
                f.write_str(&tr!("{path} was written, but does not run here: {why}", path = path.display()))
            }
            PackageError::Disk(path, error) => write!(f, "{}: {error}", path.display()),
        }
    }
}

impl PackageError {
    /// Whether the machine is at fault, and not the request.
    pub(super) fn is_of_the_machine(&self) -> bool {
        matches!(self, PackageError::Disk(..) | PackageError::Mode { .. } | PackageError::Unproven { .. })
    }
}

/// What the till reports about itself.
#[derive(Debug, Deserialize)]
struct About {
    snapshot: String,
    context: Context,
    catalog: String,
    items: usize,
}

/// Writes the program with its snapshot, and runs it once.
///
/// # Errors
/// The first mistake, before anything is written, except for what only the disk or the program itself can show.
pub(super) fn package(wanted: &Wanted<'_>) -> Result<Packaged, PackageError> {
    check_key(wanted)?;
    let bytes = snapshot(wanted)?;
    let file = read(wanted.binary, PackageError::NoBinary)?;
    let (program, machine) = inspect(&file, wanted.target)
        .map_err(|error| PackageError::Program { path: wanted.binary.to_owned(), error })?;
    let path = wanted.out.join(match wanted.target {
        Target::Netlify => "till",
        Target::Lambda => "bootstrap",
    });
    let whole = [program, &bytes].concat();
    write(wanted.out, &path, &whole)?;
    if wanted.target == Target::Netlify {
        let sweep = wanted.out.join("sweep.mjs");
        fs::write(&sweep, SWEEP).map_err(|error| PackageError::Disk(sweep.clone(), error))?;
    }
    let snapshot = Snapshot::find(bytes.as_slice())
        .map_err(|error| PackageError::Snapshot { path: path.clone(), error })?;
    let proven = prove(&path, &snapshot, machine, wanted.sells)?;
    Ok(Packaged {
        file: path,
        bytes: whole.len() as u64,
        snapshot_bytes: bytes.len() as u64,
        items: snapshot.len(),
        machine: machine.name(),
        proven,
    })
}

/// The address that the last build was made for, if there was one.
pub(super) fn built_for(shop: &Path) -> Option<String> {
    let bytes = fs::read(pages::build::state(shop).join("snapshot")).ok()?;
    let settings = Snapshot::find(bytes.as_slice()).ok()?.settings().ok()?;
    Some(settings.url)
}

fn check_key(wanted: &Wanted<'_>) -> Result<(), PackageError> {
    match wrong_key(wanted.stripe_key.unwrap_or_default(), wanted.sells.context()) {
        Some(WrongKey::Live) => Err(PackageError::LiveKey),
        Some(WrongKey::Test) => Err(PackageError::TestKey),
        None => Ok(()),
    }
}

/// A file's bytes; a missing file has its own error.
fn read(path: &Path, missing: fn(PathBuf) -> PackageError) -> Result<Vec<u8>, PackageError> {
    fs::read(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => missing(path.to_owned()),
        _ => PackageError::Disk(path.to_owned(), error),
    })
}

/// The snapshot of the last build, with the context in which it may sell.
fn snapshot(wanted: &Wanted<'_>) -> Result<Vec<u8>, PackageError> {
    let state = pages::build::state(wanted.shop);
    if state.join("incomplete").exists() {
        return Err(PackageError::Incomplete);
    }
    let path = state.join("snapshot");
    let bytes = read(&path, PackageError::NotBuilt)?;
    let contents = || -> Result<_, SnapshotError> {
        let snapshot = Snapshot::find(&bytes)?;
        snapshot.verify()?;
        Ok((snapshot.settings()?, snapshot.items().collect::<Result<Vec<_>, _>>()?))
    };
    let (mut settings, items) = contents().map_err(|error| PackageError::Snapshot { path, error })?;
    check_site(wanted.site, &settings.till.catalog_hash)?;
    settings.till.context = wanted.sells.context();
    let private = catalog::web::shop(&settings.url).map_or(true, |address| address.private);
    if wanted.sells == Sells::Production && private {
        return Err(PackageError::PrivateAddress(settings.url));
    }
    let secret = |text: &str| SECRETS.into_iter().find(|begins| text.contains(begins));
    for item in &items {
        if let Some(begins) = secret(&serde_json::to_string(item).unwrap_or_default()) {
            return Err(PackageError::Secret { place: tr!("the product of {sku}", sku = item.sku), begins });
        }
    }
    if let Some(begins) = secret(&serde_json::to_string(&settings).unwrap_or_default()) {
        let place = tr!("shop.yaml, a page's shell, a mail or another template of the theme").to_owned();
        return Err(PackageError::Secret { place, begins });
    }
    Snapshot::write(&settings, &items)
        .map_err(|error| PackageError::Disk(state.join("snapshot"), std::io::Error::other(error)))
}

/// Checks that the published pages were made with the prices of the snapshot.
fn check_site(site: &Path, hash: &str) -> Result<(), PackageError> {
    let path = site.join("catalog.json");
    let text = read(&path, PackageError::NotBuilt)?;
    let published = serde_json::from_slice::<catalog::public::Catalog>(&text);
    if published.is_ok_and(|catalog| catalog.hash == hash) {
        Ok(())
    } else {
        Err(PackageError::OtherSite(path))
    }
}

/// Writes a program file atomically, with mode 755.
fn write(folder: &Path, path: &Path, bytes: &[u8]) -> Result<(), PackageError> {
    let failed = |error| PackageError::Disk(path.to_owned(), error);
    fs::create_dir_all(folder).map_err(failed)?;
    let begun = path.with_extension("begun");
    fs::write(&begun, bytes).map_err(failed)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(&begun, fs::Permissions::from_mode(0o755)).map_err(failed)?;
        let mode = fs::metadata(&begun).map_err(failed)?.permissions().mode() & 0o777;
        if mode != 0o755 {
            return Err(PackageError::Mode { path: path.to_owned(), mode });
        }
    }
    fs::rename(&begun, path).map_err(failed)
}

/// Runs the program once, if this machine can, and compares what it reports with what was written.
fn prove(
    path: &Path,
    snapshot: &Snapshot<&[u8]>,
    machine: Machine,
    sells: Sells,
) -> Result<bool, PackageError> {
    if !machine.is_ours() {
        return Ok(false);
    }
    let unproven = |why: String| PackageError::Unproven { path: path.to_owned(), why };
    let output = Command::new(path).arg("--about").env_clear().output();
    let output = output.map_err(|error| unproven(error.to_string()))?;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr);
        return Err(unproven(format!("{} ({})", words.trim(), output.status)));
    }
    let about: About = serde_json::from_slice(&output.stdout)
        .map_err(|error| unproven(tr!("what it says of itself cannot be read ({error})")))?;
    let settings = snapshot.settings().map_err(|error| unproven(error.to_string()))?;
    let same = about.snapshot == HEXLOWER.encode(snapshot.digest())
        && about.context == sells.context()
        && about.catalog == settings.till.catalog_hash
        && about.items == snapshot.len();
    if same {
        Ok(true)
    } else {
        Err(unproven(tr!("it carries another snapshot than was written").to_owned()))
    }
}
