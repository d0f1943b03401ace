//! Ids like Stripe's (`cs_test_…`, `pi_…`), derived from a seed, so that the same requests get the same ids.

const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A source of ids: SplitMix64, which is small, fast and good enough for names.
#[derive(Debug, Clone)]
pub(crate) struct Ids {
    state: u64,
}

impl Ids {
    pub(crate) fn new(seed: u64) -> Self {
        Self { state: seed ^ 0x5bd1_e995_9e37_79b9 }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// `prefix` followed by `length` letters and digits.
    pub(crate) fn draw(&mut self, prefix: &str, length: usize) -> String {
        let mut id = String::with_capacity(prefix.len() + length);
        id.push_str(prefix);
        let mut left = 0;
        for _ in 0..length {
            // Ten base-62 digits fit into 64 bits with little bias, which does not matter here.
            if left < 62 {
                left = self.next();
            }
            id.push(char::from(LETTERS[usize::try_from(left % 62).unwrap_or(0)]));
            left /= 62;
        }
        id
    }

    pub(crate) fn session(&mut self) -> String {
        self.draw("cs_test_a1", 58)
    }

    /// Most objects: `prefix`, a digit, the account's part, the rest.
    pub(crate) fn object(&mut self, prefix: &str) -> String {
        self.draw(&format!("{prefix}_3"), 23)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_seed_gives_the_same_ids_and_another_gives_others() {
        let draw = |seed| {
            let mut ids = Ids::new(seed);
            (ids.session(), ids.object("pi"), ids.object("pi"))
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
        let (session, first, second) = draw(7);
        assert_eq!(
            session.len(),
            "cs_test_a1YS1URlnyQCN5fUUduORoQ7Pw41PJqDWkIVQCpJPqkfIhd6tVY8XB1OLY".len() + 2
        );
        assert_ne!(first, second);
    }
}
