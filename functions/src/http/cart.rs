//! `/api/cart`: the cart for people without scripts. It is kept in one first-party cookie, the only one we ever set.

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use catalog::{Cents, MoneyFormat, Sku, note};
use serde::{Deserialize, Serialize};
use storefront::RefusalCode;
use storefront::limits::{CART_LINES, LIMITS};
use storefront::texts::TillText;
use storefront::views::{CartPage, CartRefusalView, DestinationView, PickupView, ProblemView, RateView};

use super::AppState;
use super::body::{CheckoutBody, DestinationRequest, ItemRequest};
use super::extract::{Body, Open, ThroughEdge};
use super::form::{Form, language};
use super::page::page;
use super::problem::ApiError;
use super::quote::{Revalidated, revalidate};
use super::quote_answer::StaleLine;
use crate::decide::in_language::in_language;
use crate::decide::note::{labelled, values_for};
use crate::decide::quote::{Destination, Goods, PICKUP, QuotedShipping, current_delivery, ways};
use crate::decide::{Order, Payment};
use crate::outside::clock::random_hex;
use crate::perform::Till;
use crate::templates::cart_view;

const COOKIE: &str = "bazaar_cart";
/// Browsers keep 4096 bytes of a cookie.
const MAX_COOKIE: usize = 3800;
/// How long a cart is kept, in seconds: 30 days.
const KEPT: u32 = 30 * 86_400;

/// What the cookie holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Basket {
    #[serde(rename = "i")]
    id: String,
    #[serde(rename = "l", default)]
    lines: Vec<BasketLine>,
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    country: Option<String>,
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    rate: Option<String>,
    /// A message that goes with a present, typed for a checkout that was refused.
    #[serde(rename = "g", default, skip_serializing_if = "Option::is_none")]
    gift: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct BasketLine {
    #[serde(rename = "s")]
    sku: String,
    #[serde(rename = "q")]
    quantity: u32,
    #[serde(rename = "n", default, skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl Basket {
    fn read(till: &Till, headers: &HeaderMap) -> Self {
        // Bytes, not text: cookies of others may hold anything.
        let cookies =
            headers.get_all(header::COOKIE).iter().flat_map(|all| all.as_bytes().split(|b| *b == b';'));
        let ours =
            cookies.filter_map(|one| one.trim_ascii().strip_prefix(COOKIE.as_bytes())?.strip_prefix(b"="));
        let read = ours.filter(|text| text.len() <= MAX_COOKIE).find_map(|text| {
            let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
            serde_json::from_slice::<Basket>(&bytes).ok()
        });
        let mut basket = read.unwrap_or_default();
        basket.lines.truncate(CART_LINES);
        if !(16..=64).contains(&basket.id.len())
            || !basket.id.bytes().all(|byte| byte.is_ascii_alphanumeric())
        {
            basket.id = random_hex(till.ledger.clock.as_ref());
        }
        basket
    }

    /// The cookie; `None` if it would be too large.
    fn cookie(&self, secure: bool) -> Option<HeaderValue> {
        let value = URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).ok()?);
        if value.len() > MAX_COOKIE {
            return None;
        }
        let secure = if secure { "; Secure" } else { "" };
        let text = format!("{COOKIE}={value}; Path=/api; Max-Age={KEPT}; HttpOnly; SameSite=Lax{secure}");
        HeaderValue::from_str(&text).ok()
    }

    fn request(&self, lang: &str) -> CheckoutBody {
        CheckoutBody {
            lang: lang.to_owned(),
            cart_id: Some(self.id.clone()),
            destination: Some(DestinationRequest { country: self.country.clone(), rate: self.rate.clone() }),
            items: self
                .lines
                .iter()
                .map(|line| ItemRequest {
                    sku: line.sku.clone(),
                    quantity: line.quantity,
                    note: line.note.clone(),
                    expected_price: None,
                })
                .collect(),
            expected_total: None,
            sample: false,
            gift_note: None,
        }
    }

    fn apply(&mut self, till: &Till, form: &Form) -> Result<(), ApiError> {
        let action = form.get("action").unwrap_or("add");
        if action == "destination" {
            let place = form.get("destination").map(|both| both.split_once('/').unwrap_or(("", both)));
            let take = |text: &str, most: usize| {
                Some(text.chars().take(most).collect()).filter(|t: &String| !t.is_empty())
            };
            self.country = form.get("country").or(place.map(|(country, _)| country)).and_then(|c| take(c, 2));
            self.rate = form.get("rate").or(place.map(|(_, rate)| rate)).and_then(|rate| take(rate, 64));
            return Ok(());
        }
        if action == "empty" {
            self.lines.clear();
            return Ok(());
        }
        let sku = form
            .get("sku")
            .and_then(Sku::new)
            .ok_or_else(|| ApiError::bad_request("there is no such thing"))?;
        let note = form.note();
        let quantity = match form.get("quantity").unwrap_or("1").trim().parse::<u32>() {
            Ok(quantity) if quantity <= LIMITS.quantity => quantity,
            _ => {
                return Err(ApiError::bad_request(format!(
                    "a quantity is a whole number up to {}",
                    LIMITS.quantity
                )));
            }
        };
        if action == "add" {
            let item = till.ledger.shop.item(&sku);
            let fields = item.as_ref().and_then(|item| item.personalisation.as_ref()).map(|own| own.fields());
            note::values(fields.as_deref().unwrap_or_default(), note.as_deref()).map_err(|fault| {
                let detail = format!("the words for `{sku}` are refused: {fault}");
                ApiError { sku: Some(sku.to_string()), ..ApiError::words_refused(detail) }
            })?;
        }
        let at = self.lines.iter().position(|line| line.sku == sku.as_str() && line.note == note);
        match (action, at) {
            ("remove", Some(at)) => drop(self.lines.remove(at)),
            ("set", Some(at)) if quantity == 0 => drop(self.lines.remove(at)),
            ("set", Some(at)) => self.lines[at].quantity = quantity,
            ("add", Some(at)) => {
                let line = &mut self.lines[at];
                line.quantity = line.quantity.saturating_add(quantity.max(1)).min(LIMITS.quantity);
            }
            ("add", None) if self.lines.len() >= CART_LINES => {
                return Err(ApiError::too_large("the cart is full"));
            }
            ("add", None) => {
                self.lines.push(BasketLine { sku: sku.to_string(), quantity: quantity.max(1), note });
            }
            ("remove" | "set", None) => {}
            _ => return Err(ApiError::bad_request("there is no such action")),
        }
        Ok(())
    }
}

