//! External programs that tests need. A missing one fails the test with instructions to get it.
#![allow(dead_code)]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub fn official() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/official")
}

/// Runs a program to its end and returns what it printed.
pub fn run(command: &mut Command, input: &str, install: &str) -> String {
    let name = format!("{command:?}");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap_or_else(|error| panic!("{name}: {error}\n{install}"));
    let mut stdin = child.stdin.take().expect("it is piped");
    let input = input.to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().expect("it was started");
    let written = writer.join().expect("the writer does not panic");
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{name} failed:\n{stdout}\n{stderr}\n{install}");
    written.expect("it read all of its input");
    stdout.into_owned()
}

/// Whether the packages are installed that `wanted` lists: a copy of that list is kept next to them.
pub fn is_current(installed: &Path, wanted: &Path) -> bool {
    let read = |path: &Path| std::fs::read(path).ok();
    read(installed).is_some() && read(installed) == read(wanted)
}
