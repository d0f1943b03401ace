//! The process of a till: built from its environment as in `main.rs`, but with the shared clock, and with a flaw when
//! a run must prove that it would be noticed.

use std::path::Path;
use std::sync::Arc;

use till::flaws::{self, Flaw};
use till::http::router;
use till::shop::Shop;

use crate::time::SharedClock;
use crate::variable;

/// Serves until it is killed or its parent ends.
pub fn serve() {
    if let Some(name) = variable("RUSH_FLAW") {
        let flaw = Flaw::ALL.iter().copied().find(|flaw| format!("{flaw:?}") == name);
        // A flaw is set per thread, and this runtime has only this one.
        flaws::set(Some(flaw.unwrap_or_else(|| panic!("RUSH_FLAW: no `{name}` among {:?}", Flaw::ALL))));
    }
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
        let address = variable("TILL_LISTEN").expect("an address");
        let listener = tokio::net::TcpListener::bind(&address).await.expect("the port is free");
        axum::serve(listener, router(Some(till), http)).await.expect("served");
    });
}
