//! Arbitrary bytes as a cart's cookie and what a browser sends with it.
#![no_main]

libfuzzer_sys::fuzz_target!(init: bazaar_fuzz::only_our_panics(), |bytes: &[u8]| till::fuzzing::cart(bytes));
