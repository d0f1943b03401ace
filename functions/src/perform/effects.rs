//! Effects of the outbox: mails, refunds, the build hook. Each was committed with its order; each is done at least once.

use std::time::Duration;

use catalog::{Cents, Timestamp};
use storefront::mailbox::without_addresses;

use super::{Till, TillError};
use crate::decide::settle::{Effect, EffectKind};
use crate::decide::{Order, Payment, Refund};
use crate::outside::clock::random_hex;
use crate::outside::mail::MailError;
use crate::outside::store::Task;
use crate::outside::stripe::PaymentsError;
use crate::templates::Unwritten;

/// How long an effect is claimed by one till: longer than a function lives.
const CLAIM: Duration = Duration::from_secs(90);
/// The longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_secs(6 * 3600);
/// After this many failed attempts at a refund, the owner gets a mail.
const TELL_OWNER: i64 = 3;

/// How often a mail that its server refuses is tried, over five days: the mailbox may be full, or the shop on a blocklist.
const OFFERS: i64 = 30;

/// How often an effect that cannot be done as things are is tried, six hours apart: for a month, in which the cause may be
/// fixed. Afterwards `bazaar orders mail` retries it.
const LOOKS: i64 = 120;

/// How an effect ended.
enum Done {
    Yes,
    Later(String),
    /// The cause must be fixed first; the till retries by itself, so nobody needs to trigger it.
    Revalidated(String),
    /// Given up until somebody asks for it: further attempts are pointless.
    Told(String),
}

impl Till {
    /// Does up to `limit` due effects. Returns how many were done.
    ///
    /// # Errors
    /// If the database does not answer. An effect that fails is retried later.
    pub async fn run_effects(&self, limit: i64) -> Result<usize, TillError> {
        self.run_tasks(None, limit).await
    }

    /// Does up to `limit` effects of one order, which was just read. Returns how many were done.
    ///
    /// # Errors
    /// As [`Till::run_effects`].
    pub async fn run_effects_of(&self, order: &Order, limit: i64) -> Result<usize, TillError> {
        self.run_tasks(Some(order), limit).await
    }

    async fn run_tasks(&self, order: Option<&Order>, limit: i64) -> Result<usize, TillError> {
        let order_id = order.map(|order| order.id.as_str());
        let mut known = order.cloned();
        let token = random_hex(self.ledger.clock.as_ref());
        let now = self.ledger.now();
        let tasks = self.ledger.store.claim_tasks(order_id, now, now + CLAIM, &token, limit).await?;
        let mut done = 0;
        for task in tasks {
            match self.run(&task, &mut known).await? {
                Done::Yes => {
                    self.ledger.store.finish_task(&task.id, &token, self.ledger.now()).await?;
                    done += 1;
                }
                Done::Revalidated(why) => {
                    let again = self.ledger.now() + LONGEST_PAUSE;
                    let due_at = if task.attempts < LOOKS { again } else { Timestamp::NEVER };
                    self.give_up(&task, &token, due_at, &why).await?;
                }
                Done::Told(why) => self.give_up(&task, &token, Timestamp::NEVER, &why).await?,
                Done::Later(why) => {
                    let said = without_addresses(&why);
                    tracing::warn!(order = %task.order_id, effect = task.kind.as_str(), attempts = task.attempts, why = said, "an effect failed");
                    let due_at = self.ledger.now() + pause(task.attempts);
                    self.ledger.store.postpone_task(&task.id, &token, due_at, &why).await?;
                }
            }
        }
        Ok(done)
    }

