#!/bin/sh
# lightningcss 1.33.0 (npm): `minify` changes what valid sheets mean.
#
# 1. `rotate` before `transform` in one rule: the individual property is dropped (CSS Transforms 2: both apply).
# 2. `width: 10`: printed as `width:10px`, while browsers ignore it.
# Both with no `targets`, that is without asking for anything to be lowered.
#
# Exits 0 while that is so, 1 when either changes.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund lightningcss@1.33.0
cat >run.cjs <<'END'
const { transform } = require("lightningcss");
const printed = (css) => transform({ filename: "x.css", code: Buffer.from(css), minify: true }).code.toString();
const cases = [
  ["a{rotate:5deg;transform:scale(2)}", (out) => !out.includes("rotate")],
  ["a{width:10}", (out) => out.includes("10px")],
];
let changed = false;
for (const [css, holds] of cases) {
  const out = printed(css);
  console.log(`${css}  ->  ${out}  ${holds(out) ? "(as found)" : "(changed)"}`);
  changed ||= !holds(out);
}
process.exit(changed ? 1 : 0);
END
node run.cjs
