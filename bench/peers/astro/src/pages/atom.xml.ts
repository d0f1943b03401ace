// The Atom feed: the 50 newest products.
import { products, url } from "../lib/shop";
const e = (s: string) => s.replace(/[&<>]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[c]!);
const iso = (d: Date) => d.toISOString().slice(0, 19) + "Z";
export async function GET() {
  const ps = (await products()).slice(0, 50), base = "https://shop.example";
  return new Response(`<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<title>Yardstick Shop</title>
<link href="${base}/atom.xml" rel="self"/>
<link href="${base}/"/>
<id>${base}/</id>
<updated>${iso(ps[0].data.date)}</updated>
${ps.map((p) => `<entry><title>${e(p.data.title)}</title><link href="${base + url(p)}"/><id>${base + url(p)}</id><updated>${iso(p.data.date)}</updated><summary>${e(p.data.description)}</summary></entry>\n`).join("")}</feed>
`);
}
