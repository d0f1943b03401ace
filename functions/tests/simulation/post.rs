//! The simulated mail server: it can be down, or fail before its answer.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use till::outside::mail::{Mail, MailError, Mailer};

use crate::chance::{Chance, pause};

/// Accepted mails by their task: recipient and text.
pub type Sent = BTreeMap<String, (String, String)>;

/// A mail server.
pub struct SimPost {
    pub chance: Arc<Chance>,
    pub sent: Arc<Mutex<Sent>>,
}

#[async_trait]
impl Mailer for SimPost {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        pause().await;
        if self.chance.fault(5) {
            return Err(MailError::Later("down".to_owned()));
        }
        let id = mail.message_id.rsplit_once('@').map_or("", |(id, _)| id);
        self.sent.lock().expect("one thread").insert(id.to_owned(), (mail.to.clone(), mail.text.clone()));
        pause().await;
        if self.chance.fault(10) {
            return Err(MailError::Later("died before 250".to_owned()));
        }
        Ok(())
    }
}
