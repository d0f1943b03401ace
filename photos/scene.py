"""The shared studio: one low window from the left, a limewash wall, a table, a 70 mm lens.

One Blender unit is ten centimetres. The camera looks along +Y, the window stands at -X,
the top of the table (or the floor) is at z = 0.
"""

import math
import os
import random

import bpy
from mathutils import Vector

import materials

PORTRAIT = (1200, 1500)
LANDSCAPE = (1200, 630)
LENS_MM = 70
SENSOR_MM = 36
KELVIN = 4200
WINDOW_AT = Vector((-17.0, -6.5, 9.5))
WHITE_BALANCE = 4700
WINDOW_SIZE = (5.5, 8.5)
LARGEST_FILE = 290_000


def reset(seed):
    """Empty the scene and fix every random source."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    random.seed(seed)
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.device = "CPU"
    scene.cycles.seed = seed
    return scene


def add_window(target, power=8200):
    """A tall window with glazing bars, which show as a cross in glossy glazes."""
    light = bpy.data.lights.new("window", "AREA")
    light.shape = "RECTANGLE"
    light.size, light.size_y = WINDOW_SIZE
    light.energy = power
    light.use_temperature = True
    light.temperature = KELVIN
    window = bpy.data.objects.new("window", light)
    window.location = Vector(target) + WINDOW_AT
    window.rotation_euler = WINDOW_AT.to_track_quat("Z", "Y").to_euler()
    bpy.context.collection.objects.link(window)
    bars = [(0, 0, 0.3, 8.5), (0, -1.4, 5.5, 0.25), (0, 1.4, 5.5, 0.25)]
    for x, y, width, height in bars:
        bar = add_box("glazing bar", (width, height, 0.1), materials.plain("bar", "#3a332c"))
        bar.matrix_world = window.matrix_world @ bar.matrix_world
        bar.parent = window
        bar.location = (x, y, -0.3)


def add_lintel(target, width):
    """The dark edge above the window: the upper part of the wall falls into soft shade."""
    lit = Vector((target[0], bpy.data.objects["wall"].location.y, target[2] + 0.58 * width))
    edge = lit + (Vector(target) + WINDOW_AT - lit) * 0.3
    lintel = add_box("lintel", (0.1, 30, 8), materials.plain("lintel", "#8a8176"),
                     edge + Vector((0, 0, 4)))
    lintel.rotation_euler.x = math.radians(-9)
    lintel.visible_camera = False


def add_room_light(strength=0.2):
    """The light that the room itself gives back: weak and a little warm."""
    world = bpy.data.worlds.new("room")
    bpy.context.scene.world = world
    world.use_nodes = True
    background = world.node_tree.nodes["Background"]
    background.inputs["Color"].default_value = (0.86, 0.80, 0.74, 1)
    background.inputs["Strength"].default_value = strength


def add_camera(target, width, aspect, pitch=15, yaw=0, fstop=8):
    """Aim at `target` from `pitch` degrees above, so that `width` units span the picture."""
    camera = bpy.data.cameras.new("camera")
    camera.lens = LENS_MM
    camera.sensor_width = camera.sensor_height = SENSOR_MM
    camera.sensor_fit = "AUTO"
    longest = width * max(1.0, 1 / aspect)
    distance = longest * LENS_MM / SENSOR_MM
    up, side = math.radians(pitch), math.radians(yaw)
    away = Vector((math.sin(side) * math.cos(up), -math.cos(side) * math.cos(up), math.sin(up)))
    holder = bpy.data.objects.new("camera", camera)
    holder.location = Vector(target) + away * distance
    holder.rotation_euler = away.to_track_quat("Z", "Y").to_euler()
    camera.dof.use_dof = True
    camera.dof.focus_distance = distance
    camera.dof.aperture_fstop = fstop / 10
    bpy.context.collection.objects.link(holder)
    bpy.context.scene.camera = holder


def shoot(target, width, pitch=15, yaw=0, fstop=8, size=PORTRAIT, power=8200, room=0.16, lintel=True):
    """Put light and camera around `target`; `width` units span the picture."""
    add_window(target, power)
    if lintel:
        add_lintel(target, width)
    add_room_light(room)
    scene = bpy.context.scene
    scene.render.resolution_x, scene.render.resolution_y = size
    add_camera(target, width, size[0] / size[1], pitch, yaw, fstop)


def add_box(name, size, material, at=(0, 0, 0), round_edge=0.0):
    """A box of the given size, centred on `at`."""
    bpy.ops.mesh.primitive_cube_add(size=1, location=at)
    box = bpy.context.object
    box.name = name
    box.scale = size
    bpy.ops.object.transform_apply(location=False, rotation=False, scale=True)
    if round_edge:
        bevel = box.modifiers.new("edge", "BEVEL")
        bevel.width = round_edge
        bevel.segments = 3
    box.data.materials.append(material)
    return box


def add_wall(distance):
    """A limewash wall, `distance` units behind the piece."""
    return add_box("wall", (80, 0.4, 70), materials.limewash(), (0, distance + 0.2, 20))


def add_table(back, front=-16.0, thickness=0.45, plank=2.1, material=None):
    """An oak top of long planks, its far edge at y = `back`."""
    material = material or materials.oak()
    rng = random.Random(11)
    y = front
    while y < back:
        deep = min(plank * rng.uniform(0.85, 1.15), max(back - y, 0.3))
        at = (rng.uniform(-1, 1), y + deep / 2, -thickness / 2 + rng.uniform(-0.004, 0.004))
        add_box("plank", (60, deep - 0.014, thickness), material, at, round_edge=0.02)
        y += deep


def add_floor(depth):
    """A limed floor well below the table."""
    add_box("floor", (80, 80, 0.2), materials.limed_oak(), (0, -10, -depth))


def configure_render(preview, samples):
    """Samples, denoiser and the film-like tone curve."""
    scene = bpy.context.scene
    cycles = scene.cycles
    cycles.samples = 8 if preview else samples
    cycles.use_adaptive_sampling = True
    cycles.adaptive_threshold = 0.1
    cycles.adaptive_min_samples = 5
    cycles.use_denoising = True
    cycles.denoiser = "OPENIMAGEDENOISE"
    cycles.denoising_prefilter = "FAST"
    cycles.max_bounces = 4
    cycles.diffuse_bounces = 2
    cycles.glossy_bounces = 2
    cycles.caustics_reflective = cycles.caustics_refractive = False
    cycles.sample_clamp_indirect = 4
    scene.render.resolution_percentage = 25 if preview else 100
    scene.view_settings.view_transform = "AgX"
    scene.view_settings.look = "AgX - Medium High Contrast"
    scene.view_settings.exposure = 0.5
    scene.view_settings.use_white_balance = True
    scene.view_settings.white_balance_temperature = WHITE_BALANCE


def render_jpeg(path, preview=False, samples=24):
    """Render, then lower the JPEG quality until the file is light enough."""
    configure_render(preview, samples)
    scene = bpy.context.scene
    scene.render.image_settings.file_format = "JPEG"
    bpy.ops.render.render()
    result = bpy.data.images["Render Result"]
    for quality in range(92, 60, -4):
        scene.render.image_settings.quality = quality
        result.save_render(str(path), scene=scene)
        if os.path.getsize(path) <= LARGEST_FILE:
            return
