// One page of a category or tag.
import { cards } from "../_includes/card.js";
export const data = { layout: "base.11ty.js", pagination: { data: "collections.listings", size: 1, alias: "listing" }, permalink: (d) => d.listing.url };
export async function render({ listing: l }) {
  return `<h1>${this.esc(l.name)}</h1>
<p>${l.total} products, page ${l.no} of ${l.pages}</p>
${await cards(this, l.items)}
<nav class="pager">${l.prev ? `<a rel="prev" href="${l.prev}">Previous</a>` : ""} ${l.next ? `<a rel="next" href="${l.next}">Next</a>` : ""}</nav>`;
}
