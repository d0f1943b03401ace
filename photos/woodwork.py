"""The wooden things: board, spoons, stool, rolling pin, mill, salt box, tray; the link preview."""

import math

import bpy
import numpy as np
from mathutils import Matrix, Vector

import ceramics
import materials
import props
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


def add_stool():
    oak = materials.oak()
    seat = Turned(SEAT, seed=61, wobble=0.005, rings=0, rows=300, columns=300).add("seat", oak)
    seat.location.z = 4.4
    seat.rotation_euler.z = math.radians(-14)
    for degrees in (262, 22, 142):
        turn = math.radians(degrees)
        way = Vector((math.cos(turn), math.sin(turn), 0))
        add_leg(way * 0.98 + Vector((0, 0, 4.2)), way * 1.62, oak)
        add_wedged_tenon(way * 0.98 + Vector((0, 0, 4.338)), turn, oak)


def tabouret_chene_1():
    scene.add_wall(2.6)
    scene.add_table(2.6, plank=2.6, material=materials.limed_oak())
    add_stool()
    scene.shoot((0.15, 0, 2.35), 5.6, fstop=9)


def tabouret_chene_2():
    scene.add_wall(3.2, materials.limewash("#8e9087", "#b4b6ab"))
    scene.add_table(3.2, plank=2.6, material=materials.limed_oak())
    add_stool()
    props.add_book((0.25, 0.35, 4.37), turn=0.4, cloth="#7a3b2e")
    scene.shoot((0.0, -0.2, 4.05), 3.6, pitch=32, yaw=14, fstop=8, light="morning")


PIN = [(0.0, -2.25), (0.07, -2.24), (0.125, -2.18), (0.14, -2.05), (0.125, -1.85), (0.10, -1.68), (0.11, -1.62),
       (0.20, -1.585), (0.26, -1.56), (0.275, -1.50), (0.28, -0.8), (0.28, 0.0), (0.28, 0.8), (0.275, 1.50),
       (0.26, 1.56), (0.20, 1.585), (0.11, 1.62), (0.10, 1.68), (0.125, 1.85), (0.14, 2.05), (0.125, 2.18),
       (0.07, 2.24), (0.0, 2.25)]
MILL_BODY = [(0.0, 0.0), (0.28, 0.0), (0.305, 0.02), (0.31, 0.10), (0.29, 0.20), (0.24, 0.42), (0.20, 0.75),
             (0.195, 1.0), (0.225, 1.16), (0.265, 1.26), (0.27, 1.30), (0.25, 1.325), (0.12, 1.325),
             (0.0, 1.325)]
MILL_HEAD = [(0.0, 1.345), (0.13, 1.345), (0.235, 1.345), (0.255, 1.37), (0.24, 1.42), (0.17, 1.48),
             (0.155, 1.54),
             (0.20, 1.62), (0.245, 1.74), (0.235, 1.87), (0.16, 1.98), (0.07, 2.02), (0.0, 2.025)]
BOX = [(0.0, 0.02), (0.50, 0.02), (0.56, 0.0), (0.60, 0.015), (0.625, 0.08), (0.63, 0.4), (0.625, 0.74),
       (0.615, 0.775),
       (0.595, 0.785), (0.565, 0.77), (0.555, 0.72), (0.55, 0.4), (0.54, 0.12), (0.48, 0.07), (0.0, 0.06)]
LID = [(0.0, -0.03), (0.545, -0.03), (0.55, 0.0), (0.62, 0.0), (0.635, 0.02), (0.63, 0.055), (0.56, 0.085),
       (0.30, 0.115),
       (0.09, 0.125), (0.075, 0.15), (0.085, 0.20), (0.125, 0.245), (0.12, 0.29), (0.06, 0.315), (0.0, 0.318)]
TRAY = [(0.0, 0.0), (1.55, 0.0), (1.64, 0.015), (1.70, 0.07), (1.735, 0.20), (1.745, 0.245), (1.725, 0.262),
        (1.69, 0.245), (1.655, 0.16), (1.60, 0.115), (1.50, 0.105), (0.8, 0.102), (0.0, 0.10)]


def add_turned(name, profile, material, seed=3, wobble=0.002, rows=320, columns=240):
    return Turned(profile, seed=seed, wobble=wobble, rings=0.0, rows=rows, columns=columns).add(name, material)


def add_pin(at, turn):
    """A rolling pin lying on the table."""
    pin = add_turned("pin", PIN, materials.beech(), wobble=0.0, rows=420, columns=160)
    pin.rotation_euler = (math.radians(90), 0, turn)
    pin.location = (at[0], at[1], at[2] + 0.283)
    return pin


