//! Faults in theme.yaml, in the owner's settings and among the files, with their exact texts.

mod shared;

use shared::{Shop, base, faults_of, layer, lines};

/// The faults of the base theme with an owner's `theme_settings`.
fn chosen(settings: &str) -> Vec<String> {
    lines(Shop { settings, ..Shop::default() }.compile(&[base()]).1)
}

/// The faults of a theme that has nothing but a name.
fn mine(more: &str) -> Vec<String> {
    let text = format!("api: 1\nname: M\n{more}");
    let mine = layer("mine", &[("theme.yaml", &text)]);
    lines(Shop::default().compile(&[mine]).1)
}

#[test]
fn a_theme_needs_its_theme_yaml() {
    assert_eq!(
        faults_of(&[("theme.yaml", "")]),
        [
            "themes/base/theme.yaml:1:1 the theme `base` has no theme.yaml | write one with `api: 1` and `name: base`",
        ]
    );
}

#[test]
fn another_api_an_unknown_field_and_an_unknown_parent_are_told_at_once() {
    assert_eq!(
        faults_of(&[("theme.yaml", "api: 2\nname: Base\nextnds: petit\nextends: peti\n")]),
        [
            "themes/base/theme.yaml:1:6 this program understands themes of `api: 1` [another version] | write `api: 1`, or use the version of bazaar that the theme was made for",
            "themes/base/theme.yaml:3:1 theme.yaml has no field `extnds` [unknown] | did you mean `extends`?",
            "themes/base/theme.yaml:4:10 there is no theme `peti` [not found] | did you mean `petit`?",
        ]
    );
}

#[test]
fn lists_files_and_photos_are_checked() {
    assert_eq!(
        faults_of(&[(
            "theme.yaml",
            "settings: [a]\nphotos: { widths: [], fallback: big, webp_quality: 0 }\nfonts: [fonts/b.woff2]\nscripts: one\n"
        )]),
        [
            "themes/base/theme.yaml:1:1 a theme needs `api` | add `api: 1`",
            "themes/base/theme.yaml:1:1 a theme needs `name` | add `name: Atelier`",
            "themes/base/theme.yaml:1:11 `settings` is written as fields, and this is a list [no fields] | write one `name: value` a line",
            "themes/base/theme.yaml:2:11 `widths` is empty [no width] | write `widths: [320, 640, 960]`",
            "themes/base/theme.yaml:2:33 `fallback` is a whole number from 16 to 16383 [not a whole number] | write digits only, without a leading zero, point or space",
            "themes/base/theme.yaml:2:52 `webp_quality` is a whole number from 1 to 100 [out of range] | write digits only, without a leading zero, point or space",
            "themes/base/theme.yaml:3:9 the theme has no file `fonts/b.woff2` [not found] | did you mean `fonts/a.woff2`?",
            "themes/base/theme.yaml:4:10 `scripts` is a list, and this is a single value [not a list] | write `scripts: [one, two]`, or one `- value` a line",
        ]
    );
}

#[test]
fn settings_are_defined_by_name_type_and_default() {
    assert_eq!(
        faults_of(&[(
            "theme.yaml",
            "api: 1\nname: B\nsettings:\n  a: { default: x }\n  b: { type: colour, default: x }\n  c: { type: color, default: #fff\n }\n  D: { type: text, default: x }\n  e: { type: choice, default: x }\n  f: { type: choice, choices: [xy], default: x, minimum: 2 }\n  g: { type: number, minimum: 2, maximum: 4, default: 5 }\n  h: { type: number, default: \"1,5\" }\n"
        )]),
        [
            "themes/base/theme.yaml:4:3 the setting `a` needs a `type` | add `type:` with `color`, `choice`, `number`, `boolean` or `text`",
            "themes/base/theme.yaml:5:14 there is no type `colour` of settings [unknown] | did you mean `color`?",
            "themes/base/theme.yaml:6:8 the setting `c` needs a `default` | add `default:` with a value, in quotes if it begins with `#`",
            "themes/base/theme.yaml:8:3 `D` cannot be the name of a setting | use small letters, digits and `_`: templates write `settings.name`",
            "themes/base/theme.yaml:9:3 a setting of type `choice` needs `choices` | add `choices: [one, other]`",
            "themes/base/theme.yaml:10:46 `f` cannot be `x` [not a choice] | did you mean `xy`?",
            "themes/base/theme.yaml:10:49 a setting of type `choice` has no field `minimum` [unknown] | known fields: type, default, choices",
            "themes/base/theme.yaml:11:55 `g` cannot be 5 [out of range] | write a number from 2 to 4",
            "themes/base/theme.yaml:12:31 `h` is a number [not a number] | write digits, with a point for decimals: `1.5`",
        ]
    );
}

