//! The outside world: command line, terminal, files for new shops, the server that shows a shop while it is edited.

mod arguments;
mod build;
pub mod cli;
mod database;
mod diff;
mod environment;
mod error;
mod init;
mod media;
mod new;
mod owner;
mod package;
mod prepare;
mod publish;
mod schema;
mod serve;
pub mod terminal;

mod undone;
mod usage;
mod words;
