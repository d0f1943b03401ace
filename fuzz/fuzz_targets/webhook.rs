//! Arbitrary bytes as Stripe's answer and its events.
#![no_main]

libfuzzer_sys::fuzz_target!(init: bazaar_fuzz::only_our_panics(), |bytes: &[u8]| till::fuzzing::webhook(bytes));
