//! `report`: what a published page costs its visitors, by kind of page, compared with budgets. It reads the output folder
//! as a browser would: what comes from a theme's template and from an owner's file counts alike.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write as _;
use std::path::Path;

use faults::{Fault, Faults, Place};
use flate2::Compression;
use flate2::write::GzEncoder;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer};
use messages::tr;
use rayon::prelude::*;

use crate::model::plan::{Plan, Subject};

/// HTML and style sheets of a page, in bytes after gzip: what a phone needs before it can draw.
pub const TEXT: u64 = 14_000;
/// Scripts of a page, in bytes after gzip, including those that it fetches later.
pub const SCRIPTS: u64 = 10_000;
/// Everything before the second photo, bytes.
pub const WHOLE: u64 = 120_000;
/// Requests before the second photo: HTML, style sheet, script, two fonts, the first photo.
pub const REQUESTS: usize = 6;
/// Width of the photo that a phone takes, in pixels; it takes the next larger one if there is none.
const PHONE: u32 = 640;

/// Pages of one kind. Each figure is the largest among them, with the page it was found on.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Kind {
    /// How many.
    pub pages: usize,
    /// HTML and style sheets, bytes compressed.
    pub text: (u64, String),
    /// Scripts, bytes compressed.
    pub scripts: (u64, String),
    /// The first photo, bytes.
    pub photo: (u64, String),
    /// Everything before the second photo, bytes.
    pub whole: (u64, String),
    /// Requests before the second photo.
    pub requests: (usize, String),
}

/// What the pages of a site cost.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Report {
    /// By template.
    pub kinds: BTreeMap<&'static str, Kind>,
    /// Links between pages of the site.
    pub links: usize,
    /// Bytes of the Content-Security-Policy, and how many inline blocks it names.
    pub policy: (usize, usize),
}

/// Measures every page of a plan in the output folder. With the default theme (`strict`), exceeding a budget is an error,
/// unless the page is the owner's own text; with an owner's theme it is a warning.
pub fn measure(plan: &Plan, base: &str, out: &Path, strict: bool) -> (Report, Faults) {
    let jobs: Vec<_> =
        plan.jobs.iter().filter(|(_, job)| !matches!(job.subject, Subject::Redirect(_))).collect();
    let looks: Vec<_> =
        jobs.par_iter().map(|(path, job)| (*path, job.subject, look(out, path, base))).collect();
    let imports = Imports::follow(out, looks.iter().flat_map(|(.., page)| &page.scripts));
    let styles = looks.iter().flat_map(|(.., page)| &page.styles).map(String::as_str);
    let urls: BTreeSet<&str> = styles.chain(imports.0.keys().map(String::as_str)).collect();
    let urls: Vec<&str> = urls.into_iter().collect();
    let sizes: BTreeMap<&str, u64> = urls.par_iter().map(|url| (*url, compressed(&read(out, url)))).collect();
    let size = |url: &str| sizes.get(url).copied().unwrap_or(0);
    let plain = |urls: &[String]| urls.iter().map(|url| length(out, url)).sum::<u64>();

    let mut report = Report { policy: policy(out), ..Report::default() };
    let mut faults = Faults::new();
    for (path, subject, page) in &looks {
        let address = format!("/{}", path.strip_suffix("index.html").unwrap_or(path));
        let photo = page.photo.as_ref().map_or(0, |url| length(out, url));
        let text = page.html + page.styles.iter().map(|url| size(url)).sum::<u64>();
        let at_once = imports.reach(&page.scripts, false);
        let first = at_once.iter().map(|url| size(url)).sum::<u64>();
        let scripts = imports.reach(&page.scripts, true).iter().map(|url| size(url)).sum::<u64>();
        let whole = text + first + plain(&page.fonts) + photo;
        let requests =
            1 + page.styles.len() + at_once.len() + page.fonts.len() + usize::from(page.photo.is_some());
        let kind = report.kinds.entry(subject.template()).or_default();
        kind.pages += 1;
        report.links += page.links;
        for (most, figure) in [
            (&mut kind.text, text),
            (&mut kind.scripts, scripts),
            (&mut kind.photo, photo),
            (&mut kind.whole, whole),
        ] {
            if figure >= most.0 {
                *most = (figure, address.clone());
            }
        }
        if requests >= kind.requests.0 {
            kind.requests = (requests, address.clone());
        }
        faults.extend(foreign(page, &address, subject.template()));
    }
    faults.extend(report.kinds.iter().flat_map(|(template, kind)| over(template, kind, strict)));
    (report, faults)
}

