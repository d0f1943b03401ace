//! Signed links to an order: anyone who has the link may see the order, nobody else.
//!
//! A token is `VERSION.ORDER.MAC`: the version of the key, the order's id, and 128 bits of HMAC-SHA256 over purpose, version
//! and id. To change the key, add one of a higher version; keep the old one as long as its links should work.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use catalog::Timestamp;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// Signing keys by version.
#[derive(Clone)]
pub struct LinkKeys {
    keys: Vec<(u32, Vec<u8>)>,
}

impl std::fmt::Debug for LinkKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let versions: Vec<u32> = self.keys.iter().map(|(version, _)| *version).collect();
        f.debug_struct("LinkKeys").field("versions", &versions).finish_non_exhaustive()
    }
}

/// Shortest key, in bytes.
const LEAST: usize = 32;

impl LinkKeys {
    /// Reads `1:SECRET,2:SECRET`, or one secret alone, which is version 1. The highest version signs.
    ///
    /// # Errors
    /// If there is no key, a version is not a number, or a key is shorter than 32 bytes.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let mut keys = Vec::new();
        for (at, part) in text.split(',').enumerate() {
            let (version, secret) = match part.split_once(':') {
                Some((version, secret)) => {
                    (version.trim().parse().map_err(|_| "a version is a number")?, secret)
                }
                None if at == 0 && !text.contains(',') => (1, part),
                None => return Err("several keys are written 1:SECRET,2:SECRET"),
            };
            if secret.trim().len() < LEAST {
                return Err("a key has at least 32 characters");
            }
            keys.push((version, secret.trim().as_bytes().to_vec()));
        }
        keys.sort();
        Ok(LinkKeys { keys })
    }

    /// The token of an order.
    pub fn token(&self, order: &str) -> String {
        let (version, key) = self.keys.last().map_or((0, &[][..]), |(version, key)| (*version, key));
        format!("{version}.{order}.{}", URL_SAFE_NO_PAD.encode(mac(key, "order", version, order)))
    }

    /// The order of a valid token; `None` for any other text.
    pub fn order<'a>(&self, token: &'a str) -> Option<&'a str> {
        let mut parts = token.split('.');
        let (version, order, given) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        let version: u32 = version.parse().ok()?;
        let (_, key) = self.keys.iter().find(|(known, _)| *known == version)?;
        let given = URL_SAFE_NO_PAD.decode(given).ok()?;
        bool::from(mac(key, "order", version, order)[..].ct_eq(&given)).then_some(order)
    }

    /// A client's name for one day, so that no address is stored.
    pub fn client(&self, address: &str, now: Timestamp) -> String {
        let key = self.keys.last().map_or(&[][..], |(_, key)| key);
        URL_SAFE_NO_PAD.encode(mac(key, "client", u32::try_from(now.0 / 86_400).unwrap_or(0), address))
    }
}

