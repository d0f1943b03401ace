//! Arbitrary bytes as an owner's file.
#![no_main]

libfuzzer_sys::fuzz_target!(init: bazaar_fuzz::only_our_panics(), |bytes: &[u8]| generator::fuzzing::content(bytes));
