//! The order of the stages, and nothing else: read, parse, resolve, develop, plan, render and publish.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use catalog::Timestamp;
use faults::{Fault, Faults, Place};
use imaging::{Cache, Recipe};
use messages::tr;
use theming::{Layer, Theme};

use crate::model::assets::Assets;
use crate::model::documents::Documents;
use crate::model::plan::Plan;
use crate::model::shop::Shop;
use crate::model::site::Site;
use crate::model::sources::Sources;
use crate::stage::develop::Progress;
use crate::stage::publish::{PublishError, Published, Target};
use crate::stage::report::Report;
use crate::stage::view::{Public, ViewContext};
use crate::stage::{develop, outputs, parse, parse_cache, plan, publish, read, report, resolve, theme};

/// What a build is asked for.
#[derive(Debug, Clone)]
pub struct Options {
    /// The shop's folder.
    pub shop: PathBuf,
    /// Where the site goes.
    pub out: PathBuf,
    /// Where the site will be, if not at shop.yaml's `url`.
    pub base_url: Option<String>,
    /// Show drafts and what is not published yet; search engines are asked not to list such a site.
    pub drafts: bool,
    /// The build's instant, Unix seconds.
    pub now: Timestamp,
    /// A file of what is sold, as the till prints it.
    pub stock: Option<PathBuf>,
    /// Measure what each page costs its visitors, and compare it with the budgets.
    pub report: bool,
    /// Where developed photos are kept; `None`: in the shop's own folder.
    pub photos: Option<PathBuf>,
}

/// What one process keeps between builds, so that the next one reads and parses only what changed.
#[derive(Debug, Default)]
pub struct Memory {
    read: read::Memo,
    parse: parse::ParseCache,
    theme: theme::Memo,
}

impl Memory {
    /// Makes the next build read this file or folder again, even if its size and modification time are unchanged.
    pub fn forget(&mut self, path: &Path) {
        self.read.forget(path);
    }
}

/// Everything up to rendering.
#[derive(Debug)]
pub struct Prepared {
    /// The site.
    pub site: Site,
    /// Its photos.
    pub assets: Assets,
    /// Its theme.
    pub theme: Arc<Theme>,
    /// Its pages.
    pub plan: Plan,
    /// Where it will be.
    pub public: Public,
    /// Where its photos are kept.
    pub cache: Cache,
}

impl Prepared {
    /// Whether it uses the default theme: its weight is our responsibility.
    fn by_default(&self) -> bool {
        self.site.shop.theme == "petit"
    }

    fn next_change(&self) -> Option<jiff::Zoned> {
        let at = jiff::Timestamp::from_second(self.site.next_change?.0).ok()?;
        Some(at.to_zoned(self.site.shop.timezone.clone()))
    }

    /// What views are made from.
    pub fn views(&self) -> ViewContext<'_> {
        ViewContext::new(&self.site, &self.assets, &self.theme, &self.public)
    }
}

/// What became of a build.
#[derive(Debug, Default)]
pub struct Outcome {
    /// What was published; `None` when faults prevent that. Errors that only the report finds do not: the site is written
    /// by then.
    pub published: Option<Published>,
    /// Photos made, and taken from the cache.
    pub photos: (usize, usize),
    /// The next instant at which the site would change, in the shop's time zone.
    pub next_change: Option<jiff::Zoned>,
    /// What the pages cost, if requested.
    pub report: Option<Report>,
    /// Everything found wrong.
    pub faults: Faults,
}

/// Builds the site.
pub fn build(
    options: &Options,
    memory: &mut Memory,
    progress: Progress<'_>,
) -> Result<Outcome, PublishError> {
    let (prepared, mut faults) = prepare(options, memory, progress);
    let state = state(&options.shop);
    let Some(prepared) = prepared.filter(|_| !faults.any_error()) else {
        parse_cache::store(&state, &mut memory.parse);
        return Ok(Outcome { faults, ..Outcome::default() });
    };
    let target = Target { out: options.out.clone(), state: state.clone() };
    let publish = || publish::publish(&prepared.views(), &prepared.plan, &prepared.cache, &target);
    let (published, ()) = rayon::join(publish, || parse_cache::store(&state, &mut memory.parse));
    let (published, found) = published?;
    faults.extend(found);
    let published = Some(published).filter(|_| !faults.any_error());
    let (report, found) = (options.report && published.is_some())
        .then(|| report::measure(&prepared.plan, &prepared.public.base, &options.out, prepared.by_default()))
        .unzip();
    faults.extend(found.into_iter().flatten());
    Ok(Outcome {
        published,
        photos: (prepared.assets.made, prepared.assets.reused),
        next_change: prepared.next_change(),
        report,
        faults,
    })
}

/// Finds what a build would find, but writes only the photo cache.
pub fn check(options: &Options, memory: &mut Memory, progress: Progress<'_>) -> Outcome {
    let (prepared, mut faults) = prepare(options, memory, progress);
    let mut outcome = Outcome::default();
    if let Some(prepared) = prepared {
        let (published, found) = publish::dry_run(&prepared.views(), &prepared.plan, &|| true);
        let found = publish::not_yet_reported(found, faults.iter());
        faults.extend(found);
        outcome.published = Some(published);
        outcome.next_change = prepared.next_change();
    }
    outcome.faults = faults;
    outcome
}

