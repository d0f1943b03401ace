// deploy/build.sh and `bazaar prepare`, to which it hands over, with stand-ins for the other commands of `bazaar`, `cargo` and the
// world: what they run, with which words, and what they do when something is missing, fails or lies. `curl` and `git` are the real ones.

import test from "node:test";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import path from "node:path";
import { execFileSync } from "node:child_process";
import { bazaarProgram, folder, listening, must, root, run } from "./lib/given.mjs";

const SECRET = 'sweep-"secret"-0123456789';

/** Writes a program of a few lines of shell. */
function program(file, lines) {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${lines}\n`);
  chmodSync(file, 0o755);
}

// Says what it was told, and what it knew. What calls it is the real one.
const BAZAAR = `[ "$1" != prepare ] || exec "${bazaarProgram()}" "$@"
echo "bazaar $*" >> "$LOG"
if [ "$1" = database ]; then
  for name in DATABASE_DIRECT_URL DATABASE_URL NETLIFY_DATABASE_URL NETLIFY_DATABASE_URL_UNPOOLED NETLIFY_DB_URL; do
    eval "url=\\\${$name:-}"
    [ -z "$url" ] || echo "knows $name=$url" >> "$LOG"
  done
fi
[ "$1" != "\${FAIL:-}" ] || exit 3`;
const TOOLS = ["sh", "cat", "chmod", "cksum", "curl", "cut", "dirname", "git", "grep", "gzip", "head", "mkdir", "mv", "rm", "sed", "sha256sum", "tar", "tr", "cp"];

/** A shop with the script, a PATH of its own, and a log of what the stand-ins were told. */
function shop(t, { machine = "x86_64", system = "Linux" } = {}) {
  const home = folder(t, "script");
  const at = (...parts) => path.join(home, ...parts);
  mkdirSync(at("shop/content"), { recursive: true });
  mkdirSync(at("shop/deploy"));
  writeFileSync(at("shop/content/shop.yaml"), 'name: Test\nurl: "https://shop.example"   # here\n');
  for (const file of ["build.sh", "common.sh"]) cpSync(path.join(root, "deploy", file), at("shop/deploy", file));
  mkdirSync(at("path"));
  for (const tool of TOOLS) symlinkSync(execFileSync("which", [tool], { encoding: "utf8" }).trim(), at("path", tool));
  program(at("path/uname"), `case $1 in -m) echo ${machine} ;; *) echo ${system} ;; esac`);
  const env = { PATH: at("path"), HOME: home, LOG: at("log"), GIT_CONFIG_NOSYSTEM: "1" };
  return {
    at,
    env,
    put: (file, text) => {
      mkdirSync(path.dirname(at("shop", file)), { recursive: true });
      writeFileSync(at("shop", file), text);
    },
    log: () => (existsSync(at("log")) ? readFileSync(at("log"), "utf8").trim().split("\n") : []),
    forget: () => rmSync(at("log"), { force: true }),
    /** `bazaar` and `till`, brought along. */
    programs() {
      for (const name of ["bazaar", "till"]) program(at("programs", name), BAZAAR);
      env.BAZAAR_PROGRAMS = at("programs");
    },
    build: (target = "netlify", more = {}) => run(at("path/sh"), ["deploy/build.sh", ...[target].flat()], { cwd: at("shop"), env: { ...env, ...more } }),
  };
}

/** A till that tells the stock to who knows the secret. What it says may be changed. */
async function till(t) {
  const state = { asked: [], status: 200, body: '{"BOL":{"sold":1,"held":0,"away":0}}' };
  const server = createServer((request, response) => {
    state.asked.push(request.url);
    const known = request.headers.authorization === `Bearer ${SECRET}`;
    if (state.cut) {
      response.writeHead(200, { "content-length": 1000 }).write(state.body);
      return response.destroy();
    }
    response.writeHead(known ? state.status : 403).end(state.body);
  });
  state.origin = await listening(t, server);
  return state;
}

const STOCK = ".bazaar/stock.json";

test("build, package, and the words that go with them", async (t) => {
  const { programs, build, log, at } = shop(t);
  programs();
  const built = await build("lambda");
  assert.equal(built.status, 0, built.all);
  assert.deepEqual(log(), ["bazaar build", `bazaar package --target lambda --context production --binary ${at("programs/till")}`]);
  assert.match(built.err, /cannot be asked what is sold/);
});

test("wrong words are told with the right ones", async (t) => {
  const { programs, build, log, at, env } = shop(t);
  programs();
  const refused = async (help, target, more) => {
    const { status, err } = await build(target, more);
    assert.equal(status, 2, err);
    assert.match(err, help);
  };
  await refused(/build\.sh netlify/, []);
  await refused(/build\.sh netlify/, "vercel");
  await refused(/production or preview/, "netlify", { BAZAAR_CONTEXT: "staging" });
  await refused(/x86_64 or arm64/, "lambda", { TILL_ARCH: "mips" });
  await refused(/Netlify runs no functions on arm64/, "netlify", { TILL_ARCH: "arm64" });
  await refused(/no program .*nowhere/, "netlify", { BAZAAR_PROGRAMS: "nowhere" });
  delete env.BAZAAR_PROGRAMS;
  await refused(/\.bazaar-version/, "netlify");
  rmSync(at("shop/content/shop.yaml"));
  await refused(/bazaar init/, "netlify");
  assert.deepEqual(log(), []);
});

/** As much of an ELF program as says which processor it is for. */
function elf(file, machine) {
  const bytes = Buffer.alloc(64);
  bytes.write("\x7fELF\x02\x01\x01", "latin1");
  bytes.writeUInt16LE(machine, 18);
  writeFileSync(file, bytes);
}
const [X86_64, ARM64, RISCV] = [62, 183, 243];

test("a till for another processor than it will run on is refused, before anything is built", async (t) => {
  const { programs, build, log, at, forget } = shop(t);
  programs();
  for (const [machine, target, arch, says] of [
    [ARM64, "netlify", undefined, /will run on x86_64, and .*programs\/till is for arm64[\s\S]*TILL_ARCH=arm64/],
    [ARM64, "lambda", "x86_64", /will run on x86_64, and .* is for arm64/],
    [X86_64, "lambda", "arm64", /will run on arm64, and .* is for x86_64[\s\S]*give a till for arm64/],
    [RISCV, "lambda", undefined, /is for another processor/],
    [X86_64, "netlify"],
    [X86_64, "lambda"],
    [ARM64, "lambda", "arm64"],
    [ARM64, "programs"],
  ]) {
    forget();
    elf(at("programs/till"), machine);
    const { status, err } = await build(target, { TILL_ARCH: arch });
    const what = `${machine} ${target} ${arch}: ${err}`;
    assert.equal(status, says ? 2 : 0, what);
    if (says) assert.match(err, says);
    assert.equal(log().length, says || target === "programs" ? 0 : 2, what);
  }
});

test("for Lambda deploy/aws.env says which processor, where the environment does not", async (t) => {
  const { programs, build, put, at } = shop(t);
  programs();
  elf(at("programs/till"), ARM64);
  const status = async (text, target, more) => {
    put("deploy/aws.env", text);
    return (await build(target, more)).status;
  };
  for (const text of ["TILL_ARCH=arm64\n", 'AWS_REGION=eu-west-3\r\n  TILL_ARCH= "arm64"  # "cheaper"\r\n', "#TILL_ARCH=x86_64\nTILL_ARCH=\nTILL_ARCH='arm64'", "TILL_ARCH=arm64 # cheaper"]) {
    assert.equal(await status(text, "lambda"), 0, text);
    assert.equal(await status(text, "lambda", { TILL_ARCH: "" }), 0, "an empty variable is not set");
    assert.equal(await status(text, "lambda", { TILL_ARCH: "x86_64" }), 2, "the environment counts more");
    assert.match((await build("netlify")).err, /will run on x86_64/, "Netlify is not AWS");
  }
  assert.equal(await status("AWS_REGION=eu-west-3\n", "lambda"), 2, "x86_64 is meant where nothing says so");
  put("deploy/aws.env", "TILL_ARCH=$(touch ran)\n");
  assert.match((await build("lambda")).err, /deploy\/aws\.env: TILL_ARCH is \$\(touch ran\)[\s\S]*x86_64 or arm64/);
  assert.ok(!existsSync(at("shop/ran")), "the file is read, not run");
});

test("the programs alone, brought along: they lie where compiled ones would", async (t) => {
  const { programs, build, log, at, forget } = shop(t);
  programs();
  for (const time of ["first", "second"]) {
    const built = await build("programs");
    assert.equal(built.status, 0, `${time}: ${built.all}`);
    assert.deepEqual(readdirSync(at("shop/.bazaar")), ["bin"]);
    for (const name of ["bazaar", "till"]) {
      forget();
      await must(at("shop/.bazaar/bin", name), ["check"], { env: { PATH: at("path"), LOG: at("log") } });
      assert.deepEqual(log(), ["bazaar check"]);
    }
    program(at("programs/bazaar"), `${BAZAAR}\n# a later one`);
  }
  assert.match(readFileSync(at("shop/.bazaar/bin/bazaar"), "utf8"), /a later one/);
});

