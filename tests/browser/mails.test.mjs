// The mails of every kind, as `generator/tests/mails.rs` left them: read by two parsers of others, held against what webmails support
// (caniemail.com's data), and shown as those show them that take no style element.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { createRequire } from "node:module";
import PostalMime from "postal-mime";
import { launch } from "./lib/chromium.mjs";
import { Page } from "./lib/html.mjs";

const FOLDER = path.resolve(import.meta.dirname, "../../target/tmp/mails");
const LANGUAGES = ["fr", "en"];
const OWNERS = /mail_(notice|refused|gone_notice|refund_failed|refund_notice|dispute|flagged|withdrawal_notice)\b/;

assert.ok(existsSync(FOLDER), `no mails in ${FOLDER}: cargo nextest run -p generator --test mails`);
const mails = LANGUAGES.flatMap((lang) =>
  readdirSync(path.join(FOLDER, lang))
    .filter((name) => name.endsWith(".eml"))
    .sort()
    .map((name) => ({ lang, name, file: path.join(FOLDER, lang, name) })),
);
for (const mail of mails) Object.assign(mail, { parsed: await PostalMime.parse(readFileSync(mail.file)) });

let browser;
before(async () => { browser = await launch(); });
after(() => browser?.close());

test("there is every kind in each language", () => {
  const kinds = (lang) => mails.filter((mail) => mail.lang === lang).map((mail) => mail.name);
  assert.deepEqual(kinds("fr"), kinds("en"));
  assert.equal(kinds("fr").length, 29);
});

/** What Python's own parser reads, with what it finds wrong. */
const READ = `
import json, sys
from email import policy
from email.parser import BytesParser
out = []
for path in sys.argv[1:]:
    with open(path, "rb") as file:
        mail = BytesParser(policy=policy.default).parse(file)
    defects = [str(defect) for part in mail.walk() for defect in part.defects]
    defects += [f"{name}: {defect}" for name, value in mail.items() for defect in getattr(value, "defects", ())]
    address = lambda name: [a.addr_spec for a in mail[name].addresses] if mail[name] else []
    out.append({
        "subject": mail["Subject"], "id": mail["Message-ID"], "from": address("From"), "to": address("To"), "reply": address("Reply-To"),
        "name": mail["From"].addresses[0].display_name, "text": mail.get_body(("plain",)).get_content(), "html": mail.get_body(("html",)).get_content(),
        "types": [part.get_content_type() for part in mail.walk()], "defects": defects,
    })
print(json.dumps(out))
`;