fn mac(key: &[u8], purpose: &str, version: u32, text: &str) -> [u8; 16] {
    // HMAC accepts keys of any length: this cannot fail.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return [0; 16] };
    for part in [purpose, &version.to_string(), text] {
        mac.update(&u64::try_from(part.len()).unwrap_or(0).to_le_bytes());
        mac.update(part.as_bytes());
    }
    let whole = mac.finalize().into_bytes();
    std::array::from_fn(|at| whole[at])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(day: i64) -> Timestamp {
        Timestamp(day * 86_400)
    }

    fn keys(text: &str) -> LinkKeys {
        LinkKeys::parse(text).expect("keys")
    }

    #[test]
    fn an_old_link_works_until_its_key_is_taken_away() {
        let (a, b) = ("a".repeat(32), "b".repeat(32));
        let old = keys(&a).token("K7QM-4XTB-9D");
        let both = keys(&format!("1:{a},2:{b}"));
        assert_eq!(both.order(&old), Some("K7QM-4XTB-9D"));
        assert_ne!(both.token("K7QM-4XTB-9D"), old);
        assert_eq!(keys(&format!("2:{b}")).order(&old), None);
    }

    #[test]
    fn short_and_missing_keys_are_refused() {
        let (a, b) = ("a".repeat(32), "b".repeat(32));
        let without_versions = [format!("{a},{b}"), format!("{a},2:{b}"), format!("1:{a},{b}")];
        for wrong in ["", "short", "1:short", "x:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "a,b"]
            .into_iter()
            .chain(without_versions.iter().map(String::as_str))
        {
            assert!(LinkKeys::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_highest_version_signs_wherever_it_stands() {
        let (a, b, c) = ("a".repeat(32), "b".repeat(32), "c".repeat(32));
        for text in [format!("2:{a},9:{b},10:{c}"), format!(" 10 : {c} , 9:{b}, 2:{a}")] {
            let keys = self::keys(&text);
            assert!(keys.token("K7QM-4XTB-9D").starts_with("10.K7QM-4XTB-9D."), "{text}");
            assert_eq!(keys.client("203.0.113.7", day(1)), self::keys(&c).client("203.0.113.7", day(1)));
        }
        assert!(keys(&a).token("K7QM-4XTB-9D").starts_with("1."), "one alone is the first");
    }

    #[test]
    fn a_key_of_another_version_or_another_shop_opens_nothing() {
        let (a, b) = ("a".repeat(32), "b".repeat(32));
        let token = keys(&a).token("K7QM-4XTB-9D");
        assert_eq!(keys(&b).order(&token), None);
        assert_eq!(
            keys(&format!("2:{a}")).order(&token.replacen("1.", "2.", 1)),
            None,
            "the version is signed"
        );
        let other = keys(&a).token("K7QM-4XTB-9E");
        let mixed = token.replacen("9D", "9E", 1);
        assert!(mixed != other && keys(&a).order(&mixed).is_none(), "the order is signed");
        let mac = token.rsplit('.').next().expect("a MAC");
        assert_eq!(mac.len(), 22, "128 bits");
        for cut in ["", &mac[..21], &mac[..11]] {
            assert_eq!(keys(&a).order(&format!("1.K7QM-4XTB-9D.{cut}")), None, "{cut}");
        }
    }

    #[test]
    fn a_key_has_thirty_two_characters_or_more() {
        for (length, fine) in [(31, false), (32, true), (33, true)] {
            let key = "k".repeat(length);
            assert_eq!(LinkKeys::parse(&key).is_ok(), fine, "{length}");
            assert_eq!(LinkKeys::parse(&format!("1:{key}, 2:{}", "k".repeat(32))).is_ok(), fine, "{length}");
            assert_eq!(
                LinkKeys::parse(&format!(" {key} ")).is_ok(),
                fine,
                "spaces are no characters of a key"
            );
        }
    }

    #[test]
    fn a_client_has_another_name_every_day_which_is_no_link() {
        let keys = keys(&"k".repeat(32));
        let name = keys.client("203.0.113.7", day(20_000));
        assert_eq!(keys.client("203.0.113.7", day(20_000)), name);
        for other in [
            keys.client("203.0.113.7", day(20_001)),
            keys.client("203.0.113.8", day(20_000)),
            self::keys(&"o".repeat(32)).client("203.0.113.7", day(20_000)),
        ] {
            assert_ne!(other, name);
        }
        assert!(!name.contains("203"), "{name}");
        let token = keys.token("K7QM-4XTB-9D");
        assert!(!token.ends_with(&keys.client("K7QM-4XTB-9D", day(1))), "a name never opens an order");
    }

    #[test]
    fn links_in_mails_that_went_out_are_made_as_ever() {
        // By Python's hmac: shoppers keep these for years.
        let token = keys(&format!("3:{}", "k".repeat(32))).token("K7QM-4XTB-9D");
        assert_eq!(token, "3.K7QM-4XTB-9D.bTPIwdW8f86qRc5qnO7HrQ");
    }

    #[test]
    fn no_key_is_printed() {
        let shown = format!("{:?}", keys(&format!("1:{},2:{}", "a".repeat(32), "b".repeat(32))));
        assert!(shown.contains("[1, 2]") && !shown.contains("97") && !shown.contains("aa"), "{shown}");
    }

    proptest! {
        #[test]
        fn only_the_very_token_opens_the_order(at in 0usize..60, to in "[A-Za-z0-9._-]", text in "\\PC{0,40}") {
            let keys = keys(&"k".repeat(40));
            let token = keys.token("K7QM-4XTB-9D");
            prop_assert_eq!(keys.order(&token), Some("K7QM-4XTB-9D"));
            let mut forged: Vec<char> = token.chars().collect();
            let at = at % forged.len();
            forged[at] = to.chars().next().unwrap_or('A');
            let forged: String = forged.into_iter().collect();
            if forged != token {
                prop_assert_eq!(keys.order(&forged), None);
            }
            prop_assert_eq!(keys.order(&text), None);
        }
    }
}
