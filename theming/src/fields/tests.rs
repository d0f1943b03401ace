//! Templates with a small view: what is found, and above all what is not.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::check;
use crate::library::{Library, Source};
use crate::syntax;

fn schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "lang": {"type": "string"},
            "product": {"$ref": "#/$defs/Product"},
            "settings": {"type": "object", "properties": {"accent": true}},
            "cards": {"type": "array", "items": {"$ref": "#/$defs/Card"}},
        },
        "$defs": {
            "Product": {"type": "object", "properties": {
                "title": {"type": "string"},
                "photos": {"type": "array", "items": {"$ref": "#/$defs/Photo"}},
                "maker": {"anyOf": [{"$ref": "#/$defs/Maker"}, {"type": "null"}]},
                "values": {"type": "object", "additionalProperties": {"$ref": "#/$defs/Maker"}},
            }},
            "Photo": {"type": "object", "properties": {"src": {"type": "string"}, "alt": {"type": "string"}}},
            "Maker": {"type": "object", "properties": {"name": {"type": "string"}}},
            "Card": {"type": "object", "properties": {
                "title": {"type": "string"}, "photo": {"$ref": "#/$defs/Photo"}
            }},
        },
    })
}

fn home() -> Value {
    json!({"type": "object", "properties": {"lang": {"type": "string"}, "home": {"type": "object", "properties": {"intro": true}}}})
}

/// Each fault as `file:line:column message | help`.
fn found(files: &[(&str, &str)]) -> Vec<String> {
    let mut library = Library::new(vec!["child/".to_owned(), "base/".to_owned()]);
    for (name, text) in files {
        let layer = usize::from(name.starts_with("base/"));
        let tree = Some(syntax::parse(text).expect("readable"));
        library.add(Source {
            name: (*name).to_owned(),
            layer,
            shown: (*name).into(),
            text: (*text).into(),
            tree,
        });
    }
    let schemas = BTreeMap::from([("product.html", schema()), ("home.html", home())]);
    let faults = check(&library, &schemas).sorted();
    let line = |fault: &faults::Fault| {
        let (line, column) = fault.place.line_column();
        format!(
            "{}:{line}:{column} {} | {}",
            fault.place.file,
            fault.message,
            fault.help.as_deref().unwrap_or_default()
        )
    };
    faults.iter().map(line).collect()
}

fn in_product(text: &str) -> Vec<String> {
    found(&[("base/product.html", text)])
}

#[test]
fn a_field_that_no_view_has_is_found_with_line_and_column() {
    assert_eq!(
        in_product("<h1>\n{% if product.titel %}é {{ product.photos[0].scr }}{% endif %}"),
        [
            "base/product.html:2:15 `product` has no field `titel` | did you mean `title`? its fields: title, photos, \
             maker, values",
            "base/product.html:2:46 `product.photos[0]` has no field `scr` | did you mean `src`? its fields: src, alt",
        ]
    );
}

#[test]
fn a_name_that_is_nothing_is_found() {
    assert_eq!(
        in_product("{{ prodct.title }}{{ loop.index }}"),
        [
            "base/product.html:1:4 `product.html` is not given any `prodct` | did you mean `product`? known here: cards, \
             lang, product, settings",
            "base/product.html:1:22 `product.html` is not given any `loop` | known here: cards, lang, product, settings",
        ]
    );
}

#[test]
fn lists_and_single_values_have_no_fields() {
    assert_eq!(
        in_product("{{ product.photos.src }}{{ product.title.short }}{{ settings.acent }}"),
        [
            "base/product.html:1:19 `product.photos` has no field `src` | `product.photos` is a list: loop over it with \
             `{% for one in product.photos %}`, or take one with `product.photos[0]`",
            "base/product.html:1:42 `product.title` has no field `short` | `product.title` is a single value: print it \
             as it is",
            "base/product.html:1:62 `settings` has no field `acent` | did you mean `accent`? its fields: accent",
        ]
    );
}

#[test]
fn loops_sets_filters_and_comprehensions_carry_the_shape_on() {
    let faults = in_product(
        "{% for photo in product.photos %}{{ loop.index }}{{ photo.alt }}{{ photo.a1 }}{% endfor %}\n\
         {% set first = product.photos | reverse | first %}{{ first.src }}{{ first.a2 }}\n\
         {{ [card.photo.src for card in cards if card.a3] }}\n\
         {% for id, maker in product.values %}{{ id }}{{ maker.a5 }}{% endfor %}{{ product[\"maker\"][\"a6\"] }}\n\
         {% for card in cards | sort(attribute=\"photo.a7\") %}{{ card.title }}{% endfor %}\n\
         {% set many = product.photos[1:] %}{{ many[0].a8 }}{{ product?.maker?.a9 }}",
    );
    let fields: Vec<&str> = faults.iter().filter_map(|line| line.split('`').nth(3)).collect();
    assert_eq!(fields, ["a1", "a2", "a3", "a5", "a6", "a7", "a8", "a9"]);
}

