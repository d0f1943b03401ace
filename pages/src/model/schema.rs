//! The fields of every file: one table that the parser, the suggestions, `bazaar schema` and `bazaar new` share.

use messages::tr;

/// How a value is written.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// One text.
    Text,
    /// One text, or one by language.
    Localized,
    /// Letters, digits, `.`, `_`, `-`.
    Sku,
    /// The name of a file in this folder.
    Id(&'static str),
    /// A list of such names.
    Ids(&'static str),
    /// `28.00`
    Price,
    /// `2026-11-02`, or an instant.
    Date,
    /// `420 g`
    Weight,
    /// A whole number.
    Integer,
    /// A number with at most two decimals.
    Percent,
    /// true or false.
    Boolean,
    /// A number of pieces, or `unlimited`.
    Supply,
    /// A list of texts.
    Texts,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A list of two whole numbers.
    Span,
    /// Fields.
    Fields(&'static [Field]),
    /// A list of fields.
    List(&'static [Field]),
    /// Names chosen by the owner, each with fields.
    Named(&'static [Field]),
    /// Names chosen by the owner, each with a text.
    NamedTexts,
    /// Names chosen by the owner, each with a percentage.
    NamedPercents,
    /// Whatever the theme asks for.
    Anything,
}

/// What a field is, as a function: the tables are constants, but the language is known only when the program runs.
pub type Doc = fn() -> &'static str;

/// One field.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// How its value is written.
    pub shape: Shape,
    /// It must be there.
    pub required: bool,
    /// What it is, in a sentence in the user's language.
    pub doc: Doc,
    /// An example of its value.
    pub example: &'static str,
}

const fn field(name: &'static str, shape: Shape, example: &'static str, doc: Doc) -> Field {
    Field { name, shape, required: false, doc, example }
}

const fn needed(name: &'static str, shape: Shape, example: &'static str, doc: Doc) -> Field {
    Field { name, shape, required: true, doc, example }
}

/// The names of a table's fields.
pub fn names(fields: &'static [Field]) -> impl Iterator<Item = &'static str> + Clone {
    fields.iter().map(|field| field.name)
}

/// A photo with its alternative text.
pub const IMAGE: &[Field] = &[
    needed("file", Shape::Text, "bol-lune-1.jpg", || tr!("File name of the photo, relative to this file")),
    needed("alt", Shape::Localized, "\"Bol bleu nuit, vu de trois quarts\"", || {
        tr!("What the photo shows, for who cannot see it")
    }),
];

/// Texts for search engines.
pub const SEO: &[Field] = &[
    field("title", Shape::Text, "Bol en grès bleu", || tr!("Title in search results, instead of the title")),
    field("description", Shape::Text, "Un bol tourné à la main.", || {
        tr!("Description in search results, instead of the summary")
    }),
];

/// A sale.
pub const SALE: &[Field] = &[
    needed("price", Shape::Price, "22.00", || tr!("The lower price")),
    field("from", Shape::Date, "2026-11-20", || tr!("First day")),
    field("until", Shape::Date, "2026-11-30", || tr!("Last day, included")),
];

const MADE_TO_ORDER: &[Field] =
    &[needed("days", Shape::Integer, "21", || tr!("Working days until it is made"))];

/// One field of a personalisation.
pub const NOTE_FIELD: &[Field] = &[
    needed("label", Shape::Localized, "{ fr: Largeur en cm, en: Width in cm }", || tr!("What it is called")),
    field("max_length", Shape::Integer, "4", || tr!("Most characters; not with `choices`")),
    field("required", Shape::Boolean, "true", || tr!("The piece cannot be bought without it")),
    field("choices", Shape::NamedTexts, "{ lin: { fr: Lin, en: Linen } }", || {
        tr!("One of these: an id and a label for each")
    }),
    field("pattern", Shape::Text, "\"[0-9]{2,3}\"", || tr!("The form that the whole value has")),
];

/// Personalisation: one field, or several in `fields`.
pub const PERSONALISATION: &[Field] = &[
    field("label", Shape::Localized, "{ fr: Gravure, en: Engraving }", || tr!("What it is called")),
    field("max_length", Shape::Integer, "24", || tr!("Most characters")),
    field("price", Shape::Price, "5.00", || tr!("What it adds")),
    field("required", Shape::Boolean, "true", || tr!("The piece cannot be bought without it")),
    field("choices", Shape::NamedTexts, "{ lin: { fr: Lin, en: Linen } }", || {
        tr!("One of these: an id and a label for each")
    }),
    field("pattern", Shape::Text, "\"[A-Z]{1,3}\"", || tr!("The form that the whole text has")),
    field(
        "fields",
        Shape::List(NOTE_FIELD),
        "[{ label: { fr: Largeur en cm, en: Width in cm }, max_length: 4, required: true }]",
        || tr!("Several things to ask for, instead of one"),
    ),
];

/// An option.
pub const OPTION: &[Field] = &[
    needed("label", Shape::Localized, "{ fr: Taille, en: Size }", || tr!("What the option is called")),
    needed("values", Shape::NamedTexts, "{ s: S, m: M }", || tr!("Its values: an id and a label for each")),
];

/// A variant, apart from its options' values.
pub const VARIANT: &[Field] = &[
    needed("sku", Shape::Sku, "TABLIER-S", || tr!("Names the item for ever")),
    needed("supply", Shape::Supply, "2", || tr!("How many pieces have ever been put on sale")),
    field("price", Shape::Price, "45.00", || tr!("Its price, if not the product's")),
    field("weight", Shape::Weight, "420 g", || tr!("Its weight, if not the product's")),
    field("images", Shape::Texts, "[tablier-s.jpg]", || tr!("Its photos, out of the product's")),
    field("gtin", Shape::Text, "\"4006381333931\"", || tr!("Its GTIN")),
    field("stock", Shape::Sku, "TABLIER-S", || tr!("Its stock key, if not the SKU")),
    field("sale", Shape::Fields(SALE), "{ price: 40.00 }", || tr!("A lower price for a time")),
];

/// `products/`
pub const PRODUCT: &[Field] = &[
    needed("title", Shape::Text, "Bol « Lune »", || tr!("What it is called")),
    field("slug", Shape::Text, "bol-lune", || tr!("Its address, if not the file's name")),
    field("summary", Shape::Text, "Un bol pour deux mains.", || {
        tr!("One sentence for lists, search engines and feeds")
    }),
    field("sku", Shape::Sku, "BOL-LUNE", || {
        tr!("Names the item for ever; with variants it stands in each of them")
    }),
    needed("price", Shape::Price, "28.00", || tr!("In the shop's currency, VAT included")),
    field("supply", Shape::Supply, "1", || {
        tr!("How many pieces have ever been put on sale: 1 is a unique piece, `unlimited` is made to order")
    }),
    field("added", Shape::Date, "2026-11-02", || tr!("Since when it is in the shop; the newest come first")),
    field("updated", Shape::Date, "2026-11-10", || tr!("Last change that matters to shoppers")),
    field("category", Shape::Id("categories"), "bols", || tr!("Its category")),
    field("tags", Shape::Texts, "[gres, fait-main]", || tr!("Its tags; labels in content/tags.yaml")),
    field("images", Shape::List(IMAGE), "[{ file: bol-lune-1.jpg, alt: Bol bleu nuit }]", || {
        tr!("Its photos, the best one first")
    }),
    field("weight", Shape::Weight, "420 g", || tr!("Its weight with packaging, for delivery")),
    field("dimensions", Shape::Text, "14 x 14 x 7 cm", || {
        tr!("Length x width x height, or one or two of them")
    }),
    field("materials", Shape::Localized, "{ fr: Grès, en: Stoneware }", || tr!("What it is made of")),
    field("maker", Shape::Id("makers"), "atelier-lune", || tr!("Who made it")),
    field("brand", Shape::Text, "Atelier Lune", || tr!("Its brand, if not the maker")),
    field("gtin", Shape::Text, "\"4006381333931\"", || tr!("Its GTIN, in quotes")),
    field("vat", Shape::Text, "reduced", || {
        tr!("Its VAT class, one of shop.yaml's; `standard` when left out")
    }),
    field("related", Shape::Ids("products"), "[tasses-maree]", || {
        tr!("Similar products; else neighbours by category and tags")
    }),
    field("featured", Shape::Boolean, "true", || tr!("Shown on the home page")),
    field("position", Shape::Integer, "3", || tr!("Order where a list is sorted by position")),
    field("stock", Shape::Sku, "BOL-LUNE", || tr!("Stock key, kept when a SKU is renamed")),
    field("sale", Shape::Fields(SALE), "{ price: 22.00, until: 2026-11-30 }", || {
        tr!("A lower price for a time")
    }),
    field("made_to_order", Shape::Fields(MADE_TO_ORDER), "{ days: 21 }", || {
        tr!("Made after it was ordered; needs `supply: unlimited`")
    }),
    field("personalisation", Shape::Fields(PERSONALISATION), "{ label: Gravure, max_length: 24 }", || {
        tr!("A text the shopper may have put on it")
    }),
    field("pickup_only", Shape::Boolean, "true", || tr!("It can only be collected")),
    field("warnings", Shape::Localized, "{ fr: Ne convient pas aux enfants de moins de 3 ans. }", || {
        tr!("Safety warnings")
    }),
    field("options", Shape::Named(OPTION), "{ taille: { label: Taille, values: { s: S, m: M } } }", || {
        tr!("What can be chosen")
    }),
    field("variants", Shape::List(VARIANT), "[{ sku: TABLIER-S, taille: s, supply: 2 }]", || {
        tr!("One entry for each choice")
    }),
    field("seo", Shape::Fields(SEO), "{ title: Bol en grès bleu }", || tr!("Texts for search engines")),
    field("draft", Shape::Boolean, "true", || tr!("Not published")),
    field("publish", Shape::Date, "2026-12-01", || tr!("Not published before")),
    field("unpublish", Shape::Date, "2027-01-15", || tr!("Not published from then on")),
    field("aliases", Shape::Texts, "[/ancien-bol/]", || tr!("Old addresses, redirected here")),
];

const TERM_COMMON: [Field; 7] = [
    needed("title", Shape::Text, "Bols", || tr!("What it is called")),
    field("slug", Shape::Text, "bols", || tr!("Its address, if not the file's name")),
    field("summary", Shape::Text, "De quoi boire.", || tr!("One sentence")),
    field("position", Shape::Integer, "1", || tr!("Order among its fellows")),
    field("image", Shape::Fields(IMAGE), "{ file: bols.jpg, alt: Trois bols }", || tr!("Its picture")),
    field("seo", Shape::Fields(SEO), "{ title: Bols en grès }", || tr!("Texts for search engines")),
    field("aliases", Shape::Texts, "[/anciens-bols/]", || tr!("Old addresses, redirected here")),
];

/// Ways to sort.
pub const SORTS: &[&str] = &["newest", "price", "title", "position"];
const SORT: Field = field("sort", Shape::Word(SORTS), "newest", || tr!("Order of its products"));

/// `categories/`
pub const CATEGORY: &[Field] = &{
    let [a, b, c, d, e, f, g] = TERM_COMMON;
    [
        a,
        b,
        c,
        d,
        e,
        f,
        g,
        SORT,
        field("parent", Shape::Id("categories"), "ceramique", || tr!("The category it belongs to")),
    ]
};

/// `collections/`
pub const COLLECTION: &[Field] = &{
    let [a, b, c, d, e, f, g] = TERM_COMMON;
    [
        a,
        b,
        c,
        d,
        e,
        f,
        g,
        SORT,
        field("products", Shape::Ids("products"), "[bol-lune, vase-brume]", || {
            tr!("Hand-picked products, in this order")
        }),
        field("price_below", Shape::Price, "40", || tr!("Rule: cheaper than this")),
        field("tag", Shape::Text, "gres", || tr!("Rule: has this tag")),
        field("maker", Shape::Id("makers"), "atelier-lune", || tr!("Rule: made by")),
        field("category", Shape::Id("categories"), "bols", || tr!("Rule: in this category or below it")),
        field("on_sale", Shape::Boolean, "true", || tr!("Rule: in a sale now")),
    ]
};

/// `makers/`
pub const MAKER: &[Field] = &[
    needed("name", Shape::Text, "Atelier Lune", || tr!("maker" => "Who made it")),
    field("slug", Shape::Text, "atelier-lune", || tr!("Its address, if not the file's name")),
    field("summary", Shape::Text, "Claire Morvan tourne à Douarnenez.", || tr!("One sentence")),
    field("address", Shape::Text, "1 rue de l'Exemple, 29100 Douarnenez", || {
        tr!("Postal address (product safety)")
    }),
    field("email", Shape::Text, "atelier@example.com", || tr!("E-mail (product safety)")),
    field("url", Shape::Text, "https://example.com", || tr!("Web site")),
    field(
        "place",
        Shape::Localized,
        "{ fr: \"Douarnenez, Finistère\", en: \"Douarnenez, Brittany\" }",
        || tr!("Where they work"),
    ),
    field("story", Shape::Localized, "Claire tourne depuis 2012.", || {
        tr!("The story, in Markdown; in a .md file it is the text")
    }),
    field("position", Shape::Integer, "1", || tr!("Order among makers")),
    field("image", Shape::Fields(IMAGE), "{ file: claire.jpg, alt: Claire au tour }", || tr!("A portrait")),
    field("seo", Shape::Fields(SEO), "{ title: Atelier Lune }", || tr!("Texts for search engines")),
    field("aliases", Shape::Texts, "[/lune/]", || tr!("Old addresses, redirected here")),
];

/// Kinds of free pages.
pub const PAGE_KINDS: &[&str] =
    &["page", "home", "about", "contact", "terms", "legal", "privacy", "withdrawal", "shipping"];

/// `pages/`
pub const PAGE: &[Field] = &[
    needed("title", Shape::Text, "À propos", || tr!("page" => "What it is called")),
    field("slug", Shape::Text, "a-propos", || tr!("Its address, if not the file's name")),
    field("summary", Shape::Text, "Qui nous sommes.", || tr!("One sentence")),
    field("kind", Shape::Word(PAGE_KINDS), "about", || {
        tr!("What it is for; legal kinds are listed in the footer")
    }),
    field("position", Shape::Integer, "1", || tr!("Order in the footer")),
    field("draft", Shape::Boolean, "true", || tr!("page" => "Not published")),
    field("seo", Shape::Fields(SEO), "{ title: Notre histoire }", || tr!("Texts for search engines")),
    field("aliases", Shape::Texts, "[/about.html]", || tr!("Old addresses, redirected here")),
];

const ALT: &[Field] = &[
    needed("file", Shape::Text, "bol-lune-1.jpg", || tr!("The photo, as in the main file")),
    needed("alt", Shape::Text, "\"Midnight-blue bowl\"", || tr!("What it shows")),
];

/// Translations of all kinds.
pub const TRANSLATION: &[Field] = &[
    field("title", Shape::Text, "Moon bowl", || tr!("What it is called")),
    field("slug", Shape::Text, "moon-bowl", || tr!("Its address in this language")),
    field("summary", Shape::Text, "A bowl for two hands.", || tr!("One sentence")),
    field("images", Shape::List(ALT), "[{ file: bol-lune-1.jpg, alt: Midnight-blue bowl }]", || {
        tr!("What the photos show")
    }),
    field("image", Shape::Fields(ALT), "{ file: bols.jpg, alt: Three bowls }", || {
        tr!("What the picture shows")
    }),
    field("materials", Shape::Text, "Stoneware", || tr!("What it is made of")),
    field("warnings", Shape::Text, "Not suitable for children under 3.", || tr!("Safety warnings")),
    field("place", Shape::Text, "Douarnenez, Brittany", || tr!("Where they work")),
    field("story", Shape::Text, "Claire has thrown pots since 2012.", || tr!("The story")),
    field("seo", Shape::Fields(SEO), "{ title: Blue stoneware bowl }", || tr!("Texts for search engines")),
];

const CONTACT: &[Field] = &[
    field("email", Shape::Text, "bonjour@example.com", || tr!("E-mail")),
    field("phone", Shape::Text, "\"+33 1 00 00 00 00\"", || tr!("Phone, in quotes")),
];

/// VAT schemes of sellers.
pub const SCHEMES: &[&str] = &["registered", "exempt", "margin"];

const SELLER: &[Field] = &[
    needed("name", Shape::Text, "Mon Petit Bazaar SARL", || tr!("Legal name")),
    needed("address", Shape::Text, "1 rue de l'Exemple, 75011 Paris, France", || tr!("Postal address")),
    field("country", Shape::Text, "FR", || tr!("Where the seller is: ISO 3166-1 alpha-2")),
    field("register", Shape::Text, "RCS Paris 000 000 000", || tr!("Entry in a register")),
    needed("vat", Shape::Word(SCHEMES), "registered", || tr!("VAT scheme")),
    field("vat_number", Shape::Text, "FR00000000000", || tr!("VAT number")),
];

const RETURNS: &[Field] = &[
    needed("days", Shape::Integer, "14", || tr!("Days to send things back")),
    field("paid_by", Shape::Word(&["customer", "seller"]), "customer", || tr!("Who pays the way back")),
];

/// One step of a rate.
pub const STEP: &[Field] = &[
    needed("up_to", Shape::Weight, "500 g", || tr!("Heaviest parcel")),
    needed("price", Shape::Price, "5.90", || tr!("What it costs")),
];

/// One way to ship.
pub const RATE: &[Field] = &[
    needed("id", Shape::Text, "colissimo", || tr!("Its id")),
    needed("label", Shape::Localized, "{ fr: Colissimo, en: Tracked post }", || tr!("What it is called")),
    field("days", Shape::Span, "[2, 3]", || tr!("Working days in transit")),
    field("free_over", Shape::Price, "80.00", || tr!("Free from this value of goods on")),
    needed("prices", Shape::List(STEP), "[{ up_to: 500 g, price: 5.90 }]", || {
        tr!("By weight, lightest first")
    }),
];

/// Countries with the same rates.
pub const ZONE: &[Field] = &[
    needed("id", Shape::Text, "france", || tr!("Its id")),
    needed("countries", Shape::Texts, "[FR, MC]", || tr!("ISO 3166-1 alpha-2 codes")),
    needed("rates", Shape::List(RATE), "[...]", || tr!("Ways to ship there")),
];

/// Collecting it.
pub const PICKUP: &[Field] = &[
    needed("label", Shape::Localized, "{ fr: Retrait à l'atelier, en: Collect }", || {
        tr!("What it is called")
    }),
    needed("address", Shape::Text, "1 rue de l'Exemple, 75011 Paris", || tr!("pickup" => "Where")),
];

/// Delivery.
pub const SHIPPING: &[Field] = &[
    field("handling", Shape::Span, "[1, 2]", || tr!("Working days until a parcel leaves")),
    field("zones", Shape::List(ZONE), "[...]", || tr!("Where it ships to")),
    field("pickup", Shape::Fields(PICKUP), "{ label: Retrait, address: ... }", || {
        tr!("Collecting it instead")
    }),
];

const MENUS: &[Field] = &[
    field("main", Shape::Anything, "[categories, pages/a-propos]", || tr!("Top of every page")),
    field("footer", Shape::Anything, "[pages/contact]", || tr!("Foot of every page")),
];

/// A link of a menu.
pub const MENU_LINK: &[Field] = &[
    needed("label", Shape::Localized, "{ fr: Notre blog, en: Our blog }", || tr!("link" => "What it says")),
    needed("url", Shape::Text, "https://blog.example.com/", || tr!("Where it leads")),
];

const CLOSED: &[Field] = &[
    needed(
        "message",
        Shape::Localized,
        "{ fr: \"L’atelier est en vacances.\", en: \"The workshop is on holiday.\" }",
        || tr!("What shoppers are told"),
    ),
    field("from", Shape::Date, "2026-12-24", || tr!("First day")),
    field("until", Shape::Date, "2027-01-03", || tr!("Last day, included")),
];

/// `shop.yaml`
pub const SHOP: &[Field] = &[
    needed("name", Shape::Text, "Mon Petit Bazaar", || tr!("The shop's name")),
    field("tagline", Shape::Localized, "{ fr: Des objets faits main, en: Handmade things }", || {
        tr!("One line below the name")
    }),
    field("description", Shape::Localized, "{ fr: ..., en: ... }", || tr!("For search engines")),
    needed("url", Shape::Text, "https://www.example.com", || tr!("Where the shop will be")),
    needed("languages", Shape::Texts, "[fr, en]", || {
        tr!("The first is the default and has no prefix in addresses")
    }),
    field("untranslated", Shape::Word(&["show", "hide"]), "show", || {
        tr!("Whether a language shows what has no translation")
    }),
    field("timezone", Shape::Text, "Europe/Paris", || tr!("A date means midnight there")),
    needed("currency", Shape::Word(&["EUR", "GBP", "CHF", "USD"]), "EUR", || {
        tr!("The one currency of all prices")
    }),
    field("theme", Shape::Text, "petit", || tr!("The theme: a folder of themes/, or the built-in petit")),
    field("theme_settings", Shape::Anything, "{ accent: terracotta }", || tr!("Settings of the theme")),
    field("per_page", Shape::Integer, "24", || tr!("Products on one page of a list")),
    field("share_image", Shape::Fields(IMAGE), "{ file: share.jpg, alt: Une table }", || {
        tr!("Picture for link previews")
    }),
    field("contact", Shape::Fields(CONTACT), "{ email: bonjour@example.com }", || tr!("How to reach you")),
    field("social", Shape::Texts, "[https://www.instagram.com/example/]", || tr!("Profiles elsewhere")),
    needed("seller", Shape::Fields(SELLER), "{ name: ..., address: ..., vat: exempt }", || tr!("Who sells")),
    field("vat", Shape::NamedPercents, "{ standard: 20, reduced: 5.5 }", || {
        tr!("VAT classes in percent; `standard` is the default")
    }),
    field("returns", Shape::Fields(RETURNS), "{ days: 14, paid_by: customer }", || tr!("The return policy")),
    field("shipping", Shape::Fields(SHIPPING), "{ zones: [...] }", || tr!("Delivery")),
    field("menus", Shape::Fields(MENUS), "{ main: [categories] }", || tr!("Menus")),
    field("closed", Shape::Fields(CLOSED), "{ message: ..., until: 2027-01-03 }", || {
        tr!("Holidays: the shop can be read, and sells nothing")
    }),
];

/// The table of a nested field.
pub fn nested(fields: &'static [Field], name: &str) -> &'static [Field] {
    match fields.iter().find(|field| field.name == name).map(|field| field.shape) {
        Some(Shape::Fields(inner) | Shape::List(inner) | Shape::Named(inner)) => inner,
        _ => &[],
    }
}
