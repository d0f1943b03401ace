"""Willow: bread basket, market basket, big basket, lampshade."""

import math

import bpy
import numpy as np

import materials
import props
import scene
import textiles
from shapes import Turned, add_threads, smooth_line


def add_rods(name, lines, radius, material, seed, groups=6, taper=0.3):
    """Rods in a few objects, for each object has its own tone; thinner towards their tips."""
    rng = np.random.default_rng(seed)
    made = []
    for group in range(groups):
        curve = bpy.data.curves.new(name, "CURVE")
        curve.dimensions = "3D"
        curve.bevel_depth = radius
        curve.bevel_resolution = 2
        curve.use_fill_caps = True
        for line in lines[group::groups]:
            spline = curve.splines.new("POLY")
            spline.points.add(len(line) - 1)
            thin = 1 - taper * np.linspace(0, 1, len(line)) * rng.uniform(0.5, 1.2)
            spline.points.foreach_set("co", np.hstack([line, np.ones((len(line), 1))]).ravel())
            spline.points.foreach_set("radius", thin)
            spline.use_smooth = True
        curve.materials.append(material)
        thing = bpy.data.objects.new(name, curve)
        bpy.context.collection.objects.link(thing)
        made.append(thing)
    return made


def cut(line, length, seed, tuck):
    """Cut a long line into rods of about `length`, their ends tucked in towards the middle."""
    rng = np.random.default_rng(seed)
    walked = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    pieces, at = [], 0.0
    while at < walked[-1] - 0.4:
        far = at + length * rng.uniform(0.6, 1.3)
        first, last = np.searchsorted(walked, [at, min(far + 0.35, walked[-1])])
        piece = line[first:last + 1].copy()
        if len(piece) > 12:
            for end in (piece[:6], piece[:-7:-1]):
                inwards = -end * [1, 1, 0]
                inwards /= np.linalg.norm(inwards, axis=1, keepdims=True) + 1e-9
                end += inwards * np.linspace(tuck, 0, 6)[:, None]
            pieces.append(piece)
        at = far
    return pieces


