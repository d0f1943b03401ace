// A stand-in for the till that prices from catalog.json: enough for the cart's page. The real one has tests of its own.

import { catalog } from "./samples.mjs";

/** By SKU: what is gone, what somebody is paying for, how many are left, what costs otherwise than the pages say, what is no
    longer for sale, whose words are not taken, how many only a checkout counts. The code of a refusal for every quote. How
    often each address was asked, and what the last checkout asked for. Tests set and read them. */
export const state = {};
export const reset = () => Object.assign(state, { gone: new Set(), held: new Set(), left: new Map(), prices: new Map(), withdrawn: new Set(), wordless: new Set(), counted: new Map(), refusal: null, calls: {}, asked: null });
reset();

const WAYS = [["colissimo", 790], ["chronopost", 1690], ["pickup", 0]];
const FREE = 8000;

function quote({ lang, items, destination }) {
  const problems = [];
  const print = (minor) => (lang === "fr" ? `${(minor / 100).toFixed(2).replace(".", ",")} €` : `€${(minor / 100).toFixed(2)}`);
  const lines = items.flatMap(({ sku, quantity: wanted, note }) => {
    const stale = (code, available) => problems.push({ sku, note: note ?? null, code, available });
    const item = state.withdrawn.has(sku) ? null : catalog.items.find((candidate) => candidate.sku === sku);
    const available = state.left.get(sku) ?? null;
    const quantity = Math.min(wanted, available ?? wanted);
    const wordless = note && state.wordless.has(sku);
    if (!item) stale("unknown_sku", null);
    else if (wordless) stale("bad_request", null);
    else if (state.gone.has(sku)) stale("sold_out", 0);
    else if (state.held.has(sku)) stale("reserved", 0);
    else if (quantity < wanted) stale("quantity_unavailable", available);
    if (!item || wordless || state.gone.has(sku) || state.held.has(sku)) return [];
    const unit = (state.prices.get(sku) ?? item.price) + (note ? 500 : 0);
    const text = { unit_price: print(unit), total: print(unit * quantity) };
    return { sku, title: item.name[lang], quantity, note: note ?? null, unit_price: unit, total: unit * quantity, text, available };
  });
  const goods = lines.reduce((sum, line) => sum + line.total, 0);
  const [rate, price] = WAYS.find(([id]) => id === destination?.rate) ?? WAYS[0];
  const all = WAYS.map(([id, cost]) => ({ rate: id, label: id, price: cost, text: print(cost) }));
  const missing = goods < FREE && rate !== "pickup" ? FREE - goods : null;
  const shipping = lines.length ? { rate, label: rate, price, days: [3, 5], free_in: missing } : null;
  const text = { goods: print(goods), shipping: shipping && print(price), free_in: missing && print(missing), total: print(goods + price) };
  // Like the real one: without a country it names no other way than collecting.
  return { currency: catalog.currency, lines, problems, goods, shipping, options: rate === "pickup" ? all.slice(2) : all, total: goods + price, text };
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
