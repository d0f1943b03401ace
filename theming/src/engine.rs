//! Rendering with Tera: one engine per language, the functions `t` and `asset`, and Tera's errors as faults.

use std::collections::BTreeMap;
use std::sync::Arc;

use faults::{Fault, Place};
use messages::tr;
use storefront::{filters, texts};
use tera::{Context, ErrorKind, Kwargs, ReportError, State, Tera, TeraResult};

use crate::library::{Library, Source};
use crate::syntax::UseKind;
use crate::translations::Texts;

/// Prefixes of the errors of our own functions, which select the help: Tera passes on only an error's text.
const NO_TEXT: char = '\u{1}';
const NO_FILE: char = '\u{2}';

/// URLs by the path inside the theme.
pub(crate) type Urls = Arc<BTreeMap<String, String>>;

/// Whether Tera, with our functions, knows a filter, test or function.
pub(crate) fn knows(kind: UseKind, name: &str) -> bool {
    let call = match kind {
        UseKind::Filter => format!("{{{{ 0 | {name} }}}}"),
        UseKind::Test => format!("{{{{ 0 is {name} }}}}"),
        UseKind::Function => format!("{{{{ {name}() }}}}"),
        UseKind::Component | UseKind::Include | UseKind::Extends => return true,
    };
    let mut tera = Tera::new();
    for function in ["t", "asset"] {
        tera.register_function(function, |_: Kwargs, _: &State<'_>| String::new());
    }
    tera.add_raw_template("probe", &call).is_ok()
}

/// The syntax error that Tera finds in a single template; whether what it names exists is not checked here.
pub(crate) fn syntax_fault(source: &Source) -> Option<Fault> {
    let error = Tera::new().add_raw_template(&source.name, &source.text).err()?;
    let ErrorKind::SyntaxError(report) = error.kind() else { return None };
    let (message, help) = plain(report.message());
    Some(Fault::error("template-syntax", place(source, report), message).help(help))
}

/// One engine for each language. An error should have been found by an earlier check.
pub(crate) fn engines(
    library: &Library,
    languages: &[Arc<Texts>],
    urls: &Urls,
) -> Result<Vec<Tera>, Box<Fault>> {
    let mut tera = Tera::new();
    filters::register(&mut tera);
    let refused = |error: &tera::Error| Box::new(fault(error, library, "template"));
    tera.set_fallback_prefixes(library.prefixes.clone()).map_err(|error| refused(&error))?;
    // Registered before the templates, which are checked against these functions, and replaced for each language below.
    register(&mut tera, Arc::new(Texts::none()), urls.clone());
    let templates = library.iter().map(|source| (&*source.name, &*source.text));
    tera.add_raw_templates(templates).map_err(|error| refused(&error))?;
    let engines = languages.iter().map(|texts| {
        let mut tera = tera.clone();
        register(&mut tera, texts.clone(), urls.clone());
        tera
    });
    Ok(engines.collect())
}

/// Renders a page.
pub(crate) fn render(
    tera: &Tera,
    library: &Library,
    template: &str,
    context: &Context,
) -> Result<String, Box<Fault>> {
    tera.render(template, context).map_err(|error| Box::new(fault(&error, library, template)))
}

fn register(tera: &mut Tera, known: Arc<Texts>, urls: Urls) {
    texts::register(tera, move |key, n, value| {
        known.fill(key, n, value).map_err(|problem| format!("{NO_TEXT}{problem}"))
    });
    tera.register_function("asset", move |kwargs: Kwargs, _: &State<'_>| -> TeraResult<String> {
        let path = kwargs.must_get::<&str>("path")?;
        urls.get(path).cloned().ok_or_else(|| {
            let words = tr!("the theme has no file `{path}`");
            tera::Error::message(format!("{NO_FILE}{words}"))
        })
    });
}

