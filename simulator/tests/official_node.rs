//! Stripe's own npm package drives the simulator and verifies its webhooks (`official/drive.mjs`).
#![allow(clippy::unwrap_used)]

mod common;
#[path = "common/server.rs"]
mod server;
#[path = "common/tools.rs"]
mod tools;

use std::process::Command;

use simulator::Clock;
use tools::{is_current, official, run};

const INSTALL: &str = "This test needs Node.js 20.19 or newer with npm, and Stripe's npm package.\n\
                       On Debian and Ubuntu: sudo apt-get install -y nodejs npm; then: npm ci --prefix simulator/tests/official";

fn install() {
    let folder = official();
    let (marker, lock) = (folder.join("node_modules/installed-lock.json"), folder.join("package-lock.json"));
    if !is_current(&marker, &lock) {
        run(Command::new("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(&folder), "", INSTALL);
        std::fs::copy(&lock, &marker).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn stripes_own_client_is_content_and_verifies_every_webhook() {
    tokio::task::spawn_blocking(install).await.unwrap();
    let secrets = ["whsec_old", "whsec_new"];
    let server = server::start(Clock::Real, &secrets).await;
    let _sender = server.simulator.spawn_webhook_sender();
    let port = server.url.split(':').nth(2).unwrap().split('/').next().unwrap().to_owned();
    let drive = move || {
        let mut node = Command::new("node");
        run(node.arg("drive.mjs").arg(port).args(secrets).current_dir(official()), "", INSTALL)
    };
    let said = tokio::task::spawn_blocking(drive).await.unwrap();
    assert!(said.contains("8 webhooks verified"), "{said}");
}
