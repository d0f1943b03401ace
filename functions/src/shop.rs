//! The shop as the till knows it: its snapshot, found at the end of the till's own file or in a file beside it.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use catalog::shipping::Settings;
use catalog::snapshot::SnapshotError;
use catalog::{Item, Sku, Snapshot, StockKey, Supply};
use positioned_io::{ReadAt, Size};

use crate::decide::Order;

/// Memory or an open file.
trait Source: ReadAt + Size + std::fmt::Debug + Send + Sync {}
impl<T: ReadAt + Size + std::fmt::Debug + Send + Sync> Source for T {}

/// One snapshot. Its settings are read once, an item when it is asked for.
#[derive(Debug)]
pub struct Shop {
    snapshot: Snapshot<Box<dyn Source>>,
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
        Self::find(Box::new(bytes))
    }

    /// Of a file that may be written anew at any time: it is read whole, now.
    ///
    /// # Errors
    /// When the file cannot be read or ends in no snapshot.
    pub fn read(path: &Path) -> Result<Self, ShopError> {
        Self::new(std::fs::read(path)?)
    }

    /// At the end of a file that stays as it is while it is open, as a running program's does: items are read from there, so
    /// that ten thousand products take no longer to start with than ten.
    ///
    /// # Errors
    /// When the file cannot be read or ends in no snapshot.
    pub fn open(path: &Path) -> Result<Self, ShopError> {
        Self::find(Box::new(File::open(path)?))
    }

    fn find(source: Box<dyn Source>) -> Result<Self, ShopError> {
        let snapshot = Snapshot::find(source)?;
        let settings = Arc::new(snapshot.settings()?);
        Ok(Shop { snapshot, settings })
    }

    /// An item by its SKU; `None` when it is not sold, or cannot be read: then nobody can buy it, and the log says why.
    pub fn item(&self, sku: &Sku) -> Option<Item> {
        readable(self.snapshot.item(sku)).flatten()
    }

    /// Every item that can be read, in the order of SKUs.
    pub fn items(&self) -> impl Iterator<Item = Item> + '_ {
        self.snapshot.items().filter_map(readable)
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
        self.snapshot.verify()
    }

    /// The digest of the snapshot in hexadecimal.
    pub fn digest(&self) -> String {
        data_encoding::HEXLOWER.encode(self.snapshot.digest())
    }
}

fn readable<T>(read: Result<T, SnapshotError>) -> Option<T> {
    read.inspect_err(|error| tracing::error!(%error, "an item is not sold")).ok()
}
