"""The wooden things: walnut board, olive spoons, oak stool, and the picture for link previews."""

import math

import bpy
import numpy as np
from mathutils import Matrix, Vector

import ceramics
import materials
import scene
import textiles
from shapes import Turned, add_grid, add_threads, harmonics, ripples, smooth_line, smoothstep

PEAR = [(0.0, -0.30), (0.10, -0.31), (0.22, -0.25), (0.31, -0.10), (0.33, 0.06), (0.29, 0.22),
        (0.215, 0.38), (0.165, 0.52), (0.14, 0.64), (0.09, 0.71), (0.03, 0.70), (0.0, 0.68)]
SEAT = [(0.0, -0.36), (1.2, -0.36), (1.46, -0.33), (1.56, -0.24), (1.60, -0.12), (1.575, -0.03),
        (1.50, 0.0), (1.40, -0.012), (1.1, -0.06), (0.6, -0.115), (0.0, -0.13)]


def outline(corners, per_corner=10):
    """A closed line with rounded corners; each corner is (x, y, radius)."""
    line = []
    count = len(corners)
    for k, (x, y, radius) in enumerate(corners):
        here = np.array([x, y])
        before = np.array(corners[k - 1][:2]) - here
        after = np.array(corners[(k + 1) % count][:2]) - here
        start = here + before / np.linalg.norm(before) * radius
        end = here + after / np.linalg.norm(after) * radius
        for t in np.linspace(0, 1, per_corner):
            line.append((1 - t) ** 2 * start + 2 * t * (1 - t) * here + t ** 2 * end)
    return line


def add_plate_of_wood(name, outer, holes, thickness, edge, material):
    """A flat piece cut from an outline with holes, its edges eased; grain along X."""
    curve = bpy.data.curves.new(name, "CURVE")
    curve.dimensions = "2D"
    curve.fill_mode = "BOTH"
    curve.extrude = thickness / 2 - edge
    curve.bevel_depth = edge
    curve.bevel_resolution = 4
    curve.offset = -edge
    for line in [outer, *holes]:
        spline = curve.splines.new("POLY")
        spline.points.add(len(line) - 1)
        for point, at in zip(spline.points, line):
            point.co = (at[0], at[1], 0, 1)
        spline.use_cyclic_u = True
    curve.materials.append(material)
    thing = bpy.data.objects.new(name, curve)
    bpy.context.collection.objects.link(thing)
    return thing


def add_board():
    """The chopping board: a body, a shoulder, a handle with a hole."""
    outer = outline([(0, -0.93, 0.22), (2.62, -0.90, 0.30), (2.86, -0.27, 0.28),
                     (3.62, -0.25, 0.24), (3.64, 0.24, 0.24), (2.87, 0.26, 0.28),
                     (2.60, 0.91, 0.30), (0.02, 0.92, 0.22)])
    turns = np.linspace(0, 2 * math.pi, 48, endpoint=False)
    hole = [(3.37 + 0.105 * math.cos(t), 0.108 * math.sin(t)) for t in turns]
    return add_plate_of_wood("board", outer, [hole], 0.24, 0.035, materials.walnut())


def add_pear(at, lean):
    """A pear with its stalk."""
    pot = Turned(PEAR, seed=9, wobble=0.02, rings=0, rows=160, columns=120)
    pear = pot.add("pear", materials.pear_skin())
    stalk = smooth_line([(0, 0, 0.66), (0.01, 0.0, 0.78), (0.05, 0.01, 0.90)], 12)
    brown = materials.plain("stalk", "#4e3823")
    add_threads("stalk", [stalk], 0.022, brown, taper=False).parent = pear
    pear.location = at
    pear.rotation_euler = lean
    return pear


def add_spoon(seed, length, bowl_width, at, turn, material):
    """A carved spoon along local X: handle first, bowl at the far end, hollow side up."""
    rng = np.random.default_rng(seed)
    x = np.linspace(0, 1, 260)[:, None]
    around = np.linspace(0, 2 * math.pi, 96, endpoint=False)[None, :]
    start = rng.uniform(0.68, 0.72)
    t = np.clip((x - start) / (1 - start), 0, 1)
    oval = np.sqrt(np.clip(1 - np.abs(2 * t ** 0.9 - 1) ** 2.05, 0, 1))
    neck = 0.060 + 0.030 * smoothstep(x, 0.42, 0.0) + 0.01 * np.sin(9 * x + seed)
    end = np.sqrt(np.clip(1 - (1 - np.clip(x / 0.035, 0, 1)) ** 2, 0, 1))
    half = np.maximum(neck * smoothstep(x, start + 0.10, start), bowl_width / 2 * oval) * end
    half = np.maximum(half, 0.002)
    hollow = oval * smoothstep(x, start, start + 0.06)
    side, up = np.cos(around), np.sin(around)
    round_up = np.sign(up) * np.abs(up) ** 0.8
    thick = (0.058 * (1 - hollow) + 0.030 * hollow) * np.minimum(1, half / 0.03)
    sunk = -0.19 * hollow * (1 - side ** 2) ** 0.85
    bend = 0.10 * smoothstep(x, 0.35, 0.0) + 0.11 * smoothstep(x, start, 1.0) * (x - start)
    carved = ripples(x * length, around / 3, seed, 6, 0.35) * 0.0035
    points = np.stack([x * length + 0 * side, half * side * (1 + carved),
                       sunk + thick * round_up + bend + carved], axis=-1)
    points[..., 2] -= points[..., 2].min()
    points[..., 2] -= points[:26, :, 2].min() * (1 - x / 0.85)
    points[..., 2] -= points[..., 2].min()
    points[..., 1] += harmonics(x, seed, (2, 3), 0.012)
    spoon = add_grid("spoon", points, material, wrap=True)
    spoon.location = at
    spoon.rotation_euler.z = math.radians(turn)
    return spoon


