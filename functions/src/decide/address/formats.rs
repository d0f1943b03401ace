//! How each country writes an address: the data of Google's libaddressinput (chromium-i18n.appspot.com/ssl-address/data),
//! taken from the npm package `localized-address-format` 1.3.3, in Latin letters, without names and without parts that Stripe
//! does not have.

/// The countries of each format. `A` is the street, `Z` the postal code, `C` the city, `S` the state; `|` begins a line, and
/// anything else is written between two parts. Countries that are not listed have [`USUAL`].
#[rustfmt::skip]
const FORMATS: &[(&str, &str)] = &[
    ("AC AF AI FK GB GG GS IM IO JE KE LK NA PN SD SH SZ TA TC VG ZA", "A|C|Z"),
    ("BH BM BN BT GU IL JO KH LB LS MT MV NP NZ PR SA VC", "A|C Z"),
    ("AS AU CA CC CX FM HM MH MP NF PW UM VI", "A|C S Z"),
    ("EE ES IT LT MZ PF UY", "A|Z C S"),
    ("HK JM PA SC SR TV", "A|C|S"),
    ("EG IE KR RU UA", "A|C|S|Z"),
    ("AR CL CV MY UZ", "A|Z C|S"),
    ("BB SO TW US", "A|C, S Z"),
    ("ID MN TH VN", "A|C|S Z"),
    ("AL EC MU OM", "A|Z|C"),
    ("IN NG PE", "A|C Z|S"),
    ("BF MW", "A|C"),
    ("BS KN", "A|C, S"),
    ("HN IQ", "A|C, S|Z"),
    ("CN KP", "A|C|S, Z"),
    ("AE NR", "A|S"),
    ("GI SG", "A|Z"),
    ("MO", "A"),
    ("CI", "A C"),
    ("JP", "A, S|Z"),
    ("CU", "A|C S|Z"),
    ("PG", "A|C Z S"),
    ("VE", "A|C Z, S"),
    ("BD", "A|C - Z"),
    ("CO", "A|C, S, Z"),
    ("MM", "A|C, Z"),
    ("BR", "A|C-S|Z"),
    ("PK", "A|C-Z"),
    ("PH", "A|C|Z S"),
    ("KY", "A|S Z"),
    ("CR", "A|S, C|Z"),
    ("KI", "A|S|C"),
    ("LV", "A|S|C, Z"),
    ("MX", "A|Z C, S"),
    ("TR", "A|Z C/S"),
    ("RO", "A|Z S C"),
    ("BY", "A|Z, C|S"),
    ("GT", "A|Z- C"),
    ("SV", "A|Z-C|S"),
    ("NI", "A|Z|C, S"),
    ("AM", "A|Z|C|S"),
    ("HU", "C|A|Z"),
    ("IR", "S|C|A|Z"),
    ("GN", "Z A C"),
    ("KZ", "Z|S|C|A"),
];

/// The format of most countries.
pub const USUAL: &str = "A|Z C";

/// The format of a country by its code (ISO 3166-1 alpha-2).
pub fn of(country: &str) -> &'static str {
    let known = FORMATS.iter().find(|(countries, _)| countries.split(' ').any(|known| known == country));
    known.map_or(USUAL, |(_, format)| format)
}

#[cfg(test)]
mod tests {
    use super::FORMATS;

    #[test]
    fn each_country_has_one_format_of_known_parts() {
        let mut countries: Vec<&str> =
            FORMATS.iter().flat_map(|(countries, _)| countries.split(' ')).collect();
        assert!(countries.iter().all(|country| country.len() == 2));
        let count = countries.len();
        countries.sort_unstable();
        countries.dedup();
        assert_eq!(countries.len(), count);
        for (_, format) in FORMATS {
            assert!(format.chars().all(|part| "AZCS|, -/".contains(part)), "{format}");
        }
    }
}
