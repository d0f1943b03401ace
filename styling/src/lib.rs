//! A theme's stylesheets become one: checked, their addresses made final, minified and joined.
//!
//! [`compile`] reads each sheet by itself, so that one run names every fault of every sheet; asks the caller
//! for the final address of each `url(...)`; writes out nesting, leaves everything else what it is, and joins the
//! sheets in the order given. [`colour`] and [`contrast`] judge the colours an owner chooses; [`readable`] moves one
//! until it can be read.
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
