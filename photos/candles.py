"""Beeswax: pillars and dipped candles; turned candlesticks."""

import materials
import scene
import textiles
from shapes import Turned, add_threads, smooth_line

FLAME = [(0.0, -0.02), (0.035, 0.0), (0.058, 0.06), (0.062, 0.11), (0.048, 0.19), (0.026, 0.28), (0.008, 0.36),
         (0.0, 0.39)]
STICK = [(0.0, 0.0), (0.50, 0.0), (0.54, 0.02), (0.55, 0.07), (0.50, 0.11), (0.34, 0.15), (0.18, 0.22),
         (0.125, 0.36), (0.13, 0.52), (0.175, 0.60), (0.13, 0.68), (0.105, 0.90), (0.12, 1.20),
         (0.18, 1.30), (0.20, 1.36), (0.27, 1.42), (0.285, 1.48), (0.25, 1.51), (0.12, 1.50), (0.0, 1.49)]
SHORT_STICK = [(0.0, 0.0), (0.48, 0.0), (0.52, 0.02), (0.53, 0.07), (0.48, 0.11), (0.32, 0.15), (0.17, 0.22),
               (0.13, 0.34), (0.18, 0.42), (0.13, 0.50), (0.12, 0.66), (0.18, 0.76), (0.26, 0.82),
               (0.275, 0.88), (0.24, 0.91), (0.12, 0.90), (0.0, 0.89)]


def add_flame(at, energy=26):
    """A flame and the light it gives."""
    flame = Turned(FLAME, seed=2, wobble=0.0, rings=0, rows=60, columns=40)
    material = materials.flame()
    material.cycles.emission_sampling = "NONE"
    thing = flame.add("flame", material)
    thing.location = at
    thing.visible_shadow = False
    scene.add_lamp((at[0], at[1], at[2] + 0.16), energy, 2500, 0.07)


def add_wick(at, height=0.13, lit=False):
    colour = "#241a12" if lit else "#d8cdb6"
    line = smooth_line([at, (at[0] + 0.006, at[1], at[2] + height * 0.6),
                        (at[0] + 0.03, at[1] - 0.005, at[2] + height)], 10)
    return add_threads("wick", [line], 0.013, materials.plain("wick", colour, 0.9), taper=False)


def add_pillar(at, radius, height, seed, lit=False, burnt=False):
    """A poured candle; once lit, its top is hollow and glows."""
    sink = 0.06 if lit or burnt else 0.012
    profile = [(0.0, 0.0), (radius * 0.9, 0.0), (radius * 0.985, 0.015), (radius, 0.06),
               (radius * 1.004, height * 0.5), (radius * 0.995, height - 0.05),
               (radius * 0.96, height - 0.008), (radius * 0.88, height),
               (radius * 0.72, height - sink * 0.6), (radius * 0.3, height - sink), (0.0, height - sink)]
    pot = Turned(profile, seed=seed, wobble=0.007, rings=0.0, rows=240, columns=160)
    glow = materials.wax("lit wax", glow=0.30, top=height, reach=0.8) if lit else materials.wax()
    candle = pot.add("pillar", glow)
    candle.location = at
    top = (at[0], at[1], at[2] + height - sink - 0.01)
    add_wick(top, 0.14, lit or burnt)
    if lit:
        add_flame((at[0] + 0.01, at[1], top[2] + 0.09))
    return candle


def add_taper(at, length, seed, lit=False, radius=0.115):
    """A dipped candle standing at `at`."""
    profile = [(0.0, 0.0), (radius * 0.8, 0.0), (radius, 0.03), (radius * 1.02, length * 0.25),
               (radius * 0.93, length * 0.6), (radius * 0.84, length * 0.9), (radius * 0.66, length - 0.06),
               (radius * 0.3, length - 0.01), (0.0, length)]
    pot = Turned(profile, seed=seed, wobble=0.02, rings=0.0, rows=260, columns=80)
    glow = materials.wax("lit wax", glow=0.5, top=length, reach=0.8) if lit else materials.wax()
    taper = pot.add("taper", glow)
    taper.location = at
    add_wick((0, 0, length - 0.02), 0.14, lit).parent = taper
    if lit:
        add_flame((at[0] + 0.01, at[1], at[2] + length + 0.06))
    return taper


def add_stick(profile, material, at, turn=0.0):
    stick = Turned(profile, seed=12, wobble=0.003, rings=0.0, rows=360, columns=160).add("stick", material)
    stick.location = at
    stick.rotation_euler.z = turn
    return stick


