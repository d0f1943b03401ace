// The stand-in for Stripe, as a program of its own.

import { spawn } from "node:child_process";
import { given } from "./given.mjs";

/** Its address. It sends its events to `webhook`, signed as `whsec_simulator`. Stopped when the test ends. */
export async function standIn(t, webhook) {
  const program = given("SIMULATOR", "the program `simulator`");
  const child = spawn(program, ["--port", "0", ...(webhook ? ["--webhook", webhook] : [])], { stdio: ["ignore", "ignore", "pipe"] });
  const ended = new Promise((resolve) => child.once("close", resolve));
  t.after(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  let said = "";
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (status) => reject(new Error(`the stand-in for Stripe ended with ${status}: ${said}`)));
    child.stderr.setEncoding("utf8").on("data", (text) => {
      said += text;
      const found = said.match(/API\s+(http:\/\/127\.0\.0\.1:\d+)\/v1\//);
      if (found) resolve(found[1]);
    });
  });
}
