//! The snapshot: all that the till needs of a shop at one commit, in one run of bytes.
//!
//! Layout: the settings as one line of JSON; one line of JSON per item, sorted by SKU; an index of 8-byte
//! little-endian offsets of those lines; a footer of the number of items (8 bytes), the sha256 of everything before it (32 bytes),
//! the length of everything before the footer (8 bytes) and a magic (8 bytes). It is read from the end, so it may be
//! appended to another file, and an item is found by halving, without reading the others. The sha256 guards against
//! damage; it is no signature.

use sha2::{Digest, Sha256};

use crate::shipping::Settings;
use crate::{Item, Sku};

/// The format written here, and the only one that is read.
pub const FORMAT: &str = "BAZAAR01";
/// Stands in a till's program, with the formats that it reads, parted by commas, and a `>` after it: so `package` knows before
/// a host does whether the two fit.
pub const READS: &str = "<bazaar-till reads=";
/// The letters that every format begins with.
const FAMILY: &[u8] = b"BAZAAR";
const MAGIC: &[u8] = FORMAT.as_bytes();
const FOOTER: usize = 8 + 32 + 8 + 8;

/// Why bytes are not a snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    /// Another file, or one that was cut off.
    #[error("there is no snapshot at the end of this file")]
    Absent,
    /// The digest differs, or the lengths do not fit.
    #[error("the snapshot is damaged")]
    Damaged,
    /// Written by another version.
    #[error("the snapshot is of another format than {FORMAT}: build and package it with one version")]
    Format,
}

/// Why the last bytes of a file are no footer of ours.
fn absent(magic: &[u8]) -> SnapshotError {
    if magic.starts_with(FAMILY) { SnapshotError::Format } else { SnapshotError::Absent }
}

/// A view of a snapshot's bytes.
#[derive(Debug, Clone, Copy)]
pub struct Snapshot<'a> {
    body: &'a [u8],
    items: usize,
    digest: &'a [u8],
}

impl<'a> Snapshot<'a> {
    /// Length of the footer, in bytes.
    pub const FOOTER: u64 = FOOTER as u64;

    /// The length of the whole snapshot, footer included, by the last [`Snapshot::FOOTER`] bytes of a file.
    pub fn size(end: &[u8]) -> Result<u64, SnapshotError> {
        let footer = end.len().checked_sub(FOOTER).map(|at| &end[at..]).ok_or(SnapshotError::Absent)?;
        if footer[FOOTER - 8..] != *MAGIC {
            return Err(absent(&footer[FOOTER - 8..]));
        }
        let length = footer[FOOTER - 16..FOOTER - 8].try_into().map_or(u64::MAX, u64::from_le_bytes);
        length.checked_add(Self::FOOTER).ok_or(SnapshotError::Damaged)
    }

