//! `diff`: what a change does to the shop, before it is published.

mod compare;
mod source;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use catalog::{Currency, MoneyFormat, Timestamp};
use messages::tr;
use pages::build::{self, Memory, Options, Prepared};
use pages::model::documents::Texts;
use pages::model::entities::{Entity, TermKind};
use pages::model::lang::LangIx;
use pages::model::plan::Subject;
use pages::stage::outputs;
use serde_json::{Value, json};

use super::error::CliError;
use super::terminal::Terminal;
use compare::{Change, State, THEME, Thing, compare};
use source::Source;

/// How to say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Form {
    /// Lines for people.
    Human,
    /// A comment on a pull request.
    Markdown,
    /// For programs.
    Json,
}

/// Prints what differs between two states of the shop.
pub(super) fn diff(
    shop: &Path,
    base: &str,
    head: Option<&str>,
    now: Timestamp,
    form: Form,
    terminal: &Terminal,
) -> Result<(), CliError> {
    let (before, _) = state(shop, &Source::named(shop, base)?, now)?;
    let after = match head {
        Some(head) => Source::named(shop, head)?,
        None => Source::Folder(shop.to_owned()),
    };
    let (after, currency) = state(shop, &after, now)?;
    let changes = compare(&before, &after);
    let money = MoneyFormat::new("en", currency);
    terminal.print(&match form {
        Form::Human => human(&changes, &money),
        Form::Markdown => markdown(&changes, &money),
        Form::Json => format!("{:#}\n", listed(&changes)),
    });
    Ok(())
}

fn state(shop: &Path, source: &Source, now: Timestamp) -> Result<(State, Currency), CliError> {
    let (folder, name) = match source {
        Source::Folder(folder) => (folder, folder.display().to_string()),
        Source::Revision { shop, name, .. } => (shop, name.clone()),
    };
    let options = Options {
        shop: folder.clone(),
        out: folder.join("dist"),
        base_url: None,
        drafts: false,
        now,
        stock: None,
        report: false,
        photos: Some(build::state(shop).join("photos")),
    };
    let (prepared, faults) = build::prepare(&options, &mut Memory::default(), &|_, _| {});
    let Some(prepared) = prepared.filter(|_| !faults.any_error()) else {
        let (errors, _) = faults.count();
        return Err(CliError::usage(tr!(
            "the shop of {name} has faults ({errors}), so it cannot be compared\n  run `bazaar check` on it"
        )));
    };
    let settings = settings(&prepared).map_err(CliError::machine)?;
    let currency = prepared.site.shop.currency;
    Ok((seen(&prepared, settings), currency))
}

/// The settings of the till by name; what depends only on the theme is one of them.
fn settings(prepared: &Prepared) -> Result<BTreeMap<String, Value>, String> {
    let settings = serde_json::to_value(outputs::settings(&prepared.views()));
    let Value::Object(mut all) = settings.map_err(|error| error.to_string())? else {
        return Err("the settings are no object".to_owned());
    };
    let till = all.remove("till").unwrap_or_default();
    let of_till = ["closed", "return_days", "phone"].map(|name| (name, till[name].clone()));
    let theme = json!([till["templates"], till["words"]]);
    let more = of_till.into_iter().chain([(THEME, theme)]);
    Ok(all.into_iter().chain(more.map(|(name, value)| (name.to_owned(), value))).collect())
}

