// Stripe's own client against the stand-in: requests, errors and webhook signatures. Usage: node drive.mjs PORT SECRET SECRET
import assert from "node:assert/strict";
import Stripe from "stripe";

const [port, ...secrets] = process.argv.slice(2);
const base = `http://127.0.0.1:${port}`;
const client = (key) => new Stripe(key, { host: "127.0.0.1", port, protocol: "http", maxNetworkRetries: 0, telemetry: false });
const stripe = client("sk_test_official");

const params = {
  mode: "payment",
  success_url: "https://shop.test/thanks?session={CHECKOUT_SESSION_ID}",
  cancel_url: "https://shop.test/order",
  expires_at: Math.floor(Date.now() / 1000) + 35 * 60,
  locale: "fr",
  metadata: { order_id: "order-1" },
  allowed_payment_method_types: ["card"],
  shipping_address_collection: { allowed_countries: ["FR", "MC"] },
  shipping_options: [{ shipping_rate_data: { display_name: "Colissimo", type: "fixed_amount", fixed_amount: { amount: 590, currency: "eur" } } }],
  line_items: [{ quantity: 1, price_data: { currency: "eur", unit_amount: 2800, product_data: { name: "Bol « Lune »" } } }],
};

// Created once, whatever is repeated.
const session = await stripe.checkout.sessions.create(params, { idempotencyKey: "one" });
const again = await stripe.checkout.sessions.create(params, { idempotencyKey: "one" });
assert.equal(again.id, session.id);
assert.equal(again.lastResponse.headers["idempotent-replayed"], "true");
assert.equal(session.amount_total, 3390);

// Errors are of the classes Stripe's client knows.
const fails = (promise, kind, code) => assert.rejects(promise, (error) => {
  assert.equal(error.constructor.name, kind, error.message);
  if (code) assert.equal(error.code, code);
  assert.match(error.requestId, /^req_/);
  return true;
});
await fails(stripe.checkout.sessions.create({ ...params, cancel_url: undefined }, { idempotencyKey: "one" }), "StripeIdempotencyError");
await fails(stripe.checkout.sessions.create({ ...params, colour: "red" }), "StripeInvalidRequestError", "parameter_unknown");
await fails(stripe.checkout.sessions.retrieve("cs_test_none"), "StripeInvalidRequestError", "resource_missing");
await fails(client("sk_live_nothing").balance.retrieve(), "StripeAuthenticationError");

// Paid on its page, then read with everything in it.
const form = new URLSearchParams({ email: "ada@example.com", name: "Ada", line1: "3 rue du Four", postal_code: "69001", city: "Lyon", country: "FR", means: "card" });
const paid = await fetch(`${base}/pay/${session.id}`, { method: "POST", body: form, redirect: "manual" });
assert.equal(paid.status, 303);
assert.equal(paid.headers.get("location"), `https://shop.test/thanks?session=${session.id}`);
const read = await stripe.checkout.sessions.retrieve(session.id, { expand: ["payment_intent.latest_charge.refunds", "line_items"] });
assert.equal(read.payment_status, "paid");
assert.equal(read.line_items.data[0].description, "Bol « Lune »");
const charge = read.payment_intent.latest_charge;
await stripe.refunds.create({ payment_intent: read.payment_intent.id, amount: 1000 });
await stripe.refunds.create({ charge: charge.id });
await fails(stripe.refunds.create({ charge: charge.id }), "StripeInvalidRequestError", "charge_already_refunded");
const refunds = await stripe.refunds.list({ charge: charge.id, limit: 1 }).autoPagingToArray({ limit: 10 });
assert.deepEqual(refunds.map((refund) => refund.amount), [2390, 1000]);
const listed = await stripe.checkout.sessions.list({ created: { gte: session.created } }).autoPagingToArray({ limit: 100 });
assert.equal(listed.length, 1);

// Webhooks: taken with either secret, refused with a third, with another body, or late.
let received = [];
for (let tries = 0; received.length < 8 && tries < 100; tries++) {
  await new Promise((resolve) => setTimeout(resolve, 50));
  received = await (await fetch(`${base}/received`)).json();
}
assert.equal(received.length, 8);
const kinds = new Set();
for (const { body, signature } of received) {
  for (const secret of secrets) kinds.add(stripe.webhooks.constructEvent(body, signature, secret).type);
  assert.throws(() => stripe.webhooks.constructEvent(body, signature, "whsec_other"), /No signatures found/);
  assert.throws(() => stripe.webhooks.constructEvent(body.replace("evt_", "evt-"), signature, secrets[0]), /No signatures found/);
  const [, time] = signature.match(/^t=(\d+),/);
  const late = (Number(time) + 600) * 1000;
  assert.throws(() => stripe.webhooks.constructEvent(body, signature, secrets[0], 300, undefined, late), /Timestamp outside/);
  const official = stripe.webhooks.generateTestHeaderString({ payload: body, secret: secrets[0], timestamp: Number(time) });
  assert.ok(signature.startsWith(official), `${signature} does not start with ${official}`);
}
for (const kind of ["checkout.session.completed", "payment_intent.succeeded", "charge.refunded", "refund.created"]) assert.ok(kinds.has(kind), kind);
console.log(`stripe ${Stripe.PACKAGE_VERSION ?? ""} (${stripe.getApiField("version")}): ${received.length} webhooks verified`);
