//! What all targets share.

use std::panic::PanicHookInfo;

/// The fuzzer ends at every panic. Those of decoders and of the CSS compiler, which are not ours, are caught where they are called,
/// and become a fault of the one file: only what gets past that, or begins in our own code, is a find.
pub fn only_our_panics() {
    let fatal = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic: &PanicHookInfo<'_>| {
        match panic.location().filter(|place| is_outside(place.file()) && is_caught()) {
            Some(place) => eprintln!("outside, and caught: {place}"),
            None => fatal(panic),
        }
    }));
}

/// A dependency, as cargo keeps their sources.
fn is_outside(file: &str) -> bool {
    file.contains("/registry/src/")
}

/// Whether somebody in our code catches panics where this one began.
fn is_caught() -> bool {
    let trace = std::backtrace::Backtrace::force_capture().to_string();
    ["imaging::decode::decode", "imaging::colour::into_srgb", "styling::compile::compile"]
        .iter()
        .any(|name| trace.contains(name))
}
