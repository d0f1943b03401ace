// The Atom feed: the 50 newest products.
const iso = (d) => d.toISOString().slice(0, 19) + "Z";
export const data = { permalink: "/atom.xml" };
export function render(d) {
  const ps = d.collections.byDate.slice(0, 50), e = this.esc;
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<title>Yardstick Shop</title>
<link href="https://shop.example/atom.xml" rel="self"/>
<link href="https://shop.example/"/>
<id>https://shop.example/</id>
<updated>${iso(ps[0].date)}</updated>
${ps.map((p) => `<entry><title>${e(p.data.title)}</title><link href="${d.shop.url + p.url}"/><id>${d.shop.url + p.url}</id><updated>${iso(p.date)}</updated><summary>${e(p.data.description)}</summary></entry>\n`).join("")}</feed>
`;
}
