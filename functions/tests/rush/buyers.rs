//! Fifty buyers of one piece. Each keeps trying until it is sold, to them or to someone else; half of them cancel
//! their order again, the others pay at once, late, or with a card that is declined; some double-click. Failed or
//! refused requests are repeated, as people do.

use std::sync::Arc;

use data_encoding::HEXLOWER;
use simulator::{Means, Paid, PayRefusal, Payer};

use crate::harm::Chance;
use crate::shop::{Stage, cart};
use crate::web::Answer;
use crate::world::World;

/// The outcome of a checkout.
enum Begun {
    /// The address to pay at, and the order's page.
    Open(String, String),
    SoldOut,
    NotNow,
}

/// Tries to buy a piece until it is sold.
pub async fn buy(world: Arc<World>, name: String, sku: String, chance: Chance) {
    let mut attempt = 0;
    // The cart id of this attempt: unchanged while its answer is lost.
    let mut cart = format!("{name}-{attempt}");
    loop {
        let begun = if chance.one_in(10) {
            // A double click: any answer that can be paid counts.
            let (one, other) =
                tokio::join!(checkout(&world, &cart, &sku, &chance), checkout(&world, &cart, &sku, &chance));
            if matches!(one, Begun::Open(..)) { one } else { other }
        } else {
            checkout(&world, &cart, &sku, &chance).await
        };
        match begun {
            Begun::SoldOut => return,
            Begun::Open(url, order) => {
                if decide(&world, &url, &order, &name, &chance).await {
                    return;
                }
                attempt += 1;
                cart = format!("{name}-{attempt}");
            }
            Begun::NotNow => {}
        }
        chance.pause(40, 240).await;
    }
}

async fn checkout(world: &World, cart_id: &str, sku: &str, chance: &Chance) -> Begun {
    let mut address = [0; 3];
    for byte in &mut address {
        *byte = u8::try_from(chance.below(255)).unwrap_or_default();
    }
    let request = http::Request::post("/api/checkout")
        .header("content-type", "application/json")
        // All buyers share this machine's address, but limits apply per client.
        .header("x-client", format!("10.{}.{}.{}", address[0], address[1], address[2]));
    let body = cart(&HEXLOWER.encode(cart_id.as_bytes()), &[(sku, 1)]).to_string();
    let answer = world.web.ask(world.any_till(chance), request, body).await;
    let said = outcome(answer.as_ref());
    world.web.count(|figures| *figures.checkouts.entry(said).or_default() += 1);
    let Some(answer) = answer else { return Begun::NotNow };
    let json = answer.json();
    let text = |name: &str| json[name].as_str().unwrap_or_default().to_owned();
    match answer.status {
        // The order's own page instead of Stripe's: this cart is paid already.
        200 if !text("url").contains("/pay/") => Begun::NotNow,
        200 => Begun::Open(text("url"), text("order")),
        409 if text("code") == "sold_out" => Begun::SoldOut,
        409 if text("code") == "quantity_unavailable" => {
            let said = format!("who wanted one was told that too few are left: {}", json["available"]);
            world.web.count(|figures| figures.seen.insert(said));
            Begun::NotNow
        }
        _ => Begun::NotNow,
    }
}

fn outcome(answer: Option<&Answer>) -> String {
    let Some(answer) = answer else { return "the connection broke".to_owned() };
    let code = answer.json()["code"].as_str().map(|code| format!(" {code}")).unwrap_or_default();
    format!("{}{code}", answer.status)
}

/// Pays, or not; returns whether the piece was bought.
async fn decide(world: &World, url: &str, order: &str, name: &str, chance: &Chance) -> bool {
    let page = order.split_once("/api/").map(|(_, rest)| format!("/api/{rest}")).unwrap_or_default();
    let means = match chance.below(10) {
        0..5 => {
            let request = http::Request::post(format!("{page}/cancel"));
            world.web.ask(world.any_till(chance), request, String::new()).await;
            world.web.count(|figures| *figures.payments.entry("let go").or_default() += 1);
            return false;
        }
        5 => {
            // This may be too late.
            chance.pause(500, 3000).await;
            Means::Card
        }
        6 => Means::DeclinedCard,
        _ => Means::Card,
    };
    let payer = Payer {
        email: format!("{name}@example.com"),
        name: "Anne Dupont".into(),
        line1: "3 rue Haute".into(),
        postal_code: "35000".into(),
        city: "Rennes".into(),
        country: "FR".into(),
        ..Payer::default()
    };
    world.while_stripe_is_there().await;
    let (said, bought) = match world.stripe.simulator.pay(&Stage::session(url), &payer, means) {
        Ok(Paid::Complete) => ("paid", true),
        Ok(Paid::Declined | Paid::Challenge) => ("declined, and given up", false),
        Err(PayRefusal::NotOpen(_)) => ("too late: the page was closed", false),
        Err(strange) => panic!("a shopper cannot pay: {strange:?}"),
    };
    world.web.count(|figures| *figures.payments.entry(said).or_default() += 1);
    if bought && chance.one_in(2) {
        // Stripe redirects shoppers to the order's page, often before the webhook arrives.
        let request = http::Request::get(format!("{page}?paid")).header("accept", "text/html");
        world.web.ask(world.any_till(chance), request, String::new()).await;
    }
    bought
}
