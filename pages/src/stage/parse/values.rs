//! Reads the values that owners write: prices, weights, ids, words. A mistake becomes a fault that says what to write
//! instead. Dates and texts by language have files of their own.

use std::ops::Range;

use catalog::money::{self, PriceError};
use catalog::web::{self, WebError};
use catalog::weight::WeightError;
use catalog::{Cents, Grams, Sku, Supply};
use faults::suggest::{either, nearest};
use messages::tr;
use storefront::mailbox::{MailAddress, NotAnAddress};
use yaml::{Fields, Kind, Node, Source, Spanned, write_help};

/// A price of an item.
pub fn price(source: &Source, name: &str, node: &Node) -> Option<Cents> {
    amount(source, name, node, money::parse_price)
}

/// An amount that may be zero: what delivery costs.
pub fn fee(source: &Source, name: &str, node: &Node) -> Option<Cents> {
    amount(source, name, node, money::parse_decimal)
}

fn amount(
    source: &Source,
    name: &str,
    node: &Node,
    read: impl Fn(&str) -> Result<Cents, PriceError>,
) -> Option<Cents> {
    let written = yaml::text(source, name, node)?.value;
    match read(&written) {
        Ok(amount) => Some(amount),
        Err(error) => {
            let written = one_sign(&written);
            let help = match error.corrected(&written) {
                Some(price) if name == "price" || error == PriceError::Comma => {
                    write_help(format_args!("{name}: {price}"))
                }
                _ => error.help(&written),
            };
            source.error(price_code(&error), node.span.clone(), error.to_string(), price_label(&error), help);
            None
        }
    }
}

/// `1.250,00` and `1,250.00` with only their last separator, as a point: what the owner meant.
fn one_sign(written: &str) -> String {
    let (Some(point), Some(comma)) = (written.rfind('.'), written.rfind(',')) else {
        return written.to_owned();
    };
    let thousands = if comma > point { '.' } else { ',' };
    written.chars().filter(|c| *c != thousands).map(|c| if c == ',' { '.' } else { c }).collect()
}

fn price_code(error: &PriceError) -> &'static str {
    match error {
        PriceError::Comma => "price-comma",
        PriceError::Symbol => "price-symbol",
        PriceError::Negative => "price-negative",
        PriceError::TooPrecise => "price-too-precise",
        PriceError::NotANumber => "price-not-a-number",
        PriceError::TooHigh => "price-too-high",
        PriceError::TooLow => "price-too-low",
    }
}

fn price_label(error: &PriceError) -> &'static str {
    match error {
        PriceError::Comma | PriceError::NotANumber => tr!("not a number"),
        PriceError::Symbol => tr!("the currency stands in shop.yaml"),
        PriceError::Negative => tr!("less than nothing"),
        PriceError::TooPrecise => tr!("too precise"),
        PriceError::TooHigh => tr!("too high"),
        PriceError::TooLow => tr!("too low"),
    }
}

/// A weight.
pub fn weight(source: &Source, name: &str, node: &Node) -> Option<Grams> {
    let written = yaml::text(source, name, node)?.value;
    let error = match Grams::parse(&written) {
        Ok(grams) => return Some(grams),
        Err(error) => error,
    };
    let help = match error {
        WeightError::NoUnit if name == "weight" => tr!(
            "write `{name}: {written} g`, or kg; if you meant the order in a list, the field is called `position`"
        ),
        WeightError::NoUnit => tr!("write `{name}: {written} g`, or kg"),
        WeightError::Comma => write_help(format_args!("{name}: {}", written.replace(',', "."))),
        WeightError::UnknownUnit => tr!("write grams or kilograms: `420 g`, `1.2 kg`").to_owned(),
        WeightError::NotAWeight => tr!("write whole grams up to a tonne: `420 g`, `1.2 kg`").to_owned(),
    };
    source.error("weight", node.span.clone(), error.to_string(), "", help);
    None
}

