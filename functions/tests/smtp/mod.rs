//! A real SMTP server (aiosmtpd, in its own Python environment) that stores mails as files: `server.py`.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

const INSTALL: &str =
    "Python 3.11 or newer with venv and pip is needed, and a package registry to install from once";

/// The Python of a folder's own environment, with the packages of its requirements.txt.
pub fn python(folder: &Path) -> PathBuf {
    let (python, marker) = (folder.join(".venv/bin/python"), folder.join(".venv/installed.txt"));
    let wanted = std::fs::read(folder.join("requirements.txt")).expect("requirements.txt");
    if std::fs::read(&marker).ok().as_ref() != Some(&wanted) {
        run(Command::new("python3").args(["-m", "venv", ".venv"]).current_dir(folder), "");
        let mut pip = Command::new(&python);
        pip.args(["-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", "requirements.txt"]);
        run(pip.current_dir(folder), "");
        std::fs::write(&marker, &wanted).expect("written");
    }
    python
}

pub fn run(command: &mut Command, input: &str) -> String {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?}: {error}. {INSTALL}"));
    child.stdin.take().expect("piped").write_all(input.as_bytes()).expect("it listens");
    let out = child.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(out.status.success(), "{command:?}: {said}. {INSTALL}");
    String::from_utf8_lossy(&out.stdout).into_owned()
}

/// A running server. Dropping it ends it as if killed.
pub struct MailServer(Child);

impl MailServer {
    pub fn start(port: u16, folder: &Path, hang_ups: u32, mode: &str) -> Self {
        let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/smtp");
        let mut child = Command::new(python(&home))
            .arg(home.join("server.py"))
            .args([&port.to_string(), &folder.display().to_string(), &hang_ups.to_string(), mode])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("it says so");
        assert_eq!(line.trim(), "ready");
        MailServer(child)
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port()
}
