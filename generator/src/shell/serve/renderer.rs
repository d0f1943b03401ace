//! A thread that owns a shop and renders its pages on request: what views are made from is prepared once per version.
//! The till's snapshot and the dry run of all pages happen in parallel, so that nobody waits for them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::thread;

use faults::{Fault, Severity};
use tokio::sync::oneshot;

use pages::build::Prepared;
use pages::model::plan::{Job, Subject, out_path};
use pages::stage::view::ViewContext;
use pages::stage::{outputs, publish, render};

use super::super::media::media_type;

/// A request to the thread.
enum Ask {
    Path(String, oneshot::Sender<Answer>),
    DryRun(Wanted, mpsc::Sender<Vec<Fault>>),
    Snapshot(mpsc::Sender<Vec<u8>>),
}

/// Whether a result is still useful.
type Wanted = Box<dyn Fn() -> bool + Send + Sync>;

/// The answer to a path.
#[derive(Debug)]
pub(super) enum Answer {
    Page(String),
    /// The 404 page.
    NotFound(String),
    /// Another file: its media type and bytes.
    File(&'static str, Vec<u8>),
    /// To this address.
    Redirect(String),
    /// It cannot be rendered.
    Fault(Box<Fault>),
}

/// A handle to the thread. The thread ends when the last handle is gone.
#[derive(Debug)]
pub(super) struct Renderer {
    asks: mpsc::Sender<Ask>,
}

impl Renderer {
    pub(super) fn start(prepared: Prepared) -> Self {
        let (asks, inbox) = mpsc::channel();
        thread::spawn(move || {
            let views = prepared.views();
            let (prepared, views) = (&prepared, &views);
            thread::scope(|scope| {
                for ask in inbox {
                    match ask {
                        // A page that panics must not take the others with it.
                        Ask::Path(path, reply) => {
                            let answered = catch_unwind(AssertUnwindSafe(|| answer(prepared, views, &path)));
                            // If sending fails nobody is waiting any more: the browser is gone.
                            drop(answered.map(|answer| reply.send(answer)));
                        }
                        Ask::DryRun(wanted, reply) => {
                            scope.spawn(move || drop(reply.send(dry_run(prepared, views, &wanted))));
                        }
                        Ask::Snapshot(reply) => {
                            scope.spawn(move || drop(reply.send(outputs::snapshot(views).0)));
                        }
                    }
                }
            });
        });
        Renderer { asks }
    }

    pub(super) async fn ask(&self, path: String) -> Option<Answer> {
        let (reply, answer) = oneshot::channel();
        self.asks.send(Ask::Path(path, reply)).ok()?;
        answer.await.ok()
    }

    pub(super) fn snapshot(&self) -> Vec<u8> {
        let (reply, made) = mpsc::channel();
        let asked = self.asks.send(Ask::Snapshot(reply));
        asked.ok().and_then(|()| made.recv().ok()).unwrap_or_default()
    }

    /// Faults of all pages; only some of them if they are no longer `wanted` meanwhile.
    pub(super) fn dry_run(&self, wanted: impl Fn() -> bool + Send + Sync + 'static) -> Vec<Fault> {
        let (reply, found) = mpsc::channel();
        let asked = self.asks.send(Ask::DryRun(Box::new(wanted), reply));
        asked.ok().and_then(|()| found.recv().ok()).unwrap_or_default()
    }
}

fn dry_run(prepared: &Prepared, views: &ViewContext<'_>, wanted: &Wanted) -> Vec<Fault> {
    // On a single thread: the others are for viewing pages and for saving files meanwhile.
    let Ok(pool) = rayon::ThreadPoolBuilder::new().num_threads(1).build() else { return Vec::new() };
    let (_, faults) = pool.install(|| publish::dry_run(views, &prepared.plan, wanted));
    faults.sorted().into_iter().filter(|fault| fault.severity == Severity::Error).collect()
}

fn answer(prepared: &Prepared, views: &ViewContext<'_>, path: &str) -> Answer {
    let out = out_path(path);
    if let Some(job) = prepared.plan.jobs.get(&out) {
        return page(views, *job);
    }
    if let Some(file) = file(prepared, views, &out) {
        return file;
    }
    let slashed = format!("{out}/index.html");
    if prepared.plan.jobs.contains_key(slashed.as_str()) {
        return Answer::Redirect(format!("/{out}/"));
    }
    let site = &prepared.site;
    let lang =
        site.shop.langs().skip(1).find(|lang| path.starts_with(&format!("{}/", site.shop.prefix(*lang))));
    let job = Job { lang: lang.unwrap_or(pages::model::lang::LangIx::DEFAULT), subject: Subject::NotFound };
    match page(views, job) {
        Answer::Page(html) => Answer::NotFound(html),
        other => other,
    }
}

fn page(views: &ViewContext<'_>, job: Job) -> Answer {
    if let Subject::Redirect(at) = job.subject
        && let Some(redirect) = views.site.redirects.get(at as usize)
    {
        return Answer::Redirect(redirect.to.to_string());
    }
    match render::render(views, job, &views.view(job)) {
        Ok(page) => Answer::Page(page.html),
        Err(fault) => Answer::Fault(fault),
    }
}

fn file(prepared: &Prepared, views: &ViewContext<'_>, path: &str) -> Option<Answer> {
    if !prepared.plan.files.contains(path) {
        return None;
    }
    let address = format!("/{path}");
    let theme = &prepared.theme;
    if let Some(asset) = theme.assets.iter().chain([&theme.css]).find(|asset| asset.url == address) {
        return Some(Answer::File(media_type(path), asset.bytes.to_vec()));
    }
    for photo in prepared.assets.photos.iter().flatten() {
        if address.get(3..).is_some_and(|rest| rest.starts_with(photo.key.as_str())) {
            let rendition = photo.renditions.iter().find(|rendition| photo.url(rendition) == address)?;
            let bytes = std::fs::read(prepared.cache.path(&photo.key, rendition)).ok()?;
            return Some(Answer::File(media_type(path), bytes));
        }
    }
    if let Some(file) = prepared.site.statics.get(path) {
        return Some(Answer::File(media_type(path), std::fs::read(file).ok()?));
    }
    Some(Answer::File(media_type(path), outputs::one(views, path)?))
}
