//! What distinguishes variants: their names and addresses, and in the terms of search engines size, colour, material, pattern;
//! the rest by its own name.

use std::collections::BTreeMap;

use crate::model::lang::LangIx;
use crate::model::product::Product;

/// Longest name of a group of variants (Google's product data specification, `item_group_id`).
const MAX_GROUP: usize = 50;

/// The labels of a variant's values: `M, bleu`.
pub fn variant_name(product: &Product, choice: &[usize], lang: LangIx) -> String {
    let labels: Vec<&str> = product
        .doc
        .options
        .iter()
        .zip(choice)
        .filter_map(|(option, at)| option.values.get(*at).map(|(_, label)| label.get(lang)))
        .collect();
    labels.join(", ")
}

/// The choice as a query: `taille=m&couleur=bleu`.
pub fn query(product: &Product, choice: &[usize]) -> String {
    let pairs: Vec<String> = product
        .doc
        .options
        .iter()
        .zip(choice)
        .filter_map(|(option, at)| option.values.get(*at).map(|(id, _)| format!("{}={id}", option.id)))
        .collect();
    pairs.join("&")
}

/// What a variant's options say about it. Two options may mean the same property: all their values count.
#[derive(Debug, Default)]
pub struct VariantFacts<'a> {
    /// Values by schema.org's property, which is also the name of Google's attribute.
    pub known: BTreeMap<&'static str, Vec<&'a str>>,
    /// Label and value of every other option.
    pub own: Vec<(&'a str, &'a str)>,
}

/// Reads a variant's choice.
pub fn variant_facts<'a>(product: &'a Product, choice: &[usize], lang: LangIx) -> VariantFacts<'a> {
    let mut facts = VariantFacts::default();
    for (option, at) in product.doc.options.iter().zip(choice) {
        let Some((_, label)) = option.values.get(*at) else { continue };
        match property(&option.id) {
            Some(known) => facts.known.entry(known).or_default().push(label.get(lang)),
            None => facts.own.push((option.label.get(lang), label.get(lang))),
        }
    }
    facts
}

/// The name of a product's group: its id, shortened if need be with a digest of the whole, so that it stays unique.
pub fn group_id(id: &str) -> String {
    if id.len() <= MAX_GROUP {
        return id.to_owned();
    }
    let digest = blake3::hash(id.as_bytes()).to_hex();
    // Ids are ASCII.
    format!("{}-{}", &id[..MAX_GROUP - 9], &digest[..8])
}

/// The property by which Google distinguishes variants of this option, if there is one.
pub(super) fn property(option: &str) -> Option<&'static str> {
    match option {
        "size" | "taille" | "pointure" | "groesse" | "talla" | "taglia" | "maat" => Some("size"),
        "color" | "colour" | "couleur" | "coloris" | "farbe" | "colore" | "kleur" | "glacure" => {
            Some("color")
        }
        "material" | "matiere" | "materiau" | "materiale" | "bois" | "wood" => Some("material"),
        "pattern" | "motif" | "muster" => Some("pattern"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_GROUP, group_id, property};

    #[test]
    fn options_that_google_knows_have_its_names() {
        for (option, known) in [
            ("taille", Some("size")),
            ("glacure", Some("color")),
            ("bois", Some("material")),
            ("motif", Some("pattern")),
            ("gravure", None),
        ] {
            assert_eq!(property(option), known, "{option}");
        }
    }

    #[test]
    fn long_names_of_groups_stay_different() {
        let long = |end: &str| format!("{}{end}", "a".repeat(60));
        assert_eq!(group_id("tablier"), "tablier");
        assert!(group_id(&long("b")).len() <= MAX_GROUP && group_id(&long("b")) != group_id(&long("c")));
    }
}
