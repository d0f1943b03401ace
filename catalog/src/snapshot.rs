//! The snapshot: everything that the till needs of a shop at one commit, as one sequence of bytes.
//!
//! Layout: the settings as one line of JSON; one line of JSON per item, sorted by SKU; an index of 8-byte
//! little-endian offsets of those lines; a footer of the number of items (8 bytes), the sha256 of everything before
//! it (32 bytes), the length of everything before the footer (8 bytes) and a magic (8 bytes). It is read from
//! the end, so it may be appended to another file; items are found by binary search and read in place, without
//! reading the others. The sha256 detects damage; it is not a signature.

use std::fmt;

use messages::tr;
use positioned_io::{ReadAt, Size};
use sha2::{Digest, Sha256};

use crate::settings::Settings;
use crate::{Item, Sku};

/// The format that is written, and the only one that is read.
pub const FORMAT: &str = "BAZAAR01";
/// Precedes, inside a till's program, the formats that it reads: separated by commas, ended by `>`. So `package`
/// knows before deployment whether program and snapshot fit.
pub const READS: &str = "<bazaar-till reads=";
/// The prefix of every format.
const FAMILY: &[u8] = b"BAZAAR";
const MAGIC: &[u8] = FORMAT.as_bytes();
const DIGEST: usize = 32;
const FOOTER: usize = 8 + DIGEST + 8 + 8;
/// Length of an offset in the index, in bytes.
const OFFSET: u64 = 8;
/// Bytes to read at once when reading everything.
const CHUNK: u64 = 64 * 1024;

/// Why bytes are not a valid snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    /// The file has no snapshot, or was truncated.
    Absent,
    /// The digest differs, or the lengths are inconsistent.
    Damaged,
    /// Written in another format.
    Format,
    /// The file that contains it cannot be read.
    Unreadable(std::io::ErrorKind),
}

impl fmt::Display for SnapshotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SnapshotError::Absent => f.write_str(tr!("there is no snapshot at the end of this file")),
            SnapshotError::Damaged => f.write_str(tr!("the snapshot is damaged")),
            SnapshotError::Format => f.write_str(&tr!(
                "the snapshot is of another format than {FORMAT}: build and package it with one version"
            )),
            SnapshotError::Unreadable(kind) => f.write_str(&tr!("the snapshot cannot be read: {kind}")),
        }
    }
}

impl From<std::io::Error> for SnapshotError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            // The lengths exceed the file.
            std::io::ErrorKind::UnexpectedEof => SnapshotError::Damaged,
            kind => SnapshotError::Unreadable(kind),
        }
    }
}

/// A snapshot at the end of a byte buffer or an open file; only the requested parts are read.
#[derive(Debug, Clone, Copy)]
pub struct Snapshot<R> {
    bytes: R,
    /// Where it begins in `bytes`.
    start: u64,
    /// Length of everything before the footer.
    length: u64,
    items: u64,
    digest: [u8; DIGEST],
}

impl Snapshot<Vec<u8>> {
    /// Serializes a snapshot.
    ///
    /// # Errors
    /// When a part cannot be written as JSON.
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
}

impl<R: ReadAt + Size> Snapshot<R> {
    /// Finds the snapshot at the end of `bytes`. Checks the lengths but not the digest: see [`Snapshot::verify`].
    ///
    /// # Errors
    /// When there is none, its format is another, it cannot be read, or its lengths are inconsistent.
    pub fn find(bytes: R) -> Result<Self, SnapshotError> {
        let end = bytes.size()?.unwrap_or(0).checked_sub(FOOTER as u64).ok_or(SnapshotError::Absent)?;
        let mut footer = [0; FOOTER];
        bytes.read_exact_at(end, &mut footer)?;
        let (count, rest) = footer.split_at(8);
        let (sha256, rest) = rest.split_at(DIGEST);
        let (length, magic) = rest.split_at(8);
        if magic != MAGIC {
            let ours = magic.starts_with(FAMILY);
            return Err(if ours { SnapshotError::Format } else { SnapshotError::Absent });
        }
        let (items, length) = (number(count), number(length));
        let mut digest = [0; DIGEST];
        digest.copy_from_slice(sha256);
        match end.checked_sub(length) {
            Some(start) if items.checked_mul(OFFSET).is_some_and(|index| index <= length) => {
                Ok(Snapshot { bytes, start, length, items, digest })
            }
            _ => Err(SnapshotError::Damaged),
        }
    }

    /// The sha256 in the footer.
    pub fn digest(&self) -> &[u8] {
        &self.digest
    }

    /// Where it begins: the length of the file that it was appended to, in bytes.
    pub fn start(&self) -> u64 {
        self.start
    }

    /// How many items it holds.
    pub fn len(&self) -> usize {
        usize::try_from(self.items).unwrap_or(usize::MAX)
    }

    /// Whether it holds no items.
    pub fn is_empty(&self) -> bool {
        self.items == 0
    }

