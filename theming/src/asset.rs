//! A file that readers fetch, under an address derived from its bytes, so that what is there never changes.

use std::sync::Arc;

/// A file of the theme that readers fetch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// Its path inside the theme: `fonts/figtree.woff2`.
    pub path: String,
    /// Its address: `/_/0123456789abcdef/figtree.woff2`.
    pub url: String,
    /// Its content.
    pub bytes: Arc<[u8]>,
}

impl Asset {
    /// An asset; the address contains the first 16 hexadecimal digits of the BLAKE3 hash of the bytes.
    pub(crate) fn new(path: &str, bytes: Arc<[u8]>) -> Self {
        let name = path.rsplit('/').next().unwrap_or(path);
        let hash = blake3::hash(&bytes).to_hex();
        let url = format!("/_/{}/{name}", &hash.as_str()[..16]);
        Asset { path: path.to_owned(), url, bytes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_made_of_the_bytes_and_the_name() {
        let asset = Asset::new("icons/a.svg", (*b"x").into());
        let hash = blake3::hash(b"x").to_hex();
        assert_eq!(asset.url, format!("/_/{}/a.svg", &hash[..16]));
        assert_ne!(asset.url, Asset::new("icons/a.svg", (*b"y").into()).url);
    }
}
