//! What a template sees: documented, serialisable types, the contract between `bazaar` and themes.
//!
//! Every key is always present (null when it has no value), so that an unknown field differs from an empty
//! one; `theming::fields` checks each template against the schema of these types. Texts are plain unless the
//! field says HTML; the template engine escapes plain ones. Prices, weights and dates come both printed for the
//! reader and as data. URLs are root-relative unless the field says absolute.

use std::collections::BTreeMap;

use catalog::Cents;
use schemars::JsonSchema;
use serde::Serialize;
use storefront::limits::Limits;

/// What every template sees, whatever it shows; all pages of one language share it. The page's own part is `PageView`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Frame {
    /// The language of the page, as in shop.yaml (`fr`).
    pub lang: String,
    /// The shop.
    pub shop: ShopView,
    /// Menus by name; `main` and `footer` always exist. A template marks the current entry by comparing URLs.
    pub menus: MenusView,
    /// Addresses of styles, scripts and fonts.
    pub assets: AssetsView,
    /// The theme's settings, as chosen in shop.yaml or by default.
    pub settings: BTreeMap<String, serde_json::Value>,
    /// What the till accepts.
    pub limits: Limits,
}

/// The shop as a whole.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ShopView {
    /// Its name.
    pub name: String,
    /// One line below the name.
    pub tagline: Option<String>,
    /// Absolute base URL without a final slash.
    pub url: String,
    /// The home page in this language.
    pub home: String,
    /// The list of all products in this language.
    pub products: String,
    /// The cart in this language; null where nothing can be sold.
    pub cart: Option<String>,
    /// What shoppers read while the shop is closed; null while it is open.
    pub closed: Option<String>,
    /// The language of `closed`, when it is a fallback.
    pub closed_lang: Option<String>,
    /// ISO 4217 code.
    pub currency: String,
    /// Contact e-mail.
    pub email: Option<String>,
    /// Contact phone.
    pub phone: Option<String>,
    /// Who sells, for the footer and legal pages.
    pub seller: SellerView,
    /// Profiles elsewhere.
    pub social: Vec<String>,
    /// The Atom feed in this language.
    pub feed: String,
}

/// Who sells.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SellerView {
    /// Legal name.
    pub name: String,
    /// Postal address.
    pub address: String,
    /// Entry in a register.
    pub register: Option<String>,
    /// VAT number.
    pub vat_number: Option<String>,
    /// `registered`, `exempt` or `margin`.
    pub vat: String,
}

/// The menus of shop.yaml.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct MenusView {
    /// Top of every page.
    pub main: Vec<MenuEntry>,
    /// Bottom of every page; the legal pages are added after the owner's entries.
    pub footer: Vec<MenuEntry>,
}

/// One entry of a menu.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct MenuEntry {
    /// What it says.
    pub title: String,
    /// Where it leads; absolute when `external`.
    pub url: String,
    /// Leads out of the shop.
    pub external: bool,
    /// The entries below it (subcategories).
    pub children: Vec<MenuEntry>,
}

/// Addresses of the theme's files.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct AssetsView {
    /// The stylesheet.
    pub css: String,
    /// The scripts, in order; module scripts.
    pub scripts: Vec<String>,
    /// Fonts to preload.
    pub fonts: Vec<String>,
    /// `static/favicon.svg`, `.ico` or `.png` of the shop, if there is one.
    pub icon: Option<String>,
}

/// What every page says about itself.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PageView {
    /// `home`, `product`, `products`, `category`, `collection`, `tag`, `maker`, `terms`, `page`, `cart`, `till` or `not_found`.
    pub kind: String,
    /// The document's title, with the shop's name.
    pub title: String,
    /// The title by itself, for the page's `h1`.
    pub heading: String,
    /// The language that the title and text are actually in, when they are a fallback; else null.
    pub fallback_lang: Option<String>,
    /// One sentence for search engines.
    pub description: String,
    /// Its address.
    pub url: String,
    /// The absolute address that search engines should list.
    pub canonical: String,
    /// Search engines must not list it.
    pub noindex: bool,
    /// The same page in each language of the shop that has it, in the order of `shop.languages`; empty on the 404 page.
    pub alternates: Vec<Alternate>,
    /// Whether `alternates` are real translations, to be announced as `hreflang`.
    pub hreflang: bool,
    /// The picture for link previews.
    pub image: Option<ShareImage>,
    /// Open Graph's type: `website`, `product` or `article`.
    pub og_type: String,
    /// JSON-LD, ready for a `<script type="application/ld+json">`: HTML-safe, print it with `| safe`.
    pub jsonld: String,
    /// From the home page to this page's parent; empty on the home page.
    pub breadcrumbs: Vec<Crumb>,
    /// Pieces to continue with on a page that has none of its own: the cart, the till, an empty list, the 404 page. At
    /// most four, all of them available.
    pub offers: Vec<Card>,
}

