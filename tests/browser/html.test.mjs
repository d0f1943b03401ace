// Every page is valid HTML, says the Nu Html Checker; its warnings are shown and do not fail.

import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import test from "node:test";
import { DIST, pages } from "./lib/dist.mjs";
import { Problems } from "./lib/problems.mjs";

const jar = createRequire(import.meta.url).resolve("vnu-jar/build/dist/vnu.jar");

/** What the checker calls an error and the HTML Standard defines: a page that is drawn when it is whole (findings/vnu-rel-expect.sh). */
const defined = ({ message, extract = "" }) => message.startsWith("A “link” element with a “blocking” attribute") && extract.includes('<link rel="expect"');

function check(folder) {
  const options = ["-Xmx768m", "-jar", jar, "--format", "json", "--stdout", "--exit-zero-always", "--skip-non-html", folder];
  return new Promise((resolve, reject) => {
    execFile(process.env.JAVA ?? "java", options, { maxBuffer: 1 << 28 }, (error, stdout, stderr) => {
      if (error?.code === "ENOENT") return reject(new Error("java was not found: install Java 17 or newer (on Debian: apt-get install default-jre-headless)"));
      if (error || !stdout.startsWith("{")) return reject(new Error(`the checker did not run: ${stderr || error?.message || stdout}`));
      resolve(JSON.parse(stdout).messages);
    });
  });
}

test("every page is valid HTML", async (t) => {
  const problems = new Problems();
  const warnings = new Map();
  for (const message of await check(DIST)) {
    const file = message.url ? decodeURIComponent(message.url).slice(`file:${DIST}/`.length) : "?";
    const what = `${message.message} [${(message.extract ?? "").replace(/\s+/g, " ").trim()}]`;
    if (defined(message)) continue;
    if (message.type === "info") warnings.set(message.message, [...(warnings.get(message.message) ?? []), `${file}:${message.lastLine}`]);
    else problems.add(`${file}:${message.lastLine}`, what);
  }
  for (const [message, places] of warnings) t.diagnostic(`warning on ${places.length} page(s), first ${places[0]}: ${message}`);
  t.diagnostic(`${pages.length} pages checked`);
  problems.none();
});
