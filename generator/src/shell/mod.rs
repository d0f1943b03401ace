//! The outside world: command line, terminal, files for new shops, the server that shows a shop while it is edited.

pub mod cli;
mod init;
mod new;
mod owner;
mod schema;
mod serve;
pub mod terminal;
