//! Netlify's signature on requests it passes on: a JSON Web Signature in compact form (RFC 7515) with HMAC-SHA256, in
//! `x-nf-sign` (docs.netlify.com, "Signed proxy redirects"). It keeps the secret out of netlify.toml, which has no variables.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use catalog::Timestamp;
use hmac::{Hmac, Mac};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::Sha256;

pub(super) const HEADER: &str = "x-nf-sign";
/// How far clocks may differ.
const LEEWAY: Duration = Duration::from_secs(60);

#[derive(Deserialize)]
struct Header {
    alg: String,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    exp: i64,
}

/// Whether Netlify signed it with one of the secrets, and the signature has not expired at `now`.
pub(super) fn is_signed(jws: &str, secrets: &[String], now: Timestamp) -> bool {
    let Some((text, mac)) = jws.rsplit_once('.') else { return false };
    let Some((head, payload)) = text.split_once('.') else { return false };
    let Ok(mac) = URL_SAFE_NO_PAD.decode(mac) else { return false };
    // All are tried, so that timing reveals nothing.
    let genuine = secrets.iter().fold(false, |found, secret| found | is_mac(&mac, secret, text));
    genuine
        && decode::<Header>(head).is_some_and(|header| header.alg == "HS256")
        && decode::<Claims>(payload)
            .is_some_and(|claims| claims.iss == "netlify" && now <= Timestamp(claims.exp) + LEEWAY)
}

fn is_mac(mac: &[u8], secret: &str, text: &str) -> bool {
    Hmac::<Sha256>::new_from_slice(secret.as_bytes())
        .is_ok_and(|made| made.chain_update(text).verify_slice(mac).is_ok())
}

fn decode<T: DeserializeOwned>(part: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made by netlify-cli's own `jsonwebtoken`, with the secret `edge-of-now`, valid until 1795000300.
    const SIGNED: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJkZXBsb3lfY29udGV4dCI6InByb2R1Y3Rpb24iLCJuZXRsaWZ5X2lkIjoiMGQzYTlkMmYtZWY5NC00MzgwLTkzZGYtMjdlZTQwMGUyMDQ4Iiwic2l0ZV91cmwiOiJodHRwczovL3d3dy5leGFtcGxlLmNvbSIsImlhdCI6MTc5NTAwMDAwMCwiZXhwIjoxNzk1MDAwMzAwLCJpc3MiOiJuZXRsaWZ5In0.F1o1PtGfvePLK_R7aTBqRMYUyqxjr-EAJtVVZIVT22I";

    fn secrets(all: &[&str]) -> Vec<String> {
        all.iter().map(ToString::to_string).collect()
    }

    fn sign(head: &str, payload: &str, secret: &str) -> String {
        let text = format!("{}.{}", URL_SAFE_NO_PAD.encode(head), URL_SAFE_NO_PAD.encode(payload));
        let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key").chain_update(&text);
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
    }

    #[test]
    fn netlifys_signature_is_good_for_its_secret_until_it_ends() {
        let now = Timestamp(1_795_000_100);
        assert!(is_signed(SIGNED, &secrets(&["edge-of-now"]), now));
        assert!(is_signed(SIGNED, &secrets(&["edge-of-before", "edge-of-now"]), now));
        assert!(!is_signed(SIGNED, &secrets(&["edge-of-before"]), now));
        assert!(is_signed(SIGNED, &secrets(&["edge-of-now", "edge-of-now"]), now), "written twice");
        assert!(!is_signed(SIGNED, &[], now));
        assert!(is_signed(SIGNED, &secrets(&["edge-of-now"]), Timestamp(1_795_000_300) + LEEWAY));
        assert!(!is_signed(SIGNED, &secrets(&["edge-of-now"]), Timestamp(1_795_000_301) + LEEWAY));
    }

    #[test]
    fn nothing_else_is() {
        let (head, claims, all) = (r#"{"alg":"HS256"}"#, r#"{"iss":"netlify","exp":100}"#, secrets(&["key"]));
        assert!(is_signed(&sign(head, claims, "key"), &all, Timestamp(0)));
        for (head, claims) in [
            (r#"{"alg":"none"}"#, claims),
            (r#"{"alg":"RS256"}"#, claims),
            ("{}", claims),
            (head, r#"{"iss":"somebody","exp":100}"#),
            (head, r#"{"iss":"netlify"}"#),
            (head, r#"{"iss":"netlify","exp":"100"}"#),
            (head, "[]"),
        ] {
            assert!(!is_signed(&sign(head, claims, "key"), &all, Timestamp(0)), "{head} {claims}");
        }
        let good = sign(head, claims, "key");
        let (text, _) = good.rsplit_once('.').expect("parts");
        let longer = [format!("{text}."), format!("{good}.x"), format!("{good}=")];
        for bad in ["", "a", "..", "a.b.c", text].into_iter().chain(longer.iter().map(String::as_str)) {
            assert!(!is_signed(bad, &all, Timestamp(0)), "{bad}");
        }
    }
}