/// Tera's error as a fault, at the template that it names if it names one.
fn fault(error: &tera::Error, library: &Library, template: &str) -> Fault {
    match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
            let (message, help) = plain(report.message());
            let place = match library.resolve(report.filename()) {
                Some(source) => place(source, report),
                None => Place::file(report.filename()),
            };
            Fault::error("template-error", place, message).help(help)
        }
        other => {
            let place =
                library.resolve(template).map_or_else(|| template.into(), |source| source.shown.clone());
            let (message, help) = plain(&other.to_string());
            Fault::error("template-error", Place::file(place), message).help(help)
        }
    }
}

fn place(source: &Source, report: &ReportError) -> Place {
    let span = report.span();
    let range = span.range.clone();
    // At the end of a file Tera gives only a line and column.
    let exact = !range.is_empty() && report.message() != "Unexpected end of input";
    match exact {
        true => source.place(range),
        false => Place::line(source.shown.clone(), source.text.clone(), span.start_line, span.start_col + 1),
    }
}

/// Tera's message in the words of this project, and what to do about it.
fn plain(message: &str) -> (String, String) {
    if let Some(words) = message.strip_prefix(NO_TEXT) {
        return (words.to_owned(), tr!("see translations/*.yaml of the theme").to_owned());
    }
    if let Some(words) = message.strip_prefix(NO_FILE) {
        return (words.to_owned(), tr!("name a file of scripts/, fonts/, icons/ or images/").to_owned());
    }
    let (first, rest) = message.split_once(". ").unwrap_or((message, ""));
    let first = first.trim_end_matches('.');
    let help = if message.starts_with("Unexpected end of input") {
        tr!(
            "close every `{{% if %}}`, `{{% for %}}` and `{{% block %}}` with its `{{% end… %}}`, and every `{{{{` with `}}}}`"
        )
    } else if message.contains("not found") && message.contains("comment") {
        tr!("end the comment with `#}}`")
    } else if message.starts_with("Tried to render a variable that is undefined")
        || message.contains("is not defined")
    {
        tr!("ask first with `{{% if … %}}`, or give it a value with `| default(value=…)`")
    } else if message.contains("but expected") {
        tr!("write what is expected, or see the rules of the template language: https://keats.github.io/tera")
    } else if rest.is_empty() {
        tr!("see the rules of the template language: https://keats.github.io/tera")
    } else {
        rest
    };
    (usual(first).unwrap_or_else(|| lower(first)), help.trim_end_matches('.').to_owned())
}

/// The most frequent messages, translated; Tera's others stay as they are, in English.
fn usual(message: &str) -> Option<String> {
    let quoted = |before: &str, after: &str| message.strip_prefix(before)?.strip_suffix(after);
    if message == "Unexpected end of input" {
        return Some(tr!("unexpected end of input").to_owned());
    }
    if message == "Tried to render a variable that is undefined" {
        return Some(tr!("tried to render a variable that is undefined").to_owned());
    }
    if let Some(name) = quoted("Variable `", "` is not defined") {
        return Some(tr!("variable `{name}` is not defined"));
    }
    if let Some(name) = quoted("Field `", "` is not defined") {
        return Some(tr!("field `{name}` is not defined"));
    }
    if let Some(mark) = quoted("Closing comment tag `", "` not found") {
        return Some(tr!("closing comment tag `{mark}` not found"));
    }
    let (found, expected) = message.strip_prefix("Found ")?.split_once(" but expected ")?;
    Some(tr!("found {found} but expected {expected}"))
}

