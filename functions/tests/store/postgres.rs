//! The test's own PostgreSQL: on a free loopback port, in a temporary folder.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A running server.
pub struct Postgres {
    folder: tempfile::TempDir,
    port: u16,
}

impl Postgres {
    /// Creates a cluster and starts it.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .expect("a port")
            .local_addr()
            .expect("an address")
            .port();
        let server = Postgres { folder, port };
        if is_root() {
            run(Command::new("chown").arg("-R").arg("postgres").arg(server.folder.path()));
        }
        make_cluster(&server.data());
        server.launch();
        server
    }

    fn launch(&self) {
        let options = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off -c max_connections=60",
            self.port
        );
        run(program("pg_ctl")
            .arg("-D")
            .arg(self.data())
            .args(["-w", "-t", "60", "-o", &options, "-l"])
            .arg(self.folder.path().join("log"))
            .arg("start"));
    }

    /// Stops it at once, as a crash would (what is committed is in its log), and restarts it.
    #[allow(dead_code, reason = "only the rush has it crash")]
    pub fn crash_and_restart(&self) {
        run(program("pg_ctl").arg("-D").arg(self.data()).args(["-w", "-m", "immediate", "stop"]));
        self.launch();
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("postgres://till@127.0.0.1:{}/postgres", self.port)
    }

    /// The address of another database on the same server.
    pub fn url_of(&self, database: &str) -> String {
        format!("postgres://till@127.0.0.1:{}/{database}", self.port)
    }

    /// Copies the first database into a new one, as docs/operations.md says: by a dump that is restored.
    pub fn back_up_and_restore(&self, into: &str) {
        let dump = self.folder.path().join("till.dump");
        let url = self.url();
        run(program("pg_dump").args(["--format=custom", "--no-owner", "--file"]).arg(&dump).arg(&url));
        run(program("psql").args(["--quiet", "-c", &format!("CREATE DATABASE {into}"), &url]));
        run(program("pg_restore")
            .args(["--no-owner", "--exit-on-error", "--dbname", &self.url_of(into)])
            .arg(&dump));
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let _ = program("pg_ctl").arg("-D").arg(self.data()).args(["-m", "immediate", "stop"]).output();
    }
}

/// Copies the empty cluster that the first test on this machine with this version made: creating one takes a second.
fn make_cluster(data: &Path) {
    let initdb = find("initdb", "postgresql");
    let name = initdb.display().to_string().replace(['/', '\\'], "-");
    let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("postgresql{name}"));
    let lock = std::fs::File::create(kept.with_extension("lock")).expect("a file");
    lock.lock().expect("one test at a time");
    if !kept.is_dir() {
        run(program("initdb").args(["-U", "till", "-A", "trust", "-N", "--no-instructions", "-D"]).arg(data));
        let part = kept.with_extension("part");
        let _ = std::fs::remove_dir_all(&part);
        run(Command::new("cp").arg("-a").arg(data).arg(&part));
        std::fs::rename(&part, &kept).expect("renamed");
        return;
    }
    drop(lock);
    run(Command::new("cp").arg("-a").arg(&kept).arg(data));
}

pub fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|out| out.stdout.starts_with(b"0\n"))
}

/// A command for a server program, run as a user other than root: PostgreSQL refuses root.
fn program(name: &str) -> Command {
    let path = find(name, "postgresql");
    let mut command = if is_root() {
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(path);
        command
    } else {
        Command::new(path)
    };
    command.current_dir("/").stdin(Stdio::null());
    command
}

/// The path of a program from a Debian package.
pub fn find(name: &str, package: &str) -> PathBuf {
    let bindir = Command::new("pg_config").arg("--bindir").output().ok();
    let bindir = bindir.map(|out| String::from_utf8_lossy(&out.stdout).trim().to_owned());
    let mut places: Vec<PathBuf> = bindir.into_iter().map(PathBuf::from).collect();
    if let Ok(versions) = std::fs::read_dir("/usr/lib/postgresql") {
        places.extend(versions.flatten().map(|version| version.path().join("bin")));
    }
    if let Some(path) = std::env::var_os("PATH") {
        places.extend(std::env::split_paths(&path));
    }
    places.push("/usr/sbin".into());
    let found = places.iter().map(|place| place.join(name)).find(|path| Path::is_file(path));
    found.unwrap_or_else(|| {
        panic!("{name} was not found: install the package `{package}` (Debian) and run again")
    })
}

pub fn run(command: &mut Command) {
    // Discards the output: a server that keeps a pipe open would make the test wait for it.
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    assert!(status.as_ref().is_ok_and(|status| status.success()), "{command:?} failed: {status:?}");
}
