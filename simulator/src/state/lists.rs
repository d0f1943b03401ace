//! Lists, newest first, with filters and cursors; and single objects.

use serde_json::{Map, Value};

use super::State;
use super::outcome::Outcome;
use crate::record::Session;
use crate::refusal::Refusal;
use crate::render;

#[derive(Debug, Clone, Copy)]
pub(super) enum Listing {
    Sessions,
    Intents,
    Charges,
    Refunds,
    Disputes,
    Events,
}

/// What filters and cursors need of an object.
struct Entry<'a> {
    id: &'a str,
    created: i64,
    fits: bool,
}

/// A list's parameters, as filters.
struct Filters<'a>(&'a Map<String, Value>);

impl Filters<'_> {
    fn is(&self, name: &str, value: Option<&str>) -> bool {
        self.0.get(name).and_then(Value::as_str).is_none_or(|wanted| Some(wanted) == value)
    }

    fn session(&self, session: &Session) -> bool {
        let email = self.0.get("customer_details").and_then(|details| details["email"].as_str());
        self.is("status", Some(session.status.as_str()))
            && self.is("payment_intent", session.intent.as_deref())
            && email.is_none_or(|email| session.payer.as_ref().is_some_and(|payer| payer.email == email))
    }

    fn payment(&self, intent: &str, charge: &str) -> bool {
        self.is("payment_intent", Some(intent)) && self.is("charge", Some(charge))
    }

    fn event(&self, kind: &str, taken: bool) -> bool {
        let types = self.0.get("types").and_then(Value::as_array);
        self.is("type", Some(kind))
            && types.is_none_or(|types| types.iter().any(|wanted| wanted == kind))
            && self.0.get("delivery_success").and_then(Value::as_bool).is_none_or(|wanted| wanted == taken)
    }
}

impl State {
    pub(super) fn list(&mut self, what: Listing, params: &Map<String, Value>) -> Outcome {
        let (url, entries) = self.entries(what, &Filters(params));
        let (ids, more) = match page(&entries, params) {
            Ok(chosen) => chosen,
            Err(refusal) => return Outcome::Invalid(refusal),
        };
        let data = ids.iter().filter_map(|id| self.find(id)).collect();
        Outcome::Done(render::list(url, data, more))
    }

    /// All objects of one kind, newest first, and whether they match the filters.
    fn entries(&self, what: Listing, only: &Filters<'_>) -> (&'static str, Vec<Entry<'_>>) {
        let entry = |id, created, fits| Entry { id, created, fits };
        match what {
            Listing::Sessions => {
                let each = self.sessions.newest();
                let each = each.map(|one| entry(&one.id, one.created, only.session(one)));
                ("/v1/checkout/sessions", each.collect())
            }
            Listing::Intents => {
                let each = self.intents.newest().map(|one| entry(&one.id, one.created, true));
                ("/v1/payment_intents", each.collect())
            }
            Listing::Charges => {
                let each = self.charges.newest();
                let each = each.map(|one| entry(&one.id, one.created, only.payment(&one.intent, &one.id)));
                ("/v1/charges", each.collect())
            }
            Listing::Refunds => {
                let each = self.refunds.newest();
                let each =
                    each.map(|one| entry(&one.id, one.created, only.payment(&one.intent, &one.charge)));
                ("/v1/refunds", each.collect())
            }
            Listing::Disputes => {
                let each = self.disputes.newest();
                let each =
                    each.map(|one| entry(&one.id, one.created, only.payment(&one.intent, &one.charge)));
                ("/v1/disputes", each.collect())
            }
            Listing::Events => {
                let taken = |id: &str| self.hooks.pending(id) == 0;
                let each = self.events.newest();
                let each = each.map(|one| entry(&one.id, one.created, only.event(one.kind, taken(&one.id))));
                ("/v1/events", each.collect())
            }
        }
    }

    pub(super) fn line_items(&mut self, id: &str, params: &Map<String, Value>) -> Outcome {
        let Some(session) = self.sessions.get(id) else {
            return Outcome::Failed(Refusal::missing("checkout.session", id, "session"));
        };
        let entries: Vec<Entry<'_>> =
            session.lines.iter().map(|line| Entry { id: &line.id, created: 0, fits: true }).collect();
        match page(&entries, params) {
            Ok((ids, more)) => {
                let lines = session.lines.iter().filter(|line| ids.contains(&line.id));
                let data = lines.map(|line| render::line(line, session)).collect();
                Outcome::Done(render::list(&format!("/v1/checkout/sessions/{id}/line_items"), data, more))
            }
            Err(refusal) => Outcome::Invalid(refusal),
        }
    }