def add_hanging_pair(x, seed, length=2.5, drop=0.75):
    """Two candles still joined by their wick, over a peg."""
    peg_y, top = -0.12, 1.98
    for side, low in ((-1, 0.0), (1, -0.09)):
        radius = 0.12
        profile = [(0.0, 0.0), (0.06, 0.02), (radius * 0.9, 0.12), (radius * 1.05, 0.35),
                   (radius, length * 0.6),
                   (radius * 0.8, length * 0.93), (radius * 0.35, length - 0.03), (0.012, length)]
        pot = Turned(profile, seed=seed + side, wobble=0.02, rings=0.0, rows=260, columns=80)
        candle = pot.add("dipped", materials.wax())
        candle.location = (x + side * 0.17, peg_y - 0.02 - 0.05 * (side > 0), top - drop - length + low)
        candle.rotation_euler.y = 0.014 * side
    line = smooth_line([(x - 0.16, peg_y - 0.02, top - drop - 0.02), (x - 0.11, peg_y, top - 0.12),
                        (x, peg_y, top + 0.03), (x + 0.11, peg_y, top - 0.12),
                        (x + 0.16, peg_y - 0.05, top - drop - 0.11)], 40)
    add_threads("wick", [line], 0.014, materials.plain("wick", "#d8cdb6", 0.9), taper=False)


def bougies_pilier_1():
    scene.add_wall(2.2, materials.limewash("#a8a496", "#d2cec0"))
    scene.add_box("sill", (60, 8, 1), materials.stone(), (0, -1.8, -0.5), 0.05)
    add_pillar((-0.62, 0.25, 0), 0.36, 1.75, 3)
    add_pillar((0.22, 0.42, 0), 0.36, 1.2, 8)
    add_pillar((0.52, -0.42, 0), 0.36, 0.75, 5)
    scene.shoot((0.08, 0, 0.85), 2.9, pitch=14, fstop=9, light="right")


def bougies_pilier_2():
    scene.add_wall(1.8, materials.limewash("#8f8473", "#b5a995"))
    scene.add_table(1.8, material=materials.dark_top())
    add_pillar((-0.45, 0.2, 0), 0.36, 1.58, 3, lit=True)
    add_pillar((0.45, 0.0, 0), 0.36, 0.95, 8, lit=True)
    scene.shoot((0.05, 0, 0.95), 2.9, pitch=10, fstop=8, light="night", lintel=False)


def bougies_plongees_1():
    scene.add_wall(0.4, materials.limewash("#b3ab9d", "#ddd5c7"))
    textiles.add_peg_rail(1.9, (-0.5, 0.5))
    add_hanging_pair(-0.5, 4)
    add_hanging_pair(0.5, 9, drop=0.95)
    scene.shoot((0.1, 0, 0.35), 3.5, pitch=3, fstop=11, lintel=False)


def bougies_plongees_2():
    textiles.add_linen_table(seed=3)
    places = ((-0.30, -1.2, 0.10), (-0.02, -1.3, 0.03), (0.27, -1.18, -0.05), (0.54, -1.25, -0.09))
    for k, (x, y, turn) in enumerate(places):
        candle = add_taper((0, 0, 0), 2.4, 20 + k)
        candle.rotation_euler = (-1.5708, 0, -turn)
        candle.location = (x, y, 0.13)
    scene.shoot((0.1, 0.0, 0.05), 2.6, pitch=52, yaw=12, fstop=10, lintel=False, light="afternoon")


def bougeoirs_tournes_1():
    scene.add_wall(2.4, materials.limewash("#a89a8a", "#d6c9b8"))
    scene.add_table(2.4)
    add_stick(STICK, materials.walnut(upright=True), (-0.58, 0.15, 0))
    add_taper((-0.58, 0.15, 1.46), 2.1, 4)
    add_stick(SHORT_STICK, materials.ash(upright=True), (0.66, -0.2, 0), 2.0)
    add_taper((0.66, -0.2, 0.86), 1.9, 11)
    scene.shoot((0.12, 0, 1.72), 4.1, pitch=9, fstop=9)


def bougeoirs_tournes_2():
    scene.add_wall(1.8, materials.limewash("#77705f", "#9a917f"))
    scene.add_table(1.8, material=materials.dark_top())
    add_stick(STICK, materials.walnut(upright=True), (-0.58, 0.1, 0))
    add_taper((-0.58, 0.1, 1.46), 1.55, 4, lit=True)
    add_stick(SHORT_STICK, materials.ash(upright=True), (0.64, -0.15, 0), 2.0)
    add_taper((0.64, -0.15, 0.86), 1.3, 11, lit=True)
    scene.shoot((0.08, 0, 1.55), 3.7, pitch=9, fstop=8, light="night", lintel=False)
