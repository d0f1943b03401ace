// The frame of every page.
export function render(d) {
  const e = this.esc, url = d.shop.url + d.page.url, title = e(d.title ?? d.listing?.name ?? "Yardstick Shop");
  const desc = e(d.description ?? `All ${title} in the Yardstick Shop`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} | Yardstick Shop</title>
<meta name="description" content="${desc}">
<link rel="canonical" href="${url}">
<meta property="og:title" content="${title}">
<meta property="og:type" content="${d.sku ? "product" : "website"}">
<meta property="og:url" content="${url}">
<link rel="stylesheet" href="/style.css">
<link rel="alternate" type="application/atom+xml" title="Yardstick Shop" href="/atom.xml">
</head>
<body>
<header class="top"><a class="brand" href="/">Yardstick Shop</a>
<nav>
${d.shop.categories.map((c) => `<a href="/categories/${c.slug}/">${e(c.name)}</a>\n`).join("")}</nav></header>
<main>
${d.content}
</main>
<footer><p>Yardstick Shop. Prices include taxes where they apply.</p><p><a href="/tags/">All tags</a> <a href="/categories/">All categories</a> <a href="/atom.xml">Feed</a></p></footer>
</body>
</html>
`;
}