/// What is over budget.
fn over(template: &str, kind: &Kind, strict: bool) -> Vec<Fault> {
    let place = || Place::file(format!("templates/{template}"));
    let fault = |message: String, help: &str| {
        let fault = if strict && template != "page.html" {
            Fault::error("budget", place(), message)
        } else {
            Fault::warning("budget", place(), message)
        };
        fault.help(help.to_owned())
    };
    let mut found = Vec::new();
    let (bytes, page) = &kind.text;
    if *bytes > TEXT {
        let (weight, most) = (kilobytes(*bytes), kilobytes(TEXT));
        let message = tr!("HTML and styles of {page} weigh {weight}, {most} at most");
        let help = tr!("shorten the template or the styles: this is what a phone waits for");
        found.push(fault(message, help));
    }
    let (bytes, page) = &kind.scripts;
    if *bytes > SCRIPTS {
        let (weight, most) = (kilobytes(*bytes), kilobytes(SCRIPTS));
        let message = tr!("the scripts of {page} weigh {weight}, {most} at most");
        found.push(fault(message, tr!("leave out what few shoppers use")));
    }
    let (bytes, page) = &kind.whole;
    if *bytes > WHOLE {
        let (weight, most) = (kilobytes(*bytes), kilobytes(WHOLE));
        let message = tr!("everything before the second photo of {page} weigh {weight}, {most} at most");
        let help = tr!("use a smaller first photo, one font less, or a smaller `widths` in theme.yaml");
        found.push(fault(message, help));
    }
    let (requests, page) = &kind.requests;
    if *requests > REQUESTS {
        let most = REQUESTS;
        let message = tr!("{page} needs {requests} requests before its second photo, {most} at most");
        let help = tr!("put styles into one sheet and scripts into one file; preload two fonts at most");
        found.push(fault(message, help));
    }
    found
}

/// Requests to other hosts, and what the policy would block.
fn foreign(page: &Look, address: &str, template: &str) -> Vec<Fault> {
    let place = || Place::file(format!("templates/{template}"));
    let others = page.foreign.iter().map(|url| {
        let help = tr!("shoppers are not told on: put a copy into the theme or into content/static");
        Fault::error("third-party", place(), tr!("{address} fetches `{url}` from another host")).help(help)
    });
    let styled = page.blocked.iter().map(|attribute| {
        Fault::error(
            "policy",
            place(),
            tr!("{address} has the attribute `{attribute}`, which the policy blocks"),
        )
        .help(tr!("write a class and a rule in the style sheet, or a script of the theme"))
    });
    others.chain(styled).collect()
}

/// `11.9 kB`.
pub fn kilobytes(bytes: u64) -> String {
    format!("{}.{} kB", bytes / 1000, bytes % 1000 / 100)
}

fn read(out: &Path, url: &str) -> Vec<u8> {
    fs::read(out.join(url.trim_start_matches('/'))).unwrap_or_default()
}

fn length(out: &Path, url: &str) -> u64 {
    fs::metadata(out.join(url.trim_start_matches('/'))).map_or(0, |file| file.len())
}

/// The size after gzip (RFC 1952), as hosts send it.
fn compressed(bytes: &[u8]) -> u64 {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    // Writing into memory cannot fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().map_or(0, |bytes| bytes.len() as u64)
}

fn policy(out: &Path) -> (usize, usize) {
    let headers = String::from_utf8_lossy(&read(out, "_headers")).into_owned();
    let line = headers.lines().find_map(|line| line.trim().strip_prefix("Content-Security-Policy: "));
    line.map_or((0, 0), |line| (line.len(), line.matches("'sha256-").count()))
}

/// What scripts import, by address; with each import whether it is fetched only when it is reached (`import(…)`).
#[derive(Debug, Default)]
struct Imports(BTreeMap<String, Vec<(String, bool)>>);

