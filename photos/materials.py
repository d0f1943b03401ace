"""Procedural materials: limewash, woods, linens, glazes. No image textures."""

import bpy


def linear(hex_colour, alpha=1.0):
    """'#rrggbb' in sRGB to the linear RGBA that Cycles works in."""
    channels = [int(hex_colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    return tuple(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
                 for c in channels) + (alpha,)


class Tree:
    """A thin layer over a node tree: one call makes a node and its links."""

    def __init__(self, name):
        self.material = bpy.data.materials.new(name)
        self.material.use_nodes = True
        self.nodes = self.material.node_tree.nodes
        self.links = self.material.node_tree.links
        self.surface = self.nodes["Principled BSDF"]

    def node(self, kind, inputs=None, out=0, **settings):
        """Make a node, fill its inputs with values or sockets, return one of its outputs."""
        node = self.nodes.new("ShaderNode" + kind)
        for key, value in settings.items():
            setattr(node, key, value)
        for key, value in (inputs or {}).items():
            self.put(node.inputs[key], value)
        return node.outputs[out]

    def put(self, socket, value):
        """Link a socket, or set a constant (colours may be '#rrggbb')."""
        if isinstance(value, bpy.types.NodeSocket):
            self.links.new(value, socket)
        else:
            socket.default_value = linear(value) if isinstance(value, str) else value

    def set(self, **values):
        """Set inputs of the Principled shader; underscores stand for spaces."""
        for key, value in values.items():
            self.put(self.surface.inputs[key.replace("_", " ")], value)

    def plain_in_bounces(self, colour):
        """Light that bounces sees one flat colour: the render is twice as fast, and looks the same."""
        flat = self.node("BsdfDiffuse", {"Color": colour})
        bounced = self.node("LightPath", out="Is Diffuse Ray")
        mixed = self.node("MixShader", {0: bounced, 1: self.surface.outputs[0], 2: flat})
        self.links.new(mixed, self.nodes["Material Output"].inputs["Surface"])

    def math(self, operation, a, b=0.0, clamp=False):
        return self.node("Math", {0: a, 1: b}, operation=operation, use_clamp=clamp)

    def coords(self, output="Object", scale=(1, 1, 1), rotation=(0, 0, 0), location=(0, 0, 0)):
        source = self.node("TexCoord", out=output)
        return self.node("Mapping", {"Vector": source, "Scale": scale,
                                     "Rotation": rotation, "Location": location})

    def noise(self, vector, scale, detail=4.0, roughness=0.55, distortion=0.0):
        return self.node("TexNoise", {"Vector": vector, "Scale": scale, "Detail": detail,
                                      "Roughness": roughness, "Distortion": distortion})

    def spread(self, value, low, high, to_low=0.0, to_high=1.0):
        """Map low..high to to_low..to_high, clamped, with soft ends."""
        return self.node("MapRange", {"Value": value, "From Min": low, "From Max": high,
                                      "To Min": to_low, "To Max": to_high},
                         interpolation_type="SMOOTHSTEP")

    def mix(self, factor, a, b, blend="MIX"):
        return self.node("MixRGB", {"Fac": factor, "Color1": a, "Color2": b}, blend_type=blend)

    def attribute(self, name):
        return self.node("Attribute", out="Fac", attribute_name=name)

    def bump(self, height, distance, strength=1.0, normal=None):
        inputs = {"Height": height, "Distance": distance, "Strength": strength}
        if normal is not None:
            inputs["Normal"] = normal
        return self.node("Bump", inputs)


def plain(name, colour, roughness=0.7):
    """One colour, nothing else."""
    tree = Tree(name)
    tree.set(Base_Color=colour, Roughness=roughness)
    return tree.material


def limewash(shade="#aea594", pale="#ddd7c8"):
    """Brushed lime on a rough wall: clouds, crossed strokes, small trowel marks."""
    tree = Tree("limewash")
    at = tree.coords()
    clouds = tree.noise(at, 0.16, 5, 0.6, 0.6)
    stroke_a = tree.noise(tree.coords(scale=(0.5, 1, 2.2), rotation=(0, 0.6, 0)), 0.9, 4, 0.65, 0.5)
    stroke_b = tree.noise(tree.coords(scale=(0.5, 1, 2.2), rotation=(0, -0.7, 0)), 0.7, 4, 0.65, 0.5)
    strokes = tree.math("MULTIPLY", tree.math("ADD", stroke_a, stroke_b), 0.5)
    tone = tree.math("ADD", tree.math("MULTIPLY", clouds, 0.6), tree.math("MULTIPLY", strokes, 0.4))
    colour = tree.mix(tree.spread(tone, 0.36, 0.64), shade, pale)
    grain = tree.noise(at, 9, 3, 0.7)
    rough = tree.bump(strokes, 0.16, 0.5)
    tree.set(Base_Color=colour, Roughness=0.92, Normal=tree.bump(grain, 0.02, 0.5, rough))
    tree.plain_in_bounces("#c8c0b0" if pale == "#ddd7c8" else pale)
    return tree.material


def wood(name, pale, dark, pore, rings=1.6, contrast=0.7, waviness=0.5, pores=0.6, roughness=0.5,
         upright=False):
    """Timber with its grain along local X (Z if `upright`): growth rings, fibres and pores."""
    tree = Tree(name)
    source = tree.coords(rotation=(0, 1.5708, 0)) if upright else tree.node("TexCoord", out="Object")
    luck = tree.node("ObjectInfo", out="Random")
    shift = tree.node("CombineXYZ", {0: tree.math("MULTIPLY", luck, 37.0),
                                     1: tree.math("MULTIPLY", luck, 3.0),
                                     2: tree.math("MULTIPLY", luck, -2.0)})
    at = tree.node("VectorMath", {0: source, 1: shift}, operation="ADD")

    def stretched(x, y, z):
        return tree.node("VectorMath", {0: at, 1: (x, y, z)}, operation="MULTIPLY")

    sway = tree.node("TexNoise", {"Vector": stretched(0.14, 0.7, 0.7), "Scale": 1.0, "Detail": 3.0},
                     out="Color")
    swayed = tree.node("VectorMath", {0: sway, 1: (0.5, 0.5, 0.5)}, operation="SUBTRACT")
    swayed = tree.node("VectorMath", {0: swayed, 1: (0, waviness * 2, waviness * 2)},
                       operation="MULTIPLY")
    heart = tree.node("Mapping", {"Vector": at, "Location": (0, -0.4, 1.1),
                                  "Rotation": (0, 0.045, 0.03)})
    heart = tree.node("VectorMath", {0: heart, 1: swayed}, operation="ADD")
    heart = tree.node("VectorMath", {0: heart, 1: (0.1, 1, 1)}, operation="MULTIPLY")
    years = tree.node("TexWave", {"Vector": heart, "Scale": rings, "Distortion": 2.2, "Detail": 4.0,
                                  "Detail Scale": 1.0, "Detail Roughness": 0.6},
                      out="Fac", wave_type="RINGS", rings_direction="X", wave_profile="SIN")
    fibres = tree.noise(stretched(0.35, 14, 14), 1.0, 4, 0.7)
    broad = tree.noise(stretched(0.12, 1.3, 1.3), 1.0, 3)
    vessel = tree.noise(stretched(2.2, 70, 70), 1.0, 2, 0.5)
    late = tree.math("MULTIPLY", tree.math("POWER", years, 2.2), contrast)
    tone = tree.math("ADD", late, tree.spread(fibres, 0.3, 0.75, -0.2, 0.36))
    tone = tree.math("ADD", tone, tree.spread(broad, 0.3, 0.7, -0.12, 0.15), clamp=True)
    colour = tree.mix(tone, pale, dark)
    board = tree.math("ADD", tree.math("MULTIPLY", luck, 0.22), 0.86)
    colour = tree.mix(1.0, colour, tree.node("CombineXYZ", {0: board, 1: board, 2: board}), "MULTIPLY")
    hole = tree.math("MULTIPLY", tree.spread(vessel, 0.60, 0.70), pores)
    colour = tree.mix(hole, colour, pore)
    dull = tree.spread(fibres, 0.3, 0.7, roughness - 0.08, roughness + 0.1)
    relief = tree.bump(tree.math("SUBTRACT", tree.math("MULTIPLY", fibres, 0.4), hole), 0.012, 0.6)
    tree.set(Base_Color=colour, Roughness=dull, Normal=relief)
    tree.plain_in_bounces(pale)
    return tree.material


def oak():
    return wood("oak", "#b3946c", "#8d6d4a", "#5f4630", rings=1.3, contrast=0.45, pores=0.6)


def limed_oak():
    return wood("limed oak", "#c9bca8", "#a99880", "#8b7a63", rings=1.3, contrast=0.45, pores=0.4,
                roughness=0.65)


def walnut(upright=False):
    return wood("walnut", "#6f5038", "#33211a", "#20140e", rings=1.3, contrast=0.8, waviness=0.9,
                pores=0.5, roughness=0.5, upright=upright)


def dark_top():
    """An old table, stained nearly black."""
    return wood("dark top", "#4a3527", "#251810", "#150d08", rings=1.1, contrast=0.6, waviness=0.7,
                pores=0.5, roughness=0.5)


def ash(upright=False):
    return wood("ash", "#d8c19a", "#b0905f", "#96774c", rings=1.7, contrast=0.6, waviness=0.35,
                pores=0.3, roughness=0.45, upright=upright)


def beech(upright=True):
    return wood("beech", "#cfa57c", "#b98c62", "#8f6a48", rings=1.0, contrast=0.3, waviness=0.3,
                pores=0.4, roughness=0.45, upright=upright)


def stone():
    """A worn limestone sill."""
    tree = Tree("stone")
    at = tree.coords()
    cloud = tree.noise(at, 0.9, 5, 0.6, 0.4)
    grain = tree.noise(at, 14, 4, 0.7)
    body = tree.mix(tree.spread(cloud, 0.35, 0.68), "#a39a8c", "#c3bbad")
    body = tree.mix(tree.spread(grain, 0.56, 0.72, 0, 0.5), body, "#7f766a")
    worn = tree.bump(cloud, 0.08, 0.4)
    tree.set(Base_Color=body, Roughness=0.8, Normal=tree.bump(grain, 0.02, 0.5, worn))
    tree.plain_in_bounces("#b3ab9d")
    return tree.material


def olive():
    return wood("olive", "#c99f62", "#6d431f", "#4d2d15", rings=3.4, contrast=0.85, waviness=0.5,
                pores=0.12, roughness=0.36)


def linen(name, colour, shade, threads=95.0, slub=0.5, stripes=(), across=False):
    """Plain weave on UVs measured in units: threads, slubs and a little lint.

    `stripes` are (where, half width, colour, shade), along V, or along U if `across`.
    """
    tree = Tree(name)
    uv = tree.node("SeparateXYZ", {0: tree.node("TexCoord", out="UV")})
    u, v = uv, uv.node.outputs[1]
    wander = tree.math("MULTIPLY", tree.noise(tree.coords("UV"), 6, 2), 0.02)

    def crossing(axis):
        phase = tree.math("MULTIPLY", tree.math("ADD", axis, wander), threads * 3.14159)
        return tree.math("ABSOLUTE", tree.math("SINE", phase))

    weave = tree.math("POWER", tree.math("MULTIPLY", crossing(u), crossing(v)), 0.5)
    warp = tree.noise(tree.coords("UV", scale=(threads * 0.5, 1.1, 1)), 1.0, 2, 0.6)
    weft = tree.noise(tree.coords("UV", scale=(1.1, threads * 0.5, 1)), 1.0, 2, 0.6)
    uneven = tree.math("MULTIPLY", tree.math("ADD", warp, weft), 0.5)
    cloud = tree.noise(tree.coords("UV"), 0.6, 3)
    tone = tree.spread(uneven, 0.5 - 0.22, 0.5 + 0.22)
    tone = tree.math("ADD", tree.math("MULTIPLY", tone, slub),
                     tree.math("MULTIPLY", weave, 0.45))
    tone = tree.math("ADD", tone, tree.spread(cloud, 0.3, 0.7, -0.1, 0.12), clamp=True)
    height = tree.math("ADD", tree.math("MULTIPLY", weave, 0.6), uneven)
    body = tree.mix(tone, shade, colour)
    for where, half, dye, dark in stripes:
        away = tree.math("ABSOLUTE", tree.math("SUBTRACT", u if across else v, where))
        inside = tree.spread(away, half - 0.008, half + 0.008, 1.0, 0.0)
        body = tree.mix(inside, body, tree.mix(tone, dark, dye))
    tree.set(Base_Color=body, Roughness=0.9, Sheen_Weight=0.06,
             Sheen_Roughness=0.5, Normal=tree.bump(height, 0.012, 0.8))
    tree.plain_in_bounces(colour)
    return tree.material


def glaze(name, colour, deep, edge, clay="#b58f69", roughness=0.16, speckle=0.0, depth=1.0):
    """A glazed pot. Vertex attributes say where: 'glaze' (cover) and 'thin' (breaking edges)."""
    tree = Tree(name)
    at = tree.coords()
    cover, thin = tree.attribute("glaze"), tree.attribute("thin")
    cloud = tree.noise(tree.coords(scale=(1, 1, 0.45)), 3.2, 5, 0.62, 0.8)
    body = tree.mix(tree.spread(cloud, 0.34, 0.68, 0.0, depth), colour, deep)
    worn = tree.math("MULTIPLY", thin, tree.spread(tree.noise(at, 7, 3), 0.25, 0.7, 0.35, 1.0))
    body = tree.mix(worn, body, edge)
    spots = tree.noise(at, 26, 2, 0.5)
    body = tree.mix(tree.math("MULTIPLY", tree.spread(spots, 0.665, 0.70), speckle), body, "#4a3a2c")
    fine = tree.noise(at, 62, 2, 0.5)
    body = tree.mix(tree.math("MULTIPLY", tree.spread(fine, 0.67, 0.72), speckle * 0.7), body, "#5b4836")
    sand = tree.noise(at, 34, 4, 0.7)
    earth = tree.mix(tree.spread(sand, 0.35, 0.7), clay, "#a07a55")
    earth = tree.mix(tree.spread(fine, 0.62, 0.68, 0, 0.7), earth, "#5f4631")
    grit = tree.bump(sand, 0.02, 0.6)
    ripple = tree.bump(cloud, 0.012, 0.35)
    smooth = tree.node("Mix", {0: cover, 4: grit, 5: ripple}, out=1, data_type="VECTOR")
    tree.set(Base_Color=tree.mix(cover, earth, body), Normal=smooth,
             Roughness=tree.spread(cover, 0, 1, 0.85, roughness))
    return tree.material


def foam():
    """Off-white plate glaze with a ring of grey-blue bubbles, like the edge of a wave."""
    tree = Tree("foam")
    at = tree.coords()
    flat = tree.node("SeparateXYZ", {0: at})
    radius = tree.math("SQRT", tree.math("ADD", tree.math("MULTIPLY", flat, flat),
                                         tree.math("MULTIPLY", flat.node.outputs[1],
                                                   flat.node.outputs[1])))
    wave = tree.math("MULTIPLY", tree.math("SUBTRACT", tree.noise(at, 2.2, 5, 0.6), 0.5), 0.55)
    shore = tree.math("ADD", radius, wave)
    outer = tree.spread(shore, 0.74, 0.80)
    inner = tree.spread(shore, 0.98, 1.2, 1, 0)
    ring = tree.math("MULTIPLY", outer, inner)
    cells = [tree.node("TexVoronoi", {"Vector": at, "Scale": scale}, out="Distance",
                       feature="DISTANCE_TO_EDGE") for scale in (8.0, 19.0)]
    lace = tree.math("MAXIMUM", tree.spread(cells[0], 0.02, 0.15, 1, 0),
                     tree.spread(cells[1], 0.02, 0.13, 0.75, 0))
    body = tree.mix(tree.spread(tree.noise(at, 1.6, 4), 0.3, 0.7), "#d9d1c2", "#e6dfd2")
    water = tree.mix(tree.spread(tree.noise(at, 5, 4), 0.3, 0.7), "#5f7f88", "#87a1a3")
    water = tree.mix(tree.math("MULTIPLY", lace, 0.9), water, "#eee9df")
    body = tree.mix(tree.math("MULTIPLY", ring, 0.9), body, water)
    spots = tree.noise(at, 24, 2, 0.5)
    body = tree.mix(tree.spread(spots, 0.67, 0.71, 0, 0.75), body, "#6b543d")
    body = tree.mix(tree.attribute("thin"), body, "#a98a66")
    relief = tree.bump(tree.math("MULTIPLY", lace, ring), 0.012, 0.5)
    body = tree.mix(tree.attribute("glaze"), "#b0906c", body)
    tree.set(Base_Color=body, Roughness=tree.spread(tree.attribute("glaze"), 0, 1, 0.85, 0.28),
             Normal=relief)
    return tree.material


def pear_skin():
    """Green-gold skin with russet freckles."""
    tree = Tree("pear")
    at = tree.coords()
    body = tree.mix(tree.spread(tree.noise(at, 2.2, 4), 0.35, 0.7), "#a3a04a", "#c2a24e")
    body = tree.mix(tree.spread(tree.noise(at, 1.1, 3), 0.52, 0.7, 0, 0.6), body, "#a8683a")
    body = tree.mix(tree.spread(tree.noise(at, 30, 2), 0.6, 0.68, 0, 0.7), body, "#6f5628")
    tree.set(Base_Color=body, Roughness=0.42, Subsurface_Weight=0.1,
             Subsurface_Radius=(0.1, 0.08, 0.03))
    return tree.material


def fruit(name, colour, blush, dots, roughness=0.4, pores=0.0):
    """The skin of an apple, a lemon or an egg."""
    tree = Tree(name)
    at = tree.coords()
    body = tree.mix(tree.spread(tree.noise(at, 1.3, 4), 0.40, 0.62), colour, blush)
    body = tree.mix(tree.spread(tree.noise(at, 26, 2), 0.62, 0.70, 0, 0.6), body, dots)
    tree.set(Base_Color=body, Roughness=roughness, Subsurface_Weight=0.1,
             Subsurface_Radius=(0.1, 0.07, 0.03))
    if pores:
        tree.set(Normal=tree.bump(tree.noise(at, 17, 2, 0.4), 0.03, pores))
    return tree.material


def willow(name="willow", tones=("#a87d4a", "#c39c66", "#8a6238")):
    """Peeled or brown rods: every object has its own tone."""
    tree = Tree(name)
    luck = tree.node("ObjectInfo", out="Random")
    at = tree.coords()
    body = tree.mix(tree.spread(luck, 0.0, 1.0), tones[0], tones[1])
    body = tree.mix(tree.spread(tree.noise(at, 3.0, 4, 0.6), 0.45, 0.75, 0, 0.8), body, tones[2])
    body = tree.mix(tree.spread(tree.noise(at, 30, 2, 0.6), 0.60, 0.72, 0, 0.5), body, "#4f3820")
    tree.set(Base_Color=body, Roughness=0.5, Normal=tree.bump(tree.noise(at, 24, 2), 0.01, 0.5))
    tree.plain_in_bounces(tones[0])
    return tree.material


def brown_willow():
    return willow("brown willow", ("#4d3a26", "#6f5534", "#3a2a1c"))


def wax(name="wax", colour="#d6a043", deep="#b97c22", glow=0.0, top=0.0, reach=0.6):
    """Beeswax, with its pale bloom; lit from inside above `top - reach` when `glow` is set."""
    tree = Tree(name)
    at = tree.coords()
    cloud = tree.noise(at, 2.4, 4, 0.6)
    body = tree.mix(tree.spread(cloud, 0.35, 0.7), deep, colour)
    body = tree.mix(tree.spread(tree.noise(at, 7, 4, 0.7), 0.55, 0.75, 0, 0.35), body, "#e6cf9a")
    tree.set(Base_Color=body, Roughness=0.42, Subsurface_Weight=0.35, Subsurface_Scale=0.25,
             Subsurface_Radius=(1.0, 0.6, 0.2), Normal=tree.bump(cloud, 0.02, 0.4))
    if glow:
        height = tree.node("SeparateXYZ", {0: tree.node("TexCoord", out="Object")}).node.outputs[2]
        near = tree.math("POWER", tree.spread(height, top - reach, top), 1.6)
        tree.set(Emission_Color="#ff9a3c", Emission_Strength=tree.math("MULTIPLY", near, glow))
    return tree.material


def flame():
    """A candle flame: pale in the middle, orange at its tip."""
    tree = Tree("flame")
    height = tree.node("SeparateXYZ", {0: tree.node("TexCoord", out="Object")}).node.outputs[2]
    colour = tree.mix(tree.spread(height, 0.05, 0.34), "#ffd98a", "#ff9d3a")
    tree.set(Base_Color="#000000", Emission_Color=colour,
             Emission_Strength=tree.spread(height, -0.02, 0.14, 2.0, 11.0))
    return tree.material


def wool(name, colour, shade, stripes=(), ribs=26.0):
    """A soft twill: diagonal ribs and fluff, on UVs measured in units."""
    tree = Tree(name)
    uv = tree.node("SeparateXYZ", {0: tree.node("TexCoord", out="UV")})
    u, v = uv, uv.node.outputs[1]
    wander = tree.math("MULTIPLY", tree.noise(tree.coords("UV"), 7, 2), 0.05)
    lean = tree.math("ADD", tree.math("ADD", u, v), wander)
    rib = tree.math("ABSOLUTE", tree.math("SINE", tree.math("MULTIPLY", lean, ribs * 3.14159)))
    fluff = tree.noise(tree.coords("UV"), 40, 3, 0.7)
    tone = tree.math("ADD", tree.math("MULTIPLY", rib, 0.5), tree.spread(fluff, 0.3, 0.7, 0, 0.5),
                     clamp=True)
    body = tree.mix(tone, shade, colour)
    for where, half, dye, dark in stripes:
        away = tree.math("ABSOLUTE", tree.math("SUBTRACT", v, where))
        inside = tree.spread(away, half - 0.02, half + 0.02, 1.0, 0.0)
        body = tree.mix(inside, body, tree.mix(tone, dark, dye))
    height = tree.math("ADD", rib, tree.math("MULTIPLY", fluff, 0.8))
    tree.set(Base_Color=body, Roughness=0.95, Sheen_Weight=0.25, Sheen_Roughness=0.6,
             Normal=tree.bump(height, 0.03, 0.8))
    tree.plain_in_bounces(colour)
    return tree.material
