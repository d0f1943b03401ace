"""The pots: bowl, vase, tumblers, plate."""

import math
import random

import numpy as np

import materials
import scene
from shapes import Turned, add_threads

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
    fog = materials.glaze("fog", "#cfcac0", "#b3afa7", "#8a7159", roughness=0.55, speckle=0.85)
    scene.add_wall(2.2)
    scene.add_table(2.2)
    pot = Turned(VASE, seed=14, wobble=0.007, rings=0.004, rows=520)
    cover, thickness = pot.dip(0.16, seed=3, runs=[(262, 0.12, 0.05)])
    pot.add("vase", fog, cover, thickness, pot.thin_at_rim(0.03) * 0.8)
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
    pot = Turned(PLATE, seed=52, wobble=0.004, rings=0.002, rows=460, columns=420)
    cover, thickness = pot.dip(0.075, seed=6)
    plate = pot.add("plate", materials.foam(), cover, thickness, pot.thin_at_rim(0.03) * 0.8)
    lean = math.radians(72)
    plate.rotation_euler = (lean, 0, math.radians(6))
    plate.location = (0, 0.75, 1.365 * math.sin(lean) + 0.02)
    scene.shoot((0.08, 0.6, 1.28), 4.3, fstop=9)
