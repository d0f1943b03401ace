// What a product file holds.
import { defineCollection } from "astro:content";
import { z } from "astro/zod";
import { glob } from "astro/loaders";
export const collections = {
  products: defineCollection({
    loader: glob({ pattern: "*.md", base: "./src/content/products" }),
    schema: ({ image }) => z.object({
      title: z.string(), date: z.coerce.date(), description: z.string(), category: z.string(), tags: z.array(z.string()),
      sku: z.string(), price: z.string(), currency: z.string(), stock: z.number(), brand: z.string(), weight_g: z.number(),
      variants: z.array(z.object({ name: z.string(), sku: z.string(), price: z.string(), stock: z.number() })),
      images: z.array(image()),
    }),
  }),
};
