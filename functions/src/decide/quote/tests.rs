//! What a cart costs, what is refused, and that every quote adds up.

use super::*;
use crate::testing::{both, item, settings, window};
use catalog::note::NoteField;
use catalog::{Personalisation, Sale};
use proptest::prelude::*;

fn shelf() -> Vec<Item> {
    let mut on_sale = item("VASE", Supply::Pieces(1));
    on_sale.sale = Some(Sale { price: Cents(2000), window: window(100, 200) });
    let mut own = item("TABLIER", Supply::Unlimited);
    own.price = Cents(4500);
    own.vat = "reduced".to_owned();
    own.personalisation = Some(Personalisation {
        label: both("Prénom", "Name"),
        max_length: 12,
        price: Cents(800),
        fields: Vec::new(),
    });
    own.made_to_order_days = Some(10);
    let mut heavy = item("BANC", Supply::Pieces(2));
    heavy.weight = Some(Grams(12_000));
    let mut fragile = item("LUSTRE", Supply::Pieces(1));
    fragile.pickup_only = true;
    let mut later = item("DEMAIN", Supply::Pieces(1));
    later.publish = Some(Timestamp(1000));
    vec![item("BOL", Supply::Pieces(6)), on_sale, own, heavy, fragile, later]
}

fn priced(lines: &[(&str, u32, Option<&str>)], destination: Destination, now: i64) -> Result<Quote, Refusal> {
    let shelf = shelf();
    let lines = lines.iter().map(|(sku, quantity, note)| CartLine {
        sku: Sku::new(sku).expect("a sku"),
        quantity: *quantity,
        note: note.map(str::to_owned),
    });
    let cart = Cart { lang: "fr".to_owned(), destination, lines: lines.collect() };
    quote(&cart, &settings(), Timestamp(now), &|sku| shelf.iter().find(|item| item.sku == *sku).cloned())
}

fn to(country: &str, rate: Option<&str>) -> Destination {
    Destination::Ship { country: country.to_owned(), rate: rate.map(str::to_owned) }
}

#[test]
fn a_cart_is_priced_to_the_cent() {
    let lines = [("BOL", 1, None), ("TABLIER", 1, Some("Anne"))];
    let quote = priced(&lines, to("FR", Some("colissimo")), 0).expect("sold");
    assert_eq!(quote.lines.iter().map(|line| line.unit_price.0).collect::<Vec<_>>(), [2800, 5300]);
    assert_eq!((quote.goods.0, quote.shipping.price.0, quote.total.0), (8100, 0, 8100), "free over 80 €");
    assert_eq!(quote.shipping.days, Some((13, 15)), "handling, making and transit");
    let vat: Vec<_> = quote.vat.iter().map(|line| (line.rate.0, line.gross.0, line.tax.0)).collect();
    assert_eq!(vat, [(2000, 2800, 467), (550, 5300, 276)]);
    assert_eq!(quote.lines[1].labelled_note("fr").as_deref(), Some("Prénom\u{a0}: Anne"));
}

#[test]
fn a_sale_counts_from_its_first_instant_until_before_its_last() {
    let price = |now| priced(&[("VASE", 1, None)], Destination::Pickup, now).expect("sold").total.0;
    assert_eq!([99, 100, 199, 200].map(price), [2800, 2000, 2000, 2800]);
}

#[test]
fn the_parcel_takes_the_lightest_step_that_carries_it() {
    let shipping =
        |quantity| priced(&[("BOL", quantity, None)], to("FR", Some("colissimo")), 0).expect("sold").shipping;
    assert_eq!((shipping(1).price, shipping(1).free_in), (Cents(590), Some(Cents(5200))));
    assert_eq!((shipping(2).price, shipping(2).free_in), (Cents(990), Some(Cents(2400))));
    assert_eq!((shipping(3).price, shipping(3).free_in), (Cents::ZERO, None), "84 € of goods");
}

#[test]
fn without_a_rate_the_cheapest_that_fits_is_taken() {
    let quote = priced(&[("BOL", 1, None)], to("FR", None), 0).expect("sold");
    assert_eq!(quote.shipping.rate, "colissimo");
}

