//! `bazaar`: see [`generator::shell::cli`].

/// Builds make many small texts on all cores: measured a fifth faster than with the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    generator::shell::cli::main()
}
