//! A running `bazaar serve`, and a browser's requests to it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// How long anything may take before a test fails; no test waits that long when all is well.
const TIMEOUT: Duration = Duration::from_secs(60);

pub struct Server {
    child: Child,
    pub port: u16,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// Serves a shop by its absolute path.
    pub fn start(shop: &Path) -> Self {
        Self::start_from(Path::new("."), &shop.to_string_lossy(), &[])
    }

    /// Serves `--shop`, relative to this folder.
    pub fn start_from(folder: &Path, shop: &str, more: &[&str]) -> Self {
        let mut child = bazaar(folder)
            .args(["--shop", shop, "--color", "never", "serve", "--port", "0"])
            .args(more)
            .stderr(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let lines = BufReader::new(child.stderr.take().expect("stderr"));
        let (sender, ports) = mpsc::channel();
        // The rest is read, too, so that the server never blocks on writing.
        std::thread::spawn(move || {
            for line in lines.lines().map_while(Result::ok) {
                if let Some(rest) = line.trim().strip_prefix("your shop: http://localhost:") {
                    let _ = sender.send(rest.trim_end_matches('/').parse().expect("a port"));
                }
            }
        });
        let port = ports.recv_timeout(TIMEOUT).expect("it says where it is");
        Server { child, port }
    }

    pub fn get(&self, path: &str) -> (u16, String) {
        ask(self.port, "GET", path, "")
    }

    /// Repeats the request until the answer satisfies `wanted`.
    pub fn until(&self, path: &str, wanted: impl Fn(u16, &str) -> bool) -> String {
        let begin = Instant::now();
        loop {
            let (status, text) = self.get(path);
            if wanted(status, &text) {
                return text;
            }
            assert!(begin.elapsed() < TIMEOUT, "{path}: {status}\n{text}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// The program in a folder, without a variable that names a database or a payment service.
pub fn bazaar(folder: &Path) -> Command {
    let mut bazaar = crate::program::bazaar();
    bazaar.env_clear().current_dir(folder);
    bazaar
}

/// Status and whole answer of one request to `localhost`.
pub fn ask(port: u16, method: &str, path: &str, body: &str) -> (u16, String) {
    ask_as("localhost", port, method, path, body)
}

/// The same by another name of this machine. The body is JSON if it begins with `{`, else a form.
pub fn ask_as(name: &str, port: u16, method: &str, path: &str, body: &str) -> (u16, String) {
    let ip = if name == "[::1]" { "[::1]" } else { "127.0.0.1" };
    let mut stream = TcpStream::connect(format!("{ip}:{port}")).expect("it listens");
    stream.set_read_timeout(Some(TIMEOUT)).expect("set");
    let kind = if body.starts_with('{') { "application/json" } else { "application/x-www-form-urlencoded" };
    let sent = match method {
        "GET" => String::new(),
        _ => format!(
            "Origin: http://{name}:{port}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n",
            body.len()
        ),
    };
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: {name}:{port}\r\n{sent}Connection: close\r\n\r\n{body}"
    )
    .expect("sent");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("answered");
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    (status, answer)
}

/// What follows the headers.
pub fn body(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").map_or("", |(_, body)| body)
}

/// The JSON of an answer.
pub fn json(answer: &str) -> serde_json::Value {
    serde_json::from_str(body(answer)).unwrap_or_else(|error| panic!("{error}: {answer}"))
}

/// A header of an answer.
pub fn header<'a>(answer: &'a str, name: &str) -> &'a str {
    let value = |line: &'a str| {
        let (known, value) = line.split_once(": ")?;
        known.eq_ignore_ascii_case(name).then_some(value)
    };
    answer.lines().take_while(|line| !line.is_empty()).find_map(value).unwrap_or_default()
}