/// Updates the cart after its order was paid: a new id, without what was bought. Pieces that were gone after all (`refund_due`)
/// stay in it.
pub fn after_payment(till: &Till, headers: &HeaderMap, order: &Order, response: &mut Response) {
    let mut basket = Basket::read(till, headers);
    if basket.id != order.cart_id {
        return;
    }
    basket.id = random_hex(till.ledger.clock.as_ref());
    basket.gift = None;
    if order.payment != Payment::RefundDue {
        for bought in &order.lines {
            let item = till.ledger.shop.item(&bought.sku);
            // As they are printed: an order that an older till began has its labels and values in one text.
            let lang = order.lang.as_str();
            let words = |note: &Option<String>| {
                let values = values_for(item.as_ref()?, note.as_deref(), lang, &till.ledger.shop.settings)?;
                labelled(&values, lang)
            };
            let same = |line: &&mut BasketLine| {
                line.sku == bought.sku.as_str() && words(&line.note) == bought.labelled_note(lang)
            };
            if let Some(line) = basket.lines.iter_mut().find(same) {
                line.quantity = line.quantity.saturating_sub(bought.quantity);
            }
        }
        basket.lines.retain(|line| line.quantity > 0);
    }
    if basket.lines.is_empty() {
        let cookie = HeaderValue::from_static("bazaar_cart=; Path=/api; Max-Age=0; HttpOnly; SameSite=Lax");
        response.headers_mut().append(header::SET_COOKIE, cookie);
    } else {
        keep(till, &basket, response);
    }
}

