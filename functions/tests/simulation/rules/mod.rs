//! The rules of the till, as assertions: `watch` after every transaction, `rest` once everything has come to rest.
//!
//! 1. Nothing is promised more often than it exists.
//! 2. Paid means that Stripe took the right amount, currency and mode; a till of another account does nothing.
//! 3. A hold is released only when Stripe confirms that the order cannot be paid.
//! 4. The counts match the orders.
//! 5. Everything comes to rest: no order is lost, no money kept for nothing, no mail forgotten.
//! 6. What cannot be done is shown.
//! 7. Only what was taken comes back.
//! 8. Mails report refunds as they happened.
//! 9. A cart costs what it should at that instant.
//! 10. A cart has one open order; a client, a limited number.
//! 11. Nothing is shipped in doubt.
//! 12. A mail goes to its recipient, in their language.
//! 13. An effect is done by one worker at a time, with pauses.
//! 14. The state of disputes is known.

pub mod rest;
pub mod watch;
