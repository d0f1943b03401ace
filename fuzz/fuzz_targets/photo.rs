//! Arbitrary bytes as a photo.
#![no_main]

libfuzzer_sys::fuzz_target!(init: bazaar_fuzz::only_our_panics(), |bytes: &[u8]| imaging::fuzzing::photo(bytes));
