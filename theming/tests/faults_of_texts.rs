//! Faults in translations and in the calls of `t`, with their exact texts.

mod shared;

use shared::{Shop, base_with, faults_of, lines};

#[test]
fn calls_of_t_fit_their_texts() {
    assert_eq!(
        faults_of(&[(
            "templates/home.html",
            "{{ t(key=\"helo\") }}{{ t(key=\"cart\") }}{{ t(key=\"hello\") }}{{ t(key=\"hello\", nam=1, name=2) }}{{ t(key=\"cart.count\") }}{{ t(key=\"cart.add\", x=1) }}{{ t() }}"
        )]),
        [
            "themes/base/templates/home.html:1:10 there is no text `helo` in `fr` [unknown] | did you mean `hello`?",
            "themes/base/templates/home.html:1:29 there is no text `cart` in `fr` [unknown] | `cart` is a group of texts: name one of them, such as `cart.add`",
            "themes/base/templates/home.html:1:48 the text `hello` needs a value for `name` [no `name`] | write `t(key=\"hello\", name=…)`",
            "themes/base/templates/home.html:1:77 the text `hello` has no placeholder `{nam}` [unknown] | did you mean `name`?",
            "themes/base/templates/home.html:1:103 the text `cart.count` is a plural and needs a number [no `n`] | write `t(key=\"cart.count\", n=…)`",
            "themes/base/templates/home.html:1:140 the text `cart.add` has no placeholder `{x}` [unknown] | it has no placeholders: remove the argument",
            "themes/base/templates/home.html:1:150 `t` does not say which text [no `key`] | write `t(key=\"group.name\")` with a key of translations/*.yaml",
        ]
    );
}

#[test]
fn a_language_of_the_shop_needs_its_file() {
    assert_eq!(
        faults_of(&[("translations/en.yaml", "")]),
        [
            "themes/base/translations/en.yaml:1:1 the theme `base` has no texts in `en` | run `bazaar theme words en`: it writes this file for you to translate; or remove `en` from `languages` in shop.yaml",
        ]
    );
}

#[test]
fn languages_are_compared_with_the_default() {
    assert_eq!(
        faults_of(&[(
            "translations/en.yaml",
            "hello: Hello\ncart:\n  count: { one: \"{n} item\", few: x, other: \"{number} items\" }\n  ad: Add\n"
        )]),
        [
            "themes/base/translations/en.yaml:1:1 the `en` text `hello` leaves out `{name}`, which the `fr` text has | put `{name}` where it belongs in the sentence",
            "themes/base/translations/en.yaml:3:3 `{number}` in the text `cart.count` is not in its `fr` text | its placeholders: `{n}`",
            "themes/base/translations/en.yaml:3:29 `en` has no plural form `few` [never used] | remove this line",
            "themes/base/translations/fr.yaml:4:3 the text `cart.add` is missing in `en` [in `fr` only] | `cart.ad` in themes/base/translations/en.yaml looks like it: give both the same key",
        ]
    );
}

#[test]
fn texts_of_a_second_language_are_checked() {
    assert_eq!(
        faults_of(&[(
            "translations/en.yaml",
            "hello: \"Hello {name\"\ncart:\n  count: items\n  add: [Add]\n"
        )]),
        [
            "themes/base/translations/en.yaml:1:8 the text `hello` has a brace without its fellow | write `{name}` for a placeholder, or `{{` and `}}` to print a brace",
            "themes/base/translations/en.yaml:3:3 the text `cart.count` is a plural in `fr`, but one text in `en` | give it plural forms in every language, or in none",
            "themes/base/translations/en.yaml:4:8 `cart.add` is a text, and this is a list [not a text] | write `add: \"the text\"`",
        ]
    );
}

#[test]
fn a_broken_text_is_told_once() {
    assert_eq!(
        faults_of(&[(
            "translations/fr.yaml",
            "hello: \"Bonjour {Name}\"\ncart:\n  count: { one: \"{n} article\" }\n  add:\n"
        )]),
        [
            "themes/base/translations/fr.yaml:1:8 `{Name}` in the text `hello` is no placeholder | name it in small letters, digits and `_`, as the template passes it: `{name}`",
            "themes/base/translations/fr.yaml:3:3 the plural `cart.count` has no `other`, which `fr` needs for 2, 3, 4 [incomplete] | add `other: \"…\"` below it",
            "themes/base/translations/fr.yaml:4:3 the text `cart.add` is empty [no text follows] | write `add: \"the text\"`",
        ]
    );
}

#[test]
fn what_is_no_yaml_is_told_once() {
    assert_eq!(
        faults_of(&[("translations/fr.yaml", "hello: a: b\n")]),
        [
            "themes/base/translations/fr.yaml:1:9 a colon and a space inside a value begin another field [read as the end of a name] | write `hello: \"a: b\"`",
        ]
    );
}

#[test]
fn polish_needs_its_plural_forms() {
    let polish = "hello: \"{name}\"\ncart: { count: { one: a, other: b }, add: c }\n";
    let shop = Shop { languages: &["fr", "pl"], ..Shop::default() };
    assert_eq!(
        lines(shop.compile(&[base_with(&[("translations/pl.yaml", polish)])]).1),
        [
            "themes/base/translations/pl.yaml:2:9 the plural `cart.count` has no `few`, which `pl` needs for 2, 3, 4 [incomplete] | add `few: \"…\"` below it",
            "themes/base/translations/pl.yaml:2:9 the plural `cart.count` has no `many`, which `pl` needs for 0, 5, 6 [incomplete] | add `many: \"…\"` below it",
        ]
    );
}
