// A stand-in for the till that prices from catalog.json: enough for the cart's page. The real one has tests of its own.

import { catalog } from "./samples.mjs";

/** What is gone, by SKU, and what the last checkout asked for: a test sets and reads them. */
export const state = { gone: new Set(), asked: null };

const WAYS = [["colissimo", 790], ["chronopost", 1690], ["pickup", 0]];
const print = (minor) => `${(minor / 100).toFixed(2).replace(".", ",")} €`;

function quote({ lang, items, destination }) {
  const problems = items.filter(({ sku }) => state.gone.has(sku)).map(({ sku }) => ({ sku, code: "sold_out", available: 0 }));
  const lines = items.filter(({ sku }) => !state.gone.has(sku)).map(({ sku, quantity, note }) => {
    const item = catalog.items.find((candidate) => candidate.sku === sku);
    const unit = item.price + (note ? 500 : 0);
    const text = { unit_price: print(unit), total: print(unit * quantity) };
    return { sku, title: item.name[lang], quantity, note: note ?? null, unit_price: unit, total: unit * quantity, text, available: null };
  });
  const goods = lines.reduce((sum, line) => sum + line.total, 0);
  const [rate, price] = WAYS.find(([id]) => id === destination?.rate) ?? WAYS[0];
  const all = WAYS.map(([id, cost]) => ({ rate: id, label: id, price: cost, text: print(cost) }));
  const shipping = lines.length ? { rate, label: rate, price, days: [3, 5], free_in: null } : null;
  const text = { goods: print(goods), shipping: shipping && print(price), free_in: null, total: print(goods + price) };
  // Like the real one: without a country it names no other way than collecting.
  return { currency: catalog.currency, lines, problems, goods, shipping, options: rate === "pickup" ? all.slice(2) : all, total: goods + price, text };
}

/** Answers what is below `/api/`. */
export async function answer(request, response) {
  const send = (status, body) => response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  const { pathname, searchParams } = new URL(request.url, "http://shop.invalid");
  if (pathname === "/api/stock") {
    return send(200, Object.fromEntries(searchParams.getAll("key").filter((key) => state.gone.has(key)).map((key) => [key, { available: 0, reserved: false }])));
  }
  let text = "";
  for await (const part of request) text += part;
  if (pathname === "/api/quote") return send(200, quote(JSON.parse(text)));
  if (pathname === "/api/checkout") {
    state.asked = JSON.parse(text);
    return send(200, { url: "/", order: "/api/orders/o1.token" });
  }
  return send(404, { code: "not_found" });
}
