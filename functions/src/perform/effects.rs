//! Effects of the outbox: mails, refunds, the build hook. Each was committed with its order; each is done at least once.

use super::{Till, TillError};
use crate::decide::settle::{Effect, EffectKind};
use crate::decide::{Order, Payment, Refund};
use crate::outside::clock::random_hex;
use crate::outside::mail::MailError;
use crate::outside::store::Task;
use crate::outside::stripe::PaymentsError;

/// How long an effect belongs to who took it, in seconds: longer than a function lives.
const CLAIM: i64 = 90;
/// The longest pause between two attempts, in seconds.
const LONGEST_PAUSE: i64 = 6 * 3600;
/// After so many attempts at a refund, the owner is told.
const TELL_OWNER: i64 = 3;

/// A mail that its server refuses is offered so many times, over five days: the mailbox may be full, or the shop's own name in a
/// list of bad ones.
const OFFERS: i64 = 30;

/// How an effect ended.
enum Done {
    Yes,
    Later(String),
    Never(String),
}

impl Till {
    /// Does up to `limit` effects that are due, of one order or of all. Gives how many were done.
    ///
    /// # Errors
    /// When the database does not answer. An effect that fails is tried again later.
    pub async fn run_effects(&self, order_id: Option<&str>, limit: i64) -> Result<usize, TillError> {
        let token = random_hex(self.clock.as_ref());
        let now = self.now();
        let tasks = self.store.claim_tasks(order_id, now, now + CLAIM, &token, limit).await?;
        let mut done = 0;
        for task in tasks {
            match self.run(&task).await? {
                Done::Yes => {
                    self.store.finish_task(&task.id, &token, self.now()).await?;
                    done += 1;
                }
                Done::Never(why) => {
                    tracing::error!(order = %task.order_id, effect = task.kind.word(), why, "an effect can never be done");
                    self.store.finish_task(&task.id, &token, self.now()).await?;
                }
                Done::Later(why) => {
                    tracing::warn!(order = %task.order_id, effect = task.kind.word(), attempts = task.attempts, why, "an effect failed");
                    let due_at = self.now() + pause(task.attempts);
                    self.store.postpone_task(&task.id, &token, due_at, &why).await?;
                }
            }
        }
        Ok(done)
    }

    async fn run(&self, task: &Task) -> Result<Done, TillError> {
        if task.kind == EffectKind::BuildHook {
            return Ok(self.hook.build().await.map_or_else(Done::Later, |()| Done::Yes));
        }
        let Some(order) = self.store.order(&task.order_id).await? else {
            return Ok(Done::Never("its order is not there".to_owned()));
        };
        if task.kind == EffectKind::Refund {
            return self.refund(task, &order).await;
        }
        let mail = match self.letters.write(self, task, &order) {
            Ok(Some(mail)) => mail,
            Ok(None) => return Ok(Done::Never("there is nobody to write to".to_owned())),
            Err(error) => return Ok(Done::Later(error)),
        };
        Ok(match self.post.send(&mail).await {
            Ok(()) => Done::Yes,
            Err(MailError::Later(why)) => Done::Later(why),
            Err(MailError::Refused(why)) if task.attempts < OFFERS => Done::Later(why),
            Err(MailError::Refused(why) | MailError::Never(why)) => Done::Never(why),
        })
    }

    async fn refund(&self, task: &Task, order: &Order) -> Result<Done, TillError> {
        if order.refund == Refund::Done && (order.flagged || order.refunded_amount >= order.total) {
            return Ok(Done::Yes);
        }
        let Some(intent) = &order.payment_intent else {
            return Ok(if order.total == 0 || !matches!(order.payment, Payment::Paid | Payment::RefundDue) {
                Done::Never("nothing was paid".to_owned())
            } else {
                Done::Later("its payment is not known yet".to_owned())
            });
        };
        let key = format!("{}-refund-{}", order.id, task.cause);
        let answer = self.payments.refund(intent, None, &order.id, &key).await;
        match answer {
            Ok(()) => {
                // What became of it is seen like everything else; should that fail, the sweep sees it.
                if let Err(error) = self.settle(&order.id, None).await {
                    tracing::warn!(order = %order.id, %error, "a refund was asked for, but not seen yet");
                }
                Ok(Done::Yes)
            }
            Err(PaymentsError::Refused { code, .. }) if code == "charge_already_refunded" => {
                self.settle(&order.id, None).await?;
                Ok(Done::Yes)
            }
            Err(error) => {
                if task.attempts == TELL_OWNER {
                    let effect = Effect { kind: EffectKind::MailRefundFailed, cause: "asking".to_owned() };
                    self.store.enqueue(&order.id, &[effect], self.now()).await?;
                }
                Ok(Done::Later(error.to_string()))
            }
        }
    }
}

/// Half a minute, then twice as long each time.
fn pause(attempts: i64) -> i64 {
    let doubled =
        15i64.checked_shl(u32::try_from(attempts.clamp(1, 20)).unwrap_or(1)).unwrap_or(LONGEST_PAUSE);
    doubled.min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::pause;

    #[test]
    fn pauses_grow_and_end() {
        assert_eq!([1, 2, 3, 20, i64::MAX].map(pause), [30, 60, 120, 21_600, 21_600]);
    }
}
