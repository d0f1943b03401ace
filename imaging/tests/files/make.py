"""Makes the HEIC and AVIF files of this folder, and the PNG of what each shows, from pictures that are computed here.

    python3 -m venv venv && venv/bin/pip install pillow==13.0.0 pillow-heif==1.8.1 && venv/bin/python make.py

The codecs are x265 (in pillow-heif) and libaom (in Pillow). Neither writes grids, crops or gain maps, so the containers
are put together below (ISO/IEC 23008-12). What a file shows is read back with libheif and libavif and with Pillow.
"""

import io
import struct

import pillow_heif
from PIL import Image, ImageCms, ImageOps

pillow_heif.register_heif_opener()


def scene(width, height):
    """Smooth, with a coloured square in each corner."""
    picture = Image.new("RGB", (width, height))
    for y in range(height):
        for x in range(width):
            picture.putpixel((x, y), (40 + 150 * x // width, 60 + 150 * y // height, 200 - 120 * x // width))
    side = min(width, height) // 4
    for corner, colour in [((0, 0), (220, 30, 30)), ((width - side, 0), (30, 200, 30)), ((0, height - side), (30, 30, 220))]:
        picture.paste(colour, (*corner, corner[0] + side, corner[1] + side))
    return picture


def box(kind, *parts):
    body = b"".join(parts)
    return struct.pack(">I", len(body) + 8) + kind + body


def full(kind, version, flags, *parts):
    return box(kind, struct.pack(">I", version << 24 | flags), *parts)


def boxes(data):
    at = 0
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        yield kind, data[at + 8 : at + size], data[at : at + size]
        at += size


def inside(data, *path):
    """The box at a path of kinds, whole."""
    for kind, body, whole in boxes(data):
        if kind == path[0]:
            if len(path) == 1:
                return whole
            return inside(body[4:] if kind == b"meta" else body, *path[1:])
    raise KeyError(path)


def coded(picture, codec, **options):
    """A picture's coded bytes and the configuration of its codec."""
    out = io.BytesIO()
    picture.save(out, "HEIF" if codec == b"hvc1" else "AVIF", **options)
    data = out.getvalue()
    config = inside(data, b"meta", b"iprp", b"ipco", b"hvcC" if codec == b"hvc1" else b"av1C")
    # There is one item and nothing else.
    return inside(data, b"mdat")[8:], config


class Container:
    def __init__(self, brand):
        self.brand, self.items, self.properties, self.references = brand, [], [], []

    def property(self, data):
        if data not in self.properties:
            self.properties.append(data)
        return self.properties.index(data) + 1

    def item(self, kind, data, properties=(), hidden=False):
        self.items.append((kind, data, [self.property(p) for p in properties], hidden))
        return len(self.items)

    def refer(self, kind, source, targets):
        self.references.append(box(kind, struct.pack(">HH", source, len(targets)), *[struct.pack(">H", t) for t in targets]))

    def bytes(self, primary):
        ftyp = box(b"ftyp", self.brand, b"\0\0\0\0", b"mif1", self.brand)
        infos = b"".join(
            full(b"infe", 2, int(hidden), struct.pack(">HH", number, 0), kind, b"\0")
            for number, (kind, _, _, hidden) in enumerate(self.items, 1)
        )
        associations = b"".join(
            struct.pack(">HB", number, len(properties)) + bytes(p | 0x80 for p in properties)
            for number, (_, _, properties, _) in enumerate(self.items, 1)
        )

        def meta(start):
            places, at = b"", start
            for number, (_, data, _, _) in enumerate(self.items, 1):
                places += struct.pack(">HHHII", number, 0, 1, at, len(data))
                at += len(data)
            return full(
                b"meta", 0, 0,
                full(b"hdlr", 0, 0, b"\0\0\0\0pict", b"\0" * 13),
                full(b"pitm", 0, 0, struct.pack(">H", primary)),
                full(b"iloc", 0, 0, b"\x44\0", struct.pack(">H", len(self.items)), places),
                full(b"iinf", 0, 0, struct.pack(">H", len(self.items)), infos),
                full(b"iref", 0, 0, *self.references),
                box(b"iprp", box(b"ipco", *self.properties),
                    full(b"ipma", 0, 0, struct.pack(">I", len(self.items)), associations)),
            )

        start = len(ftyp) + len(meta(0)) + 8
        return ftyp + meta(start) + box(b"mdat", *[data for _, data, _, _ in self.items])


def size(width, height):
    return full(b"ispe", 0, 0, struct.pack(">II", width, height))


def numbers(primaries, transfer, matrix, whole):
    return box(b"colr", b"nclx", struct.pack(">HHHB", primaries, transfer, matrix, 0x80 if whole else 0))


def exif():
    """Held upright, which the container says otherwise, and a place that must not be published."""
    entries = struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0) + struct.pack(">HHII", 0x010E, 2, 11, 38)
    return b"\0\0\0\0MM\0*\0\0\0\x08" + struct.pack(">H", 2) + entries + b"\0\0\0\0GPS-SECRET\0"


def display_p3():
    """Display P3 as iPhones embed it: primaries of SMPTE EG 432-1 adapted to D50, the curve of sRGB."""
    fixed = lambda *values: b"".join(struct.pack(">i", round(v * 65536)) for v in values)
    xyz = lambda *values: b"XYZ \0\0\0\0" + fixed(*values)
    curve = b"para\0\0\0\0\0\x03\0\0" + fixed(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
    tags = [
        (b"rXYZ", xyz(0.51512, 0.24120, -0.00105)), (b"gXYZ", xyz(0.29198, 0.69225, 0.04189)),
        (b"bXYZ", xyz(0.15710, 0.06657, 0.78407)), (b"wtpt", xyz(0.96420, 1.0, 0.82491)),
        (b"rTRC", curve), (b"gTRC", curve), (b"bTRC", curve),
        (b"desc", b"mluc\0\0\0\0" + struct.pack(">II", 1, 12) + b"enUS" + struct.pack(">II", 4, 28) + "P3".encode("utf-16-be")),
        (b"cprt", b"mluc\0\0\0\0" + struct.pack(">II", 1, 12) + b"enUS" + struct.pack(">II", 4, 28) + "PD".encode("utf-16-be")),
    ]
    table, data, at = b"", b"", 128 + 4 + 12 * len(tags)
    for tag, body in tags:
        body += b"\0" * (-len(body) % 4)
        table += tag + struct.pack(">II", at, len(body))
        data, at = data + body, at + len(body)
    head = struct.pack(">I", at) + b"\0\0\0\0\x04\0\0\0mntrRGB XYZ " + b"\0" * 12 + b"acsp" + b"\0" * 28
    head += fixed(0.96420, 1.0, 0.82491)
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + data


def tiled(picture, tile, codec, **options):
    """The tiles of a grid, the last ones filled up."""
    columns, rows = -(-picture.width // tile), -(-picture.height // tile)
    for row in range(rows):
        for column in range(columns):
            part = Image.new("RGB", (tile, tile))
            part.paste(picture.crop((column * tile, row * tile, min((column + 1) * tile, picture.width),
                                     min((row + 1) * tile, picture.height))))
            yield coded(part, codec, **options)


def phone():
    """As an iPhone saves it: tiles, a quarter turn, Display P3, and beside it thumbnail, depth, gain map and EXIF."""
    picture = scene(170, 120)
    out = Container(b"heic")
    profile = box(b"colr", b"prof", display_p3())
    tiles = [out.item(b"hvc1", data, [config, size(64, 64), profile], hidden=True)
             for data, config in tiled(picture, 64, b"hvc1", quality=90)]
    grid = struct.pack(">BBBBHH", 0, 0, 1, 2, 170, 120)
    photo = out.item(b"grid", grid, [size(170, 120), profile, box(b"irot", b"\x03")])
    out.refer(b"dimg", photo, tiles)
    small, config = coded(picture.resize((64, 48)), b"hvc1", quality=50)
    out.refer(b"thmb", out.item(b"hvc1", small, [config, size(64, 48)]), [photo])
    for kind in (b"urn:mpeg:hevc:2015:auxid:2\0", b"urn:com:apple:photo:2020:aux:hdrgainmap\0"):
        data, config = coded(Image.new("L", (64, 48), 90), b"hvc1", quality=50)
        beside = out.item(b"hvc1", data, [config, size(64, 48), full(b"auxC", 0, 0, kind)], hidden=True)
        out.refer(b"auxl", beside, [photo])
    out.refer(b"cdsc", out.item(b"Exif", exif()), [photo])
    return out.bytes(photo)


def cropped(codec):
    """Cropped, then turned to the left, then mirrored top to bottom."""
    out = Container(b"heic" if codec == b"hvc1" else b"avif")
    data, config = coded(scene(128, 96), codec, quality=90)
    crop = box(b"clap", struct.pack(">IIIIiIiI", 100, 1, 64, 1, 8, 1, -6, 1))
    kinds = [config, size(128, 96), crop, box(b"irot", b"\x01"), box(b"imir", b"\x00")]
    if codec == b"av01":
        kinds.insert(1, numbers(1, 13, 6, True))
    return out.bytes(out.item(codec, data, kinds))


def grid():
    """Two tiles by two, named as Display P3 by numbers."""
    picture = scene(150, 110)
    out = Container(b"avif")
    colours = numbers(12, 13, 6, True)
    tiles = [out.item(b"av01", data, [config, size(80, 80), colours], hidden=True)
             for data, config in tiled(picture, 80, b"av01", quality=85)]
    photo = out.item(b"grid", struct.pack(">BBBBHH", 0, 0, 1, 1, 150, 110), [size(150, 110), colours])
    out.refer(b"dimg", photo, tiles)
    return out.bytes(photo)


def deep():
    """Ten bits a colour, as pillow-heif writes 16-bit pixels."""
    pixels = b"".join(
        struct.pack("<HHH", *(257 * v for v in scene(96, 64).getpixel((x, y)))) for y in range(64) for x in range(96)
    )
    out = io.BytesIO()
    pillow_heif.encode("RGB;16", (96, 64), pixels, out, quality=90)
    return out.getvalue()


def clear(codec):
    """The left half can be seen through."""
    picture = scene(96, 64).convert("RGBA")
    picture.paste((220, 30, 30, 64), (0, 0, 48, 64))
    out = io.BytesIO()
    picture.save(out, codec, quality=90)
    return out.getvalue()


def upright(codec):
    """Turned by its EXIF, which libavif and libheif write as a property of the container."""
    out = io.BytesIO()
    block = Image.Exif()
    block[0x0112] = 6
    scene(96, 64).save(out, codec, quality=90, exif=block.tobytes())
    return out.getvalue()


def grey():
    out = io.BytesIO()
    scene(80, 60).convert("L").save(out, "HEIF", quality=90)
    return out.getvalue()


def large():
    """As large as a theme wants photos, for a shop that shows one; nothing else is to be seen on it."""
    out = io.BytesIO()
    Image.linear_gradient("L").resize((1200, 1600)).convert("RGB").save(out, "HEIF", quality=40)
    return out.getvalue()


def shown(name, profile=None, crop=None):
    """What the file shows, in sRGB. Pillow gives an AVIF as it is coded, and its turn as EXIF; its crop is ignored."""
    picture = Image.open(name)
    picture.load()
    mode = "RGBA" if "A" in picture.mode else "RGB"
    icc = profile or (picture.info.get("icc_profile") if picture.mode == "RGB" else None)
    if name.endswith(".avif"):
        picture = ImageOps.exif_transpose(picture.crop(crop) if crop else picture)
    picture = picture.convert(mode)
    if icc:
        source = ImageCms.ImageCmsProfile(io.BytesIO(icc))
        picture = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), 1)
    picture.info = {}
    picture.save(name.replace(".", "-") + ".png", optimize=True)


files = {
    "phone.heic": phone(), "cropped.heic": cropped(b"hvc1"), "deep.heic": deep(), "clear.heic": clear("HEIF"),
    "grey.heic": grey(), "upright.heic": upright("HEIF"),
    "grid.avif": grid(), "cropped.avif": cropped(b"av01"), "clear.avif": clear("AVIF"), "upright.avif": upright("AVIF"),
}
for name, data in files.items():
    with open(name, "wb") as file:
        file.write(data)
    shown(name, display_p3() if name == "grid.avif" else None, (22, 10, 122, 74) if name == "cropped.avif" else None)
    print(f"{len(data):6} {name}")
with open("large.heic", "wb") as file:
    file.write(large())