#[test]
fn what_is_not_served_is_refused_with_its_reason() {
    let refused = |sku, destination| priced(&[(sku, 1, None)], destination, 0).expect_err("refused");
    let not = Refusal::DestinationNotServed;
    assert_eq!(refused("BOL", to("US", None)), not(NotServed::Country));
    assert_eq!(refused("BOL", to("FR", Some("drone"))), not(NotServed::Rate));
    assert_eq!(refused("BANC", to("FR", None)), not(NotServed::Weight));
    assert_eq!(refused("LUSTRE", to("FR", None)), not(NotServed::PickupOnly));
    assert!(priced(&[("LUSTRE", 1, None)], Destination::Pickup, 0).is_ok());
}

#[test]
fn a_reason_is_one_word_in_texts_and_answers() {
    use NotServed::{Country, NoPickup, PickupOnly, Rate, Weight};
    for why in [Country, Rate, Weight, PickupOnly, NoPickup] {
        assert_eq!(serde_json::json!(why), why.as_str());
    }
}

fn looked_at(lines: &[(&str, u32)], destination: Destination) -> Result<String, NotServed> {
    let shelf = shelf();
    let line = |(sku, quantity): &(&str, u32)| CartLine {
        sku: Sku::new(sku).expect("a sku"),
        quantity: *quantity,
        note: None,
    };
    let lines = lines.iter().map(line).collect();
    let cart = Cart { lang: "fr".to_owned(), destination, lines };
    let find = |sku: &Sku| shelf.iter().find(|item| item.sku == *sku).cloned();
    let goods = price_goods(&cart, &settings(), Timestamp(0), &find).expect("priced");
    current_delivery(&goods, &cart.destination, "fr", &settings()).map(|shipping| shipping.rate)
}

#[test]
fn a_rate_that_is_not_offered_any_more_gives_way_to_the_cheapest_and_nothing_to_collecting() {
    let chosen = |sku, quantity, rate| looked_at(&[(sku, quantity)], to("FR", rate));
    assert_eq!(chosen("BOL", 1, Some("express")).as_deref(), Ok("express"));
    assert_eq!(chosen("BOL", 5, Some("express")).as_deref(), Ok("colissimo"), "too heavy for express");
    assert_eq!(chosen("BOL", 1, Some("drone")).as_deref(), Ok("colissimo"));
    assert_eq!(chosen("BOL", 12, Some("express")), Err(NotServed::Weight));
    assert_eq!(chosen("BANC", 1, None), Err(NotServed::Weight));
    assert_eq!(chosen("LUSTRE", 1, Some("express")), Err(NotServed::PickupOnly));
    assert_eq!(looked_at(&[("BOL", 1)], to("US", Some("express"))), Err(NotServed::Country));
    assert_eq!(looked_at(&[("BOL", 1), ("LUSTRE", 1)], Destination::Pickup).as_deref(), Ok(PICKUP));
}

#[test]
fn days_are_told_only_where_each_part_is_known() {
    let mut settings = settings();
    settings.shipping.zones[0].rates[0].days = None;
    let shelf = shelf();
    let find = |sku: &Sku| shelf.iter().find(|item| item.sku == *sku).cloned();
    let line = CartLine { sku: Sku::new("TABLIER").expect("a sku"), quantity: 1, note: None };
    let mut cart =
        Cart { lang: "fr".to_owned(), destination: to("FR", Some("colissimo")), lines: vec![line] };
    let days = |cart: &Cart| quote(cart, &settings, Timestamp(0), &find).expect("sold").shipping.days;
    assert_eq!(days(&cart), None, "how long the parcel is on its way, nobody said");
    cart.destination = Destination::Pickup;
    assert_eq!(days(&cart), Some((11, 12)), "made in 10, then handled");
}

