// Eleventy, set to build the same site as the others.
import Image from "@11ty/eleventy-img";

const slug = (s) => s.toLowerCase().replaceAll(" ", "-");
const esc = (s) => String(s).replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);
const opts = (o) => ({ urlPath: "/img/", outputDir: "_site/img/", sharpWebpOptions: { quality: 75, effort: 4 }, sharpJpegOptions: { quality: 80 }, ...o });

export default function (cfg) {
  cfg.setQuietMode(true);
  cfg.addPassthroughCopy({ static: "/" });
  cfg.addFilter("slug", slug);
  cfg.addFilter("esc", esc);
  cfg.addAsyncFilter("variants", async (f) => {
    const [w, j] = await Promise.all([
      Image(f, opts({ widths: [320, 640, 960, 1280], formats: ["webp"] })),
      Image(f, opts({ widths: [960], formats: ["jpeg"] })),
    ]);
    return { webp: w.webp, jpeg: j.jpeg[0] };
  });
  const byDate = (api) => api.getFilteredByGlob("src/products/*.md").sort((a, b) => b.date - a.date);
  cfg.addCollection("byDate", byDate);
  const listing = (api, kind, names) => {
    const terms = new Map();
    for (const p of byDate(api)) for (const n of names(p)) (terms.get(n) ?? terms.set(n, []).get(n)).push(p);
    const out = [];
    for (const name of [...terms.keys()].sort()) {
      const items = terms.get(name), pages = Math.ceil(items.length / 24);
      for (let i = 0; i < pages; i++) {
        const url = (k) => `/${kind}/${slug(name)}/` + (k > 1 ? `page/${k}/` : "");
        out.push({ kind, name, total: items.length, no: i + 1, pages, url: url(i + 1), items: items.slice(i * 24, i * 24 + 24),
          prev: i > 0 && url(i), next: i + 1 < pages && url(i + 2) });
      }
    }
    return out;
  };
  cfg.addCollection("listings", (api) => [
    ...listing(api, "categories", (p) => [p.data.category]),
    ...listing(api, "tags", (p) => p.data.labels),
  ]);
  return { dir: { input: "src", output: "_site", includes: "_includes" }, markdownTemplateEngine: false, htmlTemplateEngine: false };
}
