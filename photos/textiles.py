"""The linens: apron, table runner, cushion, and the cloth under the spoons."""

import math
import random

import bpy
import numpy as np
from mathutils import Vector

import materials
import scene
from shapes import add_grid, add_ribbon, add_threads, ripples, smooth_line, smoothstep, thicken

APRON_LENGTH, APRON_WAIST = 7.6, 3.7


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


def add_peg_rail(height):
    """An oak rail on the wall, with turned pegs."""
    oak = materials.oak()
    scene.add_box("rail", (40, 0.22, 0.8), oak, (3, 0.29, height), round_edge=0.03)
    for x in (-4.4, 0.0, 4.4):
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


def tablier_atelier_1():
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
    scene.shoot((0.2, 0, -2.6), 8.8, pitch=4, fstop=11, lintel=False)


def runner_profile(steps):
    """From far on the table, over its front edge, and down."""
    edge = [(0, 3.0, 0.02), (0, -0.9, 0.02), (0, -1.86, 0.02), (0, -1.98, 0.0), (0, -2.03, -0.10),
            (0, -2.04, -0.4), (0, -2.05, -1.75)]
    return smooth_line(edge, steps)


def chemin_de_table_1():
    scene.add_wall(4.6)
    scene.add_table(4.6, front=-2.0, thickness=0.55)
    ochre = materials.linen("ochre linen", "#b98431", "#774c17")
    columns, steps, width = 160, 420, 2.3
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
    runner = add_grid("runner", points, ochre, uv=uv)
    thicken(runner, 0.02)
    add_fringe(points[-1], materials.plain("ochre thread", "#a8762b", 0.9))
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
