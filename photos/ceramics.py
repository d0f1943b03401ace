"""The pots: bowl, vases, tumblers, plates, jug, egg cups."""

import math
import random

import numpy as np

import materials
import props
import scene
from shapes import Turned, add_strap, add_threads

BOWL = [(0.0, 0.06), (0.28, 0.055), (0.33, 0.04), (0.35, 0.004), (0.38, 0.0), (0.425, 0.004),
        (0.44, 0.05), (0.445, 0.12), (0.50, 0.17), (0.63, 0.255), (0.745, 0.39), (0.81, 0.55),
        (0.845, 0.72), (0.855, 0.80), (0.838, 0.822), (0.812, 0.80), (0.785, 0.65),
        (0.73, 0.47), (0.62, 0.30), (0.42, 0.19), (0.2, 0.155), (0.0, 0.15)]
VASE = [(0.0, 0.05), (0.36, 0.04), (0.42, 0.0), (0.48, 0.01), (0.53, 0.10), (0.62, 0.42),
        (0.66, 0.80), (0.63, 1.18), (0.51, 1.52), (0.33, 1.78), (0.20, 2.02), (0.15, 2.32),
        (0.138, 2.62), (0.152, 2.84), (0.205, 2.98), (0.212, 3.005), (0.19, 3.01), (0.145, 2.90),
        (0.11, 2.65), (0.11, 2.30), (0.2, 1.9), (0.45, 1.4), (0.5, 0.6), (0.0, 0.2)]
TUMBLER = [(0.0, 0.03), (0.26, 0.025), (0.285, 0.0), (0.315, 0.004), (0.335, 0.04), (0.355, 0.2),
           (0.372, 0.5), (0.392, 0.80), (0.396, 0.855), (0.384, 0.868), (0.370, 0.85),
           (0.352, 0.6), (0.33, 0.25), (0.28, 0.09), (0.0, 0.07)]
PLATE = [(0.0, 0.05), (0.72, 0.05), (0.78, 0.04), (0.80, 0.0), (0.85, 0.0), (0.87, 0.05),
         (1.05, 0.09), (1.22, 0.15), (1.34, 0.235), (1.365, 0.265), (1.36, 0.285), (1.33, 0.27),
         (1.2, 0.195), (1.05, 0.135), (0.95, 0.115), (0.5, 0.105), (0.0, 0.105)]

JUG = [(0.0, 0.05), (0.38, 0.045), (0.42, 0.0), (0.46, 0.005), (0.51, 0.07), (0.61, 0.32), (0.65, 0.62),
       (0.60, 0.95), (0.47, 1.24), (0.41, 1.46), (0.43, 1.66), (0.48, 1.80), (0.492, 1.83),
       (0.472, 1.845), (0.445, 1.79), (0.385, 1.64), (0.365, 1.46), (0.42, 1.22), (0.55, 0.92),
       (0.58, 0.55), (0.45, 0.15), (0.0, 0.12)]
EGG_CUP = [(0.0, 0.06), (0.20, 0.05), (0.25, 0.0), (0.275, 0.004), (0.27, 0.04), (0.17, 0.12), (0.125, 0.22),
           (0.15, 0.32), (0.225, 0.42), (0.262, 0.55), (0.268, 0.625), (0.256, 0.64), (0.24, 0.62),
           (0.228, 0.55), (0.18, 0.44), (0.0, 0.39)]
PLATTER = [(0.0, 0.06), (1.05, 0.06), (1.12, 0.05), (1.14, 0.0), (1.21, 0.0), (1.24, 0.06), (1.42, 0.12),
           (1.60, 0.22), (1.70, 0.36), (1.712, 0.40), (1.69, 0.415), (1.66, 0.39), (1.55, 0.26),
           (1.38, 0.175), (1.2, 0.135), (0.6, 0.12), (0.0, 0.115)]
PEBBLE = [(0.0, 0.03), (0.30, 0.025), (0.36, 0.0), (0.42, 0.012), (0.60, 0.14), (0.74, 0.36), (0.77, 0.56),
          (0.70, 0.80), (0.50, 0.98), (0.27, 1.06), (0.145, 1.10), (0.12, 1.16), (0.15, 1.215),
          (0.165, 1.225), (0.15, 1.235), (0.10, 1.18), (0.09, 1.12), (0.2, 1.0), (0.55, 0.8),
          (0.62, 0.5), (0.4, 0.15), (0.0, 0.12)]


def tenmoku():
    return materials.glaze("tenmoku", "#2e1a11", "#120b08", "#94501f", depth=1.0, roughness=0.12)


