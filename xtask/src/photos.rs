//! `cargo xtask photos`: the demo shop's photos, rendered anew as `photos/README.md` explains.

use anyhow::Result;

use crate::commands::{program, root, run, target_folder};
use crate::needs::{Need, ensure, python};

/// What `photos/render.py` imports; the version is the one that `photos/README.md` names.
const PACKAGES: [&str; 1] = ["bpy==4.5.15"];

/// Renders the pictures that a name stands for (`all`, a product's folder, one picture, `share`).
pub(crate) fn run_for(name: &str) -> Result<()> {
    ensure(&[Need::Python])?;
    let venv = target_folder()?.join("photos.venv");
    let python_there = venv.join("bin/python");
    if !python_there.is_file() {
        run(program(python()).args(["-m", "venv"]).arg(&venv))?;
    }
    run(program(&python_there).args(["-m", "pip", "install", "--quiet"]).args(PACKAGES))?;
    run(program(&python_there).arg(root().join("photos/render.py")).arg(name))
}