test("what fails stops the rest, with its own status", async (t) => {
  for (const [step, after] of [["build", 1], ["package", 2], ["database", 4]]) {
    const { programs, build, log } = shop(t);
    programs();
    const { status } = await build("lambda", { FAIL: step, DATABASE_URL: "postgres://pooled" });
    assert.equal(status, 3, step);
    assert.equal(log().length, after, `${step}: ${log()}`);
  }
});

test("the stock: fetched whole, handed to the build", async (t) => {
  const { programs, build, log, at } = shop(t);
  programs();
  const running = await till(t);
  const env = { SHOP_URL: `${running.origin}/`, TILL_SWEEP_SECRET: SECRET };
  assert.equal((await build("netlify", env)).err, "");
  assert.equal(readFileSync(at("shop", STOCK), "utf8"), running.body);
  assert.equal(log()[0], `bazaar build --stock ${STOCK}`);
  assert.match(running.asked[0], /^\/api\/stock\?all=\d+$/, "an address that no cache answers");
  await t.test("on Netlify the site's own address is asked", async () => {
    await build("netlify", { NETLIFY: "true", CONTEXT: "production", URL: running.origin, TILL_SWEEP_SECRET: SECRET });
    assert.equal(running.asked.length, 2);
  });
});

test("the stock: whatever goes wrong, the last one stays, and it is said", async (t) => {
  const { programs, build, log, at, put, forget } = shop(t);
  programs();
  const running = await till(t);
  const env = { SHOP_URL: running.origin, TILL_SWEEP_SECRET: SECRET };
  const last = '{"BOL":{"sold":7,"held":0,"away":0}}';
  const wrong = {
    "the till is closed": () => (running.status = 503),
    "an answer that breaks off": () => (running.cut = true),
    "no JSON": () => (running.body = "<!doctype html>"),
    "another secret": () => (env.TILL_SWEEP_SECRET = "not this one"),
    "nobody there": () => (env.SHOP_URL = "http://127.0.0.1:9"),
  };
  for (const [what, spoil] of Object.entries(wrong)) {
    const [state, before] = [{ ...running }, { ...env }];
    spoil();
    forget();
    put(STOCK, last);
    const kept = await build("netlify", env);
    assert.equal(kept.status, 0, `${what}: ${kept.all}`);
    assert.match(kept.err, /did not tell what is sold[\s\S]*as it was when the till was last asked/, what);
    assert.equal(readFileSync(at("shop", STOCK), "utf8"), last, what);
    assert.equal(log()[0], `bazaar build --stock ${STOCK}`, what);
    rmSync(at("shop", STOCK));
    forget();
    const without = await build("netlify", env);
    assert.match(without.err, /everything as not sold yet/, what);
    assert.equal(log()[0], "bazaar build", what);
    assert.deepEqual(readdirSync(at("shop/.bazaar")), [], `${what}: nothing half is left`);
    Object.assign(running, { cut: false }, state);
    Object.assign(env, before);
  }
});

