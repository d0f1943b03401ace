//! What the owner reads at the terminal: lists, single orders, results of commands.

use std::collections::BTreeMap;

use catalog::supply::Taken;
use catalog::{Cents, MoneyFormat, StockKey, Supply};
use jiff::tz::TimeZone;
use messages::{Language, tr};
use serde_json::json;
use till::decide::order::OrderLine;
use till::decide::quote::PICKUP;
use till::decide::{Dispute, Fulfilment, Order, Payment, Refund, stock};
use till::outside::store::{PastMove, Undone};
use till::perform::Till;

use super::{CliError, pretty};
use crate::shell::terminal::time;

/// What to do when counts do not allow a change.
pub(super) fn remedy(why: &stock::Refused) -> String {
    match why {
        stock::Refused::NeverTaken { key, asked, .. } => tr!(
            "\n  what an order that was sent had: bazaar stock return {key} {asked} --order ID\n  what a cancelled order had came back \
             with it; for pieces more than ever, raise the supply in the content"
        ),
        stock::Refused::Overcounted { key, .. } => tr!(
            "\n  pieces that are sold are not counted, even while they lie there; what a shopper sent back: bazaar stock return {key} N \
             --order ID\n  for pieces more than ever, raise the supply in the content"
        ),
        stock::Refused::Short { .. } | stock::Refused::Unlimited(_) => String::new(),
    }
}

/// The result of shipping an order.
pub(super) fn shipped(before: Option<&Order>, order: &Order) -> String {
    let (id, who) = (&order.id, who(order));
    let again = before.is_some_and(|before| before.fulfilment == order.fulfilment);
    let pickup = order.shipping.rate == PICKUP;
    let mut text = match (again, before) {
        (true, Some(before)) if before.tracking == order.tracking => {
            return if pickup {
                tr!("{id} is ready to collect since before; nothing changed, and nobody is told")
            } else {
                tr!("{id} is on its way since before; nothing changed, and nobody is told")
            };
        }
        (true, _) => tr!("{id} is corrected; the till tells {who}"),
        (false, _) if pickup => tr!("{id} is ready to collect; the till tells {who}"),
        (false, _) => tr!("{id} is on its way; the till tells {who}"),
    };
    text.push_str(&parcel(order).map(|parcel| format!("\n  {parcel}")).unwrap_or_default());
    let number = before.and_then(|before| before.tracking.as_ref()?.number.as_deref());
    let tracking = order.tracking.as_ref();
    if let (Some(number), Some(now)) = (number, tracking)
        && now.number.as_deref() != Some(number)
        && now.url.as_deref().is_some_and(|url| url.contains(number))
    {
        text.push_str(&tr!("\n  the link still leads to {number}: correct it with --url"));
    }
    text
}

/// `Colissimo, 6A123, https://…`.
fn parcel(order: &Order) -> Option<String> {
    let tracking = order.tracking.as_ref()?;
    let parts: Vec<&str> = [&tracking.carrier, &tracking.number, &tracking.url]
        .into_iter()
        .filter_map(Option::as_deref)
        .collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// The result of cancelling an order: for its money and its pieces.
pub(super) fn called_off(before: Option<&Order>, order: &Order) -> String {
    let (gone, total) = (order.refunded_amount, money(order, order.total));
    let (id, who, before_that) = (&order.id, who(order), money(order, gone));
    let left = order.total - gone;
    let amount = money(order, left);
    let mut text = match left {
        _ if left <= Cents::ZERO => tr!("{id} is called off; {total} went back before"),
        _ if gone == Cents::ZERO => tr!("{id} is called off; the till gives {amount} back to {who}"),
        _ => tr!(
            "{id} is called off; the till gives {amount} back to {who}: with the {before_that} of before, {total} in all"
        ),
    };
    let owned = before.map(Order::owned).unwrap_or_default();
    let lines = order.lines.iter().filter(|line| line.supply != Supply::Unlimited);
    let pieces: Vec<String> = lines
        .filter(|line| owned.contains_key(&line.key))
        .map(|OrderLine { quantity, title, key, .. }| tr!("\n  for sale again: {quantity} x {title} ({key})"))
        .collect();
    text.push_str(&pieces.concat());
    if !pieces.is_empty() {
        text.push_str(tr!("\n  they are counted: no `bazaar stock return` is needed"));
    }
    text
}

fn who(order: &Order) -> String {
    order
        .customer
        .name
        .clone()
        .or_else(|| order.customer.email.clone())
        .unwrap_or_else(|| tr!("the shopper").to_owned())
}

fn money(order: &Order, amount: Cents) -> String {
    MoneyFormat::new(Language::spoken().tag(), order.currency).print(amount)
}

fn payment(state: Payment) -> &'static str {
    match state {
        Payment::Pending => tr!("order" => "pending"),
        Payment::Open => tr!("order" => "open"),
        Payment::AwaitingFunds => tr!("order" => "awaiting funds"),
        Payment::Paid => tr!("order" => "paid"),
        Payment::Released => tr!("order" => "released"),
        Payment::RefundDue => tr!("order" => "refund due"),
    }
}

