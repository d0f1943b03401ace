//! Web addresses as browsers send them: the shop's own, external links, and what the headers Host and Origin name.
//!
//! Addresses are parsed by the crate `url` (WHATWG URL, as in browsers). Browsers accept host names that DNS does not
//! (`www..example.com`, `www,example.com`), so the rules of RFC 1123, section 2.1, are added.

use std::fmt;

use messages::tr;
use url::{Host, Url};

/// Why an address cannot be used by the shop.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WebError {
    /// Not `http://…` or `https://…`, or contains spaces, quotes or angle brackets.
    NotAnAddress,
    /// A user name or password precedes the host.
    Login,
    /// The host is not a valid DNS name; with the corrected address where it is safe to guess.
    Host(Option<String>),
    /// An IP address instead of a name.
    Number,
    /// The host is this machine or in a private network.
    Private,
    /// `http://` where visitors use `https://`; with the address to write.
    Http(String),
    /// Something follows the host.
    Path,
    /// Browsers write it differently; with their form.
    Written(String),
}

impl fmt::Display for WebError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            WebError::NotAnAddress => tr!("not a web address"),
            WebError::Login => tr!("a web address has no user name and no password"),
            WebError::Host(_) => tr!("no host has this name"),
            WebError::Number => tr!("the host is a number, not a name"),
            WebError::Private => tr!("the address leads to this machine or a private network only"),
            WebError::Http(_) => tr!("browsers come by https"),
            WebError::Path => tr!("a path follows"),
            WebError::Written(_) => tr!("browsers write this address in another way"),
        })
    }
}

/// The address of a shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShopAddress {
    /// As browsers send it in `Origin`, without a final slash: `https://www.example.com`.
    pub origin: String,
    /// The host is this machine or in a private network: for trials only.
    pub private: bool,
}

/// Checks the shop's own address: it must equal the origin that browsers send.
///
/// # Errors
/// The corrected address where one is known.
pub fn shop(written: &str) -> Result<ShopAddress, WebError> {
    let url = parse(written)?;
    let private = check_host(&url).map_or_else(
        |error| if error == WebError::Private { Ok(true) } else { Err(error) },
        |()| Ok(false),
    )?;
    match url.host() {
        // No authority issues certificates for these names.
        Some(Host::Domain(name))
            if name.split('.').any(|label| label.contains('_') || label.ends_with('-')) =>
        {
            return Err(WebError::Host(None));
        }
        Some(Host::Ipv4(_) | Host::Ipv6(_)) if !private => return Err(WebError::Number),
        _ => {}
    }
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return Err(WebError::Path);
    }
    let origin = url.origin().ascii_serialization();
    if url.scheme() == "http" && !private {
        return Err(WebError::Http(origin.replacen("http://", "https://", 1)));
    }
    if written.strip_suffix('/').unwrap_or(written) != origin {
        return Err(WebError::Written(origin));
    }
    Ok(ShopAddress { origin, private })
}

/// Checks an external address and returns it as browsers write it: accents encoded, the host in lower case.
///
/// # Errors
/// When visitors' browsers could not open it.
pub fn link(written: &str) -> Result<String, WebError> {
    let url = parse(written)?;
    check_host(&url)?;
    // Unchanged if the only difference is the slash after the host.
    let same = url.as_str() == written || url.as_str().strip_suffix('/') == Some(written);
    Ok(if same { written.to_owned() } else { url.into() })
}

/// The ASCII host of a shop's address, if it is a name that others can look up: not this machine, not in a private
/// network, not an IP address.
pub fn public_host(written: &str) -> Option<String> {
    let url = parse(written).ok()?;
    check_host(&url).ok()?;
    url.domain().map(str::to_owned)
}

/// Whether a page with this `Origin` belongs to the shop at `base`.
pub fn is_origin_of(base: &str, origin: &str) -> bool {
    match (Url::parse(base), Url::parse(origin)) {
        (Ok(base), Ok(origin)) => base.origin().is_tuple() && base.origin() == origin.origin(),
        _ => false,
    }
}