test("the stock: without curl nobody can ask, and it is said", async (t) => {
  const { programs, build, log, at } = shop(t);
  programs();
  rmSync(at("path/curl"));
  const built = await build("netlify", { SHOP_URL: "https://shop.example", TILL_SWEEP_SECRET: SECRET });
  assert.equal(built.status, 0, built.all);
  assert.match(built.err, /curl is not here[\s\S]*everything as not sold yet/);
  assert.equal(log()[0], "bazaar build");
});

test("the secret is on no command line and in no output", async (t) => {
  const { programs, build, at } = shop(t);
  programs();
  const running = await till(t);
  rmSync(at("path/curl"));
  program(at("path/curl"), `cat > /dev/null; echo "$*" >> "${at("curl")}"; exit 7`);
  const { all } = await build("netlify", { SHOP_URL: running.origin, TILL_SWEEP_SECRET: SECRET });
  assert.match(readFileSync(at("curl"), "utf8"), /api\/stock/);
  assert.ok(!(readFileSync(at("curl"), "utf8") + all).includes("sweep-"));
});

test("a preview: its own context and address; no stock, no tables of production", async (t) => {
  const { programs, build, log, put } = shop(t);
  programs();
  const running = await till(t);
  const env = { SHOP_URL: running.origin, TILL_SWEEP_SECRET: SECRET, DATABASE_URL: "postgres://production" };
  put(STOCK, "{}");
  const built = await build("netlify", { ...env, NETLIFY: "true", CONTEXT: "deploy-preview", DEPLOY_PRIME_URL: "https://deploy-preview-7--shop.netlify.app" });
  assert.equal(built.status, 0, built.all);
  assert.equal(built.err, "");
  assert.equal(log()[0], "bazaar build --base-url https://deploy-preview-7--shop.netlify.app");
  assert.match(log()[1], /--context preview/);
  assert.equal(log().length, 2);
  assert.deepEqual(running.asked, []);
});