#[test]
fn colours_must_be_colours_and_readable() {
    assert_eq!(
        faults_of(&[(
            "theme.yaml",
            "api: 1\nname: B\nsettings:\n  b: { type: boolean, default: yes }\n  c: { type: color, default: pale, names: { pale: { light: \"#eee\" }, odd: nocolour }, contrast: { light: white, at_least: 50 } }\n  d: { type: color, default: pale, names: { pale: \"#eee\" }, contrast: { light: white } }\n"
        )]),
        [
            "themes/base/theme.yaml:4:32 `b` is either true or false [neither] | write `true` or `false`",
            "themes/base/theme.yaml:5:75 `nocolour` is not a colour [unknown] | write a CSS colour in quotes, such as `\"#8c3a21\"` or `\"oklch(0.5 0.13 38)\"`",
            "themes/base/theme.yaml:5:123 `at_least` is a contrast from 1 to 21 [out of range] | write `at_least: 4.5`",
            "themes/base/theme.yaml:6:51 `pale` has a contrast of 1.16 to `white` in light mode, and needs 4.5 [hard to read] | make it darker in light mode",
        ]
    );
}

#[test]
fn files_that_nothing_uses_are_warned_of() {
    assert_eq!(
        faults_of(&[("templates/notes.txt", "x"), ("template/home.html", "x"), ("junk/home.html", "x")]),
        [
            "themes/base/junk/home.html:1:1 a theme has no folder `junk/`; its files are not used | known folders: templates, styles, translations, mails, scripts, fonts, icons, images",
            "themes/base/template/home.html:1:1 a theme has no folder `template/`; its files are not used | did you mean `templates/`?",
            "themes/base/templates/notes.txt:1:1 `templates/` holds .html files; this one is not used | give it the ending `.html`, or remove it",
        ]
    );
}

#[test]
fn the_owners_choices_must_be_choices() {
    assert_eq!(
        chosen("accent: brik\ndensity: comfy\ncolumns: 9\nacent: 2\n"),
        [
            "content/shop.yaml:1:9 `brik` is not a colour [unknown] | did you mean `brick`?",
            "content/shop.yaml:2:10 `density` cannot be `comfy` [not a choice] | write `airy` or `compact`",
            "content/shop.yaml:3:10 `columns` cannot be 9 [out of range] | write a number from 1 to 6",
            "content/shop.yaml:4:1 `theme_settings` has no field `acent` [unknown] | did you mean `accent`?",
        ]
    );
}

#[test]
fn one_colour_for_both_is_moved_where_it_cannot_be_read() {
    let lines = chosen("accent: \"#ccc\"\ncolumns: many\n");
    let [moved, columns] = lines.as_slice() else { panic!("{lines:?}") };
    assert!(
        moved.starts_with("content/shop.yaml:1:9 `accent` is shown darker in light mode (`oklch("),
        "{moved}"
    );
    assert!(moved.contains("the contrast was 1.60 and must be 4.5)"), "{moved}");
    assert!(moved.contains("to choose both yourself: `accent: { light: \"oklch("), "{moved}");
    assert!(columns.starts_with("content/shop.yaml:2:10 `columns` is a number"), "{columns}");
}

