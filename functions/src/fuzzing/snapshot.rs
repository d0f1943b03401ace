//! The fuzz target `snapshot`: bytes as the end of a till's file, or as lines that get a correct index and digest.

use std::sync::Arc;

use axum::http::Request;
use catalog::{Item, Sku, Snapshot, snapshot::FORMAT};
use sha2::{Digest, Sha256};

use super::{JSON, OneSession, counter, finish, send};
use crate::shop::Shop;
use crate::templates::Templates;

/// After a `=`: lines of JSON, the settings first, completed to a snapshot; otherwise a whole one.
///
/// Bytes that are not a snapshot are refused. If items are in order, each is found by its SKU, and settings and items stay
/// the same when written and read again. A till with the snapshot answers.
pub fn snapshot(bytes: &[u8]) {
    let (framed, bytes) = match bytes {
        [b'=', lines @ ..] => (true, frame(lines)),
        file => (false, file.to_vec()),
    };
    let size = bytes.len();
    let Ok(shop) = Shop::new(bytes) else { return };
    assert!(!framed || shop.verify().is_ok(), "a right digest is refused");
    let items: Vec<Item> = shop.items().collect();
    assert!(items.len() <= size, "more items than bytes");
    let ascending = items.windows(2).all(|pair| pair[0].sku < pair[1].sku);
    for item in &items {
        let found = shop.item(&item.sku);
        // If an item cannot be read, those behind it may not be found: then they are not sold.
        assert!(!ascending || found.as_ref().is_none_or(|found| found == item), "{} is another", item.sku);
        shop.supply(&item.stock);
    }
    if let Some(nothing) = Sku::new("nothing") {
        shop.item(&nothing);
    }
    if ascending {
        let again = Snapshot::write(&shop.settings, &items).ok().and_then(|bytes| Shop::new(bytes).ok());
        let Some(again) = again else { unreachable!("what was read cannot be written") };
        assert!(again.verify().is_ok(), "what was just written is damaged");
        assert_eq!(again.settings, shop.settings);
        assert!(again.items().eq(items.iter().cloned()), "other items than were written");
        assert!(
            items.iter().all(|item| again.item(&item.sku).as_ref() == Some(item)),
            "an item is not found"
        );
    }
    sell(shop, &items);
}

/// Completes a snapshot around its lines.
fn frame(lines: &[u8]) -> Vec<u8> {
    let mut file = Vec::with_capacity(lines.len() + 200);
    let mut offsets: Vec<u64> = Vec::new();
    for (at, line) in lines.split(|byte| *byte == b'\n').enumerate() {
        if at > 0 {
            offsets.push(file.len() as u64);
        }
        file.extend_from_slice(line);
        file.push(b'\n');
    }
    for offset in &offsets {
        file.extend_from_slice(&offset.to_le_bytes());
    }
    let (length, count) = (file.len() as u64, (offsets.len() as u64).to_le_bytes());
    let digest = Sha256::new_with_prefix(&file).chain_update(count).finalize();
    file.extend_from_slice(&count);
    file.extend_from_slice(&digest);
    file.extend_from_slice(&length.to_le_bytes());
    file.extend_from_slice(FORMAT.as_bytes());
    file
}

/// Quotes and checks out the first items, and shows the cart.
fn sell(shop: Shop, items: &[Item]) {
    let lang = shop.settings.languages.first().cloned().unwrap_or_default();
    let lines: Vec<_> = items
        .iter()
        .take(3)
        .map(|item| serde_json::json!({ "sku": item.sku.as_str(), "quantity": 2 }))
        .collect();
    let body = serde_json::json!({ "lang": lang, "items": lines }).to_string();
    let templates = Arc::new(Templates::new(&shop.settings));
    let counter = counter(&(Arc::new(shop), templates), OneSession::default());
    finish(async {
        for path in ["/api/quote", "/api/checkout"] {
            let request = Request::builder().method("POST").uri(path).header("content-type", JSON);
            send(&counter, request, body.as_bytes()).await;
        }
        send(&counter, Request::builder().uri("/api/cart"), b"").await;
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_fuzzers_corpus_is_a_snapshot_or_refused() {
        super::super::corpus("snapshot").iter().for_each(|(_, bytes)| snapshot(bytes));
    }

    #[test]
    fn lines_become_the_snapshot_that_the_generator_writes() {
        let written = super::super::snapshot_bytes();
        let shop = Shop::new(written.clone()).expect("a snapshot");
        let items = shop.items().map(|item| serde_json::to_string(&item).expect("JSON"));
        let settings = serde_json::to_string(&*shop.settings).expect("JSON");
        let lines: Vec<String> = std::iter::once(settings).chain(items).collect();
        assert_eq!(frame(lines.join("\n").as_bytes()), written);
    }
}
