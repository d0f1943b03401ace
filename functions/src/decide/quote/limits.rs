//! Carts at their limits: amounts, weights, seconds and counts, exactly there, just below and just above.

use catalog::Sale;
use catalog::item::Localized;
use catalog::shipping::RateStep;

use super::*;
use crate::testing::{both, item, settings};

fn to(country: &str, rate: Option<&str>) -> Destination {
    Destination::Ship { country: country.to_owned(), rate: rate.map(str::to_owned) }
}

fn cart(lines: &[(&str, u32)], destination: Destination) -> Cart {
    let line = |(sku, quantity): &(&str, u32)| CartLine {
        sku: Sku::new(sku).expect("a sku"),
        quantity: *quantity,
        note: None,
    };
    Cart { lang: "fr".to_owned(), destination, lines: lines.iter().map(line).collect() }
}

/// Prices a cart of these items at `now`.
fn at(
    now: Timestamp,
    settings: &Settings,
    shelf: &[Item],
    lines: &[(&str, u32)],
    destination: Destination,
) -> Result<Quote, Refusal> {
    let find = |sku: &Sku| shelf.iter().find(|item| item.sku == *sku).cloned();
    quote(&cart(lines, destination), settings, now, &find)
}

/// Prices one piece, changed by `change`.
fn one(change: impl FnOnce(&mut Item), destination: Destination) -> Result<Quote, Refusal> {
    let mut item = item("BOL", Supply::Unlimited);
    change(&mut item);
    at(Timestamp(0), &settings(), &[item], &[("BOL", 1)], destination)
}

fn too_large<T>(result: &Result<T, Refusal>) -> bool {
    matches!(result, Err(Refusal::CartTooLarge(_)))
}

const UNSERVED: fn(NotServed) -> Refusal = Refusal::DestinationNotServed;

#[test]
fn shipping_is_free_from_the_very_amount_on() {
    let shipping = |price| {
        let quote = one(|item| item.price = Cents(price), to("FR", Some("colissimo"))).expect("sold");
        (quote.shipping.price.0, quote.shipping.free_in.map(|free_in| free_in.0), quote.total.0)
    };
    assert_eq!(shipping(7999), (590, Some(1), 8589));
    assert_eq!(shipping(8000), (0, None, 8000));
    assert_eq!(shipping(8001), (0, None, 8001));
}

#[test]
fn nothing_is_missing_until_it_is_free_where_it_costs_nothing_or_is_never_free() {
    let mut settings = settings();
    settings.shipping.zones[0].rates[0].prices[0].price = Cents::ZERO;
    let missing = |rate| {
        let quote = at(
            Timestamp(0),
            &settings,
            &[item("BOL", Supply::Unlimited)],
            &[("BOL", 1)],
            to("FR", Some(rate)),
        );
        let shipping = quote.expect("sold").shipping;
        (shipping.price.0, shipping.free_in)
    };
    assert_eq!([missing("colissimo"), missing("express")], [(0, None), (1500, None)]);
}

#[test]
fn a_parcel_of_the_very_gram_still_takes_the_step() {
    let shipping = |grams: Option<u32>, rate| {
        let quote = one(|item| item.weight = grams.map(Grams), to("FR", Some(rate)));
        quote.map(|quote| quote.shipping.price.0)
    };
    let costs = [None, Some(499), Some(500), Some(501), Some(5000)].map(|grams| shipping(grams, "colissimo"));
    assert_eq!(costs, [Ok(590), Ok(590), Ok(590), Ok(990), Ok(990)]);
    assert_eq!(shipping(Some(5001), "colissimo"), Err(UNSERVED(NotServed::Weight)));
    assert_eq!(shipping(Some(2000), "express"), Ok(1500));
    assert_eq!(shipping(Some(2001), "express"), Err(UNSERVED(NotServed::Weight)));
}

#[test]
fn the_weight_is_that_of_all_pieces_of_all_lines_and_never_wraps() {
    let weighed = |grams, lines: &[(&str, u32)]| {
        let mut heavy = item("BOL", Supply::Unlimited);
        heavy.weight = Some(Grams(grams));
        heavy.price = Cents(50);
        at(Timestamp(0), &settings(), &[heavy], lines, Destination::Pickup)
    };
    let weight = |quote: Result<Quote, Refusal>| quote.map(|quote| quote.weight);
    assert_eq!(weight(weighed(7, &[("BOL", 2), ("BOL", 3)])), Ok(Grams(35)));
    assert_eq!(weight(weighed(u32::MAX, &[("BOL", 1)])), Ok(Grams(u32::MAX)));
    assert!(too_large(&weighed(1 << 31, &[("BOL", 2)])), "two make 2^32 grams");
    assert!(too_large(&weighed(u32::MAX, &[("BOL", 99); 50])));
}