test("the database is brought to this version, whichever name it has", async (t) => {
  const { programs, build, log, forget } = shop(t);
  programs();
  for (const env of [
    { DATABASE_URL: "postgres://pooled" },
    { DATABASE_DIRECT_URL: "postgres://direct" },
    { DATABASE_URL: "postgres://own", NETLIFY_DATABASE_URL: "postgres://n", NETLIFY_DATABASE_URL_UNPOOLED: "postgres://nu" },
    { NETLIFY_DATABASE_URL: "postgres://n" },
    { NETLIFY_DB_URL: "postgres://db" },
  ]) {
    forget();
    assert.equal((await build("netlify", env)).status, 0);
    const known = Object.entries(env).map(([name, url]) => `knows ${name}=${url}`);
    assert.deepEqual(log().slice(2), ["bazaar database migrate", ...known.sort()], "which of them counts is its own matter");
  }
  forget();
  assert.equal((await build("netlify", {})).status, 0);
  assert.equal(log().length, 2, "there is none");
});

test("an address that nobody can pay at is told", async (t) => {
  const { programs, build } = shop(t);
  programs();
  const here = { NETLIFY: "true", CONTEXT: "production" };
  assert.match((await build("netlify", { ...here, URL: "https://other.netlify.app" })).err, /says the shop is at https:\/\/shop\.example, Netlify serves it at https:\/\/other/);
  assert.doesNotMatch((await build("netlify", { ...here, URL: "https://shop.example" })).err, /nobody can pay/);
});

// --- programs that are compiled -------------------------------------------------------------------------------------

