//! Orders, events and counts in any store: transactions are atomic.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use catalog::{Cents, Currency, Sku, StockKey, Supply, Timestamp, VatRate};
use till::decide::address::PostalAddress;
use till::decide::note::NoteValue;
use till::decide::order::{Customer, Tracking};
use till::decide::owner::cancel;
use till::decide::quote::QuotedShipping;
use till::decide::settle::{Decision, Effect, EffectKind, StockChange};
use till::decide::stock::Change;
use till::decide::vat::VatLine;
use till::decide::{Dispute, Fulfilment, Order, OrderLine, Payment, Refund};
use till::outside::store::{Begun, Commit, Committed, OrderFilter, ShopRow, Store};

use crate::shelf::moved;

/// Every store follows the same rules.
pub type AnyStore = Arc<dyn Store>;

pub const NOW: Timestamp = Timestamp(1_795_000_000);

/// That many seconds after [`NOW`].
pub fn after(seconds: u64) -> Timestamp {
    NOW + Duration::from_secs(seconds)
}

pub fn key(name: &str) -> StockKey {
    StockKey::new(name).expect("a key")
}

pub fn order(id: &str, lines: &[(&str, u32)], supply: u32) -> Order {
    Order {
        id: id.to_owned(),
        version: 0,
        payment: Payment::Pending,
        fulfilment: Fulfilment::New,
        refund: Refund::None,
        refunded_amount: Cents::ZERO,
        refund_failed: Cents::ZERO,
        dispute: Dispute::None,
        session_id: None,
        session_url: None,
        handed_out: false,
        payment_intent: None,
        idempotency_key: format!("{id}-key"),
        request: "mode=payment".to_owned(),
        api_version: "2026-09-30.endive".to_owned(),
        created_at: NOW,
        expires_at: after(2100),
        paid_at: None,
        due_at: Some(after(420)),
        flagged: false,
        lang: "fr".to_owned(),
        cart_id: format!("cart-of-{id}"),
        client: "client".to_owned(),
        currency: Currency::Eur,
        livemode: false,
        total: Cents(3390),
        shipping: QuotedShipping {
            zone: Some("france".to_owned()),
            country: Some("FR".to_owned()),
            rate: "colissimo".to_owned(),
            label: "Colissimo".to_owned(),
            days: Some((2, 3)),
            price: Cents(590),
            free_in: None,
            address: None,
        },
        vat: vec![VatLine { rate: VatRate(2000), gross: Cents(3390), net: Cents(2825), tax: Cents(565) }],
        customer: Customer::default(),
        gift_note: Some("Joyeux « Noël » ; '; DROP TABLE orders; --".to_owned()),
        tracking: None,
        withdrawn_at: None,
        returned: BTreeMap::new(),
        lines: lines
            .iter()
            .map(|(name, quantity)| OrderLine {
                sku: Sku::new(name).expect("a sku"),
                key: key(name),
                supply: Supply::Pieces(supply),
                quantity: *quantity,
                unit_price: Cents(2800),
                vat: Some(VatRate(2000)),
                title: "Bol « Lune »".to_owned(),
                words: vec![NoteValue { label: "Prénom".to_owned(), value: "Zoé".to_owned() }],
            })
            .collect(),
    }
}

fn decision(next: Order, stock: StockChange) -> Decision {
    Decision { next, stock, effects: Vec::new() }
}

pub fn commit<'a>(decision: &'a Decision, supply: &'a BTreeMap<StockKey, Supply>) -> Commit<'a> {
    Commit { decision, supply, event: None, now: NOW }
}

/// Commits an order as paid.
pub async fn paid(store: &AnyStore, order: Order) {
    let supply = order.lines.iter().map(|line| (line.key.clone(), line.supply)).collect();
    let decision = decision(Order { payment: Payment::Paid, ..order }, StockChange::Sell);
    let done = store.commit(commit(&decision, &supply)).await.expect("no trouble comes to the surface");
    assert_eq!(done, Committed::Done);
}

pub async fn begun(store: &AnyStore, order: &Order, supply: u32) {
    let pieces =
        order.lines.iter().map(|line| (line.key.clone(), (i64::from(line.quantity), Supply::Pieces(supply))));
    assert_eq!(store.begin(order, &pieces.collect()).await.expect("a store"), Begun::Done);
}

