"""Small things that give the scale: fruit, eggs, bread, books, folded cloth."""

import math

import numpy as np

import materials
import scene
from shapes import Turned, add_grid, add_threads, ripples, smooth_line, thicken

EGG = [(0.0, -0.27), (0.10, -0.262), (0.18, -0.20), (0.218, -0.08), (0.215, 0.04), (0.18, 0.18),
       (0.12, 0.27), (0.06, 0.31), (0.0, 0.318)]
LEMON = [(0.0, -0.43), (0.045, -0.41), (0.07, -0.36), (0.17, -0.28), (0.265, -0.12), (0.285, 0.02),
         (0.25, 0.18), (0.15, 0.31), (0.075, 0.37), (0.05, 0.42), (0.0, 0.44)]
APPLE = [(0.0, -0.24), (0.06, -0.27), (0.15, -0.31), (0.26, -0.26), (0.36, -0.08), (0.375, 0.08),
         (0.32, 0.24), (0.21, 0.31), (0.12, 0.295), (0.05, 0.23), (0.0, 0.19)]


def add_egg(at, lean=(0, 0, 0), colour="#b98a63"):
    skin = materials.fruit("egg", colour, "#c9a079", "#8f6747", roughness=0.5, pores=0.08)
    egg = Turned(EGG, seed=3, wobble=0.004, rings=0, rows=120, columns=100).add("egg", skin)
    egg.location, egg.rotation_euler = at, lean
    return egg


def add_lemon(at, lean=(0, 0, 0), seed=4):
    skin = materials.fruit("lemon", "#d8ad1e", "#e0bf3c", "#c39618", roughness=0.38, pores=0.35)
    lemon = Turned(LEMON, seed=seed, wobble=0.02, rings=0, rows=140, columns=110).add("lemon", skin)
    lemon.location, lemon.rotation_euler = at, lean
    return lemon


def add_apple(at, lean=(0, 0, 0), seed=6, colour="#8f2f22", blush="#b9852f"):
    skin = materials.fruit("apple", colour, blush, "#d8b26a", roughness=0.3)
    apple = Turned(APPLE, seed=seed, wobble=0.018, rings=0, rows=140, columns=110).add("apple", skin)
    stalk = smooth_line([(0, 0, 0.16), (0.01, 0, 0.30), (0.05, 0.01, 0.40)], 10)
    add_threads("stalk", [stalk], 0.016, materials.plain("stalk", "#4e3823"), taper=False).parent = apple
    apple.location, apple.rotation_euler = at, lean
    return apple


def book_cloth(colour):
    """Fine cloth over board; boxes have no UVs in units, so its grain is a noise."""
    tree = materials.Tree("book cloth")
    grain = tree.noise(tree.coords(scale=(1, 1, 3)), 55, 2, 0.6)
    worn = tree.noise(tree.coords(), 1.4, 4)
    body = tree.mix(tree.spread(worn, 0.35, 0.75, 0, 0.07), colour, "#c9bda8")
    tree.set(Base_Color=body, Roughness=0.9, Normal=tree.bump(grain, 0.012, 0.5))
    return tree.material


def add_book(at, size=(1.5, 2.1, 0.24), turn=0.0, cloth="#5d6b5c"):
    """A cloth-bound book: two boards, a spine and a block of paper."""
    cover = book_cloth(cloth)
    paper = materials.plain("paper", "#d9cfb8", 0.9)
    wide, deep, high = size
    parts = [scene.add_box("pages", (wide - 0.08, deep - 0.1, high - 0.05), paper, (0.02, 0, high / 2)),
             scene.add_box("board", (wide, deep, 0.03), cover, (0, 0, 0.015), 0.01),
             scene.add_box("board", (wide, deep, 0.03), cover, (0, 0, high - 0.015), 0.01),
             scene.add_box("spine", (0.03, deep, high), cover, (-wide / 2, 0, high / 2), 0.01)]
    for part in parts:
        x, y, z = part.location
        part.location = (at[0] + x * math.cos(turn) - y * math.sin(turn),
                         at[1] + x * math.sin(turn) + y * math.cos(turn), at[2] + z)
        part.rotation_euler.z = turn
    return parts


