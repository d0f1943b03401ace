//! Mails that could not be sent, as the owner sees them on the terminal.

use jiff::tz::TimeZone;
use messages::{tr, trn};
use serde::Serialize;
use till::decide::Order;
use till::outside::store::Undone;
use till::perform::Till;

use super::error::CliError;
use super::terminal::time;

/// An order with its undone effects, as JSON.
#[derive(Serialize)]
pub(super) struct Shown<'o> {
    #[serde(flatten)]
    order: &'o Order,
    undone: Vec<&'o Undone>,
}

impl<'o> Shown<'o> {
    pub(super) fn new(order: &'o Order, undone: &'o [Undone]) -> Self {
        Shown { order, undone: undone.iter().filter(|undone| undone.order_id == order.id).collect() }
    }
}

/// The undone effects of an order, printed below it.
pub(super) fn list(undone: &[Undone], zone: &TimeZone) -> String {
    let mut text = String::new();
    for Undone { kind, attempts, trouble, given_up_at, order_id } in undone {
        let times = trn!(*attempts, "once", "{attempts} times");
        text.push_str(&match given_up_at {
            Some(at) => tr!(
                "\n  {kind} was given up on {date}, tried {times}: {trouble}\n    mend it, then: bazaar orders mail {order_id}\n",
                date = time(*at, zone)
            ),
            None => tr!("\n  {kind} is not done yet, tried {times}: {trouble}\n"),
        });
    }
    text
}

/// How many orders have mails that were given up, printed below the list of orders.
pub(super) fn sum(undone: &[Undone]) -> String {
    let given_up: Vec<&Undone> = undone.iter().filter(|undone| undone.given_up_at.is_some()).collect();
    let Some(first) = given_up.first() else { return String::new() };
    let Undone { kind, order_id, trouble, .. } = first;
    let count = given_up.len();
    trn!(
        count,
        "\n{count} given up, such as {kind} of {order_id}: {trouble}\n  mend the cause, then: bazaar orders mail\n",
        "\n{count} given up, such as {kind} of {order_id}: {trouble}\n  mend the cause, then: bazaar orders mail\n"
    )
}

/// `bazaar orders mail`.
pub(super) async fn retry(till: &Till, id: Option<&str>, drop: bool) -> Result<String, CliError> {
    if let Some(id) = id
        && till.ledger.store.order(id).await.map_err(CliError::failed)?.is_none()
    {
        return Err(CliError::usage(tr!("there is no order {id}")));
    }
    let now = till.ledger.now();
    Ok(match id {
        Some(id) if drop => match till.ledger.store.drop_tasks(id, now).await.map_err(CliError::failed)? {
            0 => tr!("nothing of {id} was given up"),
            count => tr!("{count} of {id} will not be tried or shown any more"),
        },
        _ => match till.ledger.store.hurry_tasks(id, now).await.map_err(CliError::failed)? {
            0 => tr!("every mail that was due has gone").to_owned(),
            count => tr!("the till tries {count} again at its next sweep, within minutes"),
        },
    })
}
