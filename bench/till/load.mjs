// Asks a till as fast as it answers, over some connections, and prints as JSON how fast that was.
// The job comes on standard input as JSON: { url, host, kind: "stock" | "quote" | "cart" | "checkout", skus, connections, requests }
import { randomBytes, randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Client } from 'undici';

const job = JSON.parse(readFileSync(0));
const sku = () => job.skus[randomInt(job.skus.length)];
let turn = randomInt(job.skus.length);
// One after another: shoppers of this load do not fight for the same piece.
const next = () => job.skus[turn++ % job.skus.length];
const cart = (more = {}) => JSON.stringify({ lang: 'en', destination: { country: 'FR' }, items: [{ sku: next(), quantity: 1 }], ...more });
const json = { 'content-type': 'application/json' };
// Every shopper has an address of their own: one alone would be refused after some checkouts.
const shopper = () => ({ 'x-client': `10.${randomInt(256)}.${randomInt(256)}.${randomInt(256)}` });

const request = {
  stock: () => ({ method: 'GET', path: `/api/stock?${Array.from({ length: 24 }, () => `key=${sku()}`).join('&')}` }),
  quote: () => ({ method: 'POST', path: '/api/quote', headers: json, body: cart() }),
  cart: () => {
    // As the till writes its cookie: id, lines (SKU, quantity), country.
    const shown = next();
    const basket = { i: randomBytes(16).toString('hex'), l: [{ s: shown, q: 1 }], c: 'FR' };
    const cookie = `bazaar_cart=${Buffer.from(JSON.stringify(basket)).toString('base64url')}`;
    return { method: 'GET', path: '/api/cart?lang=en', headers: { cookie }, shown };
  },
  checkout: () => {
    const body = cart({ cart_id: randomBytes(16).toString('hex') });
    return { method: 'POST', path: '/api/checkout', headers: { ...json, ...shopper() }, body };
  },
}[job.kind];

const milliseconds = [];
const refusals = {};
let left = job.requests;

async function shop() {
  const client = new Client(job.url);
  while (left-- > 0) {
    const { headers, shown = '', ...rest } = request();
    const began = performance.now();
    const { statusCode, body } = await client.request({ ...rest, headers: { ...headers, host: job.host } });
    const text = await body.text();
    if (statusCode === 200 && text.includes(shown)) milliseconds.push(performance.now() - began);
    else refusals[text.slice(0, 200)] = (refusals[text.slice(0, 200)] ?? 0) + 1;
  }
  await client.close();
}

const began = performance.now();
await Promise.all(Array.from({ length: job.connections }, shop));
const seconds = (performance.now() - began) / 1000;
milliseconds.sort((a, b) => a - b);
const at = (share) => milliseconds[Math.min(milliseconds.length - 1, Math.floor(milliseconds.length * share))];
console.log(JSON.stringify({ answered: milliseconds.length, refusals, seconds, p50: at(0.5), p99: at(0.99) }));
