//! The folders of `tests/cases/`, each a test.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use faults::Fault;
use libtest_mimic::{Arguments, Failed, Trial};
use pages::build::{Options, Outcome};

use crate::shop::{BARE, Shop};

/// A test for each folder of `tests/cases/`, named after it, as the standard harness runs them.
pub fn run_cases(test: fn(&Path) -> Result<(), String>) -> ExitCode {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let folders = fs::read_dir(&cases).expect("tests/cases").flatten().map(|entry| entry.path());
    let trial = |case: PathBuf| {
        let name = case.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Trial::test(name, move || test(&case).map_err(Failed::from))
    };
    let mut trials: Vec<Trial> = folders.filter(|path| path.is_dir()).map(trial).collect();
    trials.sort_by(|a, b| a.name().cmp(b.name()));
    assert!(!trials.is_empty(), "there are no cases");
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// The shop of a case, in a folder of its own.
pub fn case(folder: &Path) -> (Shop, Options) {
    let shop = Shop::base();
    shop.lay(folder);
    let stock = shop.path().join("stock.json");
    let options = Options { stock: stock.is_file().then_some(stock), ..shop.options() };
    (shop, options)
}

/// What `check` finds in a case, except what its bare products lack, and how it prints that.
pub fn reported(folder: &Path, shop: &Shop, outcome: Outcome) -> (Vec<Fault>, String) {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let mut found = outcome.faults.sorted();
    found.retain(|fault| name.starts_with("bare-") || !BARE.contains(&fault.code));
    let text = faults::report::human(&found, false).replace(&shop.path().display().to_string(), "SHOP");
    (found, text)
}