def ash_green():
    return materials.glaze("ash green", "#7d8566", "#5c6b57", "#a77b45", clay="#9a7350", speckle=0.35,
                           roughness=0.3)


def black():
    return materials.glaze("black", "#2b2926", "#191816", "#5f4a38", clay="#7d6147", speckle=0.1,
                           roughness=0.62)


def midnight():
    return materials.glaze("midnight", "#12305c", "#081533", "#7a5a3c", depth=1.0, speckle=0.12)


def celadon():
    return materials.glaze("celadon", "#9fb09c", "#7f9987", "#b39a72", clay="#bfa07c", speckle=0.1)


def white():
    return materials.glaze("white", "#e2dacb", "#d5cbb9", "#b18f66", speckle=0.5, roughness=0.24)


def add_bowl(at=(0, 0, 0)):
    """Midnight blue over sand-coloured clay, with a run of glaze towards the foot."""
    pot = Turned(BOWL, seed=5, wobble=0.010, rings=0.0022)
    runs = [(254, 0.11, 0.135), (282, 0.06, 0.06), (40, 0.1, 0.07), (150, 0.08, 0.06)]
    cover, thickness = pot.dip(0.25, seed=8, runs=runs, wave=0.010)
    bowl = pot.add("bowl", midnight(), cover, thickness, pot.thin_at_rim(0.026))
    bowl.location = at
    return bowl


def add_tumbler(material, seed, at, turn=0.0, line=0.24):
    """A small handle-less cup, dipped upside down in its glaze."""
    pot = Turned(TUMBLER, seed=seed, wobble=0.010, rings=0.0026)
    cover, thickness = pot.dip(line, seed=seed + 3, runs=[(200 + 37 * seed % 130, 0.12, 0.07)], wave=0.014)
    cup = pot.add("tumbler", material, cover, thickness, pot.thin_at_rim(0.02) * 0.9)
    cup.location = at
    cup.rotation_euler.z = turn
    return cup


def add_branch(at, height):
    """A dry branch with a few seed heads."""
    rng = random.Random(4)
    twigs, tips = {0: [], 1: [], 2: []}, []

    def grow(start, heading, length, depth):
        steps = 9
        line, point, way = [start], np.array(start, float), np.array(heading, float)
        for _ in range(steps):
            way += [rng.gauss(0.012, 0.07), rng.gauss(0, 0.06), rng.gauss(0.01, 0.05)]
            way /= np.linalg.norm(way)
            point = point + way * length / steps
            line.append(tuple(point))
        twigs[depth].append(line)
        tips.append(line[-1])
        if depth == 0:
            return
        for k in rng.sample(range(5 if depth == 2 else 3, steps), 3):
            side = rng.choice((-1, 1))
            away = way + [side * rng.uniform(0.5, 0.9), rng.uniform(-0.4, 0.4), 0]
            grow(line[k], away / np.linalg.norm(away), length * rng.uniform(0.25, 0.38), depth - 1)

    grow(at, (0.0, 0, 1), height, 2)
    bark = materials.plain("bark", "#5d4735", 0.85)
    for depth, lines in twigs.items():
        add_threads("twigs", lines, 0.008 + 0.007 * depth, bark)
    for tip in tips:
        pod = Turned([(0.0, -0.055), (0.028, -0.03), (0.034, 0.0), (0.022, 0.035), (0.0, 0.06)],
                     seed=2, rows=24, columns=20).add("pod", materials.plain("pod", "#8f6f4c", 0.8))
        pod.location = tip
        pod.rotation_euler = (rng.uniform(-0.6, 0.6), rng.uniform(-0.6, 0.6), 0)


def add_vase():
    """The bottle vase, matt and pale."""
    fog = materials.glaze("fog", "#cfcac0", "#b3afa7", "#8a7159", roughness=0.55, speckle=0.85)
    pot = Turned(VASE, seed=14, wobble=0.007, rings=0.004, rows=520)
    cover, thickness = pot.dip(0.16, seed=3, runs=[(262, 0.12, 0.05)])
    return pot.add("vase", fog, cover, thickness, pot.thin_at_rim(0.03) * 0.8)


def add_plate():
    pot = Turned(PLATE, seed=52, wobble=0.004, rings=0.002, rows=460, columns=420)
    cover, thickness = pot.dip(0.075, seed=6)
    return pot.add("plate", materials.foam(), cover, thickness, pot.thin_at_rim(0.03) * 0.8)


