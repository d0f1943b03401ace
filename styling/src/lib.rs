//! Turns a theme's stylesheets into one: checked, with final addresses, minified and joined.
//!
//! [`compile`] reads each sheet by itself, so that one run reports every fault of every sheet; asks the caller
//! for the final address of each `url(...)`; expands nesting, leaves everything else as it is, and joins the
//! sheets in the order given. [`colour`] and [`contrast`] judge the colours that an owner chooses; [`readable`] changes
//! one until it is readable.
//!
//! Text in, text out: nothing here reads a file, and the same sheets give the same text.

mod addresses;
mod colour;
mod compile;
mod fault;
mod names;
mod readable;
mod sheet;
mod tokens;
mod unclosed;
mod values;

pub use colour::{Colour, colour, contrast};
pub use compile::{Sheet, compile};
pub use fault::StyleFault;
pub use readable::readable;
