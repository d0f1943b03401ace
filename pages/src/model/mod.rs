//! Nouns: what the stages hand to one another. No stage, no I/O and no decision lives here.

pub mod addresses;
pub mod assets;
pub mod documents;
pub mod facts;
pub mod lang;
pub mod offer;
pub mod plan;
pub mod schema;
pub mod shop;
pub mod site;
pub mod sources;
pub mod view;
