//! Over sockets: async-stripe as the till uses it, pages as in a browser without scripts, webhooks by HTTP.
#![allow(clippy::unwrap_used)]
#![recursion_limit = "256"]

mod common;
#[path = "common/server.rs"]
mod server;

use std::time::Duration;

use server::{Server, browse, start};
use simulator::{Clock, Means, Mishap, Times};
use stripe::{Client, ClientBuilder, IdempotencyKey, RequestStrategy, StripeError, StripeRequest};
use stripe_checkout::checkout_session::{
    CreateCheckoutSession, CreateCheckoutSessionLineItems, CreateCheckoutSessionLineItemsPriceData,
    CreateCheckoutSessionShippingAddressCollection,
    CreateCheckoutSessionShippingAddressCollectionAllowedCountries as Country, ExpireCheckoutSession,
    ListCheckoutSession, ProductData, RetrieveCheckoutSession,
};
use stripe_core::refund::CreateRefund;
use stripe_shared::{CheckoutSession, CheckoutSessionMode, CheckoutSessionStatus};

fn client(server: &Server) -> Client {
    let url = format!("{}/", server.url);
    ClientBuilder::new("sk_test_till").url(url).timeout(Duration::from_secs(5)).build().unwrap()
}

fn bowl() -> CreateCheckoutSession {
    let mut price = CreateCheckoutSessionLineItemsPriceData::new(stripe_types::Currency::EUR);
    price.unit_amount = Some(2_800);
    price.product_data = Some(ProductData::new("Bol « Lune »"));
    let mut line = CreateCheckoutSessionLineItems::new();
    line.price_data = Some(price);
    line.quantity = Some(1);
    let countries = CreateCheckoutSessionShippingAddressCollection::new(vec![Country::Fr]);
    CreateCheckoutSession::new()
        .mode(CheckoutSessionMode::Payment)
        .success_url("https://shop.test/thanks?session={CHECKOUT_SESSION_ID}")
        .cancel_url("https://shop.test/order?a=1&b=2")
        .locale(stripe_shared::CheckoutSessionLocale::Fr)
        .metadata(
            std::iter::once(("order_id".to_owned(), "order-1".to_owned())).collect::<stripe_metadata::Map>(),
        )
        .line_items(vec![line])
        .shipping_address_collection(countries)
}

/// async-stripe's own type of metadata.
mod stripe_metadata {
    #[allow(clippy::disallowed_types)]
    pub type Map = std::collections::HashMap<String, String>;
}

async fn create(client: &Client, key: &str) -> Result<CheckoutSession, StripeError> {
    let strategy = RequestStrategy::Idempotent(IdempotencyKey::new(key).unwrap());
    bowl().customize().request_strategy(strategy).send(client).await
}

const FORM: &str =
    "email=ada%40example.com&name=Ada&line1=3+rue+du+Four&postal_code=69001&city=Lyon&country=FR";

