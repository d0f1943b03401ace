#!/usr/bin/env python3
"""Measures the till beside a Node function with Stripe's official package, and writes a Markdown table.

usage: till.py --bazaar BINARY --till BINARY --simulator BINARY --folder FOLDER [--quick] [--pushes]

Each measured process has one core (0) of its own; the stand-in for Stripe, PostgreSQL and who asks share another.
Installs, databases, logs and results-till.md go into FOLDER. ../README.md says what is measured.
"""

import argparse
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from database import Postgres
from measure import HZ, prefer, wait_quiet
from peers import environment

HOST = "shop.example"
KEY = "sk_test_bench"
MEASURED, OTHERS = 0, 1  # cores
OPEN = 400  # checkouts at a time: the till takes no more than 500 that are not paid


def pinned(core):
    def before():
        os.sched_setaffinity(0, {core % os.cpu_count()})
        prefer()

    return before


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def ask(port, path):
    """One request on a connection of its own; None while nobody listens or the answer is no success."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as s:
            s.sendall(("GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n" % (path, HOST)).encode())
            answer = b""
            while chunk := s.recv(65536):
                answer += chunk
    except ConnectionRefusedError:
        return None
    return answer if answer.startswith(b"HTTP/1.1 200") else None


class Process:
    """A server on a port: started, timed until its first answer, stopped."""

    def __init__(self, command, env, log, core, first):
        self.port = int(env["TILL_LISTEN"].split(":")[1])
        with open(log, "ab") as out:
            began = time.perf_counter()
            self.process = subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=out, preexec_fn=pinned(core))
        while ask(self.port, first) is None:
            if self.process.poll() is not None or time.perf_counter() - began > 60:
                raise RuntimeError("%s does not answer; see %s" % (command, log))
            time.sleep(0.0002)
        self.first_answer = time.perf_counter() - began

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def memory(self):
        """The most it held at once, MB."""
        return int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/%d/status" % self.process.pid).read_text())[1]) / 1024

    def cpu(self):
        fields = Path("/proc/%d/stat" % self.process.pid).read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / HZ


class Shop:
    """The yardstick's catalog, built."""

    def __init__(self, folder, bazaar, products):
        self.folder = folder / ("shop-%d" % products)
        self.products = products
        shutil.rmtree(self.folder, ignore_errors=True)
        python = sys.executable
        command = [python, HERE.parent / "gen_catalog.py", str(products), "0", self.folder, "--layout", "bazaar"]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        # The till's pages and mails come from the theme: the default one, as owners have it.
        shop = self.folder / "content/shop.yaml"
        shop.write_text(shop.read_text().replace("theme: plain", "theme: petit"))
        subprocess.run([bazaar, "build", "--quiet", "--out", "dist"], cwd=self.folder, check=True)
        self.snapshot, self.catalog = self.folder / ".bazaar/snapshot", self.folder / "dist/catalog.json"
        self.supply = {}
        for file in (self.folder / "content/products").glob("*.md"):
            self.supply.update((sku, int(n)) for sku, n in re.findall(r"sku: ([^,]+),.* supply: (\d+)", file.read_text()))

    def skus(self):
        """Those of which there are enough for everyone who asks."""
        return sorted(sku for sku, supply in self.supply.items() if supply >= 5)