/// How many pieces have ever been put on sale.
pub fn supply(source: &Source, node: &Node) -> Option<Supply> {
    let written = yaml::text(source, "supply", node)?.value;
    if written == "unlimited" {
        return Some(Supply::Unlimited);
    }
    let digits = !written.is_empty() && written.bytes().all(|byte| byte.is_ascii_digit());
    let plain = digits && (written == "0" || !written.starts_with('0'));
    if let Some(pieces) = written.parse::<u32>().ok().filter(|pieces| plain && *pieces <= 1_000_000) {
        return Some(Supply::Pieces(pieces));
    }
    source.error(
        "supply",
        node.span.clone(),
        tr!("`supply` is a number of pieces, or `unlimited`"),
        tr!("neither"),
        tr!("write how many pieces have ever been put on sale: `supply: 1`"),
    );
    None
}

/// A SKU or stock key.
pub fn sku(source: &Source, name: &str, node: &Node) -> Option<Spanned<Sku>> {
    let written = yaml::text(source, name, node)?;
    if let Some(sku) = Sku::new(&written.value) {
        return Some(Spanned::new(sku, written.span));
    }
    source.error(
        "sku",
        node.span.clone(),
        tr!("`{name}` is 1 to 40 letters, digits, `.`, `_` or `-`"),
        tr!("not plain"),
        write_help(format_args!("{name}: {}", suggest_sku(&written.value))),
    );
    None
}

fn suggest_sku(written: &str) -> String {
    let plain: String = slug::slugify(written).to_uppercase().chars().take(40).collect();
    if plain.is_empty() { "BOL-LUNE".to_owned() } else { plain }
}

/// The id of another file.
pub fn id(source: &Source, name: &str, node: &Node) -> Option<Spanned<String>> {
    let written = yaml::text(source, name, node)?;
    if is_id(&written.value) {
        return Some(written);
    }
    source.error(
        "id",
        node.span.clone(),
        match name {
            "tag" | "tags" => tr!("a tag is written in small letters, digits and `-`").to_owned(),
            _ => tr!("`{name}` names a file: small letters, digits and `-`"),
        },
        tr!("not an id"),
        write_help(slug::slugify(&written.value)),
    );
    None
}

/// Whether a text is an id: at most 80 lower-case letters, digits and `-`, not beginning with `-`.
pub fn is_id(text: &str) -> bool {
    let fine = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !text.is_empty() && text.len() <= 80 && text.bytes().all(fine) && !text.starts_with('-')
}

/// The field `slug`: it has the form of an id.
pub fn slug_field(fields: &Fields<'_>) -> Option<Spanned<String>> {
    let written = fields.text("slug")?;
    if is_id(&written.value) {
        return Some(written);
    }
    let better = slug::slugify(&written.value);
    let better = if better.is_empty() { "bol-lune".to_owned() } else { better };
    fields.source().error(
        "slug",
        written.span.clone(),
        tr!("an address is made of small letters, digits and `-`"),
        tr!("not an address"),
        write_help(format_args!("slug: {better}")),
    );
    None
}