#[tokio::test]
async fn async_stripe_creates_reads_lists_expires_and_refunds() {
    let server = start(Clock::Real, &["whsec_a"]).await;
    let client = client(&server);
    let first = create(&client, "k1").await.unwrap();
    assert_eq!(create(&client, "k1").await.unwrap().id, first.id);
    assert_eq!(first.status, Some(CheckoutSessionStatus::Open));
    let second = create(&client, "k2").await.unwrap();
    let expired = ExpireCheckoutSession::new(second.id.clone()).send(&client).await.unwrap();
    assert_eq!(expired.status, Some(CheckoutSessionStatus::Expired));
    let again = ExpireCheckoutSession::new(second.id).send(&client).await.unwrap_err();
    assert!(matches!(again, StripeError::Stripe(_, 400)), "{again:?}");
    server.simulator.pay(first.id.as_str(), &common::ada(), Means::Card).unwrap();
    let expand = vec!["payment_intent.latest_charge.refunds".to_owned(), "line_items".to_owned()];
    let paid = RetrieveCheckoutSession::new(first.id.clone()).expand(expand).send(&client).await.unwrap();
    let intent = paid.payment_intent.unwrap().into_object().unwrap();
    let refund =
        CreateRefund::new().payment_intent(intent.id.as_str()).amount(1_000).send(&client).await.unwrap();
    assert_eq!((refund.amount, refund.status.as_deref()), (1_000, Some("succeeded")));
    let list = ListCheckoutSession::new().limit(1).send(&client).await.unwrap();
    assert!(list.has_more);
    let wrong = bowl().success_url("/thanks").send(&client).await.unwrap_err();
    match wrong {
        StripeError::Stripe(error, 400) => assert_eq!(error.param.as_deref(), Some("success_url")),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_lost_answer_is_an_error_for_the_client_and_found_by_its_key() {
    let server = start(Clock::Real, &["whsec_a"]).await;
    let client = client(&server);
    for mishap in [Mishap::Lose, Mishap::Drop] {
        server.simulator.with_state(|state, _| state.mishap(mishap, "POST /v1/checkout", Times::Next(1)));
        let key = format!("{mishap:?}");
        let before = server.simulator.with_state(|state, _| state.sessions().len());
        let lost = create(&client, &key).await.unwrap_err();
        assert!(!matches!(lost, StripeError::Stripe(..)), "{lost:?}");
        let made = server.simulator.with_state(|state, _| state.sessions().len()) - before;
        assert_eq!(made, usize::from(mishap == Mishap::Lose));
        create(&client, &key).await.unwrap();
        assert_eq!(server.simulator.with_state(|state, _| state.sessions().len()) - before, 1);
    }
}

#[tokio::test]
async fn a_shopper_without_scripts_is_declined_then_challenged_then_led_to_the_shop() {
    let server = start(Clock::Real, &["whsec_a"]).await;
    let session = create(&client(&server), "k").await.unwrap();
    let page = session.url.unwrap();
    assert_eq!(page, format!("{}/pay/{}", server.url, session.id));
    let (status, _, html) = browse("GET", &page, "").await;
    assert_eq!(status, 200);
    for text in [
        "Ceci n’est pas Stripe",
        "Bol « Lune »",
        "28,00\u{a0}€",
        "<option value=\"FR\">France",
        "https://shop.test/order?a=1&amp;b=2",
    ] {
        assert!(html.contains(text), "{text} is missing in {html}");
    }
    assert!(!html.contains("<script"));
    let (status, _, html) = browse("POST", &page, "email=x&means=card").await;
    assert_eq!(status, 422);
    assert!(html.contains("role=\"alert\"") && html.contains("aria-invalid"), "{html}");
    let (status, _, html) = browse("POST", &page, &format!("{FORM}&means=declined")).await;
    assert_eq!(status, 402);
    assert!(html.contains("Votre carte a été refusée") && html.contains("value=\"3 rue du Four\""), "{html}");
    let (status, to, _) = browse("POST", &page, &format!("{FORM}&means=challenged")).await;
    assert_eq!((status, to), (303, Some(format!("/_stripe/pay/{}/challenge", session.id))));
    let challenge = format!("{page}/challenge");
    assert!(browse("GET", &challenge, "").await.2.contains("Confirmer le paiement"));
    assert_eq!(browse("POST", &challenge, "answer=fail").await.0, 402);
    browse("POST", &page, &format!("{FORM}&means=challenged")).await;
    let (status, to, _) = browse("POST", &challenge, "answer=confirm").await;
    assert_eq!((status, to), (303, Some(format!("https://shop.test/thanks?session={}", session.id))));
    let (status, _, html) = browse("GET", &page, "").await;
    assert!(status == 200 && html.contains("Paiement terminé"), "{html}");
}

#[tokio::test]
async fn an_expired_page_says_so_and_takes_no_money() {
    let server = start(Clock::manual(common::NOW), &["whsec_a"]).await;
    let session = create(&client(&server), "k").await.unwrap();
    let page = session.url.unwrap();
    server.simulator.clock().advance(86_400);
    let (status, _, html) = browse("GET", &page, "").await;
    assert!(status == 410 && html.contains("a expiré"), "{status} {html}");
    assert_eq!(browse("POST", &page, &format!("{FORM}&means=card")).await.0, 410);
    let (status, _, _) = browse("GET", &format!("{}/pay/cs_test_none", server.url), "").await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn strangers_texts_are_escaped_on_every_page() {
    let server = start(Clock::Real, &["whsec_a"]).await;
    let client = client(&server);
    let evil = "<img src=x onerror=alert(1)>\"'";
    let mut price = CreateCheckoutSessionLineItemsPriceData::new(stripe_types::Currency::EUR);
    price.unit_amount = Some(2_800);
    price.product_data = Some(ProductData::new(evil));
    let mut line = CreateCheckoutSessionLineItems::new();
    line.price_data = Some(price);
    line.quantity = Some(1);
    let page = bowl().line_items(vec![line]).send(&client).await.unwrap().url.unwrap();
    let form = "email=%22%3E%3Cimg%20src%3Dx%3E&name=%3Cimg%3E&means=declined";
    for (method, form) in [("GET", ""), ("POST", form)] {
        let (_, _, html) = browse(method, &page, form).await;
        assert!(!html.contains("<img"), "{html}");
    }
    browse("POST", &format!("{}/dashboard/mishap", server.url), "mishap=lose&only=%3Cimg%3E").await;
    assert!(!browse("GET", &format!("{}/dashboard", server.url), "").await.2.contains("<img"));
}

#[tokio::test]
async fn the_dashboard_refunds_disputes_settles_and_switches() {
    let server = start(Clock::Real, &["whsec_a"]).await;
    let client = client(&server);
    let dashboard = format!("{}/dashboard", server.url);
    let act = async |action: &str, form: &str| browse("POST", &format!("{dashboard}/{action}"), form).await;
    let paid = create(&client, "k1").await.unwrap();
    server.simulator.pay(paid.id.as_str(), &common::ada(), Means::Card).unwrap();
    let debit = create(&client, "k2").await.unwrap();
    server.simulator.pay(debit.id.as_str(), &common::ada(), Means::Debit).unwrap();
    let look = |id: &str| server.simulator.with_state(|state, _| state.object(id).unwrap());
    let intent = look(paid.id.as_str())["payment_intent"].as_str().unwrap().to_owned();
    let charge = look(&intent)["latest_charge"].as_str().unwrap().to_owned();

    assert_eq!(act("refund", &format!("charge={charge}&amount=10.00")).await.0, 303);
    assert_eq!(look(&charge)["amount_refunded"], 1_000);
    assert_eq!(act("refund", &format!("charge={charge}&amount=100.00")).await.0, 422);
    assert_eq!(act("settle", &format!("session={}&succeeds=no", debit.id)).await.0, 303);
    assert_eq!(look(debit.id.as_str())["payment_status"], "unpaid");
    assert_eq!(act("dispute", &format!("charge={charge}")).await.0, 303);
    let (_, _, html) = browse("GET", &dashboard, "").await;
    for text in ["Shop wins", "needs_response", "€10.00", "checkout.session.async_payment_failed"] {
        assert!(html.contains(text), "{text} is missing");
    }
    let dispute =
        html.split("name=\"dispute\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert_eq!(act("close", &format!("dispute={dispute}&won=yes")).await.0, 303);
    assert_eq!(look(&dispute)["status"], "won");
    assert_eq!(act("mishap", "mishap=refuse_503&times=2&only=GET").await.0, 303);
    assert!(matches!(
        RetrieveCheckoutSession::new(paid.id).send(&client).await,
        Err(StripeError::Stripe(_, 503))
    ));
    assert_eq!(act("calm", "").await.0, 303);
    assert_eq!(act("nonsense", "").await.0, 422);
}

#[tokio::test]
async fn webhooks_arrive_by_http_and_come_again_on_the_clock() {
    let server = start(Clock::manual(common::NOW), &["whsec_a"]).await;
    let session = create(&client(&server), "k").await.unwrap();
    server.simulator.pay(session.id.as_str(), &common::ada(), Means::Card).unwrap();
    server.answers.lock().unwrap().push(500);
    assert_eq!(server.simulator.deliver().await, 4);
    assert_eq!(server.simulator.advance(9).await, 0);
    assert_eq!(server.simulator.advance(1).await, 1);
    let received = server.received.lock().unwrap();
    let body: serde_json::Value = serde_json::from_str(&received[4].body).unwrap();
    assert_eq!(received.len(), 5);
    assert_eq!(
        received[4].signature,
        simulator::signature(&["whsec_a".into()], common::NOW + 10, received[4].body.as_bytes())
    );
    assert_eq!(body["id"], serde_json::from_str::<serde_json::Value>(&received[0].body).unwrap()["id"]);
}

#[tokio::test]
async fn the_sender_delivers_by_itself_and_rests() {
    let server = start(Clock::Real, &["whsec_a"]).await;
    let _sender = server.simulator.spawn_webhook_sender();
    let session = create(&client(&server), "k").await.unwrap();
    server.simulator.pay(session.id.as_str(), &common::ada(), Means::Card).unwrap();
    for _ in 0..100 {
        tokio::time::sleep(Duration::from_millis(20)).await;
        if server.received.lock().unwrap().len() == 4 {
            return;
        }
    }
    panic!("{} webhooks came", server.received.lock().unwrap().len());
}

#[tokio::test]
async fn a_closure_can_be_the_endpoint_and_may_ask_the_api_meanwhile() {
    let place: std::sync::Arc<std::sync::OnceLock<simulator::Simulator>> = std::sync::Arc::default();
    let inside = std::sync::Arc::clone(&place);
    let sink = move |webhook: simulator::WebhookRequest| {
        let stripe = inside.get().cloned();
        async move {
            let event = simulator::Request::get(&format!("/v1/events/{}", webhook.event));
            Some(stripe?.request(&event).status)
        }
    };
    let stripe = simulator::Simulator::with(common::config(), Clock::manual(common::NOW), sink);
    place.set(stripe.clone()).unwrap();
    let session = stripe.request(&common::create(&common::pairs())).json()["id"].as_str().unwrap().to_owned();
    stripe.pay(&session, &common::ada(), Means::Card).unwrap();
    assert_eq!(stripe.deliver().await, 4);
    assert_eq!(stripe.advance(1_000_000).await, 0, "all were taken");
}
