//! What is available, and the owner's changes.

use std::collections::{BTreeMap, BTreeSet};

use catalog::supply::Taken;
use catalog::{StockKey, Supply};
use storefront::LIMITS;

use super::{Ledger, TillError};
use crate::decide::stock::{Change, Moved, Refused};
use crate::decide::{Order, Payment, owner};
use crate::outside::clock::random_hex;
use crate::outside::store::{Move, OrderFilter};

/// The availability of a stock key, for shoppers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct Standing {
    /// How many are available, capped for the public; null without limit.
    pub available: Option<u32>,
    /// None is available, but somebody is paying for one now and may abandon it.
    pub reserved: bool,
}

/// The findings of [`Ledger::rebuild_stock`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rebuilt {
    /// Sessions at Stripe that are paid or may still be.
    pub sessions: usize,
    /// How many of their orders are not in the database.
    pub lost: usize,
    /// The pieces of those lost orders.
    pub pieces: i64,
    /// Orders about which Stripe will be asked again.
    pub asked: usize,
    /// Stock keys of which too many are sold or held, and how many too many: the restored copy did not know all orders.
    /// Somebody must get a refund.
    pub oversold: BTreeMap<StockKey, i64>,
}

impl Ledger {
    /// The availability of stock keys; unknown keys are left out.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn standings(&self, keys: &[StockKey]) -> Result<BTreeMap<StockKey, Standing>, TillError> {
        self.standings_but(keys, &BTreeMap::new()).await
    }

    /// The availability of stock keys for a cart: pieces that its own order holds count as available to it.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn standings_for(
        &self,
        keys: &[StockKey],
        cart_id: &str,
    ) -> Result<BTreeMap<StockKey, Standing>, TillError> {
        let order = self.store.order_of_cart(cart_id).await?;
        let held = order.filter(|order| matches!(order.payment, Payment::Pending | Payment::Open));
        self.standings_but(keys, &held.as_ref().map(Order::pieces).unwrap_or_default()).await
    }

    async fn standings_but(
        &self,
        keys: &[StockKey],
        own: &BTreeMap<StockKey, i64>,
    ) -> Result<BTreeMap<StockKey, Standing>, TillError> {
        let supplies = self.supplies_of(keys);
        let known: Vec<StockKey> = supplies.keys().cloned().collect();
        let mut taken = self.store.stock(&known).await?;
        for (key, pieces) in own {
            if let Some(taken) = taken.get_mut(key) {
                // The hold may have ended between the two queries.
                taken.held = (taken.held - pieces).max(0);
            }
        }
        let standing = |(key, supply): (StockKey, Supply)| {
            let taken = taken.get(&key).copied().unwrap_or_default();
            let available = supply.available(taken);
            let reserved = available == Some(0) && taken.held > 0;
            (key, Standing { available: available.map(|left| left.min(LIMITS.told)), reserved })
        };
        Ok(supplies.into_iter().map(standing).collect())
    }

    /// What is taken of every stock key, exact: for the build.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn all_taken(&self) -> Result<BTreeMap<StockKey, Taken>, TillError> {
        Ok(self.store.all_stock().await?)
    }

    /// Pieces leave, come back or are counted, for a reason in the owner's words. Returns how the counts changed.
    ///
    /// # Errors
    /// [`TillError::Reserved`] if somebody is paying for them, [`TillError::NotNow`] if they are not there or never
    /// left, [`TillError::NotFound`] for an unknown key.
    pub async fn move_stock(&self, key: &StockKey, change: Change, reason: &str) -> Result<Moved, TillError> {
        let supply = self.shop.supply(key).ok_or(TillError::NotFound)?;
        let movement = Move {
            id: random_hex(self.clock.as_ref()),
            key: key.clone(),
            change,
            reason: reason.to_owned(),
            at: self.now(),
        };
        match self.store.move_stock(&movement, supply).await? {
            Ok(moved) => Ok(moved),
            Err(Refused::Short { key, asked, available, shelf })
                if available.saturating_add(shelf.taken.held) >= asked =>
            {
                Err(TillError::Reserved { sku: key.to_string() })
            }
            Err(refused) => Err(owner::Refused::from(refused).into()),
        }
    }

    /// Recounts what was sold, after a database was lost or an older copy restored: the pieces that the orders in it own, and
    /// those of all sessions whose orders are lost. Events since the copy was made (a refund, a dispute) will not be sent
    /// again, so the next sweeps ask Stripe about each order that may have changed.
    ///
    /// # Errors
    /// If Stripe or the database does not answer. What was counted so far stays; running it again completes it.
    pub async fn rebuild_stock(&self) -> Result<Rebuilt, TillError> {
        let purchases = self.payments.purchases().await?;
        let mut rebuilt = Rebuilt { sessions: purchases.len(), ..Rebuilt::default() };
        let bought: BTreeSet<String> = purchases.iter().map(|purchase| purchase.order_id.clone()).collect();
        let mut lost: BTreeMap<StockKey, i64> =
            self.store.all_stock().await?.into_keys().map(|key| (key, 0)).collect();
        for purchase in purchases {
            if self.store.order(&purchase.order_id).await?.is_some() {
                continue;
            }
            rebuilt.lost += 1;
            for (key, quantity) in purchase.pieces {
                rebuilt.pieces += quantity;
                *lost.entry(key).or_default() += quantity;
            }
        }
        for (key, lost) in &lost {
            self.store.set_lost(key, *lost).await?;
        }
        let keys: Vec<StockKey> = lost.into_keys().collect();
        let taken = self.store.stock(&keys).await?;
        for (key, supply) in self.supplies_of(&keys) {
            let taken = taken.get(&key).copied().unwrap_or_default();
            if let Supply::Pieces(pieces) = supply
                && taken.sold + taken.held > i64::from(pieces)
            {
                rebuilt.oversold.insert(key, taken.sold + taken.held - i64::from(pieces));
            }
        }
        for order in self.store.orders(&OrderFilter { payment: None, limit: i64::MAX }).await? {
            // A released order may have been paid late since then.
            let may_differ = order.payment != Payment::Released || bought.contains(&order.id);
            if order.session_id.is_some() && may_differ {
                self.store.postpone_order(&order.id, order.version, self.now()).await?;
                rebuilt.asked += 1;
            }
        }
        Ok(rebuilt)
    }

    fn supplies_of(&self, keys: &[StockKey]) -> BTreeMap<StockKey, Supply> {
        let mut supplies = BTreeMap::new();
        let mut others = Vec::new();
        for key in keys {
            // Most keys are SKUs and found by binary search. Only the others need every item.
            let item = catalog::Sku::new(key.as_str()).and_then(|sku| self.shop.item(&sku));
            match item.filter(|item| item.stock == *key) {
                Some(item) => drop(supplies.insert(key.clone(), item.supply)),
                None => others.push(key),
            }
        }
        if !others.is_empty() {
            for item in self.shop.items() {
                if others.contains(&&item.stock) {
                    supplies.insert(item.stock, item.supply);
                }
            }
        }
        supplies
    }
}
