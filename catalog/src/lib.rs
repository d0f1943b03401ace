//! What the pages and the till share: money, names of items, what is for sale at which price, how it is shipped.
//!
//! No I/O, no clock, no network. The generator makes a [`Snapshot`] and the public [`Catalog`] in one build; the
//! snapshot is all that the till reads.

pub mod cents;
pub mod html;
pub mod ids;
pub mod item;
pub mod language;
pub mod localized;
pub mod message;
pub mod money;
pub mod note;
pub mod public;
pub mod settings;
pub mod shipping;
pub mod snapshot;
pub mod supply;
pub mod text;
pub mod till;
pub mod time;
pub mod vat;
pub mod web;
pub mod weight;
pub mod window;

pub use cents::Cents;
pub use ids::{Sku, StockKey};
pub use item::{Item, Sale};
pub use money::{Currency, MoneyFormat};
pub use note::{Choice, NoteField, Personalisation};
pub use public::Catalog;
pub use snapshot::Snapshot;
pub use supply::Supply;
pub use time::Timestamp;
pub use vat::{VatRate, VatScheme};
pub use weight::Grams;
pub use window::Window;
