// Each kind of page in a real browser: accessible, silent, self-sufficient, still, and whole at every width, in light and in
// dark, at twice the text size and without scripts. No page sets a cookie.

import test, { after, before } from "node:test";
import { launch } from "./lib/chromium.mjs";
import { accessible, fits, large, listen, still, uncookied } from "./lib/look.mjs";
import { Problems } from "./lib/problems.mjs";
import { samples } from "./lib/samples.mjs";
import { serve } from "./lib/server.mjs";

const WIDTHS = [1280, 768, 320];
const SLOW = 120_000; // ms, for a busy machine

let host, slow, browser;

before(async () => {
  host = await serve();
  slow = await serve(undefined, { slow: true });
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await host?.stop();
  await slow?.stop();
});

/** Opens a page in a fresh context and notes everything it complains about or asks of others. */
async function visit(sample, problems, { letters = true, from = host, ...options }, look) {
  const context = await browser.newContext({ viewport: { width: WIDTHS[0], height: 900 }, ...options });
  try {
    context.setDefaultTimeout(SLOW);
    const page = await context.newPage();
    const where = `${sample.name} ${sample.page.address}`;
    const complain = (what, when = "") => (letters || !/\.woff2/.test(what)) && problems.add(`${where} ${when}`.trim(), what);
    if (!letters) await context.route("**/*.woff2", (route) => route.abort());
    const address = sample.status === 404 ? sample.page.address.replace("404.html", "no-such-page/") : sample.page.address;
    await listen(page, from.origin, complain, sample.status === 404 ? address : null);
    const response = await page.goto(from.origin + address, { waitUntil: "load" });
    problems.expect(response.status() === sample.status, where, `answered ${response.status()}`);
    await look(page, complain);
    await uncookied(page, complain);
  } finally {
    await context.close();
  }
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
  each((sample, problems) => visit(sample, problems, {}, (page, complain) => accessible(page, complain, WIDTHS))));

// Pages that come in pieces, and without the theme's own letters: what moves when those come late, theme.test.mjs bounds.
test("nothing on any kind of page moves by itself, at any width", () =>
  each(async (sample, problems) => {
    for (const width of WIDTHS) await visit(sample, problems, { from: slow, viewport: { width, height: 900 }, letters: false }, (page, complain) => still(page, complain));
  }));

test("every kind of page is whole at 200 % text", () =>
  each((sample, problems) => visit(sample, problems, {}, (page, complain) => large(page, complain, WIDTHS))));

test("every kind of page works without scripts", () =>
  each((sample, problems) =>
    visit(sample, problems, { javaScriptEnabled: false, viewport: { width: 320, height: 900 } }, async (page, complain) => {
      for (const needed of ["h1", "main", "header a", "footer a"]) {
        if (!(await page.locator(needed).first().isVisible())) complain(`without scripts: no visible ${needed}`);
      }
      await fits(page, complain, "320 px without scripts");
    }),
  ));
