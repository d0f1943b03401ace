//! Known mistakes, one in each till: the simulation must find every one.

pub mod mails;
pub mod payments;
pub mod shop;

use crate::first_broken;
use crate::planted::Flaw;
use crate::world::Plan;

/// The number of seeds in which each must be found.
const SEEDS: u64 = 2000;

/// Runs tills with a flaw; the simulation must find it.
#[allow(clippy::print_stderr, reason = "read by whoever runs it with --no-capture")]
fn must_find(flaw: Flaw, plan: Plan) {
    let found = first_broken(0..SEEDS, Plan { flaw: Some(flaw), ..plan });
    let (seed, why) = found.unwrap_or_else(|| panic!("{flaw:?} went unnoticed"));
    eprintln!("{flaw:?}: seed {seed}: {why}");
}

/// One test each: `name: Flaw, plan`.
macro_rules! found {
    ($($name:ident: $flaw:ident $(, $plan:ident)?;)+) => {
        $(
            #[test]
            fn $name() {
                let plans = [$(Plan::$plan(),)? Plan::everything()];
                must_find(Flaw::$flaw, plans[0]);
            }
        )+

        #[test]
        fn every_flaw_has_a_test() {
            let tested = [$(Flaw::$flaw),+];
            for flaw in Flaw::ALL {
                assert!(tested.contains(flaw), "{flaw:?} has no test");
            }
        }
    };
}

found! {
    a_release_on_a_timer_is_found: ReleaseOnTimer;
    counting_first_and_taking_afterwards_is_found: ReadThenWrite;
    fulfilling_on_completed_is_found: FulfilOnCompleted;
    booking_an_event_before_its_effect_is_found: DedupeFirst, without_sweeps;
    releasing_what_others_hold_is_found: ReleaseUnowned;
    a_sweep_during_creation_is_found: SweepDuringCreation;
    taking_back_what_was_never_taken_is_found: ReturnUntaken;
    telling_nobody_of_a_refund_that_failed_is_found: FailedRefundUntold;
    giving_a_mail_up_in_silence_is_found: GiveUpInSilence;
    taking_any_amount_is_found: AnyAmount;
    taking_any_currency_is_found: AnyCurrency;
    taking_any_mode_is_found: AnyMode;
    working_on_any_database_is_found: AnyDatabase;
    ignoring_a_late_payment_is_found: LatePaymentIgnored, banks;
    a_late_payment_that_takes_what_is_gone_is_found: LatePaymentTakesAll, banks;
    keeping_the_money_of_what_is_gone_is_found: GoneUnrefunded, banks;
    forgetting_a_pending_refund_is_found: PendingRefundForgotten, refunds;
    counting_one_refund_of_several_is_found: OneRefundCounts;
    counting_ten_refunds_of_more_is_found: TenRefundsCount;
    refunding_the_own_total_is_found: RefundsOwnTotal;
    taking_won_for_lost_is_found: WonIsLost;
    keeping_the_first_state_of_a_dispute_is_found: OneDisputeState;
    telling_nobody_of_a_dispute_is_found: DisputeUntold;
    counting_a_shared_stock_apart_is_found: SharedStockApart;
    selling_after_the_last_day_is_found: SoldAfterUnpublish;
    selling_before_the_first_day_is_found: SoldBeforePublish;
    a_sale_without_end_is_found: SaleWithoutEnd;
    charging_what_was_not_shown_is_found: PriceUnasked;
    a_rate_of_another_zone_is_found: AnyZone;
    free_shipping_above_its_threshold_only_is_found: FreeAboveOnly;
    selling_while_closed_is_found: SellsWhenClosed;
    ignoring_the_hourly_limit_is_found: NoHourlyLimit;
    ignoring_the_limit_of_open_orders_is_found: NoOpenLimit;
    two_open_orders_of_one_cart_are_found: CartTwice;
    another_key_for_the_second_attempt_is_found: NewKeyOnRetry;
    not_asking_about_a_delayed_payment_is_found: NobodyAsksAgain, banks;
    ignoring_versions_is_found: VersionIgnored;
    a_cancelled_order_that_keeps_its_pieces_is_found: CancelKeepsPieces;
    a_cancelled_order_that_keeps_its_money_is_found: CancelKeepsMoney;
    sending_in_doubt_is_found: ShipInDoubt;
    sending_without_a_word_is_found: ShipUntold;
    a_withdrawal_without_a_word_is_found: WithdrawalUntold;
    pieces_that_come_back_twice_are_found: ReturnTwice;
    a_count_that_forgets_held_pieces_is_found: CountForgetsHeld;
    trying_a_mail_once_is_found: MailTriedOnce;
    trying_again_at_once_is_found: NoPause;
    two_at_one_effect_are_found: ClaimIgnored;
    the_owners_notice_to_the_shopper_is_found: NoticeToShopper;
    a_mail_in_the_wrong_language_is_found: OwnersLanguage;
    forgetting_payments_on_their_way_after_a_loss_is_found: OnlyPaidWasSold, losses;
    asking_about_nothing_after_a_loss_is_found: NobodyAsksAfterLoss, losses;
}
