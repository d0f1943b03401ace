// All categories, and all tags.
export const data = { layout: "base.11ty.js", pagination: { data: "kinds", size: 1, alias: "kind" }, kinds: ["categories", "tags"], permalink: (d) => `/${d.kind}/` };
export function render(d) {
  const ts = d.collections.listings.filter((l) => l.kind === d.kind && l.no === 1);
  return `<h1>${d.kind}</h1>
<ul>
${ts.map((t) => `<li><a href="${t.url}">${this.esc(t.name)}</a> (${t.total})</li>\n`).join("")}</ul>`;
}
