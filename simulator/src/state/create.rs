//! `POST /v1/checkout/sessions`.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::outcome::Outcome;
use super::{State, Task, checks};
use crate::record::{Line, PaymentStatus, Rate, Session, SessionStatus};
use crate::refusal::Refusal;

impl State {
    pub(super) fn create_session(&mut self, _: &[&str], params: &Map<String, Value>) -> Outcome {
        let (expires_at, currency, methods, subtotal, shipping) = match self.check(params) {
            Ok(checked) => checked,
            Err(refusal) => return Outcome::Invalid(refusal),
        };
        let id = self.ids.session();
        let lines = self.lines(params);
        let rates = self.rates(params);
        let session = Session {
            id: id.clone(),
            created: self.now,
            expires_at,
            status: SessionStatus::Open,
            payment: PaymentStatus::Unpaid,
            params: Arc::new(params.clone()),
            currency,
            lines,
            shipping: rates,
            subtotal,
            total: subtotal + shipping,
            methods,
            intent: None,
            payer: None,
        };
        self.sessions.put(&id, session);
        self.plan(expires_at, Task::Expire(id.clone()));
        Outcome::Done(self.find(&id).unwrap_or_default())
    }

    #[allow(clippy::type_complexity)] // Five facts, used once, right above.
    fn check(&self, params: &Map<String, Value>) -> Result<(i64, String, Vec<String>, i64, i64), Refusal> {
        checks::combinations(params)?;
        let expires_at = checks::expiry(params, self.now)?;
        let currency = checks::currency(params)?;
        let methods = checks::methods(params, &self.config.methods, &currency)?;
        let lines = params.get("line_items").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        // At most 100 lines of 999,999 pieces at 999,999.99: far below i64's maximum.
        let subtotal = lines
            .iter()
            .map(|line| number(&line["price_data"]["unit_amount"]) * number(&line["quantity"]))
            .sum();
        let shipping = params
            .get("shipping_options")
            .map_or(0, |options| number(&options[0]["shipping_rate_data"]["fixed_amount"]["amount"]));
        checks::total(subtotal + shipping, &currency)?;
        Ok((expires_at, currency, methods, subtotal, shipping))
    }

    fn lines(&mut self, params: &Map<String, Value>) -> Vec<Line> {
        let sent = params.get("line_items").and_then(Value::as_array).into_iter().flatten();
        let lines = sent.map(|line| {
            let price = &line["price_data"];
            let text = |value: &Value| value.as_str().map(str::to_owned);
            Line {
                id: self.ids.draw("li_1", 23),
                price: self.ids.draw("price_1", 23),
                product: self.ids.draw("prod_", 14),
                name: text(&price["product_data"]["name"]).unwrap_or_default(),
                description: text(&price["product_data"]["description"]),
                unit: number(&price["unit_amount"]),
                quantity: number(&line["quantity"]),
                tax_behavior: text(&price["tax_behavior"]).unwrap_or_else(|| "unspecified".to_owned()),
                metadata: line.get("metadata").cloned().unwrap_or_else(|| json!({})),
            }
        });
        lines.collect()
    }

    fn rates(&mut self, params: &Map<String, Value>) -> Vec<Rate> {
        let sent = params.get("shipping_options").and_then(Value::as_array).into_iter().flatten();
        let rates = sent.map(|option| {
            let data = &option["shipping_rate_data"];
            Rate {
                id: self.ids.draw("shr_1", 23),
                name: data["display_name"].as_str().unwrap_or_default().to_owned(),
                amount: number(&data["fixed_amount"]["amount"]),
            }
        });
        rates.collect()
    }
}

fn number(value: &Value) -> i64 {
    value.as_i64().unwrap_or_default()
}
