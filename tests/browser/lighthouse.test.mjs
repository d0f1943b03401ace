// What Lighthouse says of each kind of page: accessibility and best practices are complete, search engines find nothing
// missing on the pages they are to show. Speed depends on the machine: it is printed and no more. Every kind in one
// language, what is searched for in all.

import test, { after, before } from "node:test";
import { createServer } from "node:net";
import lighthouse from "lighthouse";
import { launch } from "./lib/chromium.mjs";
import { Problems } from "./lib/problems.mjs";
import { samples } from "./lib/samples.mjs";
import { serve } from "./lib/server.mjs";

const ALWAYS = ["accessibility", "best-practices"];
const SEARCHED = ["home", "category", "a unique piece", "a product with variants"];

let host, browser, port;

before(async () => {
  host = await serve();
  port = await new Promise((resolve) => {
    const free = createServer().listen(0, "127.0.0.1", () => {
      const { port } = free.address();
      free.close(() => resolve(port));
    });
  });
  browser = await launch([`--remote-debugging-port=${port}`]);
});

after(async () => {
  await browser?.close();
  await host?.stop();
});

// An audit that Lighthouse could not make says nothing of the page and leaves its category without a score: it is asked once more.
async function report(address, onlyCategories, t) {
  const ask = async () => (await lighthouse(address, { port, onlyCategories, output: "json", logLevel: "silent" })).lhr;
  const first = await ask();
  const failed = Object.values(first.audits).filter(({ scoreDisplayMode }) => scoreDisplayMode === "error");
  if (!failed.length) return first;
  t.diagnostic(`asked once more: ${failed.map(({ id, errorMessage }) => `${id}: ${errorMessage}`).join("; ")}`);
  return ask();
}

for (const { name, page } of samples()) {
  const searched = SEARCHED.some((kind) => name.startsWith(`${kind} (`));
  if (page.lang !== "fr" && !searched) continue;
  test(`Lighthouse finds nothing missing: ${name}`, async (t) => {
    const problems = new Problems();
    // The page of nothing is asked for by its own name: an address that does not exist is an error in every browser's console.
    const onlyCategories = [...ALWAYS, ...(searched ? ["seo"] : []), ...(searched && page.lang === "fr" ? ["performance"] : [])];
    const { categories, audits } = await report(host.origin + page.address, onlyCategories, t);
    for (const [id, { score, auditRefs }] of Object.entries(categories)) {
      if (id === "performance" || score === 1) continue;
      const short = auditRefs.map(({ id, weight }) => ({ ...audits[id], weight })).filter(({ score, scoreDisplayMode, weight }) => weight && (scoreDisplayMode === "error" || (score !== null && score < 1)));
      problems.add(name, `${id} ${score}: ${short.map(({ id, errorMessage, explanation, details }) => `${id} ${errorMessage ?? explanation ?? JSON.stringify(details?.items?.slice(0, 2))}`).join("; ")}`);
    }
    t.diagnostic(Object.values(categories).map(({ title, score }) => `${title} ${Math.round(100 * score)}`).join(", "));
    problems.none();
  });
}
