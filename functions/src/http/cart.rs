//! `/api/cart`: the cart for people without scripts. One first-party cookie holds it, the only one we ever set.

use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use catalog::{MoneyFormat, Sku};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Gate;
use super::body::{CheckoutRequest, DestinationRequest, Form, ItemRequest, language};
use super::problem::{ApiError, page};
use super::quote::{StaleLine, mend};
use crate::decide::quote::{MAX_LINES, MAX_QUANTITY, PICKUP, in_language, rate_price};
use crate::decide::{Cart, Destination, Order, Payment, Quote};
use crate::letters::cart_view;
use crate::outside::clock::random_hex;
use crate::perform::Till;

/// Its name.
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
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let ours = cookies
            .flat_map(|all| all.split(';'))
            .find_map(|one| one.trim().strip_prefix(COOKIE)?.strip_prefix('='));
        let read = ours.filter(|text| text.len() <= MAX_COOKIE).and_then(|text| {
            let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
            serde_json::from_slice::<Basket>(&bytes).ok()
        });
        let mut basket = read.unwrap_or_default();
        basket.lines.truncate(MAX_LINES);
        if !(16..=64).contains(&basket.id.len())
            || !basket.id.bytes().all(|byte| byte.is_ascii_alphanumeric())
        {
            basket.id = random_hex(till.clock.as_ref());
        }
        basket
    }

    /// The cookie; `None` when it would be too large.
    fn cookie(&self, secure: bool) -> Option<HeaderValue> {
        let value = URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).ok()?);
        if value.len() > MAX_COOKIE {
            return None;
        }
        let secure = if secure { "; Secure" } else { "" };
        let text = format!("{COOKIE}={value}; Path=/api; Max-Age={KEPT}; HttpOnly; SameSite=Lax{secure}");
        HeaderValue::from_str(&text).ok()
    }

    fn request(&self, lang: &str) -> CheckoutRequest {
        CheckoutRequest {
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
            gift_note: None,
        }
    }

    fn apply(&mut self, form: &Form) -> Result<(), ApiError> {
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
        let note = form.get("note").map(|note| note.trim().chars().take(200).collect::<String>());
        let note = note.filter(|note| !note.is_empty());
        let quantity = match form.get("quantity").unwrap_or("1").trim().parse::<u32>() {
            Ok(quantity) if quantity <= MAX_QUANTITY => quantity,
            _ => return Err(ApiError::bad_request("a quantity is a whole number up to 99")),
        };
        let at = self.lines.iter().position(|line| line.sku == sku.as_str() && line.note == note);
        match (action, at) {
            ("remove", Some(at)) => drop(self.lines.remove(at)),
            ("set", Some(at)) if quantity == 0 => drop(self.lines.remove(at)),
            ("set", Some(at)) => self.lines[at].quantity = quantity,
            ("add", Some(at)) => {
                let line = &mut self.lines[at];
                line.quantity = (line.quantity + quantity.max(1)).min(MAX_QUANTITY);
            }
            ("add", None) if self.lines.len() >= MAX_LINES => {
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

/// The cart of a browser after its order was paid: a new one, without what was bought. What could not be had after all
/// (`refund_due`) stays in it.
pub fn after_payment(till: &Till, headers: &HeaderMap, order: &Order, response: &mut Response) {
    let mut basket = Basket::read(till, headers);
    if basket.id != order.cart_id {
        return;
    }
    basket.id = random_hex(till.clock.as_ref());
    if order.payment != Payment::RefundDue {
        for bought in &order.lines {
            // An order's note is written with its label: `assise : Zoé`.
            let noted = |note: Option<&str>| match (bought.note.as_deref(), note) {
                (Some(whole), Some(note)) => whole.ends_with(note),
                (whole, note) => whole == note,
            };
            let same =
                |line: &&mut BasketLine| line.sku == bought.sku.as_str() && noted(line.note.as_deref());
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
#[utoipa::path(get, path = "/api/cart", params(("lang" = Option<String>, Query)), responses((status = 200, description = "a page")))]
pub async fn get(State(gate): State<Gate>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let till = match gate.till().and_then(|till| gate.check_edge(&headers).map(|()| till)) {
        Ok(till) => till,
        Err(error) => return error.into_json(None, ""),
    };
    let query = query.unwrap_or_default();
    let asked =
        form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "lang").map(|(_, lang)| lang);
    let lang = language(till, asked.as_deref());
    let basket = Basket::read(till, &headers);
    let mut response = show(&gate, till, &basket, &lang).await;
    keep(till, &basket, &mut response);
    response
}

/// Changes the cart: `action` is `add`, `set`, `remove`, `empty` or `destination`.
#[utoipa::path(post, path = "/api/cart", responses((status = 303, description = "to the cart"), (status = 400, description = "a page")))]
pub async fn post(State(gate): State<Gate>, headers: HeaderMap, body: Bytes) -> Response {
    let till = match gate.till() {
        Ok(till) => till,
        Err(error) => return error.into_json(None, ""),
    };
    let form = Form::parse(&body);
    let lang = form.lang(till);
    let guarded = gate.check_host(till, &headers).and_then(|()| gate.check_origin(till, &headers));
    let mut basket = Basket::read(till, &headers);
    if let Err(error) = guarded.and_then(|()| basket.apply(&form)) {
        return error.into_page(&gate, &lang, None);
    }
    if basket.cookie(true).is_none() {
        return ApiError::too_large("the cart is full").into_page(&gate, &lang, None);
    }
    let mut response = Redirect::to(&format!("{}/api/cart?lang={lang}", till.base)).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    keep(till, &basket, &mut response);
    response
}

fn keep(till: &Till, basket: &Basket, response: &mut Response) {
    if let Some(cookie) = basket.cookie(till.base.starts_with("https:")) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

async fn show(gate: &Gate, till: &Till, basket: &Basket, lang: &str) -> Response {
    let request = basket.request(lang);
    let mut refusal: Option<ApiError> = None;
    let mut stale: Vec<StaleLine> = Vec::new();
    let mut quote: Option<Quote> = None;
    if !basket.lines.is_empty() {
        match request.into_asked(till) {
            Ok(asked) => match best(till, asked.cart, &asked.cart_id).await {
                Ok((priced, problems)) => {
                    quote = priced;
                    stale = problems;
                }
                Err(error) => refusal = Some(error),
            },
            Err(error) => refusal = Some(error),
        }
    }
    // Where the cart has mended a line, it says so in its own words: the till's would ask for what is done already.
    let text = |code: &str, values: &[(&str, &str)]| match code {
        "bad_request" => till.letters.text(lang, "cart.note_refused", values),
        "quantity_unavailable" => till.letters.text(lang, "cart.less", values),
        code => till.letters.text(lang, &format!("till.refusal.{code}"), values),
    };
    let problems: Vec<Value> = stale
        .iter()
        .map(|line| {
            let (title, left) = (till.title(&line.sku, lang), line.available.unwrap_or(0).to_string());
            let text = text(line.code, &[("title", &title), ("available", &left)]);
            json!({ "sku": line.sku, "note": line.note, "code": line.code, "title": title, "text": text })
        })
        .collect();
    let refusal = refusal.map(|error| {
        let key = format!("till.refusal.{}", error.code);
        let text = till.letters.text(lang, &key, &[("title", ""), ("available", "")]);
        json!({ "code": error.code, "text": text, "lines": [error.sku] })
    });
    let mut context = till.letters.context(till, lang);
    context.insert("cart", &quote.as_ref().map(|quote| cart_view(till, quote, lang)));
    context.insert("refusal", &refusal);
    context.insert("problems", &problems);
    context.insert("destinations", &destinations(till, quote.as_ref(), lang));
    context.insert("country", &quote.as_ref().and_then(|quote| quote.shipping.country.clone()));
    context.insert("rate", &quote.as_ref().map(|quote| quote.shipping.rate.clone()));
    context.insert("pickup", &pickup(till, quote.as_ref(), lang));
    context.insert("cart_id", &basket.id);
    context.insert("expected_total", &quote.as_ref().map(|quote| quote.total));
    let title = till.letters.text(lang, "cart.title", &[]);
    match till.letters.page(till, lang, &title, "till/cart.html", &context) {
        Ok(html) => page(gate, html),
        Err(why) => {
            tracing::error!(why, "the cart page cannot be rendered");
            ApiError::closed().into_json(Some(till), lang)
        }
    }
}

/// Prices the cart for its destination; when that is not served, for any that is, so that a page can be shown.
async fn best(till: &Till, cart: Cart, cart_id: &str) -> Result<(Option<Quote>, Vec<StaleLine>), ApiError> {
    match mend(till, cart.clone(), cart_id).await {
        Ok((quote, stale, _)) => Ok((quote, stale)),
        Err(error) if error.code == "destination_not_served" => {
            let pickup = Cart { destination: Destination::Pickup, ..cart };
            match mend(till, pickup, cart_id).await {
                Ok((quote, stale, _)) => Ok((quote, stale)),
                Err(_) => Err(error),
            }
        }
        Err(error) => Err(error),
    }
}

fn destinations(till: &Till, quote: Option<&Quote>, lang: &str) -> Vec<Value> {
    let settings = &till.shop.settings;
    let Some(quote) = quote else { return Vec::new() };
    let money = MoneyFormat::new(lang, quote.currency);
    let mut all = Vec::new();
    for zone in &settings.shipping.zones {
        for country in &zone.countries {
            let rates: Vec<Value> = zone
                .rates
                .iter()
                .filter_map(|rate| {
                    let (price, _) = rate_price(rate, quote.goods, quote.weight)?;
                    let label = in_language(&rate.label, lang, settings);
                    let chosen = quote.shipping.rate == rate.id && quote.shipping.country.as_deref() == Some(country);
                    Some(json!({ "id": rate.id, "label": label, "price": money.print(price), "chosen": chosen }))
                })
                .collect();
            let name = till.letters.country(lang, country);
            let chosen = quote.shipping.country.as_deref() == Some(country);
            all.push(json!({ "country": country, "name": name, "rates": rates, "chosen": chosen }));
        }
    }
    all
}

fn pickup(till: &Till, quote: Option<&Quote>, lang: &str) -> Option<Value> {
    let pickup = till.shop.settings.shipping.pickup.as_ref()?;
    let label = in_language(&pickup.label, lang, &till.shop.settings);
    let chosen = quote.is_some_and(|quote| quote.shipping.rate == PICKUP);
    Some(json!({ "label": label, "address": pickup.address, "chosen": chosen }))
}
