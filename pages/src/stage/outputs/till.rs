//! What the till says and shows, taken from the theme and the shop's settings for the snapshot.

use std::borrow::Cow;
use std::collections::BTreeMap;

use catalog::item::Localized;
use catalog::message::Message;
use catalog::public::Catalog;
use catalog::till::{Closed, Context, TillSettings};
use faults::{Fault, Faults, Place};
use messages::tr;
use storefront::texts::TillText;

use crate::model::lang::LangIx;
use crate::model::plan::{Job, Subject};
use crate::model::site::Site;
use crate::stage::render;
use crate::stage::view::ViewContext;

/// Everything for the till. A page that cannot be rendered is a fault.
pub fn settings(views: &ViewContext<'_>, catalog: &Catalog) -> (TillSettings, Faults) {
    let site = views.site;
    let shop = &site.shop;
    let (shell, faults) = shell(views);
    let closed = shop
        .closed
        .as_ref()
        .map(|closed| Closed { message: shop.in_all_languages(&closed.message), window: closed.window });
    let settings = TillSettings {
        context: Context::Local,
        catalog_hash: catalog.hash.clone(),
        closed,
        pages: pages(site),
        phone: shop.phone.clone(),
        return_days: shop.returns.as_ref().map(|returns| returns.days),
        templates: views.theme.till.templates.clone(),
        words: words(views),
        shell,
    };
    (settings, faults)
}

/// What would prevent the till from showing its pages.
pub fn faults(views: &ViewContext<'_>) -> Faults {
    shell(views).1
}

fn words(views: &ViewContext<'_>) -> BTreeMap<String, BTreeMap<String, Message>> {
    let one = |forms: &Vec<(&str, String)>| match forms.as_slice() {
        [("", text)] => Message::One(text.clone()),
        forms => {
            Message::Plural(forms.iter().map(|(form, text)| ((*form).to_owned(), text.clone())).collect())
        }
    };
    let all = &views.theme.till.words;
    all.iter()
        .map(|(lang, words)| {
            (lang.clone(), words.iter().map(|(key, forms)| (key.clone(), one(forms))).collect())
        })
        .collect()
}

fn pages(site: &Site) -> BTreeMap<String, Localized> {
    let mut pages: BTreeMap<String, Localized> = BTreeMap::new();
    for lang in site.shop.langs() {
        let mut add = |kind: &str, url: Option<String>| {
            let Some(url) = url else { return };
            let of_kind = pages.entry(kind.to_owned()).or_default();
            of_kind.entry(site.shop.lang(lang).to_owned()).or_insert(url);
        };
        add("home", Some(site.home_url(lang)));
        add("products", Some(site.products_url(lang)));
        add("cart", site.cart_url(lang));
        for page in site.pages.iter().filter(|page| &*page.doc.kind != "page") {
            add(&page.doc.kind, page.entity.url(lang).map(str::to_owned));
        }
    }
    pages
}

/// Texts that the till needs and the theme lacks: shoppers would read their names. What only some languages lack is reported
/// by `theming`.
fn lacking(views: &ViewContext<'_>) -> Vec<Fault> {
    let (theme, tag) = (&views.theme.name, views.site.shop.lang(LangIx::DEFAULT));
    let lacking =
        TillText::all().map(TillText::key).filter(|key| views.theme.place_of_text(tag, key).is_none());
    let fault = |key: Cow<'static, str>| {
        let place = Place::file(format!("themes/{theme}/translations/{tag}.yaml"));
        let message = tr!("the theme `{theme}` has no text `{key}`, which the till asks for");
        Fault::error("missing-text", place, message)
            .help(tr!("write it as petit has it, or take petit's: add `extends: petit` to theme.yaml"))
    };
    lacking.map(fault).collect()
}

fn shell(views: &ViewContext<'_>) -> (Localized, Faults) {
    let (mut shell, mut faults) = (Localized::new(), Faults::new());
    if !views.theme.has(Subject::Till.template()) {
        return (shell, faults);
    }
    let render = |lang: LangIx| {
        let job = Job { lang, subject: Subject::Till };
        render::render(views, job, &views.view(job))
    };
    faults.extend(lacking(views));
    for lang in views.site.shop.langs() {
        match render(lang) {
            Ok(page) => {
                shell.insert(views.site.shop.lang(lang).to_owned(), page.html);
            }
            Err(fault) => faults.push(*fault),
        }
    }
    (shell, faults)
}