def add_mill(material, at, turn=0.0):
    """A pepper mill: body, a ring of steel in the gap, head, nut."""
    parts = [add_turned("mill", MILL_BODY, material), add_turned("head", MILL_HEAD, material)]
    steel = materials.Tree("steel")
    steel.set(Base_Color="#b8b2a8", Metallic=1.0, Roughness=0.32)
    parts.append(add_turned("gap", [(0.0, 1.30), (0.225, 1.30), (0.228, 1.335), (0.225, 1.36),
                                    (0.0, 1.36)], steel.material))
    parts.append(add_turned("nut", [(0.0, 2.0), (0.05, 2.01), (0.055, 2.05), (0.07, 2.08), (0.055, 2.12),
                                    (0.0, 2.13)],
                            steel.material))
    for part in parts:
        part.location, part.rotation_euler.z = at, turn


def add_peppercorns(spots, seed=2):
    rng = np.random.default_rng(seed)
    corn = materials.fruit("pepper", "#2c211a", "#4a3527", "#1a130f", roughness=0.6, pores=0.8)
    for x, y in spots:
        size = rng.uniform(0.024, 0.030)
        one = Turned([(0.0, -size), (size * 0.7, -size * 0.7), (size, 0.0), (size * 0.7, size * 0.7),
                      (0.0, size)],
                     seed=int(rng.integers(99)), wobble=0.03, rings=0, rows=24, columns=20).add("corn", corn)
        one.location = (x, y, size)
        one.rotation_euler = rng.uniform(0, 6, 3)


def rouleau_hetre_1():
    scene.add_wall(2.6, materials.limewash("#aaa08f", "#d6ccba"))
    scene.add_table(2.6)
    add_pin((0.05, 0.05, 0), math.radians(-62))
    props.add_egg((-0.75, 0.95, 0.215), (1.5, 0.1, 0.4))
    props.add_egg((-0.25, 1.20, 0.215), (1.4, 0.2, 2.0), "#cdb396")
    scene.shoot((0.1, 0.1, 0.1), 5.2, pitch=30, fstop=10, light="morning")


def rouleau_hetre_2():
    scene.add_wall(4, materials.limewash("#8e8777", "#b5ae9d"))
    scene.add_table(4, material=materials.dark_top())
    add_pin((0.4, 0.35, 0), math.radians(-38))
    scene.shoot((-0.35, -0.95, 0.28), 2.0, pitch=24, yaw=-8, fstop=7)


def moulin_noyer_1():
    scene.add_wall(2.4, materials.limewash("#96998c", "#bfc1b3"))
    scene.add_table(2.4)
    add_mill(materials.walnut(upright=True), (-0.32, 0.1, 0))
    add_mill(materials.ash(upright=True), (0.42, -0.12, 0), 2.0)
    scene.shoot((0.1, 0, 1.02), 3.3, pitch=11, fstop=9)


def moulin_noyer_2():
    scene.add_wall(5)
    scene.add_table(5, material=materials.limed_oak())
    add_mill(materials.walnut(upright=True), (-0.1, 0.35, 0), 0.6)
    rng = np.random.default_rng(6)
    add_peppercorns([(x, y) for x, y in zip(rng.normal(0.28, 0.22, 26), rng.normal(-0.35, 0.16, 26))])
    scene.shoot((0.08, -0.1, 0.55), 1.9, pitch=30, yaw=8, fstop=8, light="right")


def add_salt_box(open_lid):
    box = add_turned("box", BOX, materials.ash(upright=True), seed=8, wobble=0.003)
    lid = add_turned("lid", LID, materials.ash(upright=True), seed=8, wobble=0.003)
    if not open_lid:
        lid.location.z = 0.787
        return box
    lid.location = (0.98, -0.62, 0.032)
    lid.rotation_euler.z = 0.8
    x, y = np.meshgrid(np.linspace(-0.56, 0.56, 190), np.linspace(-0.56, 0.56, 190), indexing="ij")
    heap = 0.50 + 0.09 * np.exp(-((x - 0.08) ** 2 + (y - 0.1) ** 2) / 0.12) + ripples(x, y, 4, 9, 0.25) * 0.008
    heap = heap + np.random.default_rng(3).normal(0, 0.006, heap.shape)
    salt = materials.Tree("salt")
    salt.set(Base_Color="#d9d5cd", Roughness=0.6, Subsurface_Weight=0.2, Subsurface_Radius=(0.05, 0.05, 0.05),
             Normal=salt.bump(salt.noise(salt.coords(), 40, 2, 0.8), 0.03, 0.9))
    radius = np.hypot(x, y)
    shrink = np.where(radius > 0.552, 0.552 / np.maximum(radius, 1e-6), 1)
    add_grid("salt", np.stack([x * shrink, y * shrink, heap], axis=-1), salt.material)
    return box


