//! A postal address in Stripe's parts, and how it is written on paper. No part is ever guessed from another: `BG` is
//! Bergamo's province, not Bulgaria.

mod formats;

use serde::{Deserialize, Serialize};

/// Where something is sent. The name is in [`Customer`](super::order::Customer).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostalAddress {
    /// Street and number.
    pub line1: Option<String>,
    /// An addition to the street: floor, building.
    pub line2: Option<String>,
    /// Postal code.
    pub postal_code: Option<String>,
    /// City.
    pub city: Option<String>,
    /// State, province or region, often as a code: `BG` for Bergamo.
    pub state: Option<String>,
    /// ISO 3166-1 alpha-2: `IT`.
    pub country: Option<String>,
    /// Lines of an order stored before addresses had parts: all but the country, as they were printed then.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<String>,
}

impl PostalAddress {
    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
            && [&self.line1, &self.line2, &self.postal_code, &self.city, &self.state, &self.country]
                .into_iter()
                .all(|part| text(part).is_none())
    }

    /// The lines on a parcel, without the country, in that country's format; each known part appears once.
    pub fn lines(&self) -> Vec<String> {
        if !self.lines.is_empty() {
            return self.lines.clone();
        }
        let format = formats::of(text(&self.country).unwrap_or_default());
        let lost = |part: char, value: &Option<String>| text(value).is_some() && !format.contains(part);
        // If the country's format has no place for a part that Stripe gave, the usual one is used.
        let format = if lost('A', &self.line1) || lost('C', &self.city) || lost('Z', &self.postal_code) {
            formats::USUAL
        } else {
            format
        };
        // A state without a place follows the city in brackets.
        let state = text(&self.state).filter(|_| !format.contains('S')).map(|state| format!("({state})"));
        let city: Vec<&str> = text(&self.city).into_iter().chain(state.as_deref()).collect();
        let city = (!city.is_empty()).then(|| city.join(" "));
        let mut lines = Vec::new();
        for line in format.split('|') {
            let mut written = String::new();
            let mut between = String::new();
            for part in line.chars() {
                let value = match part {
                    'A' => text(&self.line1),
                    'Z' => text(&self.postal_code),
                    'C' => city.as_deref(),
                    'S' => text(&self.state),
                    other => {
                        between.push(other);
                        continue;
                    }
                };
                if let Some(value) = value {
                    if !written.is_empty() {
                        written.push_str(&between);
                    }
                    written.push_str(value);
                }
                between.clear();
                if part == 'A' {
                    lines.extend((!written.is_empty()).then(|| std::mem::take(&mut written)));
                    written.push_str(text(&self.line2).unwrap_or_default());
                }
            }
            lines.extend((!written.is_empty()).then_some(written));
        }
        lines
    }
}

/// The part, unless it is blank.
fn text(part: &Option<String>) -> Option<&str> {
    part.as_deref().map(str::trim).filter(|text| !text.is_empty())
}

/// The list of lines that earlier versions store and read, with the country's code last: they may run again after a rollback.
pub fn to_lines(address: &PostalAddress) -> Vec<String> {
    address.lines().into_iter().chain(text(&address.country).map(str::to_owned)).collect()
}

