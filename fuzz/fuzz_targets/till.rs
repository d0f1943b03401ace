//! Arbitrary bytes as a request to the till: `cargo +nightly fuzz run till`. Its corpus is run by the ordinary tests too.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| till::fuzzing::request(bytes));
