// A PostgreSQL of the test's own: on a free port of the loopback, in a folder that goes away with it.

import { execFileSync } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { freePort, must, run } from "./given.mjs";

const HELP = "PostgreSQL's server programs are needed: install the package `postgresql` (Debian) and run again";
const isRoot = process.getuid?.() === 0;

function find(name) {
  let bindir = "";
  try {
    bindir = execFileSync("pg_config", ["--bindir"], { encoding: "utf8" }).trim();
  } catch {
    // not installed: the other places may have it
  }
  const versions = existsSync("/usr/lib/postgresql") ? readdirSync("/usr/lib/postgresql") : [];
  const places = [bindir, ...versions.map((version) => `/usr/lib/postgresql/${version}/bin`), ...process.env.PATH.split(path.delimiter)];
  const found = places.filter(Boolean).map((place) => path.join(place, name)).find(existsSync);
  if (!found) throw new Error(`${name} was not found. ${HELP}`);
  return found;
}

/** A server program with its words, as a user other than root: PostgreSQL refuses to be root. */
const program = (name, words) => (isRoot ? ["runuser", ["-u", "postgres", "--", find(name), ...words]] : [find(name), words]);

/** Makes a cluster and starts it: its address. Stopped when the test ends. */
export async function postgres(t) {
  const home = mkdtempSync(path.join(tmpdir(), "bazaar-postgres-"));
  const data = path.join(home, "data");
  t.after(async () => {
    const [stop, words] = program("pg_ctl", ["-D", data, "-m", "immediate", "stop"]);
    await run(stop, words, { cwd: "/" });
    rmSync(home, { recursive: true, force: true });
  });
  if (isRoot) {
    const id = (flag) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
    chownSync(home, id("-u"), id("-g"));
  }
  const port = await freePort();
  const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off -c max_connections=40`;
  await must(...program("initdb", ["-U", "till", "-A", "trust", "-N", "--no-instructions", "-D", data]), { cwd: "/" });
  // Its own output goes into a file: a server that keeps a pipe open would make the test wait for it.
  await must(...program("pg_ctl", ["-D", data, "-w", "-t", "60", "-o", options, "-l", path.join(home, "log"), "start"]), { cwd: "/" });
  return `postgres://till@127.0.0.1:${port}/postgres`;
}
