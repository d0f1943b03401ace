//! The only place that prints. Faults and summaries go to stderr; output for programs goes to stdout.

use std::io::{IsTerminal as _, Write as _};
use std::time::Duration;

use catalog::Timestamp;
use faults::{Fault, report as texts};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::tz::TimeZone;
use messages::{tr, trn};

use pages::build::Outcome;
use pages::stage::publish::Published;
use pages::stage::report::{self, Report};

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

    /// A line that is printed even when quiet.
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
        let of_errors = || trn!(errors, "{errors} error", "{errors} errors");
        let of_warnings = || trn!(warnings, "{warnings} warning", "{warnings} warnings");
        match (errors, warnings) {
            (0, 0) => None,
            (0, _) => Some(of_warnings()),
            (_, 0) => Some(of_errors()),
            (_, _) => Some(tr!("{errors} and {warnings}", errors = of_errors(), warnings = of_warnings())),
        }
    }

    /// What a build did, in two lines.
    pub fn summary(&self, outcome: &Outcome, out: &str, took: Duration) {
        let Some(published) = outcome.published else { return };
        let (made, reused) = outcome.photos;
        let pages = match published.rendered {
            0 => tr!("none changed").to_owned(),
            rendered if rendered == published.pages => tr!("all new").to_owned(),
            rendered => trn!(rendered, "{rendered} changed", "{rendered} changed"),
        };
        let photos = match (made, reused) {
            (0, 0) => tr!("no photos").to_owned(),
            (0, _) => trn!(reused, "{reused} photo from the cache", "{reused} photos from the cache"),
            (_, 0) => trn!(made, "{made} photo developed", "{made} photos developed"),
            (_, _) => {
                trn!(
                    made,
                    "{made} photo developed, {reused} from the cache",
                    "{made} photos developed, {reused} from the cache"
                )
            }
        };
        let Published { pages: count, files, written, removed, .. } = published;
        let count = trn!(count, "{count} page", "{count} pages");
        self.say(&tr!("{out}: {count} ({pages}), {photos}"));
        let files = trn!(files, "{files} file", "{files} files");
        let written = trn!(written, "{written} written", "{written} written");
        let removed = trn!(removed, "{removed} removed", "{removed} removed");
        let (size, seconds) = (size(published.bytes), took.as_secs_f64());
        self.say(&tr!("{files}, {size}, {written}, {removed}, in {seconds:.2} s"));
    }

    /// What the pages cost by kind of page, compared with the budgets.
    pub fn report(&self, report: &Report) {
        let kb = report::kilobytes;
        let row = |cells: [&str; 8]| {
            let [kind, pages, text, scripts, photo, whole, requests, heaviest] = cells;
            format!(
                "{kind:<16}{pages:>6}{text:>10}{scripts:>10}{photo:>10}{whole:>10}{requests:>10}  {heaviest}\n"
            )
        };
        let mut table = row([
            tr!("template"),
            tr!("pages"),
            "HTML+CSS",
            tr!("scripts"),
            tr!("photo"),
            tr!("in all"),
            tr!("requests"),
            tr!("heaviest page"),
        ]);
        for (template, kind) in &report.kinds {
            let (pages, requests) = (kind.pages.to_string(), kind.requests.0.to_string());
            let figures = [&kind.text, &kind.scripts, &kind.photo, &kind.whole].map(|(bytes, _)| kb(*bytes));
            let [text, scripts, photo, whole] = figures.each_ref().map(String::as_str);
            table += &row([template, &pages, text, scripts, photo, whole, &requests, &kind.whole.1]);
        }
        let budgets = [report::TEXT, report::SCRIPTS, report::WHOLE].map(kb);
        let requests = report::REQUESTS.to_string();
        table += &row([tr!("at most"), "", &budgets[0], &budgets[1], "", &budgets[2], &requests, ""]);
        let (policy, inline) = report.policy;
        self.print(&tr!(
            "{table}texts and scripts as gzip sends them; the first photo as a phone takes it\n\
             {links} links between pages; a policy of {policy} bytes that names {inline} inline blocks\n",
            links = report.links
        ));
    }

    /// A progress bar for developing photos, only on a terminal.
    pub fn photo_bar(&self) -> PhotoBar {
        let show = !self.quiet && std::io::stderr().is_terminal();
        let bar = if show { ProgressBar::new(0) } else { ProgressBar::hidden() };
        if let Ok(style) =
            ProgressStyle::with_template(&format!("{} {{bar:30}} {{pos}}/{{len}}", tr!("photos")))
        {
            bar.set_style(style);
        }
        PhotoBar(bar)
    }
}

/// The progress of developing photos.
#[derive(Debug)]
pub struct PhotoBar(ProgressBar);

impl PhotoBar {
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
    if megabytes < 1.0 {
        let kilobytes = bytes / 1000;
        tr!("{kilobytes} kB")
    } else {
        tr!("{megabytes:.1} MB")
    }
}

/// `2026-11-29 14:05 CET`: of several time zones at a glance whose it is.
pub(super) fn time(at: Timestamp, zone: &TimeZone) -> String {
    let at = jiff::Timestamp::from_second(at.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M %Z").to_string()
}
