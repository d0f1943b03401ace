"""The linens and wools: apron, runner, cushion, tea towels, napkins, throw, and the cloth under the spoons."""

import math
import random

import bpy
import numpy as np
from mathutils import Vector

import ceramics
import materials
import props
import scene
from shapes import add_grid, add_ribbon, add_threads, ripples, smooth_line, smoothstep, thicken

APRON_LENGTH, APRON_WAIST = 7.6, 3.7
PEGS = (-4.4, 0.0, 4.4)


def natural():
    return materials.linen("natural linen", "#cdbfa6", "#8f7f66")


def indigo():
    return materials.linen("indigo linen", "#4a5a7c", "#1d2944")


def add_linen_table(seed):
    """A wide cloth with a few soft creases."""
    x, y = np.meshgrid(np.linspace(-7, 7, 420), np.linspace(-6, 9, 420), indexing="ij")
    soft = ripples(x, y, seed, 9, 2.6) * 0.018
    crease = np.zeros_like(x)
    for at, slope, height in ((-1.25, 0.10, 0.06), (1.55, -0.16, 0.05), (4.0, 0.2, 0.06)):
        away = x - at - slope * y - 0.08 * np.sin(1.3 * y + at)
        crease += height * np.exp(-(away / 0.09) ** 2) * (0.6 + 0.4 * np.sin(0.7 * y + at))
    points = np.stack([x, y, soft * smoothstep(np.abs(x), 0.9, 2.0) + crease - 0.012], axis=-1)
    return add_grid("cloth", points, natural(), uv=np.stack([x, y], axis=-1))


def simulate(thing, frames, **settings):
    """Run a cloth simulation and keep its last frame as the mesh."""
    cloth = thing.modifiers.new("cloth", "CLOTH")
    for key, value in settings.items():
        setattr(cloth.settings, key, value)
    cloth.settings.quality = 6
    stage = bpy.context.scene
    for frame in range(1, frames + 1):
        stage.frame_set(frame)
    view = bpy.context.evaluated_depsgraph_get()
    settled = bpy.data.meshes.new_from_object(thing.evaluated_get(view))
    thing.modifiers.remove(cloth)
    thing.data = settled
    thing.data.shade_smooth()


def subdivide(thing, levels=1):
    smooth = thing.modifiers.new("smooth", "SUBSURF")
    smooth.levels = smooth.render_levels = levels


def apron_half_width(down):
    """Half the width of the apron at a distance below its top: bib, armholes, skirt."""
    return 1.25 + 2.05 * smoothstep(down, 1.7, 3.6)


def waist_corners(rows, columns):
    """The first and last vertex of the row of the apron that lies at the waist."""
    first = round(APRON_WAIST / APRON_LENGTH * (rows - 1)) * columns
    return first, first + columns - 1


def add_apron():
    """An apron held at the corners of its bib and at its waist: bib and skirt fall in folds."""
    rows, columns = 118, 96
    down = np.linspace(0, APRON_LENGTH, rows)[:, None]
    across = np.linspace(-1, 1, columns)[None, :]
    flat_x = apron_half_width(down) * across
    gather = 0.88 - 0.10 * smoothstep(down, 1.0, 3.6)
    depth = 0.05 * ripples(flat_x, down * 0.15, 12, 7, 1.6) * smoothstep(down, 0.0, 2.5) - 0.1
    points = np.stack([flat_x * gather, depth, -down + 0 * across], axis=-1)
    uv = np.stack([flat_x, down + 0 * across], axis=-1)
    apron = add_grid("apron", points, indigo(), uv=uv)
    pins = apron.vertex_groups.new(name="pins")
    left, right = waist_corners(rows, columns)
    held = [edge + k for edge in (0, columns - 3, left, right - 2) for k in range(3)]
    pins.add(held, 1.0, "REPLACE")
    simulate(apron, 70, vertex_group_mass="pins", mass=0.4, tension_stiffness=12,
             compression_stiffness=12, bending_stiffness=0.8, air_damping=2, shrink_min=-0.03)
    return apron, rows, columns


