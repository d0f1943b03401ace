#!/usr/bin/env node
// A stand-in for `aws` and `sam`, as far as `bazaar publish aws` uses them, and for `curl`, by which deploy/build.sh asks for the
// stock: by whichever name it is called, that one it is. What an account would hold lies in the folder CLOUD (cloud.mjs).
//
// A command, an option or a parameter that it does not know is an error: silence would be taken for a yes.

import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { BUCKET, Refusal, STORE, answered, open, refuse } from "./cloud.mjs";

const home = process.env.CLOUD;
if (!home) throw new Error("CLOUD is not set: it names the folder of what the account holds");
// Where CloudFront answers under its own name: the test's own server, or nobody.
const DISTRIBUTION = process.env.FRONT ?? "d111111abcdef8.cloudfront.net";

const name = path.basename(process.argv[1]);
const words = process.argv.slice(2);
const call = [name, ...words].join(" ");
const { cloud, bytes, save, faultOf } = open(home);

/** `{ given, all, rest }`: an option's value (true for one without), all options in their order, and the words that are none. */
function parse(words, { valued = "", flags = "" }) {
  const [withValue, without] = [valued.split(" "), flags.split(" ")];
  const [all, rest] = [[], []];
  for (let at = 0; at < words.length; at++) {
    if (withValue.includes(words[at])) all.push([words[at], words[++at] ?? refuse(`${words[at - 1]} has no value`)]);
    else if (without.includes(words[at])) all.push([words[at], true]);
    else if (words[at].startsWith("--")) refuse(`unknown option ${words[at]}`);
    else rest.push(words[at]);
  }
  return { given: (option) => all.find(([name]) => name === option)?.[1], all, rest };
}

// --- lambda -----------------------------------------------------------------------------------------------------------

function lambda(given) {
  return cloud.functions[given("--function-name")] ?? refuse(`there is no function ${given("--function-name")}`);
}
function version(given, option) {
  return lambda(given).versions[given(option)] ?? refuse(`there is no version ${given(option)}`);
}
/** The same code is the same version. */
function publish(made) {
  const last = Math.max(0, ...Object.keys(made.versions));
  if (JSON.stringify(made.versions[last]) === JSON.stringify(made.code)) return last;
  made.published = Math.max(last, made.published ?? 0) + 1;
  made.versions[made.published] = made.code;
  return made.published;
}

// --- S3 ---------------------------------------------------------------------------------------------------------------

function keyOf(address) {
  if (!address.startsWith(`s3://${BUCKET}/`)) refuse(`${address} is not in the bucket ${BUCKET}`);
  return address.slice(`s3://${BUCKET}/`.length);
}
function put(source, key, given) {
  const metadata = JSON.parse(given("--metadata") ?? "{}");
  if (Buffer.byteLength(Object.entries(metadata).flat().join("")) > 2048) refuse("MetadataTooLarge");
  mkdirSync(path.dirname(bytes(key)), { recursive: true });
  copyFileSync(source, bytes(key));
  cloud.objects[key] = { type: given("--content-type"), cache: given("--cache-control"), metadata, modified: cloud.clock++ };
}
function remove(key) {
  rmSync(bytes(key), { force: true });
  delete cloud.objects[key];
}
/** The files of a folder that the filters leave: the last one that fits decides, and `*` goes over slashes. */
function* wanted(folder, all) {
  const filters = all.filter(([option]) => option === "--exclude" || option === "--include").map(([option, pattern]) => {
    const parts = pattern.split("*").map((part) => part.replace(/[^\w/-]/g, "\\$&"));
    return { takes: option === "--include", fits: new RegExp(`^${parts.join(".*")}$`, "s") };
  });
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const source = path.join(entry.parentPath ?? entry.path, entry.name);
    const relative = path.relative(folder, source);
    if (entry.isFile() && (filters.findLast(({ fits }) => fits.test(relative))?.takes ?? true)) yield { source, relative };
  }
}

// --- the commands of aws ----------------------------------------------------------------------------------------------