fn fulfilment(state: Fulfilment) -> &'static str {
    match state {
        Fulfilment::New => tr!("order" => "new"),
        Fulfilment::Shipped => tr!("order" => "shipped"),
        Fulfilment::Cancelled => tr!("order" => "cancelled"),
    }
}

fn dispute(state: Dispute) -> &'static str {
    match state {
        Dispute::None => tr!("dispute" => "none"),
        Dispute::Inquiry => tr!("dispute" => "inquiry"),
        Dispute::Open => tr!("dispute" => "opened"),
        Dispute::Appealed => tr!("dispute" => "appealed"),
        Dispute::Prevented => tr!("dispute" => "prevented"),
        Dispute::Won => tr!("dispute" => "won"),
        Dispute::Lost => tr!("dispute" => "lost"),
    }
}

fn state(order: &Order, undone: &[Undone]) -> String {
    let mut words = vec![payment(order.payment)];
    if order.payment == Payment::Paid {
        let ready = order.shipping.rate == PICKUP && order.fulfilment == Fulfilment::Shipped;
        words.push(if ready { tr!("ready to collect") } else { fulfilment(order.fulfilment) });
    }
    for (word, is) in [
        (tr!("refund"), order.refund != Refund::None),
        (tr!("dispute"), order.dispute != Dispute::None),
        (tr!("withdrawn"), order.withdrawn_at.is_some()),
        (tr!("AMOUNT DIFFERS"), order.flagged),
        (
            tr!("NOT TOLD"),
            undone.iter().any(|undone| undone.order_id == order.id && undone.given_up_at.is_some()),
        ),
    ] {
        if is {
            words.push(word);
        }
    }
    words.join(", ")
}

pub(super) fn table(orders: &[Order], undone: &[Undone], zone: &TimeZone) -> String {
    if orders.is_empty() {
        return tr!("no orders yet\n").to_owned();
    }
    let rows = orders.iter().map(|order| {
        format!(
            "{:<13} {:<21} {:>12}  {:<28} {}\n",
            order.id,
            time(order.created_at, zone),
            money(order, order.total),
            state(order, undone),
            who(order)
        )
    });
    rows.collect()
}

/// One order; `address` is where it is shipped, line by line.
pub(super) fn one(order: &Order, address: &[String], zone: &TimeZone) -> String {
    let mut text = format!("{}  {}  {}\n\n", order.id, time(order.created_at, zone), state(order, &[]));
    for line in &order.lines {
        text.push_str(&format!(
            "  {:>2} x {:<40} {:>12}\n",
            line.quantity,
            line.title,
            money(order, line.total())
        ));
        if let Some(note) = line.labelled_note(&order.lang) {
            text.push_str(&format!("       {note}\n"));
        }
    }
    text.push_str(&format!(
        "       {:<40} {:>12}\n",
        order.shipping.label,
        money(order, order.shipping.price)
    ));
    text.push_str(&format!("       {:<40} {:>12}\n", tr!("total"), money(order, order.total)));
    let refund = match order.refund {
        Refund::Pending => tr!("asked for, not all there yet"),
        Refund::Failed => tr!("failed: look at it at Stripe"),
        Refund::None | Refund::Done => "",
    };
    for (what, amount) in
        [(tr!("given back"), order.refunded_amount), (tr!("not given back, it failed"), order.refund_failed)]
    {
        if amount > Cents::ZERO {
            text.push_str(&format!("       {what:<40} {:>12}\n", money(order, amount)));
        }
    }
    let facts = [
        (tr!("parcel"), parcel(order)),
        (tr!("withdrawn"), order.withdrawn_at.map(|at| time(at, zone))),
        (tr!("refund"), Some(refund.to_owned()).filter(|refund| !refund.is_empty())),
        (tr!("dispute"), (order.dispute != Dispute::None).then(|| dispute(order.dispute).to_owned())),
    ];
    let back = order.returned.iter().filter(|(_, pieces)| **pieces > 0);
    let back: Vec<String> = back.map(|(key, pieces)| format!("{pieces} x {key}")).collect();
    let facts =
        facts.into_iter().chain([(tr!("came back"), Some(back.join(", ")).filter(|back| !back.is_empty()))]);
    let facts: String = facts.filter_map(|(what, fact)| Some(format!("  {what:<10} {}\n", fact?))).collect();
    if !facts.is_empty() {
        text.push_str(&format!("\n{facts}"));
    }
    text.push_str(&format!("\n  {}\n", who(order)));
    for line in address.iter().chain(order.customer.email.iter()).chain(order.customer.phone.iter()) {
        text.push_str(&format!("  {line}\n"));
    }
    if let Some(note) = &order.gift_note {
        text.push_str(&tr!("\n  to go with it: {note}\n"));
    }
    if let Some(intent) = &order.payment_intent {
        text.push_str(&tr!("\n  at Stripe: {intent}\n"));
    }
    text
}

