//! Effects in the outbox: each is done by one worker at a time, and none is forgotten.

use std::time::Duration;

use catalog::Timestamp;
use till::decide::settle::{Effect, EffectKind};
use till::outside::store::LONG_TRIED;

use crate::rules::{AnyStore, NOW, after};

pub async fn what_was_tried_for_an_hour_is_overdue(store: &AnyStore) {
    let one = Effect { kind: EffectKind::MailShipped, cause: "late".to_owned() };
    let overdue = async |since| store.overdue_tasks(since).await.expect("a store");
    let before = (overdue(NOW).await, overdue(after(1)).await);
    store.enqueue("OVERDUE", &[one], NOW).await.expect("a store");
    assert_eq!((overdue(NOW).await, overdue(after(1)).await), (before.0, before.1 + 1));
    for attempt in 1..=LONG_TRIED {
        let at = NOW + Duration::from_secs(100) * u32::try_from(attempt).expect("few");
        let tasks = store
            .claim_tasks(Some("OVERDUE"), at, at + Duration::from_secs(60), "token", 9)
            .await
            .expect("a store");
        assert_eq!(tasks[0].attempts, attempt);
        store.postpone_task(&tasks[0].id, "other", at, "not theirs").await.expect("a store");
        store
            .postpone_task(&tasks[0].id, "token", at + Duration::from_secs(100), "down")
            .await
            .expect("a store");
        let long = i64::from(attempt == LONG_TRIED);
        assert_eq!(overdue(NOW).await, before.0 + long, "after {attempt}");
    }
    let undone = store.undone_tasks(Some("OVERDUE")).await.expect("a store");
    assert_eq!((undone[0].trouble.as_str(), undone[0].given_up_at), ("down", None));
    let at = after(1000);
    let tasks = store
        .claim_tasks(Some("OVERDUE"), at, at + Duration::from_secs(60), "token", 9)
        .await
        .expect("a store");
    store.finish_task(&tasks[0].id, "token", at).await.expect("a store");
    assert_eq!(overdue(NOW).await, before.0);
    assert_eq!(store.undone_tasks(Some("OVERDUE")).await.expect("a store"), []);
}

pub async fn an_effect_is_done_by_one_at_a_time(store: &AnyStore) {
    let all: Vec<Effect> =
        (0..20).map(|number| Effect { kind: EffectKind::MailRefund, cause: number.to_string() }).collect();
    let before = store.overdue_tasks(after(8000)).await.expect("a store");
    store.enqueue("BACK", &all, Timestamp(0)).await.expect("a store");
    store.enqueue("BACK", &all, Timestamp(0)).await.expect("enqueued once");
    let mut workers = tokio::task::JoinSet::new();
    for number in 0..6 {
        let store = store.clone();
        workers.spawn(async move {
            store
                .claim_tasks(Some("BACK"), NOW, after(60), &format!("worker-{number}"), 5)
                .await
                .expect("a store")
        });
    }
    let mut claimed = Vec::new();
    while let Some(tasks) = workers.join_next().await {
        claimed.extend(tasks.expect("no panic").into_iter().map(|task| task.id));
    }
    let count = claimed.len();
    claimed.sort();
    claimed.dedup();
    assert_eq!(claimed.len(), count, "nobody does what another one does");
    let again = store.claim_tasks(Some("BACK"), after(61), after(120), "later", 50).await.expect("a store");
    assert_eq!(again.len(), 20, "what was not done in time is anybody's");
    store.finish_task(&again[0].id, "worker-0", NOW).await.expect("a store");
    store.finish_task(&again[1].id, "later", NOW).await.expect("a store");
    let rest = store.claim_tasks(Some("BACK"), after(200), after(260), "last", 50).await.expect("a store");
    assert_eq!(rest.len(), 19, "only who holds the claim can end it");
    store.postpone_task(&rest[0].id, "last", after(9000), "down").await.expect("a store");
    assert_eq!(store.overdue_tasks(after(8000)).await.expect("a store"), before + 18);
}

pub async fn an_effect_that_is_given_up_stays_until_it_is_done_or_dropped(store: &AnyStore) {
    let kinds = [EffectKind::MailConfirmation, EffectKind::MailNotice, EffectKind::Refund];
    let effects = kinds.map(|kind| Effect { kind, cause: "gives up".to_owned() });
    store.enqueue("GIVEN-UP", &effects, NOW).await.expect("a store");
    let overdue = || async { store.overdue_tasks(after(500)).await.expect("a store") };
    let before = overdue().await;
    let claim = |now| async move {
        let tasks = store
            .claim_tasks(Some("GIVEN-UP"), now, now + Duration::from_secs(60), "token", 9)
            .await
            .expect("a store");
        tasks.into_iter().map(|task| task.id).collect::<Vec<_>>()
    };
    let tasks = claim(NOW).await;
    assert_eq!(tasks.len(), 3);
    let give_up = |id: String, at| async move {
        store
            .give_up_task(&id, "token", at + Duration::from_secs(1000), "no address", at)
            .await
            .expect("a store")
    };
    for id in &tasks {
        assert!(give_up(id.clone(), NOW).await, "it is new");
    }
    assert!(
        !store.give_up_task(&tasks[0], "other", Timestamp(0), "x", NOW).await.expect("a store"),
        "it is not theirs"
    );
    assert_eq!(overdue().await, before - 3, "it is counted on its own");
    let undone = store.undone_tasks(Some("GIVEN-UP")).await.expect("a store");
    let seen: Vec<(&str, &str, Option<Timestamp>)> =
        undone.iter().map(|one| (one.kind.as_str(), one.trouble.as_str(), one.given_up_at)).collect();
    let expected = ["mail_confirmation", "mail_notice", "refund"].map(|kind| (kind, "no address", Some(NOW)));
    assert_eq!(seen, expected);
    assert!(store.undone_tasks(None).await.expect("a store").len() >= 3);
    assert_eq!(claim(after(999)).await.len(), 0, "it waits");
    assert_eq!(store.hurry_tasks(Some("GIVEN-UP"), after(5)).await.expect("a store"), 3);
    let again = claim(after(5)).await;
    assert_eq!(again.len(), 3);
    store.finish_task(&again[0], "token", after(6)).await.expect("a store");
    assert!(!give_up(again[1].clone(), after(7)).await, "it is not new");
    assert!(!give_up(again[2].clone(), after(7)).await, "it is not new");
    let undone = store.undone_tasks(Some("GIVEN-UP")).await.expect("a store");
    let seen: Vec<_> = undone.iter().map(|one| (one.kind.as_str(), one.attempts, one.given_up_at)).collect();
    assert_eq!(seen, [("mail_notice", 2, Some(NOW)), ("refund", 2, Some(NOW))]);
    assert_eq!(store.drop_tasks("GIVEN-UP", after(8)).await.expect("a store"), 1, "money is never dropped");
    let undone = store.undone_tasks(Some("GIVEN-UP")).await.expect("a store");
    assert_eq!(undone.iter().map(|one| one.kind.as_str()).collect::<Vec<_>>(), ["refund"]);
}
