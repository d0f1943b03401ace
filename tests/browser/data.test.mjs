// What machines read: structured data, the merchant feed, Atom and catalog.json, each complete, and all of one mind
// about prices.

import { createHash } from "node:crypto";
import test from "node:test";
import assert from "node:assert/strict";
import { base, fileOf, ownAddress, pages, pageAt, required } from "./lib/dist.mjs";
import { catalog, itemsOf, languages, pageOfItem, STATES } from "./lib/samples.mjs";
import { breadcrumbs, offersOf, organization, product, productGroup, references, returnPolicy, shippingDetails, typesOf } from "./lib/structured.mjs";
import { Problems } from "./lib/problems.mjs";
import { child, children, parseXml, textOf } from "./lib/xml.mjs";

// To Google, what is made to order is in stock: it takes orders and ships in the time that it says.
const AVAILABILITY = { in_stock: ["InStock", "InStoreOnly"], sold_out: ["SoldOut", "OutOfStock"], made_to_order: ["InStock", "InStoreOnly"], closed: ["OutOfStock"], by_writing: ["InStoreOnly"] };
// The longest values of Google's product data specification: support.google.com/merchants/answer/7052112.
const LENGTHS = { id: 50, title: 150, description: 5000, link: 2000, image_link: 2000, brand: 70, gtin: 50, size: 100, color: 100, pattern: 100, material: 200, item_group_id: 50, product_type: 750 };
const major = (minor) => (minor / 100).toFixed(2);
const addressWithoutChoice = (url) => url.replace(/[?#].*$/, "");

test("structured data parses and has what search engines require", () => {
  const problems = new Problems();
  const seen = new Map();
  for (const page of pages.filter((candidate) => candidate.redirect === null && !candidate.isNotFound)) {
    let blocks;
    try {
      blocks = page.data;
    } catch (error) {
      problems.add(page.file, `JSON-LD does not parse: ${error.message}`);
      continue;
    }
    const complain = (what) => problems.add(page.file, what);
    for (const block of blocks) {
      for (const type of typesOf(block)) seen.set(type, (seen.get(type) ?? 0) + 1);
      if (typesOf(block).includes("Product")) product(block, complain);
      if (typesOf(block).includes("ProductGroup")) productGroup(block, complain);
      if (typesOf(block).includes("BreadcrumbList")) breadcrumbs(block, complain);
      if (typesOf(block).includes("MerchantReturnPolicy")) returnPolicy(block, complain);
      if (typesOf(block).includes("OfferShippingDetails")) shippingDetails(block, complain);
    }
    references(blocks, complain);
    const has = (type) => blocks.some((block) => typesOf(block).includes(type));
    if (page.kinds.includes("home")) organization(blocks, complain);
    else problems.expect(has("BreadcrumbList"), page.file, "no BreadcrumbList");
    if (page.kinds.includes("product")) problems.expect(has("Product") || has("ProductGroup"), page.file, "no Product");
  }
  for (const type of ["Product", "ProductGroup", "BreadcrumbList"]) problems.expect(seen.has(type), "the shop", `no page has a ${type}`);
  problems.none();
});

test("pictures and addresses in structured data exist", () => {
  const problems = new Problems();
  const look = (page, value) => {
    if (typeof value === "string") {
      const address = ownAddress(value);
      if (address !== null) problems.expect(fileOf(addressWithoutChoice(address)), page.file, `${value} does not exist`);
    } else if (value && typeof value === "object") {
      for (const inner of Object.values(value)) look(page, inner);
    }
  };
  for (const page of pages.filter((candidate) => candidate.redirect === null)) look(page, page.data);
  problems.none();
});

test("catalog.json carries the hash of its own content", () => {
  const expected = createHash("sha256").update(JSON.stringify({ ...catalog, hash: "" })).digest("hex");
  assert.equal(catalog.hash, expected);
});

test("catalog.json shows what is sold, and nothing of supplies", () => {
  const problems = new Problems();
  problems.expect(/^[A-Z]{3}$/.test(catalog.currency), "catalog.json", `currency ${catalog.currency}`);
  problems.expect(catalog.items.length > 0, "catalog.json", "no items");
  problems.expect(catalog.shipping?.zones?.length > 0, "catalog.json", "no shipping zones");
  for (const item of catalog.items) {
    const where = `catalog.json ${item.sku}`;
    problems.expect(Number.isInteger(item.price) && item.price >= 50, where, `price ${item.price}`);
    problems.expect(item.availability in AVAILABILITY, where, `availability ${item.availability}`);
    problems.expect(Number.isInteger(item.weight_g) || item.weight_g == null, where, `weight ${item.weight_g}`);
    for (const secret of ["supply", "stock", "sale"]) problems.expect(!(secret in item), where, `tells its ${secret}`);
    for (const language of languages) {
      problems.expect(item.name[language], where, `no name in ${language}`);
      problems.expect(pageOfItem(item, language), where, `${item.url[language]} is not a page`);
    }
  }
  const skus = catalog.items.map((item) => item.sku);
  problems.expect(new Set(skus).size === skus.length, "catalog.json", "a SKU stands twice");
  problems.none();
});

test("the demo shop shows every state of a product", () => {
  const problems = new Problems();
  for (const [name, { product: id, shows }] of Object.entries(STATES)) {
    const items = itemsOf(id);
    problems.expect(items.length > 0 && shows(items), id, `does not show ${name}: ${JSON.stringify(items.map(({ sku, price, availability }) => ({ sku, price, availability })))}`);
  }
  problems.none();
});

test("catalog, page and structured data say the same price", () => {
  const problems = new Problems();
  for (const item of catalog.items) {
    for (const language of languages) {
      const page = pageOfItem(item, language);
      if (!problems.expect(page, item.sku, `${item.url[language]} is not a page`)) continue;
      const offer = offersOf(page.data).find((candidate) => candidate.sku === item.sku);
      if (problems.expect(offer, page.file, `no offer for ${item.sku}`)) {
        problems.expect(Number(offer.price).toFixed(2) === major(item.price), page.file, `${item.sku} costs ${offer.price} in its data, ${major(item.price)} in catalog.json`);
        problems.expect(offer.priceCurrency === catalog.currency, page.file, `${item.sku} is priced in ${offer.priceCurrency}`);
        const wanted = AVAILABILITY[item.availability];
        problems.expect(wanted.some((name) => offer.availability?.endsWith(`/${name}`)), page.file, `${item.sku} is ${offer.availability} in its data, ${item.availability} in catalog.json`);
      }
      if (item.availability === "sold_out") continue; // an archive of the work; its price may go with it
      const printed = new Intl.NumberFormat(language, { style: "currency", currency: catalog.currency }).format(item.price / 100);
      problems.expect(page.mainText.includes(printed.replace(/\s+/g, " ")), page.file, `${item.sku}: the page does not print ${printed}`);
    }
  }
  problems.none();
});

test("the merchant feed has every required attribute", () => {
  const problems = new Problems();
  const feed = parseXml(required("merchant.fr.xml"), "merchant.fr.xml");
  const channel = child(feed, "channel");
  assert.ok(channel, "merchant.fr.xml: no <channel>");
  for (const name of ["title", "link", "description"]) problems.expect(textOf(channel, name), "merchant.fr.xml", `the channel has no ${name}`);
  const items = new Map(children(channel, "item").map((item) => [textOf(item, "g:id"), item]));
  for (const [id, item] of items) {
    const where = `merchant.fr.xml ${id}`;
    const value = (name) => textOf(item, `g:${name}`) ?? textOf(item, name);
    for (const name of ["id", "title", "description", "link", "image_link", "availability", "price", "condition"]) problems.expect(value(name), where, `no ${name}`);
    problems.expect(/^\d+\.\d{2} [A-Z]{3}$/.test(value("price") ?? ""), where, `price ${value("price")}`);
    for (const [name, most] of Object.entries(LENGTHS)) {
      const length = [...(value(name) ?? "")].length;
      problems.expect(length <= most, where, `${name} is ${length} characters long, ${most} are taken`);
    }
    problems.expect(["in_stock", "out_of_stock", "preorder", "backorder"].includes(value("availability")), where, `availability ${value("availability")}`);
    problems.expect(["new", "refurbished", "used"].includes(value("condition")), where, `condition ${value("condition")}`);
    problems.expect(value("gtin") || value("brand") || ["no", "false"].includes(value("identifier_exists")), where, "neither gtin nor brand, and identifier_exists is not no");
    for (const name of ["link", "image_link"]) {
      const address = ownAddress(value(name) ?? "");
      problems.expect(address !== null && fileOf(addressWithoutChoice(address)), where, `${name} ${value(name)} does not exist`);
    }
    const listed = catalog.items.find((candidate) => candidate.sku === id);
    if (!problems.expect(listed, where, "not in catalog.json")) continue;
    const asked = value("sale_price") ?? value("price");
    problems.expect(asked === `${major(listed.price)} ${catalog.currency}`, where, `asks ${asked}, catalog.json ${major(listed.price)}`);
    if (itemsOf(listed.product).length > 1) problems.expect(value("item_group_id"), where, "a variant without item_group_id");
  }
  for (const item of catalog.items) {
    if (item.pickup_only) problems.expect(!items.has(item.sku), "merchant.fr.xml", `${item.sku} is never sent`);
    else if (item.availability !== "sold_out") problems.expect(items.has(item.sku), "merchant.fr.xml", `${item.sku} is missing`);
    const feed = items.get(item.sku) && textOf(items.get(item.sku), "g:availability");
    const sold = ["in_stock", "made_to_order"].includes(item.availability);
    problems.expect(feed === undefined || feed === (sold ? "in_stock" : "out_of_stock"), "merchant.fr.xml", `${item.sku} is ${feed}, and ${item.availability} in catalog.json`);
  }
  const grouped = [...items.values()].filter((item) => textOf(item, "g:item_group_id"));
  for (const group of new Set(grouped.map((item) => textOf(item, "g:item_group_id")))) {
    const variants = grouped.filter((item) => textOf(item, "g:item_group_id") === group);
    const attributes = variants.map((item) => ["size", "color", "material", "pattern", "product_detail"].map((name) => JSON.stringify(children(item, `g:${name}`))).join());
    problems.expect(new Set(attributes).size === variants.length, `merchant.fr.xml ${group}`, "two variants differ in no attribute");
    problems.expect(new Set(variants.map((item) => textOf(item, "g:title"))).size === variants.length, `merchant.fr.xml ${group}`, "two variants have one title");
  }
  problems.none();
});

test("Atom feeds have every required element", () => {
  const problems = new Problems();
  for (const file of ["atom.xml", "en/atom.xml"]) {
    let feed;
    try {
      feed = parseXml(required(file), file);
    } catch (error) {
      problems.add(file, error.message);
      continue;
    }
    problems.expect(feed.name === "feed" && feed.uri === "http://www.w3.org/2005/Atom", file, "the root is not an Atom feed");
    const self = children(feed, "link").find((link) => link.attributes.rel === "self");
    problems.expect(self?.attributes.href === `${base}/${file}`, file, `rel=self is ${self?.attributes.href}`);
    const entries = children(feed, "entry");
    problems.expect(entries.length > 0, file, "no entries");
    const authors = (element) => children(element, "author").length > 0;
    problems.expect(authors(feed) || entries.every(authors), file, "no author");
    for (const element of [feed, ...entries]) {
      const where = `${file} ${textOf(element, "title")}`;
      for (const name of ["id", "title", "updated"]) problems.expect(textOf(element, name), where, `no ${name}`);
      problems.expect(/^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:\d{2})$/.test(textOf(element, "updated") ?? ""), where, `updated ${textOf(element, "updated")}`);
    }
    const ids = entries.map((entry) => textOf(entry, "id"));
    problems.expect(new Set(ids).size === ids.length, file, "an id stands twice");
    for (const entry of entries) {
      const link = children(entry, "link").find((candidate) => (candidate.attributes.rel ?? "alternate") === "alternate");
      problems.expect(pageAt(ownAddress(link?.attributes.href ?? "") ?? ""), `${file} ${textOf(entry, "title")}`, `leads to ${link?.attributes.href}`);
    }
  }
  problems.none();
});
