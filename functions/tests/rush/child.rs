//! The process of a till: built from its environment as in `main.rs`, but with the shared clock, and with a flaw when
//! a run must prove that it would be noticed.

use std::path::Path;
use std::sync::Arc;

use till::http::router;
use till::perform::Ledger;
use till::shop::Shop;

use crate::planted::rules::FlawedRules;
use crate::planted::store::FlawedStore;
use crate::planted::{Flaw, Part};
use crate::time::SharedClock;
use crate::variable;

/// Serves until it is killed or its parent ends.
pub fn serve() {
    std::thread::spawn(|| {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        std::process::exit(0);
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let snapshot = variable("TILL_SNAPSHOT").expect("a snapshot");
        let shop = Shop::read(Path::new(&snapshot)).expect("a shop");
        let (mut till, http) = till::config::till(&variable, shop).expect("all that a till needs");
        till.ledger.clock = Arc::new(SharedClock(variable("RUSH_CLOCK").expect("a clock").into()));
        plant(&mut till.ledger);
        let address = variable("TILL_LISTEN").expect("an address");
        let listener = tokio::net::TcpListener::bind(&address).await.expect("the port is free");
        axum::serve(listener, router(Some(till), http)).await.expect("served");
    });
}

/// Replaces a part of the ledger by one with the flaw that is asked for.
fn plant(ledger: &mut Ledger) {
    let Some(name) = variable("RUSH_FLAW") else { return };
    let parts = [Part::Rules, Part::Calls, Part::Transactions];
    let known = || Flaw::ALL.iter().copied().filter(|flaw| parts.contains(&flaw.part()));
    let flaw = known().find(|flaw| format!("{flaw:?}") == name);
    let flaw =
        flaw.unwrap_or_else(|| panic!("RUSH_FLAW: no `{name}` among {:?}", known().collect::<Vec<_>>()));
    if flaw.part() == Part::Rules {
        ledger.rules = Arc::new(FlawedRules(flaw));
        return;
    }
    let (inner, clock, shop) = (ledger.store.clone(), ledger.clock.clone(), ledger.shop.clone());
    ledger.store = Arc::new(FlawedStore { flaw, inner, clock, shop, tables: None });
}