/// One of a few words.
pub fn word(fields: &Fields<'_>, name: &str, words: &'static [&'static str]) -> Option<&'static str> {
    let node = fields.get(name)?;
    let written = yaml::text(fields.source(), name, node)?.value;
    if let Some(word) = words.iter().find(|word| **word == written) {
        return Some(word);
    }
    let listed = either(words.iter().copied());
    let help = match nearest(&written, words.iter().copied()) {
        Some(word) => tr!("did you mean `{word}`?"),
        None => tr!("write {listed}"),
    };
    fields.source().error(
        "unknown-word",
        node.span.clone(),
        tr!("`{name}` is {listed}"),
        tr!("none of them"),
        help,
    );
    None
}

/// Reports a list that is empty but must not be.
pub fn not_empty(source: &Source, name: &str, node: &Node, help: &str) {
    if matches!(&node.kind, Kind::Seq(items) if items.is_empty()) {
        source.error("empty-list", node.span.clone(), tr!("`{name}` is empty"), tr!("an empty list"), help);
    }
}

/// Two whole numbers, the second not smaller than the first: `[1, 2]`.
pub fn span(fields: &Fields<'_>, name: &str) -> Option<(u32, u32)> {
    let node = fields.get(name)?;
    let read = |node: &Node| {
        let value = yaml::integer(fields.source(), name, node, 0..=365)?;
        u32::try_from(value).ok()
    };
    let numbers: Vec<Option<u32>> = yaml::list(fields.source(), name, node)?.iter().map(read).collect();
    match numbers.as_slice() {
        [Some(from), Some(to)] if from <= to => Some((*from, *to)),
        _ if numbers.contains(&None) => None,
        _ => {
            fields.source().error(
                "span",
                node.span.clone(),
                tr!("`{name}` is from and to, in days"),
                tr!("not two numbers in order"),
                write_help(format_args!("{name}: [1, 2]")),
            );
            None
        }
    }
}

/// A mail address, checked by the same rules as in the till.
pub fn email(fields: &Fields<'_>, name: &str) -> Option<String> {
    let written = fields.text(name)?;
    let why = match MailAddress::parse(&written.value) {
        Ok(_) => return Some(written.value.trim().to_owned()),
        Err(why) => why,
    };
    let help = match why {
        NotAnAddress::Letters => tr!("write an address in plain letters before the `@`: `zoe@example.com`"),
        _ => tr!("write it bare: `bonjour@example.com`"),
    };
    let message = tr!("`{name}` is not an e-mail address that mails can go to");
    fields.source().error("email", written.span, message, why.to_string(), help);
    None
}

/// An address of another site: http or https, as browsers write it.
pub fn web_url(source: &Source, name: &str, written: &Spanned<String>) -> Option<String> {
    web::link(&written.value).map_err(|error| web_fault(source, name, written, &error)).ok()
}

/// Says what is wrong with an address, and how to write it.
pub fn web_fault(source: &Source, name: &str, written: &Spanned<String>, error: &WebError) {
    let (code, label, help) = match error {
        WebError::NotAnAddress => ("url", "", tr!("write it whole: `https://www.example.com/`").to_owned()),
        WebError::Login => {
            ("url", tr!("before the `@`"), tr!("write it without: everybody will read it").to_owned())
        }
        WebError::Host(Some(better)) => ("url-host", tr!("an empty part"), write_help(better)),
        WebError::Host(None) => (
            "url-host",
            tr!("not a name"),
            tr!("write letters, digits and `-` with single points between them: `https://www.example.com`")
                .to_owned(),
        ),
        WebError::Number => (
            "url-host",
            tr!("a number"),
            tr!("write the name under which visitors reach the shop").to_owned(),
        ),
        WebError::Private => (
            "url-private",
            tr!("for nobody else"),
            tr!("write the address under which others reach it").to_owned(),
        ),
        WebError::Http(better) => ("url-http", tr!("without encryption"), write_help(better)),
        WebError::Path => (
            "url-path",
            tr!("a path follows"),
            tr!("write the address without a path: `https://www.example.com`").to_owned(),
        ),
        WebError::Written(form) => ("url-form", tr!("browsers write it in another way"), write_help(form)),
    };
    let message = match error {
        WebError::NotAnAddress => tr!("`{name}` is not a web address"),
        WebError::Path => tr!("a shop lives at the root of its host").to_owned(),
        WebError::Written(_) => {
            tr!("the till compares this address with what browsers send, letter by letter").to_owned()
        }
        other => other.to_string(),
    };
    source.error(code, written.span.clone(), message, label, help);
}

/// Length, width, height.
pub fn dimensions(fields: &Fields<'_>) -> Option<crate::model::documents::Dimensions> {
    let written = fields.text("dimensions")?;
    let split = written.value.rfind(|c: char| c.is_ascii_digit()).map_or(0, |at| at + 1);
    let (numbers, unit) = written.value.split_at(split);
    let unit = ["mm", "cm", "m"].into_iter().find(|known| *known == unit.trim());
    let numbers: Vec<String> = numbers.split(['x', '×', 'X']).map(|n| n.trim().replace(',', ".")).collect();
    let number = |n: &String| {
        n.len() <= 6
            && n.bytes().all(|b| b.is_ascii_digit() || b == b'.')
            && n.parse::<f32>().is_ok_and(|n| n > 0.0)
    };
    if let Some(unit) = unit
        && (1..=3).contains(&numbers.len())
        && numbers.iter().all(number)
    {
        return Some(crate::model::documents::Dimensions { numbers, unit: unit.into() });
    }
    fields.source().error(
        "dimensions",
        written.span,
        tr!("`dimensions` is length x width x height with one unit"),
        "",
        tr!("write `dimensions: 14 x 14 x 7 cm`, or one or two numbers; mm, cm or m"),
    );
    None
}

/// A GTIN of 8, 12, 13 or 14 digits whose check digit is right (GS1 General Specifications, 7.9).
pub fn gtin(fields: &Fields<'_>) -> Option<String> {
    let written = fields.text("gtin")?;
    let digits: Vec<u32> = written.value.chars().filter_map(|c| c.to_digit(10)).collect();
    let plain = digits.len() == written.value.chars().count() && matches!(digits.len(), 8 | 12 | 13 | 14);
    let sum: u32 = digits.iter().rev().enumerate().map(|(i, d)| if i % 2 == 1 { d * 3 } else { *d }).sum();
    if plain && sum.is_multiple_of(10) {
        if !is_local(&written.value) {
            return Some(written.value);
        }
        fields.source().error(
            "gtin-local",
            written.span,
            tr!("this number is for use inside a shop, or a coupon's: feeds refuse it"),
            tr!("nobody's own"),
            tr!("leave `gtin` out, or write the number that GS1 gave to this product"),
        );
        return None;
    }
    let (label, help) = if plain {
        (tr!("its last digit does not fit the others"), tr!("copy it again from under the bar code"))
    } else {
        (
            tr!("not 8, 12, 13 or 14 digits"),
            tr!("write the digits under the bar code, in quotes, without spaces"),
        )
    };
    fields.source().error("gtin", written.span, tr!("this is not a GTIN"), label, help);
    None
}

/// Whether a GTIN is in a range that identifies no product: restricted circulation (20 to 29, 02, 04, in eight digits 0 and 2) and
/// coupons (05, 98, 99). GS1 General Specifications, 1.4; support.google.com/merchants/answer/6324461 refuses them.
fn is_local(gtin: &str) -> bool {
    if gtin.len() == 8 {
        return gtin.starts_with(['0', '2']);
    }
    let thirteen = match gtin.len() {
        12 => format!("0{gtin}"),
        length => gtin[length - 13..].to_owned(),
    };
    thirteen.starts_with('2')
        || ["02", "04", "05", "98", "99"].iter().any(|range| thirteen.starts_with(range))
}

/// Old addresses: root-relative paths.
pub fn aliases(fields: &Fields<'_>) -> Vec<Spanned<String>> {
    let mut paths = fields.texts("aliases");
    paths.retain(|path| {
        let segments_fine = path.value.split('/').all(|part| part != "." && part != "..");
        let fine = path.value.starts_with('/')
            && path.value.len() > 1
            && path.value.len() <= 200
            && !path.value.contains("//")
            && !path.value.starts_with("/_")
            && segments_fine
            && path
                .value
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'-' | b'_' | b'.' | b'~'));
        if !fine {
            fields.source().error(
                "alias",
                path.span.clone(),
                tr!("an alias is an old address of this shop"),
                tr!("not an address"),
                tr!("write the path only, from the first `/`: `/ancien-bol/`"),
            );
        }
        fine
    });
    paths
}

/// The span of a field's value, or else the beginning of the mapping.
pub fn span_of(fields: &Fields<'_>, name: &str) -> Range<usize> {
    fields.entry(name).map_or_else(|| fields.beginning(), |entry| entry.value.span.clone())
}