/// Whether a request with this `Host` is meant for the shop at `base`. The default port may be given or omitted.
pub fn is_host_of(base: &str, host: &str) -> bool {
    let plain = |c: char| c.is_ascii_graphic() && !"/\\?#@".contains(c);
    let scheme = base.split("://").next().unwrap_or_default();
    !host.is_empty() && host.chars().all(plain) && is_origin_of(base, &format!("{scheme}://{host}"))
}

fn parse(written: &str) -> Result<Url, WebError> {
    let begins = |scheme: &str| written.get(..scheme.len()).is_some_and(|s| s.eq_ignore_ascii_case(scheme));
    let odd = |c: char| c.is_whitespace() || c.is_control() || "<>\"\\".contains(c);
    if !(begins("https://") || begins("http://")) || written.chars().any(odd) {
        return Err(WebError::NotAnAddress);
    }
    let url = Url::parse(written).map_err(|error| match error {
        url::ParseError::IdnaError | url::ParseError::InvalidDomainCharacter => WebError::Host(None),
        _ => WebError::NotAnAddress,
    })?;
    let authority = written.split("://").nth(1).and_then(|rest| rest.split(['/', '?', '#']).next());
    if authority.is_none_or(str::is_empty) {
        return Err(WebError::NotAnAddress);
    }
    if authority.is_some_and(|authority| authority.contains('@')) {
        return Err(WebError::Login);
    }
    Ok(url)
}

/// Top-level names without public DNS (RFC 6761, RFC 6762, ICANN's `internal`).
const PRIVATE: [&str; 6] = ["localhost", "local", "internal", "test", "invalid", "lan"];

fn check_host(url: &Url) -> Result<(), WebError> {
    let name = match url.host() {
        Some(Host::Domain(name)) => name,
        Some(Host::Ipv4(ip)) if ip.is_loopback() || ip.is_private() || ip.is_unspecified() => {
            return Err(WebError::Private);
        }
        Some(Host::Ipv6(ip)) if ip.is_loopback() || ip.is_unspecified() || ip.is_unique_local() => {
            return Err(WebError::Private);
        }
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => return Ok(()),
        None => return Err(WebError::NotAnAddress),
    };
    let last = name.rsplit('.').next().unwrap_or_default();
    if !is_name(name) {
        return Err(WebError::Host(corrected(url, name)));
    }
    match PRIVATE.contains(&last) {
        true => Err(WebError::Private),
        false if name.contains('.') => Ok(()),
        false => Err(WebError::Host(None)),
    }
}

/// Letters, digits and hyphens, 63 bytes per label, 253 in all; `_` is in use, though no registry accepts it.
fn is_name(name: &str) -> bool {
    let letters = |label: &str| label.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    let label = |label: &str| (1..=63).contains(&label.len()) && !label.starts_with('-') && letters(label);
    name.len() <= 253 && name.split('.').all(label)
}