/// A page in another language.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Alternate {
    /// Language tag.
    pub lang: String,
    /// The language's own name for itself (`English`).
    pub name: String,
    /// Root-relative address.
    pub url: String,
    /// Absolute address.
    pub absolute: String,
    /// It is the page itself.
    pub current: bool,
}

/// A picture for link previews.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ShareImage {
    /// Absolute address of a JPEG.
    pub url: String,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// What it shows.
    pub alt: String,
}

/// A step on the way from the home page.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Crumb {
    /// What it says.
    pub title: String,
    /// Where it leads.
    pub url: String,
}

/// A photo, ready for a `<picture>`. The template chooses `sizes` and `loading`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Photo {
    /// The JPEG, for `src`.
    pub src: String,
    /// Width of the largest size, in pixels.
    pub width: u32,
    /// Height of the largest size, in pixels.
    pub height: u32,
    /// `srcset` of the WebP sizes.
    pub webp: String,
    /// `srcset` of the AVIF sizes, where the theme asks for them.
    pub avif: Option<String>,
    /// The largest WebP, for a link to the full picture.
    pub full: String,
    /// What it shows.
    pub alt: String,
    /// The language of `alt`, when it is a fallback.
    pub alt_lang: Option<String>,
    /// Class of the placeholder's colour (`c-27`), a rule of the generated stylesheet.
    pub colour: String,
}

/// A price, printed and as data.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Price {
    /// What it costs now, printed for the reader: `28,00 €`.
    pub now: String,
    /// What it cost before a sale, printed.
    pub was: Option<String>,
    /// The sale's last day, printed.
    pub until: Option<String>,
    /// Other variants cost more: print it as "from".
    pub from: bool,
    /// What it costs now, in minor units (cents).
    #[schemars(with = "i64")]
    pub minor: Cents,
}

/// Whether it is available.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Availability {
    /// `in_stock`, `sold_out` or `made_to_order`.
    pub state: String,
    /// Pieces available, when they are counted and five or fewer.
    pub left: Option<u32>,
    /// Only one was ever made.
    pub unique: bool,
    /// Made to order within this many working days.
    pub days: Option<u32>,
}

/// A product in a list.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Card {
    /// The product's page.
    pub url: String,
    /// Its title.
    pub title: String,
    /// The language of the title, when it is a fallback.
    pub fallback_lang: Option<String>,
    /// Who made it.
    pub maker: Option<String>,
    /// Its first photo.
    pub photo: Option<Photo>,
    /// What it costs.
    pub price: Price,
    /// Whether it is available.
    pub availability: Availability,
}

/// `home.html`: the front of the shop.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct HomeView {
    /// The text of the page of kind `home`, HTML.
    pub intro: Option<String>,
    /// Its language, when it is a fallback.
    pub intro_lang: Option<String>,
    /// Products with `featured: true`.
    pub featured: Vec<Card>,
    /// The newest products, available ones first.
    pub newest: Vec<Card>,
    /// Categories without a parent.
    pub categories: Vec<Term>,
    /// Collections.
    pub collections: Vec<Term>,
    /// Makers.
    pub makers: Vec<Term>,
}

/// A category, collection, tag or maker as an entry of a list.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Term {
    /// Its page.
    pub url: String,
    /// Its name.
    pub title: String,
    /// The language of the name, when it is a fallback.
    pub fallback_lang: Option<String>,
    /// One sentence.
    pub summary: Option<String>,
    /// Its own picture, or the first photo of its first product that has one.
    pub photo: Option<Photo>,
    /// How many products it holds.
    pub count: u32,
}

/// `products.html`, `category.html`, `collection.html`, `tag.html` and `maker.html`: products, page by page.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ListingView {
    /// Its text, HTML; on the first page only.
    pub intro: Option<String>,
    /// Its language, when it is a fallback.
    pub intro_lang: Option<String>,
    /// One sentence.
    pub summary: Option<String>,
    /// Its picture.
    pub photo: Option<Photo>,
    /// Subcategories.
    pub children: Vec<Term>,
    /// The products of this page.
    pub cards: Vec<Card>,
    /// Products on all pages.
    pub count: u32,
    /// The pages.
    pub pager: Pager,
}

