//! `shop.yaml` and `tags.yaml`.

use std::collections::BTreeMap;

use catalog::{Currency, VatRate, VatScheme, Window};
use faults::Fault;
use faults::suggest::nearest;
use jiff::tz::TimeZone;
use messages::tr;
use yaml::{Fields, Kind, Node, Source, write_help};

use crate::model::documents::TagLabel;
use crate::model::lang::LangIx;
use crate::model::refs::FileRef;
use crate::model::schema;
use crate::model::shop::{Closed, MenuItem, Returns, Seller, Shop};
use crate::stage::parse::{dates, images, shipping, texts, values};

/// Maximum length of a shop's name, in characters.
const MAX_NAME: usize = 100;

/// Reads the shop's settings. `None` when they are unusable; faults are noted in the source.
pub fn read(source: &Source) -> Option<Shop> {
    let root = yaml::parse(source, 0..source.text.len())?;
    let known = schema::names(schema::SHOP);
    let misplaced = [("title", tr!("write `name`")), ("tax", tr!("write `vat`"))];
    let fields = Fields::new(source, &root, "shop.yaml", known, &misplaced)?;
    let mut shop = basics(&fields)?;
    let here = |name| fields.get(name).map(|node| texts::localized_here(source, &shop, name, node));
    let (tagline, description) = (here("tagline"), here("description"));
    (shop.tagline, shop.description) = (tagline.unwrap_or_default(), description.unwrap_or_default());
    shop.share_image =
        fields.get("share_image").and_then(|n| images::one(source, &shop, "content", n, LangIx::DEFAULT));
    if let Some(contact) = sub(&fields, "contact") {
        shop.email = values::email(&contact, "email");
        shop.phone = contact.text("phone").map(|text| text.value);
    }
    let social = fields.texts("social");
    shop.social = social.iter().filter_map(|url| values::web_url(source, "social", url)).collect();
    shop.vat = vat(&fields);
    registered(&fields, &shop);
    shop.returns = returns(&fields, &shop);
    shop.shipping = shipping::read(&fields, &shop);
    reachable(&fields);
    shop.closed = closed(&fields, &shop);
    if let Some(menus) = sub(&fields, "menus") {
        shop.main_menu = menu(&menus, &shop, "main");
        shop.footer_menu = menu(&menus, &shop, "footer");
    }
    Some(shop)
}

/// A shop that sells must have a mail address: the till mails each order to the shopper and to the owner.
fn reachable(fields: &Fields<'_>) {
    let Some(selling) = fields.entry("shipping") else { return };
    let contact = fields.get("contact").map(|node| &node.kind);
    let named =
        matches!(contact, Some(Kind::Map(entries)) if entries.iter().any(|entry| &*entry.key == "email"));
    if !named {
        fields.source().error(
            "no-contact",
            selling.key_span.clone(),
            tr!("a shop that sells needs an e-mail address"),
            tr!("orders are confirmed by mail, and you are told of them"),
            tr!("add `contact: {{ email: bonjour@example.com }}`"),
        );
    }
}

fn sub<'a>(fields: &Fields<'a>, name: &'static str) -> Option<Fields<'a>> {
    let table = schema::nested(schema::SHOP, name);
    Fields::new(fields.source(), fields.get(name)?, &format!("`{name}`"), schema::names(table), &[])
}