#[test]
fn a_colour_that_no_shade_of_can_be_read_is_refused() {
    assert_eq!(
        chosen("accent: \"rgb(0 0 0 / 20%)\"\n"),
        [
            "content/shop.yaml:1:9 `accent` has a contrast of 1.60 to `white` in light mode, and needs 4.5 [hard to read] | write a darker colour, or one of the theme's: `brick`"
        ]
    );
}

#[test]
fn a_colour_for_each_mode_is_taken_as_it_is_or_refused() {
    assert_eq!(chosen("accent: { light: \"#8c3a21\", dark: \"#f0a58c\" }\n"), Vec::<String>::new());
    let dark = chosen("accent: { light: \"#8c3a21\", dark: \"#123\" }\n");
    let [dark] = dark.as_slice() else { panic!("{dark:?}") };
    assert!(dark.contains("has a contrast of 1.16 to `#111` in dark mode, and needs 4.5"), "{dark}");
    assert!(dark.contains("write a lighter colour, such as `dark: \"oklch("), "{dark}");
    let typed = chosen("accent: { light: \"#8c3a21\", drak: \"#f0a58c\" }\n");
    assert!(typed.iter().any(|line| line.contains("did you mean `dark`?")), "{typed:?}");
}

/// What the messages suggest must itself be valid.
#[test]
fn the_examples_of_the_help_can_be_written() {
    let help = chosen("accent: nothing-like-it\n").join("");
    let examples: Vec<&str> = help.split("`\"").skip(1).filter_map(|rest| rest.split("\"`").next()).collect();
    assert!(!examples.is_empty(), "{help}");
    for example in examples {
        let faults = chosen(&format!("accent: \"{example}\"\n"));
        assert!(faults.iter().all(|fault| fault.contains(" is shown ")), "{example}: {faults:?}");
    }
    // The pair that the warning suggests is accepted without a warning.
    let moved = chosen("accent: \"#8c3a21\"\n").join("");
    let pair = moved.split("yourself: `").nth(1).and_then(|rest| rest.split('`').next()).expect(&moved);
    assert_eq!(chosen(&format!("{pair}\n")), Vec::<String>::new(), "{pair}");
}

#[test]
fn the_choices_are_a_mapping() {
    assert_eq!(
        chosen("[a]"),
        [
            "content/shop.yaml:1:1 `theme_settings` is written as fields, and this is a list [no fields] | write one `name: value` a line",
        ]
    );
}

#[test]
fn a_shop_needs_a_theme() {
    assert_eq!(
        lines(Shop::default().compile(&[]).1),
        ["content/shop.yaml:1:1 the shop has no theme | write `theme: petit` in shop.yaml",]
    );
}

#[test]
fn a_theme_that_extends_none_is_complete() {
    assert_eq!(
        mine(""),
        [
            "themes/mine/templates/home.html:1:1 the theme `mine` has no template `home.html` | write it, or take petit's: add `extends: petit` to theme.yaml",
            "themes/mine/templates/product.html:1:1 the theme `mine` has no template `product.html` | write it, or take petit's: add `extends: petit` to theme.yaml",
            "themes/mine/translations/en.yaml:1:1 the theme `mine` has no texts in `en` | run `bazaar theme words en`: it writes this file for you to translate; or remove `en` from `languages` in shop.yaml",
            "themes/mine/translations/fr.yaml:1:1 the theme `mine` has no texts in `fr` | run `bazaar theme words fr`: it writes this file for you to translate; or remove `fr` from `languages` in shop.yaml",
        ]
    );
}

#[test]
fn a_theme_cannot_extend_itself() {
    assert_eq!(
        mine("extends: mine\n"),
        [
            "themes/mine/theme.yaml:3:10 the theme `mine` extends itself [itself] | name another theme, or remove this line",
        ]
    );
}

#[test]
fn a_theme_cannot_extend_one_of_its_own_name() {
    let mine = layer("base", &[("theme.yaml", "api: 1\nname: Mine\nextends: base\n")]);
    assert_eq!(
        lines(Shop::default().compile(&[mine, base()]).1),
        [
            "themes/base/theme.yaml:3:10 the theme `base` extends itself [itself] | name another theme, or remove this line"
        ]
    );
}
