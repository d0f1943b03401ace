//! Tills as processes: started, killed (SIGKILL, in any state), restarted at the same port on the same database.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::sync::Mutex;

use crate::smtp::free_port;

/// How long a new process may take to listen: a machine under load is slow.
const UP_WITHIN: Duration = Duration::from_secs(60);

/// Two tills, as hosts run several at once.
pub struct Tills {
    folder: PathBuf,
    environment: Vec<(&'static str, String)>,
    places: [Place; 2],
    kills: AtomicU32,
}

struct Place {
    port: u16,
    child: Mutex<Option<Child>>,
}

/// The key by which Stripe recognizes a till.
fn key(number: usize) -> String {
    format!("sk_test_till{number}")
}

impl Tills {
    /// Starts both. The environment is that of `docs/till.md`.
    pub async fn start(folder: &Path, environment: Vec<(&'static str, String)>) -> Self {
        let place = || Place { port: free_port(), child: Mutex::default() };
        let folder = folder.to_owned();
        let tills = Tills { folder, environment, places: [place(), place()], kills: AtomicU32::new(0) };
        for (number, place) in tills.places.iter().enumerate() {
            *place.child.lock().await = Some(tills.spawn(number).await);
        }
        tills
    }

    async fn spawn(&self, number: usize) -> Child {
        let port = self.places[number].port;
        let file = self.folder.join(format!("till-{number}.log"));
        let log = std::fs::File::options().create(true).append(true).open(file).expect("a log");
        let mut child = Command::new(std::env::current_exe().expect("this program"))
            .args(["--exact", "the_till", "--ignored", "--nocapture"])
            .envs(self.environment.iter().map(|(name, value)| (*name, value.as_str())))
            .env("STRIPE_SECRET_KEY", key(number))
            .env("TILL_LISTEN", format!("127.0.0.1:{port}"))
            // The till ends when this is closed, in case the test itself is killed.
            .stdin(Stdio::piped())
            .stdout(log.try_clone().expect("a log"))
            .stderr(log)
            .spawn()
            .expect("a till starts");
        let listens = async {
            while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
                let ended = child.try_wait().expect("its state");
                assert!(ended.is_none(), "till {number}: {ended:?}\n{}", self.log(number));
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(UP_WITHIN, listens).await.expect("it listens");
        child
    }

    /// The last lines of a till's log.
    fn log(&self, number: usize) -> String {
        let text =
            std::fs::read_to_string(self.folder.join(format!("till-{number}.log"))).unwrap_or_default();
        let last: Vec<&str> = text.lines().rev().take(20).collect();
        last.into_iter().rev().collect::<Vec<_>>().join("\n")
    }

    pub fn port(&self, number: usize) -> u16 {
        self.places[number % self.places.len()].port
    }

    /// The till that sends this header to Stripe.
    pub fn of_authorization(&self, header: &str) -> Option<usize> {
        (0..self.places.len()).find(|number| header.strip_prefix("Bearer ") == Some(&key(*number)))
    }

    /// Kills one and restarts it. Returns when it listens.
    pub async fn kill(&self, number: usize) {
        let number = number % self.places.len();
        let mut child = self.places[number].child.lock().await;
        if let Some(mut killed) = child.take() {
            killed.kill().expect("killed");
            killed.wait().expect("it is gone");
            self.kills.fetch_add(1, Ordering::SeqCst);
        }
        *child = Some(self.spawn(number).await);
    }

    pub fn kills(&self) -> u32 {
        self.kills.load(Ordering::SeqCst)
    }
}

impl Drop for Tills {
    fn drop(&mut self) {
        for place in &mut self.places {
            if let Some(child) = place.child.get_mut() {
                let _ = child.kill();
                let _ = child.wait();
            }
        }
    }
}
