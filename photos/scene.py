"""The shared studio: one low window from the left, a limewash wall, a table, a 70 mm lens.

One Blender unit is ten centimetres. The camera looks along +Y, the window stands at -X,
the top of the table (or the floor) is at z = 0.
"""

import collections
import math
import os
import random

import bpy
import numpy as np
from mathutils import Vector

import materials

PORTRAIT = (1200, 1500)
LANDSCAPE = (1200, 630)
LENS_MM = 70
SENSOR_MM = 36
WHITE_BALANCE = 4700
LARGEST_FILE = 290_000

# Where the window stands from the piece, its size, its colour, its power and what the room gives back.
Light = collections.namedtuple("Light", "window size kelvin power room")
LIGHTS = {
    "afternoon": Light((-17.0, -6.5, 9.5), (5.5, 8.5), 4200, 1.0, 1.0),
    "morning": Light((-15.0, -2.0, 12.0), (11, 11), 4900, 0.95, 1.9),
    "right": Light((15.0, -5.0, 9.0), (7, 9), 4300, 0.9, 1.3),
    "noon": Light((-8.0, 6.0, 17.0), (8, 8), 4600, 0.85, 1.4),
    "evening": Light((-18.0, -3.0, 4.5), (3.5, 5), 3300, 0.42, 0.45),
    "night": Light((-16.0, 3.0, 8.0), (6, 8), 7500, 0.075, 0.5),
}


def reset(seed):
    """Empty the scene and fix every random source."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    random.seed(seed)
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.device = "CPU"
    scene.cycles.seed = seed
    return scene


def add_window(target, power=8200, kind="afternoon"):
    """A tall window with glazing bars, which show as a cross in glossy glazes."""
    choice = LIGHTS[kind]
    light = bpy.data.lights.new("window", "AREA")
    light.shape = "RECTANGLE"
    light.size, light.size_y = wide, high = choice.size
    light.energy = power * choice.power
    light.use_temperature = True
    light.temperature = choice.kelvin
    window = bpy.data.objects.new("window", light)
    window.location = Vector(target) + Vector(choice.window)
    window.rotation_euler = Vector(choice.window).to_track_quat("Z", "Y").to_euler()
    bpy.context.collection.objects.link(window)
    bars = [(0, 0, 0.3, high), (0, -high / 6, wide, 0.25), (0, high / 6, wide, 0.25)]
    for x, y, width, height in bars:
        bar = add_box("glazing bar", (width, height, 0.1), materials.plain("bar", "#3a332c"))
        bar.matrix_world = window.matrix_world @ bar.matrix_world
        bar.parent = window
        bar.location = (x, y, -0.3)


def add_lamp(at, energy, kelvin, size):
    """A flame or a bulb: a small warm light that the camera does not see."""
    light = bpy.data.lights.new("lamp", "POINT")
    light.energy, light.shadow_soft_size = energy, size
    light.use_temperature = True
    light.temperature = kelvin
    lamp = bpy.data.objects.new("lamp", light)
    lamp.location = at
    lamp.visible_camera = False
    bpy.context.collection.objects.link(lamp)
    return lamp


def add_lintel(target, width):
    """The dark edge above the window: the upper part of the wall falls into soft shade."""
    lit = Vector((target[0], bpy.data.objects["wall"].location.y, target[2] + 0.58 * width))
    edge = lit + (Vector(target) + Vector(LIGHTS["afternoon"].window) - lit) * 0.3
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


def shoot(target, width, pitch=15, yaw=0, fstop=8, size=PORTRAIT, power=8200, room=0.16, lintel=True,
          light="afternoon"):
    """Put light and camera around `target`; `width` units span the picture."""
    add_window(target, power, light)
    if lintel and light == "afternoon":
        add_lintel(target, width)
    add_room_light(room * LIGHTS[light].room)
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


def add_wall(distance, material=None):
    """A limewash wall, `distance` units behind the piece."""
    return add_box("wall", (80, 0.4, 70), material or materials.limewash(), (0, distance + 0.2, 20))


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


def configure_render(preview, samples, percent=100):
    """Samples, denoiser and the film-like tone curve."""
    scene = bpy.context.scene
    cycles = scene.cycles
    cycles.samples = 4 if preview else samples
    cycles.use_adaptive_sampling = True
    cycles.adaptive_threshold = 0.13
    cycles.adaptive_min_samples = 4
    cycles.use_light_tree = False
    cycles.use_denoising = True
    cycles.denoiser = "OPENIMAGEDENOISE"
    cycles.denoising_prefilter = "FAST"
    cycles.denoising_quality = "HIGH" if percent == 100 else "BALANCED"
    cycles.max_bounces = 4
    cycles.diffuse_bounces = 2
    cycles.glossy_bounces = 2
    cycles.caustics_reflective = cycles.caustics_refractive = False
    cycles.sample_clamp_indirect = 4
    scene.render.resolution_percentage = 25 if preview else percent
    scene.view_settings.view_transform = "AgX"
    scene.view_settings.look = "AgX - Medium High Contrast"
    scene.view_settings.exposure = 0.5
    scene.view_settings.use_white_balance = True
    scene.view_settings.white_balance_temperature = WHITE_BALANCE


def enlarge(pixels, size):
    """Resample (rows, columns, 4) to `size`, with a Lanczos window of three pixels."""
    def weights(before, after):
        at = (np.arange(after) + 0.5) * before / after - 0.5
        away = at[:, None] - np.arange(before)[None, :]
        table = np.where(np.abs(away) < 3, np.sinc(away) * np.sinc(away / 3), 0.0)
        return (table / table.sum(axis=1, keepdims=True)).astype(np.float32)

    rows, columns = weights(pixels.shape[0], size[1]), weights(pixels.shape[1], size[0])
    return np.clip(np.stack([rows @ pixels[..., k] @ columns.T for k in range(4)], axis=-1), 0, 1)


def save_enlarged(path, size):
    """The picture, developed, enlarged to `size` and saved."""
    scene = bpy.context.scene
    draft = str(path) + ".png"
    scene.render.image_settings.file_format = "PNG"
    bpy.data.images["Render Result"].save_render(draft, scene=scene)
    small = bpy.data.images.load(draft)
    pixels = np.empty(len(small.pixels), dtype=np.float32)
    small.pixels.foreach_get(pixels)
    large = bpy.data.images.new("large", *size)
    large.pixels.foreach_set(enlarge(pixels.reshape(small.size[1], small.size[0], 4), size).ravel())
    large.file_format = "JPEG"
    os.remove(draft)
    for quality in range(92, 60, -4):
        large.save(filepath=str(path), quality=quality)
        if os.path.getsize(path) <= LARGEST_FILE:
            return


def render_jpeg(path, preview=False, samples=24, percent=100):
    """Render, then lower the JPEG quality until the file is light enough."""
    configure_render(preview, samples, percent)
    scene = bpy.context.scene
    scene.render.image_settings.file_format = "JPEG"
    bpy.ops.render.render()
    if percent < 100 and not preview:
        save_enlarged(path, (scene.render.resolution_x, scene.render.resolution_y))
        return
    result = bpy.data.images["Render Result"]
    for quality in range(92, 60, -4):
        scene.render.image_settings.quality = quality
        result.save_render(str(path), scene=scene)
        if os.path.getsize(path) <= LARGEST_FILE:
            return