const STORING = "--content-type --cache-control --metadata --exclude --include";
const commands = {
  "cloudformation describe-stacks": {
    valued: "--stack-name",
    does(given) {
      if (!cloud.parameters) refuse(`Stack with id ${given("--stack-name")} does not exist`);
      const tills = { ShopperTill: "shop-shopper", StripeTill: "shop-stripe" };
      const outputs = { ...tills, Address: cloud.address, DistributionDomain: DISTRIBUTION, Bucket: BUCKET, Pointer: STORE };
      return { Stacks: [{ Outputs: Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })) }] };
    },
  },
  "sts get-caller-identity": { does: () => ({ Account: "123456789012" }) },
  "secretsmanager get-secret-value": {
    valued: "--secret-id --version-id",
    does(given) {
      if (given("--secret-id") !== "bazaar/shop") refuse("there is no such secret");
      return { VersionId: "11111111-2222-3333-4444-555555555555", SecretString: JSON.stringify(cloud.secret) };
    },
  },
  "lambda wait": {
    valued: "--function-name",
    does(given, { rest }) {
      if (rest.join() !== "function-updated-v2") refuse(`unknown wait ${rest}`);
      lambda(given);
    },
  },
  "lambda publish-version": { valued: "--function-name", does: (given) => ({ Version: String(publish(lambda(given))) }) },
  "lambda get-alias": {
    valued: "--function-name --name",
    does: (given) => ({ FunctionVersion: given("--name") === "live" ? lambda(given).live : refuse("unknown alias") }),
  },
  "lambda update-alias": {
    valued: "--function-name --name --function-version",
    does(given) {
      if (given("--name") !== "live" || !version(given, "--function-version")) refuse("unknown alias");
      lambda(given).live = given("--function-version");
      return { FunctionVersion: lambda(given).live };
    },
  },
  "lambda delete-function": {
    valued: "--function-name --qualifier",
    does(given) {
      if (!given("--qualifier")) refuse("this would delete the function, with all its versions");
      if (lambda(given).live === given("--qualifier")) refuse("ResourceConflictException: the alias live points to it");
      delete lambda(given).versions[given("--qualifier")];
    },
  },
  "lambda invoke": {
    valued: "--function-name --qualifier --cli-binary-format --payload",
    ill: true,
    does(given, { rest, ill }) {
      const { rawPath } = JSON.parse(given("--payload"));
      if (rawPath !== "/api/health") refuse(`${rawPath} is not the address of health`);
      const body = JSON.stringify({ ok: !ill, catalog: version(given, "--qualifier").catalog });
      writeFileSync(rest[0], JSON.stringify({ statusCode: ill ? 503 : 200, body }));
      return { StatusCode: 200 };
    },
  },
  "cloudfront-keyvaluestore describe-key-value-store": { valued: "--kvs-arn", does: () => ({ ETag: `E${cloud.etag}` }) },
  "cloudfront-keyvaluestore list-keys": {
    valued: "--kvs-arn",
    does: () => ({ Items: Object.entries(cloud.keys).map(([Key, Value]) => ({ Key, Value })) }),
  },
  "cloudfront-keyvaluestore put-key": {
    valued: "--kvs-arn --key --value --if-match",
    does: (given) => change(given, [{ Key: given("--key"), Value: given("--value") }], []),
  },
  "cloudfront-keyvaluestore delete-key": {
    valued: "--kvs-arn --key --if-match",
    does: (given) => change(given, [], [{ Key: given("--key") }]),
  },
  "cloudfront-keyvaluestore update-keys": {
    valued: "--kvs-arn --if-match --puts --deletes",
    does: (given) => change(given, JSON.parse(given("--puts") ?? "[]"), JSON.parse(given("--deletes") ?? "[]")),
  },
  "s3 cp": {
    valued: `${STORING} --metadata-directive`,
    flags: "--recursive --only-show-errors",
    does(given, { rest: [from, to], all }) {
      if (given("--recursive")) {
        for (const { source, relative } of wanted(from, all)) put(source, `${keyOf(to)}/${relative}`, given);
        return;
      }
      const source = from.startsWith("s3://") ? bytes(keyOf(from)) : from;
      if (!existsSync(source)) refuse(`${from} does not exist`, 1);
      if (to === "-") process.stdout.write(readFileSync(source));
      else put(source, keyOf(to), given);
    },
  },
  "s3 sync": {
    valued: STORING,
    flags: "--size-only --only-show-errors",
    does(given, { rest: [from, to], all }) {
      if (!given("--size-only")) refuse("sync is known with --size-only");
      for (const { source, relative } of wanted(from, all)) {
        const key = `${keyOf(to)}/${relative}`;
        if (!cloud.objects[key] || statSync(bytes(key)).size !== statSync(source).size) put(source, key, given);
      }
    },
  },
  "s3 rm": {
    flags: "--recursive --only-show-errors",
    does(given, { rest: [address] }) {
      const key = keyOf(address);
      if (!given("--recursive")) return remove(key);
      for (const one of Object.keys(cloud.objects)) if (one.startsWith(`${key}/`)) remove(one);
    },
  },
  "s3api list-objects-v2": {
    valued: "--bucket --prefix",
    does(given) {
      if (given("--bucket") !== BUCKET) refuse("there is no such bucket");
      const keys = Object.keys(cloud.objects).filter((key) => key.startsWith(given("--prefix"))).sort();
      return keys.length ? { Contents: keys.map((Key) => ({ Key, LastModified: new Date(cloud.objects[Key].modified * 1000).toISOString() })) } : {};
    },
  },
};

