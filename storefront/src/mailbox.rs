//! The one definition of a mail address: for `bazaar check` (the owner's), the till (shoppers') and the mailer.

use std::fmt;

use idna::AsciiDenyList;
use idna::uts46::{DnsLength, Hyphens, Uts46};
use lettre::Address;
use messages::tr;

/// An address that mail can be sent to: the domain as the network writes it (punycode), the local part in ASCII.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailAddress(Address);

/// Why a text is not such an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAnAddress {
    /// It is empty.
    Empty,
    /// It is a link.
    Link,
    /// There is no `@`, or nothing on one side of it.
    Sides,
    /// It has angle brackets, as with a name beside it.
    Named,
    /// More than one `@`.
    Several,
    /// Letters such as é before the `@`, which mail servers exchange only with SMTPUTF8 (RFC 6531).
    Letters,
    /// What no mail server accepts before the `@`: a space, two dots in a row, a dot at either end.
    Local,
    /// What follows the `@` is not a domain.
    Domain,
}

impl fmt::Display for NotAnAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            NotAnAddress::Empty => tr!("it is empty"),
            NotAnAddress::Link => tr!("it begins with `mailto:`, as a link does"),
            NotAnAddress::Sides => tr!("it needs an `@`, with something on both sides of it"),
            NotAnAddress::Named => tr!("it stands in angle brackets, or a name stands beside it"),
            NotAnAddress::Several => tr!("there is more than one"),
            NotAnAddress::Letters => {
                tr!("what stands before the `@` has other letters than a to z, and most mail servers refuse it")
            }
            NotAnAddress::Local => tr!(
                "what stands before the `@` is not allowed there: no spaces or commas, no point at its ends, no two in a row"
            ),
            NotAnAddress::Domain => tr!("what stands after the `@` is not a domain such as example.com"),
        })
    }
}

impl std::error::Error for NotAnAddress {}

impl MailAddress {
    /// Parses a bare address: `bonjour@example.com`.
    ///
    /// # Errors
    /// What is wrong with it, without repeating it.
    pub fn parse(text: &str) -> Result<Self, NotAnAddress> {
        let text = text.trim();
        if text.is_empty() {
            return Err(NotAnAddress::Empty);
        }
        if text.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("mailto:")) {
            return Err(NotAnAddress::Link);
        }
        if !text.starts_with('"') {
            if text.contains(['<', '>']) {
                return Err(NotAnAddress::Named);
            }
            if text.matches('@').count() > 1 {
                return Err(NotAnAddress::Several);
            }
        }
        let (local, domain) = text.rsplit_once('@').ok_or(NotAnAddress::Sides)?;
        if local.is_empty() || domain.is_empty() {
            return Err(NotAnAddress::Sides);
        }
        if !local.is_ascii() {
            return Err(NotAnAddress::Letters);
        }
        let domain = host_name(domain).ok_or(NotAnAddress::Domain)?;
        Address::new(local, &domain).map(MailAddress).map_err(|_| NotAnAddress::Local)
    }

    /// The address in the mailer's type.
    pub fn address(&self) -> &Address {
        &self.0
    }

    /// What follows the `@`, in ASCII.
    pub fn domain(&self) -> &str {
        self.0.domain()
    }

    /// A subaddress (RFC 5233) of the same mailbox: `bonjour+till@example.com`. `None` when it would be too long, or
    /// what precedes the `@` is quoted.
    pub fn tagged(&self, tag: &str) -> Option<Self> {
        let local = self.0.user();
        if local.starts_with('"') {
            return None;
        }
        Address::new(format!("{local}+{tag}"), self.0.domain()).ok().map(MailAddress)
    }

    /// Whether both are one mailbox in practice: hardly any server distinguishes upper case, and shoppers do not.
    pub fn is_same(&self, other: &Self) -> bool {
        AsRef::<str>::as_ref(&self.0).eq_ignore_ascii_case(other.0.as_ref())
    }
}

impl std::fmt::Display for MailAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// A host as the network writes it (UTS 46), if others can look it up: not a local name, not a number.
fn host_name(host: &str) -> Option<String> {
    let ascii = Uts46::new().to_ascii(
        host.as_bytes(),
        AsciiDenyList::STD3,
        Hyphens::CheckFirstLast,
        DnsLength::Verify,
    );
    let host = ascii.ok()?.into_owned();
    let last = host.rsplit_once('.')?.1;
    (!last.bytes().all(|byte| byte.is_ascii_digit())).then_some(host)
}

/// A text as a dot-atom (RFC 5322, 3.2.3), which each side of a Message-ID is: no dots at its ends or in a row.
pub fn dot_atom(text: &str) -> String {
    let allowed = |letter: char| {
        if letter.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(letter) { letter } else { '-' }
    };
    let atoms = text.split('.').filter(|atom| !atom.is_empty());
    atoms.map(|atom| atom.chars().map(allowed).collect()).collect::<Vec<String>>().join(".")
}

