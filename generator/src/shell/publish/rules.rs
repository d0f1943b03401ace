//! The rules for hosts in `dist/`, as far as they can be published on AWS: `_headers` and `_redirects`.

use messages::tr;

use super::super::error::CliError;

/// Headers for one path, or for all (`/*`).
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) path: String,
    /// Names in small letters.
    pub(super) headers: Vec<(String, String)>,
}

/// An old address, and where it leads.
#[derive(Debug)]
pub(super) struct Redirect {
    pub(super) from: String,
    pub(super) to: String,
}

/// The lines that say something.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.trim_start().is_empty() && !line.trim_start().starts_with('#'))
}

/// The rules of `_headers`, in their order.
pub(super) fn rules(text: &str) -> Vec<Rule> {
    let mut rules: Vec<Rule> = Vec::new();
    for line in lines(text) {
        if !line.starts_with([' ', '\t']) {
            let path = line.split_whitespace().next().unwrap_or_default().to_owned();
            rules.push(Rule { path, headers: Vec::new() });
        } else if let (Some(rule), Some((name, value))) = (rules.last_mut(), line.split_once(':')) {
            rule.headers.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    rules
}

/// The rules of `_redirects`; pages of errors are left out.
///
/// # Errors
/// A rule that AWS cannot be given.
pub(super) fn redirects(text: &str) -> Result<Vec<Redirect>, CliError> {
    let mut redirects = Vec::new();
    for line in lines(text) {
        let mut words = line.split_whitespace();
        let (from, to, status) = (words.next(), words.next(), words.next());
        if status == Some("404") {
            continue;
        }
        match (from, to, status) {
            (Some(from), Some(to), Some("301" | "301!"))
                if !from.contains(['*', ':', '"', '\\']) && !to.contains(['*', '"', '\\']) =>
            {
                redirects.push(Redirect { from: from.to_owned(), to: to.to_owned() });
            }
            _ => {
                return Err(CliError::machine(tr!(
                    "dist/_redirects: `{line}` cannot be published on AWS\n  301 from one path to another can be, and pages of errors"
                )));
            }
        }
    }
    Ok(redirects)
}

#[cfg(test)]
mod tests {
    use super::redirects;

    #[test]
    fn only_moves_from_path_to_path_can_be_published() {
        let read = redirects("# old\n/a/ /b/ 301\n/c/  /d/ 301!\n/* /404.html 404\n").unwrap();
        let pairs: Vec<_> = read.iter().map(|one| (one.from.as_str(), one.to.as_str())).collect();
        assert_eq!(pairs, [("/a/", "/b/"), ("/c/", "/d/")]);
        for strange in ["/a/ /b/", "/a/ /b/ 302", "/a/* /b/ 301", "/:a /b/ 301", "/a /b/:splat* 301"] {
            assert!(redirects(strange).is_err(), "{strange}");
        }
    }
}