def slow_noise(count, every, size, rng):
    knots = max(4, count // every)
    return np.interp(np.linspace(0, 1, count), np.linspace(0, 1, knots), rng.normal(0, size, knots))


class Basket:
    """A round or oval basket: stakes, randing between them, waling, a plaited border."""

    def __init__(self, profile, height, stakes, rod, oval=(1, 1), seed=1, stake=None):
        heights, radii = np.array(profile, float).T[::-1]
        self.radius = lambda z: np.interp(z, heights, radii)
        self.height, self.stakes, self.rod, self.oval = height, stakes, rod, np.array(oval)
        self.seed, self.stake = seed, stake or rod * 1.1
        self.rng = np.random.default_rng(seed)

    def place(self, theta, r, z):
        return np.stack(np.broadcast_arrays(r * self.oval[0] * np.cos(theta),
                                            r * self.oval[1] * np.sin(theta), z), axis=-1)

    def add_stakes(self, material, top=None):
        lines = []
        for k in range(self.stakes):
            theta = 2 * math.pi * k / self.stakes
            z = np.linspace(-0.01, (top or self.height), 24)
            lean = slow_noise(24, 6, 0.012, self.rng)
            lines.append(self.place(theta + lean, self.radius(z) + 0 * z, z))
        add_rods("stakes", lines, self.stake, material, self.seed + 1, taper=0.25)

    def add_randing(self, low, high, material, spacing=1.64, length=9):
        """One rod in front of a stake and behind the next, turn upon turn."""
        pitch = self.rod * spacing
        turns = (high - low) / pitch
        count = int(turns * self.stakes * 6)
        theta = np.linspace(0, 2 * math.pi * turns, count)
        z = low + theta / (2 * math.pi) * pitch + slow_noise(count, 40, self.rod * 0.22, self.rng)
        swing = (self.stake + self.rod * 0.75) * np.cos(self.stakes * theta / 2)
        r = self.radius(z) + swing + slow_noise(count, 30, self.rod * 0.2, self.rng)
        pieces = cut(self.place(theta, r, z), length, self.seed + 2, self.rod * 2)
        add_rods("randing", pieces, self.rod, material, self.seed + 3)

    def add_waling(self, z, material, turns=1, thick=1.15):
        """Three rods twisted round the stakes: a firm band."""
        rod = self.rod * thick
        lines = []
        theta = np.linspace(0, 2 * math.pi * turns, int(turns * self.stakes * 8))
        for k in range(3):
            phase = self.stakes * theta / 3 + 2 * math.pi * k / 3
            r = self.radius(z) + (self.stake + rod * 0.7) * np.cos(phase) + rod * 0.4
            up = z + theta / (2 * math.pi) * rod * 2.6 + rod * 0.95 * np.sin(phase)
            lines.append(self.place(theta, r, up))
        add_rods("waling", lines, rod, material, self.seed + 5, groups=3, taper=0.05)

    def add_border(self, material, thick=1.15, reach=4.2):
        """Every stake laid down over the next ones."""
        rod = self.rod * thick
        lines = []
        for k in range(self.stakes):
            t = np.linspace(0, 1, 34)
            theta = 2 * math.pi * (k + reach * t) / self.stakes
            turn = 2 * math.pi * t * 0.95
            r = self.radius(self.height) + rod * 2.1 * np.sin(turn + 0.3) + rod * 0.6
            z = self.height + rod * (2.3 * np.sin(math.pi * t) ** 0.8 - 0.3)
            lines.append(self.place(theta, r + slow_noise(34, 12, 0.006, self.rng), z))
        add_rods("border", lines, rod, material, self.seed + 7, taper=0.25)

    def add_base(self, material):
        """A disc: rods woven across a star of sticks."""
        wide = float(self.radius(0.0))
        pitch = self.rod * 1.9
        turns = (wide - 0.12) / pitch
        count = int(turns * self.stakes * 4)
        theta = np.linspace(0, 2 * math.pi * turns, count)
        r = 0.12 + theta / (2 * math.pi) * pitch
        z = 0.06 + (self.rod * 1.1) * np.cos(self.stakes * theta / 2)
        add_rods("base", cut(self.place(theta, r, z), 7, self.seed + 8, 0.02), self.rod, material,
                 self.seed + 9)
        star = [self.place(2 * math.pi * k / self.stakes + 0 * np.linspace(0, 1, 8),
                           np.linspace(0.02, wide, 8), 0.06) for k in range(self.stakes)]
        add_rods("star", star, self.stake * 0.8, material, self.seed + 10)


def add_roped_handle(line, material, seed, core=0.05, strand=0.03, twists=5):
    """A bow with rods twisted around it."""
    line = smooth_line(line, 220)
    along = np.gradient(line, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    side = np.cross(along, [0.03, 1, 0.02])
    side /= np.linalg.norm(side, axis=1, keepdims=True)
    other = np.cross(along, side)
    t = np.linspace(0, 1, 220)[:, None]
    lines = []
    for k in range(6):
        turn = 2 * math.pi * (twists * t + k / 6)
        lines.append(line + (core + strand * 0.7) * (np.cos(turn) * side + np.sin(turn) * other))
    add_rods("handle", lines, strand, material, seed, groups=3, taper=0.1)
    add_threads("bow", [line], core, material, taper=False)


def add_bread_basket():
    basket = Basket([(0.98, 0.0), (1.12, 0.1), (1.28, 0.45), (1.38, 0.72)], 0.72, 33, 0.026, seed=21)
    pale, brown = materials.willow(), materials.brown_willow()
    basket.add_base(pale)
    basket.add_stakes(pale)
    basket.add_waling(0.03, brown)
    basket.add_randing(0.16, 0.56, pale)
    basket.add_waling(0.58, brown)
    basket.add_border(pale)
    return basket


def add_market_basket():
    basket = Basket([(1.30, 0.0), (1.46, 0.25), (1.62, 1.0), (1.60, 1.75)], 1.75, 37, 0.031,
                    oval=(1.22, 0.86), seed=31)
    pale, brown = materials.willow(), materials.brown_willow()
    basket.add_base(pale)
    basket.add_stakes(pale)
    basket.add_waling(0.04, brown, 2)
    basket.add_randing(0.26, 1.02, pale)
    basket.add_randing(1.02, 1.34, brown)
    basket.add_randing(1.34, 1.56, pale)
    basket.add_waling(1.58, brown)
    basket.add_border(pale, 1.2)
    bow = [(-1.86, 0, 0.35), (-1.90, 0, 1.2), (-1.93, 0, 1.8), (-1.80, 0, 2.7), (-1.1, 0, 3.45), (0, 0, 3.72),
           (1.1, 0, 3.45), (1.80, 0, 2.7), (1.93, 0, 1.8), (1.90, 0, 1.2), (1.86, 0, 0.35)]
    add_roped_handle(bow, pale, 5, core=0.07, strand=0.034, twists=4)
    return basket


def add_big_basket():
    basket = Basket([(1.62, 0.0), (1.80, 0.4), (2.02, 1.7), (2.10, 3.1)], 3.1, 41, 0.042, seed=41)
    pale, brown = materials.willow(), materials.brown_willow()
    basket.add_base(brown)
    basket.add_stakes(brown)
    basket.add_waling(0.05, brown, 2)
    basket.add_randing(0.34, 1.75, brown, length=11)
    basket.add_waling(1.76, pale)
    basket.add_randing(1.95, 2.74, brown, length=11)
    basket.add_waling(2.76, brown)
    basket.add_border(brown, 1.2)
    for side in (-1, 1):
        grip = [(side * 2.06, -0.62, 2.55), (side * 2.12, -0.58, 3.15), (side * 2.16, -0.32, 3.58),
                (side * 2.17, 0, 3.66), (side * 2.16, 0.32, 3.58), (side * 2.12, 0.58, 3.15),
                (side * 2.06, 0.62, 2.55)]
        add_roped_handle(grip, pale, 7 + side, core=0.06, strand=0.04, twists=3)
    return basket


def add_lampshade(at, lit):
    """A bell of thin rods, a cord, a bulb."""
    basket = Basket([(1.75, 0.0), (1.72, 0.25), (1.50, 0.9), (1.05, 1.5), (0.50, 1.85), (0.28, 1.95)],
                    1.95, 61, 0.016, seed=51, stake=0.018)
    pale = materials.willow("white willow", ("#b8915c", "#d0ad78", "#9a7145"))
    before = set(bpy.data.objects)
    basket.add_stakes(pale)
    basket.add_waling(0.02, pale, 2, 1.3)
    basket.add_randing(0.14, 0.42, pale)
    basket.add_randing(0.62, 0.76, pale)
    basket.add_randing(0.96, 1.12, pale)
    basket.add_randing(1.36, 1.62, pale)
    basket.add_randing(1.74, 1.93, pale)
    made = [thing for thing in bpy.data.objects if thing not in before]
    cord = add_threads("cord", [[(0, 0, 1.5), (0, 0, 2.4), (0.0, 0, 9)]], 0.035,
                       materials.plain("cord", "#3a2f27", 0.9), taper=False)
    socket = scene.add_box("socket", (0.2, 0.2, 0.5), materials.plain("brass", "#6a4f26", 0.4),
                           (0, 0, 1.65), 0.08)
    bulb = Turned([(0.0, 0.0), (0.2, 0.06), (0.3, 0.25), (0.26, 0.45), (0.13, 0.66), (0.1, 0.8), (0.0, 0.8)],
                  seed=1, wobble=0, rings=0, rows=60, columns=60)
    glass = materials.Tree("bulb")
    glass.set(Base_Color="#f4ead8", Roughness=0.3)
    if lit:
        glass.set(Emission_Color="#ffcf8f", Emission_Strength=9.0)
        glass.material.cycles.emission_sampling = "NONE"
    bulb = bulb.add("bulb", glass.material)
    bulb.location.z = 0.78
    made += [cord, socket, bulb]
    if lit:
        bulb.visible_shadow = False
        made.append(scene.add_lamp((0, 0, 1.1), 300, 3000, 0.22))
    for thing in made:
        thing.location = (thing.location.x + at[0], thing.location.y + at[1], thing.location.z + at[2])


def corbeille_pain_1():
    scene.add_wall(2.6, materials.limewash("#b7b0a3", "#e3ddd1"))
    scene.add_table(2.6)
    add_bread_basket()
    scene.shoot((0.1, 0, 0.4), 4.0, pitch=24, fstop=9)


def corbeille_pain_2():
    scene.add_table(9, material=materials.dark_top())
    add_bread_basket()
    props.add_loaf((-0.05, 0.1, 0.14))
    scene.shoot((0.1, -0.1, 0.3), 3.7, pitch=50, yaw=12, fstop=9, light="morning", lintel=False)


def panier_marche_1():
    scene.add_wall(3.2, materials.limewash("#a79a86", "#cfc3ae"))
    scene.add_box("sill", (60, 9, 1), materials.stone(), (0, -1.3, -0.5), 0.05)
    add_market_basket()
    scene.shoot((0.1, 0, 1.8), 5.6, pitch=14, yaw=10, fstop=9)


def panier_marche_2():
    scene.add_table(20, material=materials.limed_oak())
    add_market_basket()
    rng = np.random.default_rng(3)
    spots = [(-1.1, 0.3), (-0.4, 0.55), (0.35, 0.5), (1.1, 0.25), (-0.8, -0.35), (0.0, -0.15), (0.75, -0.4)]
    scene.add_box("bed", (2.6, 1.6, 0.3), materials.plain("shade", "#2a2018"), (0, 0, 0.75))
    for k, (x, y) in enumerate(spots):
        props.add_apple((x, y, 1.22 + rng.uniform(-0.05, 0.12)), tuple(rng.uniform(-0.5, 0.5, 3)), 30 + k)
    scene.shoot((0.15, 0, 1.35), 4.2, pitch=40, yaw=-24, fstop=9, light="noon", lintel=False)


def grand_panier_1():
    scene.add_wall(3.0)
    scene.add_table(3.0, plank=2.6, material=materials.limed_oak())
    add_big_basket()
    scene.shoot((0.1, 0, 1.75), 6.6, pitch=15, yaw=-8, fstop=9)


def grand_panier_2():
    scene.add_wall(4.2, materials.limewash("#8f9086", "#b5b6aa"))
    scene.add_table(4.2, plank=2.6, material=materials.limed_oak())
    add_big_basket()
    textiles.add_rolled_plaids()
    scene.shoot((0.1, 0, 2.6), 5.2, pitch=30, yaw=12, fstop=9, light="morning")


def suspension_ruche_1():
    scene.add_wall(2.6, materials.limewash("#a89f90", "#cbc3b4"))
    add_lampshade((0, 0, 0), lit=True)
    scene.shoot((0.0, 0, 1.35), 5.2, pitch=3, fstop=10, lintel=False, light="evening")


def suspension_ruche_2():
    scene.add_wall(4.5)
    add_lampshade((0, 0, 0), lit=False)
    scene.shoot((-0.35, -0.5, 0.75), 2.4, pitch=-6, yaw=-10, fstop=7, lintel=False, light="morning")
