// What must hold wherever a page is looked at: silent, self-sufficient, without cookies, accessible, no wider than the
// window, and nothing that moves by itself.

import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const SCHEMES = ["light", "dark"];
/** The only cookie there is: the cart of those without scripts, for the till alone. */
export const COOKIE = "bazaar_cart";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Notes from the first request on what a page says, what fails, and what is asked of others. `own`: a page's address whose
    status is meant. */
export async function listen(page, origin, complain, own = null) {
  const meant = (url) => own !== null && url === origin + own;
  page.on("console", (message) => {
    if (!meant(message.location().url)) complain(`console ${message.type()}: ${message.text()} (${message.location().url})`);
  });
  page.on("pageerror", (error) => complain(`script error: ${error.message}`));
  page.on("requestfailed", (request) => {
    // A page that is left takes its questions back.
    if (request.failure()?.errorText !== "net::ERR_ABORTED") complain(`request failed: ${request.url()} (${request.failure()?.errorText})`);
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(`${origin}/`)) complain(`request off the shop: ${request.url()}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 400 && !meant(response.url())) complain(`${response.status()} for ${response.url()}`);
  });
  await page.addInitScript(() => {
    window.moves = [];
    const name = ({ node }) => node?.nodeName && `${node.nodeName.toLowerCase()}.${node.className ?? ""}`;
    new PerformanceObserver((list) => {
      for (const { value, sources, hadRecentInput } of list.getEntries()) if (!hadRecentInput) window.moves.push(`${value.toFixed(5)} ${sources.map(name)}`);
    }).observe({ type: "layout-shift", buffered: true });
  });
}

/** Nothing may move by itself, from the first paint to the last picture; `most`: but for letters that come late. */
export async function still(page, complain, most = 0) {
  await settle(page);
  const moves = await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => resolve(window.moves))))));
  if (moves.reduce((sum, move) => sum + parseFloat(move), 0) > most) complain(`moves by itself: ${moves.join(" ; ")}`);
}

/** No cookie but the cart's. */
export async function uncookied(page, complain) {
  for (const { name, path, httpOnly, sameSite } of await page.context().cookies()) {
    if (name !== COOKIE || path !== "/api" || !httpOnly || sameSite !== "Lax") complain(`a cookie: ${name} at ${path}`);
  }
}

/** Loads lazy pictures too, and waits until all have come. */
export async function settle(page) {
  await page.evaluate(async () => {
    for (const image of document.images) image.loading = "eager";
    await document.fonts.ready;
    await Promise.all([...document.images].map((image) => image.decode().catch(() => {})));
  });
}

/** Nothing may stick out sideways; names what does most. */
export async function fits(page, complain, when) {
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

async function violations(page, complain, when) {
  const found = await page.evaluate(async (rules) => {
    const { violations } = await window.axe.run(document, { runOnly: { type: "tag", values: rules }, resultTypes: ["violations"] });
    return violations.map(({ id, help, nodes }) => ({ id, help, count: nodes.length, first: nodes[0].html.slice(0, 160), why: nodes[0].failureSummary }));
  }, RULES);
  for (const { id, help, count, first, why } of found) complain(`${id}: ${help}: ${first} ${why.replace(/\s+/g, " ")}`, `${when} (${count} elements)`);
}

/** Accessible and whole at every width, in light and in dark. */
export async function accessible(page, complain, widths) {
  await settle(page);
  await page.evaluate(axe);
  for (const width of widths) {
    await page.setViewportSize({ width, height: 900 });
    await fits(page, complain, `${width} px`);
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme });
      await violations(page, complain, `${width} px, ${colorScheme}`);
    }
  }
}

/** Whole with letters twice as large. */
export async function large(page, complain, widths) {
  await page.evaluate(() => document.documentElement.style.setProperty("font-size", "200%"));
  for (const width of widths) {
    await page.setViewportSize({ width, height: 900 });
    await fits(page, complain, `${width} px, 200 % text`);
  }
}