def add_pocket(apron, rows, columns):
    """A patch pocket that follows the folds under it."""
    count = rows * columns
    co = np.empty(count * 3)
    apron.data.vertices.foreach_get("co", co)
    co = co.reshape(rows, columns, 3)
    top, bottom, left, right = 60, 84, 28, 68
    patch = co[top:bottom, left:right].copy()
    patch[..., 1] -= 0.05
    sag = np.linspace(-1, 1, right - left)[None, :] ** 2
    patch[:4, :, 1] -= 0.05 * (1 - sag)
    rim = np.linspace(0, 1, bottom - top)[:, None]
    uv = np.stack(np.broadcast_arrays(np.linspace(0, 2.1, right - left)[None, :], rim * 1.8), axis=-1)
    pocket = add_grid("pocket", patch, indigo(), uv=uv)
    thicken(pocket, 0.04)
    subdivide(pocket)


def add_peg_rail(height, pegs=PEGS):
    """An oak rail on the wall, with turned pegs."""
    oak = materials.oak()
    scene.add_box("rail", (40, 0.22, 0.8), oak, (3, 0.29, height), round_edge=0.03)
    for x in pegs:
        bpy.ops.mesh.primitive_cylinder_add(radius=0.13, depth=0.95, location=(x, -0.2, height),
                                            rotation=(math.radians(82), 0, 0))
        peg = bpy.context.object
        peg.data.materials.append(oak)
        peg.data.shade_smooth()
        peg.modifiers.new("edge", "BEVEL").width = 0.03


def add_neck_strap(corners, peg):
    """A natural linen strap from one corner of the bib, over the peg, to the other."""
    left, right = corners
    over = [left + Vector((0.12, 0.0, -0.5)), left + Vector((0.12, 0, 0.05)),
            peg + Vector((-0.16, 0, -0.05)), peg + Vector((0, 0, 0.17)),
            peg + Vector((0.16, 0, -0.05)), right + Vector((-0.12, 0, 0.05)),
            right + Vector((-0.12, 0.0, -0.5))]
    line = smooth_line(over, 80)
    line[:, 1] -= 0.06
    add_ribbon("neck strap", line, 0.36, (0.25, -0.97, 0), natural())


def add_ties(sides):
    """The two ties hang from the waist, one with a loose turn."""
    for side, swing in zip(sides, (-1, 1)):
        drop = [side, side + Vector((swing * 0.22, -0.02, -0.05)),
                side + Vector((swing * 0.32, -0.05, -0.7)), side + Vector((swing * 0.22, 0.0, -1.8)),
                side + Vector((swing * 0.30, -0.04, -2.9))]
        line = smooth_line(drop, 70)
        turn = np.linspace(0.2, 0.2 + swing * 1.9, 70)
        across = np.stack([np.cos(turn), -np.sin(turn), 0 * turn], axis=-1)
        add_ribbon("tie", line, 0.24, across, natural())


def hang_apron():
    """The apron on its peg, with strap, pocket and ties."""
    scene.add_wall(0.4)
    collider = bpy.data.objects["wall"]
    collider.modifiers.new("collision", "COLLISION")
    apron, rows, columns = add_apron()
    add_pocket(apron, rows, columns)
    corners = [apron.data.vertices[k].co.copy() for k in (0, columns - 1)]
    sides = [apron.data.vertices[k].co.copy() for k in waist_corners(rows, columns)]
    thicken(apron, 0.03)
    subdivide(apron)
    add_peg_rail(1.9)
    add_neck_strap(corners, Vector((0, -0.25, 1.98)))
    add_ties(sides)


def tablier_atelier_1():
    hang_apron()
    scene.shoot((0.2, 0, -2.6), 8.8, pitch=4, fstop=11, lintel=False)


def runner_profile(steps):
    """From far on the table, over its front edge, and down."""
    edge = [(0, 3.0, 0.02), (0, -0.9, 0.02), (0, -1.86, 0.02), (0, -1.98, 0.0), (0, -2.03, -0.10),
            (0, -2.04, -0.4), (0, -2.05, -1.75)]
    return smooth_line(edge, steps)