/// Everything up to rendering. With faults there may still be a site: `serve` shows what can be shown.
pub fn prepare(options: &Options, memory: &mut Memory, progress: Progress<'_>) -> (Option<Prepared>, Faults) {
    let (mut sources, mut faults) = read::read(&options.shop, &mut memory.read);
    if let Some(stock) = &options.stock {
        faults.extend(read::stock(stock, &mut sources));
    }
    parse_cache::load(&state(&options.shop), &sources, &mut memory.parse);
    let (documents, found) = parse::parse(&sources, &mut memory.parse);
    faults.extend(found);
    let Some(documents) = documents else { return (None, faults) };
    sources.layers = layers(&options.shop, &documents, &mut faults);
    let (theme, found) = theme::compile(&sources.layers, &documents.shop, &mut memory.theme);
    faults.extend(found);
    let Some(theme) = theme else { return (None, faults) };
    finish(options, &documents, &sources, theme, faults, progress)
}

fn finish(
    options: &Options,
    documents: &Documents,
    sources: &Sources,
    theme: Arc<Theme>,
    mut faults: Faults,
    progress: Progress<'_>,
) -> (Option<Prepared>, Faults) {
    let texts = theme::ThemeTexts { theme: &theme, shop: &documents.shop };
    let world = resolve::World {
        sources,
        paths: texts.paths(&mut faults),
        titles: &texts,
        now: options.now,
        drafts: options.drafts,
    };
    let (site, found) = resolve::resolve(documents, &world);
    faults.extend(found);
    let cache =
        match Cache::open(options.photos.clone().unwrap_or_else(|| state(&options.shop).join("photos"))) {
            Ok(cache) => cache,
            Err(error) => {
                let place = Place::file(".bazaar/photos");
                faults.push(
                    Fault::error("cache", place, tr!("photos cannot be kept: {error}"))
                        .help(tr!("check the disk")),
                );
                return (None, faults);
            }
        };
    let recipe = recipe(&theme);
    faults.extend(develop::small(&site, &recipe));
    let (assets, found) = develop::develop(&site, &recipe, &cache, progress);
    faults.extend(found);
    let others = outputs::paths(&site).into_iter().chain(theme.assets.iter().map(|asset| asset.url.clone()));
    let (plan, found) = plan::plan(&site, &assets, others.chain([theme.css.url.clone()]));
    faults.extend(found);
    let public = Public {
        base: options
            .base_url
            .clone()
            .unwrap_or_else(|| site.shop.url.clone())
            .trim_end_matches('/')
            .to_owned(),
        noindex: options.drafts,
    };
    (Some(Prepared { site, assets, theme, plan, public, cache }), faults)
}

/// The shop's settings, and its theme with those that it extends.
///
/// # Errors
/// What keeps shop.yaml from being read, or its theme from being found.
pub fn theme_of(shop: &Path) -> Result<(Arc<Shop>, Vec<Layer>), Faults> {
    let mut memory = Memory::default();
    let (sources, mut faults) = read::read(shop, &mut memory.read);
    let (documents, found) = parse::parse(&sources, &mut memory.parse);
    faults.extend(found);
    let Some(documents) = documents else { return Err(faults) };
    let mut missing = Faults::new();
    let layers = layers(shop, &documents, &mut missing);
    if layers.is_empty() { Err(missing) } else { Ok((documents.shop, layers)) }
}

/// The shop's theme and those it extends: a folder of themes/, or the built-in `petit`.
fn layers(shop: &Path, documents: &Documents, faults: &mut Faults) -> Vec<Layer> {
    let mut layers: Vec<Layer> = Vec::new();
    let mut next = Some(documents.shop.theme.clone());
    while let Some(name) =
        next.take().filter(|name| layers.len() < 8 && layers.iter().all(|l| l.name != *name))
    {
        let (found, found_faults) = read::theme_layer(shop, &name);
        faults.extend(found_faults);
        let found = match found {
            Some(own) if name == "petit" => Some(theming::over_embedded(own)),
            None if name == "petit" => Some(theming::embedded()),
            found => found,
        };
        match found {
            Some(layer) => {
                next = theming::extends(&layer);
                layers.push(layer);
            }
            // A missing theme that another one extends is reported when that one is compiled.
            None if layers.is_empty() => faults.push(theme::missing(&documents.shop, &name)),
            None => {}
        }
    }
    layers
}

fn recipe(theme: &Theme) -> Recipe {
    Recipe {
        widths: theme.photos.widths.clone(),
        fallback_width: theme.photos.fallback,
        webp_quality: theme.photos.webp_quality,
        jpeg_quality: theme.photos.jpeg_quality,
        avif: theme.photos.avif,
        ..Recipe::default()
    }
}

/// Our own folder in a shop.
pub fn state(shop: &Path) -> PathBuf {
    shop.join(".bazaar")
}
