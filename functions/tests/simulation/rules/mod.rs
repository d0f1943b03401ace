//! The rules of the till, as assertions: `watch` after every transaction, `rest` when everything has come to rest.
//!
//! 1. Nothing is promised more often than it exists.
//! 2. Paid means that Stripe took the right amount, in the right money; a till of another account does nothing.
//! 3. A hold ends only on Stripe's word.
//! 4. The counts are those of the orders.
//! 5. Everything comes to rest: no order is lost, no money kept for nothing, no mail forgotten.
//! 6. What cannot be done is seen.
//! 7. Only what was taken comes back.
//! 8. What is told of refunds is what happened.
//! 9. A cart costs what it should at that instant.
//! 10. One cart has one open order, one client so many.
//! 11. Nothing is sent in doubt.
//! 12. A mail goes to whom it is for, in their language.
//! 13. An effect is done by one at a time, with pauses.
//! 14. Disputes are known as they stand.

pub mod rest;
pub mod watch;