def add_runner(material, width=2.3, thickness=0.02):
    """A long cloth on the table and down over its edge; returns its last row."""
    columns, steps = 160, 420
    line = runner_profile(steps)
    walked = np.linspace(0, 1, steps)[:, None] * 6.9
    across = np.linspace(-0.5, 0.5, columns)[None, :] * width
    hang = smoothstep(-line[:, 2:], 0.1, 1.6)
    waves = np.sin(across * 5.2 + 0.5) * 0.6 + np.sin(across * 9.1 + 2) * 0.3
    ironed = 0.004 * np.exp(-(across / 0.012) ** 2)
    low = ripples(across, walked, 21, 9, 1.1) * 0.008
    flat = 1 - hang
    points = np.stack([across * (1 - 0.05 * hang) + 0.10 * hang ** 2 * 0.3,
                       line[:, 1:2] - 0.075 * hang * (waves + 0.9) - low * hang,
                       line[:, 2:] + (low + 0.010 + ironed) * flat + 0.02 * hang * waves], axis=-1)
    uv = np.stack(np.broadcast_arrays(across, walked), axis=-1)
    runner = add_grid("runner", points, material, uv=uv)
    thicken(runner, thickness)
    return points[-1]


def add_ochre_runner():
    edge = add_runner(materials.linen("ochre linen", "#b98431", "#774c17"))
    add_fringe(edge, materials.plain("ochre thread", "#a8762b", 0.9))


def chemin_de_table_1():
    scene.add_wall(4.6)
    scene.add_table(4.6, front=-2.0, thickness=0.55)
    add_ochre_runner()
    scene.add_floor(7.4)
    scene.shoot((0.1, -1.6, -0.25), 3.9, pitch=22, yaw=-14, fstop=10, lintel=False)


def add_fringe(edge, material):
    """Knotted threads along the last row of a cloth."""
    rng = random.Random(15)
    lines = []
    for k in range(len(edge)):
        for _ in range(2):
            tuft = edge[k - k % 4 + 2 if k - k % 4 + 2 < len(edge) else -1]
            x, y, z = edge[k]
            sway_x, sway_y = rng.gauss(0, 0.03), rng.gauss(0, 0.025)
            knot = (tuft[0] + rng.gauss(0, 0.004), tuft[1] - 0.01, tuft[2] - 0.10)
            end = 0.36 + rng.gauss(0, 0.02)
            lines.append(smooth_line([(x, y, z + 0.01), knot,
                                      (knot[0] + sway_x * 0.5, knot[1] + sway_y, z - end * 0.7),
                                      (knot[0] + sway_x, knot[1] + sway_y * 1.4, z - end)], 10))
    add_threads("fringe", lines, 0.0065, material)


def cushion_mesh(side, cells):
    """Two square sheets sewn together along their edges."""
    steps = np.linspace(-side / 2, side / 2, cells + 1)
    vertices, faces, uvs, number = [], [], [], {}
    rng = np.random.default_rng(8)

    def corner(i, j, sheet):
        key = (i, j, sheet if 0 < i < cells and 0 < j < cells else 0)
        if key not in number:
            number[key] = len(vertices)
            puff = 0.0 if key[2] == 0 else 0.05 * sheet + rng.normal() * 0.006
            x, y = steps[i], steps[j]
            round_x = 1 + 0.09 * (1 - (2 * y / side) ** 2)
            round_y = 1 + 0.09 * (1 - (2 * x / side) ** 2)
            vertices.append((x * round_x, y * round_y, puff))
        return number[key]

    for sheet in (1, -1):
        for i in range(cells):
            for j in range(cells):
                loop = [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)][::sheet]
                faces.append([corner(a, b, sheet) for a, b in loop])
                uvs.extend((steps[a], steps[b]) for a, b in loop)
    border = [corner(i, 0, 0) for i in range(cells)] + [corner(cells, j, 0) for j in range(cells)]
    border += [corner(i, cells, 0) for i in range(cells, 0, -1)]
    border += [corner(0, j, 0) for j in range(cells, 0, -1)]
    return vertices, faces, uvs, border


