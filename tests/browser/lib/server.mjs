// A static host on a free loopback port that answers like the real one: clean addresses, 404.html with its status,
// right types, texts compressed, and the headers and redirects that the shop ships in `_headers` and `_redirects`.

import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { DIST, fileOf, has, redirects } from "./dist.mjs";
import { headersFor, readHeaderRules } from "./headers.mjs";
import { answer } from "./till.mjs";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".webmanifest": "application/manifest+json; charset=utf-8",
  ".xml": "application/xml; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
  ".svg": "image/svg+xml",
  ".webp": "image/webp",
  ".avif": "image/avif",
  ".jpg": "image/jpeg",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
};

const PIECES = 12;
const BETWEEN = 35; // ms: two frames

const PACKERS = { br: brotliCompressSync, gzip: gzipSync };
const packed = new Map();

/** A file as the browser takes it: `{ body, encoding }`. */
function pack(file, type, accepted = "") {
  const encoding = /^text|json|xml|svg/.test(type) && Object.keys(PACKERS).find((name) => accepted.includes(name));
  const key = `${file} ${encoding}`;
  if (!packed.has(key)) {
    const body = readFileSync(path.join(DIST, file));
    packed.set(key, encoding ? PACKERS[encoding](body) : body);
  }
  return { body: packed.get(key), encoding };
}

/** Sends a body as a slow line does: in pieces, with time to draw between them. */
async function trickle(response, body) {
  const size = Math.ceil(body.length / PIECES);
  for (let start = 0; start < body.length; start += size) {
    response.write(body.subarray(start, start + size));
    await setTimeout(BETWEEN);
  }
  response.end();
}

/** `{ origin, stop }`. `till` answers below `/api/`; null for a host without one. `slow`: pages come in pieces. */
export async function serve(till = answer, { slow = false } = {}) {
  const rules = has("_headers") ? readHeaderRules(readFileSync(path.join(DIST, "_headers"), "utf8")) : [];
  const server = createServer((request, response) => {
    const address = new URL(request.url, "http://shop.invalid").pathname;
    const send = (status, file) => {
      const type = TYPES[path.extname(file)] ?? "application/octet-stream";
      const pieces = slow && type.startsWith("text/html") && request.method !== "HEAD";
      const { body, encoding } = pack(file, type, pieces ? "" : request.headers["accept-encoding"]);
      const coding = encoding ? { "content-encoding": encoding, vary: "accept-encoding" } : {};
      response.writeHead(status, { "content-type": type, "content-length": body.length, ...coding, ...headersFor(rules, address) });
      if (pieces) return void trickle(response, body);
      response.end(request.method === "HEAD" ? undefined : body);
    };
    const move = (target) => response.writeHead(301, { location: target }).end();
    if (till && address.startsWith("/api/")) return void till(request, response);
    const file = fileOf(address);
    if (file) return send(200, file);
    if (redirects.has(address)) return move(redirects.get(address));
    if (!address.endsWith("/") && fileOf(`${address}/`)) return move(`${address}/`);
    const language = address.split("/")[1];
    const missing = [`${language}/404.html`, "404.html"].find(has);
    if (missing) return send(404, missing);
    response.writeHead(404, { "content-type": "text/plain; charset=utf-8" }).end("not found");
  });
  await new Promise((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  const stop = () =>
    new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  return { origin: `http://127.0.0.1:${server.address().port}`, stop };
}
