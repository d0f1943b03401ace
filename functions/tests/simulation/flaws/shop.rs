//! A till that misreads its snapshot.

use catalog::settings::Settings;
use catalog::{Cents, Item};

use crate::planted::Flaw;

/// Changes settings and items to what a till with this mistake takes them for.
pub fn misread(flaw: Flaw, settings: &mut Settings, items: &mut [Item]) {
    match flaw {
        Flaw::SoldAfterUnpublish => items.iter_mut().for_each(|item| item.unpublish = None),
        Flaw::SoldBeforePublish => items.iter_mut().for_each(|item| item.publish = None),
        Flaw::SaleWithoutEnd => {
            items.iter_mut().filter_map(|item| item.sale.as_mut()).for_each(|sale| sale.window.until = None);
        }
        Flaw::SellsWhenClosed => settings.till.closed = None,
        Flaw::AnyZone => {
            let all = settings.shipping.zones.iter().flat_map(|zone| zone.countries.clone()).collect();
            settings.shipping.zones[0].countries = all;
        }
        Flaw::FreeAboveOnly => {
            let rates = settings.shipping.zones.iter_mut().flat_map(|zone| &mut zone.rates);
            rates.filter_map(|rate| rate.free_over.as_mut()).for_each(|over| *over += Cents(1));
        }
        Flaw::OwnersLanguage => {
            let owners = settings.languages[0].clone();
            let templates = settings.till.templates.values_mut();
            templates.for_each(|template| *template = template.replace("{{ lang }}", &owners));
        }
        _ => {}
    }
}
