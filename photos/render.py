"""Render the catalogue photographs: render.py NAME|all [--preview] [--out FOLDER]

NAME is a product folder (bol-lune), one picture (bol-lune-2) or share.
"""

import argparse
import pathlib
import re
import sys
import time

import baskets
import candles
import ceramics
import scene
import textiles
import woodwork

CONTENT = pathlib.Path(__file__).resolve().parent.parent / "content"
MODULES = (ceramics, textiles, woodwork, baskets, candles)
PICTURES = {name.replace("_", "-"): make for module in MODULES for name, make in vars(module).items()
            if re.fullmatch(r"[a-z_]+_\d|share", name)}


def wanted(name):
    """The pictures that a name stands for."""
    if name == "all":
        return list(PICTURES)
    found = [key for key in PICTURES if key == name or key.rpartition("-")[0] == name]
    if not found:
        sys.exit(f"no picture called {name}; there are: {', '.join(PICTURES)}")
    return found


def path_for(picture, out):
    """Where a picture goes: one folder a product, share.jpg at the top."""
    if out:
        return pathlib.Path(out) / f"{picture}.jpg"
    if picture == "share":
        return CONTENT / "share.jpg"
    return CONTENT / "products" / picture.rpartition("-")[0] / f"{picture}.jpg"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name")
    parser.add_argument("--preview", action="store_true", help="a quarter of the size, 4 samples")
    parser.add_argument("--samples", type=int, default=24, help="rays a pixel, at most")
    parser.add_argument("--percent", type=int, default=100, help="render smaller, and enlarge")
    parser.add_argument("--out", help="write here instead of the content folder")
    options = parser.parse_args()
    for picture in wanted(options.name):
        began = time.monotonic()
        path = path_for(picture, options.out)
        path.parent.mkdir(parents=True, exist_ok=True)
        scene.reset(seed=7)
        PICTURES[picture]()
        scene.render_jpeg(path, options.preview, options.samples, options.percent)
        print(f"{path} {path.stat().st_size // 1000} kB {time.monotonic() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main()