def add_leg(top, bottom, material):
    """A tapered leg between two points, grain along its length, with a slightly faceted side."""
    top, bottom = Vector(top), Vector(bottom)
    axis = bottom - top
    along = np.linspace(0, 1, 120)[:, None]
    around = np.linspace(0, 2 * math.pi, 64, endpoint=False)[None, :]
    radius = 0.17 + 0.075 * np.sin(math.pi * along ** 0.8) - 0.035 * along
    radius = radius * (1 + 0.012 * np.cos(9 * around)) * np.where(along >= 1, 0.02, 1)
    points = np.stack([along * axis.length + 0 * around, radius * np.cos(around),
                       radius * np.sin(around)], axis=-1)
    leg = add_grid("leg", points, material, wrap=True)
    leg.matrix_world = Matrix.Translation(top) @ axis.to_track_quat("X", "Z").to_matrix().to_4x4()
    return leg


def add_wedged_tenon(at, turn, material):
    """The end of a leg showing through the seat, split by its wedge."""
    end = Turned([(0.0, -0.05), (0.14, -0.05), (0.145, 0.0), (0.13, 0.012), (0.0, 0.014)],
                 seed=3, rows=60, columns=60).add("tenon", material)
    end.location = at
    wedge = scene.add_box("wedge", (0.25, 0.035, 0.04), materials.walnut(), at)
    wedge.rotation_euler.z = turn
    wedge.location.z += 0.004


def planche_noyer_1():
    scene.add_wall(1.1)
    scene.add_table(1.1)
    board = add_board()
    lean = math.radians(76)
    board.matrix_world = (Matrix.Translation((-0.05, 0.12, 0.03))
                          @ Matrix.Rotation(math.radians(1.5), 4, "Y")
                          @ Matrix.Rotation(-lean, 4, "X").inverted()
                          @ Matrix.Rotation(math.radians(90), 4, "Z"))
    add_pear((1.02, -0.30, 0.31), (0.05, 0.16, 0.5))
    scene.shoot((0.12, 0.3, 1.68), 4.1, fstop=9)


def planche_noyer_2():
    scene.add_wall(4)
    scene.add_table(4)
    board = add_board()
    board.location = (-0.5, 0, 0.13)
    board.rotation_euler.z = math.radians(62)
    scene.shoot((-0.25, 0.1, 0.16), 1.5, pitch=26, yaw=-14, fstop=8)


def cuilleres_olivier_1():
    textiles.add_linen_table(seed=3)
    wood = materials.olive()
    add_spoon(2, 3.00, 0.62, (-0.42, -1.30, 0.0), 101, wood)
    add_spoon(5, 2.75, 0.74, (0.04, -1.42, 0.0), 88, wood)
    add_spoon(9, 2.45, 0.50, (0.52, -1.22, 0.0), 74, wood)
    scene.shoot((0.04, 0.06, 0.05), 3.0, pitch=48, fstop=11, lintel=False)


def tabouret_chene_1():
    scene.add_wall(2.6)
    scene.add_table(2.6, plank=2.6, material=materials.limed_oak())
    oak = materials.oak()
    seat = Turned(SEAT, seed=61, wobble=0.005, rings=0, rows=300, columns=300).add("seat", oak)
    seat.location.z = 4.4
    seat.rotation_euler.z = math.radians(-14)
    for degrees in (262, 22, 142):
        turn = math.radians(degrees)
        way = Vector((math.cos(turn), math.sin(turn), 0))
        add_leg(way * 0.98 + Vector((0, 0, 4.2)), way * 1.62, oak)
        add_wedged_tenon(way * 0.98 + Vector((0, 0, 4.338)), turn, oak)
    scene.shoot((0.15, 0, 2.35), 5.6, fstop=9)


def share():
    scene.add_wall(3.6)
    scene.add_table(3.6)
    ceramics.add_bowl((-0.75, 0.1, 0))
    ceramics.add_tumbler(ceramics.white(), 24, (0.55, 0.55, 0), 0.3)
    ceramics.add_tumbler(ceramics.celadon(), 40, (1.22, 0.0, 0), -0.15)
    add_spoon(5, 2.2, 0.6, (-0.35, -1.02, 0.0), 14, materials.olive())
    scene.shoot((0.2, 0, 0.36), 4.4, fstop=10, size=scene.LANDSCAPE)
