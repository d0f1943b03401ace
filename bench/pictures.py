"""Synthetic product photos, 2400x1800 JPEGs of 0.6 to 1.2 MB with the spectrum of natural scenes. Needs numpy, pillow."""

import os

W, H = 2400, 1800


def fractal(np, rng, beta):
    """1/f^beta noise, the spectrum of natural scenes, by FFT; mean 0, deviation 1."""
    fy = np.fft.fftfreq(H)[:, None]
    fx = np.fft.rfftfreq(W)[None, :]
    f = np.sqrt(fx * fx + fy * fy)
    f[0, 0] = 1.0
    spec = (rng.standard_normal(f.shape) + 1j * rng.standard_normal(f.shape)) / f ** beta
    spec[0, 0] = 0
    a = np.fft.irfft2(spec, s=(H, W))
    return (a / a.std()).astype("float32")


def base_image(np, k, seed):
    """A 'product' (shaded ellipse/box with texture and sharp edge) before a blurred backdrop, with sensor grain."""
    rng = np.random.default_rng(seed * 7919 + k)
    y, x = np.mgrid[0:H, 0:W].astype("float32")
    u, v = x / W - 0.5, y / H - 0.5
    ang = rng.uniform(0, 6.28)
    bg = 150 + 60 * (u * np.cos(ang) + v * np.sin(ang)) + 14 * fractal(np, rng, 2.2)
    tex = fractal(np, rng, 1.25)
    cx, cy, rx, ry = rng.uniform(-.1, .1), rng.uniform(-.08, .08), rng.uniform(.24, .36), rng.uniform(.26, .4)
    e = ((u - cx) / rx) ** 2 + ((v - cy) / ry) ** 2 if k % 2 else np.maximum(abs(u - cx) / rx, abs(v - cy) / ry) ** 2
    m = np.clip((1.0 - e) * 120, 0, 1)
    shade = 120 + 80 * np.sqrt(np.clip(1 - e, 0, 1)) * (0.6 - (u - cx) - (v - cy)) + rng.uniform(20, 30) * tex
    bands = 10 * np.sign(np.sin((u * np.cos(ang) - v * np.sin(ang)) * rng.uniform(60, 220)))
    lum = bg * (1 - m) + (shade + bands) * m
    cr, cb = fractal(np, rng, 2.0), fractal(np, rng, 2.0)
    tint = rng.uniform(-28, 28, size=2)
    r_ = lum + 6 * cr + tint[0] * m
    g_ = lum - 3 * cr - 3 * cb
    b_ = lum + 6 * cb + tint[1] * m
    img = np.stack([r_, g_, b_], axis=-1)
    img += rng.standard_normal((H, W, 1)).astype("float32") * rng.uniform(3.4, 5.4)  # grain
    return np.clip(img, 0, 255).astype("uint8")


def write_images(products, outdir, seed, pool):
    import numpy as np
    from PIL import Image
    os.makedirs(outdir, exist_ok=True)
    names = [f for p in products for f in p["images"]]
    pool = min(pool, max(1, len(names)))
    by_base = {}
    for i, f in enumerate(names):
        by_base.setdefault(i % pool, []).append((i, f))
    for k, lst in by_base.items():
        a = base_image(np, k, seed)
        for i, f in lst:
            rng = np.random.default_rng(seed * 104729 + i)
            b = np.roll(a, (int(rng.integers(0, 17)), int(rng.integers(0, 17))), axis=(0, 1))
            if rng.integers(0, 2):
                b = b[:, ::-1]
            b = np.clip(b.astype("int16") + int(rng.integers(-9, 10)), 0, 255).astype("uint8")
            b[:16, :16] = rng.integers(0, 256, (16, 16, 1), dtype="uint8")  # no two files alike
            Image.fromarray(b).save(os.path.join(outdir, f), quality=int(rng.integers(85, 91)), subsampling=2)