#[test]
fn a_rate_of_another_zone_is_not_taken() {
    let quoted = |country, rate| {
        let quote = one(|_| {}, to(country, Some(rate)))?;
        Ok((quote.shipping.zone.unwrap_or_default(), quote.shipping.price.0))
    };
    assert_eq!(quoted("BE", "poste"), Ok(("benelux".to_owned(), 1250)));
    assert_eq!(quoted("MC", "colissimo"), Ok(("france".to_owned(), 590)));
    assert_eq!(quoted("FR", "poste"), Err(UNSERVED(NotServed::Rate)));
    assert_eq!(quoted("BE", "colissimo"), Err(UNSERVED(NotServed::Rate)));
    // Two zones may have rates with the same id.
    let mut settings = settings();
    settings.shipping.zones[1].rates[0].id = "colissimo".to_owned();
    let shelf = [item("BOL", Supply::Unlimited)];
    let price = |country| {
        let quote = at(Timestamp(0), &settings, &shelf, &[("BOL", 1)], to(country, Some("colissimo")));
        quote.expect("sold").shipping.price.0
    };
    assert_eq!(["FR", "BE"].map(price), [590, 1250]);
}

#[test]
fn the_cheapest_rate_is_taken_wherever_it_stands() {
    let mut settings = settings();
    let rates = &mut settings.shipping.zones[0].rates;
    let mut slow = rates[1].clone();
    slow.id = "slow".to_owned();
    slow.prices = vec![RateStep { up_to: Grams(2000), price: Cents(700) }];
    rates.push(slow);
    for _ in 0..3 {
        settings.shipping.zones[0].rates.rotate_left(1);
        let taken = |lines: &[(&str, u32)]| {
            let quote = at(Timestamp(0), &settings, &[item("BOL", Supply::Unlimited)], lines, to("FR", None));
            quote.map(|quote| (quote.shipping.rate, quote.shipping.price.0))
        };
        assert_eq!(taken(&[("BOL", 1)]), Ok(("colissimo".to_owned(), 590)));
        assert_eq!(taken(&[("BOL", 2)]), Ok(("slow".to_owned(), 700)), "840 g");
        assert_eq!(taken(&[("BOL", 3)]), Ok(("colissimo".to_owned(), 0)), "free over 80 €");
    }
}

#[test]
fn a_thing_is_sold_from_its_first_second_until_before_its_last() {
    let sold = |publish, unpublish| {
        let mut item = item("BOL", Supply::Unlimited);
        (item.publish, item.unpublish) = (publish, unpublish);
        [99, 100, 199, 200].map(|now| {
            let quote = at(
                Timestamp(now),
                &settings(),
                std::slice::from_ref(&item),
                &[("BOL", 1)],
                Destination::Pickup,
            );
            match quote {
                Ok(_) => true,
                Err(Refusal::UnknownSku { sku }) if sku == "BOL" => false,
                Err(other) => panic!("{other}"),
            }
        })
    };
    assert_eq!(sold(Some(Timestamp(100)), Some(Timestamp(200))), [false, true, true, false]);
    assert_eq!(sold(Some(Timestamp(100)), None), [false, true, true, true]);
    assert_eq!(sold(None, Some(Timestamp(200))), [true, true, true, false]);
    assert_eq!(sold(None, None), [true; 4]);
}

#[test]
fn a_sale_without_a_begin_or_an_end_is_on_until_or_from_its_very_second() {
    let price = |from, until| {
        let mut item = item("BOL", Supply::Unlimited);
        item.sale = Some(Sale { price: Cents(2000), window: Window { from, until } });
        [99, 100, 199, 200].map(|now| {
            let quote = at(
                Timestamp(now),
                &settings(),
                std::slice::from_ref(&item),
                &[("BOL", 2)],
                Destination::Pickup,
            );
            quote.expect("sold").total.0
        })
    };
    assert_eq!(price(Some(Timestamp(100)), None), [5600, 4000, 4000, 4000]);
    assert_eq!(price(None, Some(Timestamp(200))), [4000, 4000, 4000, 5600]);
}

