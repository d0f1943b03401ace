//! The shop as the till knows it: its snapshot, read from the end of the till's own file or from a file beside it.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use catalog::settings::Settings;
use catalog::snapshot::SnapshotError;
use catalog::{Item, Sku, Snapshot, StockKey, Supply};
use positioned_io::{ReadAt, Size};

use crate::decide::Order;

/// Memory or an open file.
trait Source: ReadAt + Size + std::fmt::Debug + Send + Sync {}
impl<T: ReadAt + Size + std::fmt::Debug + Send + Sync> Source for T {}

/// One snapshot. Its settings are read once, items when requested.
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
    /// It is not a snapshot.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
}

impl Shop {
    /// Reads a snapshot's bytes.
    ///
    /// # Errors
    /// If the bytes are not a snapshot.
    pub fn new(bytes: Vec<u8>) -> Result<Self, ShopError> {
        Self::find(Box::new(bytes))
    }

    /// Reads the whole file at once, since it may be rewritten at any time.
    ///
    /// # Errors
    /// If the file cannot be read or does not end in a snapshot.
    pub fn read(path: &Path) -> Result<Self, ShopError> {
        Self::new(std::fs::read(path)?)
    }

    /// Opens the snapshot at the end of a file that does not change while it is open, like a running program's. Items are
    /// read in place, so that ten thousand products start as fast as ten.
    ///
    /// # Errors
    /// If the file cannot be read or does not end in a snapshot.
    pub fn open(path: &Path) -> Result<Self, ShopError> {
        Self::find(Box::new(File::open(path)?))
    }

    fn find(source: Box<dyn Source>) -> Result<Self, ShopError> {
        let snapshot = Snapshot::find(source)?;
        let settings = Arc::new(snapshot.settings()?);
        Ok(Shop { snapshot, settings })
    }

    /// An item by its SKU; `None` if it is not sold or cannot be read: then nobody can buy it, and the log says why.
    pub fn item(&self, sku: &Sku) -> Option<Item> {
        readable(self.snapshot.item(sku)).flatten()
    }

    /// Every readable item, in the order of SKUs.
    pub fn items(&self) -> impl Iterator<Item = Item> + '_ {
        self.snapshot.items().filter_map(readable)
    }

    /// The supply of a stock key. Reads items until one has the key.
    pub fn supply(&self, key: &StockKey) -> Option<Supply> {
        self.items().find(|item| item.stock == *key).map(|item| item.supply)
    }

    /// The supply of an order's stock keys: from the current snapshot if the SKU is still sold, else as it was when ordered.
    pub fn supplies(&self, order: &Order) -> std::collections::BTreeMap<StockKey, Supply> {
        let known = order.lines.iter().map(|line| {
            let today = self.item(&line.sku).filter(|item| item.stock == line.key).map(|item| item.supply);
            (line.key.clone(), today.unwrap_or(line.supply))
        });
        known.collect()
    }

    /// Verifies the digest over all bytes.
    ///
    /// # Errors
    /// If the snapshot is damaged.
    pub fn verify(&self) -> Result<(), SnapshotError> {
        self.snapshot.verify()
    }

    /// The snapshot's digest in hexadecimal.
    pub fn digest(&self) -> String {
        data_encoding::HEXLOWER.encode(self.snapshot.digest())
    }
}

fn readable<T>(read: Result<T, SnapshotError>) -> Option<T> {
    read.inspect_err(|error| tracing::error!(%error, "an item is not sold")).ok()
}
