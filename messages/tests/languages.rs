//! The two languages in one process: a single test, since the language belongs to the process.

use messages::{Language, tr, trn};

#[test]
fn a_message_is_said_in_the_language_that_is_spoken() {
    let name = "bol-lune";
    let said = || [tr!("there is no product `{name}`"), tr!("nothing is wrong").to_owned()];
    let photos = |count: usize| trn!(count, "{count} photo", "{count} photos");
    assert_eq!(said(), ["there is no product `bol-lune`", "nothing is wrong"]);
    assert_eq!([photos(0), photos(1), photos(2)], ["0 photos", "1 photo", "2 photos"]);
    Language::French.speak();
    assert_eq!(said(), ["il n’y a pas de produit `bol-lune`", "tout est en ordre"]);
    assert_eq!([photos(0), photos(1), photos(2)], ["0 photo", "1 photo", "2 photos"]);
    Language::English.speak();
}

#[test]
fn a_locale_names_its_language() {
    for locale in ["fr", "fr-FR", "fr_FR.UTF-8", "FR", "fr@euro"] {
        assert_eq!(Language::of_locale(locale), Language::French, "{locale}");
    }
    for locale in ["", "C", "C.UTF-8", "en_GB.UTF-8", "de", "fry", "frp-FR"] {
        assert_eq!(Language::of_locale(locale), Language::English, "{locale}");
    }
}
