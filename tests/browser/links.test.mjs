// Where pages point: every link, picture and anchor exists, translations point at each other, the sitemap is exact,
// and nothing is loaded from elsewhere.

import test from "node:test";
import { addressOf, base, fileOf, files, ownAddress, pageAt, pages, redirects, required, text } from "./lib/dist.mjs";
import { Problems } from "./lib/problems.mjs";
import { children, parseXml, textOf } from "./lib/xml.mjs";

const ELSEWHERE = /^(mailto|tel|https?):/i;

/** A reference as seen from its page: `{ file, anchor }` in this shop, or null when it leads out. */
function target(page, reference) {
  const absolute = new URL(reference.address, base + page.address);
  const address = ownAddress(absolute.href.replace(/[?#].*$/, ""));
  if (address === null) return null;
  const resolved = redirects.get(address) ?? address;
  return { address: resolved, file: fileOf(resolved), anchor: decodeURIComponent(absolute.hash.slice(1)) };
}

test("every link, picture and anchor exists", () => {
  const problems = new Problems();
  for (const page of pages) {
    for (const reference of page.references) {
      const where = `${page.file}:${reference.line}`;
      if (reference.address === "" || /^(data|javascript|blob):/i.test(reference.address)) {
        problems.add(where, `address \`${reference.address.slice(0, 60)}\``);
        continue;
      }
      const found = target(page, reference);
      if (found?.address.startsWith("/api/")) continue; // the till's
      if (found === null) {
        problems.expect(ELSEWHERE.test(reference.address), where, `${reference.address} has an unknown scheme`);
      } else if (!found.file) {
        problems.add(where, `${reference.address} does not exist`);
      } else if (found.anchor && found.file.endsWith(".html")) {
        problems.expect(pageAt(addressOf(found.file)).ids.has(found.anchor), where, `${reference.address}: no element has this id`);
      }
    }
  }
  problems.none();
});

test("nothing is loaded from elsewhere", () => {
  const problems = new Problems();
  for (const page of pages) {
    for (const reference of page.references.filter((candidate) => candidate.loads)) {
      const where = `${page.file}:${reference.line}`;
      problems.expect(target(page, reference) !== null, where, `<${reference.element.name}> loads ${reference.address}`);
    }
  }
  problems.none();
});

test("what stylesheets load exists and is the shop's own", () => {
  const problems = new Problems();
  const sheets = files.filter((file) => file.endsWith(".css"));
  problems.expect(sheets.length > 0, "the shop", "no stylesheet");
  for (const file of sheets) {
    for (const [, address] of text(file).matchAll(/(?:url\(|@import\s+)\s*["']?([^"')\s]+)/g)) {
      if (address.startsWith("data:") || address.startsWith("#") || address === "url(") continue;
      const own = ownAddress(new URL(address, `${base}/${file}`).href.replace(/[?#].*$/, ""));
      problems.expect(own !== null && fileOf(own), file, `${address} does not exist here`);
    }
  }
  problems.none();
});

test("no inline styles and no inline event handlers", () => {
  const problems = new Problems();
  for (const page of pages) {
    for (const element of page.elements) {
      for (const name of Object.keys(element.attributes)) {
        problems.expect(name !== "style" && !/^on[a-z]+$/.test(name), `${page.file}:${element.line}`, `<${element.name} ${name}="...">`);
      }
    }
  }
  problems.none();
});

test("every picture has alt, width and height", () => {
  const problems = new Problems();
  for (const page of pages) {
    for (const image of page.all("img")) {
      for (const name of ["alt", "width", "height"]) {
        problems.expect(image.has(name), `${page.file}:${image.line}`, `<img src="${image.attributes.src}"> has no ${name}`);
      }
    }
  }
  problems.none();
});

test("every page can be reached from the home page", () => {
  const problems = new Problems();
  const reached = new Set(["index.html"]);
  const queue = [...reached];
  for (let file = queue.shift(); file; file = queue.shift()) {
    const page = pageAt(addressOf(file));
    for (const reference of page.references.filter(({ element }) => element.name === "a" || element.name === "area")) {
      const found = target(page, reference)?.file;
      if (found?.endsWith(".html") && !reached.has(found)) {
        reached.add(found);
        queue.push(found);
      }
    }
  }
  for (const page of pages) {
    if (page.isNotFound || page.redirect !== null) continue;
    problems.expect(reached.has(page.file), page.file, "no page leads here");
  }
  problems.none();
});

test("old addresses lead to a page", () => {
  const problems = new Problems();
  const olds = redirects.size + pages.filter((page) => page.redirect !== null).length;
  problems.expect(olds > 0, "the shop", "no old address, though content/ has `aliases`");
  for (const [from, to] of redirects) problems.expect(ELSEWHERE.test(to) || fileOf(to), "_redirects", `${from} leads to ${to}, which does not exist`);
  for (const page of pages.filter((candidate) => candidate.redirect !== null)) {
    const found = target(page, { address: page.redirect });
    problems.expect(found?.file, page.file, `leads to ${page.redirect}, which does not exist`);
    problems.expect(page.canonical === base + (found?.address ?? ""), page.file, `canonical is ${page.canonical}, not where it leads`);
  }
  problems.none();
});

test("canonical addresses are absolute and lead to a page", () => {
  const problems = new Problems();
  for (const page of pages) {
    if (page.isNotFound) {
      problems.expect(page.noindex, page.file, "a page not found may be indexed");
      continue;
    }
    const all = page.links("canonical");
    problems.expect(all.length === 1, page.file, `${all.length} canonical links`);
    const address = ownAddress(page.canonical ?? "");
    if (problems.expect(address !== null, page.file, `canonical ${page.canonical} does not begin with ${base}`)) {
      const canonical = pageAt(address);
      problems.expect(canonical?.canonical === page.canonical, page.file, `canonical ${page.canonical} is not a page that is its own canonical`);
    }
  }
  problems.none();
});

test("translations point at each other", () => {
  const problems = new Problems();
  let pairs = 0;
  for (const page of pages) {
    const alternates = page.hreflang;
    if (alternates.size === 0) continue;
    problems.expect(alternates.get(page.lang) === page.canonical, page.file, `hreflang ${page.lang} is not the page itself`);
    problems.expect(alternates.has("x-default"), page.file, "no x-default");
    for (const [language, absolute] of alternates) {
      const other = pageAt(ownAddress(absolute) ?? "");
      if (!problems.expect(other, page.file, `hreflang ${language}: ${absolute} is not a page of this shop`)) continue;
      if (language !== "x-default") problems.expect(other.lang === language, page.file, `hreflang ${language} leads to a page in ${other.lang}`);
      problems.expect(other.hreflang.get(page.lang) === page.canonical, page.file, `${other.file} does not point back`);
      pairs += language !== page.lang;
    }
  }
  problems.expect(pairs > 0, "the shop", "no page announces a translation");
  problems.none();
});

test("the sitemap lists exactly the pages to be indexed", () => {
  const problems = new Problems();
  const sitemap = parseXml(required("sitemap.xml"), "sitemap.xml");
  const listed = children(sitemap, "url").map((url) => textOf(url, "loc"));
  const indexable = pages.filter((page) => !page.isNotFound && !page.noindex && page.redirect === null && page.canonical === base + page.address);
  const wanted = new Set(indexable.map((page) => page.canonical));
  problems.expect(new Set(listed).size === listed.length, "sitemap.xml", "an address stands twice");
  for (const address of listed) problems.expect(wanted.has(address), "sitemap.xml", `${address} is not a page to be indexed`);
  for (const address of wanted) problems.expect(listed.includes(address), "sitemap.xml", `${address} is missing`);
  for (const url of children(sitemap, "url")) {
    const changed = textOf(url, "lastmod");
    problems.expect(changed === undefined || !Number.isNaN(Date.parse(changed)), "sitemap.xml", `lastmod ${changed}`);
  }
  problems.expect(required("robots.txt").includes(`Sitemap: ${base}/sitemap.xml`), "robots.txt", "does not name the sitemap");
  problems.none();
});
