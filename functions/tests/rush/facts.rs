//! What must be true afterwards, read from the database, from Stripe and from the mail server's files: each knows
//! something that the others may have lost.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use till::decide::{Order, Payment, Refund};
use till::outside::store::{OrderFilter, Store as _};

use crate::figures::Figures;
use crate::world::{World, sku};

/// Checks all the time that no more is promised than exists. An unavailable database is checked once it is back.
pub async fn watch(world: Arc<World>) {
    loop {
        for (key, taken) in world.store.all_stock().await.unwrap_or_default() {
            if taken.held < 0 || taken.sold < 0 || taken.sold + taken.held > 1 {
                let (sold, held) = (taken.sold, taken.held);
                let seen = format!("{key}: one piece, and for a time {sold} sold and {held} held");
                world.web.count(|figures| figures.seen.insert(seen));
            }
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// How many mails were sent under each message id: `K7QM-4XTB-9D.mail_confirmation…`.
fn mails(world: &World) -> BTreeMap<String, usize> {
    let mut mails = BTreeMap::new();
    for folder in world.mail_folders() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let bytes = std::fs::read(entry.path()).expect("a file");
            let text = String::from_utf8_lossy(&bytes);
            let id = text.lines().find_map(|line| line.strip_prefix("Message-ID: <"));
            *mails.entry(id.unwrap_or_default().to_owned()).or_default() += 1;
        }
    }
    mails
}

async fn orders(world: &World) -> Vec<Order> {
    world.store.orders(&OrderFilter { payment: None, limit: 100_000 }).await.expect("a store")
}

fn is_kept(order: &Order) -> bool {
    order.payment == Payment::Paid && order.refund == Refund::None
}

fn went_back(order: &Order) -> bool {
    matches!(order.payment, Payment::Paid | Payment::RefundDue) && order.refund == Refund::Done
}

/// Every violation, in words.
pub async fn broken(world: &World, pieces: usize) -> Vec<String> {
    let orders = orders(world).await;
    let mut broken = Vec::new();
    each_piece_is_sold_once(world, &orders, pieces, &mut broken).await;
    what_stripe_calls_paid_is_known(world, &orders, &mut broken);
    each_mail_went_out(&orders, &mails(world), &mut broken);
    let (_, open) = world.store.open_orders("").await.expect("a store");
    let overdue = world.store.overdue_tasks(world.time.now()).await.expect("a store");
    let undone = world.store.undone_tasks(None).await.expect("a store");
    if (open, overdue, undone.len()) != (0, 0, 0) {
        broken.push(format!("something waits: {open} orders open, {overdue} effects overdue, {undone:?}"));
    }
    for path in world.web.count(|figures| figures.unanswered.clone()) {
        broken.push(format!("{path} was never answered"));
    }
    broken.extend(world.web.count(|figures| figures.seen.clone()));
    for sku in world.web.count(|figures| figures.unsold.clone()) {
        broken.push(format!("{sku}: its buyers never learned whose it is"));
    }
    if !broken.is_empty() {
        broken.extend(orders.iter().map(|order| {
            format!(
                "- {} {} {} {:?}",
                order.id,
                order.payment.as_str(),
                order.refund.as_str(),
                order.session_id
            )
        }));
    }
    broken
}

async fn each_piece_is_sold_once(world: &World, orders: &[Order], pieces: usize, broken: &mut Vec<String>) {
    let stock = world.store.all_stock().await.expect("a store");
    for sku in (0..pieces).map(sku) {
        let taken = stock.iter().find(|(key, _)| key.as_str() == sku).map(|(_, taken)| *taken);
        let counts = taken.map(|taken| (taken.sold, taken.held, taken.adjusted));
        if counts != Some((1, 0, 0)) {
            broken.push(format!("{sku}: sold, held, away are {counts:?}"));
        }
        let of_it = || orders.iter().filter(|order| order.lines.iter().any(|line| line.sku.as_str() == sku));
        let kept = of_it().filter(|order| is_kept(order)).count();
        if kept != 1 {
            broken.push(format!("{sku}: {kept} orders have it"));
        }
        let settled =
            |order: &&Order| is_kept(order) || went_back(order) || order.payment == Payment::Released;
        for order in of_it().filter(|order| !settled(order)) {
            broken.push(format!("{}: {} with {}", order.id, order.payment.as_str(), order.refund.as_str()));
        }
    }
}

fn what_stripe_calls_paid_is_known(world: &World, orders: &[Order], broken: &mut Vec<String>) {
    let sessions: Vec<Value> = world
        .stripe
        .simulator
        .with_state(|state, _| state.sessions().iter().filter_map(|id| state.object(id)).collect());
    let word = |session: &Value, name: &str| session[name].as_str().unwrap_or_default().to_owned();
    let mut paid = 0;
    for session in &sessions {
        let (id, status, payment) =
            (word(session, "id"), word(session, "status"), word(session, "payment_status"));
        if status == "open" {
            broken.push(format!("{id} can still be paid"));
        }
        if payment != "paid" {
            continue;
        }
        paid += 1;
        let named = word(&session["metadata"], "order_id");
        let order = orders.iter().find(|order| order.id == named);
        if !order.is_some_and(|order| {
            order.session_id.as_deref() == Some(&id) && (is_kept(order) || went_back(order))
        }) {
            broken.push(format!("{id} is paid, and its order is {order:?}"));
        }
    }
    let known = orders.iter().filter(|order| is_kept(order) || went_back(order)).count();
    if known != paid {
        broken.push(format!("Stripe calls {paid} paid, the till {known}"));
    }
}

fn each_mail_went_out(orders: &[Order], mails: &BTreeMap<String, usize>, broken: &mut Vec<String>) {
    for order in orders.iter().filter(|order| is_kept(order)) {
        for kind in ["mail_confirmation", "mail_notice"] {
            let name = format!("{}.{kind}", order.id);
            if !mails.keys().any(|id| id.starts_with(&name)) {
                broken.push(format!("{name} never went out"));
            }
        }
    }
}

/// Fills in what these sources count.
pub async fn count(world: &World, figures: &mut Figures) {
    let (orders, mails) = (orders(world).await, mails(world));
    figures.sales = orders.iter().filter(|order| is_kept(order)).count();
    figures.refunds = orders.iter().filter(|order| went_back(order)).count();
    figures.mails = mails.values().sum();
    figures.twice = figures.mails - mails.len();
}
