//! Mails that did not go, as the owner sees them at the terminal.

use jiff::tz::TimeZone;
use serde::Serialize;
use till::decide::Order;
use till::outside::store::Undone;
use till::perform::Till;

use super::cli::Stop;
use super::owner::{failed, time};

/// An order with what is undone of it, as JSON.
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

/// What is undone of an order, below it.
pub(super) fn list(undone: &[Undone], zone: &TimeZone) -> String {
    let mut text = String::new();
    for Undone { kind, attempts, trouble, given_up_at, order_id } in undone {
        let times = if *attempts == 1 { "once".to_owned() } else { format!("{attempts} times") };
        text.push_str(&match given_up_at {
            Some(at) => format!(
                "\n  {kind} was given up on {}, tried {times}: {trouble}\n    mend it, then: bazaar orders mail {order_id}\n",
                time(*at, zone)
            ),
            None => format!("\n  {kind} is not done yet, tried {times}: {trouble}\n"),
        });
    }
    text
}

/// How many orders have mails that were given up, below the list of orders.
pub(super) fn sum(undone: &[Undone]) -> String {
    let given_up: Vec<&Undone> = undone.iter().filter(|undone| undone.given_up_at.is_some()).collect();
    let Some(first) = given_up.first() else { return String::new() };
    format!(
        "\n{} given up, such as {} of {}: {}\n  mend the cause, then: bazaar orders mail\n",
        given_up.len(),
        first.kind,
        first.order_id,
        first.trouble
    )
}

/// `bazaar orders mail`.
pub(super) async fn retry(till: &Till, id: Option<&str>, drop: bool) -> Result<String, Stop> {
    if let Some(id) = id
        && till.store.order(id).await.map_err(failed)?.is_none()
    {
        return Err(Stop::usage(format!("there is no order {id}")));
    }
    let now = till.now();
    Ok(match id {
        Some(id) if drop => match till.store.drop_tasks(id, now).await.map_err(failed)? {
            0 => format!("nothing of {id} was given up"),
            count => format!("{count} of {id} will not be tried or shown any more"),
        },
        _ => match till.store.hurry_tasks(id, now).await.map_err(failed)? {
            0 => "every mail that was due has gone".to_owned(),
            count => format!("the till tries {count} again at its next sweep, within minutes"),
        },
    })
}
