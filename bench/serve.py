"""From saving a file to the page that shows it, as a browser would see: one file is edited while a generator serves."""

import http.client
import os
import signal
import socket
import subprocess
import time

from measure import prefer

SETTLE = 2  # seconds between edits


def replace(path, old, new):
    """Replaces the first `old` of a file."""
    text = path.read_text()
    if old not in text:
        raise RuntimeError("%s does not hold %r" % (path, old))
    path.write_text(text.replace(old, new, 1))


class Edit:
    """What is edited: `save(marker)` changes it, and the page at `path` shows the marker then."""

    def __init__(self, peer, work, kind):
        product = peer.product_file(work)
        self.path = "/products/%s/" % product.stem
        if kind == "product":
            self.save = lambda marker: product.open("a").write("\n%s\n" % marker)
        elif kind == "category":
            self.path = "/categories/kitchen/"
            file = work / "content/categories/kitchen.md"
            self.save = lambda marker: file.write_text("---\ntitle: Kitchen %s\n---\n" % marker)
        elif kind == "template":
            file = work / "themes/plain/templates/product.html"
            self.save = lambda marker: replace(file, "{% block main %}", "{% block main %}<p>" + marker + "</p>")
        else:
            self.path, self.shown = "/products/", "All products"
            file = work / "themes/plain/translations/en.yaml"

            def save(marker):
                replace(file, "products: " + self.shown, "products: " + marker)
                self.shown = marker

            self.save = save


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def fetch(port, path):
    """The page's bytes, or nothing while the server does not answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        return body if answer.status == 200 else b""
    except OSError:
        return b""
    finally:
        connection.close()


def until(process, port, path, marker, limit):
    """Asks again and again until the page holds the marker; the moment it did."""
    end = time.monotonic() + limit
    while time.monotonic() < end:
        if marker in fetch(port, path):
            return time.monotonic()
        if process.poll() is not None:
            raise RuntimeError("the server ended with %d" % process.returncode)
        time.sleep(0.002)
    raise RuntimeError("%s did not show %r within %d s" % (path, marker, limit))


def edits(peer, work, env, log, kinds, count):
    """Milliseconds of each edit, by what was edited."""
    port = free_port()
    command = peer.serve_command(work, port)
    with open(log, "ab") as out:
        process = subprocess.Popen(
            command,
            cwd=work,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=prefer,
        )
    try:
        until(process, port, Edit(peer, work, "product").path, b"</html>", 600)
        time.sleep(12 if peer.name == "eleventy" else SETTLE)  # its watcher misses edits made at once
        times = {}
        for kind in kinds:
            edit = Edit(peer, work, kind)
            for i in range(count):
                marker = "Served edit %d of %d." % (i, time.time_ns())
                edit.save(marker)
                saved = time.monotonic()
                shown = until(process, port, edit.path, marker.encode(), 120)
                times.setdefault(kind, []).append((shown - saved) * 1000)
                time.sleep(SETTLE)
        return times
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
