//! The shop as the till knows it: its snapshot, found at the end of the till's own file or in a file beside it.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use catalog::shipping::Settings;
use catalog::snapshot::SnapshotError;
use catalog::{Item, Sku, Snapshot, StockKey, Supply};

use crate::decide::Order;

/// One snapshot, read once.
#[derive(Debug)]
pub struct Shop {
    bytes: Vec<u8>,
    /// The shop's settings.
    pub settings: Arc<Settings>,
}

/// Why there is no shop.
#[derive(Debug, thiserror::Error)]
pub enum ShopError {
    /// The file cannot be read.
    #[error("the snapshot cannot be read: {0}")]
    Unreadable(#[from] std::io::Error),
    /// It is none.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
}

impl Shop {
    /// Of a snapshot's bytes.
    ///
    /// # Errors
    /// When they are none.
    pub fn new(bytes: Vec<u8>) -> Result<Self, ShopError> {
        let settings = Arc::new(Snapshot::find(&bytes)?.settings()?);
        Ok(Shop { bytes, settings })
    }

    /// At the end of a file: only the snapshot's part is read.
    ///
    /// # Errors
    /// When the file cannot be read or ends in no snapshot.
    pub fn open(path: &Path) -> Result<Self, ShopError> {
        let mut file = File::open(path)?;
        let length = file.metadata()?.len();
        let tail = length.min(Snapshot::FOOTER);
        file.seek(SeekFrom::Start(length - tail))?;
        let mut footer = Vec::new();
        file.read_to_end(&mut footer)?;
        let size = Snapshot::size(&footer)?.min(length);
        file.seek(SeekFrom::Start(length - size))?;
        let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
        file.read_to_end(&mut bytes)?;
        Self::new(bytes)
    }

    /// An item by its SKU; `None` when it is not sold, or the snapshot is damaged there.
    pub fn item(&self, sku: &Sku) -> Option<Item> {
        self.snapshot().and_then(|snapshot| snapshot.item(sku).ok().flatten())
    }

    /// Every item, in the order of SKUs.
    pub fn items(&self) -> impl Iterator<Item = Item> + '_ {
        self.snapshot().into_iter().flat_map(|snapshot| snapshot.items()).filter_map(Result::ok)
    }

    /// How many pieces of a key there ever were; reads every item.
    pub fn supply(&self, key: &StockKey) -> Option<Supply> {
        self.items().find(|item| item.stock == *key).map(|item| item.supply)
    }

    /// How many pieces of each of an order's keys there ever were: by today's snapshot where the SKU is still sold, else as
    /// it was when it was ordered.
    pub fn supplies(&self, order: &Order) -> std::collections::BTreeMap<StockKey, Supply> {
        let known = order.lines.iter().map(|line| {
            let today = self.item(&line.sku).filter(|item| item.stock == line.key).map(|item| item.supply);
            (line.key.clone(), today.unwrap_or(line.supply))
        });
        known.collect()
    }

    /// Checks the digest over all bytes.
    ///
    /// # Errors
    /// When the snapshot is damaged.
    pub fn verify(&self) -> Result<(), SnapshotError> {
        Snapshot::find(&self.bytes).and_then(|snapshot| snapshot.verify())
    }

    /// The digest of the snapshot in hexadecimal.
    pub fn digest(&self) -> String {
        self.snapshot().map(|snapshot| crate::outside::clock::hex(snapshot.digest())).unwrap_or_default()
    }

    fn snapshot(&self) -> Option<Snapshot<'_>> {
        Snapshot::find(&self.bytes).ok()
    }
}