fn basics(fields: &Fields<'_>) -> Option<Shop> {
    let source = fields.source();
    let text = |name: &str, example: &str| {
        fields.required(name, "shop.yaml", example).and_then(|node| yaml::text(source, name, node))
    };
    let name = text("name", "name: Mon Petit Bazaar").and_then(|name| {
        let length = name.value.chars().count();
        if length <= MAX_NAME {
            return Some(name);
        }
        source.error(
            "too-long",
            name.span,
            tr!("`name` is {length} characters long"),
            tr!("at most {most}", most = MAX_NAME),
            tr!("it is the sender of every mail and a part of every title: say the rest in `tagline`"),
        );
        None
    });
    let url = text("url", "url: https://www.example.com").and_then(|url| base_url(source, &url));
    let languages = languages(fields);
    fields.required("currency", "shop.yaml", "currency: EUR");
    let currency =
        values::word(fields, "currency", &["EUR", "GBP", "CHF", "USD"]).and_then(Currency::from_code);
    let seller = seller(fields);
    let (timezone_name, timezone) = timezone(fields);
    Some(Shop {
        file: FileRef { file: source.file.clone(), text: source.text.clone() },
        name: name?.value,
        tagline: Default::default(),
        description: Default::default(),
        url: url?,
        languages: languages?,
        hide_untranslated: values::word(fields, "untranslated", &["show", "hide"]) == Some("hide"),
        timezone,
        timezone_name,
        currency: currency?,
        theme: fields.text("theme").map_or_else(|| "petit".to_owned(), |text| text.value),
        theme_settings: fields.get("theme_settings").cloned(),
        per_page: fields.integer("per_page", 1..=200).and_then(|n| usize::try_from(n).ok()).unwrap_or(24),
        share_image: None,
        email: None,
        phone: None,
        social: Vec::new(),
        seller: seller?,
        vat: BTreeMap::new(),
        returns: None,
        shipping: catalog::shipping::Shipping { handling: None, zones: Vec::new(), pickup: None },
        main_menu: Vec::new(),
        footer_menu: Vec::new(),
        closed: None,
    })
}

/// The shop's address as browsers send it: the till compares the two.
fn base_url(source: &Source, written: &yaml::Spanned<String>) -> Option<String> {
    match catalog::web::shop(&written.value) {
        Ok(address) => {
            if address.private {
                let place = source.place(written.span.clone());
                source.push(
                    Fault::warning(
                        "url-private",
                        place,
                        tr!("this address leads to this machine or a private network only"),
                    )
                    .label(tr!("for trials"))
                    .help(tr!("write the shop's own before you publish it: `bazaar package --context production` refuses this one")),
                );
            }
            Some(address.origin)
        }
        Err(error) => {
            values::web_fault(source, "url", written, &error);
            None
        }
    }
}

/// Whether it is a language tag of shop.yaml: ISO 639, with an ISO 3166-1 country where that matters (`pt-BR`).
pub fn is_language_tag(tag: &str) -> bool {
    let (primary, region) = match tag.split_once('-') {
        Some((primary, region)) => (primary, Some(region)),
        None => (tag, None),
    };
    // Search engines ignore all languages of a page if one has an invalid region (`en-UK`).
    let is_region = |region: &str| region.len() == 2 && rust_iso3166::from_alpha2(region).is_some();
    (2..=3).contains(&primary.len())
        && primary.bytes().all(|b| b.is_ascii_lowercase())
        && region.is_none_or(is_region)
}

fn languages(fields: &Fields<'_>) -> Option<Vec<String>> {
    let source = fields.source();
    let node = fields.required("languages", "shop.yaml", "languages: [fr, en]")?;
    let written = fields.texts("languages");
    let mut languages: Vec<String> = Vec::new();
    for language in &written {
        let fine = is_language_tag(&language.value);
        if !fine || languages.contains(&language.value) {
            source.error(
                "language",
                language.span.clone(),
                if fine { tr!("this language is listed twice") } else { tr!("this is not a language tag") },
                "",
                tr!("write ISO 639 codes, each once: `[fr, en]`, or with a region: `pt-BR`"),
            );
            continue;
        }
        languages.push(language.value.clone());
    }
    if languages.is_empty() || languages.len() > 30 {
        if (written.is_empty() && matches!(node.kind, Kind::Seq(_))) || languages.len() > 30 {
            source.error(
                "language",
                node.span.clone(),
                tr!("a shop has 1 to 30 languages"),
                "",
                write_help("languages: [fr, en]"),
            );
        }
        return None;
    }
    Some(languages)
}