/// The address with its host corrected: without empty labels and the final dot.
fn corrected(url: &Url, name: &str) -> Option<String> {
    let labels: Vec<&str> = name.split('.').filter(|label| !label.is_empty()).collect();
    let better = labels.join(".");
    if better == name || !better.contains('.') || !is_name(&better) {
        return None;
    }
    let mut url = url.clone();
    url.set_host(Some(&better)).ok()?;
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    Some(if bare { url.origin().ascii_serialization() } else { url.into() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// The till recognizes every accepted address by the headers that browsers send for it.
        #[test]
        fn a_shop_that_passes_is_reached(written in "https?://[a-zA-Z0-9é.,:_\\-]{1,24}/?") {
            if let Ok(own) = shop(&written) {
                let url = Url::parse(&written).expect("an address");
                let host = &url[url::Position::BeforeHost..url::Position::AfterPort];
                prop_assert!(is_host_of(&own.origin, host), "{written}: {host}");
                prop_assert!(is_origin_of(&own.origin, &url.origin().ascii_serialization()));
                prop_assert_eq!(shop(&own.origin), Ok(own));
            }
            let _ = link(&written);
        }

        #[test]
        fn no_text_panics(written in ".{0,40}") {
            let _ = (shop(&written), link(&written), is_host_of(&written, &written));
        }
    }

    #[test]
    fn a_public_host_is_a_name_that_others_find() {
        assert_eq!(public_host("https://www.example.com:443/x").as_deref(), Some("www.example.com"));
        assert_eq!(public_host("https://café.example").as_deref(), Some("xn--caf-dma.example"));
        for nowhere in
            ["http://localhost:8080", "http://127.0.0.1:8080", "http://[::1]:80", "https://203.0.113.7", ""]
        {
            assert_eq!(public_host(nowhere), None, "{nowhere}");
        }
    }

    #[test]
    fn a_shop_has_the_address_that_browsers_send() {
        for fine in ["https://www.example.com", "https://xn--caf-dma.example", "https://a.example:8443"] {
            assert_eq!(shop(fine), Ok(ShopAddress { origin: fine.to_owned(), private: false }), "{fine}");
            assert_eq!(shop(&format!("{fine}/")).map(|own| own.origin), Ok(fine.to_owned()));
        }
        for (written, form) in [
            ("https://café.example", "https://xn--caf-dma.example"),
            ("https://www.example.com:443", "https://www.example.com"),
            ("https://WWW.Example.com/", "https://www.example.com"),
            ("HTTPS://www.example.com", "https://www.example.com"),
            ("https://www%2eexample.com", "https://www.example.com"),
            ("https://www。example.com", "https://www.example.com"),
        ] {
            assert_eq!(shop(written), Err(WebError::Written(form.to_owned())), "{written}");
        }
        for (written, form) in [
            ("https://www.example.com.", Some("https://www.example.com")),
            ("https://www..example.com", Some("https://www.example.com")),
            ("https://www,example.com", None),
            ("https://-www.example.com", None),
            ("https://boutique", None),
            ("https://www.example.com!", None),
            ("https://my_shop.example.com", None),
            ("https://boutique..", None),
            ("https://-www..example.com", None),
            ("https://xn--a.example", None),
        ] {
            assert_eq!(shop(written), Err(WebError::Host(form.map(str::to_owned))), "{written}");
        }
        assert_eq!(shop("http://a.example"), Err(WebError::Http("https://a.example".to_owned())));
        assert_eq!(shop("https://u:p@a.example"), Err(WebError::Login));
        assert_eq!(shop("https://@a.example"), Err(WebError::Login));
        assert_eq!(shop("https://203.0.113.7"), Err(WebError::Number));
        assert_eq!(shop("https://0xcb007107"), Err(WebError::Number));
        assert_eq!(shop("https://[2001:db8::1]"), Err(WebError::Number));
        for path in
            ["https://a.example/shop", "https://a.example/?", "https://a.example/#a", "https://a.example//"]
        {
            assert_eq!(shop(path), Err(WebError::Path), "{path}");
        }
        for none in [
            "a.example",
            "https:/a.example",
            "https:///a.example",
            "https:\\\\a.example",
            "https://",
            "ftp://a.example",
            "https://a b.example",
            " https://a.example",
            "https://a.example:port",
            "https://?a.example",
        ] {
            assert_eq!(shop(none), Err(WebError::NotAnAddress), "{none}");
        }
    }

    #[test]
    fn a_wrong_host_is_put_right_and_the_rest_of_the_address_stays() {
        for (written, form) in [
            ("https://a..example", Some("https://a.example")),
            ("https://a..example/", Some("https://a.example")),
            ("https://a..example/b", Some("https://a.example/b")),
            ("https://a..example?b", Some("https://a.example/?b")),
            ("https://a..example#b", Some("https://a.example/#b")),
            ("https://a.example.:8443/b", Some("https://a.example:8443/b")),
        ] {
            assert_eq!(link(written), Err(WebError::Host(form.map(str::to_owned))), "{written}");
        }
        for none in
            ["ftp://a.example/", "https://a.example/b c", "https://a.example/<b>", "https://a.example/\n"]
        {
            assert_eq!(link(none), Err(WebError::NotAnAddress), "{none}");
        }
    }

    #[test]
    fn a_private_address_is_no_link() {
        for own in [
            "https://10.0.0.1/",
            "https://192.168.1.1/",
            "https://172.16.0.1/",
            "https://0.0.0.0/",
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://[::]/",
            "https://[fd00::1]/",
            "https://shop.internal/",
        ] {
            assert_eq!(link(own), Err(WebError::Private), "{own}");
        }
        for public in ["https://203.0.113.7/", "https://[2001:db8::1]/"] {
            assert_eq!(link(public), Ok(public.to_owned()));
        }
    }

    #[test]
    fn each_trouble_has_words_of_its_own() {
        let all = [
            WebError::NotAnAddress,
            WebError::Login,
            WebError::Host(None),
            WebError::Number,
            WebError::Private,
            WebError::Http(String::new()),
            WebError::Path,
            WebError::Written(String::new()),
        ];
        let words: std::collections::BTreeSet<String> = all.iter().map(ToString::to_string).collect();
        assert!(words.len() == all.len() && words.iter().all(|words| words.len() > 10), "{words:?}");
    }

    #[test]
    fn this_machine_is_for_trials() {
        for own in
            ["http://localhost:8000", "http://127.0.0.1:8000", "https://shop.test", "http://[::1]:3000"]
        {
            assert_eq!(shop(own), Ok(ShopAddress { origin: own.to_owned(), private: true }), "{own}");
            assert_eq!(link(own), Err(WebError::Private), "{own}");
        }
    }

    #[test]
    fn a_link_is_written_as_browsers_write_it() {
        for same in [
            "https://example.com",
            "https://example.com/",
            "http://example.com/a?b=c#d",
            "https://203.0.113.7/",
            "https://my_own-.example.com/",
        ] {
            assert_eq!(link(same), Ok(same.to_owned()));
        }
        assert_eq!(
            link("https://FR.wikipedia.org/wiki/Grès"),
            Ok("https://fr.wikipedia.org/wiki/Gr%C3%A8s".to_owned())
        );
        assert_eq!(link("https://u@example.com/a"), Err(WebError::Login));
        assert_eq!(
            link("https://www..example.com/a?b"),
            Err(WebError::Host(Some("https://www.example.com/a?b".to_owned())))
        );
        assert_eq!(link("https://example.com/@anne"), Ok("https://example.com/@anne".to_owned()));
    }

    #[test]
    fn host_and_origin_are_compared_as_browsers_write_them() {
        let base = "https://shop.example.com";
        for host in ["shop.example.com", "SHOP.example.com", "shop.example.com:443"] {
            assert!(is_host_of(base, host), "{host}");
        }
        for host in [
            "",
            "example.com",
            "shop.example.com:80",
            "shop.example.com.",
            "a@shop.example.com",
            "shop.example.com/",
            "shop.example.com?",
        ] {
            assert!(!is_host_of(base, host), "{host}");
        }
        assert!(is_host_of("https://café.example", "xn--caf-dma.example"));
        assert!(is_host_of("http://127.0.0.1:8000/shop", "127.0.0.1:8000"));
        assert!(is_origin_of("https://café.example:443", "https://xn--caf-dma.example"));
        assert!(!is_origin_of(base, "http://shop.example.com") && !is_origin_of(base, "null"));
        assert!(!is_origin_of("not an address", "not an address"));
    }
}
