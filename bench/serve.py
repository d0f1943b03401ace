"""From saving a file to the page that shows it, as a browser would see: one product is edited while a generator serves."""

import http.client
import os
import signal
import socket
import subprocess
import time

from measure import prefer

SETTLE = 2  # seconds between edits


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


def edits(peer, work, env, log, count):
    """Milliseconds of each edit."""
    port, source = free_port(), peer.product_file(work)
    path = "/products/%s/" % source.stem
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
        until(process, port, path, b"</html>", 600)
        time.sleep(12 if peer.name == "eleventy" else SETTLE)  # its watcher misses edits made at once
        times = []
        for i in range(count):
            marker = "Served edit %d of %d." % (i, time.time_ns())
            with open(source, "a") as f:
                f.write("\n%s\n" % marker)
            saved = time.monotonic()
            times.append((until(process, port, path, marker.encode(), 120) - saved) * 1000)
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