fn timezone(fields: &Fields<'_>) -> (String, TimeZone) {
    let Some(written) = fields.text("timezone") else {
        return ("UTC".to_owned(), TimeZone::UTC);
    };
    if let Ok(zone) = TimeZone::get(&written.value) {
        return (written.value, zone);
    }
    let known = [
        "Europe/Paris",
        "Europe/London",
        "Europe/Berlin",
        "Europe/Madrid",
        "Europe/Brussels",
        "Europe/Zurich",
    ];
    let near = nearest(&written.value, known).unwrap_or("Europe/Paris");
    let zone = written.value;
    fields.source().error(
        "timezone",
        written.span,
        tr!("there is no time zone `{zone}`"),
        tr!("unknown"),
        tr!("write a name of the IANA list, such as `{near}`"),
    );
    ("UTC".to_owned(), TimeZone::UTC)
}

fn seller(fields: &Fields<'_>) -> Option<Seller> {
    fields.required("seller", "shop.yaml", "seller: { name: ..., address: ..., vat: exempt }")?;
    let seller = sub(fields, "seller")?;
    let source = fields.source();
    let required = |name: &str, example: &str| {
        seller
            .required(name, "`seller`", example)
            .and_then(|node| yaml::text(source, name, node))
            .map(|text| text.value)
    };
    let name = required("name", "name: Mon Petit Bazaar SARL");
    let address = required("address", "address: 1 rue de l'Exemple, 75011 Paris, France");
    seller.required("vat", "`seller`", "vat: registered");
    let vat = match values::word(&seller, "vat", schema::SCHEMES) {
        Some("exempt") => Some(VatScheme::Exempt),
        Some("margin") => Some(VatScheme::Margin),
        Some(_) => Some(VatScheme::Registered),
        None => None,
    };
    let optional = |name: &str| seller.text(name).map(|text| text.value);
    Some(Seller {
        name: name?,
        address: address?,
        country: seller.text("country").and_then(|written| country(source, &written)),
        register: optional("register"),
        vat: vat?,
        vat_number: optional("vat_number"),
    })
}

fn country(source: &Source, written: &yaml::Spanned<String>) -> Option<String> {
    let code = written.value.as_str();
    if code.len() == 2 && rust_iso3166::from_alpha2(code).is_some() {
        return Some(written.value.clone());
    }
    source.error(
        "country",
        written.span.clone(),
        tr!("`{code}` is not a country code"),
        tr!("unknown"),
        tr!("write an ISO 3166-1 code in capitals: FR, BE, DE; Great Britain is GB, Greece GR"),
    );
    None
}

fn vat(fields: &Fields<'_>) -> BTreeMap<String, VatRate> {
    let source = fields.source();
    let mut classes = BTreeMap::new();
    let entries = fields.get("vat").and_then(|node| yaml::mapping(source, node, "`vat`")).unwrap_or_default();
    for entry in entries {
        let Some(written) = yaml::text(source, &entry.key, &entry.value) else { continue };
        match VatRate::parse(&written.value) {
            Some(rate) => {
                classes.insert(entry.key.to_string(), rate);
            }
            None => source.error(
                "vat-rate",
                written.span,
                tr!("this is not a VAT rate"),
                "",
                tr!("write percent from 0 to 50 with a point: `standard: 20`, `reduced: 5.5`"),
            ),
        }
    }
    if !entries.is_empty()
        && !classes.contains_key("standard")
        && entries.iter().all(|e| &*e.key != "standard")
    {
        source.error(
            "vat-standard",
            entries[0].key_span.clone(),
            tr!("`vat` has no class `standard`"),
            "",
            tr!("add `{example}`", example = "standard: 20"),
        );
    }
    classes
}