/// Shows the cart.
#[utoipa::path(get, path = "/api/cart", operation_id = "show_cart", params(("lang" = Option<String>, Query)), responses((status = 200, description = "a page")))]
pub async fn get(
    ThroughEdge(till): ThroughEdge,
    State(app): State<AppState>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let till = &till;
    let query = query.unwrap_or_default();
    let asked =
        form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "lang").map(|(_, lang)| lang);
    let lang = language(till, asked.as_deref());
    let basket = Basket::read(till, &headers);
    let mut response = show(&app, till, &basket, &lang).await;
    keep(till, &basket, &mut response);
    response
}

/// Changes the cart: `action` is `add`, `set`, `remove`, `empty` or `destination`.
#[utoipa::path(post, path = "/api/cart", operation_id = "change_cart", responses((status = 303, description = "to the cart"), (status = 400, description = "a page")))]
pub async fn post(
    Open(till): Open,
    State(app): State<AppState>,
    headers: HeaderMap,
    body: Result<Body, ApiError>,
) -> Response {
    let till = &till;
    let body = match body {
        Ok(Body(body)) => body,
        Err(error) => return error.into_page(&app, &language(till, None), None),
    };
    let form = Form::parse(&body);
    let lang = form.lang(till);
    let guarded = app.check_form(till, &headers);
    let mut basket = Basket::read(till, &headers);
    if let Err(error) = guarded.and_then(|()| basket.apply(till, &form)) {
        return error.into_page(&app, &lang, Some(&form));
    }
    if basket.cookie(true).is_none() {
        return ApiError::too_large("the cart is full").into_page(&app, &lang, Some(&form));
    }
    let mut response = Redirect::to(&format!("{}/api/cart?lang={lang}", till.sends.base)).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    keep(till, &basket, &mut response);
    response
}

/// Keeps the message for a present whose checkout was refused, so that the cart's page shows it again. If it does not fit
/// into the cookie, only the page of the refusal shows it.
pub fn keep_gift(till: &Till, headers: &HeaderMap, gift: Option<&str>, response: &mut Response) {
    let mut basket = Basket::read(till, headers);
    let gift = gift.and_then(note::letter);
    if basket.lines.is_empty() || basket.gift == gift {
        return;
    }
    basket.gift = gift;
    keep(till, &basket, response);
}

