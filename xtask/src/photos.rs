//! `cargo xtask photos`: renders the demo shop's photos again, as `photos/README.md` explains.

use anyhow::Result;

use crate::commands::{program, root, run, target_folder};
use crate::needs::{Need, ensure, python};

/// What `photos/render.py` imports, in the version of `photos/README.md`.
const PACKAGES: [&str; 1] = ["bpy==4.5.15"];

/// Renders the pictures of a name (`all`, a product's folder, one picture, `share`).
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
