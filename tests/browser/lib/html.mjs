// One HTML page, parsed as browsers parse it: its elements, anchors, links and data.

import { parse } from "parse5";

const namespaced = (attribute) => (attribute.prefix ? `${attribute.prefix}:${attribute.name}` : attribute.name);

/** An element with its attributes as a plain object. */
class Element {
  constructor(node, line) {
    this.node = node;
    this.name = node.tagName;
    this.attributes = Object.fromEntries(node.attrs.map((attribute) => [namespaced(attribute), attribute.value]));
    this.line = line;
  }

  get text() {
    return textOf(this.node);
  }

  has(attribute) {
    return attribute in this.attributes;
  }
}

const textOf = (node) => (node.nodeName === "#text" ? node.value : (node.childNodes ?? []).map(textOf).join(""));

function* walk(node) {
  if (node.tagName) yield new Element(node, node.sourceCodeLocation?.startLine ?? 0);
  for (const child of node.childNodes ?? []) yield* walk(child);
  if (node.content) yield* walk(node.content); // <template>
}

const words = (value) => (value ?? "").toLowerCase().split(/\s+/).filter(Boolean);

export class Page {
  constructor(file, address, source) {
    this.file = file;
    this.address = address;
    this.elements = [...walk(parse(source, { sourceCodeLocationInfo: true }))];
    this.ids = new Set(this.elements.filter((element) => element.has("id")).map((element) => element.attributes.id));
  }

  all(name, wanted = () => true) {
    return this.elements.filter((element) => element.name === name && wanted(element.attributes));
  }

  first(name, wanted) {
    return this.all(name, wanted)[0];
  }

  links(rel) {
    return this.all("link", (attributes) => words(attributes.rel).includes(rel));
  }

  get lang() {
    return this.first("html").attributes.lang;
  }

  /** The theme marks the kind of page on the body: `on-home`, `on-product`, `on-category`... */
  get kinds() {
    return words(this.first("body").attributes.class).map((word) => word.replace(/^on-/, ""));
  }

  get canonical() {
    return this.links("canonical")[0]?.attributes.href;
  }

  /** Language -> absolute address, as announced by `hreflang`. */
  get hreflang() {
    return new Map(this.links("alternate").filter((link) => link.has("hreflang")).map((link) => [link.attributes.hreflang, link.attributes.href]));
  }

  get noindex() {
    return this.all("meta", (attributes) => attributes.name === "robots").some((meta) => words(meta.attributes.content.replaceAll(",", " ")).includes("noindex"));
  }

  /** Where an old address sends its visitors (`<meta http-equiv="refresh">`), or null. */
  get redirect() {
    const refresh = this.first("meta", (attributes) => words(attributes["http-equiv"]).includes("refresh"));
    return refresh?.attributes.content.match(/url\s*=\s*['"]?([^'"]+)/i)?.[1] ?? null;
  }

  get isNotFound() {
    return /(^|\/)404\.html$/.test(this.file);
  }

  /** The text of `<main>`, with every kind of space as one plain space. */
  get mainText() {
    return (this.first("main")?.text ?? "").replace(/\s+/g, " ");
  }

  /** The parsed JSON-LD blocks, `@graph`s opened. */
  get data() {
    return this.all("script", (attributes) => attributes.type === "application/ld+json").flatMap((script) => {
      const value = JSON.parse(script.text);
      return (Array.isArray(value) ? value : [value]).flatMap((item) => item["@graph"] ?? [item]);
    });
  }

  /** Every address the page refers to: `{ address, line, loads }`; `loads` when a browser fetches it by itself. */
  get references() {
    const found = [];
    const add = (element, address, loads) => found.push({ address: address.trim(), line: element.line, loads, element });
    for (const element of this.elements) {
      const { name, attributes } = element;
      const fetched = name !== "a" && name !== "area" && name !== "form" && !(name === "link" && !loadsLink(attributes));
      for (const key of ["href", "xlink:href", "src", "poster", "data", "action", "formaction"]) {
        if (key === "data" && name !== "object") continue;
        if (element.has(key)) add(element, attributes[key], fetched);
      }
      for (const key of ["srcset", "imagesrcset"]) {
        for (const candidate of (attributes[key] ?? "").split(/,\s+/).filter(Boolean)) add(element, candidate.trim().split(/\s+/)[0], true);
      }
    }
    return found;
  }
}

const loadsLink = (attributes) => words(attributes.rel).some((rel) => ["stylesheet", "preload", "modulepreload", "icon", "apple-touch-icon", "manifest", "prefetch", "prerender"].includes(rel));
