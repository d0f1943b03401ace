"""Shapes made from arrays of points: turned pots, ribbons, sheets, threads."""

import math

import bpy
import numpy as np


def add_grid(name, points, material, uv=None, wrap=False, attributes=None):
    """A smooth mesh from a (rows, columns, 3) array; `wrap` closes it across the columns."""
    rows, columns = points.shape[:2]
    index = np.arange(rows * columns).reshape(rows, columns)
    following = np.roll(index, -1, axis=1)
    span = columns if wrap else columns - 1
    faces = np.stack([index[:-1, :span], following[:-1, :span],
                      following[1:, :span], index[1:, :span]], axis=-1).reshape(-1, 4)
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(points.reshape(-1, 3).tolist(), [], faces.tolist())
    mesh.shade_smooth()
    if uv is not None:
        layer = mesh.uv_layers.new(name="UVMap")
        layer.data.foreach_set("uv", uv.reshape(-1, 2)[faces.reshape(-1)].reshape(-1))
    for key, values in (attributes or {}).items():
        layer = mesh.attributes.new(key, "FLOAT", "POINT")
        layer.data.foreach_set("value", np.asarray(values, dtype=np.float32).reshape(-1))
    mesh.materials.append(material)
    thing = bpy.data.objects.new(name, mesh)
    bpy.context.collection.objects.link(thing)
    return thing


def smooth_line(points, count):
    """A Catmull-Rom line through `points`, resampled at `count` even steps."""
    p = np.asarray(points, dtype=float)
    p = np.vstack([2 * p[0] - p[1], p, 2 * p[-1] - p[-2]])
    t = np.linspace(0, 1, 40, endpoint=False)[:, None]
    pieces = []
    for a, b, c, d in zip(p, p[1:], p[2:], p[3:]):
        pieces.append(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t ** 2
                             + (3 * b - a - 3 * c + d) * t ** 3))
    dense = np.vstack(pieces + [p[-2:-1]])
    walked = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(dense, axis=0), axis=1))])
    even = np.linspace(0, walked[-1], count)
    return np.stack([np.interp(even, walked, dense[:, k]) for k in range(p.shape[1])], axis=1)


def harmonics(theta, seed, orders, size):
    """A periodic wobble: a few sine waves of random phase."""
    rng = np.random.default_rng(seed)
    total = np.zeros_like(theta)
    for order in orders:
        total += rng.normal() / order ** 0.7 * np.cos(order * theta + rng.uniform(0, 2 * math.pi))
    return total * size


def ripples(x, y, seed, count, wavelength):
    """Smooth random waves over the plane, of height about one."""
    rng = np.random.default_rng(seed)
    total = np.zeros(np.broadcast(x, y).shape)
    for _ in range(count):
        turn = rng.uniform(0, 2 * math.pi)
        k = 2 * math.pi / (wavelength * rng.uniform(0.6, 1.8))
        total += np.sin(k * (x * math.cos(turn) + y * math.sin(turn)) + rng.uniform(0, 6.3))
    return total / math.sqrt(count)


