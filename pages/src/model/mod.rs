//! Nouns: what the stages pass to one another. No stages, no I/O and no decisions here.

pub mod addresses;
pub mod assets;
pub mod documents;
pub mod entities;
pub mod facts;
pub(crate) mod jsonld;
pub mod lang;
pub mod offer;
pub mod paths;
pub mod plan;
pub mod product;
pub mod refs;
pub mod schema;
pub mod shop;
pub mod site;
pub mod sources;
pub mod view;