def add_loaf(at, seed=5, radius=0.85, height=0.62):
    """A round loaf with a floury crust and a cross cut into it."""
    profile = [(0.0, 0.0), (0.55, 0.0), (0.86, 0.06), (0.99, 0.26), (0.96, 0.52), (0.78, 0.78),
               (0.46, 0.94), (0.18, 0.995), (0.0, 1.0)]
    pot = Turned([(x * radius, z * height) for x, z in profile], seed=seed, wobble=0.025, rings=0,
                 rows=260, columns=300)
    x, y = pot.radius * np.cos(pot.theta), pot.radius * np.sin(pot.theta)
    top = np.clip(pot.height / height, 0, 1) ** 2
    bent = 0.05 * np.sin(5 * x)
    cut = np.zeros_like(x)
    for a, b in ((x - bent, y), (y + bent, x)):
        width = 0.085 * np.clip(1 - (b / (0.8 * radius)) ** 2, 0, 1) + 1e-3
        cut = np.maximum(cut, np.exp(-(a / width) ** 4) * (np.abs(b) < 0.8 * radius))
    crust = ripples(x * 3, y * 3 + 2 * pot.height, seed, 14, 0.7)
    pot.z = pot.z - 0.075 * cut * top + 0.014 * crust * (1 - cut)
    pot.radius = pot.radius * (1 + 0.012 * crust)
    tree = materials.Tree("crust")
    where = tree.coords()
    body = tree.mix(tree.spread(tree.noise(where, 2.2, 5, 0.65), 0.35, 0.65), "#6b3c1b", "#a5672f")
    flour = tree.math("MULTIPLY", tree.spread(tree.noise(where, 6, 5, 0.75), 0.42, 0.62, 0, 0.8),
                      tree.spread(tree.attribute("thin"), 0, 1, 1, 0))
    body = tree.mix(flour, body, "#ddceb2")
    body = tree.mix(tree.math("MULTIPLY", tree.attribute("thin"), 0.85), body, "#c99a5c")
    rough = tree.bump(tree.noise(where, 11, 5, 0.7), 0.05, 0.7)
    tree.set(Base_Color=body, Roughness=0.85, Normal=rough)
    loaf = pot.add("loaf", tree.material, 1.0, 0.0, cut * top)
    loaf.location = at
    return loaf


def add_folded(name, material, size, layers, at, turn=0.0, seed=1, sheet=0.035):
    """A cloth folded to and fro: (wide, deep) on the table, `layers` one on another."""
    wide, deep = size
    rng = np.random.default_rng(seed)
    step = sheet * 1.35
    path = []
    for k in range(layers):
        left, right = -wide / 2 + rng.uniform(0, 0.03), wide / 2 - rng.uniform(0, 0.03)
        ends = (left, right) if k % 2 == 0 else (right, left)
        height = (k + 0.5) * step
        path += [(ends[0], height), (0.5 * (ends[0] + ends[1]), height + 0.004), (ends[1], height)]
        if k < layers - 1:
            bulge = 0.03 if k % 2 == 0 else -0.03
            path.append((ends[1] + bulge, height + step / 2))
    line = smooth_line(path, 90 * layers)
    across = np.linspace(-0.5, 0.5, 90)[None, :] * deep
    walked = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])[:, None]
    x, z = line[:, :1] + 0 * across, line[:, 1:] + 0 * across
    soft = ripples(x, across, seed, 7, 1.5) * 0.012 * np.clip(z / (layers * step), 0, 1)
    edge = (1 + 0.012 * np.sin(3 * x + seed) * np.sign(across) * (np.abs(across) > 0))
    points = np.stack([x, across * edge, z + soft], axis=-1)
    uv = np.stack(np.broadcast_arrays(across, walked), axis=-1)
    cloth = add_grid(name, points, material, uv=uv)
    thicken(cloth, sheet)
    cloth.location = at
    cloth.rotation_euler.z = turn
    return cloth, layers * step
