// Astro, set to build the same site as the others.
import { defineConfig } from "astro/config";
import sitemap from "@astrojs/sitemap";
export default defineConfig({
  site: "https://shop.example",
  trailingSlash: "always",
  cacheDir: "./.astro-cache",
  build: { format: "directory" },
  compressHTML: false,
  devToolbar: { enabled: false },
  integrations: [sitemap()],
});
