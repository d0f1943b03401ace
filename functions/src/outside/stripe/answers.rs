//! The parts of Stripe's answers that the till reads.

use std::collections::BTreeMap;

use catalog::{Cents, Timestamp};
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
    /// The newest ten.
    pub refunds: Option<Page<RefundAnswer>>,
}

#[derive(Deserialize, Debug)]
pub struct Page<T> {
    pub data: Vec<T>,
    pub has_more: Option<bool>,
}

/// An entry of a list.
pub trait Entry {
    /// The id after which the next page is requested.
    fn id(&self) -> &str;
}

impl<T: Entry> Page<T> {
    /// The id after which the next page begins; `None` on the last page.
    pub fn last_id(&self) -> Option<&str> {
        self.data.last().filter(|_| self.has_more == Some(true)).map(Entry::id)
    }
}

#[derive(Deserialize, Debug)]
pub struct RefundAnswer {
    pub id: String,
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

/// A session in a list.
#[derive(Deserialize, Debug)]
pub struct ListedSession {
    pub id: String,
    pub metadata: Option<BTreeMap<String, String>>,
}

/// A session in a list, with its payment expanded.
#[derive(Deserialize, Debug)]
pub struct PurchaseAnswer {
    pub id: String,
    pub payment_status: String,
    pub metadata: Option<BTreeMap<String, String>>,
    pub payment_intent: Option<StatusAnswer>,
}

/// A `payment_intent` with nothing expanded.
#[derive(Deserialize, Debug)]
pub struct StatusAnswer {
    pub status: String,
}

impl PurchaseAnswer {
    /// Whether it was paid or may still be: a slow bank has not refused.
    pub fn is_bought(&self) -> bool {
        let pays_later = self.payment_intent.as_ref().is_some_and(|intent| intent.status == "processing");
        self.payment_status != "unpaid" || pays_later
    }
}

impl Entry for RefundAnswer {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Entry for ListedSession {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Entry for PurchaseAnswer {
    fn id(&self) -> &str {
        &self.id
    }
}

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
    /// Whether its charge is disputed, so that the disputes must be retrieved.
    pub fn disputed(&self) -> bool {
        let charge = self.payment_intent.as_ref().and_then(|intent| intent.latest_charge.as_ref());
        charge.and_then(|charge| charge.disputed).unwrap_or(false)
    }

    /// The payment intent, if it has more refunds than this answer, so that they must be retrieved.
    pub fn has_more_refunds(&self) -> Option<&str> {
        let intent = self.payment_intent.as_ref()?;
        let more = intent.latest_charge.as_ref()?.refunds.as_ref()?.has_more.unwrap_or(false);
        more.then_some(intent.id.as_str())
    }

    /// Replaces the newest refunds with all of them.
    pub fn set_refunds(&mut self, all: Vec<RefundAnswer>) {
        let charge = self.payment_intent.as_mut().and_then(|intent| intent.latest_charge.as_mut());
        if let Some(refunds) = charge.and_then(|charge| charge.refunds.as_mut()) {
            *refunds = Page { data: all, has_more: Some(false) };
        }
    }

    /// Converts it into our types; `None` for an unknown status, which proves nothing.
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
            amount_total: self.amount_total.map(Cents),
            currency: self.currency,
            livemode: self.livemode,
            order_id: self.metadata.and_then(|mut metadata| metadata.remove("order_id")),
            intent: self.payment_intent.map(|intent| intent.into_intent(dispute)),
            customer: customer(self.customer_details, shipping),
            created: Timestamp(self.created),
        })
    }
}

