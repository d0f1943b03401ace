//! The parameters of every other endpoint, from the same source.

use super::{Field, Kind, field};

const EXPAND: Field = field("expand", Kind::List(&Kind::Text(200), 20));
const LIMIT: Field = field("limit", Kind::Integer(1, 100));
const BEFORE: Field = field("ending_before", Kind::Text(5_000));
const AFTER: Field = field("starting_after", Kind::Text(5_000));
const CREATED: Field = field("created", Kind::Range);
const INTENT: Field = field("payment_intent", Kind::Text(5_000));
const CHARGE: Field = field("charge", Kind::Text(5_000));

pub(crate) const EXPAND_ONLY: &[Field] = &[EXPAND];

pub(crate) const PAGE: &[Field] = &[EXPAND, LIMIT, BEFORE, AFTER];

pub(crate) const LIST_SESSIONS: &[Field] = &[
    CREATED,
    field("customer", Kind::Beyond),
    field("customer_account", Kind::Beyond),
    field("customer_details", Kind::Object(&[field("email", Kind::Text(512))])),
    BEFORE,
    EXPAND,
    LIMIT,
    INTENT,
    field("payment_link", Kind::Beyond),
    AFTER,
    field("status", Kind::Choice(&["complete", "expired", "open"])),
    field("subscription", Kind::Beyond),
];

pub(crate) const LIST_REFUNDS: &[Field] = &[CHARGE, CREATED, BEFORE, EXPAND, LIMIT, INTENT, AFTER];
pub(crate) const LIST_DISPUTES: &[Field] = LIST_REFUNDS;
/// For payment intents and for charges.
pub(crate) const LIST_PAYMENTS: &[Field] = &[CREATED, INTENT, BEFORE, EXPAND, LIMIT, AFTER];

pub(crate) const LIST_EVENTS: &[Field] = &[
    CREATED,
    field("delivery_success", Kind::Flag),
    BEFORE,
    EXPAND,
    LIMIT,
    AFTER,
    field("type", Kind::Text(200)),
    field("types", Kind::List(&Kind::Text(200), 20)),
];

pub(crate) const RETRIEVE_INTENT: &[Field] = &[field("client_secret", Kind::Text(5_000)), EXPAND];

pub(crate) const CANCEL_INTENT: &[Field] = &[
    field(
        "cancellation_reason",
        Kind::Choice(&["abandoned", "duplicate", "fraudulent", "requested_by_customer"]),
    ),
    EXPAND,
];

pub(crate) const REFUND: &[Field] = &[
    field("amount", Kind::Integer(1, 99_999_999)),
    CHARGE,
    field("currency", Kind::Currency),
    field("customer", Kind::Beyond),
    EXPAND,
    field("instructions_email", Kind::Email),
    field("metadata", Kind::Metadata),
    field("origin", Kind::Beyond),
    INTENT,
    field("reason", Kind::Choice(&["duplicate", "fraudulent", "requested_by_customer"])),
    field("refund_application_fee", Kind::Flag),
    field("reverse_transfer", Kind::Flag),
];
