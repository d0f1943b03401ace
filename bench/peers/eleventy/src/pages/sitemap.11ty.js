// The sitemap.
export const data = { permalink: "/sitemap.xml" };
export function render(d) {
  const u = [["/"], ["/categories/"], ["/tags/"], ...d.collections.byDate.map((p) => [p.url, p.date.toISOString()]), ...d.collections.listings.filter((l) => l.no === 1).map((l) => [l.url])];
  return `<?xml version="1.0" encoding="utf-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
${u.map(([l, t]) => `<url><loc>${d.shop.url}${l}</loc>${t ? `<lastmod>${t}</lastmod>` : ""}</url>\n`).join("")}</urlset>
`;
}
