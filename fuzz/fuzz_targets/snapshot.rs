//! Arbitrary bytes as a snapshot of a shop.
#![no_main]

libfuzzer_sys::fuzz_target!(init: bazaar_fuzz::only_our_panics(), |bytes: &[u8]| till::fuzzing::snapshot(bytes));
