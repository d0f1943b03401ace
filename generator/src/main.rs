//! `bazaar`: see [`generator::shell::cli`].

/// Builds allocate many small texts on all cores: measured a fifth faster than with the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// `mi_option_purge_delay` of mimalloc.h, which libmimalloc-sys does not name.
const PURGE_DELAY: libmimalloc_sys::mi_option_t = 15;

/// Keeps freed memory in the process, which needs it again at once: returning it to the system and having it cleared again
/// took a quarter of a build's time.
#[allow(unsafe_code, reason = "mimalloc's options can be set through C only")]
fn keep_memory() {
    // SAFETY: the call stores a number; mimalloc ignores unknown options.
    unsafe { libmimalloc_sys::mi_option_set(PURGE_DELAY, -1) };
}

fn main() -> std::process::ExitCode {
    keep_memory();
    generator::shell::cli::main()
}