/// A seller registered for VAT must charge it, and print the number on every invoice.
fn registered(fields: &Fields<'_>, shop: &Shop) {
    if shop.seller.vat != VatScheme::Registered {
        return;
    }
    let Some(seller) = sub(fields, "seller") else { return };
    let source = fields.source();
    let place = source.place(values::span_of(&seller, "vat"));
    if fields.get("vat").is_none() {
        source.push(
            Fault::error(
                "vat-missing",
                place.clone(),
                tr!("a seller registered for VAT needs the rates of its goods"),
            )
            .label(tr!("registered"))
            .help(tr!(
                "add `vat: {{ standard: 20, reduced: 5.5 }}` to shop.yaml, or write `vat: exempt` here"
            )),
        );
    }
    if seller.get("vat_number").is_none() {
        source.push(
            Fault::warning("vat-number", place, tr!("a seller registered for VAT needs a `vat_number`"))
                .help(tr!("add `vat_number: FR00000000000` here: invoices and the legal notice must say it")),
        );
    }
}

fn returns(fields: &Fields<'_>, shop: &Shop) -> Option<Returns> {
    let returns = sub(fields, "returns")?;
    if shop.seller.country().is_none() {
        let source = fields.source();
        let place = source.place(values::span_of(fields, "returns"));
        source.push(
            Fault::warning(
                "seller-country",
                place,
                tr!("search engines are not told where goods are sent back to"),
            )
            .help(tr!("add the seller's country: `seller: {{ country: FR, ... }}`")),
        );
    }
    returns.required("days", "`returns`", "days: 14");
    let days = returns.integer("days", 0..=365);
    let seller_pays = values::word(&returns, "paid_by", &["customer", "seller"]) == Some("seller");
    Some(Returns { days: u32::try_from(days?).ok()?, seller_pays })
}

fn closed(fields: &Fields<'_>, shop: &Shop) -> Option<Closed> {
    let source = fields.source();
    let closed = sub(fields, "closed")?;
    let message = closed.required("message", "`closed`", "message: L’atelier est en vacances.");
    let date = |name: &str, end| {
        closed.get(name).and_then(|node| dates::date(source, name, node, &shop.timezone, end))
    };
    let (from, until) = (date("from", false), date("until", true));
    if let (Some(from), Some(until)) = (from, until)
        && from >= until
    {
        source.error(
            "dates-in-order",
            values::span_of(&closed, "until"),
            tr!("the shop opens again before it closes"),
            "",
            tr!("`until` is the last day, included; it cannot be before `from`"),
        );
    }
    Some(Closed {
        message: texts::localized_here(source, shop, "message", message?),
        window: Window { from, until },
    })
}

fn menu(menus: &Fields<'_>, shop: &Shop, name: &'static str) -> Vec<MenuItem> {
    let list = menus.list(name).unwrap_or_default();
    list.iter().filter_map(|node| menu_item(menus.source(), shop, node)).collect()
}

fn menu_item(source: &Source, shop: &Shop, node: &Node) -> Option<MenuItem> {
    if let Kind::Map(_) = node.kind {
        let fields = Fields::new(source, node, tr!("a menu's link"), schema::names(schema::MENU_LINK), &[])?;
        let label = fields.required("label", tr!("a menu's link"), "label: Notre blog")?;
        fields.required("url", tr!("a menu's link"), "url: \"https://blog.example.com/\"")?;
        let url = fields.text("url")?;
        return Some(MenuItem::Link {
            label: texts::localized_here(source, shop, "label", label),
            url: values::web_url(source, "url", &url)?,
            span: node.span.clone(),
        });
    }
    yaml::text(source, "menu", node).map(MenuItem::Ref)
}

/// Reads the labels of tags.
pub fn tags(source: &Source, shop: &Shop) -> Vec<TagLabel> {
    let Some(root) = yaml::parse(source, 0..source.text.len()) else { return Vec::new() };
    let entries = yaml::mapping(source, &root, "tags.yaml").unwrap_or_default();
    let mut labels = Vec::new();
    for entry in entries {
        if values::is_id(&entry.key) {
            let label = texts::localized_here(source, shop, &entry.key, &entry.value);
            labels.push(TagLabel { id: entry.key.clone(), label });
        } else {
            let id = slug::slugify(&*entry.key);
            source.error(
                "id",
                entry.key_span.clone(),
                tr!("a tag's id is small letters, digits and `-`"),
                tr!("not an id"),
                tr!("write `{id}: ...` here and in the products"),
            );
        }
    }
    labels
}