pub(super) fn stock_table(
    till: &Till,
    taken: &BTreeMap<StockKey, Taken>,
    as_json: bool,
) -> Result<String, CliError> {
    let mut supplies: BTreeMap<StockKey, Option<Supply>> =
        taken.keys().map(|key| (key.clone(), None)).collect();
    for item in till.ledger.shop.items() {
        supplies.insert(item.stock, Some(item.supply));
    }
    let rows: Vec<(StockKey, Option<Supply>, Taken)> = supplies
        .into_iter()
        .map(|(key, supply)| {
            let taken = taken.get(&key).copied().unwrap_or_default();
            (key, supply, taken)
        })
        .collect();
    if as_json {
        let all: Vec<serde_json::Value> = rows
            .iter()
            .map(|(key, supply, taken)| {
                json!({ "key": key, "supply": supply, "sold": taken.sold, "held": taken.held, "away": taken.adjusted,
                    "available": supply.and_then(|supply| supply.available(*taken)) })
            })
            .collect();
        return pretty(&all);
    }
    let mut text = format!(
        "{:<28} {:>9} {:>6} {:>6} {:>6} {:>9}\n",
        tr!("key"),
        tr!("supply"),
        tr!("sold"),
        tr!("held"),
        tr!("away"),
        tr!("available")
    );
    for (key, supply, taken) in rows {
        let number =
            |value: Option<u32>| value.map_or_else(|| tr!("no limit").to_owned(), |value| value.to_string());
        let (all, left) = match supply {
            Some(Supply::Pieces(pieces)) => {
                (number(Some(pieces)), number(Supply::Pieces(pieces).available(taken)))
            }
            Some(Supply::Unlimited) => (number(None), number(None)),
            None => (tr!("gone").to_owned(), "-".to_owned()),
        };
        text.push_str(&format!(
            "{:<28} {all:>9} {:>6} {:>6} {:>6} {left:>9}\n",
            key.as_str(),
            taken.sold,
            taken.held,
            taken.adjusted
        ));
    }
    Ok(text)
}