/** The sources of the programs, in git, with a stand-in for cargo. */
async function sources(t, options) {
  const all = shop(t, options);
  const { at, put, env } = all;
  for (const file of ["Cargo.toml", "Cargo.lock", "generator/src/main.rs", "functions/src/main.rs", "tests/a.mjs", "docs/a.md", "README.md", "xtask/src/main.rs"]) put(file, "1");
  put(".gitignore", "/target\n.bazaar/\n/dist\n");
  program(at("path/cargo"), `echo "cargo $*" >> "$LOG"
[ -z "\${BROKEN:-}" ] || exit 101
case " $* " in *" bazaar "*) name=bazaar profile=release ;; *) name=till profile=till ;; esac
folder=target/$profile
case " $* " in *" --target "*) folder=target/$(echo "$*" | sed 's/.*--target //')/$profile ;; esac
mkdir -p $folder
cat > $folder/$name <<'END'
#!/bin/sh
${BAZAAR}
END`);
  program(at("path/musl-gcc"), "");
  const git = (...words) => must(at("path/git"), ["-c", "user.name=t", "-c", "user.email=t@example.com", ...words], { cwd: at("shop"), env });
  await git("init", "--quiet");
  const commit = async (file, text) => {
    put(file, text);
    await git("add", "-A");
    await git("commit", "--quiet", "-m", "x");
  };
  await commit("content/a.md", "1");
  const compiled = () => all.log().filter((line) => line.startsWith("cargo "));
  return { ...all, git, commit, compiled };
}

test("programs are compiled when their sources changed, and only then", async (t) => {
  const { build, compiled, commit, forget, put, git } = await sources(t);
  const first = await build();
  assert.equal(first.status, 0, first.all);
  assert.match(first.err, /compiling them/);
  assert.deepEqual(compiled(), [
    "cargo build --release --locked --package generator --bin bazaar",
    "cargo build --profile till --locked --package functions --bin till --target x86_64-unknown-linux-musl",
  ]);
  const times = async (count, what) => {
    forget();
    const built = await build();
    assert.equal(built.status, 0, built.all);
    assert.equal(compiled().length, count, `${what}: ${compiled()}`);
    if (count === 0) assert.doesNotMatch(built.err, /compil/, what);
  };
  await times(0, "nothing changed");
  for (const file of ["content/a.md", "content/é b.md", "docs/a.md", "tests/a.mjs", "README.md", "netlify.toml", "xtask/src/main.rs", ".github/workflows/ci.yml"]) {
    await commit(file, "2");
    await times(0, file);
  }
  for (const file of ["generator/src/main.rs", "Cargo.lock", "rust-toolchain.toml", "themes/petit/theme.yaml"]) {
    await commit(file, "2");
    await times(2, file);
    await times(0, `${file}, again`);
  }
  put("content/a.md", "not committed");
  await times(0, "texts that are not committed");
  put("functions/src/main.rs", "not committed");
  await times(2, "sources that are not committed");
  await times(2, "sources that are still not committed: cargo knows");
  await git("checkout", "--quiet", "functions");
  await times(2, "back again");
  await times(0, "and kept");
});

test("a build that is broken off leaves the programs of before", async (t) => {
  const { build, commit, at } = await sources(t);
  await build();
  const before = readFileSync(at("shop/.bazaar/bin/key"), "utf8");
  await commit("generator/src/main.rs", "2");
  const broken = await build("netlify", { BROKEN: "1" });
  assert.equal(broken.status, 101);
  assert.equal(readFileSync(at("shop/.bazaar/bin/key"), "utf8"), before);
  assert.ok(existsSync(at("shop/.bazaar/bin/till")));
});

test("without git cargo is asked every time", async (t) => {
  const { build, compiled, at } = await sources(t);
  rmSync(at("shop/.git"), { recursive: true });
  await build();
  assert.equal((await build()).status, 0);
  assert.equal(compiled().length, 4);
});

