//! What is known about a rendered page besides its bytes: where it links to and which inline blocks it has.

use serde::{Deserialize, Serialize};

/// Facts of one page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// Hashes of the root-relative paths it links to, sorted, each once.
    pub links: Vec<u64>,
    /// CSP sources of its inline scripts: `'sha256-…'`.
    pub inline_scripts: Vec<String>,
    /// CSP sources of its inline styles.
    pub inline_styles: Vec<String>,
}

/// FNV-1a, 64 bits: a stable name for a path that takes little room.
pub fn path_hash(path: &str) -> u64 {
    path.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