    /// How many effects are given up: mostly mails that cannot be sent.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn given_up(&self) -> Result<i64, TillError> {
        let undone = self.ledger.store.undone_tasks(None).await?;
        let given_up = undone.iter().filter(|undone| undone.given_up_at.is_some()).count();
        Ok(i64::try_from(given_up).unwrap_or(i64::MAX))
    }

    /// Keeps an effect visible: in `/api/health`, in `bazaar orders`, and once as an error in the log.
    async fn give_up(&self, task: &Task, token: &str, due_at: Timestamp, why: &str) -> Result<(), TillError> {
        let (order, effect) = (&task.order_id, task.kind.as_str());
        let said = without_addresses(why);
        if self.ledger.store.give_up_task(&task.id, token, due_at, why, self.ledger.now()).await? {
            tracing::error!(%order, effect, why = said, "an effect was given up; `bazaar orders` shows it");
        } else {
            tracing::warn!(%order, effect, why = said, "an effect still cannot be done");
        }
        Ok(())
    }

    /// Does one effect. `known` is the order read last, so that it need not be read again.
    async fn run(&self, task: &Task, known: &mut Option<Order>) -> Result<Done, TillError> {
        if task.kind == EffectKind::BuildHook {
            return Ok(self.sends.hook.build().await.map_or_else(Done::Later, |()| Done::Yes));
        }
        let refund = task.kind == EffectKind::Refund;
        // A refund needs the order as stored now: the mails before it may have taken seconds.
        if refund || known.as_ref().is_none_or(|order| order.id != task.order_id) {
            *known = self.ledger.store.order(&task.order_id).await?;
        }
        let Some(order) = known.as_ref() else {
            return Ok(Done::Told("its order is not there".to_owned()));
        };
        if refund {
            let done = self.refund(task, order).await;
            // The refund may have changed the order.
            *known = None;
            return done;
        }
        let mail = match self.sends.templates.write(&self.site(), task, order) {
            Ok(mail) => mail,
            Err(Unwritten::Address(why)) => return Ok(Done::Revalidated(why)),
            Err(Unwritten::Template(why)) => return Ok(Done::Later(why)),
        };
        Ok(match self.sends.mailer.send(&mail).await {
            Ok(()) => Done::Yes,
            Err(MailError::Later(why)) => Done::Later(why),
            Err(MailError::Refused(why)) if task.attempts < OFFERS => Done::Later(why),
            Err(MailError::Refused(why)) => Done::Told(why),
            Err(MailError::Never(why)) => Done::Revalidated(why),
        })
    }

    async fn refund(&self, task: &Task, order: &Order) -> Result<Done, TillError> {
        if order.refund == Refund::Done && (order.flagged || order.refunded_amount >= order.total) {
            return Ok(Done::Yes);
        }
        let Some(intent) = &order.payment_intent else {
            return Ok(if order.total == Cents::ZERO {
                Done::Yes
            } else if !matches!(order.payment, Payment::Paid | Payment::RefundDue) {
                Done::Told("nothing was paid".to_owned())
            } else {
                Done::Later("its payment is not known yet".to_owned())
            });
        };
        let key = format!("{}-refund-{}", order.id, task.cause);
        let answer = self.ledger.payments.refund(intent, None, &order.id, &key).await;
        match answer {
            Ok(()) => {
                // Its outcome is observed like any other; if that fails, the sweep does it.
                if let Err(error) = self.ledger.settle(&order.id, None).await {
                    tracing::warn!(order = %order.id, %error, "a refund was asked for, but not seen yet");
                }
                Ok(Done::Yes)
            }
            Err(PaymentsError::Refused { code, .. }) if code == "charge_already_refunded" => {
                self.ledger.settle(&order.id, None).await?;
                Ok(Done::Yes)
            }
            Err(error) => {
                if task.attempts == TELL_OWNER {
                    let effect = Effect { kind: EffectKind::MailRefundFailed, cause: "asking".to_owned() };
                    self.ledger.store.enqueue(&order.id, &[effect], self.ledger.now()).await?;
                }
                Ok(Done::Later(error.to_string()))
            }
        }
    }
}

/// Half a minute, doubled each time up to [`LONGEST_PAUSE`].
fn pause(attempts: i64) -> Duration {
    let doublings = u32::try_from(attempts.clamp(1, 20)).unwrap_or(1);
    Duration::from_secs(15 << doublings).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::pause;

    #[test]
    fn pauses_grow_and_end() {
        assert_eq!(
            [1, 2, 3, 20, i64::MAX].map(|attempts| pause(attempts).as_secs()),
            [30, 60, 120, 21_600, 21_600]
        );
    }
}
