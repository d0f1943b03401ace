//! Mails: which effect sends which, to whom, with which subject and templates.

use std::sync::LazyLock;

use catalog::{Cents, MoneyFormat};
use css_inline::CSSInliner;
use storefront::mailbox::{MailAddress, dot_atom};
use storefront::texts::TillText;
use storefront::views::{MailView, RefundView};

use super::{Site, Templates};
use crate::decide::order::{Dispute, Order};
use crate::decide::owner::AGAIN;
use crate::decide::quote::PICKUP;
use crate::decide::settle::{EffectKind, Told};
use crate::outside::mail::Mail;
use crate::outside::store::Task;

/// Why a mail could not be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unwritten {
    /// The shopper's or the shop's own address is invalid.
    #[error("{0}")]
    Address(String),
    /// A template cannot be rendered.
    #[error("{0}")]
    Template(String),
}

impl Templates {
    /// The mail for an effect.
    ///
    /// # Errors
    /// The reason, for the log and the owner.
    pub fn write(&self, site: &Site<'_>, task: &Task, order: &Order) -> Result<Mail, Unwritten> {
        let settings = &site.shop.settings;
        let own = self.own()?;
        let (name, for_owner) = template(task.kind);
        let default = settings.languages.first().map_or("en", String::as_str);
        let lang = if for_owner { default } else { order.lang.as_str() };
        let theirs = MailAddress::parse(order.customer.email.as_deref().unwrap_or_default());
        let sender = self.sender.as_ref().unwrap_or(&own);
        let (from, to, reply_to) = if for_owner {
            // A mail to oneself looks like spam, so notices come from a tagged address. Some servers accept only one sender:
            // every second attempt uses the plain address.
            let tagged = own.tagged(TAG).filter(|_| sender.is_same(&own) && task.attempts % 2 == 1);
            let from = tagged.unwrap_or_else(|| sender.clone());
            (from, own, theirs.ok())
        } else {
            let theirs = theirs.map_err(|why| Unwritten::Address(format!("the shopper's address: {why}")))?;
            (sender.clone(), theirs, (!sender.is_same(&own)).then(|| own.clone()))
        };
        let mut seen = self.order_view(site, order, lang, true);
        if task.kind == EffectKind::MailDispute
            && let Some(then) = dispute_of(&task.cause)
        {
            // As it was then: it may have changed since.
            seen.dispute = then.as_str();
        }
        let refund = refund_view(task, order, lang);
        let values = [("order", order.id.as_str()), ("shop", settings.name.as_str())];
        let undone = refund.as_ref().is_some_and(|refund| refund.undone);
        let key = format!("mail.{name}.{}", subject(task, order, undone));
        let mut subject = self.text_of(lang, &key, &values);
        if subject == key {
            // A theme may have one subject for all variants.
            subject = self.text(lang, TillText::Subject(name), &values);
        }
        let view = MailView {
            common: self.common(site, lang),
            order: seen,
            cause: task.cause.clone(),
            again: task.cause.starts_with(AGAIN),
            refund,
            subject: subject.clone(),
        };
        let text = self.render(lang, &format!("mails/{name}.txt"), &view).map_err(Unwritten::Template)?;
        let html = self.render(lang, &format!("mails/{name}.html"), &view).map_err(Unwritten::Template)?;
        Ok(Mail {
            message_id: format!("{}@{}", dot_atom(&task.id), from.domain()),
            from: (settings.name.clone(), from.to_string()),
            to: to.to_string(),
            reply_to: reply_to.map(|address| address.to_string()),
            subject,
            text,
            html: inlined(&html),
        })
    }

    fn own(&self) -> Result<MailAddress, Unwritten> {
        let own = self.settings.email.as_deref().unwrap_or_default();
        MailAddress::parse(own).map_err(|why| {
            Unwritten::Address(format!("the shop's own address, `contact: {{ email }}` in shop.yaml: {why}"))
        })
    }
}

/// The owner's mails come from `bonjour+till@example.com`.
const TAG: &str = "till";

