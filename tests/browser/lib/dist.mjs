// The built shop as files and pages: which file answers which address, each page parsed once.

import { readFileSync, readdirSync, existsSync } from "node:fs";
import path from "node:path";
import { Page } from "./html.mjs";

/** The folder under test; `cargo xtask test` sets DIST. */
export const DIST = (() => {
  const dist = process.env.DIST;
  if (!dist) throw new Error("DIST is not set: give the folder of a built shop, as in `DIST=../../dist npm test`, or run `cargo xtask test`");
  if (!existsSync(path.join(dist, "index.html"))) throw new Error(`DIST=${dist} holds no index.html: build the shop first (bazaar build --out DIR)`);
  return path.resolve(dist);
})();

/** Every file, as a path relative to DIST with `/`, sorted. */
export const files = readdirSync(DIST, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => path.relative(DIST, path.join(entry.parentPath ?? entry.path, entry.name)).split(path.sep).join("/"))
  .sort();

const known = new Set(files);

export const has = (file) => known.has(file);
export const text = (file) => readFileSync(path.join(DIST, file), "utf8");

/** The text of a file that must be there; says which one is missing. */
export function required(file) {
  if (!has(file)) throw new Error(`${file} is missing from the built shop`);
  return text(file);
}

/** `index.html` -> `/`, `en/index.html` -> `/en/`, `404.html` -> `/404.html`. */
export const addressOf = (file) => `/${file.replace(/(^|\/)index\.html$/, "$1")}`;

/** The file that answers a root-relative address without query and anchor, or null. */
export function fileOf(address) {
  const name = decodeURIComponent(address).replace(/^\//, "");
  if (name === "" || name.endsWith("/")) return has(`${name}index.html`) ? `${name}index.html` : null;
  return has(name) ? name : null;
}

/** Every HTML page, in order of file. */
export const pages = files.filter((file) => file.endsWith(".html")).map((file) => new Page(file, addressOf(file), text(file)));

const byAddress = new Map(pages.map((page) => [page.address, page]));
export const pageAt = (address) => byAddress.get(address);

const home = byAddress.get("/");
if (!home.canonical) throw new Error("the home page has no canonical address: the base URL cannot be told");
/** The shop's own address, without a final slash. */
export const base = home.canonical.replace(/\/$/, "");

/** The root-relative part of an absolute address of this shop; null for other addresses. */
export function ownAddress(absolute) {
  if (absolute === base) return "/";
  return absolute?.startsWith(`${base}/`) ? absolute.slice(base.length) : null;
}

/** Old addresses of `_redirects` (Netlify): source -> target; each with and without its final slash, as Netlify matches. */
export const redirects = new Map(
  (has("_redirects") ? text("_redirects") : "")
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([from, , status = "301"]) => from?.startsWith("/") && !/[*:]/.test(from) && status.startsWith("30"))
    .flatMap(([from, to]) => [from.replace(/\/$/, ""), from.replace(/\/?$/, "/")].map((form) => [form, to])),
);
