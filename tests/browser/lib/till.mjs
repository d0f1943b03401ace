// A stand-in for the till that prices from catalog.json: enough for the cart's page. The real one has tests of its own.

import { catalog } from "./samples.mjs";

/** By SKU: what is gone, what somebody is paying for, how many are left, what costs otherwise than the pages say, what is no
    longer for sale, whose words are not taken, how many only a checkout counts, what is too heavy for each parcel, what can only
    be collected, which SKUs share one stock and how many that has. The code of a refusal for every quote. How
    often each address was asked, and what the last checkout asked for. Tests set and read them. */
export const state = {};
export const reset = () => Object.assign(state, { gone: new Set(), held: new Set(), left: new Map(), prices: new Map(), withdrawn: new Set(), wordless: new Set(), counted: new Map(), heavy: new Set(), collect: new Set(), shared: [], refusal: null, calls: {}, asked: null });
reset();

const WAYS = [["colissimo", 790], ["chronopost", 1690], ["pickup", 0]];
const FREE = 8000;

function quote({ lang, items, destination }) {
  const problems = [];
  const print = (minor) => (lang === "fr" ? `${(minor / 100).toFixed(2).replace(".", ",")} €` : `€${(minor / 100).toFixed(2)}`);
  let left = state.shared[0];
  const together = state.shared.slice(1);
  const lines = items.flatMap(({ sku, quantity: wanted, note }) => {
    const stale = (code, available, skus = []) => problems.push({ sku, note: note ?? null, code, available, skus });
    const item = state.withdrawn.has(sku) ? null : catalog.items.find((candidate) => candidate.sku === sku);
    const available = together.includes(sku) ? left : state.left.get(sku) ?? null;
    const quantity = Math.min(wanted, available ?? wanted);
    if (together.includes(sku)) left -= quantity;
    const wordless = note && state.wordless.has(sku);
    if (!item) stale("unknown_sku", null);
    else if (wordless) stale("bad_request", null);
    else if (state.gone.has(sku)) stale("sold_out", 0);
    else if (state.held.has(sku)) stale("reserved", 0);
    else if (quantity < wanted) stale("quantity_unavailable", together.includes(sku) ? state.shared[0] : available, together.includes(sku) ? together : [sku]);
    if (!quantity) return [];
    if (!item || wordless || state.gone.has(sku) || state.held.has(sku)) return [];
    const unit = (state.prices.get(sku) ?? item.price) + (note ? 500 : 0);
    const text = { unit_price: print(unit), total: print(unit * quantity), made: null };
    const words = note && `Texte : ${note}`;
    return { words, pickup_only: state.collect.has(sku), sku, title: item.name[lang], quantity, note: note ?? null, unit_price: unit, total: unit * quantity, text, available };
  });
  const goods = lines.reduce((sum, line) => sum + line.total, 0);
  // Like the real one: what cannot be sent goes no way until one is chosen, and only what is offered is listed.
  const collect = lines.some(({ sku }) => state.collect.has(sku));
  const heavy = lines.some(({ sku }) => state.heavy.has(sku));
  const abroad = destination?.country === "US";
  const served = WAYS.filter(([id]) => id === "pickup" || !(collect || heavy || abroad));
  const [rate, price] = served.find(([id]) => id === destination?.rate) ?? served.find(([id]) => id !== "pickup") ?? [null, 0];
  const all = served.map(([id, cost]) => ({ rate: id, label: id, price: cost, text: print(cost) }));
  const missing = goods < FREE && rate && rate !== "pickup" ? FREE - goods : null;
  const replaced = Boolean(destination?.rate) && destination.rate !== rate;
  const shipping = lines.length && rate ? { rate, label: rate, price, days: [3, 5], free_in: missing, replaced } : null;
  const why = lines.length && !shipping ? (collect ? "pickup_only" : heavy ? "weight" : "country") : null;
  const text = { goods: print(goods), shipping: shipping && print(price), free_in: missing && print(missing), days: shipping && "3-5", total: print(goods + price) };
  return { currency: catalog.currency, lines, problems, goods, shipping, not_served: why, pickup_only: collect, options: all, total: goods + price, text };
}

/** Answers what is below `/api/`. */
export async function answer(request, response) {
  const send = (status, body) => response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  const { pathname, searchParams } = new URL(request.url, "http://shop.invalid");
  state.calls[pathname] = (state.calls[pathname] ?? 0) + 1;
  if (pathname === "/api/stock") {
    const standing = (key) => ({ available: state.gone.has(key) || state.held.has(key) ? 0 : state.left.get(key) ?? null, reserved: state.held.has(key) });
    return send(200, Object.fromEntries(searchParams.getAll("key").map((key) => [key, standing(key)])));
  }
  let text = "";
  for await (const part of request) text += part;
  if (pathname === "/api/quote") return state.refusal ? send(422, { code: state.refusal }) : send(200, quote(JSON.parse(text)));
  if (pathname === "/api/checkout") {
    state.asked = JSON.parse(text);
    const short = state.asked.items.find(({ sku, quantity }) => quantity > state.counted.get(sku));
    if (short) return send(409, { code: "quantity_unavailable", sku: short.sku, available: state.counted.get(short.sku) });
    return send(200, { url: "/", order: "/api/orders/o1.token" });
  }
  return send(404, { code: "not_found" });
}
