// A product in a list.
export async function card(ctx, p) {
  const d = p.data, f = d.images?.[0];
  let img = "";
  if (f) {
    const t = (await ctx.variants(f)).webp[0];
    img = `<img src="${t.url}" width="320" height="${t.height}" alt="" loading="lazy">`;
  }
  return `<li class="card"><a href="${p.url}">${img}<span class="name">${ctx.esc(d.title)}</span></a><span class="price">${d.price} ${d.currency}</span><p>${ctx.esc(d.description)}</p></li>`;
}
export const cards = async (ctx, ps) => `<ul class="cards">\n${(await Promise.all(ps.map((p) => card(ctx, p)))).join("")}</ul>`;
