#!/bin/sh
# npm `caniemail` 1.0.5 finds a <style> element that SFR's and La Poste's webmail drop when it is given a whole document, and finds
# nothing in the same mail without <html>, <head> and <body>, as mail editors and template tests often hand it over. GMX, WEB.DE and
# Outlook.com stand in the data it ships and cannot be asked for. Whoever checks mails for French and German webmails hands over whole
# documents and reads its `caniemail.json` for these three.
#
# Seen: "sfr: found in a document true, in a fragment false, data n", the same for laposte; "gmx.*, web-de.*, outlook.outlook-com: not found".
# Ends with 1 when that has changed.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '{"private":true,"type":"module"}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts caniemail@1.0.5
cat >look.mjs <<'EOF'
import { createRequire } from "node:module";
import { caniemail } from "caniemail";

const data = createRequire(import.meta.url)("caniemail/caniemail.json").data;
const fragment = "<style>p { color: #c00 }</style><p>Bonjour</p>";
const whole = "<!doctype html><html><head><style>p { color: #c00 }</style></head><body><p>Bonjour</p></body></html>";
let same = true;
const newest = (family, platform) => {
  const versions = data.find((feature) => feature.slug === "html-style").stats[family][platform];
  return versions[Object.keys(versions).sort().at(-1)];
};
for (const family of ["sfr", "laposte"]) {
  const found = (html) => {
    const { issues } = caniemail({ clients: [`${family}.desktop-webmail`], html });
    return [...issues.errors.values()].flat().some((issue) => issue.title === "<style> element");
  };
  const known = newest(family, "desktop-webmail");
  console.log(`${family}: found in a document ${found(whole)}, in a fragment ${found(fragment)}, data ${known}`);
  same &&= found(whole) && !found(fragment) && known === "n";
}
for (const [client, family, platform] of [["gmx.*", "gmx", "desktop-webmail"], ["web-de.*", "web-de", "desktop-webmail"], ["outlook.outlook-com", "outlook", "outlook-com"]]) {
  let said = "an answer";
  try {
    caniemail({ clients: [client], html: whole });
  } catch (error) {
    said = /not found/.test(error.message) ? "not found" : error.message;
  }
  console.log(`${client}: ${said}, data ${newest(family, platform)}`);
  same &&= said === "not found";
}
process.exit(same ? 0 : 1);
EOF
node look.mjs
