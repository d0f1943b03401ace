//! A till that sends its mails to the wrong people.

use std::sync::Arc;

use async_trait::async_trait;
use till::outside::mail::{Mail, MailError, Mailer};

use crate::planted::Flaw;
use crate::shop::OWNER;

/// A mail server with one mistake in front of it.
pub struct FlawedMailer {
    pub flaw: Flaw,
    pub inner: Arc<dyn Mailer>,
}

#[async_trait]
impl Mailer for FlawedMailer {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let mut mail = mail.clone();
        // The owner's notices can be answered to the shopper.
        if let Some(shopper) =
            mail.reply_to.take_if(|_| self.flaw == Flaw::NoticeToShopper && mail.to == OWNER)
        {
            mail.to = shopper;
        }
        self.inner.send(&mail).await
    }
}