/// A text without mail addresses: servers repeat the address that they refuse, and no log may keep a shopper's.
pub fn without_addresses(text: &str) -> String {
    let hidden = |word: &str| if word.contains('@') { "…@…".to_owned() } else { word.to_owned() };
    text.split(' ').map(hidden).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_address_is_what_a_mail_can_be_sent_to() {
        for (text, written) in [
            ("bonjour@example.com", "bonjour@example.com"),
            (" Anne.Martin+bazaar@Example.COM ", "Anne.Martin+bazaar@example.com"),
            ("anne@café-bücher.example", "anne@xn--caf-bcher-d4a5s.example"),
            ("anne@例え.テスト", "anne@xn--r8jz45g.xn--zckzah"),
            ("o'neil_!#$%&*/=?^`{|}~-@example.co.uk", "o'neil_!#$%&*/=?^`{|}~-@example.co.uk"),
            ("\"anne martin\"@example.com", "\"anne martin\"@example.com"),
        ] {
            assert_eq!(
                MailAddress::parse(text).map(|address| address.to_string()),
                Ok(written.to_owned()),
                "{text}"
            );
        }
    }

    #[test]
    fn what_cannot_be_sent_to_is_named() {
        for (text, why) in [
            ("", NotAnAddress::Empty),
            ("mailto:anne@example.com", NotAnAddress::Link),
            ("MailTo:anne@example.com", NotAnAddress::Link),
            ("anne", NotAnAddress::Sides),
            ("@example.com", NotAnAddress::Sides),
            ("anne@", NotAnAddress::Sides),
            ("zoé@example.com", NotAnAddress::Letters),
            ("anne.@example.com", NotAnAddress::Local),
            (".anne@example.com", NotAnAddress::Local),
            ("a..b@docomo.ne.jp", NotAnAddress::Local),
            ("anne martin@example.com", NotAnAddress::Local),
            ("anne,claire@example.com", NotAnAddress::Local),
            ("anne@example.com, claire@example.com", NotAnAddress::Several),
            ("Anne <anne@example.com>", NotAnAddress::Named),
            ("anne@example.com\r\nBcc: all@example.com", NotAnAddress::Several),
            ("anne@example.com\r\nX: y", NotAnAddress::Domain),
            ("anne@localhost", NotAnAddress::Domain),
            ("anne@192.0.2.1", NotAnAddress::Domain),
            ("anne@[192.0.2.1]", NotAnAddress::Domain),
            ("anne@example..com", NotAnAddress::Domain),
            ("anne@example.com.", NotAnAddress::Domain),
            ("anne@-example.com", NotAnAddress::Domain),
            ("anne@exa_mple.com", NotAnAddress::Domain),
            ("anne@exa mple.com", NotAnAddress::Domain),
        ] {
            assert_eq!(MailAddress::parse(text), Err(why), "{text}");
        }
    }

    #[test]
    fn a_tag_keeps_the_mailbox_or_there_is_none() {
        let tagged = |text: &str| {
            MailAddress::parse(text).expect("an address").tagged("till").map(|tagged| tagged.to_string())
        };
        assert_eq!(tagged("bonjour@example.com").as_deref(), Some("bonjour+till@example.com"));
        assert_eq!(tagged(&format!("{}@example.com", "a".repeat(62))), None, "64 letters at most");
        assert_eq!(tagged("\"a b\"@example.com"), None);
    }

    #[test]
    fn a_dot_atom_has_no_point_at_its_ends() {
        assert_eq!(dot_atom("K7QM-4XTB.mail_confirmation."), "K7QM-4XTB.mail_confirmation");
        assert_eq!(dot_atom("..a..b @<é>."), "a.b-----");
    }

    #[test]
    fn a_log_keeps_what_a_server_says_and_no_address() {
        for (said, kept) in [
            ("550 5.1.1 <anne@example.com>: no such user", "550 5.1.1 …@… no such user"),
            ("to=anne@example.com,\tzoé@example.com refused", "…@… refused"),
            ("421 try again later", "421 try again later"),
            ("", ""),
        ] {
            assert_eq!(without_addresses(said), kept);
        }
    }

    proptest! {
        #[test]
        fn no_text_panics_and_what_is_taken_goes_into_a_mail(text in "\\PC{0,20}@\\PC{0,20}|[a-zé.+\" ]{1,8}@[a-zé.-]{1,8}\\.[a-z]{2}") {
            if let Ok(address) = MailAddress::parse(&text) {
                let written = address.to_string();
                prop_assert!(written.is_ascii() && !written.contains(['\r', '\n']));
                let again = MailAddress::parse(&written).expect("itself an address");
                prop_assert!(address.is_same(&again));
            }
        }
    }
}
