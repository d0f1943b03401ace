//! Site -> views: what each template is given. Pure; a view is made together with its page, so that memory does not grow
//! with the number of pages.

mod buying;
mod cards;
mod frame;
mod jsonld;
mod listing;
mod page;
mod photo;
mod product;
mod promises;
pub mod text;
mod variants;

use std::collections::BTreeMap;

use catalog::{Cents, MoneyFormat};
use serde::Serialize;
use theming::Theme;

use crate::model::addresses::Addresses;
use crate::model::assets::Assets;
use crate::model::entities::TermKind;
use crate::model::lang::LangIx;
use crate::model::plan::{Job, Subject};
use crate::model::site::Site;
use crate::model::view::{
    CartPageView, Frame, FreePageView, HomeView, ListingView, MakerView, PageView, ProductView, TermsView,
    TillView,
};

pub use frame::Public;
pub use variants::{group_id, query as product_query, variant_facts, variant_name as product_variant_name};

/// Everything that views are made from, prepared once per build.
#[derive(Debug)]
pub struct ViewContext<'a> {
    /// The site.
    pub site: &'a Site,
    /// Its photos.
    pub assets: &'a Assets,
    /// The theme.
    pub theme: &'a Theme,
    /// Absolute base URL, without final slash.
    pub base: &'a str,
    /// Search engines must list nothing: a build with drafts.
    pub noindex: bool,
    addresses: Addresses<'a>,
    money: Vec<MoneyFormat>,
    /// What all pages of a language share.
    pub frames: Vec<Frame>,
    frame_values: Vec<Vec<(&'static str, tera::Value)>>,
    frame_digests: Vec<[u8; 32]>,
    template_digests: BTreeMap<(LangIx, &'static str), [u8; 32]>,
}

/// What one template is given, besides the frame.
#[derive(Debug, Serialize)]
pub struct View {
    /// About the page.
    pub page: PageView,
    /// Its subject.
    #[serde(flatten)]
    pub subject: SubjectView,
}

/// The subject of a page, under the key that its template uses.
#[derive(Debug, Serialize)]
#[serde(untagged)]
#[allow(missing_docs)]
pub enum SubjectView {
    Home { home: Box<HomeView> },
    Product { product: Box<ProductView> },
    Listing { listing: Box<ListingView> },
    Maker { listing: Box<ListingView>, maker: MakerView },
    Terms { terms: TermsView },
    Free { free: FreePageView },
    Cart { cart: CartPageView },
    Till { till: TillView },
    Nothing {},
}

impl<'a> ViewContext<'a> {
    /// Prepares what all pages share.
    pub fn new(site: &'a Site, assets: &'a Assets, theme: &'a Theme, public: &'a Public) -> Self {
        let langs: Vec<LangIx> = site.shop.langs().collect();
        let frames: Vec<Frame> = langs.iter().map(|lang| frame::frame(site, theme, public, *lang)).collect();
        let frame_digests = frames
            .iter()
            .map(|frame| *blake3::hash(&serde_json::to_vec(frame).unwrap_or_default()).as_bytes())
            .collect();
        let frame_values = frames.iter().map(frame::values).collect();
        let templates = [
            "home.html",
            "product.html",
            "products.html",
            "category.html",
            "collection.html",
            "tag.html",
            "maker.html",
            "terms.html",
            "page.html",
            "cart.html",
            "404.html",
        ];
        let template_digests = langs
            .iter()
            .flat_map(|lang| templates.map(|name| ((*lang, name), theme.digest(site.shop.lang(*lang), name))))
            .collect();
        ViewContext {
            site,
            assets,
            theme,
            base: &public.base,
            noindex: public.noindex,
            addresses: Addresses::new(site),
            money: langs
                .iter()
                .map(|lang| MoneyFormat::new(site.shop.lang(*lang), site.shop.currency))
                .collect(),
            frames,
            frame_values,
            frame_digests,
            template_digests,
        }
    }

    /// The view of a job.
    pub fn view(&self, job: Job) -> View {
        let lang = job.lang;
        let (page, subject) = match job.subject {
            Subject::Home => self.home(lang),
            Subject::Products(number) => self.products(lang, number),
            Subject::Product(ix) => self.product(lang, ix),
            Subject::Term(TermKind::Maker, ix, number) => self.maker(lang, ix, number),
            Subject::Term(kind, ix, number) => self.term(lang, kind, ix, number),
            Subject::Terms(kind) => self.terms(lang, kind),
            Subject::Page(ix) => self.free(lang, ix),
            Subject::Cart => self.cart(lang),
            Subject::Till => self.till(lang),
            Subject::NotFound | Subject::Redirect(_) => self.not_found(lang),
        };
        View { page, subject }
    }

    /// What a page is rendered with.
    pub fn context(&self, job: Job, view: &View) -> Result<tera::Context, tera::Error> {
        let mut context = tera::Context::new();
        for (key, value) in &self.frame_values[usize::from(job.lang.0)] {
            context.insert_value(*key, value.clone());
        }
        context.insert_value("page", tera::Value::try_from_serializable(&view.page)?);
        match &view.subject {
            SubjectView::Home { home } => insert(&mut context, "home", home)?,
            SubjectView::Product { product } => insert(&mut context, "product", product)?,
            SubjectView::Listing { listing } => insert(&mut context, "listing", listing)?,
            SubjectView::Maker { listing, maker } => {
                insert(&mut context, "listing", listing)?;
                insert(&mut context, "maker", maker)?;
            }
            SubjectView::Terms { terms } => insert(&mut context, "terms", terms)?,
            SubjectView::Free { free } => insert(&mut context, "free", free)?,
            SubjectView::Cart { cart } => insert(&mut context, "cart", cart)?,
            SubjectView::Till { till } => insert(&mut context, "till", till)?,
            SubjectView::Nothing {} => {}
        }
        Ok(context)
    }

    /// Digest of everything a page is made from: its view, the frame, the templates it reaches, the generator.
    pub fn key(&self, job: Job, view: &View) -> [u8; 16] {
        thread_local! {
            static BUFFER: std::cell::RefCell<Vec<u8>> = const { std::cell::RefCell::new(Vec::new()) };
        }
        BUFFER.with_borrow_mut(|buffer| {
            buffer.clear();
            buffer.extend_from_slice(crate::PROGRAM.as_bytes());
            buffer.extend_from_slice(job.subject.template().as_bytes());
            buffer.extend_from_slice(&self.frame_digests[usize::from(job.lang.0)]);
            let template = self.template_digests.get(&(job.lang, job.subject.template()));
            buffer.extend_from_slice(template.map_or(&[], |digest| digest.as_slice()));
            // Views consist of numbers, texts and lists, and no field is ever left out: this cannot fail, and different
            // views never give the same bytes. JSON took twice as long.
            let _ = postcard::to_io(&(&view.page, &view.subject), &mut *buffer);
            let mut key = [0; 16];
            key.copy_from_slice(&blake3::hash(buffer).as_bytes()[..16]);
            key
        })
    }

    /// A text of the theme, or the key itself if the theme lacks it.
    fn word(&self, lang: LangIx, key: &str, args: &[(&str, &str)]) -> String {
        self.theme.text(self.site.shop.lang(lang), key, None, args).unwrap_or_else(|| key.to_owned())
    }

    fn print(&self, lang: LangIx, minor: Cents) -> String {
        self.money[usize::from(lang.0)].print(minor)
    }

    fn lang_tag(&self, lang: Option<LangIx>) -> Option<String> {
        lang.map(|lang| self.site.shop.lang(lang).to_owned())
    }

    fn absolute(&self, url: &str) -> String {
        format!("{}{url}", self.base)
    }
}

fn insert<T: Serialize>(
    context: &mut tera::Context,
    key: &'static str,
    value: &T,
) -> Result<(), tera::Error> {
    context.insert_value(key, tera::Value::try_from_serializable(value)?);
    Ok(())
}
