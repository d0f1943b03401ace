//! Arbitrary bytes as files of a theme.
#![no_main]

libfuzzer_sys::fuzz_target!(init: bazaar_fuzz::only_our_panics(), |bytes: &[u8]| theming::fuzzing::theme(bytes));
