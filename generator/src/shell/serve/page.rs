//! What `serve` adds to a page: the script that reloads it, and the faults of the shop.

use catalog::html::escape;
use faults::{Fault, Severity, report};
use messages::{Language, tr, trn};

/// Waits for a change and reloads the page.
pub(super) const RELOAD: &str = r#"// Reloads the page when the shop changed.
const seen = Number(document.currentScript.dataset.version);
const pause = (ms) => new Promise((later) => setTimeout(later, ms));
// Not while somebody is clicking or typing: their action would be lost.
let touched = 0;
for (const kind of ["pointerdown", "keydown", "submit"]) addEventListener(kind, () => { touched = Date.now(); }, true);
const wait = async () => {
  for (;;) {
    try {
      const answer = await fetch(`/_bazaar/changed?after=${seen}`);
      if (answer.ok && Number(await answer.text()) > seen) {
        while (Date.now() - touched < 2000) await pause(250);
        return location.reload();
      }
    } catch {
      // The server was stopped: try until it is back.
      await pause(1000);
    }
  }
};
wait();
"#;

const STYLE: &str = "<style>.bazaar-faults{all:revert;position:fixed;inset:auto 0 0 0;max-height:60vh;overflow:auto;z-index:2147483647;\
background:#2a1f1a;color:#f6efe8;border-top:3px solid #c8553d;font:14px/1.5 ui-monospace,monospace}\
.bazaar-faults summary{padding:12px 16px;cursor:pointer;font-weight:600}.bazaar-faults details details{border-top:1px solid #5b4a40}.bazaar-faults pre{margin:0;padding:0 16px 16px;white-space:pre-wrap;overflow-wrap:anywhere}\
</style>";

/// A page with the script, and with the faults if there are any.
pub(super) fn with_faults(html: &str, faults: &[Fault], version: u64) -> String {
    let addition = format!("{}{}", notice(faults), script(version));
    match html.rfind("</body>") {
        Some(at) => format!("{}{addition}{}", &html[..at], &html[at..]),
        None => format!("{html}{addition}"),
    }
}

/// A page that shows only faults.
pub(super) fn faults_only(faults: &[Fault], version: u64) -> String {
    let (errors, warnings) = split(faults);
    let (lang, title) = (Language::spoken().tag(), tr!("The shop cannot be shown yet"));
    let lead = tr!("This is wrong. The page comes back as soon as it is mended.");
    format!(
        "<!doctype html>\n<html lang=\"{lang}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title><style>body{{margin:0;padding:24px 16px;max-width:60rem;background:#2a1f1a;color:#f6efe8;\
         font:16px/1.5 system-ui,sans-serif}}pre{{white-space:pre-wrap;overflow-wrap:anywhere;font:14px/1.5 ui-monospace,monospace}}</style></head>\
         <body><main><h1>{title}</h1><p>{lead}</p>\
         {}{}</main>{}</body></html>\n",
        text(&errors),
        folded(&warnings),
        script(version)
    )
}

/// Errors come first and are visible; warnings are folded at the end.
fn notice(faults: &[Fault]) -> String {
    let (errors, warnings) = split(faults);
    let all = match errors.len() {
        0 if warnings.is_empty() => return String::new(),
        0 => folded(&warnings),
        count => {
            let words = trn!(
                count,
                "{count} error: this page is the last one without",
                "{count} errors: this page is the last one without"
            );
            let (errors, warnings) = (text(&errors), folded(&warnings));
            format!("<details open><summary>{words}</summary>{errors}{warnings}</details>")
        }
    };
    format!("{STYLE}<aside class=\"bazaar-faults\">{all}</aside>")
}

fn folded(warnings: &[Fault]) -> String {
    if warnings.is_empty() {
        return String::new();
    }
    let count = warnings.len();
    let words = trn!(count, "{count} warning", "{count} warnings");
    format!("<details><summary>{words}</summary>{}</details>", text(warnings))
}

/// Errors and warnings, each in the order in which they were found.
fn split(faults: &[Fault]) -> (Vec<Fault>, Vec<Fault>) {
    faults.iter().cloned().partition(|fault| fault.severity == Severity::Error)
}

fn text(faults: &[Fault]) -> String {
    format!("<pre>{}</pre>", escape(&report::human(faults, false)))
}

fn script(version: u64) -> String {
    format!("<script src=\"/_bazaar/reload.js\" data-version=\"{version}\"></script>")
}

#[cfg(test)]
mod tests {
    use super::*;
    use faults::Place;

    #[test]
    fn faults_are_shown_escaped_above_the_script() {
        let fault = Fault::error("x", Place::file("content/<b>.md"), "it is <wrong>");
        let html = with_faults("<body><p>a</p></body>", &[fault], 7);
        assert!(html.starts_with("<body><p>a</p><style>"));
        assert!(html.contains("it is &lt;wrong&gt;") && html.contains("content/&lt;b&gt;.md"));
        assert!(html.ends_with("data-version=\"7\"></script></body>"));
    }

    #[test]
    fn errors_come_before_warnings_which_are_folded() {
        let warning = |file: &str| Fault::warning("w", Place::file(file), "it could be better");
        let error = Fault::error("e", Place::file("content/z.md"), "it is wrong");
        let faults = [warning("content/a.md"), error, warning("content/b.md")];
        for html in [with_faults("<body></body>", &faults, 1), faults_only(&faults, 1)] {
            let at = |text: &str| html.find(text).unwrap_or_else(|| panic!("{text}: {html}"));
            assert!(at("content/z.md") < at("<details><summary>2 warnings"), "{html}");
            assert!(at("<details><summary>2 warnings") < at("content/a.md"), "{html}");
        }
        let html = with_faults("<body></body>", &faults, 1);
        assert!(html.contains("<details open><summary>1 error: this page"), "{html}");
        let html = with_faults("<body></body>", &faults[..1], 1);
        assert!(html.contains("<details><summary>1 warning</summary>") && !html.contains("open"), "{html}");
    }
}
