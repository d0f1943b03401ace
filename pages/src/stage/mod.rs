//! Verbs: one stage per file or folder. Only `build.rs` knows their order.

pub mod develop;
pub mod outputs;
pub mod parse;
pub mod parse_cache;
pub mod plan;
pub mod publish;
pub mod read;
pub mod render;
pub mod report;
pub mod resolve;
pub mod theme;
pub mod view;
