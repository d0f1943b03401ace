//! Rules that make a mistake: what they are shown is changed before the till's own rules decide, or what these decided afterwards.

use catalog::{Cents, StockKey, Timestamp};
use till::decide::order::Tracking;
use till::decide::owner::Refused;
use till::decide::settle::{Effect, EffectKind, Observation, Session, SessionStatus, StockChange, Told};
use till::decide::{Decision, Dispute, Order, Payment, Quote, Refund, Rules, TillRules};

use super::Flaw;

/// The till's rules with one mistake.
pub struct FlawedRules(pub Flaw);

impl FlawedRules {
    /// Changes what Stripe shows.
    fn misread(&self, order: &Order, session: &mut Session) {
        match (self.0, &mut session.intent) {
            (Flaw::AnyAmount, _) => session.amount_total = Some(order.total),
            (Flaw::AnyCurrency, _) => session.currency = Some(order.currency.code().to_lowercase()),
            (Flaw::AnyMode, _) => session.livemode = order.livemode,
            (Flaw::LatePaymentIgnored, _) if order.payment == Payment::Released => session.paid = false,
            (Flaw::PendingRefundForgotten, Some(intent)) => {
                intent.refunds.retain(|refund| refund.state != Refund::Pending);
            }
            (Flaw::OneRefundCounts, Some(intent)) => intent.refunds.truncate(1),
            (Flaw::OneDisputeState, Some(intent)) if order.dispute != Dispute::None => {
                intent.dispute = Dispute::None;
            }
            _ => {}
        }
    }

    /// Changes what was decided.
    fn misjudge(&self, order: &Order, seen: &Observation, decision: &mut Decision) {
        match self.0 {
            Flaw::ReleaseUnowned if order.payment == Payment::Released && cannot_be_paid(seen) => {
                decision.stock = StockChange::Release;
            }
            Flaw::FailedRefundUntold => decision.effects.retain(|effect| !is_of_undone_refund(effect)),
            Flaw::DisputeUntold => decision.effects.retain(|effect| effect.kind != EffectKind::MailDispute),
            Flaw::NobodyAsksAgain if decision.next.payment == Payment::AwaitingFunds => {
                decision.next.due_at = None;
            }
            _ => {}
        }
    }
}

fn cannot_be_paid(seen: &Observation) -> bool {
    match seen {
        Observation::NoSession => true,
        Observation::Session(session) => session.status == SessionStatus::Expired,
    }
}

fn is_of_undone_refund(effect: &Effect) -> bool {
    effect.kind == EffectKind::MailRefund
        && Told::of(&effect.cause).is_some_and(|told| told.this < Cents::ZERO)
}

impl Rules for FlawedRules {
    fn is_as_shown(&self, quote: &Quote, prices: &[Option<Cents>], total: Option<Cents>) -> bool {
        self.0 == Flaw::PriceUnasked || TillRules.is_as_shown(quote, prices, total)
    }

    fn settle(&self, order: &Order, seen: &Observation, now: Timestamp) -> Decision {
        let mut seen = seen.clone();
        if let Observation::Session(session) = &mut seen {
            self.misread(order, session);
        }
        let mut decision = TillRules.settle(order, &seen, now);
        self.misjudge(order, &seen, &mut decision);
        decision
    }

    fn late_and_gone(&self, decision: Decision, now: Timestamp) -> Decision {
        let mut decision = TillRules.late_and_gone(decision, now);
        if self.0 == Flaw::GoneUnrefunded {
            decision.effects.retain(|effect| effect.kind != EffectKind::Refund);
            decision.next.refund = Refund::None;
            decision.next.due_at = None;
        }
        decision
    }

    fn ship(&self, order: &Order, given: &Tracking, anyway: bool) -> Result<Decision, Refused> {
        let mut decision = TillRules.ship(order, given, anyway || self.0 == Flaw::ShipInDoubt)?;
        if self.0 == Flaw::ShipUntold {
            decision.effects.clear();
        }
        Ok(decision)
    }

    fn cancel(&self, order: &Order, now: Timestamp) -> Result<Decision, Refused> {
        let mut decision = TillRules.cancel(order, now)?;
        match self.0 {
            Flaw::CancelKeepsPieces => decision.stock = StockChange::None,
            Flaw::CancelKeepsMoney => {
                decision.effects.clear();
                decision.next.refund = order.refund;
                decision.next.due_at = order.due_at;
            }
            _ => {}
        }
        Ok(decision)
    }

    fn take_back(&self, order: &Order, key: &StockKey, pieces: i64) -> Result<Decision, Refused> {
        let mut order = order.clone();
        if self.0 == Flaw::ReturnTwice {
            order.returned.remove(key);
        }
        TillRules.take_back(&order, key, pieces)
    }

    fn withdraw(&self, order: &Order, now: Timestamp) -> Result<Decision, Refused> {
        let mut decision = TillRules.withdraw(order, now)?;
        if self.0 == Flaw::WithdrawalUntold {
            decision.effects.clear();
        }
        Ok(decision)
    }
}
