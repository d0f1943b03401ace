//! The pages: a folder of texts and photos becomes a static shop.
//!
//! What happens, in order: `read` looks at the shop's folder and finds texts, photos and files; `parse` understands
//! each file by itself, while `theme` compiles the theme; `resolve` makes one site of them, in which every name is
//! the thing it means and every price and stock is as of now; `develop` makes each photo in all its sizes, through a
//! cache; `plan` lists every page by its path; `render` turns a view into a page; `publish` renders what changed,
//! writes what differs, removes what is gone. Each stage returns everything it found wrong.
//!
//! Nouns are in [`model`], verbs in [`stage`]. [`build`] alone knows the order. No network here, no database, no till: the
//! program `bazaar` (in `generator/`) has these.

/// A digest of this library's sources: caches of an earlier build are valid for the same sources only.
pub const PROGRAM: &str = env!("BAZAAR_SOURCES");

pub mod build;
pub mod model;
pub mod stage;