class Bench:
    def __init__(self, options):
        self.folder, self.quick, self.only_pushes = options.folder.resolve(), options.quick, options.pushes
        self.bazaar, self.till, self.simulator = (path.resolve() for path in (options.bazaar, options.till, options.simulator))
        self.log = self.folder / "till.log"
        self.env = {**environment(), "TILL_LOG": "warn"}
        self.node = self.install()
        self.databases = 0
        self.lines = []

    def install(self):
        node = self.folder / "npm/till"
        shutil.copytree(HERE / "node", node, dirs_exist_ok=True)
        shutil.copy(HERE / "load.mjs", node)
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--silent", "--no-save", "undici@7.30.2"], cwd=node, check=True)
        return node

    def settings(self, shop, database):
        return {
            **self.env,
            "STRIPE_SECRET_KEY": KEY,
            "STRIPE_WEBHOOK_SECRETS": "whsec_bench",
            "STRIPE_API_URL": "http://127.0.0.1:%d" % self.stripe_port,
            "DATABASE_URL": database,
            "TILL_LINK_KEYS": "k" * 32,
            "TILL_SWEEP_SECRET": "s" * 32,
            "TILL_MAIL_FOLDER": str(self.folder / "mails"),
            "TILL_CLIENT_HEADER": "x-client",
            "TILL_SNAPSHOT": str(shop.snapshot),
            "TILL_LISTEN": "127.0.0.1:%d" % free_port(),
            "CATALOG": str(shop.catalog),
        }

    def fresh(self, kind, shop):
        """The address of an empty database, made ready for the till or its peer."""
        self.databases += 1
        name = "bench%d" % self.databases
        if kind == "sqlite":
            file = self.folder / (name + ".db")
            for left in self.folder.glob(name + ".db*"):
                left.unlink()
            url = "sqlite://%s?mode=rwc" % file
        else:
            url = self.postgres.database(name)
        if kind == "node":
            rows = ",".join("('%s',%d)" % item for item in shop.supply.items())
            self.postgres.run(name, "CREATE TABLE stock (key TEXT PRIMARY KEY, supply BIGINT, taken BIGINT DEFAULT 0)")
            self.postgres.run(name, "CREATE TABLE orders (id TEXT PRIMARY KEY, data TEXT, session TEXT)")
            self.postgres.run(name, "INSERT INTO stock (key, supply) VALUES " + rows)
        else:
            env = {**self.settings(shop, url)}
            subprocess.run([self.bazaar, "database", "init", "--quiet"], cwd=shop.folder, env=env, check=True)
        return url

    def start(self, kind, shop, database, first):
        command = ["node", str(self.node / "function.mjs")] if kind == "node" else [str(self.till)]
        return Process(command, self.settings(shop, database), self.log, MEASURED, first)

    def starts(self, kind, shop, count):
        """Seconds to the first answer of a new process, and MB after it: without and with a question to the database."""
        database = self.fresh(kind, shop)
        found = {}
        for name, path in [("health", "/api/health"), ("stock", "/api/stock?key=" + shop.skus()[0])]:
            runs, memory = [], []
            for _ in range(count):
                with self.start(kind, shop, database, path) as process:
                    runs.append(process.first_answer * 1000)
                    memory.append(process.memory())
            found[name] = runs, memory
        return found

    def load(self, kind, shop, job, requests, rounds):
        """Rounds of requests to a new process with a new database each."""
        found = []
        for _ in range(rounds):
            with self.start(kind, shop, self.fresh(kind, shop), "/api/health") as process:
                url = "http://127.0.0.1:%d" % process.port
                work = dict(url=url, host=HOST, kind=job, skus=shop.skus(), connections=8)
                # The very first requests connect and compile: they are counted in the starts.
                self.shoppers({**work, "requests": min(requests, 50)})
                cpu = process.cpu()
                result = self.shoppers({**work, "requests": requests})
                result.update(cpu=process.cpu() - cpu, memory=process.memory(), rate=result["answered"] / result["seconds"])
                if result["refusals"]:
                    raise RuntimeError("%s, %s: refused: %s" % (kind, job, result["refusals"]))
                found.append(result)
        return found

    def shoppers(self, job):
        command = ["node", str(self.node / "load.mjs")]
        done = subprocess.run(command, input=json.dumps(job), cwd=self.node, capture_output=True, text=True, preexec_fn=pinned(OTHERS))
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        return json.loads(done.stdout)

    def run(self):
        self.stripe_port = free_port()
        with open(self.log, "wb") as out:
            command = [self.simulator, "--port", str(self.stripe_port)]
            stripe = subprocess.Popen(command, stdout=out, stderr=out, preexec_fn=pinned(OTHERS))
        self.postgres = Postgres(self.folder / "postgres", free_port(), pinned(OTHERS))
        try:
            self.measure()
        finally:
            stripe.terminate()
            stripe.wait()
            self.postgres.stop()

    def push(self, shop, number):
        """Seconds from a changed product to pages and till that are ready to go out, everything kept from the push before."""
        file = sorted((shop.folder / "content/products").glob("*.md"))[number]
        text = file.read_text()
        file.write_text(re.sub(r"weight: \d+ g", "weight: %d g" % (100 + number), text, count=1))
        began = time.perf_counter()
        subprocess.run([self.bazaar, "build", "--quiet", "--out", "dist"], cwd=shop.folder, check=True)
        built = time.perf_counter()
        package = [self.bazaar, "package", "--quiet", "--target", "lambda", "--context", "preview", "--binary", self.till]
        subprocess.run(package, cwd=shop.folder, env=environment(), check=True)
        return built - began, time.perf_counter() - built

    def pushes(self, shops):
        """What a push of content costs, and how a packaged till starts."""
        head = ["a push of content", "build, s", "package, s", "package, MB", "start to first answer, ms"]
        self.lines += ["", "| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
        for shop in shops:
            wait_quiet()
            self.push(shop, 0)
            runs = [self.push(shop, number) for number in range(1, 3 if self.quick else 8)]
            packaged = shop.folder / ".bazaar/lambda/bootstrap"
            starts = []
            database = self.fresh("sqlite", shop)
            for _ in range(3 if self.quick else 15):
                env = self.settings(shop, database)
                del env["TILL_SNAPSHOT"]
                with Process([str(packaged)], env, self.log, MEASURED, "/api/health") as process:
                    starts.append(process.first_answer * 1000)
            size = packaged.stat().st_size / 1e6
            cells = [spread([run[at] for run in runs]) for at in (0, 1)]
            self.tell("%s products" % format(shop.products, ","), *cells, "%.1f" % size, spread(starts))

    def measure(self):
        sizes = [1000] if self.quick else [24, 1000, 10000]
        shops = [Shop(self.folder, self.bazaar, products) for products in sizes]
        self.pushes(shops)
        if self.only_pushes:
            return
        self.lines += ["| start to first answer, ms | without database | with a question to it | MB after it |", "|---" * 4 + "|"]
        count = 3 if self.quick else 15
        for shop in shops:
            for kind, title in TITLES.items():
                wait_quiet()
                found = self.starts(kind, shop, count)
                cells = [spread(found[name][0]) for name in ("health", "stock")]
                self.tell("%s, %s products" % (title, format(shop.products, ",")), *cells, "%.0f" % statistics.median(found["stock"][1]))
        self.lines += ["", "| requests, one core, 8 connections | a second | median ms | 99 % ms | its CPU ms each | MB |", "|---" * 6 + "|"]
        rounds = 1 if self.quick else 5
        for job, requests in [("stock", 5000), ("quote", 5000), ("cart", 5000), ("checkout", OPEN)]:
            for kind, title in TITLES.items():
                if (job, kind) == ("cart", "node"):
                    continue  # it has no pages
                wait_quiet()
                runs = self.load(kind, shops[-1], job, 400 if self.quick else requests, rounds)
                each = [1000 * run["cpu"] / run["answered"] for run in runs]
                cells = [spread([run[key] for run in runs]) for key in ("rate", "p50", "p99")]
                self.tell("%s, %s" % (job, title), *cells, "%.2f" % statistics.median(each), "%.0f" % max(run["memory"] for run in runs))
        self.lines += ["", "- the program `till`: %.1f MB" % (self.till.stat().st_size / 1e6)]
        modules = sum(path.stat().st_size for path in (self.node / "node_modules").rglob("*") if path.is_file() and "undici" not in path.parts)
        self.lines.append("- node_modules of the peer: %.1f MB, and Node itself" % (modules / 1e6))
        for shop in shops:
            self.lines.append("- snapshot of %s products: %.2f MB" % (format(shop.products, ","), shop.snapshot.stat().st_size / 1e6))

    def tell(self, *cells):
        self.lines.append("| " + " | ".join(cells) + " |")
        print(self.lines[-1], flush=True)


TITLES = {"sqlite": "till, SQLite", "postgres": "till, PostgreSQL", "node": "Node, PostgreSQL"}


def spread(values):
    digits = "%.0f" if min(values) >= 100 else "%.1f" if min(values) >= 1 else "%.2f"
    return " ".join([digits, "(%s-%s)" % (digits, digits)]) % (statistics.median(values), min(values), max(values))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("bazaar", "till", "simulator", "folder"):
        parser.add_argument("--" + name, required=True, type=Path)
    parser.add_argument("--quick", action="store_true", help="1,000 products, few requests")
    parser.add_argument("--pushes", action="store_true", help="what a push of content costs, and no more")
    bench = Bench(parser.parse_args())
    bench.run()
    text = "\n".join(bench.lines) + "\n"
    (bench.folder / "results-till.md").write_text(text)
    print("\n" + text)


if __name__ == "__main__":
    main()
