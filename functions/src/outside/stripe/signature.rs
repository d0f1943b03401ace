//! The signature of webhooks, checked on the raw bytes.
//!
//! Source: <https://docs.stripe.com/webhooks/signature>

use catalog::Timestamp;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use data_encoding::HEXLOWER;

/// How far a signature's time may be from now, in seconds.
pub const TOLERANCE: i64 = 300;

/// Whether `header` holds a signature of `body` by one of `secrets`, made within [`TOLERANCE`] of `now`.
pub fn is_signed(header: &str, body: &[u8], secrets: &[String], now: Timestamp) -> bool {
    let field = |name: &'static str| {
        header
            .split(',')
            .filter_map(move |part| part.trim().split_once('='))
            .filter(move |(key, _)| *key == name)
    };
    let Some(timestamp) = field("t").next().map(|(_, value)| value) else { return false };
    let Ok(at) = timestamp.parse::<i64>() else { return false };
    if now.seconds_since(Timestamp(at)).saturating_abs() > TOLERANCE {
        return false;
    }
    let expected: Vec<String> = secrets.iter().map(|secret| sign(secret, timestamp, body)).collect();
    // Every pair is compared, so that timing reveals nothing.
    field("v1").fold(false, |found, (_, given)| {
        expected
            .iter()
            .fold(found, |found, right| found | bool::from(right.as_bytes().ct_eq(given.as_bytes())))
    })
}

/// The signature Stripe makes: HMAC-SHA256 of `timestamp.body`, in hexadecimal.
pub fn sign(secret: &str, timestamp: &str, body: &[u8]) -> String {
    // HMAC accepts keys of any length: this cannot fail.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(timestamp.as_bytes());
    mac.update(b".");
    mac.update(body);
    HEXLOWER.encode(&mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(secret: &str, at: i64, body: &[u8]) -> String {
        format!("t={at},v1={}", sign(secret, &at.to_string(), body))
    }

    #[test]
    fn one_of_several_secrets_and_one_of_several_signatures_is_enough() {
        let secrets = ["whsec_old".to_owned(), "whsec_new".to_owned()];
        let good = header("whsec_new", 100, b"{}");
        assert!(is_signed(&good, b"{}", &secrets, Timestamp(100)));
        let both = format!("t=100,v1={},v1={}", "0".repeat(64), sign("whsec_old", "100", b"{}"));
        assert!(is_signed(&both, b"{}", &secrets, Timestamp(100)));
        let mac = sign("whsec_old", "100", b"{}");
        let twice = format!("t=100,v1={mac},v1={mac}");
        assert!(is_signed(&twice, b"{}", &secrets, Timestamp(100)));
        assert!(
            is_signed(&twice, b"{}", &["whsec_old".to_owned(), "whsec_old".to_owned()], Timestamp(100)),
            "written twice"
        );
    }

    #[test]
    fn another_body_secret_time_or_no_signature_is_refused() {
        let secrets = ["whsec_a".to_owned()];
        let good = header("whsec_a", 1000, b"{}");
        assert!(!is_signed(&good, b"{} ", &secrets, Timestamp(1000)));
        for (now, in_time) in [(699, false), (700, true), (1300, true), (1301, false)] {
            assert_eq!(is_signed(&good, b"{}", &secrets, Timestamp(now)), in_time, "{now}");
        }
        assert!(!is_signed(&good, b"{}", &[], Timestamp(1000)));
        assert!(!is_signed(&header("whsec_b", 1000, b"{}"), b"{}", &secrets, Timestamp(1000)));
        for wrong in ["", "t=", "t=x,v1=", "v1=abc", "t=1000", "t=99999999999999999999,v1=a"] {
            assert!(!is_signed(wrong, b"{}", &secrets, Timestamp(1000)), "{wrong}");
        }
    }
}
