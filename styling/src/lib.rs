//! A theme's stylesheets become one: checked, their addresses made final, minified and joined.
//!
//! [`compile`] reads each sheet by itself, so that one run names every fault of every sheet; asks the caller
//! for the final address of each `url(...)`; lowers what [`BROWSERS`] lack; and joins the sheets in the order
//! given. [`colour`] and [`contrast`] judge the colours an owner chooses.
//!
//! Text in, text out: nothing here reads a file, and the same sheets give the same text.

mod addresses;
mod colour;
mod compile;
mod fault;

pub use colour::{Colour, colour, contrast};
pub use compile::{BROWSERS, Sheet, compile};
pub use fault::StyleFault;
