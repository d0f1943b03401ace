//! A theme's folders, checked and compiled into something that renders pages.
//!
//! What happens, in order: [`compile`] reads `theme.yaml` of each layer (a shop's theme and those it extends),
//! determines the settings with the owner's choices, gives each file that readers fetch its address, compiles the
//! stylesheet with `styling`, reads the templates and checks what they name, reads the texts of each language and
//! checks them against each other and against the templates, looks for template fields that no view has, and builds
//! one Tera for each language. It reports every fault in one run. The resulting [`Theme`] is pure: the same template,
//! language and context give the same page.
//!
//! Nothing here touches the disk: a [`Layer`] has paths and bytes. The default theme is [`embedded`].

mod asset;
mod assets;
mod compile;
mod digest;
mod engine;
mod fields;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod layer;
mod library;
mod manifest;
mod photos;
mod references;
mod scripts;
mod settings;
mod stylesheet;
mod syntax;
mod theme;
mod till;
mod translations;

pub use asset::Asset;
pub use compile::{Input, compile};
pub use layer::{Layer, ThemeFile, embedded, extends, over_embedded};
pub use photos::PhotoSettings;
pub use scripts::{Import, imports};
pub use settings::Chosen;
pub use theme::Theme;
pub use till::Till;
pub use translations::{languages, to_translate};
