// A product.
export const data = { layout: "base.11ty.js" };
export async function render(d) {
  const e = this.esc, s = this.slug, jpegs = [];
  let gallery = "";
  if (d.images?.length) {
    gallery = '<div class="gallery">\n';
    for (const v of await Promise.all(d.images.map((f) => this.variants(f)))) {
      jpegs.push(d.shop.url + v.jpeg.url);
      gallery += `<picture><source type="image/webp" srcset="${v.webp.map((w) => w.srcset).join(", ")}" sizes="(min-width: 60em) 50vw, 100vw"><img src="${v.jpeg.url}" width="960" height="${v.jpeg.height}" alt="${e(d.title)}" loading="lazy"></picture>\n`;
    }
    gallery += "</div>\n";
  }
  const ld = { "@context": "https://schema.org", "@type": "Product", name: d.title, sku: d.sku, description: d.description, category: d.category,
    brand: { "@type": "Brand", name: d.brand }, image: jpegs, weight: { "@type": "QuantitativeValue", value: d.weight_g, unitCode: "GRM" },
    offers: { "@type": "Offer", price: d.price, priceCurrency: d.currency, url: d.shop.url + d.page.url,
      availability: d.stock > 0 ? "https://schema.org/InStock" : "https://schema.org/OutOfStock" } };
  return `<nav class="crumbs"><a href="/">Home</a> / <a href="/categories/${s(d.category)}/">${e(d.category)}</a> / <span>${e(d.title)}</span></nav>
<article class="product">
<h1>${e(d.title)}</h1>
${gallery}<p class="lead">${e(d.description)}</p>
<p class="price"><strong>${d.price}</strong> ${d.currency}</p>
<p class="stock">${d.stock > 0 ? `In stock (${d.stock})` : "Sold out"}</p>
<table class="variants"><thead><tr><th>Variant</th><th>SKU</th><th>Price</th><th>Stock</th></tr></thead><tbody>
${d.variants.map((v) => `<tr><td>${e(v.name)}</td><td>${v.sku}</td><td>${v.price}</td><td>${v.stock}</td></tr>\n`).join("")}</tbody></table>
<dl><dt>SKU</dt><dd>${d.sku}</dd><dt>Brand</dt><dd>${e(d.brand)}</dd><dt>Weight</dt><dd>${d.weight_g} g</dd></dl>
<div class="body">${d.content}</div>
<ul class="tags">${d.labels.map((t) => `<li><a href="/tags/${s(t)}/">${e(t)}</a></li>`).join("")}</ul>
</article>
<script type="application/ld+json">${JSON.stringify(ld).replaceAll("</", "<\\/")}</script>`;
}