def add_jug(glaze, seed=33):
    """A pitcher: its lip pulled to the left, a strap for a handle on the right."""
    pot = Turned(JUG, seed=seed, wobble=0.008, rings=0.0032)
    away = (pot.theta - math.pi + math.pi) % (2 * math.pi) - math.pi
    pull = np.exp(-(away / 0.30) ** 2) * np.clip((pot.height - 1.38) / 0.45, 0, 1) ** 1.6
    pot.radius = pot.radius + 0.20 * pull
    pot.z = pot.z + 0.03 * pull
    cover, thickness = pot.dip(0.20, seed=9, runs=[(250, 0.1, 0.10), (290, 0.07, 0.05), (230, 0.05, 0.04)])
    jug = pot.add("jug", glaze, cover, thickness, pot.thin_at_rim(0.045))
    handle = [(0.40, 0, 1.62), (0.62, 0, 1.72), (0.86, 0, 1.60), (0.93, 0, 1.28), (0.84, 0, 0.95),
              (0.66, 0, 0.74), (0.56, 0, 0.70)]
    strap = add_strap("handle", handle, lambda t: 0.15 - 0.05 * np.sin(math.pi * t) + 0.03 * t ** 4,
                      lambda t: 0.052 - 0.012 * np.sin(math.pi * t), glaze)
    strap.parent = jug
    return jug


def add_egg_cup(glaze, seed, at, turn=0.0):
    pot = Turned(EGG_CUP, seed=seed, wobble=0.008, rings=0.0022, rows=300, columns=260)
    cover, thickness = pot.dip(0.085, seed=seed + 1, runs=[(255, 0.2, 0.04)], wave=0.008)
    cup = pot.add("egg cup", glaze, cover, thickness * 0.8, pot.thin_at_rim(0.018))
    cup.location, cup.rotation_euler.z = at, turn
    return cup


def add_platter():
    pot = Turned(PLATTER, seed=71, wobble=0.010, rings=0.004, rows=420, columns=420)
    cover, thickness = pot.dip(0.10, seed=6)
    return pot.add("platter", ash_green(), cover, thickness, pot.thin_at_rim(0.04))


def add_pebble():
    pot = Turned(PEBBLE, seed=17, wobble=0.022, rings=0.0035)
    cover, thickness = pot.dip(0.10, seed=4, runs=[(270, 0.25, 0.03)])
    return pot.add("pebble", black(), cover, thickness, pot.thin_at_rim(0.02) * 0.7)


def bol_lune_1():
    scene.add_wall(2.2)
    scene.add_table(2.2)
    add_bowl()
    scene.shoot((0.12, 0, 0.47), 2.75, fstop=7)


def bol_lune_2():
    scene.add_wall(3.6)
    scene.add_table(3.6)
    add_bowl()
    scene.shoot((-0.28, -0.7, 0.60), 0.95, pitch=24, yaw=-12, fstop=9)


def vase_brume_1():
    scene.add_wall(2.2)
    scene.add_table(2.2)
    add_vase()
    add_branch((-0.03, 0.02, 2.0), 2.45)
    scene.shoot((0.15, 0, 2.15), 4.5)


def tasses_maree_1():
    scene.add_wall(2.2)
    scene.add_table(2.2)
    add_tumbler(white(), 24, (0.02, 0.52, 0), 0.3)
    add_tumbler(midnight(), 31, (-0.58, -0.06, 0), 0.0)
    add_tumbler(celadon(), 40, (0.56, -0.22, 0), -0.15)
    scene.shoot((0.08, 0, 0.46), 2.75, fstop=10)


def tasses_maree_2():
    scene.add_wall(3.4)
    scene.add_table(3.4)
    add_tumbler(celadon(), 40, (0, 0, 0), -0.15)
    scene.shoot((0.03, 0, 0.44), 1.3, fstop=9)


def assiette_ecume_1():
    scene.add_wall(1.4)
    scene.add_table(1.4)
    plate = add_plate()
    lean = math.radians(72)
    plate.rotation_euler = (lean, 0, math.radians(6))
    plate.location = (0, 0.75, 1.365 * math.sin(lean) + 0.02)
    scene.shoot((0.08, 0.6, 1.28), 4.3, fstop=9)


def bol_lune_3():
    scene.add_table(9, material=materials.dark_top())
    add_bowl()
    for at, lean, seed in (((-0.25, 0.12, 0.56), (0.3, 0.2, 0), 6), ((0.26, -0.14, 0.62), (-0.2, 0.5, 1), 12)):
        props.add_apple(at, lean, seed)
    props.add_apple((1.12, -0.55, 0.30), (0.2, -0.35, 2), 21)
    scene.shoot((0.18, -0.1, 0.35), 3.3, pitch=48, yaw=8, fstop=9, light="morning", lintel=False)


