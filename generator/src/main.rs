//! `bazaar`: see [`generator::shell::cli`].

fn main() -> std::process::ExitCode {
    generator::shell::cli::main()
}