/// The position of a page within a listing.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Pager {
    /// This page, from 1.
    pub number: u32,
    /// How many pages there are.
    pub total: u32,
    /// The previous page.
    pub previous: Option<String>,
    /// The next page.
    pub next: Option<String>,
    /// First, last and neighbours, in order; a gap is an entry without url and number.
    pub pages: Vec<PagerEntry>,
}

/// One entry of a pager.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PagerEntry {
    /// Its number; null for a gap.
    pub number: Option<u32>,
    /// Its address; null for a gap.
    pub url: Option<String>,
    /// It is this page.
    pub current: bool,
}

/// `maker.html` beside `listing`: who made things.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct MakerView {
    /// Name.
    pub name: String,
    /// Where they work.
    pub place: Option<String>,
    /// Postal address (product safety: Regulation (EU) 2023/988, art. 19).
    pub address: Option<String>,
    /// E-mail (same source).
    pub email: Option<String>,
    /// Web site.
    pub website: Option<String>,
}

/// `terms.html`: all makers, tags or collections.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TermsView {
    /// `makers`, `tags`, `collections` or `categories`.
    pub kind: String,
    /// The entries.
    pub entries: Vec<Term>,
}

/// `page.html`: a free page.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FreePageView {
    /// Its kind, as in docs/content.md.
    pub kind: String,
    /// Its text, HTML.
    pub body: String,
    /// Its language, when it is a fallback.
    pub body_lang: Option<String>,
    /// Headings of level two, for a table of contents.
    pub headings: Vec<Heading>,
}

/// A heading of a text.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Heading {
    /// Anchor, without `#`.
    pub id: String,
    /// Its text.
    pub title: String,
}

/// `product.html`: one product.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ProductView {
    /// Its id, the same in every language.
    pub id: String,
    /// Its title.
    pub title: String,
    /// One sentence.
    pub summary: Option<String>,
    /// Its text, HTML.
    pub body: String,
    /// The language of the text, when it is a fallback.
    pub body_lang: Option<String>,
    /// All its photos, in order.
    pub photos: Vec<Photo>,
    /// What it costs; the cheapest variant's price.
    pub price: Price,
    /// Whether it is available; with variants, whether any is.
    pub availability: Availability,
    /// What can be put in a cart, when there are no variants.
    pub sku: Option<String>,
    /// The stock key under which the till reports what is left; null with variants.
    pub stock: Option<String>,
    /// The most pieces of it that a cart may hold; 1 where a quantity makes no sense.
    pub most: u32,
    /// The options to choose from; empty without variants.
    pub options: Vec<OptionView>,
    /// One per choice; empty without variants.
    pub variants: Vec<VariantView>,
    /// Its category.
    pub category: Option<Crumb>,
    /// Its tags.
    pub tags: Vec<Crumb>,
    /// Who made it.
    pub maker: Option<MakerRef>,
    /// Brand, when it is not the maker.
    pub brand: Option<String>,
    /// Weight, printed.
    pub weight: Option<String>,
    /// Dimensions, printed.
    pub dimensions: Option<String>,
    /// Materials.
    pub materials: Option<String>,
    /// Safety warnings.
    pub warnings: Option<String>,
    /// What the shopper may, or must, have put on it.
    pub personalisation: Option<PersonalisationView>,
    /// It can only be collected.
    pub pickup_only: bool,
    /// The price includes VAT (false: the seller is exempt or sells under the margin scheme).
    pub vat_included: bool,
    /// Days to send it back.
    pub return_days: Option<u32>,
    /// Similar products, available ones first.
    pub related: Vec<Card>,
}

/// One option of a product.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct OptionView {
    /// Its id, used in the variant's address (`?taille=m`).
    pub id: String,
    /// What it is called.
    pub label: String,
    /// What can be chosen.
    pub values: Vec<OptionValue>,
}

/// One value of an option.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct OptionValue {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub label: String,
    /// Whether any variant with it is available.
    pub available: bool,
}

