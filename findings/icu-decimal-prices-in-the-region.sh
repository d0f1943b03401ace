#!/bin/sh
# crate `icu_decimal` 2.4.0 (ICU4X) prints numbers, and knows nothing of the two signs that CLDR has for amounts of money alone: `currencyDecimal`
# and `currencyGroup` (https://www.unicode.org/reports/tr35/tr35-numbers.html, "Number Symbols"). Two regions have them among those that a European shop
# serves: in fr-CH a price has a point where every other number has a comma, in de-AT its thousands are grouped with a point and those of other
# numbers with a no-break space. A price that is printed with `DecimalFormatter`, a currency beside it, is written as nobody there writes it, while
# `Intl.NumberFormat` in a browser prints the same amount correctly on the same page.
#
# Seen: npm `cldr-numbers-full` 48.2.0 has currencyDecimal "." beside decimal "," for fr-CH, currencyGroup "." beside group U+00A0 for de-AT;
# `icu_decimal` prints 12 345,50 for fr-CH and groups de-AT with U+00A0. Needs Node.js, npm and cargo. Ends with 1 when that has changed.
set -eu
for program in npm node cargo; do
  command -v $program >/dev/null || { echo "$program was not found" >&2; exit 2; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '{"private":true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts cldr-numbers-full@48.2.0
cat >signs.mjs <<'JS'
import { readFileSync } from "node:fs";
for (const lang of ["fr-CH", "de-AT"]) {
  const { main } = JSON.parse(readFileSync(`node_modules/cldr-numbers-full/main/${lang}/numbers.json`, "utf8"));
  const { decimal, group, currencyDecimal, currencyGroup } = main[lang].numbers["symbols-numberSystem-latn"];
  console.log(`CLDR ${lang} ${JSON.stringify({ decimal, currencyDecimal, group, currencyGroup })}`);
}
JS
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "prices"
version = "0.0.0"
edition = "2021"
[dependencies]
icu_decimal = "=2.4.0"
icu_locale_core = "2.4"
TOML
cat >src/main.rs <<'RUST'
use icu_decimal::{input::Decimal, DecimalFormatter};
use icu_locale_core::Locale;

fn main() {
    for lang in ["fr-CH", "de-AT"] {
        let locale: Locale = lang.parse().unwrap();
        let formatter = DecimalFormatter::try_new((&locale).into(), Default::default()).unwrap();
        let mut price = Decimal::from(1_234_550);
        price.multiply_pow10(-2);
        println!("icu_decimal {lang} {}", formatter.format(&price).to_string().replace('\u{a0}', "~").replace('\u{202f}', "^"));
    }
}
RUST
node signs.mjs >seen
cargo run --quiet >>seen
cat seen
grep -q '^CLDR fr-CH {"decimal":",","currencyDecimal":"\."' seen &&
  grep -q '^CLDR de-AT {.*"currencyGroup":"\."}$' seen &&
  grep -q '^icu_decimal fr-CH 12[^0-9]345,50$' seen &&
  grep -q '^icu_decimal de-AT 12~345,50$' seen
