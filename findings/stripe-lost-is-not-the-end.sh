#!/bin/sh
# npm `stripe` 23.1.0 (API version 2026-10-28.endive) lets a dispute go on after `lost`: its status may be `appeal_needs_response`
# or `appeal_under_review`, and `won` or `lost` again. 22.6.2 (2026-08-26.dahlia) knows neither, and says of `lost` and `won` nothing
# that tells them apart from the open ones. Whoever takes `lost` for the end, or tells each status once, says nothing of an appeal
# and of how it ended.
#
# Seen: "22.6.2 2026-08-26.dahlia: 8 statuses, of appeals: none" and "23.1.0 2026-10-28.endive: 10 statuses, of appeals:
# appeal_needs_response appeal_under_review". Ends with 1 when that has changed.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '{"private":true,"type":"module"}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts before@npm:stripe@22.6.2 after@npm:stripe@23.1.0
cat >look.mjs <<'EOF'
import { readFileSync } from "node:fs";

const look = (name) => {
  const read = (file) => readFileSync(`node_modules/${name}/${file}`, "utf8");
  const { version } = JSON.parse(read("package.json"));
  const api = read("esm/apiVersion.js").match(/ApiVersion = '([^']+)'/)[1];
  const [type] = read("esm/resources/Disputes.d.ts").match(/type Status = [^;]*'needs_response'[^;]*;/);
  const statuses = [...type.matchAll(/'([a-z_]+)'/g)].map(([, status]) => status);
  const appeals = statuses.filter((status) => status.startsWith("appeal_"));
  console.log(`${version} ${api}: ${statuses.length} statuses, of appeals: ${appeals.join(" ") || "none"}`);
  return { statuses: statuses.length, appeals: appeals.join(" ") };
};
const [before, after] = [look("before"), look("after")];
const same = before.statuses === 8 && before.appeals === "" && after.statuses === 10
  && after.appeals === "appeal_needs_response appeal_under_review";
process.exit(same ? 0 : 1);
EOF
node look.mjs
