//! What differs between two states of a shop, as a list that a person reads before publishing. No files, no clock.

use std::collections::{BTreeMap, BTreeSet};

use catalog::{Cents, Item, MoneyFormat, Sku, StockKey, Supply};
use messages::tr;
use serde::Serialize;
use serde_json::Value;

/// The parts of a shop that are compared.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) items: Vec<Item>,
    /// Title by kind and id: `product bol-lune`.
    pub(super) titles: BTreeMap<Thing, String>,
    /// All texts of a thing in one language, joined.
    pub(super) texts: BTreeMap<Thing, BTreeMap<String, String>>,
    /// Digests of photos, in their order.
    pub(super) photos: BTreeMap<Thing, Vec<[u8; 32]>>,
    /// Ids of the products that a list shows, in their order.
    pub(super) lists: BTreeMap<Thing, Vec<String>>,
    /// Digests of everything that each page is made from.
    pub(super) pages: BTreeMap<String, [u8; 16]>,
    /// Root-relative addresses that a reader may have bookmarked.
    pub(super) addresses: BTreeSet<String>,
    /// Every address that exists, including further pages of lists and redirects.
    pub(super) answers: BTreeSet<String>,
    /// Settings by name.
    pub(super) settings: BTreeMap<String, Value>,
}

/// The name of the till's setting that depends only on the theme.
pub(super) const THEME: &str = "words and templates of mails and order pages";