pub async fn a_database_belongs_to_one_shop(store: &AnyStore) {
    assert_eq!(store.shop().await.expect("a store"), None);
    let ours = ShopRow { stripe_account: "acct_1".to_owned(), livemode: false };
    assert!(store.claim_shop(&ours).await.expect("a store"));
    assert!(store.claim_shop(&ours).await.expect("a store"), "claiming twice is fine");
    let other = ShopRow { stripe_account: "acct_2".to_owned(), livemode: false };
    assert!(!store.claim_shop(&other).await.expect("a store"));
    assert_eq!(store.shop().await.expect("a store"), Some(ours));
}

pub async fn an_order_is_found_by_how_its_id_begins(store: &AnyStore) {
    for id in ["BGNA-0001-AA", "BGNA-0001-AB", "BGNB-0001-AA"] {
        let begun = store.begin(&order(id, &[("BEGINS", 1)], 10), &BTreeMap::new()).await;
        assert_eq!(begun.expect("a store"), Begun::Done);
    }
    let found = |letters: &'static str| store.orders_beginning(letters, 2);
    assert_eq!(found("BGNA-0001").await.expect("a store"), ["BGNA-0001-AA", "BGNA-0001-AB"]);
    assert_eq!(found("BGNA-0001-AB").await.expect("a store"), ["BGNA-0001-AB"]);
    assert_eq!(found("BGN").await.expect("a store").len(), 2, "at most so many");
    assert_eq!(found("GNA").await.expect("a store"), [""; 0]);
}

pub async fn an_order_comes_back_as_it_was(store: &AnyStore) {
    let mut order = order("BACK", &[("BACK-1", 2), ("BACK-2", 1)], 5);
    order.lines[1].supply = Supply::Unlimited;
    order.lines[1].vat = None;
    begun(store, &order, 5).await;
    assert_eq!(store.order("BACK").await.expect("a store").as_ref(), Some(&order));
    let mut next = order.clone();
    next.payment = Payment::Open;
    next.session_id = Some("cs_back".to_owned());
    next.payment_intent = Some("pi_back".to_owned());
    next.session_url = Some("https://pay.example/x".to_owned());
    next.handed_out = true;
    let address = PostalAddress {
        line1: Some("Via Tasso 1".into()),
        postal_code: Some("24121".into()),
        city: Some("Bergamo".into()),
        state: Some("BG".into()),
        country: Some("IT".into()),
        ..Default::default()
    };
    next.customer = Customer { email: Some("a@example.com".into()), address, ..Default::default() };
    next.tracking = Some(Tracking { carrier: Some("C".into()), number: None, url: None });
    next.withdrawn_at = Some(NOW);
    next.paid_at = Some(NOW);
    next.due_at = None;
    next.flagged = true;
    next.refunded_amount = Cents(12);
    next.refund_failed = Cents(7);
    next.dispute = Dispute::Appealed;
    next.returned = BTreeMap::from([(key("BACK-1"), 1)]);
    let decision = decision(next.clone(), StockChange::None);
    assert_eq!(store.commit(commit(&decision, &BTreeMap::new())).await.expect("a store"), Committed::Done);
    next.version = 1;
    assert_eq!(store.order_of_session("cs_back").await.expect("a store").as_ref(), Some(&next));
    assert_eq!(store.order_of_intent("pi_back").await.expect("a store").as_ref(), Some(&next));
    assert_eq!(store.order_of_cart("cart-of-BACK").await.expect("a store").as_ref(), Some(&next));
    let filter = OrderFilter { payment: Some(Payment::Open), limit: 10 };
    assert_eq!(store.orders(&filter).await.expect("a store"), [next]);
}

