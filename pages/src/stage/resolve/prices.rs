//! What items cost and whether they are available at an instant, and when that changes next.

use std::collections::BTreeMap;

use catalog::supply::Taken;
use catalog::{Timestamp, Window};

use super::Groups;
use crate::model::documents::{Content, DocKind, ItemDoc};
use crate::model::product::ItemNow;
use crate::model::shop::Shop;

/// An item as of `now`.
pub fn item_now(item: &ItemDoc, stock: &BTreeMap<String, Taken>, now: Timestamp) -> ItemNow {
    let taken = stock.get(item.stock.value.as_str()).copied().unwrap_or_default();
    let sale = item.sale.filter(|sale| sale.is_on(now));
    ItemNow {
        available: item.supply.available(taken),
        price: sale.map_or(item.price, |sale| sale.price),
        was: sale.map(|_| item.price),
        until: sale.and_then(|sale| sale.window.until),
    }
}

/// The next instant after `now` at which a date of the content is reached, so that the site changes.
pub fn next_change(groups: &Groups<'_>, shop: &Shop, now: Timestamp) -> Option<Timestamp> {
    let mut next: Option<Timestamp> = None;
    let mut consider = |date: Option<Timestamp>| {
        if let Some(date) = date.filter(|date| *date > now) {
            next = Some(next.map_or(date, |next| next.min(date)));
        }
    };
    let mut each = |window: Window| [window.from, window.until].into_iter().for_each(&mut consider);
    if let Some(closed) = &shop.closed {
        each(closed.window);
    }
    for group in groups.get(&DocKind::Product).into_iter().flat_map(BTreeMap::values) {
        let Content::Product(doc) = &group.main.content else { continue };
        if doc.draft {
            continue;
        }
        each(Window { from: doc.publish, until: doc.unpublish });
        for sale in doc.items.iter().filter_map(|item| item.sale) {
            each(sale.window);
        }
    }
    next
}
