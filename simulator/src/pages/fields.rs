//! The pay page's form: what a shopper types and chooses.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::Value;

use super::session::cancel_link;
use super::summary::summary;
use super::{PageTexts, countries, escape, money, page, prefix};
use crate::record::Session;
use crate::simulator::Simulator;

/// How the form is shown: empty at first, later with what was typed and its mistakes.
#[derive(Debug, Default)]
pub(super) struct Shown {
    pub status: StatusCode,
    pub typed: BTreeMap<String, String>,
    pub problem: Option<&'static str>,
    pub wrong: Vec<&'static str>,
}

pub(super) fn form(simulator: &Simulator, session: &Session, words: &PageTexts, shown: &Shown) -> Response {
    let (base, business) = simulator.with_state(|state, _| {
        (prefix(&state.config().public_url).to_owned(), state.config().business.clone())
    });
    let branding = session.params.get("branding_settings").unwrap_or(&Value::Null);
    let business = branding["display_name"].as_str().map_or(business, str::to_owned);
    let total = money(words.lang, &session.currency, session.total);
    let title = format!("{} {total} – {business}", words.pay_to);
    let mut body = format!("<h1>{}</h1>\n", escape(&business));
    if let Some(problem) = shown.problem {
        let names: Vec<&str> = shown.wrong.iter().map(|name| label(words, name)).collect();
        body.push_str(&format!("<p class=\"problem\" role=\"alert\">{problem} {}</p>\n", names.join(", ")));
    }
    body.push_str(&summary(session, words));
    body.push_str(&format!("<form class=\"pay\" method=\"post\" action=\"{base}/pay/{}\">\n", session.id));
    body.push_str(&contact(session, words, &shown.typed, &shown.wrong));
    body.push_str(&address(session, words, &shown.typed, &shown.wrong));
    body.push_str(&means(session, words, &shown.typed));
    let button = match session.total {
        0 => words.pay_nothing.to_owned(),
        _ => format!("{} {total}", words.pay),
    };
    body.push_str(&format!("<p><button class=\"big\">{button}</button></p>\n</form>\n"));
    body.push_str(&cancel_link(session, words.back));
    page(shown.status, words, &title, false, &body)
}

fn label(words: &PageTexts, name: &str) -> &'static str {
    match name {
        "email" => words.email,
        "name" => words.name,
        "phone" => words.phone,
        "line1" => words.line1,
        "line2" => words.line2,
        "postal_code" => words.postal_code,
        "city" => words.city,
        _ => words.country,
    }
}

struct Input<'a> {
    name: &'a str,
    kind: &'a str,
    complete: &'a str,
    required: bool,
}

fn input(words: &PageTexts, typed: &BTreeMap<String, String>, wrong: &[&str], input: &Input<'_>) -> String {
    let Input { name, kind, complete, required } = *input;
    let value = typed.get(name).map(|value| escape(value)).unwrap_or_default();
    let (class, invalid) =
        if wrong.contains(&name) { (" class=\"wrong\"", " aria-invalid=\"true\"") } else { ("", "") };
    let (needed, note) = match required {
        true => (" required", String::new()),
        false => ("", format!(" <small>({})</small>", words.optional)),
    };
    format!(
        "<div><label for=\"{name}\">{}{note}</label>\n<input type=\"{kind}\" id=\"{name}\" name=\"{name}\" \
         value=\"{value}\" autocomplete=\"{complete}\"{needed}{class}{invalid} maxlength=\"250\"></div>\n",
        label(words, name)
    )
}

fn contact(session: &Session, words: &PageTexts, typed: &BTreeMap<String, String>, wrong: &[&str]) -> String {
    let mut typed = typed.clone();
    if let Some(email) = session.params.get("customer_email").and_then(Value::as_str) {
        typed.entry("email".to_owned()).or_insert_with(|| email.to_owned());
    }
    let field = |name, kind, complete, required| {
        input(words, &typed, wrong, &Input { name, kind, complete, required })
    };
    let mut fields = field("email", "email", "email", true) + &field("name", "text", "name", true);
    if session.params.get("phone_number_collection").is_some_and(|asked| asked["enabled"] == true) {
        fields.push_str(&field("phone", "tel", "tel", true));
    }
    format!("<fieldset><legend>{}</legend>\n{fields}</fieldset>\n", words.contact)
}

fn address(session: &Session, words: &PageTexts, typed: &BTreeMap<String, String>, wrong: &[&str]) -> String {
    let Some(asked) = session.params.get("shipping_address_collection") else { return String::new() };
    let field = |name, complete, required| {
        input(words, typed, wrong, &Input { name, kind: "text", complete, required })
    };
    let allowed = asked["allowed_countries"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let options: String = allowed
        .map(|code| {
            let chosen =
                if typed.get("country").is_some_and(|typed| typed == code) { " selected" } else { "" };
            format!("<option value=\"{code}\"{chosen}>{}</option>\n", countries::name(code, words.lang))
        })
        .collect();
    format!(
        "<fieldset><legend>{}</legend>\n{}{}<div class=\"pair\">{}{}</div>\n<label for=\"country\">{}</label>\n\
         <select id=\"country\" name=\"country\" autocomplete=\"country\" required>\n{options}</select>\n</fieldset>\n",
        words.address,
        field("line1", "address-line1", true),
        field("line2", "address-line2", false),
        field("postal_code", "postal-code", true),
        field("city", "address-level2", true),
        words.country,
    )
}

fn means(session: &Session, words: &PageTexts, typed: &BTreeMap<String, String>) -> String {
    if session.total == 0 {
        return String::new();
    }
    let chosen = typed.get("means").map_or("card", String::as_str);
    let offers = |method: &str| session.methods.iter().any(|offered| offered == method);
    let mut choices = Vec::new();
    if offers("card") {
        choices.push(("card", words.card, "4242 4242 4242 4242"));
        choices.push(("declined", words.declined_card, "4000 0000 0000 0002"));
        choices.push(("challenged", words.challenged_card, "4000 0025 0000 3155"));
    }
    if offers("sepa_debit") {
        choices.push(("debit", words.debit, "FR14 2004 1010 0505 0001 3M02 606"));
        choices.push(("failing_debit", words.failing_debit, "FR84 2004 1010 0505 0001 3M02 607"));
    }
    let choices: String = choices
        .into_iter()
        .map(|(value, name, number)| {
            let checked = if value == chosen { " checked" } else { "" };
            format!(
                "<label class=\"choice\"><input type=\"radio\" name=\"means\" value=\"{value}\"{checked}>\
                 <span>{name}<br><code>{number}</code></span></label>\n"
            )
        })
        .collect();
    format!("<fieldset><legend>{}</legend>\n{choices}</fieldset>\n", words.means)
}
