//! `serve`: shows the shop while it is edited. A page is rendered from the plan on request, in memory; `dist/` is not
//! touched. After each change the stages up to `plan` run again, browsers reload, and a background pass renders all pages
//! to find the faults of the others. Faults are shown in the page; the last shop without errors stays visible.

mod dev_database;
mod dev_till;
mod http;
mod loopback;
mod mails;
mod page;
mod renderer;
mod watch;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use faults::Fault;
use messages::tr;
use pages::build::{self, Memory, Options};
use pages::stage::publish;
use tokio::sync::watch as channel;

use super::environment::Environment;
use super::terminal::Terminal;
pub(super) use dev_database::{ITS_ORDERS, local_database};
use dev_till::DevTill;
pub(super) use dev_till::SNAPSHOT;
use loopback::Loopback;
use renderer::Renderer;

/// Delay before all pages are rendered in the background, so that the one being viewed comes first.
const PAUSE: Duration = Duration::from_millis(200);

/// What is shown at the moment.
#[derive(Debug, Clone)]
pub(super) struct Shown {
    /// Grows with every change; browsers wait for it.
    version: u64,
    /// Renders pages of the last shop that could be shown.
    renderer: Option<Arc<Renderer>>,
    /// Whether that shop was free of errors.
    whole: bool,
    /// What is wrong now.
    faults: Arc<Vec<Fault>>,
}

/// Everything that builds and shows.
#[derive(Debug)]
pub(super) struct Server {
    options: Options,
    terminal: Terminal,
    memory: Mutex<Memory>,
    shown: channel::Sender<Shown>,
    dev_till: DevTill,
}

impl Server {
    /// Builds what changed and shows it. `changed`: files and folders to read again, even if size and time are unchanged.
    ///
    /// One at a time, from reading to showing, so that an older state never replaces a newer one. A panic is a bug in
    /// bazaar: it must not stop the watching, or every later edit would be ignored.
    fn rebuild(self: &Arc<Self>, changed: &[PathBuf]) {
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        changed.iter().for_each(|path| memory.forget(path));
        if catch_unwind(AssertUnwindSafe(|| self.build_and_show(&mut memory))).is_err() {
            *memory = Memory::default();
            self.terminal.warn(tr!(
                "this change could not be shown: a bug in bazaar, please report the lines above\n  serve goes on; save a file to try again"
            ));
        }
    }

    fn build_and_show(self: &Arc<Self>, memory: &mut Memory) {
        let started = Instant::now();
        let bar = self.terminal.photo_bar();
        let (prepared, faults) = build::prepare(&self.options, memory, &|ready, all| bar.at(ready, all));
        let broken = faults.any_error();
        let before = self.shown.borrow().clone();
        let faults = faults.sorted();
        let pages = prepared.as_ref().map_or(0, |prepared| prepared.plan.jobs.len());
        // A shop with errors is incomplete: the previous one is more useful.
        let (renderer, whole) = match prepared {
            Some(prepared) if !broken || !before.whole => {
                (Some(Arc::new(Renderer::start(prepared))), !broken)
            }
            _ => (before.renderer, before.whole),
        };
        self.say(started, pages, &faults);
        let renders = renderer.clone().filter(|_| !broken);
        let mut version = 0;
        self.shown.send_modify(|shown| {
            // Incremented here: a fault of another page may have been added since.
            version = shown.version + 1;
            *shown = Shown { version, renderer, whole, faults: Arc::new(faults) };
        });
        if let Some(renderer) = renders {
            if let Err(why) = self.dev_till.reload(renderer.snapshot()) {
                self.terminal.warn(&tr!("the till keeps the shop of before: {why}"));
            }
            self.find_other_faults(version, &renderer);
        }
    }

    /// Renders all pages, to find the faults of those that nobody is viewing.
    fn find_other_faults(self: &Arc<Self>, version: u64, renderer: &Arc<Renderer>) {
        let (server, renderer) = (self.clone(), renderer.clone());
        std::thread::spawn(move || {
            std::thread::sleep(PAUSE);
            let current = {
                let server = server.clone();
                move || server.shown.borrow().version == version
            };
            if !current() {
                return;
            }
            let found = renderer.dry_run(current);
            server.shown.send_if_modified(|shown| {
                let found = publish::not_yet_reported(found, shown.faults.iter());
                let current = shown.version == version && !found.is_empty();
                if current {
                    server.terminal.faults(&found);
                    let mut all = shown.faults.to_vec();
                    all.extend(found);
                    shown.faults = Arc::new(all);
                    shown.version += 1;
                }
                current
            });
        });
    }

    fn say(&self, started: Instant, pages: usize, faults: &[Fault]) {
        self.terminal.faults(faults);
        let errors = faults.iter().filter(|fault| fault.severity == faults::Severity::Error).count();
        let took = started.elapsed().as_secs_f64() * 1000.0;
        let words = self.terminal.count(errors, faults.len() - errors);
        match words {
            Some(words) => self.terminal.say(&tr!("{pages} pages in {took:.0} ms, {words}")),
            None => self.terminal.say(&tr!("{pages} pages in {took:.0} ms")),
        }
    }
}

/// Serves until it is interrupted. Without a `port`, takes the first free one from 8111 on.
pub(super) fn serve(
    options: Options,
    port: Option<u16>,
    open: bool,
    terminal: Terminal,
    environment: &Environment,
) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .worker_threads(2)
        .build()
        .map_err(|error| tr!("the server cannot start: {error}"))?;
    let (shown, _) =
        channel::channel(Shown { version: 0, renderer: None, whole: false, faults: Arc::default() });
    let listener = runtime.block_on(Loopback::bind(port))?;
    let base = listener.origin();
    let url = format!("{base}/");
    let dev_till = runtime.block_on(DevTill::open(&options.shop, &base, environment))?;
    let stock = options.stock.clone().unwrap_or_else(|| dev_till.stock_file().to_owned());
    let options = Options { base_url: Some(base), stock: Some(stock), ..options };
    let parts = dev_till.parts();
    let server = Arc::new(Server { options, terminal, memory: Mutex::default(), shown, dev_till });
    // Watch before reading, so that no edit is lost in between.
    watch::start(server.clone()).map_err(|error| tr!("changes cannot be watched: {error}"))?;
    server.rebuild(&[]);
    runtime.spawn(dev_till::run_background(server.clone()));
    terminal.say(&tr!(
        "\n  your shop: {url}\n  {parts}\n\n  Edit a file below content/ or themes/ and look again. Ctrl-C ends it."
    ));
    if open {
        open_browser(&url);
    }
    runtime.block_on(http::run(listener, server)).map_err(|error| tr!("the server stopped: {error}"))
}

fn open_browser(url: &str) {
    let program = if cfg!(target_os = "macos") {
        "open"
    } else if cfg!(windows) {
        "explorer"
    } else {
        "xdg-open"
    };
    // If there is no browser, the address is still on the terminal.
    let _ = std::process::Command::new(program).arg(url).spawn();
}