def vase_brume_2():
    scene.add_wall(3, materials.limewash("#8b8d80", "#aeb0a2"))
    scene.add_box("sill", (60, 8, 1), materials.stone(), (0, -1, -0.5), 0.05)
    add_vase()
    props.add_book((0.95, 0.5, 0), turn=0.3, cloth="#7a3b2e")
    scene.shoot((0.22, -0.3, 1.2), 2.4, pitch=14, yaw=-10, fstop=7, light="morning")


def assiette_ecume_2():
    scene.add_table(9, material=materials.dark_top())
    add_plate()
    for at, lean, seed in (((-0.42, 0.10, 0.38), (1.5, 0, 0.5), 4), ((0.26, -0.30, 0.38), (1.5, 0, 2.3), 9)):
        props.add_lemon(at, lean, seed)
    scene.shoot((0.0, 0.0, 0.1), 3.3, pitch=74, yaw=0, fstop=11, light="morning", lintel=False)


def pichet_estuaire_1():
    scene.add_wall(2.6, materials.limewash("#b3ada2", "#e2dfd6"))
    scene.add_table(2.6)
    add_jug(tenmoku()).rotation_euler.z = 0.12
    scene.shoot((0.12, 0, 1.0), 2.9, pitch=13, fstop=8, light="morning")


def pichet_estuaire_2():
    scene.add_wall(5, materials.limewash("#8a8478", "#a8a294"))
    scene.add_table(5)
    add_jug(tenmoku()).rotation_euler.z = -0.5
    scene.shoot((-0.15, -0.4, 1.42), 1.35, pitch=28, yaw=-14, fstop=8)


def coquetiers_1():
    scene.add_wall(2.0, materials.limewash("#b5a590", "#dccfb9"))
    scene.add_table(2.0)
    add_egg_cup(white(), 5, (-0.36, 0.12, 0))
    props.add_egg((-0.36, 0.12, 0.72), (0.03, 0.05, 0))
    add_egg_cup(ash_green(), 8, (0.36, -0.08, 0), 1.0)
    props.add_egg((0.86, -0.52, 0.215), (1.45, 0.1, 0.7), "#a9764f")
    scene.shoot((0.16, 0, 0.46), 2.5, pitch=14, fstop=9, light="morning")


def coquetiers_2():
    scene.add_table(9, material=materials.dark_top())
    cups = [((-0.42, 0.36, 0), white(), 5), ((0.40, 0.28, 0), ash_green(), 8)]
    for at, glaze, seed in cups:
        add_egg_cup(glaze, seed, at)
        props.add_egg((at[0], at[1], 0.72), (0.04, 0.02, seed))
    props.add_egg((0.0, -0.42, 0.215), (1.5, 0, 0.4), "#cdb396")
    scene.shoot((0.02, 0.02, 0.35), 2.1, pitch=46, yaw=14, fstop=9, light="noon", lintel=False)


def plat_greve_1():
    scene.add_wall(1.6, materials.limewash("#b9b2a5", "#e4ded2"))
    scene.add_table(1.6)
    platter = add_platter()
    lean = math.radians(74)
    platter.rotation_euler = (lean, 0, math.radians(-5))
    platter.location = (0, 0.78, 1.70 * math.sin(lean) + 0.03)
    scene.shoot((0.1, 0.6, 1.62), 5.0, pitch=12, fstop=9)


def plat_greve_2():
    scene.add_table(9, material=materials.limed_oak())
    add_platter()
    rng = random.Random(8)
    for k, (x, y) in enumerate(((-0.62, 0.35), (0.05, 0.62), (0.66, 0.22), (-0.2, -0.28), (0.5, -0.5))):
        props.add_lemon((x, y, 0.42), (1.5, 0, rng.uniform(0, 6)), 4 + k)
    scene.shoot((0, 0, 0.1), 4.1, pitch=66, yaw=10, fstop=11, light="noon", lintel=False)


def vase_galet_1():
    scene.add_wall(2.2, materials.limewash("#b08f78", "#cdb09a"))
    scene.add_box("sill", (60, 8, 1), materials.stone(), (0, -1.8, -0.5), 0.05)
    add_pebble()
    add_branch((-0.02, 0.0, 1.05), 1.9)
    scene.shoot((0.15, 0, 1.35), 3.4, pitch=11, fstop=8)


def vase_galet_2():
    scene.add_table(5, material=materials.limed_oak())
    scene.add_wall(5)
    add_pebble()
    props.add_book((0.3, 1.3, 0), turn=0.5)
    scene.shoot((-0.05, -0.3, 0.75), 1.9, pitch=34, yaw=-12, fstop=7, light="right")
