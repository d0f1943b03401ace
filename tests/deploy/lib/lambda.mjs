// A small Lambda: the Runtime API on the loopback, and events in the shapes in which hosts send requests. It runs one
// `bootstrap`, as it was packaged, and hands it one event at a time, as Lambda does.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html

import { spawn } from "node:child_process";
import { createServer } from "node:http";
import path from "node:path";
import { randomUUID } from "node:crypto";

const NEXT = "/2018-06-01/runtime/invocation/next";
const DONE = /^\/2018-06-01\/runtime\/invocation\/([^/]+)\/(response|error)$/;
const PATIENCE = 30_000;

/** Starts a program: `{ invoke(event), request(shape, ask), handler(shape), said(), stop() }`. */
export async function start(program, env = {}) {
  const queue = [];
  const running = new Map();
  let poll = null; // the response of a bootstrap that waits for work
  let broken = null;

  const hand = () => {
    if (!poll || queue.length === 0 || running.size > 0) return;
    const work = queue.shift();
    const response = poll;
    poll = null;
    running.set(work.id, work);
    response.writeHead(200, {
      "content-type": "application/json",
      "lambda-runtime-aws-request-id": work.id,
      "lambda-runtime-deadline-ms": String(Date.now() + PATIENCE),
      "lambda-runtime-invoked-function-arn": "arn:aws:lambda:eu-west-3:000000000000:function:till",
      "lambda-runtime-trace-id": "Root=1-00000000-000000000000000000000000;Sampled=0",
    });
    response.end(JSON.stringify(work.event));
  };
  const breakAll = (error) => {
    broken ??= error;
    for (const work of [...running.values(), ...queue.splice(0)]) work.reject(broken);
    running.clear();
  };

  const server = createServer(async (request, response) => {
    const body = await bytes(request);
    const accept = () => response.writeHead(202, { "content-type": "application/json" }).end('{"status":"OK"}');
    if (request.method === "GET" && request.url === NEXT) {
      poll = response;
      return hand();
    }
    if (request.method === "POST" && request.url === "/2018-06-01/runtime/init/error") {
      accept();
      return breakAll(new Error(`it did not start: ${body}`));
    }
    const [, id, what] = (request.method === "POST" && request.url.match(DONE)) || [];
    const work = running.get(id);
    if (!work) return response.writeHead(404, { "content-type": "application/json" }).end('{"errorType":"InvalidRequestID"}');
    running.delete(id);
    accept();
    if (what === "error") work.reject(new Error(`the function failed: ${body}`));
    else work.resolve(JSON.parse(body));
    hand();
  });
  await new Promise((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));

  const { PATH, HOME, TMPDIR } = process.env;
  const child = spawn(program, [], {
    cwd: path.dirname(program),
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH, HOME, TMPDIR: TMPDIR ?? "/tmp",
      AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${server.address().port}`,
      AWS_LAMBDA_FUNCTION_NAME: "till",
      AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "256",
      AWS_LAMBDA_LOG_GROUP_NAME: "/aws/lambda/till",
      AWS_LAMBDA_LOG_STREAM_NAME: "1",
      AWS_REGION: "eu-west-3",
      _HANDLER: "bootstrap",
      LAMBDA_TASK_ROOT: path.dirname(program),
      ...env,
    },
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (said += text));
  const ended = new Promise((resolve) => child.once("close", resolve));
  child.once("error", (error) => breakAll(error));
  child.once("exit", (status, signal) => breakAll(new Error(`the till ended with ${status ?? signal}:\n${said}`)));

  const invoke = (event) =>
    new Promise((resolve, reject) => {
      if (broken) return reject(broken);
      const late = setTimeout(() => reject(new Error(`no answer within ${PATIENCE} ms:\n${said}`)), PATIENCE);
      const settle = (settled) => (value) => {
        clearTimeout(late);
        settled(value);
      };
      queue.push({ id: randomUUID(), event, resolve: settle(resolve), reject: settle(reject) });
      hand();
    });
  const request = async (shape, ask) => SHAPES[shape].answer(await invoke(SHAPES[shape].event(ask)));

  return {
    invoke,
    request,
    said: () => said,
    /** For `createServer`: every request becomes an event, every answer a response. */
    handler: (shape) => async (incoming, response) => {
      try {
        const ask = { method: incoming.method, address: incoming.url, headers: incoming.headers, body: await bytes(incoming), client: incoming.socket.remoteAddress };
        const { status, headers, body } = await request(shape, ask);
        response.writeHead(status, headers).end(incoming.method === "HEAD" ? undefined : body);
      } catch (error) {
        response.writeHead(502, { "content-type": "text/plain; charset=utf-8" }).end(String(error));
      }
    },
    async stop() {
      broken ??= new Error("stopped");
      child.kill("SIGKILL"); // Lambda asks nobody either
      await ended;
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
    },
  };
}

async function bytes(stream) {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

// --- shapes -----------------------------------------------------------------------------------------------------------

const WHEN = { requestTime: "23/Nov/2026:10:00:00 +0000", requestTimeEpoch: 1795428000000 };
const IDS = { accountId: "000000000000", apiId: "abcdefghij", requestId: "id=" };

/** Texts as they are, other bodies in base64; or all in base64. */
function bodyOf(body, always) {
  if (!body?.length) return { body: null, isBase64Encoded: false };
  const buffer = Buffer.from(body);
  const text = buffer.toString("utf8");
  const isBase64Encoded = always || !Buffer.from(text).equals(buffer);
  return { body: isBase64Encoded ? buffer.toString("base64") : text, isBase64Encoded };
}

function parts({ method = "GET", address, headers = {}, body, client = "192.0.2.7" }) {
  const { pathname, search, searchParams } = new URL(address, "http://shop.invalid");
  const names = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), [value].flat().map(String)]);
  return { method, pathname, query: search.slice(1), searchParams, names, body, client };
}

/** API Gateway's REST APIs, version 1 of the payload; Netlify's events look like it. The stage is not part of the path. */
function rest(ask, { base64 = false, stage = "prod" } = {}) {
  const { method, pathname, searchParams, names, body, client } = parts(ask);
  const multiValueQueryStringParameters = {};
  for (const key of searchParams.keys()) multiValueQueryStringParameters[key] = searchParams.getAll(key);
  const some = searchParams.size > 0;
  return {
    resource: "/{proxy+}",
    path: pathname,
    httpMethod: method,
    headers: Object.fromEntries(names.map(([name, values]) => [name, values.at(-1)])),
    multiValueHeaders: Object.fromEntries(names),
    queryStringParameters: some ? Object.fromEntries(searchParams) : null,
    multiValueQueryStringParameters: some ? multiValueQueryStringParameters : null,
    pathParameters: { proxy: pathname.slice(1) },
    stageVariables: null,
    requestContext: {
      ...IDS, ...WHEN, resourceId: "123456", resourcePath: "/{proxy+}", httpMethod: method, path: `/${stage}${pathname}`, protocol: "HTTP/1.1",
      stage, domainName: "abcdefghij.execute-api.eu-west-3.amazonaws.com", identity: { sourceIp: client, userAgent: "test" },
    },
    ...bodyOf(body, base64),
  };
}

/** As Netlify's own tools hand it to a native function: version 1 with next to no context. */
function netlify(ask) {
  const { requestContext, pathParameters: _, stageVariables: __, ...event } = rest(ask, { base64: true });
  const { httpMethod } = requestContext;
  const headers = { ...event.headers, "x-nf-client-connection-ip": requestContext.identity.sourceIp };
  return { ...event, resource: "", headers, rawQuery: parts(ask).query, rawUrl: `https://${headers.host}${ask.address}`, requestContext: { httpMethod, requestTimeEpoch: 0 } };
}

/** API Gateway's HTTP APIs, version 2 of the payload. */
function http(ask, { base64 = false, domainName = "abcdefghij.execute-api.eu-west-3.amazonaws.com" } = {}) {
  const { method, pathname, query, searchParams, names, body, client } = parts(ask);
  const cookies = names.filter(([name]) => name === "cookie").flatMap(([, values]) => values.flatMap((value) => value.split(/;\s*/)));
  const { body: text, isBase64Encoded } = bodyOf(body, base64);
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath: pathname,
    rawQueryString: query,
    ...(cookies.length && { cookies }),
    headers: Object.fromEntries(names.filter(([name]) => name !== "cookie").map(([name, values]) => [name, values.join(",")])),
    ...(searchParams.size && { queryStringParameters: Object.fromEntries([...new Set(searchParams.keys())].map((key) => [key, searchParams.getAll(key).join(",")])) }),
    requestContext: {
      ...IDS, domainName, domainPrefix: domainName.split(".")[0], routeKey: "$default", stage: "$default",
      http: { method, path: pathname, protocol: "HTTP/1.1", sourceIp: client, userAgent: "test" }, time: WHEN.requestTime, timeEpoch: WHEN.requestTimeEpoch,
    },
    ...(text !== null && { body: text }),
    isBase64Encoded,
  };
}

/** A function's own URL: version 2 as well, with fewer words, and bodies in base64 unless they are known to be text. */
function url(ask) {
  const event = http(ask, { domainName: "abcdefghijklmnopqrstuvwxyz012345.lambda-url.eu-west-3.on.aws" });
  const type = event.headers["content-type"] ?? "";
  const isText = /^text\/|json|xml|javascript/.test(type);
  return { ...event, ...(event.body !== undefined && !isText && !event.isBase64Encoded && { body: Buffer.from(event.body).toString("base64"), isBase64Encoded: true }) };
}

function answer({ statusCode, headers = {}, multiValueHeaders = {}, cookies = [], body, isBase64Encoded }) {
  if (!Number.isInteger(statusCode)) throw new Error("an answer without a status");
  const all = {};
  for (const [name, value] of [...Object.entries(headers ?? {}), ...Object.entries(multiValueHeaders ?? {})]) all[name.toLowerCase()] = value;
  if (cookies?.length) all["set-cookie"] = cookies;
  return { status: statusCode, headers: all, body: Buffer.from(body ?? "", isBase64Encoded ? "base64" : "utf8") };
}

/** How hosts put a request into an event, and take the answer out. */
export const SHAPES = {
  "REST API (version 1)": { event: (ask) => rest(ask), answer },
  "HTTP API (version 2)": { event: (ask) => http(ask), answer },
  "function URL": { event: url, answer },
  "HTTP API, every body in base64": { event: (ask) => http(ask, { base64: true }), answer },
  Netlify: { event: netlify, answer },
};
