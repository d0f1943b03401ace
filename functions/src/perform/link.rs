//! Mails a lost link to an order again, to the address that paid. The requester does not learn what exists.

use storefront::mailbox::MailAddress;

use super::ledger::HOUR;
use super::{Till, TillError};
use crate::decide::Order;
use crate::decide::settle::{Effect, EffectKind};
use crate::outside::clock::{ORDER_ID, read_order_id};

impl Till {
    /// Commits the mail with the link of an order if `email` paid it. Returns the order then.
    ///
    /// # Errors
    /// [`TillError::RateLimited`] after too many requests by one client, successful or not; or [`TillError::Store`].
    pub async fn mail_link(
        &self,
        number: &str,
        email: &str,
        client: &str,
    ) -> Result<Option<Order>, TillError> {
        let now = self.ledger.now();
        let window = now.floor(HOUR);
        if self.ledger.store.count_request(client, "link", window).await? > self.ledger.limits.links_per_hour
        {
            return Err(TillError::RateLimited);
        }
        let Some(id) = order_number(number) else { return Ok(None) };
        let Some(order) = self.ledger.store.order(&id).await? else { return Ok(None) };
        let theirs = MailAddress::parse(order.customer.email.as_deref().unwrap_or_default());
        let is_theirs =
            matches!((theirs, MailAddress::parse(email)), (Ok(theirs), Ok(asked)) if asked.is_same(&theirs));
        if !is_theirs {
            return Ok(None);
        }
        // Mailed once an hour, however often it is requested.
        let effect = Effect { kind: EffectKind::MailLink, cause: window.0.to_string() };
        self.ledger.store.enqueue(&order.id, &[effect], now).await?;
        Ok(Some(order))
    }
}

/// An order number as people type it, in our spelling; `None` if it cannot be a whole one.
fn order_number(typed: &str) -> Option<String> {
    read_order_id(typed).filter(|id| id.len() == ORDER_ID)
}

#[cfg(test)]
mod tests {
    use super::order_number;

    #[test]
    fn a_number_is_understood_as_people_type_it() {
        for typed in ["K7QM-4X1B-0D", " k7qm 4xlb od ", "K7QM4XIB0D", "№ K7QM–4X1B–0D"] {
            assert_eq!(order_number(typed).as_deref(), Some("K7QM-4X1B-0D"), "{typed}");
        }
        for wrong in ["", "K7QM-4X1B-0", "K7QM-4X1B-0DD", "K7QM-4X1B-0U", "K7QM-4X1B-0é"] {
            assert_eq!(order_number(wrong), None, "{wrong}");
        }
    }
}