    /// Checks the digest over all bytes.
    ///
    /// # Errors
    /// When the bytes are not those that were written, or cannot be read.
    pub fn verify(&self) -> Result<(), SnapshotError> {
        let mut hasher = Sha256::new();
        let mut at = 0;
        while at < self.length {
            let until = self.length.min(at + CHUNK);
            hasher.update(self.read(at, until)?);
            at = until;
        }
        hasher.update(self.items.to_le_bytes());
        if hasher.finalize().as_slice() == self.digest { Ok(()) } else { Err(SnapshotError::Damaged) }
    }

    /// The shop's settings.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn settings(&self) -> Result<Settings, SnapshotError> {
        parse(&self.read(0, self.offset(0)?)?)
    }

    /// Every item, in SKU order.
    pub fn items(&self) -> impl Iterator<Item = Result<Item, SnapshotError>> + '_ {
        (0..self.items).map(move |position| self.nth(position))
    }

    /// The item with this SKU, found by binary search.
    ///
    /// # Errors
    /// When one of the items compared cannot be read.
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

    /// The item at a position in SKU order.
    fn nth(&self, position: u64) -> Result<Item, SnapshotError> {
        parse(&self.read(self.offset(position)?, self.offset(position + 1)?)?)
    }

    /// Where the item at a position begins; past the last item, where the index begins.
    fn offset(&self, position: u64) -> Result<u64, SnapshotError> {
        let index = self.length - self.items * OFFSET;
        if position == self.items {
            return Ok(index);
        }
        let at = index + position * OFFSET;
        Ok(number(&self.read(at, at + OFFSET)?))
    }

    /// The bytes between two offsets.
    fn read(&self, from: u64, until: u64) -> Result<Vec<u8>, SnapshotError> {
        if until > self.length {
            return Err(SnapshotError::Damaged);
        }
        let length = until.checked_sub(from).and_then(|length| usize::try_from(length).ok());
        let mut bytes = vec![0; length.ok_or(SnapshotError::Damaged)?];
        self.bytes.read_exact_at(self.start + from, &mut bytes)?;
        Ok(bytes)
    }
}

/// A number in the index or footer; [`u64::MAX`], more than any file's length, unless there are 8 bytes.
fn number(bytes: &[u8]) -> u64 {
    bytes.try_into().map_or(u64::MAX, u64::from_le_bytes)
}

fn parse<T: serde::de::DeserializeOwned>(line: &[u8]) -> Result<T, SnapshotError> {
    serde_json::from_slice(line).map_err(|_| SnapshotError::Damaged)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Cents;

    #[test]
    fn what_is_the_matter_is_said() {
        for (error, words) in [
            (SnapshotError::Absent, "no snapshot at the end"),
            (SnapshotError::Damaged, "damaged"),
            (SnapshotError::Format, "of another format"),
            (SnapshotError::Unreadable(std::io::ErrorKind::NotFound), "cannot be read: entity not found"),
        ] {
            assert!(error.to_string().contains(words), "{error}");
        }
    }
    use crate::settings::Seller;
    use crate::shipping::Shipping;
    use crate::{Currency, StockKey, Supply, VatScheme};
    use proptest::prelude::*;
    use std::collections::BTreeMap;
    use std::io::Write as _;

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
            price: Cents(100),
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
        assert_eq!((snapshot.verify(), snapshot.start()), (Ok(()), 11));
        assert_eq!((snapshot.len(), snapshot.is_empty()), (100, false));
        let other = Snapshot::write(&settings(), &[item(1)]).expect("json");
        let other = Snapshot::find(&other).expect("there");
        assert_eq!((other.len(), other.is_empty(), other.digest().len()), (1, false, DIGEST));
        assert_ne!(snapshot.digest(), other.digest());
        let none = Snapshot::write(&settings(), &[]).expect("json");
        let none = Snapshot::find(&none).expect("there");
        assert_eq!((none.len(), none.is_empty()), (0, true));
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
        file[last - 7] = b'X';
        assert_eq!(Snapshot::find(&file).err(), Some(SnapshotError::Absent));
    }

    #[test]
    fn a_file_that_shrinks_while_it_is_open_is_damaged() {
        let mut file = tempfile::tempfile().expect("a file");
        file.write_all(&Snapshot::write(&settings(), &[item(1)]).expect("json")).expect("written");
        let snapshot = Snapshot::find(&file).expect("there");
        assert_eq!(snapshot.item(&item(1).sku), Ok(Some(item(1))));
        file.set_len(10).expect("cut");
        assert_eq!(snapshot.item(&item(1).sku), Err(SnapshotError::Damaged));
        assert_eq!(snapshot.verify(), Err(SnapshotError::Damaged));
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
                let _ = snapshot.settings();
                for item in &items {
                    let _ = snapshot.item(&item.sku);
                }
                prop_assert_eq!(snapshot.verify(), Err(SnapshotError::Damaged));
            }
        }
    }
}
