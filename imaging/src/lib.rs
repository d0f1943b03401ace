//! Turns a photograph as a person saved it into the files that a shop page needs.
//!
//! What happens, in order: [`probe`] reads the format and the upright size from the header; [`plan`] derives from that
//! alone which files there will be, so that pages can be planned before any photo is decoded; [`develop`] decodes once,
//! converts the colours to sRGB, derives each size from the next larger suitable one, turns it upright and encodes it;
//! [`Cache`] stores the result under a key made of the file's hash and the [`Recipe`].
//!
//! Bytes in, bytes out: only [`cache`] touches the disk. Nothing here starts a thread (the caller develops one photo per
//! core) except the decoder of very large JPEG files, only the cache's housekeeping reads a clock, and the same bytes
//! with the same recipe give the same files. A camera's metadata (place, time, names) never reaches an output: only pixels do.

pub mod cache;
mod colour;
mod decode;
mod develop;
mod encode;
mod exif;
mod fault;
mod format;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod hdr;
#[cfg(any(feature = "heif", feature = "avif"))]
mod heif;
mod inks;
mod jpeg;
mod pixels;
mod placeholder;
mod png;
mod probe;
mod recipe;
mod rendition;
mod resize;
mod shrink;
mod sniff;
mod vp8;

pub use cache::{Cache, Meta, PhotoKey};
pub use decode::probe;
pub use develop::{Developed, develop};
pub use fault::PhotoError;
pub use format::{Foreign, Format};
pub use placeholder::{CLASSES, class_colour, colour_class};
pub use probe::Probe;
pub use recipe::{Recipe, plan};
pub use rendition::{Kind, Rendition};
pub use sniff::{HEAD, glance};
