// `bazaar serve` on a copy of the demo shop and its theme: the till in process, a stand-in for Stripe, mails in a folder.

import { execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));

export async function open() {
  const bazaar = process.env.BAZAAR;
  if (!bazaar || !existsSync(bazaar)) throw new Error("BAZAAR must name the program: run `cargo xtask test`");
  const folder = mkdtempSync(path.join(tmpdir(), "bazaar-shop-"));
  // With the photos that were developed before, if any: they take the longest.
  for (const part of ["content", "themes", ".bazaar/photos"]) {
    if (existsSync(path.join(root, part))) cpSync(path.join(root, part), path.join(folder, part), { recursive: true });
  }
  const child = spawn(bazaar, ["--shop", folder, "serve"], { stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  let said = "";
  const origin = await new Promise((resolve, reject) => {
    const listen = (chunk) => {
      said += chunk;
      const found = said.match(/your shop: (http:\/\/localhost:\d+)/);
      if (found) resolve(found[1]);
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    child.once("exit", (code) => reject(new Error(`bazaar serve ended with ${code}: ${said}`)));
    setTimeout(() => reject(new Error(`bazaar serve did not begin within three minutes: ${said}`)), 180_000).unref();
  });
  const mailFolder = path.join(folder, ".bazaar/mail");
  return {
    origin,
    said: () => said,
    mails: () => (existsSync(mailFolder) ? readdirSync(mailFolder).filter((name) => name.endsWith(".html")).sort() : []),
    mail: (name) => readFileSync(path.join(mailFolder, name), "utf8"),
    // What an owner does in another terminal.
    run: (...words) => execFileSync(bazaar, ["--shop", folder, ...words], { encoding: "utf8" }),
    // Changes a file below content/, as the owner does while the shop is served.
    edit(file, pattern, text) {
      const at = path.join(folder, "content", file);
      const before = readFileSync(at, "utf8");
      if (!pattern.test(before)) throw new Error(`${file} has no ${pattern}`);
      writeFileSync(at, before.replace(pattern, text));
    },
    async stop() {
      child.kill("SIGINT");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

// Waits until something is as it should be.
export async function until(what, holds, patience = 60_000) {
  const end = Date.now() + patience;
  for (;;) {
    const found = await holds();
    if (found) return found;
    if (Date.now() > end) throw new Error(`never came: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
