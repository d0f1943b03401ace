//! Signed links to an order: whoever has the link may see the order, nobody else.
//!
//! A token is `VERSION.ORDER.MAC`: the version of the key, the order's id, and 128 bits of HMAC-SHA256 over purpose, version
//! and id. A key is changed by adding one of a higher version; the old one stays until its links may die.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// Keys by version.
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

/// Fewest bytes of a key.
const LEAST: usize = 32;

impl LinkKeys {
    /// Reads `1:SECRET,2:SECRET`, or one secret alone, which is version 1. The highest version signs.
    ///
    /// # Errors
    /// When there is none, or one is shorter than 32 characters.
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

    /// The order of a token; `None` for any other text.
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

    /// Names a client for a day, so that no address is stored.
    pub fn client(&self, address: &str, day: i64) -> String {
        let key = self.keys.last().map_or(&[][..], |(_, key)| key);
        URL_SAFE_NO_PAD.encode(mac(key, "client", u32::try_from(day).unwrap_or(0), address))
    }
}

fn mac(key: &[u8], purpose: &str, version: u32, text: &str) -> [u8; 16] {
    // A key of any length is a key: this cannot fail.
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
        for wrong in ["", "short", "1:short", "x:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "a,b"] {
            assert!(LinkKeys::parse(wrong).is_err(), "{wrong}");
        }
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
