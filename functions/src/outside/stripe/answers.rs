//! Stripe's answers, as far as the till reads them.

use std::collections::BTreeMap;

use miniserde::Deserialize;

use crate::decide::address::PostalAddress;
use crate::decide::order::Customer;
use crate::decide::settle::{Intent, RefundSeen, Session, SessionStatus};
use crate::decide::{Dispute, Refund};

/// `checkout.session`, with its payment expanded.
#[derive(Deserialize, Debug)]
pub struct SessionAnswer {
    pub id: String,
    pub url: Option<String>,
    pub status: Option<String>,
    pub payment_status: String,
    pub amount_total: Option<i64>,
    pub currency: Option<String>,
    pub livemode: bool,
    pub created: i64,
    pub metadata: Option<BTreeMap<String, String>>,
    pub payment_intent: Option<IntentAnswer>,
    pub customer_details: Option<PersonAnswer>,
    pub collected_information: Option<CollectedAnswer>,
}

/// `payment_intent`, with its latest charge expanded.
#[derive(Deserialize, Debug)]
pub struct IntentAnswer {
    pub id: String,
    pub status: String,
    pub latest_charge: Option<ChargeAnswer>,
}

#[derive(Deserialize, Debug)]
pub struct ChargeAnswer {
    pub disputed: Option<bool>,
    pub refunds: Option<RefundsAnswer>,
}

#[derive(Deserialize, Debug)]
pub struct RefundsAnswer {
    pub data: Vec<RefundAnswer>,
}

#[derive(Deserialize, Debug)]
pub struct RefundAnswer {
    pub amount: i64,
    pub status: Option<String>,
}

#[derive(Deserialize, Debug)]
pub struct CollectedAnswer {
    pub shipping_details: Option<PersonAnswer>,
}

#[derive(Deserialize, Debug)]
pub struct PersonAnswer {
    pub email: Option<String>,
    pub name: Option<String>,
    pub phone: Option<String>,
    pub address: Option<AddressAnswer>,
}

#[derive(Deserialize, Debug)]
pub struct AddressAnswer {
    pub line1: Option<String>,
    pub line2: Option<String>,
    pub postal_code: Option<String>,
    pub city: Option<String>,
    pub state: Option<String>,
    pub country: Option<String>,
}

/// A list of sessions.
#[derive(Deserialize, Debug)]
pub struct SessionsAnswer {
    pub data: Vec<ListedSession>,
    pub has_more: bool,
}

/// A session in a list: nothing is expanded there.
#[derive(Deserialize, Debug)]
pub struct ListedSession {
    pub id: String,
    pub payment_status: String,
    pub metadata: Option<BTreeMap<String, String>>,
}

/// A list of disputes.
#[derive(Deserialize, Debug)]
pub struct DisputesAnswer {
    pub data: Vec<DisputeAnswer>,
}

#[derive(Deserialize, Debug)]
pub struct DisputeAnswer {
    pub status: String,
}

/// An answer of which only the id matters.
#[derive(Deserialize, Debug)]
pub struct IdAnswer {
    pub id: String,
}

impl SessionAnswer {
    /// Whether its charge is disputed, so that the disputes should be asked for.
    pub fn disputed(&self) -> bool {
        let charge = self.payment_intent.as_ref().and_then(|intent| intent.latest_charge.as_ref());
        charge.and_then(|charge| charge.disputed).unwrap_or(false)
    }

    /// In our words. An unknown status is treated as one that proves nothing.
    pub fn into_session(self, dispute: Dispute) -> Option<Session> {
        let status = match self.status.as_deref() {
            Some("open") => SessionStatus::Open,
            Some("complete") => SessionStatus::Complete,
            Some("expired") => SessionStatus::Expired,
            _ => return None,
        };
        let shipping = self.collected_information.and_then(|collected| collected.shipping_details);
        Some(Session {
            id: self.id,
            url: self.url,
            status,
            paid: matches!(self.payment_status.as_str(), "paid" | "no_payment_required"),
            amount_total: self.amount_total,
            currency: self.currency,
            livemode: self.livemode,
            order_id: self.metadata.and_then(|mut metadata| metadata.remove("order_id")),
            intent: self.payment_intent.map(|intent| intent.into_intent(dispute)),
            customer: customer(self.customer_details, shipping),
            created: self.created,
        })
    }
}

