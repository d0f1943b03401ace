#!/bin/sh
# npm `jsdom` 26.1.0 reads the attribute `pattern` with the regular expression flag `u`. The HTML Standard, and browsers with it, read it
# with `v` since 2023, where an unescaped `-`, `(` or `&&` in a class is a mistake; a pattern with a mistake limits nothing. So a form
# whose `pattern="[a-z-]{3}"` refuses "###" in a test under jsdom takes it in a browser, and no error tells. Whoever tests forms under jsdom
# escapes these signs, or compiles each pattern with `v` in the test.
#
# Seen: "[a-z-]{3}: jsdom refuses ### true, flag u reads it true, flag v reads it false", the same for "[(]x"; with Chromium 156 (CHROMIUM=...)
# "Chromium takes ### true". "[a-z]{3}" is refused by all. Ends with 1 when that has changed.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '{"private":true,"type":"module"}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts jsdom@26.1.0
cat >look.mjs <<'END'
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { JSDOM } from "jsdom";

const reads = (pattern, flag) => {
  try {
    return Boolean(new RegExp(pattern, flag));
  } catch {
    return false;
  }
};
const field = (pattern) => `<input pattern="${pattern}" value="###">`;
let same = true;
for (const [pattern, mistake] of [["[a-z-]{3}", true], ["[(]x", true], ["[a-z]{3}", false]]) {
  const refuses = !new JSDOM(field(pattern)).window.document.querySelector("input").checkValidity();
  const [u, v] = ["u", "v"].map((flag) => reads(pattern, flag));
  console.log(`${pattern}: jsdom refuses ### ${refuses}, flag u reads it ${u}, flag v reads it ${v}`);
  same &&= refuses && u && v !== mistake;
  if (!process.env.CHROMIUM) continue;
  writeFileSync("page.html", `<!doctype html><title>-</title>${field(pattern)}<script>document.title = document.querySelector("input").checkValidity()</script>`);
  const dom = execFileSync(process.env.CHROMIUM, ["--headless", "--no-sandbox", "--dump-dom", `file://${process.cwd()}/page.html`], { stdio: ["ignore", "pipe", "ignore"] });
  const takes = String(dom).includes("<title>true</title>");
  console.log(`  Chromium takes ### ${takes}`);
  same &&= takes === mistake;
}
process.exit(same ? 0 : 1);
END
node look.mjs