impl IntentAnswer {
    fn into_intent(self, dispute: Dispute) -> Intent {
        let refunds = self.latest_charge.and_then(|charge| charge.refunds).map(|list| list.data);
        let refunds = refunds.unwrap_or_default().into_iter().map(|refund| RefundSeen {
            amount: Cents(refund.amount),
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
    /// Of all disputes, the state that needs the owner most
    /// (<https://docs.stripe.com/api/disputes/object#dispute_object-status>). An unknown status counts as open.
    pub fn state(&self) -> Dispute {
        let of = |status: &str| match status {
            "warning_needs_response" | "warning_under_review" => Dispute::Inquiry,
            "appeal_needs_response" | "appeal_under_review" => Dispute::Appealed,
            "prevented" => Dispute::Prevented,
            "won" | "warning_closed" => Dispute::Won,
            "lost" => Dispute::Lost,
            _ => Dispute::Open,
        };
        self.data
            .iter()
            .map(|dispute| of(&dispute.status))
            .max_by_key(|state| match state {
                Dispute::Open => 6,
                Dispute::Appealed => 5,
                Dispute::Inquiry => 4,
                Dispute::Lost => 3,
                Dispute::Prevented => 2,
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

    /// A session as Stripe answers it, with its payment in this state.
    fn session(payment_status: &str, intent: &str, refunds: &str, livemode: bool) -> Session {
        let text = format!(
            r#"{{"id":"cs_1","status":"complete","payment_status":"{payment_status}","livemode":{livemode},"created":7,
            "amount_total":6190,"currency":"eur","metadata":{{"order_id":"K7QM"}},"payment_intent":{{"id":"pi_1",
            "status":"{intent}","latest_charge":{{"refunds":{{"data":[{refunds}]}}}}}}}}"#
        );
        let read: SessionAnswer = miniserde::json::from_str(&text).expect("a session");
        read.into_session(Dispute::Lost).expect("a known status")
    }

    #[test]
    fn what_an_order_depends_on_is_read_as_it_stands() {
        for livemode in [false, true] {
            let read = session("paid", "succeeded", "", livemode);
            assert_eq!((read.livemode, read.amount_total), (livemode, Some(Cents(6190))));
            assert_eq!((read.currency.as_deref(), read.order_id.as_deref()), (Some("eur"), Some("K7QM")));
            assert_eq!(read.intent.map(|intent| intent.dispute), Some(Dispute::Lost));
        }
        for (status, paid) in [("paid", true), ("no_payment_required", true), ("unpaid", false), ("x", false)]
        {
            assert_eq!(session(status, "succeeded", "", false).paid, paid, "{status}");
        }
        for (status, processing, failed) in [
            ("processing", true, false),
            ("succeeded", false, false),
            ("requires_payment_method", false, true),
            ("canceled", false, true),
            ("requires_action", false, false),
            ("requires_confirmation", false, false),
        ] {
            let intent = session("unpaid", status, "", false).intent.expect("a payment");
            assert_eq!((intent.processing, intent.failed), (processing, failed), "{status}");
        }
    }

    #[test]
    fn only_a_refund_that_succeeded_is_done() {
        for (status, state) in [
            (r#""succeeded""#, Refund::Done),
            (r#""pending""#, Refund::Pending),
            (r#""requires_action""#, Refund::Pending),
            (r#""melted""#, Refund::Pending),
            ("null", Refund::Pending),
            (r#""failed""#, Refund::Failed),
            (r#""canceled""#, Refund::Failed),
        ] {
            let refund = format!(r#"{{"id":"re_1","amount":100,"status":{status}}}"#);
            let intent = session("paid", "succeeded", &refund, false).intent.expect("a payment");
            assert_eq!(intent.refunds, [RefundSeen { amount: Cents(100), state }], "{status}");
        }
    }

    #[test]
    fn of_several_disputes_the_one_that_asks_most_counts() {
        let ranks =
            ["won", "prevented", "lost", "warning_needs_response", "appeal_needs_response", "needs_response"];
        let state = |all: &[&str]| {
            let data = all.iter().map(|status| DisputeAnswer { status: (*status).to_owned() }).collect();
            DisputesAnswer { data }.state()
        };
        for (at, more) in ranks.iter().enumerate() {
            for less in &ranks[..at] {
                assert_eq!(state(&[less, more]), state(&[more]), "{less}, {more}");
                assert_eq!(state(&[more, less]), state(&[more]), "{more}, {less}");
            }
        }
    }

    #[test]
    fn every_status_of_a_dispute_is_understood() {
        let state = |all: &[&str]| {
            let data = all.iter().map(|status| DisputeAnswer { status: (*status).to_owned() }).collect();
            DisputesAnswer { data }.state()
        };
        for (status, understood) in [
            ("warning_needs_response", Dispute::Inquiry),
            ("warning_under_review", Dispute::Inquiry),
            ("warning_closed", Dispute::Won),
            ("needs_response", Dispute::Open),
            ("under_review", Dispute::Open),
            ("appeal_needs_response", Dispute::Appealed),
            ("appeal_under_review", Dispute::Appealed),
            ("prevented", Dispute::Prevented),
            ("won", Dispute::Won),
            ("lost", Dispute::Lost),
            ("melted", Dispute::Open),
        ] {
            assert_eq!(state(&[status]), understood, "{status}");
        }
        assert_eq!(state(&[]), Dispute::None);
        assert_eq!(
            state(&["won", "needs_response", "lost"]),
            Dispute::Open,
            "what waits for the owner counts"
        );
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
