//! Faults in templates, styles and assets, with their exact texts.

mod shared;

use shared::faults_of;

#[test]
fn every_page_needs_its_template() {
    assert_eq!(
        faults_of(&[("templates/product.html", "")]),
        [
            "themes/base/templates/product.html:1:1 the theme `base` has no template `product.html` | write it, or take petit's: add `extends: petit` to theme.yaml",
        ]
    );
}

#[test]
fn what_sells_needs_all_that_selling_takes() {
    assert!(faults_of(&[("mails/order.txt", "")]).is_empty(), "a theme may sell nothing");
    assert_eq!(
        faults_of(&[("mails/order.txt", ""), ("templates/till/cart.html", "x")]),
        [
            "themes/base/mails/order.txt:1:1 the theme `base` has no template `mails/order.txt` | write it, or take petit's: add `extends: petit` to theme.yaml",
        ]
    );
}

#[test]
fn a_mail_is_checked_like_a_page() {
    assert_eq!(
        faults_of(&[(
            "mails/order.txt",
            "{{ order.ib }}\n{{ t(key=\"hello\") }}\n{{ asset(path=\"icons/x.svg\") }}"
        )]),
        [
            "themes/base/mails/order.txt:1:10 `order` has no field `ib` [unknown] | did you mean `id`? its fields: id",
            "themes/base/mails/order.txt:2:10 the text `hello` needs a value for `name` [no `name`] | write `t(key=\"hello\", name=…)`",
            "themes/base/mails/order.txt:3:4 the till does not know an address of the theme's files: `asset` [stays with the site] | a mail shows no pictures of the theme, and a page of the till has the site's styles: remove it",
        ]
    );
}

#[test]
fn what_tera_cannot_read_is_told_at_its_place() {
    assert_eq!(
        faults_of(&[("templates/home.html", "{% if home.who %}\n{{ home.who }")]),
        [
            "themes/base/templates/home.html:2:13 found `}` but expected }} | write what is expected, or see the rules of the template language: https://keats.github.io/tera",
        ]
    );
}

#[test]
fn an_open_tag_is_told_at_the_end_of_the_file() {
    assert_eq!(
        faults_of(&[("templates/home.html", "{% if home.who %}\n")]),
        [
            "themes/base/templates/home.html:2:1 unexpected end of input | close every `{% if %}`, `{% for %}` and `{% block %}` with its `{% end… %}`, and every `{{` with `}}`",
        ]
    );
}

#[test]
fn a_missing_parent_template_is_suggested() {
    assert_eq!(
        faults_of(&[("templates/home.html", "{% extends \"layuot.html\" %}")]),
        [
            "themes/base/templates/home.html:1:12 there is no template `layuot.html` [unknown] | did you mean `layout.html`?",
        ]
    );
}

#[test]
fn a_template_cannot_extend_itself() {
    assert_eq!(
        faults_of(&[("templates/home.html", "{% extends \"home.html\" %}")]),
        [
            "themes/base/templates/home.html:1:12 `base/home.html` extends itself [leads back here] | remove this line, or move what both need into a third template",
        ]
    );
}

#[test]
fn what_a_template_names_must_exist() {
    assert_eq!(
        faults_of(&[(
            "templates/home.html",
            "{% include \"parts/fot.html\" %}{{ home.who | uper }}{% if home.who is defind %}{% endif %}{{ tt() }}{{ <Card /> }}"
        )]),
        [
            "themes/base/templates/home.html:1:12 there is no template `parts/fot.html` [unknown] | did you mean `parts/foot.html`?",
            "themes/base/templates/home.html:1:45 there is no filter `uper` [unknown] | did you mean `upper`?",
            "themes/base/templates/home.html:1:70 there is no test `defind` [unknown] | did you mean `defined`?",
            "themes/base/templates/home.html:1:93 there is no function `tt` [unknown] | did you mean `t`?",
            "themes/base/templates/home.html:1:104 there is no component `Card` [unknown] | define it in any template: `{% component Card() %}…{% endcomponent Card %}`",
        ]
    );
}

#[test]
fn a_part_cannot_include_itself() {
    assert_eq!(
        faults_of(&[("templates/parts/foot.html", "{% include \"parts/foot.html\" %}")]),
        [
            "themes/base/templates/parts/foot.html:1:12 `base/parts/foot.html` includes itself [leads back here] | remove this line, or move what both need into a third template",
        ]
    );
}