def smoothstep(value, low, high):
    t = np.clip((value - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


class Turned:
    """A thrown pot: a profile from under the foot, over the rim, to the middle inside."""

    def __init__(self, profile, seed, wobble=0.006, rings=0.0015, rows=420, columns=360):
        line = smooth_line(profile, rows)
        line[:, 0] = np.maximum(line[:, 0], 1e-4)
        self.theta = np.linspace(0, 2 * math.pi, columns, endpoint=False)[None, :]
        self.rim = int(np.argmax(line[:, 1]))
        steps = np.linalg.norm(np.diff(line, axis=0), axis=1)
        self.walked = np.concatenate([[0], np.cumsum(steps)])[:, None]
        radius, self.height = line[:, :1], line[:, 1:]
        top = self.height.max()
        lift = smoothstep(self.height, 0.1 * top, top)
        throw = np.sin(2 * math.pi * self.height / 0.085 + self.theta) * rings * lift
        throw = throw * np.minimum(1, radius / 0.4)
        self.radius = radius * (1 + harmonics(self.theta, seed, (2, 3, 4, 7), wobble) * lift) + throw
        self.z = self.height + harmonics(self.theta, seed + 1, (1, 2, 3, 5), wobble) * lift * min(top, 1)
        self.outside = (np.arange(rows) < self.rim)[:, None]

    def points(self):
        return np.stack([self.radius * np.cos(self.theta), self.radius * np.sin(self.theta),
                         self.z + 0 * self.theta], axis=-1)

    def dip(self, line, seed, runs=(), wave=0.012):
        """Cover everything above `line`; each run is (angle in degrees, width, length)."""
        edge = line + harmonics(self.theta, seed, (1, 2, 3, 5, 8, 13), wave)
        for angle, width, length in runs:
            away = (self.theta - math.radians(angle) + math.pi) % (2 * math.pi) - math.pi
            edge = edge - length * np.exp(-np.abs(away / width) ** 3)
        above = self.height - edge
        inside = ~self.outside
        cover = np.where(inside, 1.0, smoothstep(above, -0.006, 0.006))
        bead = np.where(inside, 0.0, np.exp(-((above - 0.025) / 0.022) ** 2))
        return cover, cover * (0.006 + 0.010 * bead)

    def thin_at_rim(self, reach):
        return np.exp(-((self.walked - self.walked[self.rim]) / reach) ** 2) + 0 * self.theta

    def add(self, name, material, cover=1.0, thickness=0.0, thin=0.0):
        """Lay the glaze on as real relief, and make the mesh."""
        points = self.points()
        across = np.roll(points, -1, axis=1) - np.roll(points, 1, axis=1)
        normal = np.cross(across, np.gradient(points, axis=0))
        normal /= np.linalg.norm(normal, axis=-1, keepdims=True) + 1e-12
        shape = points.shape[:2]
        thickness = np.broadcast_to(thickness, shape)[..., None]
        marks = {"glaze": np.broadcast_to(cover, shape), "thin": np.broadcast_to(thin, shape)}
        return add_grid(name, points + normal * thickness, material, wrap=True, attributes=marks)


def add_threads(name, lines, radius, material, taper=True):
    """Round threads or twigs along lists of points, thinner at the end if `taper`."""
    curve = bpy.data.curves.new(name, "CURVE")
    curve.dimensions = "3D"
    curve.bevel_depth = radius
    curve.bevel_resolution = 2
    curve.use_fill_caps = True
    for line in lines:
        spline = curve.splines.new("POLY")
        spline.points.add(len(line) - 1)
        for k, (point, at) in enumerate(zip(spline.points, line)):
            point.co = (*at, 1)
            point.radius = 1 - 0.75 * k / (len(line) - 1) if taper else 1
        spline.use_smooth = True
    curve.materials.append(material)
    thing = bpy.data.objects.new(name, curve)
    bpy.context.collection.objects.link(thing)
    return thing


def add_strap(name, line, width, thickness, material, count=120):
    """A strap of clay along a line in the XZ plane; `width` (along Y) and `thickness` follow 0..1."""
    line = smooth_line(line, count)
    t = np.linspace(0, 1, count)
    along = np.gradient(line, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    normal = np.stack([-along[:, 2], 0 * t, along[:, 0]], axis=1)
    around = np.linspace(0, 2 * math.pi, 48, endpoint=False)
    sides = np.sign(np.cos(around)) * np.abs(np.cos(around)) ** 0.8
    points = (line[:, None, :] + normal[:, None, :] * (np.sin(around)[:, None] * thickness(t)[:, None, None])
              + np.array([0, 1, 0]) * sides[:, None] * width(t)[:, None, None])
    marks = {"glaze": np.ones(points.shape[:2]), "thin": 0.35 * np.abs(sides)[None, :] ** 6 + 0 * points[..., 0]}
    return add_grid(name, points, material, wrap=True, attributes=marks)


def add_ribbon(name, line, width, across, material, thickness=0.015):
    """A flat band along `line`, `across` giving its direction of width at every point."""
    line, across = np.asarray(line, float), np.asarray(across, float)
    sides = np.linspace(-0.5, 0.5, 7)[None, :, None]
    points = line[:, None, :] + np.broadcast_to(across, line.shape)[:, None, :] * sides * width
    steps = np.linalg.norm(np.diff(line, axis=0), axis=1)
    walked = np.concatenate([[0], np.cumsum(steps)])
    uv = np.stack(np.broadcast_arrays(sides[..., 0] * width, walked[:, None]), axis=-1)
    band = add_grid(name, points, material, uv=uv)
    thicken(band, thickness)
    return band


def thicken(thing, thickness):
    """Give a sheet a thickness."""
    solid = thing.modifiers.new("thickness", "SOLIDIFY")
    solid.thickness = thickness
    solid.offset = 0