/// One variant.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct VariantView {
    /// Its SKU.
    pub sku: String,
    /// Its values' labels, joined: `M, bleu`.
    pub name: String,
    /// Its address: the product's, with the choice as a query.
    pub url: String,
    /// The chosen value's id for each option's id.
    pub values: BTreeMap<String, String>,
    /// What it costs.
    pub price: Price,
    /// Whether it is available.
    pub availability: Availability,
    /// The stock key under which the till reports what is left.
    pub stock: String,
    /// The most pieces of it that a cart may hold.
    pub most: u32,
    /// Index of its first own photo in the product's `photos`.
    pub photo: Option<u32>,
}

/// The maker on a product page.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct MakerRef {
    /// Name.
    pub name: String,
    /// Page.
    pub url: String,
    /// Where they work.
    pub place: Option<String>,
    /// Postal address.
    pub address: Option<String>,
    /// E-mail.
    pub email: Option<String>,
}

/// What the shopper may, or must, have put on a piece.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PersonalisationView {
    /// What the first field is called.
    pub label: String,
    /// Maximum number of characters of the first field.
    pub max_length: u32,
    /// What it adds to the price, printed; null when it is free.
    pub price: Option<String>,
    /// What it adds to the price, in minor units (cents).
    #[schemars(with = "i64")]
    pub minor: Cents,
    /// The piece cannot be bought without it: a field is required.
    pub required: bool,
    /// The fields to fill in, at least one. A form sends a field `note` for each, in this order.
    pub fields: Vec<NoteFieldView>,
}

/// One field of a personalisation.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct NoteFieldView {
    /// What it is called.
    pub label: String,
    /// Maximum number of characters, as `maxlength` counts them.
    pub max_length: u32,
    /// The piece cannot be bought without it.
    pub required: bool,
    /// The values to choose from; empty if any text is allowed.
    pub choices: Vec<NoteChoiceView>,
    /// A regular expression for the whole value, as in the attribute `pattern`.
    pub pattern: Option<String>,
}

/// A value to choose.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct NoteChoiceView {
    /// What a form sends.
    pub id: String,
    /// What it is called.
    pub label: String,
}

/// `cart.html`: the cart for browsers that run scripts.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CartPageView {
    /// Countries that parcels go to, in the order of shop.yaml.
    pub countries: Vec<CountryView>,
    /// Collecting it instead.
    pub pickup: Option<PickupView>,
    /// The till's cart, for browsers that run none.
    pub plain: String,
    /// The terms of sale.
    pub terms: Option<String>,
}

/// A country that parcels go to.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CountryView {
    /// ISO 3166-1 alpha-2.
    pub code: String,
    /// What it is called: the theme's text `country.FR`, else its code.
    pub name: String,
}

/// Collecting it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PickupView {
    /// What it is called.
    pub label: String,
    /// Where.
    pub address: String,
}

/// `till.html`: the page around the till's answers.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TillView {
    /// Marks where the answer goes, HTML: print it once with `| safe`, and nothing else in `<main>`.
    pub main: String,
}

macro_rules! root {
    ($($key:literal: $view:ty),* $(,)?) => {{
        #[derive(JsonSchema)]
        #[allow(dead_code)]
        struct Root {
            #[serde(flatten)]
            frame: Frame,
            page: PageView,
            $(#[serde(rename = $key)] view: $view,)*
        }
        schemars::schema_for!(Root).to_value()
    }};
}

/// The same for the pages that only a shop with a till needs.
pub fn selling() -> BTreeMap<&'static str, serde_json::Value> {
    BTreeMap::from([("cart.html", root!("cart": CartPageView)), ("till.html", root!("till": TillView))])
}

/// The schema of everything a template is rendered with, by template; `Frame` and `page` included.
pub fn schemas() -> BTreeMap<&'static str, serde_json::Value> {
    macro_rules! listing {
        ($($extra:ident: $view:ty),*) => {{
            #[derive(JsonSchema)]
            #[allow(dead_code)]
            struct Root {
                #[serde(flatten)]
                frame: Frame,
                page: PageView,
                listing: ListingView,
                $($extra: $view,)*
            }
            schemars::schema_for!(Root).to_value()
        }};
    }
    BTreeMap::from([
        ("home.html", root!("home": HomeView)),
        ("product.html", root!("product": ProductView)),
        ("products.html", listing!()),
        ("category.html", listing!()),
        ("collection.html", listing!()),
        ("tag.html", listing!()),
        ("maker.html", listing!(maker: MakerView)),
        ("terms.html", root!("terms": TermsView)),
        ("page.html", root!("free": FreePageView)),
        ("404.html", root!()),
    ])
}
