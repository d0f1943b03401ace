//! Arbitrary bytes as an owner's file: `cargo +nightly fuzz run content`. Its corpus is run by the ordinary tests too.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| generator::fuzzing::content(bytes));
