//! Forms: their fields, and what they say of prices.

use catalog::{Cents, note};

use crate::decide::Quote;
use crate::perform::Till;

/// A form's fields, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form {
    fields: Vec<(String, String)>,
}

impl Form {
    /// Reads `application/x-www-form-urlencoded`, up to 500 fields.
    pub fn parse(bytes: &[u8]) -> Self {
        let fields = form_urlencoded::parse(bytes).take(500);
        Form { fields: fields.map(|(name, value)| (name.into_owned(), value.into_owned())).collect() }
    }

    /// The first field of this name, unless it is empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        let field = self.fields.iter().find(|(known, _)| known == name);
        field.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// Every field, in order.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The note of a form for one piece: the values of all its fields named `note`.
    pub fn note(&self) -> Option<String> {
        let lines: Vec<&str> = self.all("note").collect();
        note::typed(&lines.join("\n"))
    }

    /// Every field of this name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The language, if the shop has it; else the shop's first.
    pub fn lang(&self, till: &Till) -> String {
        language(till, self.get("lang"))
    }

    /// The price of one that the page showed for each line: SKU, note, price.
    pub fn expected_prices(&self) -> Vec<(&str, &str, Cents)> {
        let notes = self.all("note").map(Some).chain(std::iter::repeat(None));
        let lines = self.all("sku").zip(notes).zip(self.all("expected_price"));
        lines
            .filter_map(|((sku, note), price)| {
                Some((sku, note.unwrap_or_default(), Cents(price.trim().parse().ok()?)))
            })
            .collect()
    }

    /// The same fields with the figures of a new quote, to be confirmed.
    pub fn with_expected(&self, quote: &Quote) -> Vec<(String, String)> {
        let kept = self.fields.iter().filter(|(name, _)| {
            !matches!(name.as_str(), "expected_total" | "expected_price" | "sku" | "quantity" | "note")
        });
        let mut fields: Vec<(String, String)> = kept.cloned().collect();
        fields.push(("expected_total".to_owned(), quote.total.0.to_string()));
        for line in &quote.lines {
            fields.push(("sku".to_owned(), line.sku.to_string()));
            fields.push(("quantity".to_owned(), line.quantity.to_string()));
            fields.push(("note".to_owned(), line.note.clone().unwrap_or_default()));
            fields.push(("expected_price".to_owned(), line.unit_price.0.to_string()));
        }
        fields
    }
}

/// The requested language if the shop has it, else the shop's first.
pub fn language(till: &Till, asked: Option<&str>) -> String {
    let languages = &till.ledger.shop.settings.languages;
    let known = asked.filter(|asked| languages.iter().any(|lang| lang == asked));
    known.or(languages.first().map(String::as_str)).unwrap_or("en").to_owned()
}