/// Kind and id.
pub(super) type Thing = (&'static str, String);

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub(super) enum Change {
    Added { what: &'static str, id: String, title: String },
    Removed { what: &'static str, id: String, title: String },
    ItemAdded { sku: Sku, product: String, price: Cents, supply: Supply },
    ItemRemoved { sku: Sku, product: String },
    Price { sku: Sku, from: Cents, to: Cents },
    Sale { sku: Sku, from: Option<Cents>, to: Option<Cents>, same_price: bool },
    Supply { sku: Sku, from: Supply, to: Supply },
    Item { sku: Sku, fields: Vec<String> },
    List { what: &'static str, id: String, title: String, added: Vec<String>, removed: Vec<String> },
    KeyVanished { key: StockKey, product: String },
    KeyReused { key: StockKey, from: String, to: String },
    AddressLost { address: String },
    Text { what: &'static str, id: String, title: String, languages: Vec<String> },
    Photos { what: &'static str, id: String, title: String },
    Setting { name: String },
    Pages { changed: usize, of: usize },
}

/// Everything that differs, with what deserves a second look first.
pub(super) fn compare(base: &State, head: &State) -> Vec<Change> {
    let mut changes = Vec::new();
    keys(base, head, &mut changes);
    items(base, head, &mut changes);
    things(base, head, &mut changes);
    let lost = base.addresses.difference(&head.answers);
    changes.extend(lost.map(|address| Change::AddressLost { address: address.clone() }));
    let names: BTreeSet<&String> = base.settings.keys().chain(head.settings.keys()).collect();
    let differ = names.into_iter().filter(|name| base.settings.get(*name) != head.settings.get(*name));
    changes.extend(differ.map(|name| Change::Setting { name: name.clone() }));
    let same = |(address, digest): &(&String, &[u8; 16])| base.pages.get(*address) == Some(*digest);
    let changed = head.pages.iter().filter(|page| !same(page)).count();
    if changed > 0 {
        changes.push(Change::Pages { changed, of: head.pages.len() });
    }
    changes.sort_by_key(|change| change.doubt().is_none());
    changes
}

/// The products that share each stock key.
fn takers(state: &State) -> BTreeMap<&StockKey, BTreeSet<&str>> {
    let mut by_key: BTreeMap<&StockKey, BTreeSet<&str>> = BTreeMap::new();
    for item in &state.items {
        by_key.entry(&item.stock).or_default().insert(&item.product);
    }
    by_key
}

fn keys(base: &State, head: &State, changes: &mut Vec<Change>) {
    let now = takers(head);
    let named = |products: &BTreeSet<&str>| products.iter().copied().collect::<Vec<_>>().join(", ");
    for (key, products) in takers(base) {
        match now.get(key) {
            None => changes.push(Change::KeyVanished { key: key.clone(), product: named(&products) }),
            Some(others) if others.is_disjoint(&products) => changes.push(Change::KeyReused {
                key: key.clone(),
                from: named(&products),
                to: named(others),
            }),
            Some(_) => {}
        }
    }
}

fn items(base: &State, head: &State, changes: &mut Vec<Change>) {
    let by_sku = |state: &State| -> BTreeMap<Sku, Item> {
        state.items.iter().map(|item| (item.sku.clone(), item.clone())).collect()
    };
    let (before, now) = (by_sku(base), by_sku(head));
    for (sku, item) in &now {
        let Some(old) = before.get(sku) else {
            let (product, price, supply) = (item.product.clone(), item.price, item.supply);
            changes.push(Change::ItemAdded { sku: sku.clone(), product, price, supply });
            continue;
        };
        if old.price != item.price {
            changes.push(Change::Price { sku: sku.clone(), from: old.price, to: item.price });
        }
        if old.sale != item.sale {
            let (from, to) = (old.sale.map(|sale| sale.price), item.sale.map(|sale| sale.price));
            changes.push(Change::Sale { sku: sku.clone(), from, to, same_price: from == to });
        }
        if old.supply != item.supply {
            changes.push(Change::Supply { sku: sku.clone(), from: old.supply, to: item.supply });
        }
        let fields = other_fields(old, item);
        if !fields.is_empty() {
            changes.push(Change::Item { sku: sku.clone(), fields });
        }
    }
    let gone = before.iter().filter(|(sku, _)| !now.contains_key(*sku));
    changes.extend(
        gone.map(|(sku, item)| Change::ItemRemoved { sku: sku.clone(), product: item.product.clone() }),
    );
}

/// Names of the fields that differ and are reported nowhere else.
fn other_fields(old: &Item, item: &Item) -> Vec<String> {
    const REPORTED: [&str; 6] = ["price", "sale", "supply", "name", "url", "image"];
    let fields = |item: &Item| serde_json::to_value(item).unwrap_or_default();
    let (before, now) = (fields(old), fields(item));
    let names = now.as_object().into_iter().flatten().map(|(name, _)| name);
    names.filter(|name| !REPORTED.contains(&name.as_str()) && before[*name] != now[*name]).cloned().collect()
}

fn things(base: &State, head: &State, changes: &mut Vec<Change>) {
    for (thing @ (what, id), title) in &head.titles {
        let (id, title) = (id.clone(), title.clone());
        if !base.titles.contains_key(thing) {
            changes.push(Change::Added { what, id, title });
            continue;
        }
        let none = BTreeMap::new();
        let (before, now) = (base.texts.get(thing).unwrap_or(&none), head.texts.get(thing).unwrap_or(&none));
        let languages: BTreeSet<&String> = before.keys().chain(now.keys()).collect();
        let languages: Vec<String> =
            languages.into_iter().filter(|lang| before.get(*lang) != now.get(*lang)).cloned().collect();
        if base.photos.get(thing) != head.photos.get(thing) {
            changes.push(Change::Photos { what, id: id.clone(), title: title.clone() });
        }
        let (before, now) = (base.lists.get(thing), head.lists.get(thing));
        if before != now {
            let gone = |from: Option<&Vec<String>>, to: Option<&Vec<String>>| -> Vec<String> {
                let to: BTreeSet<&String> = to.into_iter().flatten().collect();
                from.into_iter().flatten().filter(|id| !to.contains(*id)).cloned().collect()
            };
            let (added, removed) = (gone(now, before), gone(before, now));
            changes.push(Change::List { what, id: id.clone(), title: title.clone(), added, removed });
        }
        if !languages.is_empty() {
            changes.push(Change::Text { what, id, title, languages });
        }
    }
    let gone = base.titles.iter().filter(|(thing, _)| !head.titles.contains_key(*thing));
    changes.extend(gone.map(|((what, id), title)| Change::Removed {
        what,
        id: id.clone(),
        title: title.clone(),
    }));
}

/// Whether one price is less than half of the other: a misplaced decimal point makes it a tenth.
fn far(from: Cents, to: Cents) -> bool {
    from.min(to) * 2 < from.max(to)
}

fn pieces(supply: Supply) -> String {
    match supply {
        Supply::Unlimited => tr!("made to order").to_owned(),
        Supply::Pieces(count) => count.to_string(),
    }
}

/// The name of a kind of thing, for people.
fn noun(what: &'static str) -> &'static str {
    match what {
        "product" => tr!("product"),
        "category" => tr!("category"),
        "collection" => tr!("collection"),
        "maker" => tr!("maker"),
        "page" => tr!("page"),
        other => other,
    }
}

fn titled(what: &'static str, id: &str, title: &str) -> String {
    let what = noun(what);
    tr!("{what} {id}: {title}")
}

impl Change {
    /// Why it deserves a second look, if it does.
    pub(super) fn doubt(&self) -> Option<&'static str> {
        match self {
            Change::Price { from, to, .. } if far(*from, *to) => {
                Some(tr!("less than half, or more than twice: is the decimal point where it belongs?"))
            }
            Change::Supply { from: Supply::Pieces(from), to: Supply::Pieces(to), .. } if to < from => {
                Some(tr!(
                    "supply is how many there ever were and only grows: pieces that left are booked by `bazaar stock take`"
                ))
            }
            Change::KeyVanished { .. } => Some(tr!(
                "what was sold of it stays booked under this key: keep it by `stock:` when only the SKU was renamed"
            )),
            Change::KeyReused { .. } => Some(tr!(
                "what was sold of the one counts for the other: give the new product a key of its own"
            )),
            Change::AddressLost { .. } => Some(tr!(
                "links and search results lead nowhere: name it under `aliases:` of the page that follows it"
            )),
            Change::Setting { name } if name == "url" || name == "currency" => {
                Some(tr!("every address and every price hangs on it"))
            }
            _ => None,
        }
    }

    /// A label for the kind of change, and what changed.
    pub(super) fn words(&self, money: &MoneyFormat) -> (&'static str, String) {
        let price = |amount: &Cents| money.print(*amount);
        match self {
            Change::Added { what, id, title } => (tr!("new"), titled(what, id, title)),
            Change::Removed { what, id, title } => (tr!("removed"), titled(what, id, title)),
            Change::ItemAdded { sku, price: minor, supply, .. } => {
                let (price, supply) = (price(minor), pieces(*supply));
                (tr!("new"), tr!("{sku} for {price}, supply {supply}"))
            }
            Change::ItemRemoved { sku, product } => (tr!("removed"), tr!("{sku} of {product}")),
            Change::Price { sku, from, to } => {
                let (from, to) = (price(from), price(to));
                (tr!("price"), tr!("{sku}: {from} -> {to}"))
            }
            Change::Sale { sku, to: Some(to), same_price: true, .. } => {
                let price = price(to);
                (tr!("sale"), tr!("{sku}: {price}, on other days"))
            }
            Change::Sale { sku, from, to, .. } => {
                let said = |sale: &Option<Cents>| sale.as_ref().map_or_else(|| tr!("none").to_owned(), price);
                let (from, to) = (said(from), said(to));
                (tr!("sale"), tr!("{sku}: {from} -> {to}"))
            }
            Change::Supply { sku, from, to } => {
                let (from, to) = (pieces(*from), pieces(*to));
                (tr!("supply"), tr!("{sku}: {from} -> {to}"))
            }
            Change::KeyVanished { key, product } => (tr!("stock"), tr!("the key {key} of {product} is gone")),
            Change::KeyReused { key, from, to } => {
                (tr!("stock"), tr!("the key {key} was of {from}, and is now of {to}"))
            }
            Change::AddressLost { address } => (tr!("lost"), address.clone()),
            Change::Text { what, id, title, languages } => {
                (tr!("text"), format!("{} ({})", titled(what, id, title), languages.join(", ")))
            }
            Change::Photos { what, id, title } => (tr!("photos"), titled(what, id, title)),
            Change::Item { sku, fields } => {
                let fields = fields.join(", ");
                (tr!("item"), tr!("{sku}: {fields}"))
            }
            Change::List { what, id, title, added, removed } => {
                let added = added.iter().map(|id| format!("+{id}"));
                let removed = removed.iter().map(|id| format!("-{id}"));
                let moved: Vec<String> = added.chain(removed).collect();
                let moved = if moved.is_empty() { tr!("another order").to_owned() } else { moved.join(" ") };
                let list = titled(what, id, title);
                (tr!("list"), tr!("{list}: {moved}"))
            }
            Change::Setting { name } if name == THEME => {
                (tr!("shop"), tr!("words and templates of mails and order pages").to_owned())
            }
            Change::Setting { name } => (tr!("shop"), name.clone()),
            Change::Pages { changed, of } => (tr!("pages"), tr!("{changed} of {of} look different")),
        }
    }
}