pub async fn an_event_is_booked_with_its_effect_or_not_at_all(store: &AnyStore) {
    assert!(!store.event_known("evt_of_nobody").await.expect("a store"));
    for _ in 0..2 {
        store.book_event("evt_of_nobody", "x", NOW).await.expect("a store");
        assert!(store.event_known("evt_of_nobody").await.expect("a store"));
    }
    let order = order("EVENT", &[("EVENT", 1)], 1);
    begun(store, &order, 1).await;
    let supply = BTreeMap::from([(key("EVENT"), Supply::Pieces(1))]);
    let mut paid = decision(Order { payment: Payment::Paid, ..order.clone() }, StockChange::Sell);
    paid.effects = vec![Effect { kind: EffectKind::MailConfirmation, cause: String::new() }];
    let with_event = |decision| Commit { event: Some(("evt_1", "x")), ..commit(decision, &supply) };
    let stale = decision(Order { version: 7, ..order }, StockChange::Sell);
    assert_eq!(store.commit(with_event(&stale)).await.expect("a store"), Committed::Conflict);
    assert!(
        !store.event_known("evt_1").await.expect("a store"),
        "nothing of a commit that met another one stays"
    );
    assert_eq!(store.commit(with_event(&paid)).await.expect("a store"), Committed::Done);
    assert!(store.event_known("evt_1").await.expect("a store"));
    let again =
        decision(Order { version: 1, payment: Payment::Paid, ..paid.next.clone() }, StockChange::Sell);
    assert_eq!(store.commit(with_event(&again)).await.expect("a store"), Committed::EventKnown);
    assert_eq!(store.stock(&[key("EVENT")]).await.expect("a store")[&key("EVENT")].sold, 1);
}

pub async fn a_commit_on_an_old_version_changes_nothing(store: &AnyStore) {
    let order = order("VERSION", &[("VERSION", 1)], 1);
    begun(store, &order, 1).await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (store, order) = (store.clone(), order.clone());
        tasks.spawn(async move {
            let supply = BTreeMap::from([(key("VERSION"), Supply::Pieces(1))]);
            let release = decision(Order { payment: Payment::Released, ..order }, StockChange::Release);
            store.commit(commit(&release, &supply)).await.expect("a store")
        });
    }
    let mut done = 0;
    while let Some(result) = tasks.join_next().await {
        done += u32::from(result.expect("no panic") == Committed::Done);
    }
    assert_eq!(done, 1);
    assert_eq!(store.stock(&[key("VERSION")]).await.expect("a store")[&key("VERSION")].held, 0);
}

pub async fn a_late_payment_takes_all_its_pieces_or_none(store: &AnyStore) {
    let late = order("LATE", &[("LATE-A", 1), ("LATE-B", 1)], 1);
    begun(store, &late, 1).await;
    let supply = BTreeMap::from([(key("LATE-A"), Supply::Pieces(1)), (key("LATE-B"), Supply::Pieces(1))]);
    let released = decision(Order { payment: Payment::Released, ..late.clone() }, StockChange::Release);
    assert_eq!(store.commit(commit(&released, &supply)).await.expect("a store"), Committed::Done);
    let other = order("QUICK", &[("LATE-B", 1)], 1);
    begun(store, &other, 1).await;
    let sell = decision(Order { version: 1, payment: Payment::Paid, ..late }, StockChange::SellLate);
    assert_eq!(store.commit(commit(&sell, &supply)).await.expect("a store"), Committed::Gone);
    let stock = store.stock(&[key("LATE-A"), key("LATE-B")]).await.expect("a store");
    assert_eq!((stock[&key("LATE-A")].sold, stock[&key("LATE-B")].held), (0, 1), "all or nothing");
    let order = store.order("LATE").await.expect("a store").expect("an order");
    assert_eq!((order.payment, order.version), (Payment::Released, 1));
    let released = decision(Order { payment: Payment::Released, ..other }, StockChange::Release);
    assert_eq!(store.commit(commit(&released, &supply)).await.expect("a store"), Committed::Done);
    assert_eq!(
        store.commit(commit(&sell, &supply)).await.expect("a store"),
        Committed::Done,
        "all are there"
    );
    let stock = store.stock(&[key("LATE-A"), key("LATE-B")]).await.expect("a store");
    assert_eq!([key("LATE-A"), key("LATE-B")].map(|key| (stock[&key].sold, stock[&key].held)), [(1, 0); 2]);
}