test("the till is compiled for where it runs, or it is said what is missing", async (t) => {
  const { build, compiled, at, forget } = await sources(t);
  const crossed = await build("lambda", { TILL_ARCH: "arm64" });
  assert.equal(crossed.status, 3);
  assert.match(crossed.err, /aarch64-unknown-linux-musl[\s\S]*cargo-zigbuild/);
  assert.deepEqual(compiled(), [], "it is said before anything is compiled");
  program(at("path/cargo-zigbuild"), "");
  forget();
  assert.equal((await build("lambda", { TILL_ARCH: "arm64" })).status, 0);
  assert.match(compiled()[1], /^cargo zigbuild .*--target aarch64-unknown-linux-musl$/);
  forget();
  assert.equal((await build("lambda", { TILL_TARGET: "native" })).status, 0);
  assert.doesNotMatch(compiled()[1], /--target/);
  rmSync(at("path/cargo-zigbuild"));
  rmSync(at("path/musl-gcc"));
  forget();
  assert.match((await build("netlify")).err, /musl-tools/);
  program(at("path/rustup"), `echo "cargo rustup $*" >> "$LOG"; exit 1`);
  program(at("path/musl-gcc"), "");
  assert.equal((await build("netlify")).status, 1, "a target that cannot be had");
  rmSync(at("path/rustup"));
  rmSync(at("path/cargo"));
  assert.match((await build("netlify")).err, /rustup\.rs/);
  assert.deepEqual(compiled(), ["cargo rustup --quiet target add x86_64-unknown-linux-musl"], "none of it after minutes of compiling");
});

test("a compiled till that was kept for another processor is refused", async (t) => {
  const { build, at, forget, log } = await sources(t);
  const kept = { TILL_TARGET: "native" };
  assert.equal((await build("lambda", kept)).status, 0);
  elf(at("shop/.bazaar/bin/till"), ARM64);
  forget();
  const { status, err } = await build("lambda", kept);
  assert.equal(status, 2, err);
  assert.match(err, /\.bazaar\/bin\/till is for arm64/);
  assert.deepEqual(log(), []);
});

// --- programs that are fetched --------------------------------------------------------------------------------------

/** A release on a server, and a shop that names it. */
async function release(t, options) {
  const all = shop(t, options);
  const files = new Map();
  const asked = [];
  const server = createServer((request, response) => {
    asked.push(request.url);
    const body = files.get(request.url);
    response.writeHead(body ? 200 : 404).end(body ?? "no");
  });
  const origin = await listening(t, server);
  const sums = [];
  for (const [name, target] of [["bazaar", "x86_64-unknown-linux-musl"], ["till", "x86_64-unknown-linux-musl"], ["till", "aarch64-unknown-linux-musl"]]) {
    const home = folder(t, "release");
    program(path.join(home, name), `${BAZAAR}\n# ${target}`);
    await must("tar", ["-czf", path.join(home, "a.tar.gz"), "-C", home, name]);
    const bytes = readFileSync(path.join(home, "a.tar.gz"));
    files.set(`/r/v1.2.3/${name}-1.2.3-${target}.tar.gz`, bytes);
    sums.push(`${createHash("sha256").update(bytes).digest("hex")}  ${name}-1.2.3-${target}.tar.gz`);
  }
  files.set("/r/v1.2.3/SHA256SUMS", `${sums.join("\n")}\n`);
  all.put(".bazaar-version", `1.2.3\n${origin}/r\n`);
  return { ...all, files, asked, sums, origin };
}

test("a release is fetched, checked, and kept", async (t) => {
  const { build, asked, at, log, put, forget } = await release(t);
  const first = await build();
  assert.equal(first.status, 0, first.all);
  assert.match(first.err, /bazaar 1\.2\.3 fetched/);
  assert.equal(log().length, 2);
  assert.deepEqual(readdirSync(at("shop/.bazaar/bin")).sort(), ["bazaar", "key", "till"]);
  assert.equal(asked.length, 3);
  forget();
  const second = await build();
  assert.doesNotMatch(second.err, /fetched/);
  assert.equal(asked.length, 3, "nothing is fetched again");
  await t.test("the programs alone", async () => {
    forget();
    assert.equal((await build("programs")).status, 0);
    assert.deepEqual(log(), []);
  });
  await t.test("the programs alone for the machine of deploy/aws.env; a build then fetches nothing", async () => {
    put("deploy/aws.env", "TILL_ARCH=arm64\n");
    assert.equal((await build("programs")).status, 0);
    assert.match(readFileSync(at("shop/.bazaar/bin/till"), "utf8"), /aarch64/);
    const fetched = asked.length;
    assert.equal((await build("lambda")).status, 0);
    assert.equal(asked.length, fetched);
    put("deploy/aws.env", "AWS_REGION=eu-west-3\n");
    assert.equal((await build("programs")).status, 0);
  });
  await t.test("for another machine, the till of that machine", async () => {
    assert.equal((await build("lambda", { TILL_ARCH: "arm64" })).status, 0);
    assert.match(readFileSync(at("shop/.bazaar/bin/till"), "utf8"), /aarch64/);
  });
  await t.test("a release that is not there: the programs of before stay", async () => {
    put(".bazaar-version", readFileSync(at("shop/.bazaar-version"), "utf8").replace("1.2.3", "9.9.9"));
    const missing = await build();
    assert.equal(missing.status, 3);
    assert.match(missing.err, /9\.9\.9[\s\S]*could not be fetched[\s\S]*\.bazaar-version.*BAZAAR_PROGRAMS=FOLDER/);
    assert.ok(existsSync(at("shop/.bazaar/bin/bazaar")));
  });
});

