//! The simulator as a program: `cargo run -p simulator -- --webhook http://127.0.0.1:8888/api/stripe/webhook`.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;

use clap::Parser;
use simulator::{Config, Endpoint, Simulator};

/// A stand-in for Stripe: API, pay page, dashboard, webhooks. No money moves.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// The port on 127.0.0.1.
    #[arg(long, default_value_t = 12111)]
    port: u16,
    /// Where events are sent; may be given several times.
    #[arg(long, value_name = "URL")]
    webhook: Vec<String>,
    /// What signs them; one for all endpoints, several while a secret is being rolled.
    #[arg(long, value_name = "WHSEC", default_value = "whsec_simulator")]
    secret: Vec<String>,
    /// The shape in which events are sent.
    #[arg(long, value_name = "VERSION", default_value = simulator::API_VERSION)]
    api_version: String,
    /// Seconds after which delayed payments settle.
    #[arg(long, default_value_t = 120)]
    settle_after: i64,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match serve(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error);
            ExitCode::from(3)
        }
    }
}

async fn serve(arguments: Arguments) -> std::io::Result<()> {
    let endpoints = arguments.webhook.iter().map(|url| Endpoint {
        secrets: arguments.secret.clone(),
        api_version: arguments.api_version.clone(),
        ..Endpoint::new(url, "")
    });
    let listener =
        tokio::net::TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, arguments.port))).await?;
    let public_url = format!("http://{}", listener.local_addr()?);
    let config = Config {
        public_url: public_url.clone(),
        seed: seed()?,
        endpoints: endpoints.collect(),
        settle_after: arguments.settle_after,
        ..Config::default()
    };
    let simulator = Simulator::new(config);
    let _sender = simulator.spawn_webhook_sender();
    announce(&public_url);
    axum::serve(listener, simulator.router()).await
}

fn seed() -> std::io::Result<u64> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(|error| std::io::Error::other(error.to_string()))?;
    Ok(u64::from_le_bytes(bytes))
}

#[allow(clippy::print_stderr)] // A program may print.
fn announce(url: &str) {
    eprintln!("a stand-in for Stripe; no money moves\n  API        {url}/v1/\n  dashboard  {url}/dashboard");
}

#[allow(clippy::print_stderr)]
fn complain(error: &std::io::Error) {
    eprintln!("error: {error}");
}