/// "Cannot compare…" in lower case, to follow our "error: ".
fn lower(message: &str) -> String {
    let mut words = message.to_owned();
    if let Some(head) = words.get_mut(..1).filter(|head| head.chars().all(char::is_uppercase)) {
        head.make_ascii_lowercase();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tera_is_asked_what_it_knows() {
        assert!(knows(UseKind::Filter, "upper") && !knows(UseKind::Filter, "uper"));
        assert!(knows(UseKind::Test, "defined") && !knows(UseKind::Test, "define"));
        assert!(
            knows(UseKind::Function, "t")
                && knows(UseKind::Function, "range")
                && !knows(UseKind::Function, "tt")
        );
    }

    /// A template to try each filter, test and function of themes with.
    const TRIED: &[(&str, &str)] = &[
        ("abs", "{{ -1 | abs }}"),
        ("capitalize", "{{ 'ab' | capitalize }}"),
        ("default", "{{ nothing | default(value=all) }}"),
        ("escape", "{{ '<' | escape }}"),
        ("escape_html", "{{ '<' | escape_html }}"),
        ("escape_xml", "{{ '<' | escape_xml }}"),
        ("first", "{{ all | first }}"),
        ("float", "{{ '1' | float }}"),
        ("get", "{{ all | group_by(attribute='by') | get(key='c7') }}"),
        ("group_by", "{% for by, group in all | group_by(attribute='by') %}{{ by }}{{ group }}{% endfor %}"),
        ("indent", "{{ 'a' | indent }}"),
        ("int", "{{ '1' | int }}"),
        ("join", "{{ names | join(sep=',') }}"),
        ("keys", "{{ all | group_by(attribute='by') | keys }}"),
        ("last", "{{ all | last }}"),
        ("length", "{{ all | length }}"),
        ("lower", "{{ 'A' | lower }}"),
        ("newlines_to_br", "{{ 'a' | newlines_to_br }}"),
        ("nth", "{{ all | nth(n=3) }}"),
        ("pairs", "{{ all | group_by(attribute='by') | pairs }}"),
        ("pluralize", "{{ 2 | pluralize }}"),
        ("replace", "{{ 'a' | replace(from='a', to='b') }}"),
        ("reverse", "{{ all | reverse }}"),
        ("round", "{{ 1.5 | round }}"),
        ("safe", "{{ '<' | safe }}"),
        ("sort", "{{ all | sort(attribute='by') }}"),
        ("split", "{{ 'a b' | split(pat=' ') }}"),
        ("str", "{{ all | group_by(attribute='by') | str }}"),
        ("title", "{{ 'a' | title }}"),
        ("trim", "{{ ' a' | trim }}"),
        ("trim_end", "{{ 'a ' | trim_end }}"),
        ("trim_start", "{{ ' a' | trim_start }}"),
        ("truncate", "{{ 'abc' | truncate(length=2) }}"),
        ("unique", "{{ names | unique }}"),
        ("upper", "{{ 'a' | upper }}"),
        ("values", "{{ all | group_by(attribute='by') | values }}"),
        ("wordcount", "{{ 'a b' | wordcount }}"),
        ("array", "{{ all is array }}"),
        ("bool", "{{ all is bool }}"),
        ("containing", "{{ names is containing(pat='c1') }}"),
        ("defined", "{{ all is defined }}"),
        ("divisible_by", "{{ 4 is divisible_by(divisor=2) }}"),
        ("ending_with", "{{ 'ab' is ending_with(pat='b') }}"),
        ("even", "{{ 2 is even }}"),
        ("float", "{{ 2 is float }}"),
        ("integer", "{{ 2 is integer }}"),
        ("iterable", "{{ all is iterable }}"),
        ("map", "{{ all is map }}"),
        ("none", "{{ all is none }}"),
        ("number", "{{ 2 is number }}"),
        ("odd", "{{ 2 is odd }}"),
        ("starting_with", "{{ 'ab' is starting_with(pat='a') }}"),
        ("string", "{{ 'a' is string }}"),
        ("undefined", "{{ all is undefined }}"),
        ("range", "{{ range(end=30) }}"),
        (
            "",
            "{% set made = {'z': 1, 'y': 2, 'x': all[0]} %}{% for key, value in made %}{{ key }}{{ value }}{% endfor %}\
              {% for key, value in all[1] %}{{ key }}{{ value }}{% endfor %}",
        ),
    ];

    #[test]
    fn whatever_a_theme_uses_gives_the_same_bytes_each_time() {
        let known = crate::references::FILTERS.iter().chain(&crate::references::TESTS);
        for name in known {
            assert!(TRIED.iter().any(|(tried, _)| tried == name), "`{name}` is not tried");
        }
        // So many groups that a hash map is unlikely to keep their order by chance.
        let all: Vec<serde_json::Value> =
            (0..40).map(|at| serde_json::json!({ "by": format!("c{}", at * 7 % 20), "at": at })).collect();
        let names: Vec<String> = (0..40).map(|at| format!("c{}", at * 7 % 20)).collect();
        for (name, template) in TRIED {
            // Each engine and each map has its own hash state, as in another process.
            let rendered = (0..20).map(|_| {
                let mut tera = Tera::new();
                filters::register(&mut tera);
                tera.add_raw_template("probe", template).unwrap_or_else(|error| panic!("{name}: {error}"));
                let mut context = Context::new();
                context.insert("all", &all);
                context.insert("names", &names);
                tera.render("probe", &context).unwrap_or_else(|error| panic!("{name}: {error}"))
            });
            let rendered: std::collections::BTreeSet<String> = rendered.collect();
            assert_eq!(rendered.len(), 1, "`{name}` gives another order each time");
        }
    }

    #[test]
    fn groups_stand_in_the_order_of_their_first_members() {
        let mut tera = Tera::new();
        filters::register(&mut tera);
        let text = "{% for by, group in all | group_by(attribute='by.name') %}{{ by }}:{{ group | length }} {% endfor %}";
        tera.add_raw_template("probe", text).expect("parses");
        let of = |names: serde_json::Value| {
            let all: Vec<serde_json::Value> = names
                .as_array()
                .into_iter()
                .flatten()
                .map(|name| serde_json::json!({ "by": { "name": name } }))
                .collect();
            let mut context = Context::new();
            context.insert("all", &all);
            tera.render("probe", &context)
        };
        assert_eq!(
            of(serde_json::json!(["z", "é", "a", "z", null, "a", "z"])).expect("renders"),
            "z:3 é:1 a:2 "
        );
        assert_eq!(of(serde_json::json!([3, 1, 2, 3, true])).expect("renders"), "3:2 1:1 2:1 true:1 ");
        assert_eq!(of(serde_json::json!([])).expect("renders"), "");
        assert!(of(serde_json::json!([1.5])).is_err());
    }

    #[test]
    fn the_usual_messages_of_tera_are_known_by_its_words() {
        for (template, words) in [
            ("{% if a %}", "unexpected end of input"),
            ("{{ a }", "found `}` but expected }}"),
            ("{# a", "closing comment tag `#}` not found"),
            ("{{ a }}", "variable `a` is not defined"),
            ("{{ all.a.b }}", "field `a` is not defined"),
            ("{{ all?.a }}", "tried to render a variable that is undefined"),
        ] {
            let mut tera = Tera::new();
            let added = tera.add_raw_template("probe", template);
            let mut context = Context::new();
            context.insert("all", &BTreeMap::from([("b", 1)]));
            let error = added.and_then(|()| tera.render("probe", &context)).expect_err("refused");
            let (ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report)) = error.kind() else {
                panic!("{template}: {error}");
            };
            let first = report.message().split(". ").next().unwrap_or_default();
            assert_eq!(usual(first.trim_end_matches('.')).as_deref(), Some(words), "{template}: {first}");
        }
    }

    #[test]
    fn a_message_is_one_sentence_and_the_rest_is_help() {
        let (message, help) = plain("Found invalid field of `loop`: x. Only `index` exist.");
        assert_eq!(
            (message.as_str(), help.as_str()),
            ("found invalid field of `loop`: x", "Only `index` exist")
        );
    }
}