test("what is not what was released is refused", async (t) => {
  const { build, files, at, log, sums, put, origin } = await release(t);
  const name = "/r/v1.2.3/till-1.2.3-x86_64-unknown-linux-musl.tar.gz";
  const good = files.get(name);
  files.set(name, Buffer.concat([good, Buffer.from("x")]));
  const refused = async (pattern) => {
    const { status, err } = await build();
    assert.equal(status, 3, err);
    assert.match(err, pattern);
    assert.ok(!existsSync(at("shop/.bazaar/bin")), "nothing of it is kept");
    assert.deepEqual(log(), [], "nothing of it is run");
  };
  await refused(/not what was released/);
  files.set("/r/v1.2.3/SHA256SUMS", sums[0]);
  await refused(/not what was released/);
  // Whoever changes the release can change its sums, but not those in git.
  files.set("/r/v1.2.3/SHA256SUMS", sums.map((line) => line.replace(/^\w+/, createHash("sha256").update(files.get(name)).digest("hex"))).join("\n"));
  put(".bazaar-version", `1.2.3\n${origin}/r\n${sums.join("\n")}\n`);
  await refused(/not what was released/);
  files.set(name, good);
  assert.equal((await build()).status, 0);
  files.delete("/r/v1.2.3/SHA256SUMS");
  rmSync(at("shop/.bazaar/bin"), { recursive: true });
  assert.equal((await build()).status, 0, "sums in git are enough");
});

test("a release without an address, a version or this machine is told", async (t) => {
  const { build, put, origin } = await release(t);
  put(".bazaar-version", "1.2.3\n");
  assert.match((await build()).err, /releases\/download/);
  assert.equal((await build("netlify", { BAZAAR_RELEASES: `${origin}/r` })).status, 0);
  put(".bazaar-version", "1.2.3\nhttp://elsewhere.example/r\n");
  assert.match((await build()).err, /https:\/\/github\.com/, "never without TLS");
  put(".bazaar-version", `../1\n${origin}/r\n`);
  assert.match((await build()).err, /does not begin with a version/);
  const windows = await release(t, { system: "MINGW64_NT" });
  assert.match((await windows.build()).err, /no release of bazaar for MINGW64_NT/);
});

test("an address that is only an example is told as such, and not asked", async (t) => {
  const { build, put, at } = shop(t);
  rmSync(at("path/curl"));
  program(at("path/curl"), `echo "$*" >> "${at("curl")}"; exit 6`);
  for (const address of ["https://example.com/mon-petit-bazaar/releases/download", "https://www.example.com/r", "https://example.com:8443/r", "https://example.com"]) {
    put(".bazaar-version", `1.2.3\n${address}\n`);
    const { status, err } = await build();
    assert.equal(status, 2, err);
    assert.match(err, /is only an example[\s\S]*\.bazaar-version's second line.*BAZAAR_PROGRAMS=FOLDER, with bazaar and till in it/);
  }
  assert.ok(!existsSync(at("curl")));
  put(".bazaar-version", "1.2.3\nhttps://example.com.shop.test/example.com\n");
  assert.match((await build()).err, /could not be fetched/);
});