pub async fn one_cart_has_one_open_order(store: &AnyStore) {
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..8 {
        let store = store.clone();
        tasks.spawn(async move {
            let mut order = order(&format!("CLICK-{number}"), &[("CLICK", 1)], 99);
            order.cart_id = "double-click".to_owned();
            let pieces = BTreeMap::from([(key("CLICK"), (1, Supply::Pieces(99)))]);
            store.begin(&order, &pieces).await.expect("a store")
        });
    }
    let mut done = 0;
    while let Some(result) = tasks.join_next().await {
        match result.expect("no panic") {
            Begun::Done => done += 1,
            other => assert_eq!(other, Begun::CartBusy),
        }
    }
    assert_eq!(done, 1);
    assert_eq!(store.stock(&[key("CLICK")]).await.expect("a store")[&key("CLICK")].held, 1);
}

pub async fn the_order_of_a_cart_is_the_newest_that_was_not_released(store: &AnyStore) {
    let of_cart = |id: &str, payment, at| Order {
        cart_id: "one-cart".to_owned(),
        payment,
        created_at: at,
        ..order(id, &[("OF-CART", 1)], 9)
    };
    let shown = async || {
        store.order_of_cart("one-cart").await.expect("a store").map(|order| order.id).unwrap_or_default()
    };
    assert_eq!(shown().await, "");
    let (released, paid) = (Payment::Released, Payment::Paid);
    for (id, payment, at, expected) in [
        ("OC-3", released, after(1), "OC-3"),
        ("OC-2", released, after(2), "OC-2"),
        ("OC-1", paid, NOW, "OC-1"),
        ("OC-4", released, after(4), "OC-1"),
        ("OC-5", paid, after(3), "OC-5"),
        ("OC-6", Payment::AwaitingFunds, after(5), "OC-6"),
        ("OC-7", Payment::Open, after(6), "OC-7"),
    ] {
        assert_eq!(begin(store, &of_cart(id, payment, at)).await, Begun::Done, "{id}");
        assert_eq!(shown().await, expected, "{id}");
    }
    // An order that waits for its session or its money blocks the next one.
    assert_eq!(begin(store, &of_cart("OC-8", Payment::Pending, after(7))).await, Begun::CartBusy);
    let open = store.order("OC-7").await.expect("a store").expect("an order");
    released_at(store, open, NOW).await;
    assert_eq!(begin(store, &of_cart("OC-9", Payment::Pending, after(8))).await, Begun::Done);
    assert_eq!(begin(store, &of_cart("OC-A", Payment::Open, after(9))).await, Begun::CartBusy);
}

/// Begins an order without reserving pieces.
async fn begin(store: &AnyStore, order: &Order) -> Begun {
    store.begin(order, &BTreeMap::new()).await.expect("a store")
}

async fn released_at(store: &AnyStore, order: Order, now: Timestamp) {
    let supply = BTreeMap::new();
    let change = decision(Order { payment: Payment::Released, ..order }, StockChange::None);
    let done = store.commit(Commit { now, ..commit(&change, &supply) }).await.expect("a store");
    assert_eq!(done, Committed::Done);
}

pub async fn what_is_short_is_told_with_its_figures(store: &AnyStore) {
    begun(store, &order("SHORT-A", &[("SHORT", 2)], 3), 3).await;
    let wanted = |quantity| BTreeMap::from([(key("SHORT"), (quantity, Supply::Pieces(3)))]);
    let next = order("SHORT-B", &[("SHORT", 2)], 3);
    let short = store.begin(&next, &wanted(2)).await.expect("a store");
    assert_eq!(short, Begun::Short { key: key("SHORT"), available: 1, held: 2 });
    assert_eq!(store.order("SHORT-B").await.expect("a store"), None, "nothing of it stays");
    assert_eq!(store.begin(&next, &wanted(1)).await.expect("a store"), Begun::Done);
    let last = order("SHORT-C", &[("SHORT", 1)], 3);
    let short = store.begin(&last, &wanted(1)).await.expect("a store");
    assert_eq!(short, Begun::Short { key: key("SHORT"), available: 0, held: 3 });
    assert!(moved(store, "SHORT-AWAY", Change::Take(2), Supply::Pieces(3)).await.is_ok());
    let wanted = BTreeMap::from([(key("SHORT-AWAY"), (2, Supply::Pieces(3)))]);
    let short = store.begin(&order("SHORT-D", &[("SHORT-AWAY", 2)], 3), &wanted).await.expect("a store");
    assert_eq!(short, Begun::Short { key: key("SHORT-AWAY"), available: 1, held: 0 }, "two left by hand");
    // Fewer were made than announced.
    let fewer = BTreeMap::from([(key("SHORT"), (1, Supply::Pieces(1)))]);
    let short = store.begin(&last, &fewer).await.expect("a store");
    assert_eq!(short, Begun::Short { key: key("SHORT"), available: 0, held: 3 });
    // Some of a key that no longer has a limit.
    let free = BTreeMap::from([(key("SHORT"), (50, Supply::Unlimited))]);
    assert_eq!(store.begin(&last, &free).await.expect("a store"), Begun::Done);
}

