//! Tera at work: one engine a language, its functions `t` and `asset`, and its errors as faults.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use faults::{Fault, Place};
use tera::{Context, ErrorKind, Kwargs, ReportError, State, Tera, TeraResult, Value};

use crate::library::{Library, Source};
use crate::syntax::UseKind;
use crate::translations::{Filled, Texts};

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

/// What Tera has against a single template, if anything; whether what it names exists is not asked here.
pub(crate) fn syntax_fault(source: &Source) -> Option<Fault> {
    let error = Tera::new().add_raw_template(&source.name, &source.text).err()?;
    let ErrorKind::SyntaxError(report) = error.kind() else { return None };
    let (message, help) = plain(report.message());
    Some(Fault::error("template-syntax", place(source, report), message).help(help))
}

/// One engine for each language; an error only where a check before should have found it.
pub(crate) fn engines(
    library: &Library,
    languages: &[Arc<Texts>],
    urls: &Urls,
) -> Result<Vec<Tera>, Box<Fault>> {
    let mut tera = Tera::new();
    let refused = |error: &tera::Error| Box::new(fault(error, library, "template"));
    tera.set_fallback_prefixes(library.prefixes.clone()).map_err(|error| refused(&error))?;
    // Registered before the templates, which are checked against them, and replaced for each language below.
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

fn register(tera: &mut Tera, texts: Arc<Texts>, urls: Urls) {
    tera.register_function("t", move |kwargs: Kwargs, state: &State<'_>| translate(&texts, &kwargs, state));
    tera.register_function("asset", move |kwargs: Kwargs, _: &State<'_>| -> TeraResult<String> {
        let path = kwargs.must_get::<&str>("path")?;
        urls.get(path).cloned().ok_or_else(|| tera::Error::message(format!("the theme has no file `{path}`")))
    });
}

fn translate(texts: &Texts, kwargs: &Kwargs, state: &State<'_>) -> TeraResult<Value> {
    let key = kwargs.must_get::<&str>("key")?;
    let n = kwargs.get::<i64>("n")?;
    let value = |name: &str, html: bool| {
        let value = kwargs.get::<&Value>(name).ok().flatten().filter(|value| !value.is_undefined())?;
        if html {
            state.escape_if_needed(value).ok().map(Cow::Owned)
        } else {
            Some(Cow::Owned(value.to_string()))
        }
    };
    match texts.fill(key, n, value) {
        Ok(Filled::Plain(text)) => Ok(Value::from(text)),
        Ok(Filled::Html(text)) => Ok(Value::safe_string(&text)),
        Err(problem) => Err(tera::Error::message(problem)),
    }
}

/// Tera's error as a fault, at its template where it names one.
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
    // At the end of a file Tera gives a line and column only.
    let exact = !range.is_empty() && report.message() != "Unexpected end of input";
    match exact {
        true => source.place(range),
        false => Place::line(source.shown.clone(), source.text.clone(), span.start_line, span.start_col + 1),
    }
}

/// Tera's message in the words of this project, and what to do about it.
fn plain(message: &str) -> (String, String) {
    let (first, rest) = message.split_once(". ").unwrap_or((message, ""));
    let first = first.trim_end_matches('.');
    let help = if message.starts_with("Unexpected end of input") {
        "close every `{% if %}`, `{% for %}` and `{% block %}` with its `{% end… %}`, and every `{{` with `}}`"
    } else if message.contains("not found") && message.contains("comment") {
        "end the comment with `#}`"
    } else if message.starts_with("Tried to render a variable that is undefined")
        || message.contains("is not defined")
    {
        "ask first with `{% if … %}`, or give it a value with `| default(value=…)`"
    } else if message.starts_with("there is no text") || message.starts_with("the text") {
        "see translations/*.yaml of the theme"
    } else if message.starts_with("the theme has no file") {
        "name a file of scripts/, fonts/, icons/ or images/"
    } else if message.contains("but expected") {
        "write what is expected, or see the rules of the template language: https://keats.github.io/tera"
    } else if rest.is_empty() {
        "see the rules of the template language: https://keats.github.io/tera"
    } else {
        rest
    };
    let mut words = first.to_owned();
    // "Found `%}` but expected…" reads on after our "error: ".
    if let Some(head) = words.get_mut(..1).filter(|head| head.chars().all(char::is_uppercase)) {
        head.make_ascii_lowercase();
    }
    (words, help.trim_end_matches('.').to_owned())
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

    #[test]
    fn a_message_is_one_sentence_and_the_rest_is_help() {
        let (message, help) = plain("Found invalid field of `loop`: x. Only `index` exist.");
        assert_eq!(
            (message.as_str(), help.as_str()),
            ("found invalid field of `loop`: x", "Only `index` exist")
        );
    }
}
