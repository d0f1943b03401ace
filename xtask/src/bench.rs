//! `cargo xtask bench`: compares `bazaar` with other static site generators on the same catalog (`bench/run.py`), and the till with
//! a Node function (`bench/till/till.py`). Peers and outputs are put below the target folder.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::commands::{build_programs, build_till, program, root, run, target_folder};
use crate::needs::{Need, ensure, python};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    All,
    Till,
    Pushes,
}

/// Builds the programs, then measures; `quick` with small catalogs.
pub(crate) fn measure(part: Part, quick: bool) -> Result<()> {
    ensure(&[Need::Python, Need::Node, Need::Npm, Need::Postgres])?;
    let programs = build_programs()?;
    let (bazaar, simulator) = (programs.join("bazaar"), programs.join("simulator"));
    let till = build_till()?;
    if part == Part::All {
        run(&mut script("bench/run.py", &bazaar, quick)?)?;
    }
    let mut command = script("bench/till/till.py", &bazaar, quick)?;
    if part == Part::Pushes {
        command.arg("--pushes");
    }
    run(command.arg("--till").arg(till).arg("--simulator").arg(simulator))
}

fn script(path: &str, bazaar: &Path, quick: bool) -> Result<Command> {
    let mut command = program(python());
    command.arg(root().join(path)).arg("--bazaar").arg(bazaar).arg("--folder").arg(folder()?);
    if quick {
        command.arg("--quick");
    }
    Ok(command)
}

fn folder() -> Result<PathBuf> {
    Ok(target_folder()?.join("bench"))
}