    /// The sha256 in the footer.
    pub fn digest(&self) -> &'a [u8] {
        self.digest
    }

    /// The bytes of a snapshot.
    pub fn write(settings: &Settings, items: &[Item]) -> Result<Vec<u8>, serde_json::Error> {
        let mut sorted: Vec<&Item> = items.iter().collect();
        sorted.sort_by(|a, b| a.sku.cmp(&b.sku));
        let mut out = serde_json::to_vec(settings)?;
        out.push(b'\n');
        let mut offsets = Vec::with_capacity(sorted.len());
        for item in &sorted {
            offsets.push(out.len() as u64);
            serde_json::to_writer(&mut out, item)?;
            out.push(b'\n');
        }
        for offset in offsets {
            out.extend_from_slice(&offset.to_le_bytes());
        }
        let length = out.len() as u64;
        let count = (sorted.len() as u64).to_le_bytes();
        let mut hasher = Sha256::new_with_prefix(&out);
        hasher.update(count);
        let digest = hasher.finalize();
        out.extend_from_slice(&count);
        out.extend_from_slice(&digest);
        out.extend_from_slice(&length.to_le_bytes());
        out.extend_from_slice(MAGIC);
        Ok(out)
    }

    /// Finds the snapshot at the end of `file`. Lengths are checked, the digest is not: see [`Snapshot::verify`].
    pub fn find(file: &'a [u8]) -> Result<Self, SnapshotError> {
        let footer_at = file.len().checked_sub(FOOTER).ok_or(SnapshotError::Absent)?;
        let (before, footer) = file.split_at(footer_at);
        let (count, rest) = footer.split_at(8);
        let (digest, rest) = rest.split_at(32);
        let (length, magic) = rest.split_at(8);
        if magic != MAGIC {
            return Err(absent(magic));
        }
        let number =
            |bytes: &[u8]| usize::try_from(u64::from_le_bytes(bytes.try_into().unwrap_or([255; 8]))).ok();
        let (length, items) = (number(length), number(count));
        let body = length.and_then(|length| before.len().checked_sub(length)).map(|start| &before[start..]);
        match (body, items) {
            (Some(body), Some(items)) if items.checked_mul(8).is_some_and(|index| index <= body.len()) => {
                Ok(Snapshot { body, items, digest })
            }
            _ => Err(SnapshotError::Damaged),
        }
    }

    /// Checks the digest over all bytes.
    pub fn verify(&self) -> Result<(), SnapshotError> {
        let mut hasher = Sha256::new_with_prefix(self.body);
        hasher.update((self.items as u64).to_le_bytes());
        if hasher.finalize().as_slice() == self.digest { Ok(()) } else { Err(SnapshotError::Damaged) }
    }

    /// All its bytes, footer included: as they were written.
    pub fn len_bytes(&self) -> usize {
        self.body.len() + FOOTER
    }

    /// Every item, in the order of SKUs.
    pub fn items(&self) -> impl Iterator<Item = Result<Item, SnapshotError>> + use<'a> {
        let snapshot = *self;
        (0..self.items).map(move |position| snapshot.nth(position))
    }

    /// The shop's settings.
    pub fn settings(&self) -> Result<Settings, SnapshotError> {
        self.line(0).and_then(|line| serde_json::from_slice(line).ok()).ok_or(SnapshotError::Damaged)
    }

    /// How many items it holds.
    pub fn len(&self) -> usize {
        self.items
    }

    /// Whether nothing is sold.
    pub fn is_empty(&self) -> bool {
        self.items == 0
    }

    /// The item with this SKU, found by halving.
    pub fn item(&self, sku: &Sku) -> Result<Option<Item>, SnapshotError> {
        let (mut low, mut high) = (0, self.items);
        while low < high {
            let middle = low + (high - low) / 2;
            let item = self.nth(middle)?;
            match item.sku.cmp(sku) {
                std::cmp::Ordering::Equal => return Ok(Some(item)),
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        Ok(None)
    }

    /// The item at a position in the order of SKUs.
    pub fn nth(&self, position: usize) -> Result<Item, SnapshotError> {
        let at = self.body.len() - self.items * 8 + position * 8;
        let bytes = self
            .body
            .get(at..at + 8)
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or(SnapshotError::Damaged)?;
        let offset = usize::try_from(u64::from_le_bytes(bytes)).map_err(|_| SnapshotError::Damaged)?;
        self.line(offset).and_then(|line| serde_json::from_slice(line).ok()).ok_or(SnapshotError::Damaged)
    }

    fn line(&self, offset: usize) -> Option<&'a [u8]> {
        let rest = self.body.get(offset..)?;
        rest.iter().position(|byte| *byte == b'\n').map(|end| &rest[..end])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shipping::{Seller, Shipping};
    use crate::{Currency, StockKey, Supply, VatScheme};
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn settings() -> Settings {
        Settings {
            name: "Bazaar".into(),
            url: "https://example.com".into(),
            languages: vec!["fr".into()],
            timezone: "Europe/Paris".into(),
            currency: Currency::Eur,
            email: None,
            seller: Seller {
                name: "S".into(),
                address: "A".into(),
                register: None,
                vat: VatScheme::Exempt,
                vat_number: None,
            },
            vat: BTreeMap::new(),
            shipping: Shipping { handling: None, zones: vec![], pickup: None },
            till: Default::default(),
        }
    }

    fn item(number: u32) -> Item {
        let sku = Sku::new(&format!("S{number:06}")).expect("valid");
        Item {
            stock: StockKey::from(sku.clone()),
            sku,
            product: "p".into(),
            supply: Supply::Pieces(number),
            price: 100,
            sale: None,
            weight: None,
            vat: "standard".into(),
            name: BTreeMap::new(),
            url: BTreeMap::new(),
            image: None,
            pickup_only: false,
            made_to_order_days: None,
            personalisation: None,
            publish: None,
            unpublish: None,
        }
    }

    #[test]
    fn every_item_is_found_also_behind_another_file() {
        let items: Vec<Item> = (0..100).rev().map(item).collect();
        let mut file = b"an ELF file".to_vec();
        file.extend(Snapshot::write(&settings(), &items).expect("json"));
        let snapshot = Snapshot::find(&file).expect("there");
        assert_eq!(snapshot.verify(), Ok(()));
        assert_eq!(snapshot.settings(), Ok(settings()));
        for item in items {
            assert_eq!(snapshot.item(&item.sku), Ok(Some(item)));
        }
        assert_eq!(snapshot.item(&Sku::new("NOPE").expect("valid")), Ok(None));
    }

    #[test]
    fn another_format_is_told_from_none() {
        let mut file = Snapshot::write(&settings(), &[]).expect("json");
        let last = file.len() - 1;
        file[last] = b'2';
        assert_eq!(Snapshot::find(&file).err(), Some(SnapshotError::Format));
        assert_eq!(Snapshot::size(&file).err(), Some(SnapshotError::Format));
        file[last - 7] = b'X';
        assert_eq!(Snapshot::find(&file).err(), Some(SnapshotError::Absent));
    }

    proptest! {
        #[test]
        fn a_changed_byte_is_noticed_and_never_panics(at in 0usize..4000, flip in 1u8..=255) {
            let items: Vec<Item> = (0..5).map(item).collect();
            let mut file = Snapshot::write(&settings(), &items).expect("json");
            let at = at % file.len();
            file[at] ^= flip;
            let found = Snapshot::find(&file);
            if let Ok(snapshot) = found {
                let _ = snapshot.item(&items[2].sku);
                prop_assert_eq!(snapshot.verify(), Err(SnapshotError::Damaged));
            }
        }
    }
}
