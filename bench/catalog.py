"""The synthetic catalog: what each product says and costs. The same seed gives the same products everywhere."""

import random

CATS = ["Kitchen", "Lighting", "Outdoor Gear", "Stationery", "Bath and Body", "Textiles", "Ceramics",
        "Furniture", "Garden Tools", "Bags", "Toys and Games", "Coffee and Tea"]
TAGS = ["handmade", "organic", "recycled", "gift idea", "limited edition", "waterproof", "vegan", "fair trade",
        "lightweight", "compact", "vintage", "modern", "minimalist", "bestseller", "new arrival", "sale", "oak",
        "walnut", "steel", "copper", "linen", "cotton", "wool", "leather", "glass", "bamboo", "cork", "brass",
        "enamel", "stoneware", "foldable", "refillable", "scented", "kids", "travel", "office", "summer", "winter",
        "plastic free", "repairable"]
ADJ = ("Amber Nordic Quiet Harbor Juniper Copper Slate Meadow Alpine Coastal Velvet Rustic Linen Ember Willow Granite "
       "Sable Fern Ivory Cobalt Maple Misty Golden Humble Sturdy Gentle Dappled Frosted Woven Carved").split()
NOUN = ("Kettle Lamp Backpack Notebook Soap Blanket Mug Stool Trowel Tote Puzzle Grinder Lantern Tray Candle Apron "
        "Planter Bowl Bench Pitcher Basket Clock Brush Journal Hammock Teapot Cushion Shelf Thermos Whistle").split()
WORDS = ("the a every our this small hand careful simple daily warm even long light solid finish surface handle base "
         "edge grain colour shape size weight balance workshop maker family studio batch season morning table shelf "
         "kitchen garden journey pocket drawer window wall room water steam heat oil wax dust rain sun stays holds "
         "carries keeps lasts ages feels pours closes opens folds packs dries cleans wears fits rests stands turns "
         "without with after before under over through between for from into and but because while until so that "
         "easily slowly quietly nicely well again together years months use care pieces parts screws thread seams "
         "corners layers clay wood metal cloth paper fibre leather glass recycled local certified tested guarantee "
         "repair spare replace return order ship box wrap gift").split()
COLORS = ["Natural", "Black", "Forest", "Sand", "Ocean", "Rust"]
SIZES = ["Small", "Medium", "Large"]
CUR = "EUR"


def slugify(s):
    return s.lower().replace(" ", "-")


def sentence(r):
    ws = [r.choice(WORDS) for _ in range(r.randint(6, 16))]
    if r.random() < 0.12:
        i = r.randrange(len(ws))
        ws[i] = "**%s**" % ws[i]
    if r.random() < 0.05:
        i = r.randrange(len(ws))
        ws[i] = "[%s](https://example.org/%s)" % (ws[i], ws[i])
    s = " ".join(ws)
    return s[0].upper() + s[1:] + "."


def body(r):
    target, out, n = r.randint(80, 250), [], 0
    while n < target:
        k = r.random()
        if out and k < 0.15:
            t = "## " + " ".join(r.choice(WORDS) for _ in range(3)).capitalize()
        elif out and k < 0.35:
            t = "\n".join("- " + " ".join(r.choice(WORDS) for _ in range(r.randint(3, 8))) for _ in range(r.randint(3, 5)))
        else:
            t = " ".join(sentence(r) for _ in range(r.randint(2, 4)))
        n += len(t.split())
        out.append(t)
    return "\n\n".join(out) + "\n"


def product(i, seed, nimg):
    r = random.Random(seed * 1_000_003 + i)
    title = "%s %s %s" % (r.choice(ADJ), r.choice(ADJ), r.choice(NOUN))
    sku = "YS-%06d" % (i + 1)
    slug = slugify(title) + "-%06d" % (i + 1)
    cents = r.randint(390, 49900)
    minute = i * 7  # distinct dates, so that the order is the same everywhere
    day, rest = divmod(minute, 1440)
    y, doy = divmod(day, 336)
    mo, dd = divmod(doy, 28)
    date = "%04d-%02d-%02dT%02d:%02d:00Z" % (2023 + y, mo + 1, dd + 1, rest // 60, rest % 60)
    variants = []
    cols, sizes = r.sample(COLORS, r.randint(1, 3)), r.sample(SIZES, r.randint(1, 2))
    for c in cols:
        for s in sizes:
            variants.append(dict(name="%s, %s" % (c, s), sku="%s-%s%s" % (sku, c[0], s[0]),
                                 price="%d.%02d" % divmod(cents + 100 * r.randint(0, 9), 100), stock=r.randint(0, 60)))
    return dict(slug=slug, title=title, date=date, sku=sku, price="%d.%02d" % divmod(cents, 100), currency=CUR,
                stock=sum(v["stock"] for v in variants), category=r.choice(CATS), tags=sorted(r.sample(TAGS, r.randint(2, 5))),
                weight_g=r.randint(50, 9000), brand=r.choice(["Yardstick", "Northfield", "Pine and Co", "Alder Works"]),
                description=sentence(r).replace("*", "").split("[")[0].strip().rstrip(".") + ".",
                variants=variants, images=["%s-%d.jpg" % (slug, k + 1) for k in range(nimg)], body=body(r))