/// Reads such a list. Earlier versions wrote the country's code last; no other line is taken for a country.
pub fn from_lines(mut lines: Vec<String>) -> PostalAddress {
    let is_code = |line: &String| line.len() == 2 && line.bytes().all(|byte| byte.is_ascii_uppercase());
    let country = if lines.last().is_some_and(is_code) { lines.pop() } else { None };
    PostalAddress { country, lines, ..PostalAddress::default() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_a_code_at_the_end_of_old_lines_is_a_country() {
        for (last, country) in [("FR", Some("FR")), ("fr", None), ("PARIS", None), ("75", None), ("", None)] {
            let address = from_lines(vec!["1 RUE HAUTE".to_owned(), last.to_owned()]);
            assert_eq!(address.country.as_deref(), country, "{last}");
            assert_eq!(address.lines.len(), if country.is_some() { 1 } else { 2 });
        }
        assert!(from_lines(Vec::new()).is_empty());
    }

    fn address(line1: &str, postal_code: &str, city: &str, state: &str, country: &str) -> PostalAddress {
        let part = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        PostalAddress {
            line1: part(line1),
            postal_code: part(postal_code),
            city: part(city),
            state: part(state),
            country: part(country),
            ..PostalAddress::default()
        }
    }

    #[test]
    fn each_country_writes_its_own_way() {
        for (address, expected) in [
            (address("Via Tasso 1", "24121", "Bergamo", "BG", "IT"), "Via Tasso 1 / 24121 Bergamo BG"),
            (address("Via Roma 2", "16121", "Genova", "GE", "IT"), "Via Roma 2 / 16121 Genova GE"),
            (address("1 Main St", "19801", "Wilmington", "DE", "US"), "1 Main St / Wilmington, DE 19801"),
            (address("3 rue Haute", "35000", "Rennes", "", "FR"), "3 rue Haute / 35000 Rennes"),
            (
                address("3 rue Haute", "35000", "Rennes", "Bretagne", "FR"),
                "3 rue Haute / 35000 Rennes (Bretagne)",
            ),
            (address("10 Downing St", "SW1A 2AA", "London", "", "GB"), "10 Downing St / London / SW1A 2AA"),
            (
                address("Calle Mayor 1", "28013", "Madrid", "Madrid", "ES"),
                "Calle Mayor 1 / 28013 Madrid Madrid",
            ),
            (address("1 Queen St", "M5H 2N2", "Toronto", "ON", "CA"), "1 Queen St / Toronto ON M5H 2N2"),
            (address("1 Orchard Rd", "238801", "Singapore", "", "SG"), "1 Orchard Rd / 238801 Singapore"),
            (address("1 Main St", "19801", "", "DE", "US"), "1 Main St / DE 19801"),
            (address("", "", "", "", "FR"), ""),
        ] {
            assert_eq!(address.lines().join(" / "), expected, "{address:?}");
        }
    }

    #[test]
    fn an_old_list_is_shown_as_it_is_and_only_its_last_line_is_a_country() {
        let list = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
        let old = from_lines(list(&["Via Tasso 1", "24121 Bergamo", "BG", "IT"]));
        assert_eq!(
            (old.lines(), old.country.as_deref()),
            (list(&["Via Tasso 1", "24121 Bergamo", "BG"]), Some("IT"))
        );
        let whole = from_lines(list(&["1 rue Haute", "35000 Rennes"]));
        assert_eq!((whole.lines(), whole.country), (list(&["1 rue Haute", "35000 Rennes"]), None));
        assert!(from_lines(Vec::new()).is_empty());
    }

    /// Codes that are both a state's and a country's.
    const BOTH: [&str; 12] = ["BG", "DE", "GE", "CZ", "AP", "MA", "AL", "CA", "PA", "BE", "SA", "LI"];

    proptest! {
        #[test]
        fn each_part_is_written_once_and_none_is_lost(
            country in "[A-Z]{2}", state in proptest::sample::select(BOTH.as_slice()), city in "[a-z]{3,9}",
            postal_code in "[0-9]{4,6}", street in "[a-z]{3,9} [0-9]{1,2}", floor in proptest::option::of("[a-z]{3} [0-9]"),
        ) {
            let mut whole = address(&street, &postal_code, &city, state, &country);
            whole.line2.clone_from(&floor);
            let written = format!("|{}|", whole.lines().join("|"));
            let words: Vec<&str> = written.split(['|', ' ', ',', '(', ')', '/', '-']).filter(|word| !word.is_empty()).collect();
            for part in [Some(street), floor, Some(city), Some(postal_code), Some(state.to_owned())].into_iter().flatten() {
                prop_assert!(written.contains(&part), "{part} is lost: {written}");
            }
            prop_assert_eq!(words.iter().filter(|word| **word == state).count(), 1, "{}", written);
            prop_assert!(country == state || !words.contains(&country.as_str()), "{}", written);
        }

        #[test]
        fn an_old_till_reads_what_this_one_writes(state in "[A-Z]{2}", country in "[A-Z]{2}") {
            let whole = address("1 rue Haute", "24121", "Bergamo", &state, &country);
            let old = from_lines(to_lines(&whole));
            prop_assert_eq!(old.country.as_deref(), Some(country.as_str()));
            prop_assert_eq!(old.lines(), whole.lines());
        }
    }
}