def boite_a_sel_1():
    scene.add_wall(2.0, materials.limewash("#b59f8d", "#d9c6b5"))
    scene.add_table(2.0)
    add_salt_box(False).rotation_euler.z = 0.4
    scene.shoot((0.08, 0, 0.5), 2.3, pitch=14, fstop=9)


def boite_a_sel_2():
    scene.add_table(6, material=materials.dark_top())
    add_salt_box(True)
    scene.shoot((0.30, -0.15, 0.3), 2.7, pitch=42, yaw=6, fstop=9, light="morning", lintel=False)


def plateau_frene_1():
    scene.add_wall(1.3, materials.limewash("#a9a598", "#d4d0c2"))
    scene.add_table(1.3, material=materials.dark_top())
    tray = add_turned("tray", TRAY, materials.ash(), seed=14, wobble=0.002, columns=360)
    tray.matrix_world = (Matrix.Translation((0, 0.55, 1.72 * math.sin(math.radians(76)) + 0.05))
                         @ Matrix.Rotation(math.radians(76), 4, "X") @ Matrix.Rotation(math.radians(80),
                                                                                       4, "Z"))
    ceramics.add_tumbler(ceramics.celadon(), 40, (1.15, -0.55, 0), -0.15)
    scene.shoot((0.12, 0.3, 1.55), 5.0, pitch=11, fstop=9, light="morning")


def plateau_frene_2():
    textiles.add_linen_table(seed=3)
    tray = add_turned("tray", TRAY, materials.ash(), seed=14, wobble=0.002, columns=360)
    tray.rotation_euler.z = 0.5
    tray.location.z = 0.03
    ceramics.add_tumbler(ceramics.white(), 24, (-0.72, 0.12, 0.13), 0.3)
    ceramics.add_tumbler(ceramics.midnight(), 31, (-0.10, -0.78, 0.13), 0.0)
    jug = ceramics.add_jug(ceramics.tenmoku())
    jug.location, jug.rotation_euler.z = (0.48, 0.38, 0.13), 0.3
    scene.shoot((0.05, 0.15, 0.45), 4.4, pitch=46, fstop=11, lintel=False, light="noon")


def planche_noyer_3():
    scene.add_table(9, material=materials.limed_oak())
    board = add_board()
    board.location = (-1.55, -0.95, 0.13)
    board.rotation_euler.z = math.radians(32)
    props.add_loaf((-0.2, -0.1, 0.25), radius=0.82)
    scene.shoot((0.05, 0.15, 0.25), 4.2, pitch=50, fstop=10, light="noon", lintel=False)


def cuilleres_olivier_2():
    scene.add_wall(2.2, materials.limewash("#97998c", "#bfc0b2"))
    scene.add_table(2.2)
    ceramics.add_tumbler(ceramics.white(), 24, (0, 0, 0), 0.3).scale = (1.35, 1.35, 1.25)
    wood = materials.olive()
    for seed, length, width, x, y, lean, side in ((2, 3.0, 0.62, -0.12, 0.05, -13, -1.2),
                                                  (5, 2.75, 0.74, 0.14, 0.12, 12, -1.9),
                                                  (9, 2.45, 0.50, 0.05, -0.12, 3, -1.5)):
        spoon = add_spoon(seed, length, width, (0, 0, 0), 0, wood)
        spoon.matrix_world = (Matrix.Translation((x, y, 0.12)) @ Matrix.Rotation(math.radians(lean), 4, "Y")
                              @ Matrix.Rotation(side, 4, "Z") @ Matrix.Rotation(math.radians(-90), 4, "Y")
                              @ Matrix.Rotation(math.radians(180), 4, "X"))
    scene.shoot((0.1, 0, 1.55), 4.0, pitch=12, fstop=9, light="morning")


def share():
    scene.add_wall(3.6)
    scene.add_table(3.6)
    ceramics.add_bowl((-0.75, 0.1, 0))
    ceramics.add_tumbler(ceramics.white(), 24, (0.55, 0.55, 0), 0.3)
    ceramics.add_tumbler(ceramics.celadon(), 40, (1.22, 0.0, 0), -0.15)
    add_spoon(5, 2.2, 0.6, (-0.35, -1.02, 0.0), 14, materials.olive())
    scene.shoot((0.2, 0, 0.36), 4.4, fstop=10, size=scene.LANDSCAPE)
