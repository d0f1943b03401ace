// What an account of AWS holds in these tests, in one folder, and CloudFront's answers for it:
//
//   cloud.json   the stack, its functions and their versions, the keys of the KeyValueStore, what is known of each object, the secret;
//                `signedOut` where nobody is signed in: then every command of `aws` but --version fails
//   bucket/      the objects' bytes
//   calls        every command and every request in their order, one a line
//
// `faults` in cloud.json: { "call": "put-key", "times": 1 }. A call that this expression fits goes wrong that many times, in its own
// manner: `aws` and `sam` fail, a request is answered 500, a till that is invoked answers 503. With `signal` it is carried out, and
// the program that made it gets that signal.

import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const STORE = "arn:aws:cloudfront::123456789012:key-value-store/pointer";
export const BUCKET = "pages";

/** The certificate of www.example.com, signed by itself, and its key: made once, valid from 2020 to 2120. */
export const CERTIFICATE = fileURLToPath(new URL("./www.example.com.pem", import.meta.url));

/** Ends with a status that is not 0. What changed until here stays, as it would there. */
export class Refusal extends Error {
  constructor(message, status = 254) {
    super(message);
    this.status = status;
  }
}
export function refuse(message, status) {
  throw new Refusal(message, status);
}

/** The account as it is now; `save` keeps what was changed in it. */
export function open(home) {
  const file = path.join(home, "cloud.json");
  const empty = { parameters: null, functions: {}, etag: 1, keys: {}, objects: {}, clock: 0, faults: [] };
  const cloud = { ...empty, ...JSON.parse(readFileSync(file, "utf8")) };
  return {
    cloud,
    bytes: (key) => path.join(home, "bucket", key),
    save() {
      writeFileSync(`${file}.new`, JSON.stringify(cloud, null, 1));
      renameSync(`${file}.new`, file);
    },
    /** Writes a call down, and says which fault it meets. */
    faultOf(call) {
      appendFileSync(path.join(home, "calls"), `${call.replaceAll("\n", " ")}\n`);
      const fault = cloud.faults.find((one) => one.times > 0 && new RegExp(one.call).test(call));
      if (fault) fault.times--;
      return fault;
    },
  };
}

/** What the shop answers: `{ status, headers, body }`. */
export function answered(cloud, bytes, address, headers) {
  const { versions, live } = cloud.functions["shop-shopper"];
  if (address === "/api/health") return { status: 200, body: JSON.stringify({ ok: true, catalog: versions[live].catalog }) };
  if (address === "/api/stock") {
    const known = headers.authorization === `Bearer ${cloud.secret.TILL_SWEEP_SECRET}`;
    return known ? { status: 200, body: "{}" } : { status: 403, body: "" };
  }
  const release = headers["x-release"] ?? cloud.keys.release;
  if (!release) return { status: 503, body: "" };
  const moved = cloud.keys[`${release}:${address}`];
  if (moved) return { status: 301, headers: { location: moved }, body: "" };
  const key = `releases/${release}${address}${address.endsWith("/") ? "index.html" : ""}`;
  if (!cloud.objects[key]) return { status: 404, body: existsSync(bytes("404.html")) ? readFileSync(bytes("404.html")) : "" };
  const { type, cache, metadata } = cloud.objects[key];
  const own = Object.entries(metadata).map(([header, value]) => [header.replace(/^h-/, ""), value]);
  return { status: 200, headers: { "content-type": type, "cache-control": cache, ...Object.fromEntries(own) }, body: readFileSync(bytes(key)) };
}

/** CloudFront before this account, under a name of its own: answers only who asks for the shop's name, also in TLS. */
export async function front(home) {
  const pem = readFileSync(CERTIFICATE);
  const server = createServer({ cert: pem, key: pem }, (request, response) => {
    const { cloud, bytes, save, faultOf } = open(home);
    const release = request.headers["x-release"];
    const { host } = new URL(cloud.address);
    const fault = faultOf(`${request.method} ${cloud.address}${request.url}${release ? ` x-release: ${release}` : ""}`);
    save();
    const known = request.headers.host === host && request.socket.servername === host && cloud.parameters;
    if (!known) return response.writeHead(421).end();
    if (fault) return response.writeHead(500).end();
    const { status, headers, body } = answered(cloud, bytes, request.url, request.headers);
    response.writeHead(status, headers).end(body);
  });
  await new Promise((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  return {
    host: `127.0.0.1:${server.address().port}`,
    close: () => new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    }),
  };
}
