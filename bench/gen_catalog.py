#!/usr/bin/env python3
"""Writes the synthetic catalog in the layout that a generator needs; catalog.py holds what it says.

usage: gen_catalog.py N_PRODUCTS N_IMAGES_PER_PRODUCT OUT --layout bazaar|hugo|zola|eleventy|astro
                      [--seed 7] [--pool 12] [--link-images DIR]

Only data is written (Markdown, settings, photos); templates lie in peers/ and themes/. The same seed gives the same
products in every layout, apart from the places where each generator wants its keys.

layout     products                          images                      shop data
bazaar     OUT/content/products/SLUG.md      OUT/content/products/       OUT/content/shop.yaml, categories/, tags.yaml
hugo       OUT/content/products/SLUG.md      OUT/assets/images/          OUT/data/shop.json
zola       OUT/content/products/SLUG.md      OUT/content/images/         OUT/data/shop.json
eleventy   OUT/src/products/SLUG.md          OUT/images/                 OUT/src/_data/shop.json
astro      OUT/src/content/products/SLUG.md  OUT/src/images/             OUT/src/data/shop.json
"""

import argparse
import json
import os
import sys

import bazaar_layout
from catalog import CATS, TAGS, product, slugify

PRODUCTS = {
    "bazaar": "content/products",
    "hugo": "content/products",
    "zola": "content/products",
    "eleventy": "src/products",
    "astro": "src/content/products",
}
IMAGES = {
    "bazaar": "content/products",
    "hugo": "assets/images",
    "zola": "content/images",
    "eleventy": "images",
    "astro": "src/images",
}
DATA = {
    "hugo": "data/shop.json",
    "zola": "data/shop.json",
    "eleventy": "src/_data/shop.json",
    "astro": "src/data/shop.json",
}


def quoted(text):
    return json.dumps(text, ensure_ascii=False)


def listed(texts):
    return "[%s]" % ", ".join(map(quoted, texts))


def details(p, indent, images):
    pad = " " * indent
    lines = ["%s%s: %s" % (pad, key, quoted(p[key])) for key in ("sku", "price", "currency")]
    lines += ["%sstock: %d" % (pad, p["stock"]), "%sbrand: %s" % (pad, quoted(p["brand"]))]
    lines += ["%sweight_g: %d" % (pad, p["weight_g"]), "%svariants:" % pad]
    for v in p["variants"]:
        lines.append("%s  - name: %s" % (pad, quoted(v["name"])))
        lines += ["%s    %s: %s" % (pad, key, quoted(v[key])) for key in ("sku", "price")]
        lines.append("%s    stock: %d" % (pad, v["stock"]))
    lines.append("%simages:%s" % (pad, "" if p["images"] else " []"))
    lines += ["%s  - %s" % (pad, quoted(images + name)) for name in p["images"]]
    return "\n".join(lines)


def markdown(p, layout):
    """A product file of one of the peers."""
    lines = ["---", "title: " + quoted(p["title"]), "date: " + p["date"], "description: " + quoted(p["description"])]
    category, tags = quoted(p["category"]), listed(p["tags"])
    if layout == "zola":
        lines += ["taxonomies:", "  categories: [%s]" % category, "  tags: " + tags, "extra:", details(p, 2, "images/")]
    elif layout == "hugo":
        lines += ["categories: [%s]" % category, "tags: " + tags, details(p, 0, "images/")]
    elif layout == "eleventy":  # "tags" makes collections of its own there
        lines += ["category: " + category, "labels: " + tags, details(p, 0, "images/")]
    else:
        lines += ["category: " + category, "tags: " + tags, details(p, 0, "../../images/")]
    return "\n".join(lines) + "\n---\n" + p["body"]


def write_shop(out, layout, count):
    """What is said once: name, categories, tags."""
    if layout == "bazaar":
        return bazaar_layout.write_shop(out)
    shop = dict(
        name="Yardstick Shop",
        url="https://shop.example",
        count=count,
        categories=[dict(name=c, slug=slugify(c)) for c in CATS],
        tags=[dict(name=t, slug=slugify(t)) for t in TAGS],
    )
    path = os.path.join(out, DATA[layout])
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        json.dump(shop, f, indent=1)


def link_images(products, source, target):
    """Hard-links the photos of an earlier run."""
    os.makedirs(target, exist_ok=True)
    for name in (name for p in products for name in p["images"]):
        if not os.path.exists(os.path.join(target, name)):
            os.link(os.path.join(source, name), os.path.join(target, name))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("n", type=int)
    parser.add_argument("images", type=int)
    parser.add_argument("out")
    parser.add_argument("--layout", required=True, choices=sorted(PRODUCTS))
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--pool", type=int, default=12, help="how many different pictures the photos are made from")
    parser.add_argument("--link-images", help="hard-link the photos that an earlier run left in this folder")
    options = parser.parse_args()
    folder = os.path.join(options.out, PRODUCTS[options.layout])
    os.makedirs(folder, exist_ok=True)
    with_images, total = [], 0
    for i in range(options.n):
        p = product(i, options.seed, options.images)
        if options.layout == "bazaar":  # its home page shows twelve featured and twelve newest: together the 24 newest
            text = bazaar_layout.markdown(p, i >= options.n - 12)
        else:
            text = markdown(p, options.layout)
        total += len(text)
        with open(os.path.join(folder, p["slug"] + ".md"), "w") as f:
            f.write(text)
        if options.images:
            with_images.append(dict(images=p["images"]))
    write_shop(options.out, options.layout, options.n)
    if options.images:
        target = os.path.join(options.out, IMAGES[options.layout])
        if options.link_images:
            link_images(with_images, options.link_images, target)
        else:
            import pictures  # numpy and pillow are needed for photos only

            pictures.write_images(with_images, target, options.seed, options.pool)
    shown = (options.n, options.images, total, options.layout)
    print("%d products, %d photos each, %d bytes of Markdown, layout %s" % shown, file=sys.stderr)


if __name__ == "__main__":
    main()
