//! The process of a till: as `main.rs` builds it from its environment, but on the shared clock, and with a flaw when a run has to
//! prove that it would notice one.

use std::path::Path;
use std::sync::Arc;

use till::flaws::{self, Flaw};
use till::http::router;
use till::shop::Shop;

use crate::time::SharedClock;
use crate::variable;

/// Serves until it is killed.
pub fn serve() {
    if let Some(name) = variable("RUSH_FLAW") {
        let flaw = Flaw::ALL.iter().copied().find(|flaw| format!("{flaw:?}") == name);
        // A flaw belongs to a thread, and this runtime has no other.
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
