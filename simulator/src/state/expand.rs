//! `expand[]`: ids replaced by their objects. <https://docs.stripe.com/api/expanding_objects>

use serde_json::Value;

use super::State;
use crate::refusal::Refusal;
use crate::render;

impl State {
    pub(super) fn expand(&self, value: &mut Value, wanted: Option<&Value>) -> Result<(), Refusal> {
        for path in wanted.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
            let parts: Vec<&str> = path.split('.').collect();
            // A list's `data` does not count.
            if parts.iter().filter(|part| **part != "data").count() > 4 {
                let message = format!("You cannot expand more than 4 levels of a property. Property: {path}");
                return Err(Refusal::invalid(message).at("expand"));
            }
            self.expand_path(value, &parts, path)?;
        }
        Ok(())
    }

    fn expand_path(&self, value: &mut Value, parts: &[&str], path: &str) -> Result<(), Refusal> {
        let Some((first, rest)) = parts.split_first() else { return Ok(()) };
        if *first == "data" && value["object"] == "list" {
            for item in value["data"].as_array_mut().into_iter().flatten() {
                self.expand_path(item, rest, path)?;
            }
            return Ok(());
        }
        let object = value["object"].as_str().unwrap_or_default().to_owned();
        let id = value["id"].as_str().unwrap_or_default().to_owned();
        if !EXPANDABLE.contains(&(object.as_str(), *first)) {
            let message = format!(
                "This property cannot be expanded ({path}). You may want to try expanding something else of this object."
            );
            return Err(Refusal::invalid(message).at("expand"));
        }
        if value[*first].is_null() || value[*first].is_string() {
            let found = match (object.as_str(), *first) {
                ("checkout.session", "line_items") => self.first_lines(&id),
                ("charge", "refunds") => Some(self.refunds_of(&id)),
                ("payment_intent", "payment_method") => self.intents.get(&id).and_then(|intent| {
                    let payer = self.sessions.get(&intent.session)?.payer.clone()?;
                    value["payment_method"].is_string().then(|| render::method(intent, &payer))
                }),
                (_, "balance_transaction") => self.transaction_of(&id),
                _ => value[*first].as_str().and_then(|id| self.find(id)),
            };
            if let Some(found) = found {
                value[*first] = found;
            }
        }
        match value.get_mut(*first) {
            Some(inner) if inner.is_object() && !rest.is_empty() => {
                let rest = if inner["object"] == "list" && rest[0] != "data" {
                    return self.expand_path(inner, &[&["data"], rest].concat(), path);
                } else {
                    rest
                };
                self.expand_path(inner, rest, path)
            }
            _ => Ok(()),
        }
    }

    fn first_lines(&self, id: &str) -> Option<Value> {
        let session = self.sessions.get(id)?;
        let lines = session.lines.iter().take(10).map(|line| render::line(line, session)).collect();
        let url = format!("/v1/checkout/sessions/{id}/line_items");
        Some(render::list(&url, lines, session.lines.len() > 10))
    }

    fn refunds_of(&self, charge: &str) -> Value {
        let of_charge: Vec<Value> =
            self.refunds.newest().filter(|refund| refund.charge == charge).map(render::refund).collect();
        let more = of_charge.len() > 10;
        let url = format!("/v1/charges/{charge}/refunds");
        render::list(&url, of_charge.into_iter().take(10).collect(), more)
    }

    fn transaction_of(&self, id: &str) -> Option<Value> {
        if let Some(charge) = self.charges.get(id).filter(|charge| charge.status == "succeeded") {
            return Some(render::transaction(
                &charge.transaction,
                charge.amount,
                &charge.currency,
                ("charge", "charge"),
                id,
                charge.created,
            ));
        }
        let refund = self.refunds.get(id).filter(|refund| refund.status == "succeeded")?;
        Some(render::transaction(
            &refund.transaction,
            -refund.amount,
            &refund.currency,
            ("refund", "refund"),
            id,
            refund.created,
        ))
    }
}

/// Which of the simulated properties can be expanded.
const EXPANDABLE: &[(&str, &str)] = &[
    ("checkout.session", "payment_intent"),
    ("checkout.session", "line_items"),
    ("checkout.session", "customer"),
    ("checkout.session", "setup_intent"),
    ("checkout.session", "invoice"),
    ("payment_intent", "latest_charge"),
    ("payment_intent", "payment_method"),
    ("payment_intent", "customer"),
    ("charge", "refunds"),
    ("charge", "payment_intent"),
    ("charge", "balance_transaction"),
    ("charge", "customer"),
    ("refund", "charge"),
    ("refund", "payment_intent"),
    ("refund", "balance_transaction"),
    ("dispute", "charge"),
    ("dispute", "payment_intent"),
];