def add_cushion(side=4.4, cells=84):
    """A cushion blown up by the cloth solver, with piping along its seam."""
    vertices, faces, uvs, border = cushion_mesh(side, cells)
    mesh = bpy.data.meshes.new("cushion")
    mesh.from_pydata(vertices, [], faces)
    mesh.uv_layers.new(name="UVMap").data.foreach_set("uv", np.ravel(uvs))
    madder = materials.linen("madder linen", "#93352c", "#521713", threads=48)
    mesh.materials.append(madder)
    cushion = bpy.data.objects.new("cushion", mesh)
    bpy.context.collection.objects.link(cushion)
    bpy.context.scene.use_gravity = False
    simulate(cushion, 45, use_pressure=True, uniform_pressure_force=4.5, mass=0.35,
             tension_stiffness=18, compression_stiffness=18, bending_stiffness=0.12, air_damping=3)
    seam = np.array([cushion.data.vertices[k].co for k in border])
    seam = sum(np.roll(seam, k, axis=0) for k in range(-2, 3)) / 5
    seam = [tuple(point) for point in [*seam, seam[0]]]
    piping = add_threads("piping", [seam], 0.055, madder, taper=False)
    piping.parent = cushion
    loose = smooth_line([seam[30], (seam[30][0] + 0.05, seam[30][1] - 0.14, 0.05),
                         (seam[30][0] - 0.03, seam[30][1] - 0.22, 0.1),
                         (seam[30][0] + 0.06, seam[30][1] - 0.34, 0.09)], 24)
    add_threads("loose thread", [loose], 0.006, madder, taper=False).parent = cushion
    subdivide(cushion)
    return cushion


def coussin_garance_1():
    cushion = add_cushion()
    scene.add_wall(2.0)
    scene.add_table(2.0)
    cushion.rotation_euler = (math.radians(72), math.radians(0), math.radians(-7))
    lowest = min((cushion.rotation_euler.to_matrix() @ v.co).z for v in cushion.data.vertices)
    cushion.location = (0, 0.35, 0.03 - lowest)
    scene.shoot((0.1, 0.3, 1.95), 6.2, fstop=9)


def chemin_de_table_2():
    scene.add_wall(4.6)
    scene.add_table(4.6, front=-2.0, thickness=0.55)
    add_ochre_runner()
    ceramics.add_bowl((0.05, -0.9, 0.03))
    props.add_apple((1.0, -1.3, 0.30), (0.2, 0.4, 1), 21)
    scene.add_floor(7.4)
    scene.shoot((0.15, -1.5, 0.0), 3.4, pitch=30, yaw=16, fstop=9, lintel=False, light="morning")


def chemin_de_table_3():
    scene.add_wall(4.6)
    scene.add_table(4.6, front=-2.0, thickness=0.55)
    add_ochre_runner()
    scene.add_floor(7.4)
    scene.shoot((-0.55, -2.0, -1.62), 1.25, pitch=10, yaw=-18, fstop=9, lintel=False)


def coussin_garance_2():
    cushion = add_cushion()
    scene.add_wall(3.0, materials.limewash("#8f8474", "#b4a896"))
    scene.add_table(3.0, material=materials.dark_top())
    cushion.rotation_euler = (math.radians(66), 0, math.radians(-14))
    lowest = min((cushion.rotation_euler.to_matrix() @ v.co).z for v in cushion.data.vertices)
    cushion.location = (0, 0.35, 0.03 - lowest)
    scene.shoot((-1.1, -0.3, 1.05), 2.7, pitch=16, yaw=-10, fstop=9, lintel=False, light="morning")


def tablier_atelier_2():
    hang_apron()
    scene.shoot((0.35, 0, -4.5), 3.6, pitch=3, yaw=-14, fstop=10, lintel=False)


def add_hung_cloth(name, material, width, front, back, at, seed, thickness=0.03, swell=1.0):
    """A cloth thrown over a rail that runs along X; returns the grid of points."""
    x0, y0, z0 = at
    columns, steps = 150, 420
    line = smooth_line([(0, 0.10, -back), (0, 0.11, -back * 0.5), (0, 0.115, -0.15), (0, 0.08, 0.06),
                        (0, 0.0, 0.115), (0, -0.08, 0.06), (0, -0.115, -0.15), (0, -0.12, -front * 0.5),
                        (0, -0.12, -front)], steps)
    walked = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])[:, None]
    across = np.linspace(-0.5, 0.5, columns)[None, :] * width
    hang = smoothstep(-line[:, 2:], 0.0, front * 0.8)
    facing = np.where(line[:, 1:2] < 0, -1.0, 0.35)
    rng = np.random.default_rng(seed)
    waves = sum(rng.uniform(0.4, 1) * np.sin(across * rng.uniform(1.6, 5.6) + rng.uniform(0, 6.3))
                for _ in range(5))
    low = ripples(across, walked, seed, 9, 1.3) * 0.012
    points = np.stack([x0 + across * (1 - 0.035 * hang) + 0.02 * hang * waves,
                       y0 + line[:, 1:2] + facing * hang * swell * (0.075 * (waves + 1.6) + low),
                       z0 + line[:, 2:] + 0.03 * hang * np.sin(across * 1.3 + seed) + 0 * across], axis=-1)
    uv = np.stack(np.broadcast_arrays(across, walked), axis=-1)
    cloth = add_grid(name, points, material, uv=uv)
    thicken(cloth, thickness)
    return points


