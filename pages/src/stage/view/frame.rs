//! What all pages of a language share.

use std::collections::BTreeMap;

use catalog::VatScheme;
use storefront::LIMITS;
use theming::Theme;

use crate::model::lang::LangIx;
use crate::model::site::Site;
use crate::model::view::{AssetsView, Frame, MenusView, SellerView, ShopView};
use crate::stage::outputs::icon;

/// Where the site will be, and whether search engines may list it.
#[derive(Debug, Clone)]
pub struct Public {
    /// Absolute base URL, without final slash.
    pub base: String,
    /// Search engines must not list it: a build with drafts.
    pub noindex: bool,
}

/// Makes the frame of a language.
pub fn frame(site: &Site, theme: &Theme, public: &Public, lang: LangIx) -> Frame {
    let shop = &site.shop;
    let menus = site.menus.get(usize::from(lang.0)).cloned().unwrap_or_default();
    let icon = Some(format!("/{}", icon::path(site)));
    let vat = match shop.seller.vat {
        VatScheme::Registered => "registered",
        VatScheme::Exempt => "exempt",
        VatScheme::Margin => "margin",
    };
    let closed = site.closed.as_ref().and_then(|message| message.shown(lang));
    Frame {
        lang: shop.lang(lang).to_owned(),
        shop: ShopView {
            name: shop.name.clone(),
            tagline: shop.tagline.shown(lang).map(|shown| shown.text.to_owned()),
            url: public.base.clone(),
            home: site.home_url(lang),
            products: site.products_url(lang),
            cart: site.cart_url(lang),
            closed: closed.map(|shown| shown.text.to_owned()),
            closed_lang: closed
                .and_then(|shown| shown.fallback)
                .map(|fallback| shop.lang(fallback).to_owned()),
            currency: shop.currency.code().to_owned(),
            email: shop.email.clone(),
            phone: shop.phone.clone(),
            seller: SellerView {
                name: shop.seller.name.clone(),
                address: shop.seller.address.clone(),
                register: shop.seller.register.clone(),
                vat_number: shop.seller.vat_number.clone(),
                vat: vat.to_owned(),
            },
            social: shop.social.clone(),
            feed: format!("{}/atom.xml", shop.prefix(lang)),
        },
        menus: MenusView { main: menus.main, footer: menus.footer },
        assets: AssetsView {
            css: theme.css.url.clone(),
            scripts: theme.scripts.clone(),
            fonts: theme.fonts.clone(),
            icon,
        },
        settings: theme.settings.clone().into_iter().collect::<BTreeMap<_, _>>(),
        limits: LIMITS,
    }
}

/// The frame as template values, made once and shared by all pages.
pub fn values(frame: &Frame) -> Vec<(&'static str, tera::Value)> {
    vec![
        ("lang", tera::Value::from_serializable(&frame.lang)),
        ("shop", tera::Value::from_serializable(&frame.shop)),
        ("menus", tera::Value::from_serializable(&frame.menus)),
        ("assets", tera::Value::from_serializable(&frame.assets)),
        ("settings", tera::Value::from_serializable(&frame.settings)),
        ("limits", tera::Value::from_serializable(&frame.limits)),
    ]
}
