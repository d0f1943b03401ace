//! The only place that prints. Faults and summaries go to stderr, what programs read goes to stdout.

use std::io::{IsTerminal as _, Write as _};
use std::time::Duration;

use faults::{Fault, report as texts};
use indicatif::{ProgressBar, ProgressStyle};

use crate::build::Outcome;
use crate::stage::report::{self, Report};

/// How much to say, and in which colours.
#[derive(Debug, Clone, Copy)]
pub struct Terminal {
    quiet: bool,
    colour: bool,
}

impl Terminal {
    /// `colour`: `None` decides by the terminal and NO_COLOR (no-color.org).
    pub fn new(quiet: bool, colour: Option<bool>) -> Self {
        let auto = || anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never;
        Terminal { quiet, colour: colour.unwrap_or_else(auto) }
    }

    /// A line for people.
    pub fn say(&self, line: &str) {
        if !self.quiet {
            let _ = writeln!(std::io::stderr(), "{line}");
        }
    }

    /// A line that is said also when quiet.
    pub fn warn(&self, line: &str) {
        let _ = writeln!(std::io::stderr(), "{line}");
    }

    /// Text for programs.
    pub fn print(&self, text: &str) {
        let _ = std::io::stdout().write_all(text.as_bytes());
    }

    /// Faults for people.
    pub fn faults(&self, faults: &[Fault]) {
        let _ = std::io::stderr().write_all(texts::human(faults, self.colour).as_bytes());
    }

    /// "3 errors and 1 warning", or nothing if there are none.
    pub fn count(&self, errors: usize, warnings: usize) -> Option<String> {
        let plural =
            |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
        match (errors, warnings) {
            (0, 0) => None,
            (0, warnings) => Some(plural(warnings, "warning")),
            (errors, 0) => Some(plural(errors, "error")),
            (errors, warnings) => {
                Some(format!("{} and {}", plural(errors, "error"), plural(warnings, "warning")))
            }
        }
    }

    /// What a build did, in two lines.
    pub fn summary(&self, outcome: &Outcome, out: &str, took: Duration) {
        let Some(published) = outcome.published else { return };
        let (made, reused) = outcome.photos;
        let pages = match published.rendered {
            0 => "none changed".to_owned(),
            rendered if rendered == published.pages => "all new".to_owned(),
            rendered => format!("{rendered} changed"),
        };
        let photos = match (made, reused) {
            (0, 0) => "no photos".to_owned(),
            (0, reused) => format!("{reused} photos from the cache"),
            (made, 0) => format!("{made} photos developed"),
            (made, reused) => format!("{made} photos developed, {reused} from the cache"),
        };
        let seconds = took.as_secs_f64();
        self.say(&format!("{out}: {} pages ({pages}), {photos}", published.pages));
        self.say(&format!(
            "{} files, {}, {} written, {} removed, in {seconds:.2} s",
            published.files,
            size(published.bytes),
            published.written,
            published.removed
        ));
    }

    /// What the pages cost, kind by kind, beside the budgets.
    pub fn report(&self, report: &Report) {
        let kb = report::kilobytes;
        let row = |cells: [&str; 8]| {
            let [kind, pages, text, scripts, photo, whole, requests, heaviest] = cells;
            format!(
                "{kind:<16}{pages:>6}{text:>10}{scripts:>10}{photo:>10}{whole:>10}{requests:>10}  {heaviest}\n"
            )
        };
        let mut table =
            row(["template", "pages", "HTML+CSS", "scripts", "photo", "in all", "requests", "heaviest page"]);
        for (template, kind) in &report.kinds {
            let (pages, requests) = (kind.pages.to_string(), kind.requests.0.to_string());
            let figures = [&kind.text, &kind.scripts, &kind.photo, &kind.whole].map(|(bytes, _)| kb(*bytes));
            let [text, scripts, photo, whole] = figures.each_ref().map(String::as_str);
            table += &row([template, &pages, text, scripts, photo, whole, &requests, &kind.whole.1]);
        }
        let budgets = [report::TEXT, report::SCRIPTS, report::WHOLE].map(kb);
        let requests = report::REQUESTS.to_string();
        table += &row(["at most", "", &budgets[0], &budgets[1], "", &budgets[2], &requests, ""]);
        let (policy, inline) = report.policy;
        self.print(&format!(
            "{table}texts and scripts as gzip sends them; the first photo as a phone takes it\n\
             {} links between pages; a policy of {policy} bytes that names {inline} inline blocks\n",
            report.links
        ));
    }

    /// A bar for developing photos, on a terminal only.
    pub fn photo_bar(&self) -> PhotoBar {
        let show = !self.quiet && std::io::stderr().is_terminal();
        let bar = if show { ProgressBar::new(0) } else { ProgressBar::hidden() };
        if let Ok(style) = ProgressStyle::with_template("photos {bar:30} {pos}/{len}") {
            bar.set_style(style);
        }
        PhotoBar(bar)
    }
}

/// Progress of developing photos.
#[derive(Debug)]
pub struct PhotoBar(ProgressBar);

impl PhotoBar {
    /// So many are ready.
    pub fn at(&self, ready: usize, all: usize) {
        self.0.set_length(all as u64);
        self.0.set_position(ready as u64);
        if ready == all {
            self.0.finish_and_clear();
        }
    }
}

pub(super) fn size(bytes: u64) -> String {
    #[allow(clippy::cast_precision_loss)]
    let megabytes = bytes as f64 / 1e6;
    if megabytes < 1.0 { format!("{} kB", bytes / 1000) } else { format!("{megabytes:.1} MB") }
}