    pub(super) fn retrieve(&mut self, id: &str, object: &str, param: &str) -> Outcome {
        match self.find(id).filter(|value| value["object"] == object) {
            Some(value) => Outcome::Done(value),
            None => Outcome::Failed(Refusal::missing(object, id, param)),
        }
    }

    /// An object of any kind.
    pub(super) fn find(&self, id: &str) -> Option<Value> {
        let prefix = id.split('_').next()?;
        match prefix {
            "cs" => self.sessions.get(id).map(|session| render::session(session, &self.config)),
            "pi" => self.intents.get(id).and_then(|intent| {
                Some(render::intent(intent, self.sessions.get(&intent.session)?, &self.config))
            }),
            "ch" | "py" => self
                .charges
                .get(id)
                .and_then(|charge| Some(render::charge(charge, &self.find(&charge.intent)?, &self.config))),
            "re" | "pyr" => self.refunds.get(id).map(render::refund),
            "dp" => self
                .disputes
                .get(id)
                .and_then(|dispute| Some(render::dispute(dispute, self.charges.get(&dispute.charge)?.means))),
            "evt" => self
                .events
                .get(id)
                .map(|event| render::event(event, crate::API_VERSION, self.hooks.pending(id), &self.config)),
            _ => None,
        }
    }

    pub(super) fn balance(&self) -> Value {
        let mut pending = std::collections::BTreeMap::from([("eur".to_owned(), 0)]);
        for charge in self.charges.newest().filter(|charge| charge.status == "succeeded") {
            *pending.entry(charge.currency.clone()).or_insert(0) += charge.amount - charge.refunded;
        }
        for dispute in self.disputes.newest().filter(|dispute| dispute.status != "won") {
            *pending.entry(dispute.currency.clone()).or_insert(0) -= dispute.amount;
        }
        render::balance(&pending)
    }
}

/// The ids of one page, and whether there are more.
fn page(entries: &[Entry<'_>], params: &Map<String, Value>) -> Result<(Vec<String>, bool), Refusal> {
    let limit = params
        .get("limit")
        .and_then(Value::as_u64)
        .and_then(|limit| usize::try_from(limit).ok())
        .unwrap_or(10);
    let place = |name: &str| -> Result<Option<usize>, Refusal> {
        let Some(cursor) = params.get(name).and_then(Value::as_str) else { return Ok(None) };
        let place = entries.iter().position(|entry| entry.id == cursor);
        place.map(Some).ok_or_else(|| Refusal::missing("object", cursor, name).code("resource_missing"))
    };
    let (after, before) = (place("starting_after")?, place("ending_before")?);
    if after.is_some() && before.is_some() {
        return Err(Refusal::invalid(
            "You may only specify one of these parameters: starting_after, ending_before.",
        ));
    }
    let window = match (after, before) {
        (Some(after), _) => &entries[after + 1..],
        (None, Some(before)) => &entries[..before],
        (None, None) => entries,
    };
    let created = params.get("created");
    let fitting: Vec<&Entry<'_>> =
        window.iter().filter(|entry| entry.fits && within(entry.created, created)).collect();
    let more = fitting.len() > limit;
    let chosen = match before {
        // The last entries before the cursor, not the first.
        Some(_) => &fitting[fitting.len().saturating_sub(limit)..],
        None => &fitting[..fitting.len().min(limit)],
    };
    Ok((chosen.iter().map(|entry| entry.id.to_owned()).collect(), more))
}

fn within(time: i64, range: Option<&Value>) -> bool {
    match range {
        None => true,
        Some(Value::Object(bounds)) => bounds.iter().all(|(name, bound)| {
            let bound = bound.as_i64().unwrap_or_default();
            match name.as_str() {
                "gt" => time > bound,
                "gte" => time >= bound,
                "lt" => time < bound,
                _ => time <= bound,
            }
        }),
        Some(exact) => exact.as_i64() == Some(time),
    }
}