#[test]
fn each_field_of_a_personalisation_is_named_and_a_missing_one_is_refused() {
    let field = |fr: &str, en: &str, required| NoteField {
        label: both(fr, en),
        max_length: 4,
        required,
        choices: Vec::new(),
        pattern: None,
    };
    let mut lining = field("Doublure", "Lining", false);
    lining.choices = vec![catalog::Choice { id: "coton".to_owned(), label: both("Coton", "Cotton") }];
    let mut curtain = item("RIDEAU", Supply::Unlimited);
    let fields = vec![field("Largeur", "Width", true), field("Hauteur", "Height", true), lining];
    curtain.personalisation =
        Some(Personalisation { label: both("Largeur", "Width"), max_length: 4, price: Cents::ZERO, fields });
    let said = |note: Option<&str>| {
        let line = CartLine { sku: curtain.sku.clone(), quantity: 1, note: note.map(str::to_owned) };
        let cart = Cart { lang: "en".to_owned(), destination: Destination::Pickup, lines: vec![line] };
        quote(&cart, &settings(), Timestamp(0), &|_| Some(curtain.clone()))
            .map(|quote| quote.lines[0].labelled_note("en"))
    };
    assert_eq!(
        said(Some("140\n250\ncoton")),
        Ok(Some("Width: 140 · Height: 250 · Lining: Cotton".to_owned()))
    );
    assert_eq!(said(Some("140\n250")), Ok(Some("Width: 140 · Height: 250".to_owned())));
    for missing in [None, Some("140"), Some("\n250")] {
        assert!(matches!(said(missing), Err(Refusal::BadRequest(_))), "{missing:?}");
    }
}

#[test]
fn what_makes_no_sense_is_refused() {
    let refused =
        |lines: &[(&str, u32, Option<&str>)]| priced(lines, Destination::Pickup, 0).expect_err("refused");
    assert!(matches!(refused(&[]), Refusal::BadRequest(_)));
    assert!(matches!(refused(&[("BOL", 0, None)]), Refusal::BadRequest(_)));
    assert!(matches!(refused(&[("BOL", 1, Some("x"))]), Refusal::BadRequest(_)), "it takes no note");
    assert!(matches!(refused(&[("TABLIER", 1, Some("Treize lettres"))]), Refusal::BadRequest(_)));
    assert!(matches!(refused(&[("TABLIER", 1, Some("a\nb"))]), Refusal::BadRequest(_)));
    assert!(matches!(refused(&[("TABLIER", 1, Some("🎂🎂🎂🎂🎂🎂🎂"))]), Refusal::BadRequest(_)), "14 units");
    assert!(matches!(refused(&[("BOL", 100, None)]), Refusal::CartTooLarge(_)));
    assert!(matches!(refused(&[("BOL", u32::MAX, None)]), Refusal::CartTooLarge(_)));
    assert!(matches!(refused(&vec![("BOL", 1, None); 51]), Refusal::CartTooLarge(_)));
    assert!(matches!(refused(&[("RIEN", 1, None)]), Refusal::UnknownSku { .. }));
    assert!(matches!(refused(&[("DEMAIN", 1, None)]), Refusal::UnknownSku { .. }), "not yet");
}

proptest! {
    #[test]
    fn every_quote_adds_up(
        picks in proptest::collection::vec((0usize..6, 1u32..=99), 1..50),
        place in 0usize..5,
        prices in proptest::collection::vec(prop_oneof![50i64..=9_000, 50i64..=99_999_999], 6),
        now in 0i64..2000,
    ) {
        let mut shelf = shelf();
        for (item, price) in shelf.iter_mut().zip(&prices) {
            item.price = Cents(*price);
            item.sale = item.sale.map(|sale| Sale { price: Cents(50.max(*price / 2)), ..sale });
        }
        let lines = picks.iter().map(|(at, quantity)| {
            CartLine { sku: shelf[*at].sku.clone(), quantity: *quantity, note: None }
        });
        let destination = match place {
            0 => Destination::Pickup,
            1 => to("FR", None),
            2 => to("FR", Some("express")),
            3 => to("BE", None),
            _ => to("MC", Some("colissimo")),
        };
        let cart = Cart { lang: "en".to_owned(), destination, lines: lines.collect() };
        let item = |sku: &Sku| shelf.iter().find(|item| item.sku == *sku).cloned();
        if let Ok(quote) = quote(&cart, &settings(), Timestamp(now), &item) {
            prop_assert_eq!(quote.lines.iter().map(|line| line.total).sum::<Cents>(), quote.goods);
            prop_assert_eq!(quote.goods + quote.shipping.price, quote.total);
            prop_assert!(quote.shipping.price.0 >= 0 && quote.total.0 > 0 && quote.total <= MAX_TOTAL);
            prop_assert_eq!(quote.vat.iter().map(|line| line.net + line.tax).sum::<Cents>(), quote.total);
            for line in &quote.lines {
                prop_assert_eq!(line.unit_price * line.quantity, line.total);
            }
        }
    }
}
