//! `cargo xtask bench`: `bazaar` beside other static site generators on the same catalog, by `bench/run.py`. Peers and
//! outputs go below the target folder.

use anyhow::Result;

use crate::commands::{build_bazaar, program, root, run, target_folder};
use crate::needs::{Need, ensure, python};

/// Builds `bazaar`, then measures; `quick` with a small catalog.
pub(crate) fn measure(quick: bool) -> Result<()> {
    ensure(&[Need::Python, Need::Node, Need::Npm])?;
    let bazaar = build_bazaar()?;
    let mut command = program(python());
    command.arg(root().join("bench/run.py")).arg("--bazaar").arg(bazaar);
    command.arg("--folder").arg(target_folder()?.join("bench"));
    if quick {
        command.arg("--quick");
    }
    run(&mut command)
}