/// Moves by hand: `-2` left, `+1` came back.
pub(super) fn log(moves: &[PastMove], zone: &TimeZone) -> String {
    if moves.is_empty() {
        return tr!("nothing was moved by hand\n").to_owned();
    }
    let line = |past: &PastMove| {
        format!("{}  {:<28} {:>+6}  {}\n", time(past.at, zone), past.key.as_str(), past.pieces, past.reason)
    };
    moves.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;
    use till::decide::order::Customer;

    use super::*;

    /// A paid order of two bowls and an apron made to order, as stored; fields of `change` override its own.
    fn order(change: &Value) -> Order {
        let mut order = json!({
            "id": "K7QM-4XTB-0D", "version": 3, "payment": "paid", "fulfilment": "new", "refund": "none", "refunded_amount": 0,
            "refund_failed": 0, "dispute": "none", "session_id": "cs_1", "session_url": null, "handed_out": true,
            "payment_intent": "pi_1", "idempotency_key": "key", "request": "", "api_version": "2026-09-30.endive",
        });
        let more = json!({
            "created_at": 1_795_000_000, "expires_at": 1_795_002_100, "paid_at": 1_795_000_100, "due_at": null, "flagged": false,
            "lang": "en", "cart_id": "cart", "client": "client", "currency": "EUR", "livemode": false, "total": 9190,
            "shipping": { "zone": "france", "country": "FR", "rate": "colissimo", "label": "Colissimo", "days": [2, 3],
                "price": 590, "free_in": null, "address": null },
            "vat": [], "customer": Customer { name: Some("Anne Dupont".to_owned()), ..Customer::default() },
            "gift_note": null, "tracking": null, "withdrawn_at": null, "returned": {},
            "lines": [
                { "sku": "BOL", "key": "BOL", "supply": { "pieces": 24 }, "quantity": 2, "unit_price": 2800, "vat": null,
                  "title": "Bowl", "note": null },
                { "sku": "TABLIER", "key": "TABLIER", "supply": "unlimited", "quantity": 1, "unit_price": 3000, "vat": null,
                  "title": "Apron", "note": null },
            ],
        });
        // In two parts because of the macro's recursion limit.
        for (name, value) in more.as_object().into_iter().chain(change.as_object()).flatten() {
            order[name] = value.clone();
        }
        serde_json::from_value(order).expect("an order")
    }

    #[test]
    fn what_is_called_off_says_which_pieces_came_back_and_what_goes_back() {
        let cancelled = |refunded: i64| {
            let before = order(&json!({ "refunded_amount": refunded }));
            called_off(Some(&before), &Order { fulfilment: Fulfilment::Cancelled, ..before.clone() })
        };
        assert_eq!(
            cancelled(0),
            "K7QM-4XTB-0D is called off; the till gives €91.90 back to Anne Dupont\n  for sale again: 2 x Bowl (BOL)\n  \
             they are counted: no `bazaar stock return` is needed"
        );
        assert!(cancelled(1000).starts_with(
            "K7QM-4XTB-0D is called off; the till gives €81.90 back to Anne Dupont: with the €10.00 of before, €91.90 in all\n"
        ));
        assert!(cancelled(9190).starts_with("K7QM-4XTB-0D is called off; €91.90 went back before\n"));
    }

    #[test]
    fn what_is_sent_again_says_what_changed() {
        let (new, first) = (
            order(&Value::Null),
            json!({ "carrier": "Colissimo", "number": "8R1", "url": "https://c.example/8R1" }),
        );
        let sent = |tracking: &Value| order(&json!({ "fulfilment": "shipped", "tracking": tracking }));
        assert_eq!(
            shipped(Some(&new), &sent(&first)),
            "K7QM-4XTB-0D is on its way; the till tells Anne Dupont\n  Colissimo, 8R1, https://c.example/8R1"
        );
        assert_eq!(
            shipped(Some(&sent(&first)), &sent(&first)),
            "K7QM-4XTB-0D is on its way since before; nothing changed, and nobody is told"
        );
        let other = json!({ "carrier": "Colissimo", "number": "8R2", "url": "https://c.example/8R1" });
        assert_eq!(
            shipped(Some(&sent(&first)), &sent(&other)),
            "K7QM-4XTB-0D is corrected; the till tells Anne Dupont\n  Colissimo, 8R2, https://c.example/8R1\n  \
             the link still leads to 8R1: correct it with --url"
        );
        let mut ready = sent(&Value::Null);
        ready.shipping.rate = PICKUP.to_owned();
        assert_eq!(
            shipped(Some(&new), &ready),
            "K7QM-4XTB-0D is ready to collect; the till tells Anne Dupont"
        );
        assert!(
            one(&ready, &[], &TimeZone::UTC).contains("paid, ready to collect"),
            "{}",
            one(&ready, &[], &TimeZone::UTC)
        );
    }

    #[test]
    fn an_order_shows_its_parcel_withdrawal_refunds_and_dispute() {
        let text = one(
            &order(&json!({
                "fulfilment": "shipped", "tracking": { "carrier": "Colissimo", "number": "8R1", "url": "https://c.example/8R1" },
                "withdrawn_at": 1_795_090_000, "refund": "pending", "refunded_amount": 1000, "refund_failed": 500,
                "dispute": "inquiry", "returned": { "BOL": 1 },
            })),
            &["3 rue Haute".to_owned()],
            &TimeZone::UTC,
        );
        for (what, amount) in [("given back", "€10.00"), ("not given back, it failed", "€5.00")] {
            assert!(text.contains(&format!("       {what:<40} {amount:>12}\n")), "{what}\n{text}");
        }
        for line in [
            "  parcel     Colissimo, 8R1, https://c.example/8R1\n",
            "  withdrawn  2026-11-19 ",
            "  refund     asked for, not all there yet\n",
            "  dispute    inquiry\n",
            "  came back  1 x BOL\n",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
        assert!(
            !one(&order(&Value::Null), &[], &TimeZone::UTC).contains("  parcel"),
            "what there is not is not shown"
        );
    }
}