fn seen(prepared: &Prepared, settings: BTreeMap<String, Value>) -> State {
    let site = &prepared.site;
    let mut state = State { items: outputs::items(&prepared.views()), settings, ..State::default() };
    let languages: Vec<String> = site.shop.languages.iter().map(ToString::to_string).collect();
    let mut note = |kind: &'static str, entity: &Entity| -> Thing {
        let thing = (kind, entity.id.to_string());
        state.titles.insert(thing.clone(), entity.title(LangIx(0)).text.to_owned());
        let texts = languages.iter().zip(&entity.texts);
        let joined = texts.filter_map(|(lang, texts)| Some((lang.clone(), flat(texts.as_deref()?))));
        state.texts.insert(thing.clone(), joined.collect());
        thing
    };
    let mut photos = BTreeMap::new();
    for product in &site.products {
        let thing = note("product", &product.entity);
        let digests = product.photos.iter().map(|used| site.photos[used.photo.0 as usize].hash);
        photos.insert(thing, digests.collect());
    }
    let mut lists = BTreeMap::new();
    for kind in TermKind::ALL.into_iter().filter(|kind| *kind != TermKind::Tag) {
        for term in site.terms_of(kind) {
            let thing = note(kind.as_str(), &term.entity);
            let shown = term.products.iter().map(|ix| site.product(*ix).entity.id.to_string());
            lists.insert(thing, shown.collect());
        }
    }
    for page in &site.pages {
        note("page", &page.entity);
    }
    (state.photos, state.lists) = (photos, lists);
    let views = prepared.views();
    for (path, job) in &prepared.plan.jobs {
        let address = format!("/{}", path.strip_suffix("index.html").unwrap_or(path));
        state.pages.insert(address.clone(), views.key(*job, &views.view(*job)));
        state.answers.insert(address.clone());
        // Further pages of a list come and go with its length; nobody bookmarks them.
        let passing = match job.subject {
            Subject::Products(number) | Subject::Term(.., number) => number > 1,
            Subject::NotFound => true,
            _ => false,
        };
        if !passing {
            state.addresses.insert(address);
        }
    }
    state
}

/// All texts of a thing in one language, joined.
fn flat(texts: &Texts) -> String {
    let title = texts.title.as_ref().map(|title| title.value.as_str());
    let body = texts.body.as_ref().map(|body| {
        let links = body.links.iter().map(|link| &*link.target).collect::<Vec<_>>();
        format!("{}\n{}", body.html, links.join("\n"))
    });
    let parts = [
        title,
        texts.summary.as_deref(),
        texts.seo_title.as_deref(),
        texts.seo_description.as_deref(),
        body.as_deref(),
    ];
    parts.map(Option::unwrap_or_default).join("\u{0}")
}

fn listed(changes: &[Change]) -> Value {
    let one = |change: &Change| {
        let mut value = serde_json::to_value(change).unwrap_or_default();
        value["look_twice"] = json!(change.doubt());
        value
    };
    json!({ "changes": changes.iter().map(one).collect::<Vec<_>>() })
}

fn human(changes: &[Change], money: &MoneyFormat) -> String {
    if changes.is_empty() {
        return format!("{}\n", tr!("nothing that shoppers or the till would notice"));
    }
    let mut said = String::new();
    for change in changes {
        let (label, what) = change.words(money);
        said += &format!("{label:<8} {what}\n");
        if let Some(doubt) = change.doubt() {
            said += &format!("         = {}\n", tr!("look twice: {doubt}"));
        }
    }
    said
}

fn markdown(changes: &[Change], money: &MoneyFormat) -> String {
    if changes.is_empty() {
        let title = tr!("The shop stays as it is");
        let words = tr!("Nothing that shoppers or the till would notice.");
        return format!("### {title}\n\n{words}\n");
    }
    let row = |change: &Change| {
        let (label, what) = change.words(money);
        let doubt = change.doubt().map(|doubt| format!("<br>{}", plain(doubt))).unwrap_or_default();
        format!("| {label} | {}{doubt} |\n", plain(&what))
    };
    let (doubtful, others): (Vec<&Change>, Vec<&Change>) =
        changes.iter().partition(|change| change.doubt().is_some());
    let table = |changes: &[&Change]| -> String {
        let rows: String = changes.iter().copied().map(row).collect();
        format!("| | |\n|---|---|\n{rows}\n")
    };
    let mut said = format!("### {}\n\n", tr!("What this does to the shop"));
    if !doubtful.is_empty() {
        said += &format!("**{}**\n\n{}", tr!("Look twice"), table(&doubtful));
    }
    if !others.is_empty() {
        said += &table(&others);
    }
    said
}

/// An owner's text, escaped so that Markdown shows it as written.
fn plain(text: &str) -> String {
    let special: BTreeSet<char> = "\\*_[]<>|#~".chars().collect();
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        if special.contains(&letter) {
            safe.push('\\');
        }
        safe.push(if letter.is_control() { ' ' } else { letter });
    }
    safe
}
