// The home page: the 24 newest products.
import { cards } from "../_includes/card.js";
export const data = { layout: "base.11ty.js", permalink: "/", title: "Yardstick Shop" };
export async function render(d) {
  return `<h1>Yardstick Shop</h1>
<p>${d.collections.byDate.length} products</p>
${await cards(this, d.collections.byDate.slice(0, 24))}`;
}