/// Copies a mail's styles onto its elements: half of all webmails ignore `<style>` (caniemail.com, `html-style`). Rules that
/// depend on the reader's screen stay there. Nothing is fetched.
fn inlined(html: &str) -> String {
    static INLINER: LazyLock<CSSInliner<'static>> = LazyLock::new(|| {
        CSSInliner::options()
            .load_remote_stylesheets(false)
            .keep_at_rules(true)
            .apply_width_attributes(true)
            .build()
    });
    // A theme's template may have invalid styles: better a plain mail than none.
    INLINER.inline(html).unwrap_or_else(|error| {
        tracing::warn!(%error, "the styles of a mail could not be inlined");
        html.to_owned()
    })
}

/// The templates of an effect, and whether the mail goes to the owner.
fn template(kind: EffectKind) -> (&'static str, bool) {
    match kind {
        EffectKind::MailConfirmation => ("confirmation", false),
        EffectKind::MailNotice => ("notice", true),
        EffectKind::MailAwaiting => ("awaiting", false),
        EffectKind::MailPaymentFailed => ("payment_failed", false),
        EffectKind::MailGone => ("gone", false),
        EffectKind::MailGoneNotice => ("gone_notice", true),
        EffectKind::MailRefund => ("refund", false),
        EffectKind::MailRefundNotice => ("refund_notice", true),
        EffectKind::MailRefundFailed => ("refund_failed", true),
        EffectKind::MailRefused => ("refused", true),
        EffectKind::MailDispute => ("dispute", true),
        EffectKind::MailFlagged => ("flagged", true),
        EffectKind::MailShipped => ("shipped", false),
        EffectKind::MailWithdrawal => ("withdrawal", false),
        EffectKind::MailWithdrawalNotice => ("withdrawal_notice", true),
        EffectKind::MailLink => ("link", false),
        EffectKind::Refund | EffectKind::BuildHook => ("", true),
    }
}

fn subject(task: &Task, order: &Order, undone: bool) -> &'static str {
    match task.kind {
        EffectKind::MailShipped if order.shipping.rate == PICKUP => "subject_pickup",
        EffectKind::MailShipped if task.cause.starts_with(AGAIN) => "subject_again",
        EffectKind::MailRefund | EffectKind::MailRefundNotice if undone => "subject_undone",
        EffectKind::MailDispute => match dispute_of(&task.cause) {
            Some(Dispute::Inquiry) => "subject_inquiry",
            Some(Dispute::Appealed) => "subject_appealed",
            Some(Dispute::Prevented) => "subject_prevented",
            Some(Dispute::Won) => "subject_won",
            Some(Dispute::Lost) => "subject_lost",
            Some(Dispute::Open | Dispute::None) | None => "subject",
        },
        _ => "subject",
    }
}

/// The dispute state that a mail reports: its cause begins with the word.
fn dispute_of(cause: &str) -> Option<Dispute> {
    cause.split(|letter: char| !letter.is_ascii_lowercase()).next()?.parse().ok()
}

fn refund_view(task: &Task, order: &Order, lang: &str) -> Option<RefundView> {
    if !matches!(
        task.kind,
        EffectKind::MailRefund | EffectKind::MailRefundNotice | EffectKind::MailRefundFailed
    ) {
        return None;
    }
    let sum = order.refunded_amount;
    let whole = (task.kind != EffectKind::MailRefundFailed).then_some(Told { this: sum, in_all: sum });
    let told = Told::of(&task.cause).or(whole)?;
    let money = MoneyFormat::new(lang, order.currency);
    Some(RefundView {
        this: money.print(told.this.abs()),
        in_all: (told.in_all > Cents::ZERO).then(|| money.print(told.in_all)),
        complete: told.in_all >= order.total && told.in_all > Cents::ZERO,
        undone: told.this < Cents::ZERO,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use storefront::views::MAILS;

    use super::*;

    #[test]
    fn the_mails_are_those_that_a_theme_is_asked_for() {
        let sent = EffectKind::ALL.iter().map(|(kind, _)| template(*kind).0).filter(|name| !name.is_empty());
        assert_eq!(sent.collect::<BTreeSet<_>>(), MAILS.into_iter().collect::<BTreeSet<_>>());
    }
}
