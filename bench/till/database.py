"""A PostgreSQL of the bench's own, on a port of the loopback, in a folder of its own."""

import os
import shutil
import subprocess
from pathlib import Path


class Postgres:
    def __init__(self, folder, port, before):
        self.port, self.data = port, folder / "data"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        # Its user must be able to come here, whoever may look into the folders above.
        if os.getuid() == 0:
            self.data = Path("/var/tmp") / ("bench-postgres-%d" % port)
            self.data.mkdir()
            shutil.chown(self.data, "postgres")
        self.program("initdb", "-U", "till", "-A", "trust", "--no-instructions", "-D", self.data)
        options = "-p %d -c listen_addresses=127.0.0.1 -c unix_socket_directories=''" % port
        self.program("pg_ctl", "-D", self.data, "-w", "-o", options, "-l", self.data / "log", "start", preexec_fn=before)

    def program(self, name, *arguments, **more):
        """A server program, run as a user other than root: PostgreSQL refuses to be root."""
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/" + name))
        path = found[-1] if found else shutil.which(name)
        if not path:
            raise RuntimeError("%s was not found: install the package `postgresql`" % name)
        user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        subprocess.run([*user, path, *map(str, arguments)], cwd="/", check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **more)

    def run(self, database, sql):
        subprocess.run(["psql", "-q", "-h", "127.0.0.1", "-p", str(self.port), "-U", "till", "-d", database, "-f", "-"], input=sql, text=True, check=True)

    def database(self, name):
        """The address of a new database."""
        self.run("postgres", "CREATE DATABASE " + name)
        return "postgres://till@127.0.0.1:%d/%s" % (self.port, name)

    def stop(self):
        self.program("pg_ctl", "-D", self.data, "-m", "fast", "stop")
        shutil.rmtree(self.data)