impl Imports {
    /// Reads scripts and what they import.
    fn follow<'u>(out: &Path, entries: impl Iterator<Item = &'u String>) -> Self {
        let mut imports = Imports::default();
        let mut waiting: Vec<String> = entries.cloned().collect();
        while let Some(url) = waiting.pop() {
            if imports.0.contains_key(&url) {
                continue;
            }
            let text = String::from_utf8_lossy(&read(out, &url)).into_owned();
            let found = theming::imports(&text).into_iter();
            let found: Vec<_> = found
                .filter_map(|import| Some((joined(&url, &text[import.specifier])?, import.is_dynamic)))
                .collect();
            waiting.extend(found.iter().map(|(url, _)| url.clone()));
            imports.0.insert(url, found);
        }
        imports
    }

    /// These scripts and all that they import at once; with `later` also what they fetch when it is needed.
    fn reach<'s>(&'s self, entries: &'s [String], later: bool) -> BTreeSet<&'s str> {
        let mut reached = BTreeSet::new();
        let mut waiting: Vec<&str> = entries.iter().map(String::as_str).collect();
        while let Some(url) = waiting.pop() {
            if reached.insert(url) {
                let imports = self.0.get(url).into_iter().flatten();
                waiting.extend(imports.filter(|(_, dynamic)| later || !dynamic).map(|(url, _)| url.as_str()));
            }
        }
        reached
    }
}

/// The root-relative address that a specifier in the script at `url` names; nothing for another host's or a bare name.
fn joined(url: &str, specifier: &str) -> Option<String> {
    if specifier.starts_with('/') {
        return (!specifier.starts_with("//")).then(|| specifier.to_owned());
    }
    if !specifier.starts_with("./") && !specifier.starts_with("../") {
        return None;
    }
    let mut parts: Vec<&str> = url.split('/').collect();
    parts.pop();
    for part in specifier.split('/').filter(|part| *part != ".") {
        if part != ".." {
            parts.push(part);
        } else if parts.len() > 1 {
            parts.pop();
        }
    }
    Some(parts.join("/"))
}

/// What a page requests.
#[derive(Debug, Default)]
struct Look {
    html: u64,
    styles: Vec<String>,
    scripts: Vec<String>,
    fonts: Vec<String>,
    photo: Option<String>,
    links: usize,
    foreign: BTreeSet<String>,
    blocked: BTreeSet<String>,
}

fn look(out: &Path, path: &str, base: &str) -> Look {
    let html = read(out, path);
    let sink = Sink { base, look: RefCell::default(), inert: Cell::new(0) };
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(&String::from_utf8_lossy(&html)));
    let tokenizer = Tokenizer::new(sink, html5ever::tokenizer::TokenizerOpts::default());
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    let mut look = tokenizer.sink.look.into_inner();
    look.html = compressed(&html);
    look
}

struct Sink<'b> {
    base: &'b str,
    look: RefCell<Look>,
    /// How many templates are open: what is inside is not fetched until a script inserts it.
    inert: Cell<u32>,
}

impl TokenSink for Sink<'_> {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let Token::TagToken(tag) = token else { return TokenSinkResult::Continue };
        let template = &*tag.name == "template";
        if tag.kind != TagKind::StartTag {
            if template {
                self.inert.set(self.inert.get().saturating_sub(1));
            }
            return TokenSinkResult::Continue;
        }
        self.look.borrow_mut().tag(&tag, self.base, self.inert.get() > 0);
        if template {
            self.inert.set(self.inert.get() + 1);
        }
        match &*tag.name {
            "script" => TokenSinkResult::RawData(RawKind::ScriptData),
            "style" => TokenSinkResult::RawData(RawKind::Rawtext),
            "textarea" | "title" => TokenSinkResult::RawData(RawKind::Rcdata),
            _ => TokenSinkResult::Continue,
        }
    }
}

impl Look {
    fn tag(&mut self, tag: &Tag, base: &str, inert: bool) {
        let attribute = |name: &str| {
            let found = tag.attrs.iter().find(|attribute| &*attribute.name.local == name);
            found.map(|attribute| attribute.value.to_string())
        };
        for name in tag.attrs.iter().map(|attribute| &*attribute.name.local) {
            if name == "style" || (name.starts_with("on") && name.len() > 2) {
                self.blocked.insert(name.to_owned());
            }
        }
        let rel = attribute("rel").unwrap_or_default();
        let foreign = &mut self.foreign;
        let mut own = |name: &str| attribute(name).and_then(|url| own(&url, base, foreign));
        match (&*tag.name, rel.as_str()) {
            ("link", "stylesheet") => self.styles.extend(own("href")),
            ("link", "preload") if attribute("as").as_deref() == Some("font") => {
                self.fonts.extend(own("href"))
            }
            ("link", "preload" | "modulepreload" | "icon" | "manifest") => drop(own("href")),
            ("script", _) => self.scripts.extend(own("src")),
            ("img" | "source", _) => {
                let fallback = own("src");
                let chosen = attribute("srcset").and_then(|set| candidate(&set));
                let photo = chosen.map_or(fallback, |url| self::own(&url, base, &mut self.foreign));
                self.photo = self.photo.take().or(photo.filter(|_| !inert));
            }
            ("iframe" | "video" | "audio" | "embed" | "track", _) => drop(own("src")),
            ("a", _)
                if attribute("href").is_some_and(|url| url.starts_with('/') && !url.starts_with("//")) =>
            {
                self.links += 1;
            }
            _ => {}
        }
    }
}