#[test]
fn what_is_right_or_unsure_is_left_alone() {
    for text in [
        "{{ product.maker.name }}{{ product['title'] }}{{ product.values.anything.name }}{{ settings['accent'] }}",
        "{% for photo in product.photos %}{% set alt = photo.alt %}{{ alt }}{% else %}{{ lang }}{% endfor %}",
        "{% if extra is defined %}{{ extra.deep.field }}{% else %}{{ extra }}{% endif %}",
        "{{ extra.deep if extra is defined else '' }}{{ compact | default(value=false) }}",
        "{% if home %}{{ home.intro }}{% endif %}{% if lang == 'fr' and home.intro %}{{ home.typo }}{% endif %}",
        "{% set x = product if lang == 'fr' else cards %}{{ x.anything }}",
        "{% set x = product.title ~ '!' %}{{ x.anything }}{% set y = {'a': 1} %}{{ y.a.b }}",
        "{% if lang %}{% set x = product %}{% else %}{% set x = cards[0] %}{% endif %}{{ x.photo.src }}",
        "{% set x = product %}{% for c in cards %}{{ x.photo }}{% set_global x = c %}{% endfor %}{{ x.photo }}",
        "{% if lang %}{{ later }}{% endif %}{% set later = 1 %}{{ later }}",
        "{% set s %}{{ lang }}{% endset %}{{ s | upper }}{% filter upper %}{{ lang }}{% endfilter %}",
        "{# {{ nothing }} #}{% raw %}{{ nothing }}{% endraw %}{{ 'nothing.here' }}",
        "{{ cards[product.title] }}{{ product[lang] }}{{ product[lang].x }}{{ range(end=3) }}{{ t(key=lang) }}",
        "{% for i in range(end=3) %}{{ i.x }}{{ product.photos[i].src }}{% endfor %}",
        "{% for group in cards | group_by(attribute='title') %}{{ group.x }}{% endfor %}",
    ] {
        assert_eq!(in_product(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn everything_at_once_is_refused_since_it_has_no_order() {
    assert_eq!(in_product("{{ __tera_context }}").len(), 1);
    assert_eq!(in_product("{{ __tera_context | safe }}").len(), 1);
}

#[test]
fn branches_know_what_they_set() {
    let faults = in_product(
        "{% if lang %}{% set x = product.maker %}{{ x.a1 }}{% else %}{% set x = cards[0] %}{{ x.name }}{{ x.title }}{% endif %}",
    );
    let fields: Vec<&str> = faults.iter().filter_map(|line| line.split('`').nth(3)).collect();
    assert_eq!(fields, ["a1", "name"]);
}

#[test]
fn includes_are_checked_with_what_their_includer_knows() {
    let files = [
        (
            "base/product.html",
            "{% for card in cards %}{% include 'card.html' %}{% endfor %}{% set part = product %}{% include 'part.html' %}",
        ),
        ("base/card.html", "{{ card.title }}{{ card.titel }}{{ loop.index }}{% set inner = 1 %}"),
        ("child/part.html", "{{ part.title }}{{ part.tilte }}{{ inner }}"),
        ("base/part.html", "{{ never_walked }}"),
    ];
    let faults = found(&files);
    let lines: Vec<&str> = faults.iter().filter_map(|line| line.split(" |").next()).collect();
    assert_eq!(
        lines,
        [
            "base/card.html:1:25 `card` has no field `titel`",
            "base/card.html:1:36 `product.html` is not given any `loop`",
            "child/part.html:1:25 `part` has no field `tilte`",
            "child/part.html:1:36 `product.html` is not given any `inner`",
        ]
    );
}

#[test]
fn blocks_are_checked_where_they_are_shown() {
    let files = [
        (
            "child/product.html",
            "{% extends 'base/product.html' %}{% block main %}{{ super() }}{{ product.a1 }}{{ shared.title }}{% endblock %}",
        ),
        (
            "base/product.html",
            "{% extends 'layout.html' %}{% block main %}{{ product.a2 }}{% endblock %}{% block hidden %}{{ product.a3 }}{% endblock %}",
        ),
        (
            "base/layout.html",
            "{{ lang }}{% set shared = product %}{% if lang %}{% block main %}{{ product.never }}{% endblock %}{% endif %}",
        ),
        ("base/home.html", "{{ home.a4 }}"),
    ];
    let faults = found(&files);
    let fields: Vec<&str> = faults.iter().filter_map(|line| line.split('`').nth(3)).collect();
    assert_eq!(fields, ["a4", "a2", "a1"]);
}

#[test]
fn a_component_sees_only_its_parameters() {
    let files = [(
        "base/home.html",
        "{% component Card(card, @lang, ...rest) %}{{ card.any.thing }}{{ lang }}{{ rest }}{{ body }}{{ titel }}{% endcomponent %}\
         {{ <Card card={home.a1} lang /> }}",
    )];
    assert_eq!(
        found(&files),
        [
            "base/home.html:1:96 the component `Card` has no parameter `titel` | known here: body, card, lang, rest; a \
             component sees only its parameters",
            "base/home.html:1:142 `home` has no field `a1` | its fields: intro",
        ]
    );
}

#[test]
fn a_part_that_many_pages_share_is_said_once() {
    let files = [
        ("base/home.html", "{% include 'part.html' %}{% include 'part.html' %}"),
        ("base/product.html", "{% include 'part.html' %}"),
        ("base/part.html", "{{ lan }}"),
    ];
    assert_eq!(found(&files).len(), 1);
}

#[test]
fn circles_of_parts_end() {
    let files = [(
        "base/home.html",
        "{% include 'home.html' %}{% block a %}{% block b %}{{ super() }}{% endblock %}{% endblock %}",
    )];
    assert_eq!(found(&files), Vec::<String>::new());
}