#[test]
fn ninety_nine_pieces_and_fifty_lines_are_the_most() {
    let mut cheap = item("BOL", Supply::Unlimited);
    cheap.price = Cents(50);
    let shelf = [cheap];
    let total = |lines: &[(&str, u32)]| {
        at(Timestamp(0), &settings(), &shelf, lines, Destination::Pickup).map(|quote| quote.total.0)
    };
    assert_eq!(total(&[("BOL", 99)]), Ok(4950));
    assert!(too_large(&total(&[("BOL", 100)])));
    assert_eq!(total(&[("BOL", 99); 50]), Ok(247_500));
    assert!(too_large(&total(&[("BOL", 1); 51])));
}

#[test]
fn the_most_that_can_be_paid_at_once_is_paid_and_no_cent_more() {
    let collected =
        |price| one(|item| item.price = Cents(price), Destination::Pickup).map(|quote| quote.total.0);
    assert_eq!(collected(99_999_999), Ok(99_999_999));
    assert!(too_large(&collected(100_000_000)));
    let sent =
        |price| one(|item| item.price = Cents(price), to("FR", Some("express"))).map(|quote| quote.total.0);
    assert_eq!(sent(99_998_499), Ok(99_999_999), "15 € of shipping");
    assert!(too_large(&sent(99_998_500)));
    // The goods alone are also refused, before delivery is considered.
    let goods = |price, lines: &[(&str, u32)]| {
        let mut dear = item("BOL", Supply::Unlimited);
        dear.price = Cents(price);
        let find = |_: &Sku| Some(dear.clone());
        price_goods(&cart(lines, to("US", None)), &settings(), Timestamp(0), &find).map(|goods| goods.total.0)
    };
    assert_eq!(goods(99_999_999, &[("BOL", 1)]), Ok(99_999_999));
    assert!(too_large(&goods(50_000_000, &[("BOL", 1), ("BOL", 1)])));
    assert!(too_large(&goods(99_999_999, &[("BOL", 99); 50])), "no sum wraps around");
}

#[test]
fn one_piece_that_can_only_be_collected_keeps_the_whole_cart() {
    let mut fragile = item("LUSTRE", Supply::Pieces(1));
    fragile.pickup_only = true;
    let shelf = [item("BOL", Supply::Pieces(6)), fragile];
    for lines in [[("BOL", 1), ("LUSTRE", 1)], [("LUSTRE", 1), ("BOL", 1)]] {
        let sent = at(Timestamp(0), &settings(), &shelf, &lines, to("FR", None));
        assert_eq!(sent, Err(UNSERVED(NotServed::PickupOnly)));
        let collected =
            at(Timestamp(0), &settings(), &shelf, &lines, Destination::Pickup).expect("collected");
        assert_eq!((collected.shipping.price, collected.total), (Cents::ZERO, Cents(5600)));
        assert_eq!(collected.shipping.address.as_deref(), Some("1 rue des Lilas"));
    }
    let mut without = settings();
    without.shipping.pickup = None;
    let nowhere = at(Timestamp(0), &without, &shelf, &[("LUSTRE", 1)], Destination::Pickup);
    assert_eq!(nowhere, Err(UNSERVED(NotServed::NoPickup)));
}

#[test]
fn a_cart_waits_for_the_piece_that_takes_longest() {
    let made = |sku: &str, days| Item { made_to_order_days: days, ..item(sku, Supply::Unlimited) };
    let shelf = [made("A", Some(3)), made("B", None), made("C", Some(10)), made("D", Some(5))];
    let lines = [("A", 1), ("B", 1), ("C", 1), ("D", 1)];
    let days =
        |destination| at(Timestamp(0), &settings(), &shelf, &lines, destination).expect("sold").shipping.days;
    assert_eq!(days(to("FR", Some("colissimo"))), Some((13, 15)), "made, handled, on its way");
    assert_eq!(days(Destination::Pickup), Some((11, 12)), "made, handled");
}