def add_rail_between_pegs(height, reach):
    """A round oak rail on two brackets."""
    oak = materials.oak()
    bpy.ops.mesh.primitive_cylinder_add(radius=0.10, depth=2 * reach + 0.5, location=(0, -0.45, height))
    rail = bpy.context.object
    rail.rotation_euler = (0, math.radians(90), 0)
    rail.data.materials.append(materials.wood("rail", "#b3946c", "#8d6d4a", "#5f4630", upright=True))
    rail.data.shade_smooth()
    for x in (-reach, reach):
        scene.add_box("bracket", (0.24, 0.95, 0.34), oak, (x, 0.0, height), 0.03)
        scene.add_box("plate", (0.34, 0.12, 0.9), oak, (x, 0.36, height - 0.1), 0.03)


def towel_linen(name, colour, shade):
    ground = ("#d9cfbb", "#a3967d")
    stripes = [(at, half, colour, shade) for at, half in ((0.45, 0.11), (0.72, 0.04), (0.84, 0.04),
                                                         (6.35, 0.11), (6.08, 0.04), (5.96, 0.04))]
    return materials.linen(name, *ground, threads=60, stripes=stripes)


def madder_towel():
    return towel_linen("madder towel", "#9a3a2e", "#5e1d17")


def indigo_towel():
    return towel_linen("indigo towel", "#3f5078", "#1d2944")


def torchons_rayes_1():
    scene.add_wall(0.4, materials.limewash("#b4ada0", "#ded7ca"))
    add_rail_between_pegs(1.9, 2.75)
    add_hung_cloth("towel", madder_towel(), 2.2, 3.5, 3.15, (-1.3, -0.45, 1.9), 5)
    add_hung_cloth("towel", indigo_towel(), 2.2, 3.45, 3.2, (1.28, -0.45, 1.9), 12)
    scene.shoot((0.05, 0, 0.35), 6.4, pitch=5, yaw=-8, fstop=11, lintel=False)


def torchons_rayes_2():
    scene.add_wall(3.4, materials.limewash("#8d9088", "#b2b5ab"))
    scene.add_table(3.4)
    stripes = ((0.35, 0.11), (0.62, 0.04), (0.74, 0.04), (-0.3, 0.04))
    height = 0
    for seed, dye in ((3, ("#3f5078", "#1d2944")), (6, ("#9a3a2e", "#5e1d17"))):
        cloth = materials.linen("towel", "#d9cfbb", "#a3967d", threads=60, across=True,
                                stripes=[(at, half, *dye) for at, half in stripes])
        _, high = props.add_folded("folded", cloth, (2.0, 1.7), 6, (0, 0, height), 0.10 - 0.03 * seed, seed)
        height += high + 0.01
    props.add_lemon((0.95, -1.15, 0.28), (1.5, 0, 0.6))
    scene.shoot((0.1, -0.3, 0.3), 3.2, pitch=28, yaw=-16, fstop=8, light="morning")


NAPKINS = {"ochre": ("#b98431", "#774c17"), "madder": ("#93352c", "#521713"), "natural": ("#cdbfa6", "#8f7f66")}


def serviettes_lin_1():
    scene.add_wall(2.8, materials.limewash("#aba493", "#d5cebd"))
    scene.add_table(2.8)
    height = 0.0
    for k, name in enumerate(("natural", "madder", "ochre", "natural", "madder", "ochre")):
        cloth = materials.linen(name + " napkin", *NAPKINS[name], threads=60)
        at = (0.012 * (k % 3 - 1), 0.02 * (k % 2), height)
        _, high = props.add_folded("napkin", cloth, (1.9, 1.85), 4, at, 0.03 * (-1) ** k + 0.42, 4 + k)
        height += high + 0.006
    scene.shoot((0.08, 0, 0.42), 3.5, pitch=20, fstop=9)


