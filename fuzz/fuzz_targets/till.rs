//! Arbitrary bytes as a request to the till.
#![no_main]

libfuzzer_sys::fuzz_target!(init: bazaar_fuzz::only_our_panics(), |bytes: &[u8]| till::fuzzing::request(bytes));
