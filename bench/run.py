#!/usr/bin/env python3
"""Measures `bazaar` beside other generators on the same catalog, in alternating order, and writes a Markdown table.

usage: run.py --bazaar BINARY --folder FOLDER [--quick] [--peers hugo,astro] [--cases text,floor,petit,edit,photos,serve,huge]

Installs, work folders, logs and results.md go into FOLDER. README.md says what is measured and what to mind.
"""

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

import measure
import serve
from peers import HERE, Tools, environment

CASES = ["text", "floor", "petit", "edit", "photos", "serve"]
HUGE = 100000


class Bench:
    def __init__(self, folder, bazaar, quick, chosen):
        self.folder, self.quick = folder, quick
        folder.mkdir(parents=True, exist_ok=True)
        self.tools = Tools(folder, bazaar)
        self.peers = [peer for peer in self.tools.peers if not chosen or peer.name in (*chosen, "bazaar")]
        self.env = environment()
        self.runs = folder / time.strftime("run-%Y%m%d-%H%M%S", time.gmtime())
        (self.runs / "old").mkdir(parents=True)
        self.results = {}  # (case, peer) -> runs
        self.sizes = {}  # (N, peer) -> what the site holds
        self.failures = []

    def work(self, peer, products, photos=0):
        return self.runs / ("%s-%d-%d" % (peer.name, products, photos))

    def log(self, peer):
        return self.runs / ("%s.log" % peer.name)

    def prepare(self, peer, products, photos=0):
        """Lays a project out, once; all share the same photo files."""
        work = self.work(peer, products, photos)
        if work.exists():
            return work
        pool = self.folder / ("photos-%d-%d" % (products, photos))

        def catalog(layout, into):
            more = ["--link-images", pool / "content/products"] if photos else []
            self.generate(products, photos, into, layout, more)

        if photos and not pool.exists():
            self.generate(products, photos, pool, "bazaar", [])
        peer.lay_out(work, catalog)
        return work

    def generate(self, products, photos, into, layout, more):
        command = [self.tools.python, HERE / "gen_catalog.py", str(products), str(photos), into, "--layout", layout, *more]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)

    def set_aside(self, work, names):
        """Old output is moved, never deleted: deleting made the next build up to 1.6 times as slow."""
        for name in names:
            if (work / name).exists():
                (work / name).rename(self.runs / "old" / str(time.time_ns()))

    def alternate(self, case, count, peers, before):
        """Measures each peer once, then each again, so that a busy minute does not fall on one of them."""
        well = list(peers)
        for turn in range(count):
            for peer in list(well):
                try:
                    work = before(peer)
                    measure.wait_quiet()
                    run = measure.once(peer.build_command(work), work, self.env, self.log(peer))
                except RuntimeError as error:
                    self.failed(case, peer, error)
                    well.remove(peer)
                    continue
                self.results.setdefault((case, peer.name), []).append(run)
                print("%s, %s, run %d: %.2f s" % (case, peer.title, turn + 1, run["wall"]), flush=True)

    def failed(self, case, peer, error):
        self.failures.append("%s, %s: %s" % (case, peer.title, error))
        print("FAILED: " + self.failures[-1], file=sys.stderr, flush=True)

    def cold(self, case, products, photos, count):
        def before(peer):
            work = self.prepare(peer, products, photos)
            self.set_aside(work, [peer.out, *peer.caches])
            return work

        self.alternate(case, count, self.peers, before)
        for peer in self.peers:
            if not photos:
                self.sizes[(products, peer.name)] = size(self.work(peer, products, photos), peer)

    def floor(self, case, products, count):
        """What nobody gets below: the files that `bazaar` published, written one after another by one thread."""
        published = self.work(self.peers[0], products) / self.peers[0].out
        files = [(path.relative_to(published), path.read_bytes()) for path in published.rglob("*") if path.is_file()]
        for _ in range(count):
            into = self.runs / "old" / str(time.time_ns())
            measure.wait_quiet()
            began = time.monotonic()
            for path, data in files:
                target = into / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data)
            self.results.setdefault((case, "bazaar"), []).append(dict(wall=time.monotonic() - began, seconds=True))

    def petit(self, case, products, count):
        """The default theme in two languages instead of the peers' plain one in one."""
        peer = self.peers[0]
        work = self.runs / ("petit-%d" % products)
        shutil.copytree(self.prepare(peer, products) / "content", work / "content")
        shop = work / "content/shop.yaml"
        shop.write_text(shop.read_text().replace("theme: plain", "theme: petit").replace("[en]", "[en, fr]"))

        def before(_):
            self.set_aside(work, [peer.out, *peer.caches])
            return work

        self.alternate(case, count, [peer], before)
        self.sizes[(products, "bazaar with petit")] = size(work, peer)

    def edit(self, case, products, count):
        """Output and caches of the cold build are kept, one product's text is edited before each run."""

        def before(peer):
            work = self.prepare(peer, products)
            if not (work / peer.out).exists():
                measure.once(peer.build_command(work), work, self.env, self.log(peer))
            with open(peer.product_file(work), "a") as f:
                f.write("\nEdited %d.\n" % time.time_ns())
            return work

        self.alternate(case, count, self.peers, before)

    def serve(self, case, products, count):
        for peer in self.peers:
            if not peer.serve or (peer.name == "eleventy" and products > 1000):
                continue
            work = self.prepare(peer, products)
            measure.wait_quiet()
            try:
                # The peers' layouts differ in all but products.
                kinds = ["product", "category", "template", "translation"] if peer.name == "bazaar" else ["product"]
                times = serve.edits(peer, work, self.env, self.log(peer), kinds, count)
            except RuntimeError as error:
                self.failed(case, peer, error)
                continue
            for kind, found in times.items():
                name = "%s, a %s" % (case, kind)
                self.results[(name, peer.name)] = [dict(wall=ms / 1000) for ms in found]
                print("%s, %s: %.0f ms" % (name, peer.title, statistics.median(found)), flush=True)

    def run(self, cases):
        small, large = ([200], 20) if self.quick else ([1000, 10000], 100)
        for n in small:
            count = 5 if n <= 1000 else 3
            if "text" in cases:
                self.cold("text, cold, {:,} products".format(n), n, 0, count)
            if "floor" in cases:
                self.floor("writing bazaar's files and no more, {:,}".format(n), n, count)
            if "petit" in cases:
                self.petit("theme petit in two languages, cold, {:,}".format(n), n, 3)
            if "edit" in cases:
                self.edit("one edit, output kept, {:,}".format(n), n, count)
        if "photos" in cases:
            self.cold("%d photos to %d files, cold" % (large, large * 5), large // 2, 2, 1 if self.quick else 3)
        for n in small:
            if "serve" in cases:
                self.serve("one edit while serving, {:,}".format(n), n, 5)

        if "huge" in cases:
            self.peers = [peer for peer in self.peers if peer.name in ("bazaar", "hugo")]
            self.cold("text, cold, {:,} products".format(HUGE), HUGE, 0, 1)

    def table(self):
        cases = list(dict.fromkeys(case for case, _ in self.results))
        lines = ["| case | " + " | ".join(peer.title for peer in self.peers) + " |", "|---" * (len(self.peers) + 1) + "|"]
        for case in cases:
            lines.append("| %s | " % case + " | ".join(cell(self.results.get((case, peer.name))) for peer in self.peers) + " |")
        lines += ["", "Seconds are medians (min-max), then CPU seconds and the largest process in MB."]
        foreign = [run["foreign"] for runs in self.results.values() for run in runs if "foreign" in run]
        if foreign:
            lines.append("Other processes used %.0f %% of the machine (median; at most %.0f %%)." % (statistics.median(foreign), max(foreign)))
        for (n, name), held in self.sizes.items():
            lines.append("- %s, %d products: %s" % (name, n, held))
        lines += ["- FAILED: " + failure.splitlines()[0] for failure in self.failures]
        for title, reason in self.tools.missing.items():
            lines.append("- %s was not measured: %s" % (title, reason))
        return "\n".join(lines) + "\n"


def cell(runs):
    if not runs:
        return "-"
    walls = [run["wall"] for run in runs]
    if "seconds" in runs[0]:
        return "%.2f (%.2f-%.2f)" % (statistics.median(walls), min(walls), max(walls))
    if "cpu" not in runs[0]:
        return "%.0f ms (%.0f-%.0f)" % tuple(1000 * s for s in (statistics.median(walls), min(walls), max(walls)))
    spread = "%.2f (%.2f-%.2f)" % (statistics.median(walls), min(walls), max(walls))
    return "%s, cpu %.2f, %.0f MB" % (spread, measure.median(runs, "cpu"), max(run["peak"] for run in runs))


def size(work, peer):
    """What a site holds, to see that all build the same."""
    files = [path for path in (work / peer.out).rglob("*") if path.is_file()]
    pages = [path for path in files if path.suffix == ".html"]
    products = [path.stat().st_size for path in pages if path.parent.parent.name == "products" and path.parent.name != "page"]
    total = sum(path.stat().st_size for path in files)
    median = statistics.median(products) if products else 0
    return "%d files, %d pages, %.1f MB, median product page %d bytes" % (len(files), len(pages), total / 1e6, median)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bazaar", required=True, type=Path)
    parser.add_argument("--folder", required=True, type=Path)
    parser.add_argument("--quick", action="store_true", help="200 products and 20 photos only")
    parser.add_argument("--peers", default="", help="only these beside bazaar")
    parser.add_argument("--cases", default=",".join(CASES))
    options = parser.parse_args()
    cases = options.cases.split(",")
    unknown = [case for case in cases if case not in (*CASES, "huge")]
    if unknown:
        sys.exit("no such case: %s; there are: %s" % (", ".join(unknown), ", ".join(CASES)))
    if not options.bazaar.is_file():
        sys.exit("%s is not there: cargo build --profile dist -p generator" % options.bazaar)
    chosen = [name for name in options.peers.split(",") if name]
    bench = Bench(options.folder.resolve(), options.bazaar.resolve(), options.quick, chosen)
    try:
        bench.run(cases)
    finally:
        results = [dict(case=case, peer=peer, runs=runs) for (case, peer), runs in bench.results.items()]
        (bench.runs / "results.json").write_text(json.dumps(results, indent=1))
    table = bench.table()
    (bench.folder / "results.md").write_text(table)
    print("\n" + table + "\nwritten to %s" % (bench.folder / "results.md"))
    shutil.rmtree(bench.runs / "old")
    if bench.failures:
        sys.exit("%d measurement(s) failed; the logs are in %s" % (len(bench.failures), bench.runs))


if __name__ == "__main__":
    main()