test("two parsers read the same, and find nothing wrong", () => {
  const said = execFileSync(process.env.PYTHON ?? "python3", ["-c", READ, ...mails.map((mail) => mail.file)], { maxBuffer: 1 << 26 });
  const plain = (text) => text.replaceAll("\r\n", "\n").trimEnd();
  for (const [at, python] of JSON.parse(said).entries()) {
    const { name, parsed } = mails[at];
    assert.deepEqual(python.defects, [], name);
    assert.deepEqual(python.types, ["multipart/alternative", "text/plain", "text/html"], name);
    assert.equal(python.subject, parsed.subject, name);
    assert.equal(python.id, parsed.messageId, name);
    assert.deepEqual([python.name, ...python.from], [parsed.from.name, parsed.from.address], name);
    assert.deepEqual(python.to, parsed.to.map(({ address }) => address), name);
    assert.deepEqual(python.reply, (parsed.replyTo ?? []).map(({ address }) => address), name);
    assert.equal(plain(python.text), plain(parsed.text), name);
    assert.equal(plain(python.html), plain(parsed.html), name);
    // RFC 5322, 3.6.4, without its old forms.
    assert.match(python.id, /^<[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*@[a-z0-9-]+(\.[a-z0-9-]+)+>$/, name);
    const owners = OWNERS.test(name);
    assert.deepEqual(python.to, [owners ? "bonjour@xn--caf-dma.example" : "anne@example.com"], name);
    assert.notEqual(python.from[0], python.to[0], `${name} writes to itself`);
    assert.deepEqual(python.reply, owners ? ["anne@example.com"] : [], name);
    assert.ok(!/[\r\n]/.test(python.subject) && python.subject.length <= 70, `${name}: ${python.subject}`);
    for (const line of python.text.split("\n")) assert.ok(line.length <= 998, name);
  }
});

/** The webmails that French shoppers use, and Outlook, whose newest known state counts. */
const CLIENTS = [
  ["sfr", "desktop-webmail"], ["laposte", "desktop-webmail"], ["gmx", "desktop-webmail"], ["web-de", "desktop-webmail"],
  ["orange", "desktop-webmail"], ["outlook", "windows"], ["outlook", "outlook-com"],
];

/** What some of them drop, and why nothing is lost then. */
const DECORATION = {
  "css-border-radius": "a button with square corners",
  "css-color-scheme": "the light colours are shown, which stand on every element",
  "css-text-underline-offset": "a link is underlined all the same",
  "css-white-space": "Outlook on Windows: a command to copy may wrap; amounts have no-break spaces of their own",
};

const data = createRequire(import.meta.url)("caniemail/caniemail.json").data;

/** What a feature is to a client: `y`, `a` (with conditions), `n`, `u`; undefined when nobody has tried. */
function support(slug, [family, platform]) {
  const versions = data.find((feature) => feature.slug === slug)?.stats[family]?.[platform];
  const newest = versions && Object.keys(versions).sort((a, b) => a.localeCompare(b, "en", { numeric: true })).at(-1);
  return newest && versions[newest][0];
}

const styles = (element) =>
  (element.attributes.style ?? "").split(/;(?![^(]*\))/).map((one) => one.split(":")[0].trim()).filter(Boolean);

test("what webmails do not support is decoration, and no style is lost with the style element", () => {
  const used = new Map();
  for (const { name, parsed } of mails) {
    for (const element of new Page(name, "/", parsed.html).elements) {
      if (element.name === "style") {
        const rules = element.text.replace(/\/\*.*?\*\//gs, "").trim();
        assert.match(rules, /^@media \(prefers-color-scheme: ?dark\) ?\{[^@]*$/, `${name}: beside the dark colours nothing is left behind`);
        for (const value of rules.match(/#[0-9a-f]{6}[^;}]*/g)) assert.match(value, /!important/, `${name}: ${value} loses against an inline style`);
      }
      for (const property of styles(element)) used.set(`css-${property}`, name);
    }
  }
  assert.ok(used.size > 10, "styles stand on elements");
  const unsupported = [...used.keys()].filter((slug) => CLIENTS.some((client) => support(slug, client) === "n"));
  assert.deepEqual(unsupported.sort(), Object.keys(DECORATION));
  // The data knows what these mails were cured of: it is the right data, read the right way.
  assert.ok(CLIENTS.some((client) => support("html-style", client) === "n"));
  assert.ok(CLIENTS.some((client) => support("css-object-fit", client) === "n"));
});

test("without a style element a mail keeps its shape at every width", async () => {
  const page = await browser.newPage();
  // A photo as phones take it, upright: 3:4.
  const photo = '<svg xmlns="http://www.w3.org/2000/svg" width="960" height="1280"><rect width="960" height="1280" fill="#678"/></svg>';
  await page.route("**/*", (route) => route.fulfill({ contentType: "image/svg+xml", body: photo }));
  for (const { lang, name, parsed } of mails) {
    // SFR's webmail drops the body as well, with what stands on it.
    const html = parsed.html.replace(/<style>.*?<\/style>/gs, "").replace(/<body[^>]*>/, "<body>");
    assert.ok(!html.includes("<style"), name);
    for (const width of [360, 700]) {
      await page.setViewportSize({ width, height: 900 });
      await page.setContent(html, { waitUntil: "load" });
      const seen = await page.evaluate(() => ({
        wide: document.documentElement.scrollWidth - innerWidth,
        sheet: document.querySelector(".sheet").getBoundingClientRect().width,
        background: getComputedStyle(document.querySelector(".page")).backgroundColor,
        font: getComputedStyle(document.querySelector(".sheet p:not(.name)")).fontFamily,
        heading: getComputedStyle(document.querySelector("h1")).fontFamily,
        amounts: [...document.querySelectorAll("td.amount")].map((cell) => getComputedStyle(cell).textAlign),
        photos: [...document.images].map((image) => [image.width, image.height]),
        button: [...document.querySelectorAll(".go a")].map((link) => getComputedStyle(link).backgroundColor),
      }));
      const what = `${lang} ${name} at ${width}`;
      assert.ok(seen.wide <= 0, `${what} is ${seen.wide} px too wide`);
      assert.ok(seen.sheet <= 608, what);
      assert.equal(seen.background, "rgb(249, 246, 241)", what);
      assert.match(seen.heading, /Georgia/, what);
      assert.match(seen.font, /Helvetica/, what);
      assert.ok(seen.amounts.every((align) => align === "right"), what);
      assert.ok(seen.button.every((colour) => colour === "rgb(138, 60, 34)"), what);
      for (const [wide, high] of seen.photos) assert.deepEqual([wide, high], [64, Math.round((64 * 4) / 3)], `${what}: a photo keeps its shape`);
      if (process.env.SHOTS) await page.screenshot({ path: path.join(process.env.SHOTS, `${lang}-${name}-${width}.png`), fullPage: true });
    }
  }
  await page.close();
});
