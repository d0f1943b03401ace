//! Lists the files of themes/petit for [`embedded`](../src/layer.rs): their paths and bytes, in order.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome<()> {
    // Relative, since build scripts run in their package's folder (the Cargo book, "Build Scripts"): no path of this checkout
    // gets into the program.
    let root = Path::new("../themes/petit");
    #[allow(clippy::print_stdout, reason = "this is how a build script speaks to cargo")]
    {
        println!("cargo::rerun-if-changed={}", root.display());
    }
    let mut files = Vec::new();
    if root.is_dir() {
        walk(root, &mut files)?;
    }
    let mut code = "&[\n".to_owned();
    let mut entries: Vec<(String, PathBuf)> = Vec::new();
    for file in files {
        let inside: Vec<String> = file
            .strip_prefix(root)?
            .components()
            .map(|part| part.as_os_str().to_string_lossy().into_owned())
            .collect();
        entries.push((inside.join("/"), file.canonicalize()?));
    }
    entries.sort();
    for (inside, file) in entries {
        writeln!(code, "    ({inside:?}, include_bytes!({:?}) as &[u8]),", file.to_string_lossy())?;
    }
    code.push(']');
    let out = std::env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?;
    std::fs::write(Path::new(&out).join("petit.rs"), code)?;
    Ok(())
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> Outcome<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        match entry.file_type()?.is_dir() {
            true => walk(&entry.path(), files)?,
            false => files.push(entry.path()),
        }
    }
    Ok(())
}