def serviettes_lin_2():
    scene.add_table(9, material=materials.dark_top())
    plate = ceramics.add_plate()
    plate.location = (0.1, 0.2, 0)
    cloth = materials.linen("ochre napkin", *NAPKINS["ochre"], threads=60)
    props.add_folded("napkin", cloth, (0.85, 1.9), 4, (0.1, 0.2, 0.13), 0.25, 7, sheet=0.024)
    ceramics.add_tumbler(ceramics.midnight(), 31, (1.42, 1.25, 0))
    scene.shoot((0.2, 0.2, 0.1), 3.9, pitch=60, yaw=-8, fstop=10, light="noon", lintel=False)


def add_fringe_of_wool(edge, seed, length=0.42):
    """Twisted tassels along the last row of a throw."""
    rng = random.Random(seed)
    lines = []
    for k in range(1, len(edge) - 1, 3):
        x, y, z = edge[k]
        for turn in range(3):
            sway = rng.gauss(0, 0.02)
            long = length + rng.gauss(0, 0.012)
            lines.append([(x + 0.014 * math.cos(9 * t + 2.1 * turn) + sway * t * 3,
                           y + 0.014 * math.sin(9 * t + 2.1 * turn), z + 0.02 - t * long)
                          for t in np.linspace(0, 1, 16)])
    add_threads("fringe", lines, 0.017, materials.plain("wool thread", "#b9a98e", 0.95), taper=False)


def plaid_causse_1():
    scene.add_wall(4.6, materials.limewash("#8f8f84", "#b6b6a9"))
    scene.add_table(4.6, front=-2.0, thickness=0.55, material=materials.dark_top())
    bands = [(at, half, "#6d4a33", "#3d281a") for at, half in ((6.0, 0.30), (5.45, 0.09), (5.15, 0.09),
                                                               (2.2, 0.30))]
    edge = add_runner(materials.wool("throw", "#cdbea4", "#94846b", stripes=bands), 3.1, 0.07)
    add_fringe_of_wool(edge, 5)
    scene.add_floor(7.4)
    scene.shoot((0.1, -1.6, -0.2), 5.0, pitch=20, yaw=16, fstop=10, lintel=False, light="morning")


def plaid_causse_2():
    scene.add_wall(3.4, materials.limewash("#b0a291", "#d4c7b6"))
    scene.add_table(3.4, material=materials.limed_oak())
    bands = [(at, 0.3, "#6d4a33", "#3d281a") for at in (3.2, 9.4)]
    wool = materials.wool("throw", "#cdbea4", "#94846b", stripes=bands)
    _, high = props.add_folded("throw", wool, (2.9, 2.4), 6, (0, 0, 0), 0.3, 4, sheet=0.09)
    props.add_book((0.15, -0.1, high + 0.05), turn=0.75)
    scene.shoot((0.1, -0.2, 0.45), 4.2, pitch=24, yaw=0, fstop=9, light="morning")


def add_rolled_plaids():
    """Three rolled throws standing in the big basket."""
    colours = [("#cdbea4", "#94846b"), ("#7d5a42", "#4b3324"), ("#8e9484", "#5d6356")]
    places = ((-0.75, -0.1, 4.0), (0.5, 0.55, 4.3), (0.55, -0.75, 3.8))
    for k, ((x, y, high), (colour, shade)) in enumerate(zip(places, colours)):
        turn = np.linspace(0, 2 * math.pi * 5.2, 520)[:, None]
        r = 0.12 + turn / (2 * math.pi) * 0.135
        up = np.linspace(0, 1, 60)[None, :] * high
        points = np.stack([r * np.cos(turn) + 0 * up, r * np.sin(turn) + 0 * up,
                           up + 0.03 * np.sin(turn * 0.7 + k) * (up / high)], axis=-1)
        uv = np.stack(np.broadcast_arrays(turn * 0.4, up), axis=-1)
        roll = add_grid("rolled throw", points, materials.wool("wool", colour, shade), uv=uv)
        thicken(roll, 0.10)
        roll.location = (x, y, 0.15)
        roll.rotation_euler = (0.10 - 0.09 * k, -0.10 + 0.09 * k, 2.0 * k)
