//! `cargo xtask shots`: screenshots of every kind of page of the demo shop at three widths, light and dark, for people to
//! look at (`tests/browser/shots.mjs`).

use anyhow::{Context, Result};

use crate::commands::{build_bazaar, program, root, run, target_folder};
use crate::demo::Demo;
use crate::needs::{Need, chromium, ensure};

/// Writes the screenshots below the target folder.
pub(crate) fn take() -> Result<()> {
    ensure(&[Need::Node, Need::Npm, Need::Chromium, Need::Fonts])?;
    let bazaar = build_bazaar()?;
    let demo = Demo::new(&bazaar)?;
    demo.build()?;
    let browser = root().join("tests/browser");
    run(program("npm").args(["ci", "--no-progress"]).current_dir(&browser))?;
    let out = target_folder()?.join("shots");
    std::fs::create_dir_all(&out).with_context(|| format!("making {}", out.display()))?;
    let mut node = program("node");
    node.arg("shots.mjs").current_dir(&browser);
    node.env("BAZAAR", &bazaar).env("DIST", demo.dist()).env("OUT", &out);
    if let Some(path) = chromium() {
        node.env("CHROMIUM", path);
    }
    run(&mut node)?;
    println!("look at {}", out.join("index.html").display());
    Ok(())
}