function change(given, puts, deletes) {
  if (given("--if-match") !== `E${cloud.etag}`) refuse("PreconditionFailed: the ETag is another one");
  cloud.etag++;
  for (const { Key, Value } of puts) cloud.keys[Key] = Value;
  for (const { Key } of deletes) delete cloud.keys[Key];
  return { ItemCount: Object.keys(cloud.keys).length };
}

// --- the programs -----------------------------------------------------------------------------------------------------

function aws(fault) {
  if (words.join() === "--version") return "aws-cli/2.31.0 stand-in\n";
  const command = commands[words.slice(0, 2).join(" ")] ?? refuse(`unknown command ${words.slice(0, 2).join(" ")}`);
  if (cloud.signedOut) refuse("Unable to locate credentials. You can configure credentials by running \"aws login\".", 253);
  if (fault && !command.ill) refuse("ServiceUnavailable: a fault that the test asked for");
  const parsed = parse(words.slice(2), { ...command, valued: `${command.valued ?? ""} --output` });
  const store = parsed.given("--kvs-arn");
  if (store && store !== STORE) refuse(`there is no KeyValueStore ${store}`);
  const answer = command.does(parsed.given, { ...parsed, ill: Boolean(fault) });
  if (!answer) return "";
  if ((parsed.given("--output") ?? "json") !== "json") refuse("answers are known as JSON");
  return `${JSON.stringify(answer, null, 4)}\n`;
}

/** New code for both functions. Their alias is made by the first deploy, and never moved by another. */
function sam(fault) {
  if (words[0] !== "deploy") refuse(`unknown command ${words[0]}`);
  if (fault) refuse("a fault that the test asked for", 1);
  const overrides = words.indexOf("--parameter-overrides");
  const { given } = parse(words.slice(1, overrides), {
    valued: "--template-file --stack-name --region --s3-prefix --capabilities",
    flags: "--resolve-s3 --no-confirm-changeset --no-fail-on-empty-changeset",
  });
  const [, section] = /^Parameters:\n([\s\S]*?)^\S/m.exec(readFileSync(given("--template-file"), "utf8"));
  cloud.parameters ??= {};
  for (const pair of words.slice(overrides + 1)) {
    const [, parameter, value] = /^(\w+)="?([\s\S]*?)"?$/.exec(pair);
    if (!section.split("\n").includes(`  ${parameter}:`)) refuse(`the template has no parameter ${parameter}`, 1);
    cloud.parameters[parameter] = value;
  }
  const digest = createHash("sha256").update(readFileSync(".bazaar/lambda/bootstrap")).digest("hex");
  const code = { digest, catalog: JSON.parse(readFileSync("dist/catalog.json", "utf8")).hash };
  for (const till of ["shop-shopper", "shop-stripe"]) {
    cloud.functions[till] ??= { versions: {} };
    const made = cloud.functions[till];
    made.code = code;
    made.live ??= String(publish(made));
  }
  return "";
}

/** Asks the shop, as CloudFront would answer for it. */
function curl(fault) {
  const { given, rest } = parse(words, {
    valued: "--max-time --output --config --proto --retry --connect-timeout",
    flags: "--silent --show-error --fail",
  });
  const url = new URL(rest[0]);
  if (url.origin !== cloud.address || !cloud.parameters) refuse(`Could not resolve host: ${url.host}`, 6);
  if (given("--config") !== "-") refuse("headers are known by --config -");
  const [header, value] = /^header = "(.*)"$/m.exec(readFileSync(0, "utf8"))[1].split(": ");
  const answer = fault ? { status: 500, body: "" } : answered(cloud, bytes, url.pathname, { [header.toLowerCase()]: value });
  if (given("--fail") && answer.status >= 400) refuse(`The requested URL returned error: ${answer.status}`, 22);
  writeFileSync(given("--output"), answer.body);
  return "";
}

const programs = { aws, sam, curl };

try {
  const fault = faultOf(call);
  const program = programs[name] ?? refuse(`this stand-in is no ${name}`);
  process.stdout.write(program(fault && !fault.signal));
  if (fault?.signal) process.kill(process.ppid, fault.signal);
} catch (error) {
  process.stderr.write(`${name} (stand-in): ${error instanceof Refusal ? error.message : error.stack}\n  in: ${call}\n`);
  process.exitCode = error.status ?? 99;
} finally {
  save();
}