pub async fn no_count_falls_below_nothing(store: &AnyStore) {
    let order = order("BELOW", &[("BELOW", 2)], 9);
    begun(store, &order, 9).await;
    let supply = BTreeMap::from([(key("BELOW"), Supply::Pieces(9))]);
    let more = Order { lines: vec![OrderLine { quantity: 3, ..order.lines[0].clone() }], ..order.clone() };
    for change in [StockChange::Release, StockChange::Sell] {
        let refused = store.commit(commit(&decision(more.clone(), change), &supply)).await;
        assert!(refused.is_err(), "three of two: {refused:?}");
    }
    let stock = store.stock(&[key("BELOW")]).await.expect("a store")[&key("BELOW")];
    assert_eq!((stock.held, stock.sold), (2, 0), "nothing of it stays");
    let unknown = decision(self::order("UNKNOWN", &[("BELOW", 1)], 9), StockChange::None);
    let refused = store.commit(commit(&unknown, &supply)).await;
    assert!(refused.as_ref().map_or(true, |done| *done == Committed::Conflict), "{refused:?}");
}

pub async fn the_site_is_built_anew_when_a_key_sells_out_or_comes_back(store: &AnyStore) {
    let supply = BTreeMap::from([(key("HOOK"), Supply::Pieces(2))]);
    let hook_at = async |now: Timestamp| {
        let tasks = store
            .claim_tasks(Some(""), now + Duration::from_secs(60), now + Duration::from_secs(61), "hook", 9)
            .await
            .expect("a store");
        for task in &tasks {
            assert_eq!(task.kind, EffectKind::BuildHook);
            store.finish_task(&task.id, "hook", now).await.expect("a store");
        }
        tasks.len()
    };
    hook_at(after(9_000)).await;
    // Two orders of one piece each: only the second sale empties the shelf, and its return refills it.
    for (id, at, sold_out) in [("HOOK-1", after(10_000), 0), ("HOOK-2", after(20_000), 1)] {
        let order = order(id, &[("HOOK", 1)], 2);
        begun(store, &order, 2).await;
        assert_eq!(hook_at(at).await, 0, "a reservation ends by itself");
        let sale = decision(Order { payment: Payment::Paid, ..order }, StockChange::Sell);
        let commit = Commit { now: at, ..commit(&sale, &supply) };
        assert_eq!(store.commit(commit).await.expect("a store"), Committed::Done);
        let early =
            store.claim_tasks(Some(""), at, at + Duration::from_secs(1), "early", 9).await.expect("a store");
        assert_eq!(early.len(), 0, "more may be sold within the minute");
        assert_eq!(hook_at(at).await, sold_out, "{id}");
    }
    let stored = store.order("HOOK-2").await.expect("a store").expect("an order");
    let called_off = cancel(&stored, NOW).expect("it can be");
    let commit = Commit { now: after(30_000), ..commit(&called_off, &supply) };
    assert_eq!(store.commit(commit).await.expect("a store"), Committed::Done);
    assert_eq!(hook_at(after(30_000)).await, 1, "it is there again");
}

pub async fn money_that_is_to_go_back_is_counted(store: &AnyStore) {
    let due = async || store.refunds_due().await.expect("a store");
    let before = due().await;
    for (id, payment, refund, more) in [
        ("DUE-1", Payment::Paid, Refund::None, 0),
        ("DUE-2", Payment::RefundDue, Refund::None, 1),
        ("DUE-3", Payment::RefundDue, Refund::Pending, 2),
        ("DUE-4", Payment::RefundDue, Refund::Done, 2),
        ("DUE-5", Payment::Paid, Refund::Done, 2),
        ("DUE-6", Payment::Paid, Refund::Failed, 3),
        ("DUE-7", Payment::RefundDue, Refund::Failed, 4),
    ] {
        begin(store, &Order { payment, refund, due_at: None, ..order(id, &[], 0) }).await;
        assert_eq!(due().await, before + more, "{id}");
    }
}

