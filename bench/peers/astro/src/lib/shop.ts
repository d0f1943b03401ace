// Products, terms and picture sizes.
import { getCollection, type CollectionEntry } from "astro:content";
import { getImage } from "astro:assets";
export type P = CollectionEntry<"products">;
export const slug = (s: string) => s.toLowerCase().replaceAll(" ", "-");
let cached: Promise<P[]> | undefined;
export const products = () => (cached ??= getCollection("products").then((ps) => ps.sort((a, b) => +b.data.date - +a.data.date)));
export const url = (p: P) => `/products/${p.id}/`;
export const webp = (src: ImageMetadata, width: number) => getImage({ src, width, format: "webp", quality: 75 });
export const jpeg = (src: ImageMetadata, width: number) => getImage({ src, width, format: "jpg", quality: 80 });
export async function terms(names: (p: P) => string[]) {
  const m = new Map<string, P[]>();
  for (const p of await products()) for (const n of names(p)) (m.get(n) ?? m.set(n, []).get(n)!).push(p);
  return m;
}
export const kinds: Record<string, (p: P) => string[]> = { categories: (p) => [p.data.category], tags: (p) => p.data.tags };
