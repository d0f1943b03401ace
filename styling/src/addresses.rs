//! Every `url(...)` of a sheet gets the address it has in the finished shop.

use std::convert::Infallible;

use lightningcss::values::url::Url;
use lightningcss::visit_types;
use lightningcss::visitor::{VisitTypes, Visitor};

use crate::fault::Mistake;

/// Where an address points, told from how it is written.
enum Target<'u> {
    /// Holds its content itself, or a part of the page (`url(#clip)`).
    Here,
    /// Another host.
    Elsewhere,
    /// A path the theme can answer for.
    Theme(&'u str),
}

/// A finding with its place as lightningcss counts: line from 1, column from 1 in UTF-16 units.
pub(crate) struct Found {
    pub(crate) place: (u32, u32),
    pub(crate) mistake: Mistake,
}

/// Rewrites while it walks, and keeps what is wrong.
pub(crate) struct Addresses<'a> {
    pub(crate) sheet: &'a str,
    pub(crate) asset_url: &'a dyn Fn(&str, &str) -> Option<String>,
    pub(crate) found: Vec<Found>,
}

impl<'i> Visitor<'i> for Addresses<'_> {
    type Error = Infallible;

    fn visit_types(&self) -> VisitTypes {
        visit_types!(URLS)
    }

    fn visit_url(&mut self, url: &mut Url<'i>) -> Result<(), Infallible> {
        let mistake = match target(&url.url) {
            Target::Here => return Ok(()),
            Target::Elsewhere => Mistake::Elsewhere(shown(&url.url)),
            Target::Theme(path) => match (self.asset_url)(self.sheet, path) {
                Some(address) => {
                    url.url = address.into();
                    return Ok(());
                }
                None => Mistake::Missing(shown(&url.url)),
            },
        };
        self.found.push(Found { place: (url.loc.line, url.loc.column), mistake });
        Ok(())
    }
}

fn target(url: &str) -> Target<'_> {
    let url = url.trim();
    let scheme = url.split_once(':').map(|(scheme, _)| scheme).filter(|scheme| {
        // RFC 3986, section 3.1
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    });
    match scheme {
        Some(scheme) if scheme.eq_ignore_ascii_case("data") => Target::Here,
        Some(_) => Target::Elsewhere,
        None if url.starts_with('#') => Target::Here,
        // Browsers read a backslash as a slash.
        None if url.len() > 1 && url.bytes().take(2).all(|byte| byte == b'/' || byte == b'\\') => {
            Target::Elsewhere
        }
        None => Target::Theme(url),
    }
}

/// Short enough for one line.
fn shown(url: &str) -> String {
    const LONGEST: usize = 80;
    let clean: String = url.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    match clean.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", &clean[..end]),
        None => clean,
    }
}
