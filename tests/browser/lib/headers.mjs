// Netlify's `_headers`: a path pattern on its own line, its headers indented below; `*` and `:name` stand for anything.
// A header given twice under one path is joined with commas; of several paths that match, the later one wins
// (as in Netlify's own headers-parser and command line tool).

/** `[{ pattern, matches, headers }]` in the file's order. */
export function readHeaderRules(source) {
  const rules = [];
  for (const [index, raw] of source.split("\n").entries()) {
    const line = raw.trim();
    if (!line || line.startsWith("#")) continue;
    if (line.startsWith("/")) {
      rules.push({ pattern: line, matches: matcher(line), headers: {} });
      continue;
    }
    const colon = line.indexOf(":");
    if (colon < 1 || rules.length === 0) throw new Error(`_headers:${index + 1}: neither a path nor \`Name: value\`: ${line}`);
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    const headers = rules.at(-1).headers;
    headers[name] = name in headers ? `${headers[name]}, ${value}` : value;
  }
  return rules;
}

function matcher(pattern) {
  const source = pattern
    .split(/(\*|:[A-Za-z]\w*)/)
    .map((part) => (part === "*" ? ".*" : part.startsWith(":") ? "[^/]+" : part.replace(/[.+?^${}()|[\]\\]/g, "\\$&")))
    .join("");
  const whole = new RegExp(`^${source}$`);
  return (address) => whole.test(address);
}

export const headersFor = (rules, address) => Object.assign({}, ...rules.filter((rule) => rule.matches(address)).map((rule) => rule.headers));
