//! Time and randomness, so that the simulation can control them.

use catalog::Timestamp;
use data_encoding::HEXLOWER;

/// A source of time and randomness.
pub trait Clock: Send + Sync {
    /// Unix seconds.
    fn now(&self) -> Timestamp;

    /// Fills `bytes` with unpredictable random bytes.
    fn random(&self, bytes: &mut [u8]);
}

/// The system's own.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp(jiff::Timestamp::now().as_second())
    }

    fn random(&self, bytes: &mut [u8]) {
        // Without randomness no order may be created: links could be guessed.
        #[allow(clippy::expect_used)]
        getrandom::fill(bytes).expect("the system gives random bytes");
    }
}

/// Letters and digits that are hard to confuse (Crockford's base 32).
pub const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A new order id that people can read out: `K7QM-4XTB-9D`, 50 random bits.
pub fn order_id(clock: &dyn Clock) -> String {
    let mut bytes = [0; 10];
    clock.random(&mut bytes);
    let letters: Vec<char> = bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect();
    let parts: Vec<String> = letters.chunks(4).map(|part| part.iter().collect()).collect();
    parts.join("-")
}

/// An order id, or its beginning, as people type it (`k7qm 4xtb9d`, O for 0, I or L for 1), in the form of [`order_id`];
/// `None` if it cannot be one.
pub fn read_order_id(typed: &str) -> Option<String> {
    let mut letters = Vec::new();
    for letter in typed.chars().filter(|letter| letter.is_alphanumeric()) {
        let letter = match letter.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        };
        if letters.len() == 10 || !ALPHABET.contains(&u8::try_from(letter).ok()?) {
            return None;
        }
        letters.push(letter);
    }
    let parts: Vec<String> = letters.chunks(4).map(|part| part.iter().collect()).collect();
    Some(parts.join("-")).filter(|id| !id.is_empty())
}

/// Length of a whole [`order_id`], dashes included.
pub const ORDER_ID: usize = 12;

/// 128 random bits in hexadecimal.
pub fn random_hex(clock: &dyn Clock) -> String {
    let mut bytes = [0; 16];
    clock.random(&mut bytes);
    HEXLOWER.encode(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting(std::sync::atomic::AtomicU8);

    impl Clock for Counting {
        fn now(&self) -> Timestamp {
            Timestamp(0)
        }

        fn random(&self, bytes: &mut [u8]) {
            for byte in bytes {
                *byte = self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            }
        }
    }

    #[test]
    fn a_name_of_an_order_has_any_of_thirty_two_letters_at_each_place() {
        let clock = Counting(0.into());
        let names = [(); 4].map(|()| order_id(&clock));
        assert_eq!(names, ["0123-4567-89", "ABCD-EFGH-JK", "MNPQ-RSTV-WX", "YZ01-2345-67"]);
    }

    #[test]
    fn no_two_orders_have_one_name() {
        let names = [(); 64].map(|()| order_id(&SystemClock));
        assert_eq!(std::collections::BTreeSet::from(names.clone()).len(), names.len(), "{names:?}");
    }

    #[test]
    fn the_machines_clock_goes() {
        let before = jiff::Timestamp::now().as_second();
        let now = SystemClock.now().0;
        assert!((before..=jiff::Timestamp::now().as_second()).contains(&now), "{now}");
    }
}
