// Each kind of page in a real browser: accessible, silent, self-sufficient, and whole at every width, in light and in
// dark, at twice the text size and without scripts.

import test, { after, before } from "node:test";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { launch } from "./lib/chromium.mjs";
import { Problems } from "./lib/problems.mjs";
import { samples } from "./lib/samples.mjs";
import { serve } from "./lib/server.mjs";

const WIDTHS = [1280, 768, 320];
const SCHEMES = ["light", "dark"];
const SLOW = 120_000; // ms, for a busy machine
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let host, browser;

before(async () => {
  host = await serve();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await host?.stop();
});

/** Opens a page in a fresh context and notes everything it complains about or asks of others. */
async function visit(sample, problems, options, look) {
  const context = await browser.newContext({ viewport: { width: WIDTHS[0], height: 900 }, ...options });
  try {
    context.setDefaultTimeout(SLOW);
    const page = await context.newPage();
    const where = `${sample.name} ${sample.page.address}`;
    const complain = (what, when = "") => problems.add(`${where} ${when}`.trim(), what);
    const address = sample.status === 404 ? sample.page.address.replace("404.html", "no-such-page/") : sample.page.address;
    const ownStatus = (url) => sample.status === 404 && url === host.origin + address;
    page.on("console", (message) => {
      if (!(ownStatus(message.location().url) && message.text().includes("404"))) complain(`console ${message.type()}: ${message.text()} (${message.location().url})`);
    });
    page.on("pageerror", (error) => complain(`script error: ${error.message}`));
    page.on("requestfailed", (request) => complain(`request failed: ${request.url()} (${request.failure()?.errorText})`));
    page.on("request", (request) => {
      if (!request.url().startsWith(host.origin + "/")) complain(`request off the shop: ${request.url()}`);
    });
    page.on("response", (response) => {
      if (response.status() >= 400 && !ownStatus(response.url())) complain(`${response.status()} for ${response.url()}`);
    });
    const response = await page.goto(host.origin + address, { waitUntil: "load" });
    problems.expect(response.status() === sample.status, where, `answered ${response.status()}`);
    await look(page, complain);
  } finally {
    await context.close();
  }
}

/** Nothing may stick out sideways; names what does most. */
async function fits(page, complain, when) {
  const { wide, inner, culprits } = await page.evaluate(() => {
    const inner = window.innerWidth;
    const wide = document.documentElement.scrollWidth;
    const right = (element) => element.getBoundingClientRect().right;
    const scrolls = (element) => element.closest("body *") && (getComputedStyle(element).overflowX !== "visible" || scrolls(element.parentElement));
    const wider = (element) => right(element) > inner + 1 && !scrolls(element.parentElement);
    const out = wide <= inner ? [] : [...document.body.querySelectorAll("*")].filter(wider);
    const innermost = out.filter((element) => ![...element.children].some((child) => out.includes(child)));
    const worst = innermost.sort((a, b) => right(b) - right(a)).slice(0, 2);
    return { wide, inner, culprits: worst.map((element) => `${element.outerHTML.slice(0, 90)} (to ${Math.round(right(element))} px)`) };
  });
  if (wide > inner) complain(`wider than the window of ${inner} px: ${culprits.join(" ; ")}`, `${when}, ${wide} px`);
}

/** Loads lazy pictures too, and waits until all have come. */
async function settle(page) {
  await page.evaluate(async () => {
    for (const image of document.images) image.loading = "eager";
    await document.fonts.ready;
    await Promise.all([...document.images].map((image) => image.decode().catch(() => {})));
  });
}

async function violations(page, complain, when) {
  const found = await page.evaluate(async (rules) => {
    const { violations } = await window.axe.run(document, { runOnly: { type: "tag", values: rules }, resultTypes: ["violations"] });
    return violations.map(({ id, help, nodes }) => ({ id, help, count: nodes.length, first: nodes[0].html.slice(0, 160), why: nodes[0].failureSummary }));
  }, RULES);
  for (const { id, help, count, first, why } of found) complain(`${id}: ${help}: ${first} ${why.replace(/\s+/g, " ")}`, `${when} (${count} elements)`);
}

/** Looks at every sample, two at a time. */
async function each(look) {
  const problems = new Problems();
  const waiting = samples();
  const work = async () => {
    for (let sample = waiting.shift(); sample; sample = waiting.shift()) await look(sample, problems);
  };
  await Promise.all([work(), work()]);
  problems.none();
}

test("every kind of page is accessible, silent and whole, in light and in dark", () =>
  each((sample, problems) =>
    visit(sample, problems, {}, async (page, complain) => {
      await settle(page);
      await page.evaluate(axe);
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 900 });
        await fits(page, complain, `${width} px`);
        for (const colorScheme of SCHEMES) {
          await page.emulateMedia({ colorScheme });
          await violations(page, complain, `${width} px, ${colorScheme}`);
        }
      }
    }),
  ));

test("every kind of page is whole at 200 % text", () =>
  each((sample, problems) =>
    visit(sample, problems, {}, async (page, complain) => {
      await page.evaluate(() => document.documentElement.style.setProperty("font-size", "200%"));
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 900 });
        await fits(page, complain, `${width} px, 200 % text`);
      }
    }),
  ));

test("every kind of page works without scripts", () =>
  each((sample, problems) =>
    visit(sample, problems, { javaScriptEnabled: false, viewport: { width: 320, height: 900 } }, async (page, complain) => {
      for (const needed of ["h1", "main", "header a", "footer a"]) {
        if (!(await page.locator(needed).first().isVisible())) complain(`without scripts: no visible ${needed}`);
      }
      await fits(page, complain, "320 px without scripts");
    }),
  ));
