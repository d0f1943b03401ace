//! Debian's PgBouncer in front of the test's own PostgreSQL: on a free loopback port, with the settings of a test.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::postgres::{Postgres, find, is_root, run};

/// A running pooler. Dropping it ends it.
pub struct PgBouncer {
    child: Child,
    port: u16,
    _folder: tempfile::TempDir,
}

impl PgBouncer {
    /// Starts it. `settings`: additional lines of its section `[pgbouncer]`.
    pub fn start(server: &Postgres, settings: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
        let file = folder.path().join("pgbouncer.ini");
        let text = format!(
            "[databases]\npostgres = host=127.0.0.1 port={} dbname=postgres user=till\n\n[pgbouncer]\n\
             listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\n{}\n",
            server.port(),
            settings.join("\n")
        );
        std::fs::write(&file, text).expect("written");
        let mut command = Command::new(find("pgbouncer", "pgbouncer"));
        if is_root() {
            run(Command::new("chown").arg("-R").arg("postgres").arg(folder.path()));
            command.args(["-u", "postgres"]);
        }
        command.arg(&file).current_dir("/").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut pooler =
            PgBouncer { child: command.spawn().expect("PgBouncer starts"), port, _folder: folder };
        let begin = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let ended = pooler.child.try_wait().expect("its state");
            assert!(ended.is_none() && begin.elapsed() < Duration::from_secs(30), "PgBouncer: {ended:?}");
            std::thread::sleep(Duration::from_millis(20));
        }
        pooler
    }

    /// The address of the database behind it.
    pub fn url(&self) -> String {
        format!("postgres://till@127.0.0.1:{}/postgres", self.port)
    }

    /// Whether it supports prepared statements in transaction mode: since 1.21.
    pub fn knows_statements() -> bool {
        let out = Command::new(find("pgbouncer", "pgbouncer")).arg("-V").output().expect("PgBouncer runs");
        let text = String::from_utf8_lossy(&out.stdout).into_owned();
        let version = text.split_whitespace().nth(1).expect("PgBouncer 1.18.0").to_owned();
        let mut parts = version.split('.').map(|part| part.parse::<u32>().expect("a number"));
        (parts.next(), parts.next()) >= (Some(1), Some(21))
    }
}

impl Drop for PgBouncer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