fn keep(till: &Till, basket: &Basket, response: &mut Response) {
    if let Some(cookie) = basket.cookie(till.sends.base.starts_with("https:")) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

async fn show(app: &AppState, till: &Till, basket: &Basket, lang: &str) -> Response {
    let settings = &till.ledger.shop.settings;
    let request = basket.request(lang);
    let mut refusal: Option<ApiError> = None;
    let mut mended: Option<Revalidated> = None;
    let mut destination = Destination::Pickup;
    if !basket.lines.is_empty() {
        let priced = match request.into_checkout(till) {
            Ok(asked) => {
                destination = asked.cart.destination.clone();
                revalidate(till, asked.cart, &asked.cart_id, false).await
            }
            Err(error) => Err(error),
        };
        match priced {
            Ok(priced) => mended = Some(priced),
            Err(error) => refusal = Some(error),
        }
    }
    let (goods, stale) = mended.map_or((None, Vec::new()), |mended| (mended.goods, mended.problems));
    let way = goods.as_ref().map(|goods| current_delivery(goods, &destination, lang, settings));
    let (shipping, unserved) = match way {
        Some(Ok(shipping)) => (Some(shipping), None),
        Some(Err(why)) => (None, Some(why.as_str())),
        None => (None, None),
    };
    let view = goods.as_ref().map(|goods| cart_view(&till.site(), goods, shipping.as_ref(), lang));
    let view = match view.transpose() {
        Ok(view) => view,
        Err(why) => {
            refusal = Some(crate::perform::TillError::from(why).into());
            None
        }
    };
    let refusal = refusal.map(|error| {
        let text = till.sends.templates.text(
            lang,
            TillText::Refusal(error.code),
            &[("title", ""), ("available", "")],
        );
        CartRefusalView { code: error.code, text, lines: vec![error.sku] }
    });
    let replaced = shipping.as_ref().is_some_and(|shipping| destination.is_replaced_by(&shipping.rate));
    let pickup_only = goods.as_ref().is_some_and(Goods::pickup_only);
    let goods = goods.as_ref();
    let page_view = CartPage {
        common: till.sends.templates.common(&till.site(), lang),
        expected_total: view.as_ref().map(|view| view.total_minor),
        problems: problems(till, goods, &stale, lang),
        cart: view,
        refusal,
        unserved,
        replaced,
        pickup_only,
        destinations: destinations(till, goods, shipping.as_ref(), lang),
        country: shipping.as_ref().and_then(|shipping| shipping.country.clone()),
        rate: shipping.as_ref().map(|shipping| shipping.rate.clone()),
        pickup: pickup(till, shipping.as_ref(), lang),
        cart_id: basket.id.clone(),
        gift_note: basket.gift.clone(),
    };
    let title = till.sends.templates.text(lang, TillText::CartTitle, &[]);
    match till.sends.templates.page(&till.site(), lang, &title, "till/cart.html", &page_view) {
        Ok(html) => page(app, html),
        Err(why) => {
            tracing::error!(why, "the cart page cannot be rendered");
            ApiError::closed().into_json(Some(till), lang)
        }
    }
}

/// What differs from the cart, in words. Where the till changed a line itself, the text says so: the usual one would ask for
/// what is already done. Lines that share their pieces are named together.
fn problems(till: &Till, goods: Option<&Goods>, stale: &[StaleLine], lang: &str) -> Vec<ProblemView> {
    let counted = |line: &StaleLine| {
        goods.is_some_and(|goods| {
            goods.lines.iter().any(|other| other.sku.as_str() == line.sku && other.note == line.note)
        })
    };
    let mut said: Vec<String> = Vec::new();
    let mut all = Vec::new();
    for line in stale {
        let title = till.ledger.title(&line.sku, lang);
        let titles = if line.skus.is_empty() { title.clone() } else { till.ledger.titles(&line.skus, lang) };
        let text = match line.code {
            RefusalCode::BadRequest => TillText::NoteRefused,
            RefusalCode::QuantityUnavailable if line.skus.len() > 1 => TillText::LessTogether,
            RefusalCode::QuantityUnavailable => TillText::Less,
            code => TillText::Refusal(code),
        };
        let left = line.available.unwrap_or(0).to_string();
        let text = till.sends.templates.text(lang, text, &[("title", &titles), ("available", &left)]);
        let in_cart = counted(line);
        if in_cart && said.contains(&text) {
            continue;
        }
        said.push(text.clone());
        all.push(ProblemView {
            sku: line.sku.clone(),
            note: line.note.clone(),
            code: line.code,
            title,
            text,
            counted: in_cart,
        });
    }
    all
}

/// Every country with the rates that accept these goods; empty if something can only be collected.
fn destinations(
    till: &Till,
    goods: Option<&Goods>,
    shipping: Option<&QuotedShipping>,
    lang: &str,
) -> Vec<DestinationView> {
    let settings = &till.ledger.shop.settings;
    let Some(goods) = goods.filter(|goods| !goods.pickup_only()) else { return Vec::new() };
    let money = MoneyFormat::new(lang, goods.currency);
    let mut all = Vec::new();
    for country in settings.shipping.zones.iter().flat_map(|zone| &zone.countries) {
        let here = shipping.filter(|shipping| shipping.country.as_ref() == Some(country));
        let ways = ways(goods, Some(country), lang, settings).into_iter().filter(|way| way.rate != PICKUP);
        let rates: Vec<RateView> = ways
            .map(|way| {
                let chosen = here.is_some_and(|shipping| shipping.rate == way.rate);
                let (price, free) = (money.print(way.price), way.price == Cents::ZERO);
                RateView { id: way.rate, label: way.label, price, free, chosen }
            })
            .collect();
        if !rates.is_empty() {
            let name = till.sends.templates.country(lang, country);
            let country = country.clone();
            all.push(DestinationView { country, name, rates, chosen: here.is_some() });
        }
    }
    all
}

fn pickup(till: &Till, shipping: Option<&QuotedShipping>, lang: &str) -> Option<PickupView> {
    let pickup = till.ledger.shop.settings.shipping.pickup.as_ref()?;
    let label = in_language(&pickup.label, lang, &till.ledger.shop.settings);
    let chosen = shipping.is_some_and(|shipping| shipping.rate == PICKUP);
    Some(PickupView { label, address: pickup.address.clone(), chosen })
}
