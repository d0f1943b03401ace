//! What `serve` adds to a page: the script that reloads it, and what is wrong with the shop.

use faults::{Fault, Severity, report};

use crate::stage::view::text::escape;

/// Waits for a change and loads the page anew.
pub(super) const RELOAD: &str = r#"// Reloads the page when the shop changed.
const seen = Number(document.currentScript.dataset.version);
const wait = async () => {
  for (;;) {
    try {
      const answer = await fetch(`/_bazaar/changed?after=${seen}`);
      if (answer.ok && Number(await answer.text()) > seen) return location.reload();
    } catch {
      // The server was stopped: look again when it is back.
      await new Promise((later) => setTimeout(later, 1000));
    }
  }
};
wait();
"#;

const STYLE: &str = "<style>.bazaar-faults{all:revert;position:fixed;inset:auto 0 0 0;max-height:60vh;overflow:auto;z-index:2147483647;\
background:#2a1f1a;color:#f6efe8;border-top:3px solid #c8553d;font:14px/1.5 ui-monospace,monospace}\
.bazaar-faults summary{padding:12px 16px;cursor:pointer;font-weight:600}.bazaar-faults pre{margin:0;padding:0 16px 16px;white-space:pre-wrap;overflow-wrap:anywhere}\
</style>";

/// A page with the script, and with what is wrong, if anything is.
pub(super) fn with_faults(html: &str, faults: &[Fault], version: u64) -> String {
    let addition = format!("{}{}", notice(faults), script(version));
    match html.rfind("</body>") {
        Some(at) => format!("{}{addition}{}", &html[..at], &html[at..]),
        None => format!("{html}{addition}"),
    }
}

/// A page that shows nothing but what is wrong.
pub(super) fn faults_only(faults: &[Fault], version: u64) -> String {
    let text = escape(&report::human(faults, false));
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>The shop cannot be shown yet</title><style>body{{margin:0;padding:24px 16px;max-width:60rem;background:#2a1f1a;color:#f6efe8;\
         font:16px/1.5 system-ui,sans-serif}}pre{{white-space:pre-wrap;overflow-wrap:anywhere;font:14px/1.5 ui-monospace,monospace}}</style></head>\
         <body><main><h1>The shop cannot be shown yet</h1><p>This is wrong. The page comes back as soon as it is mended.</p>\
         <pre>{text}</pre></main>{}</body></html>\n",
        script(version)
    )
}

fn notice(faults: &[Fault]) -> String {
    if faults.is_empty() {
        return String::new();
    }
    let errors = faults.iter().filter(|fault| fault.severity == Severity::Error).count();
    let (open, words) = match errors {
        0 => ("", format!("{} warnings", faults.len())),
        1 => (" open", "1 error: this page is the last one without".to_owned()),
        errors => (" open", format!("{errors} errors: this page is the last one without")),
    };
    let text = escape(&report::human(faults, false));
    format!(
        "{STYLE}<aside class=\"bazaar-faults\"><details{open}><summary>{words}</summary><pre>{text}</pre></details></aside>"
    )
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
}
