"""The synthetic catalog as a shop of `bazaar` (docs/content.md): shop.yaml, categories, tags and product files."""

import json
import os

from catalog import CATS, COLORS, SIZES, TAGS, slugify

SHOP = """\
# The yardstick shop: one language, the theme of the peers' templates.
name: Yardstick Shop
url: https://shop.example
languages: [en]
timezone: Europe/Paris
currency: EUR
theme: plain
per_page: 24
contact: { email: hello@shop.example }
seller: { name: Yardstick Shop, address: "1 Example Street, 75011 Paris, France", vat: registered, vat_number: FR00000000000 }
vat: { standard: 20, reduced: 5.5 }
returns: { days: 14, paid_by: customer }
shipping:
  handling: [1, 2]
  zones:
    - id: france
      countries: [FR]
      rates:
        - { id: post, label: Post, days: [2, 3], prices: [ { up_to: 10 kg, price: 9.90 } ] }
menus:
  main: [categories]
  footer: []
"""


def quoted(text):
    return json.dumps(text, ensure_ascii=False)


def option(name, label, values):
    return "  %s: { label: %s, values: { %s } }" % (name, label, ", ".join("%s: %s" % (slugify(v), v) for v in values))


def markdown(p, featured):
    """A product file."""
    names = [v["name"].split(", ") for v in p["variants"]]
    colors = [c for c in COLORS if any(n[0] == c for n in names)]
    sizes = [s for s in SIZES if any(n[1] == s for n in names)]
    lines = ["---", "title: " + quoted(p["title"]), "summary: " + quoted(p["description"]), "added: " + p["date"]]
    lines += ["price: " + p["price"], "category: " + slugify(p["category"])]
    lines += ["tags: [%s]" % ", ".join(map(slugify, p["tags"])), "brand: " + quoted(p["brand"])]
    lines.append("weight: %d g" % p["weight_g"])
    if featured:
        lines.append("featured: true")
    if p["images"]:
        lines.append("images:")
        lines += ["  - { file: %s, alt: %s }" % (name, quoted(p["title"])) for name in p["images"]]
    lines += ["options:", option("color", "Color", colors), option("size", "Size", sizes), "variants:"]
    for v, (color, size) in zip(p["variants"], names):
        row = (v["sku"], slugify(color), slugify(size), v["price"], v["stock"])
        lines.append("  - { sku: %s, color: %s, size: %s, price: %s, supply: %d }" % row)
    return "\n".join(lines) + "\n---\n" + p["body"]


def write(out, name, text):
    path = os.path.join(out, "content", name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        f.write(text)


def write_shop(out):
    """What is said once."""
    write(out, "shop.yaml", SHOP)
    for category in CATS:
        write(out, "categories/%s.md" % slugify(category), "---\ntitle: %s\n---\n" % category)
    write(out, "tags.yaml", "".join("%s: %s\n" % (slugify(tag), tag) for tag in TAGS))