#[test]
fn two_parts_cannot_include_each_other() {
    assert_eq!(
        faults_of(&[
            ("templates/parts/foot.html", "{% include \"parts/a.html\" %}"),
            ("templates/parts/a.html", "{% include \"parts/foot.html\" %}")
        ]),
        [
            "themes/base/templates/parts/a.html:1:12 `base/parts/a.html` includes itself, through others [leads back here] | remove this line, or move what both need into a third template",
            "themes/base/templates/parts/foot.html:1:12 `base/parts/foot.html` includes itself, through others [leads back here] | remove this line, or move what both need into a third template",
        ]
    );
}

#[test]
fn a_block_needs_a_parent_that_has_it() {
    assert_eq!(
        faults_of(&[("templates/home.html", "{% extends \"layout.html\" %}{% block mian %}{% endblock %}")]),
        [
            "themes/base/templates/home.html:1:37 no parent of this template has a block `mian` [unknown] | did you mean `main`?",
        ]
    );
}

#[test]
fn a_component_is_defined_once_in_a_theme() {
    assert_eq!(
        faults_of(&[
            ("templates/home.html", "{% component A() %}{% endcomponent %}"),
            ("templates/x.html", "{% component A() %}{% endcomponent %}")
        ]),
        [
            "themes/base/templates/x.html:1:14 the component `A` is defined twice [again] | remove one of them, or give it another name",
        ]
    );
}

#[test]
fn fields_settings_and_files_must_exist() {
    assert_eq!(
        faults_of(&[(
            "templates/home.html",
            "{{ home.hwo }}{{ settings.acent }}{{ asset(path=\"icons/y.svg\") }}{{ asset() }}"
        )]),
        [
            "themes/base/templates/home.html:1:9 `home` has no field `hwo` [unknown] | did you mean `who`? its fields: who",
            "themes/base/templates/home.html:1:27 `settings` has no field `acent` [unknown] | did you mean `accent`? its fields: accent, columns, density",
            "themes/base/templates/home.html:1:49 the theme has no file `icons/y.svg` [not found] | did you mean `icons/x.svg`?",
            "themes/base/templates/home.html:1:69 `asset` does not say which file [not found] | write `asset(path=\"icons/name.svg\")`",
        ]
    );
}

#[test]
fn styles_are_checked_with_their_addresses() {
    assert_eq!(
        faults_of(&[(
            "styles/20-b.css",
            "a { color: rde }\nb { background: url(../icons/y.svg) }\n@import \"x.css\";\nc { color red }"
        )]),
        [
            "themes/base/styles/20-b.css:2:17 url(../icons/y.svg) does not exist in the theme | check the path: it counts from the stylesheet's own folder, and capital letters matter",
            "themes/base/styles/20-b.css:3:9 @import is not needed here and not supported | remove the line: all files in styles/ are joined in the order of their names (10-..., 20-...)",
            "themes/base/styles/20-b.css:4:11 unexpected `red` | compare with the rule's syntax on developer.mozilla.org/docs/Web/CSS",
        ]
    );
}

#[test]
fn assets_need_plain_names_and_scripts_import_what_is_there() {
    assert_eq!(
        faults_of(&[
            ("icons/mon icône.svg", "x"),
            ("scripts/cart.js", "import a from \"./crat.js\";"),
            ("scripts/parts/b.js", "import \"./c.js\";"),
            ("scripts/parts/c.js", "import \"./b.js\";"),
            ("scripts/d.js", "import \"../../cart\";"),
        ]),
        [
            "themes/base/icons/mon icône.svg:1:1 `icons/mon icône.svg` cannot be published under this name | rename it: letters without accents, digits, `.`, `-` and `_`",
            "themes/base/scripts/cart.js:1:15 the theme has no file `scripts/crat.js`, which `./crat.js` would be [not found] | did you mean `scripts/cart.js`?",
            "themes/base/scripts/d.js:1:8 the theme has no file `cart`, which `../../cart` would be [not found] | put it into scripts/; the path counts from the script's own folder",
            "themes/base/scripts/parts/b.js:1:8 these scripts import one another in a circle: scripts/parts/b.js, scripts/parts/c.js | put what they share into a script of its own, which imports none of them",
        ]
    );
}

#[test]
fn what_a_broken_template_may_define_is_not_missed() {
    let broken = ("templates/home.html", "{% component A() %}{% endcomponent %}{{ }}");
    let faults = faults_of(&[broken, ("templates/product.html", "{{ <A /> }}")]);
    assert_eq!(faults.len(), 1, "{faults:#?}");
}
