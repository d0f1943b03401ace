//! The fields of an item, which stand in a product without options or in each variant: price, sale, supply, stock.

use catalog::{Cents, Window};
use messages::tr;
use yaml::Fields;

use crate::model::documents::ItemDoc;
use crate::model::schema;
use crate::model::shop::Shop;
use crate::stage::parse::{dates, values};

/// What to write instead of a number of pieces in another field.
pub fn supply_help() -> &'static str {
    tr!("write `supply`: how many pieces have ever been put on sale; what is sold is counted apart, \
         so raise it when you make more, and never lower it")
}

/// The item of a product without options.
pub fn single(fields: &Fields<'_>, shop: &Shop) -> Option<ItemDoc> {
    let source = fields.source();
    let sku = fields
        .required("sku", tr!("a product"), "sku: BOL-LUNE")
        .and_then(|node| values::sku(source, "sku", node));
    let price = fields
        .required("price", tr!("a product"), "price: 28.00")
        .and_then(|node| values::price(source, "price", node));
    let supply = fields
        .required("supply", tr!("a product"), "supply: 1")
        .and_then(|node| values::supply(source, node));
    let sale = sale(fields, shop, price);
    let stock = stock_key(fields);
    let (sku, price, supply) = (sku?, price?, supply?);
    let stock = stock.unwrap_or_else(|| sku.clone().map(Into::into));
    Some(ItemDoc {
        stock,
        sku,
        supply,
        price,
        sale,
        weight: weight(fields),
        gtin: values::gtin(fields),
        choice: Vec::new(),
        images: Vec::new(),
    })
}

/// The field `weight`.
pub fn weight(fields: &Fields<'_>) -> Option<catalog::Grams> {
    values::weight(fields.source(), "weight", fields.get("weight")?)
}

/// The field `stock`: a name, never a number of pieces.
pub fn stock_key(fields: &Fields<'_>) -> Option<yaml::Spanned<catalog::StockKey>> {
    let node = fields.get("stock")?;
    let written = yaml::text(fields.source(), "stock", node)?;
    if written.value.bytes().all(|byte| byte.is_ascii_digit()) {
        fields.source().error(
            "stock-number",
            node.span.clone(),
            tr!("`stock` is the name of a stock row, not a number of pieces"),
            tr!("a number"),
            supply_help(),
        );
        return None;
    }
    values::sku(fields.source(), "stock", node).map(|sku| sku.map(Into::into))
}

/// The field `sale`, compared with the ordinary price.
pub fn sale(fields: &Fields<'_>, shop: &Shop, ordinary: Option<Cents>) -> Option<catalog::Sale> {
    let source = fields.source();
    let sale = Fields::new(source, fields.get("sale")?, tr!("a sale"), schema::names(schema::SALE), &[])?;
    let node = sale.required("price", tr!("a sale"), "price: 22.00")?;
    let price = values::price(source, "price", node);
    let date =
        |name: &str, end| sale.get(name).and_then(|n| dates::date(source, name, n, &shop.timezone, end));
    let (from, until) = (date("from", false), date("until", true));
    if let (Some(price), Some(ordinary)) = (price, ordinary)
        && price >= ordinary
    {
        let ordinary = catalog::money::decimal(ordinary);
        source.error(
            "sale-price",
            node.span.clone(),
            tr!("the sale's price is not lower than the ordinary one"),
            tr!("the ordinary price is {ordinary}"),
            tr!("write a lower price, or leave the sale out"),
        );
        return None;
    }
    if let (Some(from), Some(until)) = (from, until)
        && from >= until
    {
        source.error(
            "dates-in-order",
            values::span_of(&sale, "until"),
            tr!("the sale ends before it begins"),
            "",
            tr!("`until` is the last day, included; it cannot be before `from`"),
        );
        return None;
    }
    Some(catalog::Sale { price: price?, window: Window { from, until } })
}
