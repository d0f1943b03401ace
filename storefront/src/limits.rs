//! The till's limits: how much a cart takes and what is reported of the stock. Pages and scripts state them in advance.

use schemars::JsonSchema;
use serde::Serialize;

/// Most lines of a cart. Stripe accepts 100.
pub const CART_LINES: usize = 50;

/// What templates see of the limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Limits {
    /// Most pieces of one line.
    pub quantity: u32,
    /// Cap on publicly reported availability, so that stock levels stay private.
    pub told: u32,
    /// Longest gift note, in UTF-16 code units, as `maxlength` of HTML counts.
    pub gift_note: u32,
}

/// The till's limits.
pub const LIMITS: Limits = Limits { quantity: 99, told: 5, gift_note: 300 };