impl IntentAnswer {
    fn into_intent(self, dispute: Dispute) -> Intent {
        let refunds = self.latest_charge.and_then(|charge| charge.refunds).map(|list| list.data);
        let refunds = refunds.unwrap_or_default().into_iter().map(|refund| RefundSeen {
            amount: refund.amount,
            state: match refund.status.as_deref() {
                Some("succeeded") => Refund::Done,
                Some("failed" | "canceled") => Refund::Failed,
                _ => Refund::Pending,
            },
        });
        Intent {
            id: self.id,
            processing: self.status == "processing",
            failed: matches!(self.status.as_str(), "requires_payment_method" | "canceled"),
            refunds: refunds.collect(),
            dispute,
        }
    }
}

impl DisputesAnswer {
    /// The gravest state among them.
    pub fn state(&self) -> Dispute {
        let of = |status: &str| match status {
            "won" | "warning_closed" | "prevented" => Dispute::Won,
            "lost" => Dispute::Lost,
            _ => Dispute::Open,
        };
        self.data
            .iter()
            .map(|dispute| of(&dispute.status))
            .max_by_key(|state| match state {
                Dispute::Open => 3,
                Dispute::Lost => 2,
                Dispute::Won => 1,
                Dispute::None => 0,
            })
            .unwrap_or(Dispute::None)
    }
}

fn customer(billing: Option<PersonAnswer>, shipping: Option<PersonAnswer>) -> Customer {
    let mut customer = Customer::default();
    if let Some(person) = billing {
        customer = Customer {
            email: person.email,
            name: person.name,
            phone: person.phone,
            address: person.address.map(postal).unwrap_or_default(),
        };
    }
    if let Some(person) = shipping {
        customer.name = person.name.or(customer.name);
        if let Some(address) = person.address {
            customer.address = postal(address);
        }
    }
    customer
}

fn postal(address: AddressAnswer) -> PostalAddress {
    let AddressAnswer { line1, line2, postal_code, city, state, country } = address;
    PostalAddress { line1, line2, postal_code, city, state, country, lines: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Objects as Stripe publishes them.
    const EXAMPLES: &str = include_str!("../../../../simulator/tests/common/stripe-examples.json");

    #[test]
    fn objects_as_stripe_publishes_them_are_read() {
        let all: serde_json::Value = serde_json::from_str(EXAMPLES).expect("JSON");
        let mut session = all["checkout.session"].clone();
        let mut intent = all["payment_intent"].clone();
        let mut charge = all["charge"].clone();
        charge["refunds"] = serde_json::json!({ "data": [all["refund"]] });
        intent["latest_charge"] = charge;
        session["payment_intent"] = intent;
        let read: SessionAnswer = miniserde::json::from_str(&session.to_string()).expect("a session");
        let id = read.id.clone();
        let session = read.into_session(Dispute::None).expect("a known status");
        assert_eq!(session.id, id);
        let intent = session.intent.expect("an intent");
        assert_eq!(intent.refunds.len(), 1);
    }

    #[test]
    fn an_address_keeps_its_parts() {
        let text = r#"{"id":"cs_1","status":"complete","payment_status":"paid","livemode":false,"created":1,
            "customer_details":{"name":"Anna","email":"a@example.com","address":{"line1":"Elsewhere","country":"FR"}},
            "collected_information":{"shipping_details":{"name":"Carla","address":{"line1":"Via Tasso 1","line2":null,
            "postal_code":"24121","city":"Bergamo","state":"BG","country":"IT"}}}}"#;
        let read: SessionAnswer = miniserde::json::from_str(text).expect("a session");
        let customer = read.into_session(Dispute::None).expect("a known status").customer;
        assert_eq!(customer.name.as_deref(), Some("Carla"));
        assert_eq!(customer.address.country.as_deref(), Some("IT"));
        assert_eq!(customer.address.state.as_deref(), Some("BG"));
        assert_eq!(customer.address.lines(), ["Via Tasso 1", "24121 Bergamo BG"]);
    }

    #[test]
    fn an_unknown_status_proves_nothing() {
        let text = r#"{"id":"cs_1","status":"melted","payment_status":"paid","livemode":false,"created":1}"#;
        let read: SessionAnswer = miniserde::json::from_str(text).expect("a session");
        assert_eq!(read.into_session(Dispute::None), None);
    }
}
