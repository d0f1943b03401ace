// Which pages stand for all: one of each kind and language, found in the built shop itself.
// A kind without a page is an error: a test of nothing must not look green.

import { pages, pageAt, required } from "./dist.mjs";

export const catalog = JSON.parse(required("catalog.json"));

export const languages = Object.keys(catalog.items[0].name);

/** The demo shop's products that show each state; the tests check that they really do. */
export const STATES = {
  "a unique piece": { product: "bol-lune", shows: (items) => items.every((item) => item.availability === "in_stock") },
  "a product with variants": { product: "tablier-atelier", shows: (items) => items.length > 1 },
  "several options": { product: "bougeoirs-tournes", shows: (items) => items.length > 3 },
  "a variant sold out": { product: "tasses-maree", shows: (items) => new Set(items.map((item) => item.availability)).size > 1 },
  "a piece already gone": { product: "vase-brume", shows: (items) => items.every((item) => item.availability === "sold_out") },
  "a product on sale": { product: "chemin-de-table", shows: (items) => items.every((item) => item.price < 5400) },
  "made to order": { product: "tabouret-chene", shows: (items) => items.every((item) => item.availability === "made_to_order") },
};

const KINDS = ["home", "products", "category", "collection", "tag", "maker", "terms", "page", "cart", "not_found"];

export const itemsOf = (product) => catalog.items.filter((item) => item.product === product);

/** The page of an item, without the choice of its variant. */
export const pageOfItem = (item, language) => pageAt(item.url[language].replace(/\?.*$/, ""));

/** `[{ name, page, status }]`: what a browser shall look at. */
export function samples() {
  const found = [];
  for (const language of languages) {
    for (const kind of KINDS) {
      const page = pages.find((candidate) => candidate.lang === language && candidate.kinds.includes(kind));
      if (!page) throw new Error(`no page of kind ${kind} in ${language}: the theme marks it on <body> by a class like "on-product"`);
      found.push({ name: `${kind} (${language})`, page, status: kind === "not_found" ? 404 : 200 });
    }
    for (const [name, { product }] of Object.entries(STATES)) {
      const page = itemsOf(product).map((item) => pageOfItem(item, language))[0];
      if (!page) throw new Error(`${name}: catalog.json leads to no page of ${product} in ${language}`);
      found.push({ name: `${name} (${language})`, page, status: 200 });
    }
  }
  return found;
}