#[test]
fn words_cost_only_where_there_are_some() {
    let mut own = item("TABLIER", Supply::Unlimited);
    own.personalisation = Some(catalog::Personalisation {
        label: both("Prénom", "Name"),
        max_length: 12,
        price: Cents(800),
        fields: Vec::new(),
    });
    let price = |note: Option<&str>| {
        let mut cart = cart(&[("TABLIER", 2)], Destination::Pickup);
        cart.lines[0].note = note.map(str::to_owned);
        quote(&cart, &settings(), Timestamp(0), &|_| Some(own.clone())).expect("sold").total.0
    };
    assert_eq!([None, Some(""), Some("Anne")].map(price), [5600, 5600, 7200]);
}

#[test]
fn lines_of_one_stock_are_counted_together() {
    let shared = |sku: &str| Item {
        stock: StockKey::new("LOT").expect("a key"),
        price: Cents(50),
        ..item(sku, Supply::Pieces(3))
    };
    let shelf = [shared("LOT-A"), shared("LOT-B"), item("BOL", Supply::Unlimited)];
    let lines = [("LOT-A", 2), ("BOL", 1), ("LOT-B", 99), ("LOT-A", 99)];
    let quote = at(Timestamp(0), &settings(), &shelf, &lines, Destination::Pickup).expect("priced");
    let counted: Vec<(String, i64, Supply)> = pieces(&quote.lines)
        .into_iter()
        .map(|(key, (count, supply))| (key.to_string(), count, supply))
        .collect();
    let expected = [("BOL".to_owned(), 1, Supply::Unlimited), ("LOT".to_owned(), 200, Supply::Pieces(3))];
    assert_eq!(counted, expected);
}

#[test]
fn shipping_carries_the_rates_of_the_goods_and_each_rate_is_rounded_once() {
    let taxed =
        |sku: &str, price, vat: &str| Item { price, vat: vat.to_owned(), ..item(sku, Supply::Unlimited) };
    let shelf = [
        taxed("A", Cents(2800), "standard"),
        taxed("B", Cents(4500), "reduced"),
        taxed("C", Cents(3), "standard"),
    ];
    let vat = |settings: &Settings, lines: &[(&str, u32)], destination| {
        let quote = at(Timestamp(0), settings, &shelf, lines, destination).expect("sold");
        quote.vat.iter().map(|line| (line.rate.0, line.gross.0, line.net.0, line.tax.0)).collect::<Vec<_>>()
    };
    let sent = to("FR", Some("colissimo"));
    // 9.90 € of shipping: 3.80 € belong to 28 €, 6.10 € to 45 €.
    assert_eq!(
        vat(&settings(), &[("A", 1), ("B", 1)], sent.clone()),
        [(2000, 3180, 2650, 530), (550, 5110, 4844, 266)]
    );
    assert_eq!(vat(&settings(), &[("A", 1)], sent.clone()), [(2000, 3390, 2825, 565)]);
    // Half a cent of tax in each line makes one cent in both.
    assert_eq!(vat(&settings(), &[("C", 1), ("C", 1)], Destination::Pickup), [(2000, 6, 5, 1)]);
    for scheme in [VatScheme::Exempt, VatScheme::Margin] {
        let mut settings = settings();
        settings.seller.vat = scheme;
        assert_eq!(vat(&settings, &[("A", 1), ("B", 1)], sent.clone()), [], "{scheme:?}");
        let quote = at(Timestamp(0), &settings, &shelf, &[("A", 1)], sent.clone()).expect("sold");
        assert_eq!((quote.lines[0].vat, quote.total.0), (None, 3390));
    }
}

#[test]
fn a_text_is_in_the_shoppers_language_else_in_the_shops_else_in_any() {
    let texts = |all: &[(&str, &str)]| {
        all.iter().map(|(lang, text)| ((*lang).to_owned(), (*text).to_owned())).collect::<Localized>()
    };
    let settings = settings();
    let all = texts(&[("de", "Schale"), ("en", "Bowl"), ("fr", "Bol")]);
    assert_eq!(["en", "de", "it"].map(|lang| in_language(&all, lang, &settings)), ["Bowl", "Schale", "Bol"]);
    assert_eq!(in_language(&texts(&[("de", "Schale")]), "en", &settings), "Schale");
    let quote = one(|_| {}, Destination::Pickup).expect("sold");
    let line = &quote.lines[0];
    assert_eq!((line.title.as_str(), line.url.as_deref()), ("Bol", Some("/produits/bol/")));
    assert_eq!(quote.shipping.label, "Retrait");
}