pub async fn orders_are_looked_at_in_their_turn(store: &AnyStore) {
    for (id, due_at) in [("TURN-2", Some(20)), ("TURN-1", Some(30)), ("TURN-3", Some(10)), ("TURN-4", None)] {
        begin(
            store,
            &Order { due_at: due_at.map(Timestamp), payment: Payment::AwaitingFunds, ..order(id, &[], 0) },
        )
        .await;
    }
    let due = async |now, limit| store.due_orders(now, limit).await.expect("a store");
    assert_eq!(due(Timestamp(9), 9).await, [""; 0]);
    assert_eq!(due(Timestamp(10), 9).await, ["TURN-3"]);
    assert_eq!(
        due(Timestamp(30), 9).await,
        ["TURN-3", "TURN-2", "TURN-1"],
        "the one that waits longest first"
    );
    assert_eq!(due(Timestamp(30), 2).await, ["TURN-3", "TURN-2"]);
    store.postpone_order("TURN-3", 1, Timestamp(40)).await.expect("a store");
    assert_eq!(due(Timestamp(30), 1).await, ["TURN-3"], "somebody changed it since");
    store.postpone_order("TURN-3", 0, Timestamp(40)).await.expect("a store");
    assert_eq!(due(Timestamp(30), 9).await, ["TURN-2", "TURN-1"]);
    assert_eq!(due(Timestamp(40), 9).await, ["TURN-2", "TURN-1", "TURN-3"]);
    for (id, created_at) in [("TURN-6", after(99)), ("TURN-5", after(100))] {
        let late = Order { created_at, payment: Payment::AwaitingFunds, due_at: None, ..order(id, &[], 0) };
        begin(store, &late).await;
    }
    let newest = OrderFilter { payment: Some(Payment::AwaitingFunds), limit: 2 };
    let newest = store.orders(&newest).await.expect("a store");
    assert_eq!(newest.iter().map(|order| order.id.as_str()).collect::<Vec<_>>(), ["TURN-5", "TURN-6"]);
}

pub async fn requests_are_counted(store: &AnyStore) {
    for expected in 1..=3 {
        assert_eq!(
            store.count_request("someone", "checkout", Timestamp(3600)).await.expect("a store"),
            expected
        );
    }
    assert_eq!(store.count_request("someone", "checkout", Timestamp(7200)).await.expect("a store"), 1);
    store.forget(Timestamp(7200)).await.expect("a store");
    assert_eq!(store.count_request("someone", "checkout", Timestamp(3600)).await.expect("a store"), 1);
    assert_eq!(
        store.count_request("someone", "checkout", Timestamp(7200)).await.expect("a store"),
        2,
        "it is not older"
    );
    assert_eq!(store.count_request("other", "checkout", Timestamp(7200)).await.expect("a store"), 1);
    assert_eq!(store.count_request("someone", "form", Timestamp(7200)).await.expect("a store"), 1);
    for (at, count) in [(7200, 2), (7201, 4), (10_799, 6), (10_800, 2)] {
        store.write_probe(Timestamp(at)).await.expect("a store");
        let hour = at / 3600 * 3600;
        assert_eq!(
            store.count_request("health", "health", Timestamp(hour)).await.expect("a store"),
            count,
            "{at}"
        );
    }
    let open = async |client| store.open_orders(client).await.expect("a store");
    begin(store, &Order { payment: Payment::Open, ..order("OPEN-OWN", &[], 0) }).await;
    let before = open("client").await;
    assert!(before.0 > 0 && before.0 == before.1, "{before:?}");
    for payment in [Payment::Pending, Payment::Open, Payment::AwaitingFunds, Payment::Paid, Payment::Released]
    {
        let id = format!("OPEN-{payment:?}");
        begin(store, &Order { client: "neighbour".to_owned(), payment, due_at: None, ..order(&id, &[], 0) })
            .await;
    }
    assert_eq!(open("neighbour").await, (2, before.1 + 2));
    assert_eq!(open("client").await, (before.0, before.1 + 2));
    assert_eq!(open("nobody").await.0, 0);
}
