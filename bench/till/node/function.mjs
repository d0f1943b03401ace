// The peer of the till: a Node function with Stripe's official package and PostgreSQL that does the heart of the same work:
// stock of keys, a quote, and a checkout (pieces are held in one transaction, then a session is made, then it is booked).
// It has no webhooks, mails, pages, limits, replacement of carts or recovery: what is compared is what it costs to run.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import pg from 'pg';
import Stripe from 'stripe';

const { CATALOG, DATABASE_URL, STRIPE_SECRET_KEY, STRIPE_API_URL, TILL_LISTEN } = process.env;
const SHIPPING = 990; // the yardstick shop's one rate, in cents
const catalog = JSON.parse(readFileSync(CATALOG));
const items = new Map(catalog.items.map((item) => [item.sku, item]));
const database = new pg.Pool({ connectionString: DATABASE_URL, max: 2 });
const api = new URL(STRIPE_API_URL);
const stripe = new Stripe(STRIPE_SECRET_KEY, { host: api.hostname, port: api.port, protocol: 'http', telemetry: false });

async function stock(keys) {
  const { rows } = await database.query('SELECT key, supply - taken AS left FROM stock WHERE key = ANY($1)', [keys]);
  return Object.fromEntries(rows.map(({ key, left }) => [key, { available: Math.min(5, left) }]));
}

function quote({ items: wanted }) {
  let goods = 0;
  const lines = wanted.map(({ sku, quantity }) => {
    const item = items.get(sku);
    goods += item.price * quantity;
    return { sku, quantity, price: item.price, name: item.name.en };
  });
  return { lines, shipping: SHIPPING, total: goods + SHIPPING };
}

async function checkout(cart) {
  const quoted = quote(cart);
  const order = randomUUID();
  const client = await database.connect();
  try {
    await client.query('BEGIN');
    for (const { sku, quantity } of quoted.lines) {
      const held = await client.query('UPDATE stock SET taken = taken + $2 WHERE key = $1 AND supply - taken >= $2', [sku, quantity]);
      if (held.rowCount !== 1) throw Object.assign(new Error('sold_out'), { status: 409 });
    }
    await client.query('INSERT INTO orders (id, data) VALUES ($1, $2)', [order, JSON.stringify(quoted)]);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
  const session = await stripe.checkout.sessions.create(
    {
      mode: 'payment',
      line_items: quoted.lines.map(({ name, price, quantity }) => ({
        quantity,
        price_data: { currency: 'eur', unit_amount: price, product_data: { name } },
      })),
      shipping_options: [
        { shipping_rate_data: { type: 'fixed_amount', display_name: 'Post', fixed_amount: { amount: quoted.shipping, currency: 'eur' } } },
      ],
      expires_at: Math.floor(Date.now() / 1000) + 1860,
      metadata: { order_id: order },
      success_url: `https://shop.example/orders/${order}`,
      cancel_url: 'https://shop.example/cart/',
    },
    { idempotencyKey: order },
  );
  await database.query('UPDATE orders SET session = $2 WHERE id = $1', [order, session.id]);
  return { url: session.url, order };
}

async function answer(request) {
  const url = new URL(request.url, 'http://localhost');
  if (url.pathname === '/api/health') return { catalog: catalog.hash };
  if (url.pathname === '/api/stock') return stock(url.searchParams.getAll('key'));
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const cart = JSON.parse(Buffer.concat(chunks));
  return url.pathname === '/api/quote' ? quote(cart) : checkout(cart);
}

const [host, port] = TILL_LISTEN.split(':');
createServer(async (request, response) => {
  const [status, body] = await answer(request).then(
    (body) => [200, body],
    (error) => [error.status ?? 500, { error: error.message }],
  );
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}).listen(Number(port), host);