/// The root-relative path of a file of the site; an address of another host is noted in `foreign`.
fn own(url: &str, base: &str, foreign: &mut BTreeSet<String>) -> Option<String> {
    let url = url.strip_prefix(base).filter(|rest| rest.starts_with('/')).unwrap_or(url);
    if url.starts_with("//") || url.contains("://") {
        foreign.insert(url.to_owned());
        return None;
    }
    url.starts_with('/').then(|| url.split(['?', '#']).next().unwrap_or(url).to_owned())
}

/// What a phone chooses from `a.webp 320w, b.webp 640w`.
fn candidate(set: &str) -> Option<String> {
    let read = |part: &str| {
        let mut words = part.split_whitespace();
        let url = words.next()?.to_owned();
        let width = words.next().and_then(|width| width.strip_suffix('w')?.parse().ok()).unwrap_or(PHONE);
        Some((width, url))
    };
    let mut all: Vec<(u32, String)> = set.split(',').filter_map(read).collect();
    all.sort();
    let at = all.iter().position(|(width, _)| *width >= PHONE).or(all.len().checked_sub(1))?;
    Some(all.swap_remove(at).1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looked(html: &str) -> Look {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("index.html"), html).expect("written");
        look(folder.path(), "index.html", "https://s.example")
    }

    #[test]
    fn what_a_page_fetches_is_seen_as_a_browser_sees_it() {
        let page = looked(
            "<!doctype html><link rel=stylesheet href='/_/a.css'><link rel=preload as=font href=/_/f.woff2>\
             <script type=module src=https://s.example/_/a.js></script><script>'<img src=/no.jpg>'</script>\
             <!-- <script src=/no.js></script> --><a href=/b/>b</a><a href=//x.example>x</a>\
             <template><template></template><img src=/template.jpg></template>\
             <picture><source srcset='/1.webp 320w, /3.webp 960w, /2.webp 640w'><img src=/2.jpg></picture>",
        );
        assert_eq!((page.styles, page.scripts), (vec!["/_/a.css".into()], vec!["/_/a.js".into()]));
        assert_eq!(
            (page.fonts, page.photo, page.links),
            (vec!["/_/f.woff2".into()], Some("/2.webp".into()), 1)
        );
        assert!(page.foreign.is_empty() && page.blocked.is_empty());
    }

    #[test]
    fn scripts_that_others_import_are_counted_once() {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text) in [
            (
                "a.js",
                "import { c } from '/c.js'; import('/late.js'); import 'bare'; import '//h.example/x.js';",
            ),
            ("b.js", "import './parts/../c.js';"),
            ("c.js", "// import '/no.js';\nexport const c = 1;"),
            ("late.js", "import '/later.js'; import '/c.js';"),
            ("later.js", ""),
        ] {
            fs::write(folder.path().join(name), text).expect("written");
        }
        let entries = ["/a.js".to_owned(), "/b.js".to_owned()];
        let imports = Imports::follow(folder.path(), entries.iter());
        let reached = |later| imports.reach(&entries, later).into_iter().collect::<Vec<_>>();
        assert_eq!(reached(false), ["/a.js", "/b.js", "/c.js"]);
        assert_eq!(reached(true), ["/a.js", "/b.js", "/c.js", "/late.js", "/later.js"]);
    }

    #[test]
    fn other_hosts_and_what_the_policy_blocks_are_noted() {
        let page = looked(
            "<p style='x'><img src='https://t.example/p.gif' onload=x()><script src=//c.example/c.js></script>",
        );
        assert_eq!(
            page.foreign.into_iter().collect::<Vec<_>>(),
            ["//c.example/c.js", "https://t.example/p.gif"]
        );
        assert_eq!(page.blocked.into_iter().collect::<Vec<_>>(), ["onload", "style"]);
    }
}
