// `bazaar publish aws`, begun by deploy/aws.sh, from the first deploy to the pruning of old releases, with a stand-in for `aws`, `sam`
// and CloudFront (lib/aws-stand-in.mjs, lib/cloud.mjs):
// what shoppers see afterwards, in which order it came about, and what is left when something goes wrong. The pages are real ones.

import test, { describe } from "node:test";
import assert from "node:assert/strict";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { CERTIFICATE, front } from "./lib/cloud.mjs";
import { bazaarProgram, folder, must, programs, root, run } from "./lib/given.mjs";

const STAND_IN = path.join(root, "tests/deploy/lib/aws-stand-in.mjs");
const ADDRESS = "https://www.example.com"; // of the new shop's shop.yaml

/** What no output and no command line may hold is marked with this word. */
const HUSH = "hush";
const SECRET = {
  STRIPE_SECRET_KEY: `rk_live_${HUSH}1`,
  STRIPE_WEBHOOK_SECRETS: `whsec_${HUSH}2`,
  DATABASE_URL: `postgres://till:${HUSH}3@database.example/shop`,
  TILL_LINK_KEYS: `${HUSH}4`.repeat(8),
  TILL_SWEEP_SECRET: `${HUSH}5`.repeat(8),
  TILL_EDGE_SECRET: `${HUSH}6`.repeat(8),
  SMTP_URL: `smtps://shop:${HUSH}7@mail.example:465`,
};

// The real `bazaar`; of what it is called for during a publishing, the database only has to be asked for. Each build also has a file below /_/ of its own.
const BAZAAR = `#!/bin/sh
[ "$1" != publish ] || exec "${bazaarProgram()}" "$@"
echo "bazaar $*" >>"$CLOUD/calls"
if [ "$1" = database ]; then
    [ "$DATABASE_URL" = "${SECRET.DATABASE_URL}" ]
    exit
fi
"${bazaarProgram()}" "$@" || exit
if [ "$1" = build ]; then
    rm -rf dist/_/own-*
    own=dist/_/own-$(cut -c10-25 dist/catalog.json)
    mkdir "$own"
    echo photo >"$own/photo.webp"
fi
`;

/** A shop and its account, in one folder: `shop/`, `cloud/` (see the stand-in), `path/`. */
function account(home) {
  const at = (...parts) => path.join(home, ...parts);
  const cloud = () => JSON.parse(readFileSync(at("cloud/cloud.json"), "utf8"));
  const change = (changes) => writeFileSync(at("cloud/cloud.json"), JSON.stringify({ ...cloud(), ...changes }));
  return {
    home,
    at,
    cloud,
    /** Other contents of cloud.json. */
    change,
    edit(file, from, to) {
      const text = readFileSync(at("shop", file), "utf8");
      assert.ok(text.includes(from), `${file} says ${from}`);
      writeFileSync(at("shop", file), text.replace(from, to));
    },
    /** Runs aws.sh; `calls` are those it made. Whatever happens, no secret is told. */
    async aws(command, env = {}) {
      writeFileSync(at("cloud/calls"), "");
      const { host, close } = await front(at("cloud"));
      const programs = { PATH: `${at("path")}:${process.env.PATH}`, BAZAAR_PROGRAMS: at("programs") };
      const settings = { ...programs, CLOUD: at("cloud"), FRONT: host, AWS_CA_BUNDLE: CERTIFICATE, BAZAAR_LOOK_PAUSE: "0", ...env };
      const result = await run("sh", ["deploy/aws.sh", ...[command].flat()], { cwd: at("shop"), env: settings }).finally(close);
      const calls = readFileSync(at("cloud/calls"), "utf8");
      assert.ok(!result.all.includes(HUSH), `a secret is printed:\n${result.all}`);
      assert.ok(!calls.includes(HUSH), `a secret is on a command line:\n${calls}`);
      return { ...result, calls };
    },
    /** What shoppers see: the release, and which build of it the pages, the page of errors and both tills are of. */
    seen() {
      const { keys, functions } = cloud();
      const page = (file) => readFileSync(at("cloud/bucket", file), "utf8");
      const till = ({ versions, live }) => ({ version: live, catalog: versions[live].catalog });
      return {
        release: keys.release,
        pages: JSON.parse(page(`releases/${keys.release}/catalog.json`)).hash,
        errors: page("404.html") === page(`releases/${keys.release}/404.html`),
        shopper: till(functions["shop-shopper"]),
        stripe: till(functions["shop-stripe"]),
      };
    },
    /** The release that is shown, if there is one. */
    shown: () => cloud().keys.release,
    /** The catalog that was built last. */
    built: () => JSON.parse(readFileSync(at("shop/dist/catalog.json"), "utf8")).hash,
    objects: (prefix) => Object.keys(cloud().objects).filter((key) => key.startsWith(prefix)),
  };
}

/** A new shop with nothing at AWS but its secret. */
async function opening(home) {
  const shop = account(home);
  await must(bazaarProgram(), ["init", shop.at("shop"), "--lang", "en", "--host", "aws"]);
  for (const file of ["aws.sh", "build.sh", "common.sh", "template.yaml"]) cpSync(path.join(root, "deploy", file), shop.at("shop/deploy", file));
  writeFileSync(shop.at("shop/deploy/aws.env"), "AWS_REGION=eu-west-3\n");
  shop.edit("content/products/first-bowl/index.md", "price: 28.00", "price: 28.00\naliases: [/old-bowl/]");
  const bazaar = path.join(programs(home), "bazaar");
  rmSync(bazaar);
  writeFileSync(bazaar, BAZAAR);
  chmodSync(bazaar, 0o755);
  mkdirSync(shop.at("path"));
  for (const name of ["aws", "sam", "curl"]) symlinkSync(STAND_IN, shop.at("path", name));
  mkdirSync(shop.at("cloud"));
  writeFileSync(shop.at("cloud/cloud.json"), JSON.stringify({ address: ADDRESS, secret: SECRET }));
  return shop;
}

// A shop after none, one and two deploys: made once, then copied for whoever changes it.
const made = [];
const home = mkdtempSync(path.join(tmpdir(), "bazaar-aws-"));
test.after(() => rmSync(home, { recursive: true, force: true }));
function after(deploys) {
  made[deploys] ??= (async () => {
    const shop = account(path.join(home, String(deploys)));
    if (deploys === 0) {
      mkdirSync(shop.home);
      return opening(shop.home);
    }
    const before = await after(deploys - 1);
    cpSync(before.home, shop.home, { recursive: true, verbatimSymlinks: true });
    if (deploys > 1) shop.edit("content/products/first-bowl/index.md", "price: 28.00", "price: 31.00");
    shop.deployed = await shop.aws("deploy");
    return shop;
  })();
  return made[deploys];
}
async function copyAfter(t, deploys) {
  const copy = account(folder(t, "aws"));
  cpSync((await after(deploys)).home, copy.home, { recursive: true, verbatimSymlinks: true });
  return copy;
}

/** These calls were made, one after the other. */
function inOrder(calls, steps) {
  let at = 0;
  for (const step of steps) {
    const found = calls.slice(at).search(step);
    assert.ok(found >= 0, `${step} after what comes before it, in:\n${calls}`);
    at += found + 1;
  }
}
/** What a deploy does, and when. */
const STEPS = [
  /^bazaar build/m,
  /^bazaar package --target lambda --context production/m,
  /^bazaar database migrate/m,
  /^sam deploy/m,
  /^aws lambda publish-version/m,
  /^aws lambda invoke .*shop-shopper/m,
  /^aws lambda invoke .*shop-stripe/m,
  /^aws s3 cp dist s3:/m,
  /^GET .*\/catalog\.json x-release: /m,
  /^aws lambda update-alias .*shop-stripe/m,
  /^aws lambda update-alias .*shop-shopper/m,
  /^aws s3 cp s3:\S+\/404\.html/m,
  /^aws cloudfront-keyvaluestore put-key .*--key release/m,
  /^GET https:\/\/www\.example\.com\/api\/health/m,
  /^aws s3 cp \S+ s3:\S+\/markers\//m,
];
/** Pages, page of errors and both tills are of this build. */
function assertWhole(shop, catalog) {
  const { release, errors, pages, shopper, stripe } = shop.seen();
  assert.match(release, /^[0-9a-f]{32}$/);
  assert.deepEqual([pages, shopper.catalog, stripe.catalog], [catalog, catalog, catalog]);
  assert.ok(errors, "the page of errors is of the same release");
}

const INTERRUPTIONS = {
  "the second till cannot be switched": { call: "update-alias --function-name shop-shopper", times: 1 },
  "the pages cannot be switched": { call: "put-key", times: 1 },
  "it is stopped after the pages": { call: "put-key", times: 1, signal: "SIGTERM" },
};

// Two at once: most of the time goes into starting the stand-in.
describe("bazaar publish aws", { concurrency: 2 }, () => {
  test("the first deploy: tables, tills, pages, in this order, and all of one build", async () => {
    const shop = await after(1);
    const { status, all, calls } = shop.deployed;
    assert.equal(status, 0, all);
    inOrder(calls, STEPS);
    assertWhole(shop, shop.built());
    const { release } = shop.seen();
    assert.match(all, new RegExp(`release ${release} is shown at ${ADDRESS}`));
    assert.doesNotMatch(all, /nobody can pay/);

    const { keys, objects, parameters } = shop.cloud();
    assert.equal(keys[`${release}:/old-bowl/`], "/products/first-bowl/", "an old address is known");
    const page = objects[`releases/${release}/index.html`];
    assert.match(page.type, /^text\/html/);
    assert.equal(page.metadata["h-content-security-policy"], parameters.PagePolicy, "the policy of the page of errors, too");
    assert.equal(objects[`releases/${release}/catalog.json`].metadata["h-access-control-allow-origin"], "*");
    const [style] = shop.objects("_/").filter((key) => key.endsWith("/style.css"));
    assert.match(objects[style].cache, /immutable/);
    assert.deepEqual(shop.objects(`releases/${release}/_`), [], "neither the host's own files nor /_/ are pages");
  });

  test("the second deploy: the changed pages with the till that knows their prices", async () => {
    const [first, shop] = [await after(1), await after(2)];
    const { status, all, calls } = shop.deployed;
    assert.equal(status, 0, all);
    inOrder(calls, STEPS);
    assert.match(calls, /^bazaar build --stock /m, "the till that is running was asked what is sold");
    assert.notEqual(shop.built(), first.built());
    assertWhole(shop, shop.built());
    const { release } = first.seen();
    assert.deepEqual(shop.objects(`releases/${release}/`), first.objects(`releases/${release}/`), "the release before stays");
  });

  test("a rollback: tills, then pages of the first release; there is none before it", async (t) => {
    const shop = await copyAfter(t, 2);
    shop.change({ faults: [{ call: `^GET ${ADDRESS}/$`, times: 2 }] });
    const { status, all, calls } = await shop.aws("rollback");
    assert.equal(status, 0, all);
    assert.equal(all.match(/looking again/g)?.length, 2, "a place that learns of it late is asked again");
    assert.deepEqual(shop.seen(), (await after(1)).seen());
    const tills = [/lambda invoke .*shop-stripe/, /update-alias .*shop-stripe/, /update-alias .*shop-shopper/];
    inOrder(calls, [...tills, /put-key/, /^GET .*\/api\/health/m]);
    assert.doesNotMatch(calls, /^sam|^bazaar/m, "nothing is built");
    const again = await shop.aws("rollback");
    assert.equal(again.status, 2, again.all);
    assert.match(again.err, /no release before this one/);
  });

  test("a deploy whose pages are ill once they are shown: all is as before", async (t) => {
    const shop = await copyAfter(t, 1);
    const before = shop.seen();
    shop.edit("content/products/first-bowl/index.md", "price: 28.00", "price: 33.00");
    shop.change({ faults: [{ call: `^GET ${ADDRESS}/$`, times: 100 }] });
    const { status, all, calls } = await shop.aws("deploy");
    assert.equal(status, 3, all);
    assert.match(all, /example\.com\/ answered 500[\s\S]*going back/);
    inOrder(calls, [/put-key .*--key release/, /^GET/m, new RegExp(`put-key .*--value ${before.release}`), /update-alias/, /update-alias/]);
    assert.deepEqual(shop.seen(), before);
    assert.equal(shop.objects("markers/").length, 1, "and it is not a release to go back to");
  });

  test("a first deploy whose pages are ill, or that stops on the way: nothing is shown, as before", async (t) => {
    for (const [what, fault] of [
      ["ill", { call: `^GET ${ADDRESS}/$`, times: 100 }],
      ["not switched", { call: "put-key", times: 1 }],
    ]) {
      await t.test(what, async (t) => {
        const shop = await copyAfter(t, 0);
        shop.change({ faults: [fault] });
        const { status, all } = await shop.aws("deploy");
        assert.notEqual(status, 0, all);
        assert.match(all, /going back/);
        assert.doesNotMatch(all, /could not go back|still shown/);
        assert.equal(shop.shown(), undefined);
      });
    }
  });

  test("a change that is interrupted is taken back", async (t) => {
    const shop = await copyAfter(t, 2);
    const before = shop.seen();
    for (const [what, fault] of Object.entries(INTERRUPTIONS)) {
      await t.test(what, async () => {
        shop.change({ faults: [fault] });
        const { status, all } = await shop.aws("rollback");
        assert.equal(status, fault.signal ? 143 : 254, all);
        assert.match(all, /going back/);
        assert.deepEqual(shop.seen(), before);
      });
    }
  });

  test("a new till that is ill never meets a shopper", async (t) => {
    const shop = await copyAfter(t, 1);
    const before = shop.seen();
    shop.edit("content/products/first-bowl/index.md", "price: 28.00", "price: 35.00");
    shop.change({ faults: [{ call: "lambda invoke --function-name shop-stripe", times: 1 }] });
    const { status, all, calls } = await shop.aws("deploy");
    assert.equal(status, 3, all);
    assert.match(all, /shop-stripe, version 2, is not well[\s\S]*nothing was changed for shoppers/);
    assert.doesNotMatch(calls, /update-alias|put-key|s3 cp/);
    assert.deepEqual(shop.seen(), before);
  });

  test("old releases go, with all that only they needed", async (t) => {
    const shop = await copyAfter(t, 2);
    const [first, second] = [(await after(1)).seen(), shop.seen()];
    const own = ({ pages }) => `_/own-${pages.slice(0, 16)}/photo.webp`;
    shop.edit("content/products/first-bowl/index.md", "price: 31.00", "price: 37.00");
    const { status, all } = await shop.aws("deploy", { BAZAAR_KEEP: "2" });
    assert.equal(status, 0, all);
    assert.doesNotMatch(all, /warning: (old|version)/);
    const third = shop.seen();
    assertWhole(shop, shop.built());

    const { keys, functions } = shop.cloud();
    assert.deepEqual(shop.objects(`releases/${first.release}/`), []);
    assert.ok(shop.objects(`releases/${second.release}/`).includes(`releases/${second.release}/index.html`));
    assert.deepEqual(shop.objects("markers/").sort(), [second, third].map(({ release }) => `markers/${release}`).sort());
    assert.deepEqual(Object.keys(keys).sort(), ["release", `${second.release}:/old-bowl/`, `${third.release}:/old-bowl/`].sort());
    for (const till of ["shop-shopper", "shop-stripe"]) assert.deepEqual(Object.keys(functions[till].versions), ["2", "3"], till);
    assert.deepEqual(shop.objects("_/own-").sort(), [own(second), own(third)].sort());
    for (const key of (await after(2)).objects("_/")) assert.equal(existsSync(shop.at("cloud/bucket", key)), key !== own(first), key);
  });

  test("wrong secrets are refused before anything is built, and are not printed", async (t) => {
    const shop = await copyAfter(t, 0);
    const wrong = [
      [{ STRIPE_SECRET_KEY: `rk_test_${HUSH}` }, {}, /test key, and this is production/],
      [{}, { BAZAAR_CONTEXT: "preview" }, /is live, and this is a preview/],
      [{ SMTP_URL: "" }, {}, /lacks SMTP_URL\n/],
      [{ TILL_EDGE_SECRET: `${HUSH},${HUSH}` }, {}, /TILL_EDGE_SECRET holds more than letters and digits/],
    ];
    for (const [secret, env, says] of wrong) {
      shop.change({ secret: { ...SECRET, ...secret } });
      const { status, err, calls } = await shop.aws("deploy", env);
      assert.equal(status, 2, err);
      assert.match(err, says);
      assert.doesNotMatch(calls, /^(bazaar|sam)|aws (lambda|s3)/m);
    }
  });

  /** What a dry run of a new shop prints, with this deploy/aws.env. It has done nothing. */
  async function dry(t, file, env, command = "deploy") {
    const shop = await copyAfter(t, 0);
    writeFileSync(shop.at("shop/deploy/aws.env"), file);
    const result = await shop.aws(["--dry-run", command].flat(), env);
    assert.equal(result.calls, "", "a dry run calls nobody");
    return result;
  }
  const parametersOf = ({ out }) => Object.fromEntries([...out.matchAll(/(?<=[ '])([A-Z]\w+)="?([^ '"\n]*)"?(?=[ '\n])/g)].map(([, name, value]) => [name, value]));

  test("an empty variable is not set: deploy/aws.env counts; where empty is a value it stays one", async (t) => {
    const file = "AWS_REGION=eu-west-3\nBAZAAR_STACK=my-shop\nTILL_ARCH=arm64\nTILL_MEMORY=512\nLOG_RETENTION=\nALARM_MAIL=you@example.com\nSTRIPE_ACCOUNT=acct_1\n";
    const empty = { AWS_REGION: "", BAZAAR_STACK: "", BAZAAR_FRONT: "", BAZAAR_CONTEXT: "", BAZAAR_KEEP: "", TILL_ARCH: "", TILL_MEMORY: "", PRICE_CLASS: "", ALARM_MAIL: "" };
    const { status, all, out } = await dry(t, file, empty);
    assert.equal(status, 0, all);
    assert.match(out, /^sam deploy .*--stack-name my-shop --region eu-west-3 /m);
    const { Architecture, Memory, AlarmMail, StripeAccount, ...rest } = parametersOf({ out });
    assert.deepEqual({ Architecture, Memory, AlarmMail, StripeAccount }, { Architecture: "arm64", Memory: "512", AlarmMail: "", StripeAccount: "acct_1" });
    assert.ok(!("PriceClass" in rest) && !("LogRetention" in rest), "what is not set keeps the value it has");
    const full = await dry(t, file, { AWS_REGION: "eu-central-1", BAZAAR_STACK: "other" });
    assert.match(full.out, /--stack-name other --region eu-central-1 /, "what is set in the environment counts more");
  });

  test("deploy/aws.env is read as it is meant: with quotes, comments, blanks and the line ends of Windows", async (t) => {
    const meant = ["# ours", "", '  AWS_REGION="eu-west-3"', "BAZAAR_STACK=my-shop   # name", "SHOP_DOMAIN='www.shop.example' # \"ours\"", " ", "\t# more", "ALARM_MAIL= a#b@shop.example  ", 'STRIPE_ACCOUNT="acct_1" # Anna\'s', "CERTIFICATE_ARN=\t# none yet", "PRICE_CLASS= # later"];
    for (const [what, end] of [["of Unix", "\n"], ["of Windows", "\r\n"]]) {
      const { status, all, out } = await dry(t, meant.join(end)); // the last line has no end
      assert.equal(status, 0, `${what}: ${all}`);
      assert.match(out, /^sam deploy .*--stack-name my-shop --region eu-west-3 /m, what);
      const { ShopDomain, AlarmMail, StripeAccount, CertificateArn, ...rest } = parametersOf({ out });
      assert.deepEqual({ ShopDomain, AlarmMail, StripeAccount, CertificateArn }, { ShopDomain: "www.shop.example", AlarmMail: "a#b@shop.example", StripeAccount: "acct_1", CertificateArn: "" }, what);
      assert.ok(!("PriceClass" in rest), what);
      assert.ok(!all.includes("\r"), what);
    }
  });

  test("what is no setting, no region, no stack's name or no domain is told, with where it stands", async (t) => {
    for (const [file, says, env] of [
      ["AWS_REGION\n", /deploy\/aws\.env: `AWS_REGION` is no setting/],
      ["export AWS_REGION=eu-west-3\n", /is no setting/],
      ["AWS_REGION = eu-west-3\n", /is no setting/],
      ['AWS_REGION="eu-west-3\n', /deploy\/aws\.env: AWS_REGION is `"eu-west-3`, and that is no region\n.*AWS_REGION=eu-west-3/],
      ["AWS_REGION=eu-west-3a\n", /deploy\/aws\.env: AWS_REGION is `eu-west-3a`/],
      ["AWS_REGION=Paris\n", /deploy\/aws\.env: AWS_REGION is `Paris`/],
      ["BAZAAR_STACK=my shop\n", /deploy\/aws\.env: BAZAAR_STACK is `my shop`, and that is no name of a stack.*\n.*BAZAAR_STACK=my-shop/],
      ["BAZAAR_STACK=2shops\n", /BAZAAR_STACK is `2shops`/],
      ["SHOP_DOMAIN=https://www.shop.example\n", /deploy\/aws\.env: SHOP_DOMAIN is `https:\/\/www\.shop\.example`, and that is no domain\n.*SHOP_DOMAIN=www\.example\.com/],
      ["BAZAAR_FRONT=vercel\n", /deploy\/aws\.env: BAZAAR_FRONT is vercel/],
      ["BAZAAR_STACK=shop\n", /^bazaar: BAZAAR_STACK is `my_shop`/m, { BAZAAR_STACK: "my_shop" }],
    ]) {
      const { status, all, err } = await dry(t, file, env);
      assert.equal(status, 2, `${file}${all}`);
      assert.match(err, says);
    }
    for (const region of ["us-gov-west-1", "ap-southeast-2", "eusc-de-east-1"]) assert.equal((await dry(t, `AWS_REGION=${region}\n`)).status, 0, region);
  });

  test("a dry run does not end as if something had been done", async (t) => {
    for (const [command, env] of [["deploy"], ["rollback"], [["smoke", ADDRESS]], ["deploy", { BAZAAR_FRONT: "netlify" }]]) {
      const { status, all, err } = await dry(t, "AWS_REGION=eu-west-3\n", env, command);
      assert.equal(status, 0, all);
      assert.match(err, /this was a dry run: nothing was done\n$/);
      assert.doesNotMatch(err, /is shown|is whole|answers at/);
    }
  });

  test("who is not signed in is told so before anything else", async (t) => {
    const shop = await copyAfter(t, 0);
    shop.change({ signedOut: true });
    for (const command of ["deploy", "rollback"]) {
      const { status, err, calls } = await shop.aws(command);
      assert.equal(status, 3, err);
      assert.match(err, /Unable to locate credentials[\s\S]*AWS does not know who you are[\s\S]*aws sso login[\s\S]*docs\/deploy-aws\.md, step 3/);
      assert.doesNotMatch(err, /secret|step 4/);
      assert.match(calls, /^aws --version\naws sts get-caller-identity .*\n$/);
    }
  });

  test("a rollback behind Netlify's pages says the commands for the tills, whole", async (t) => {
    const shop = await copyAfter(t, 2);
    const before = shop.cloud();
    const { status, err, calls } = await shop.aws("rollback", { BAZAAR_FRONT: "netlify" });
    assert.equal(status, 2, err);
    assert.match(err, /then the pages at Netlify/);
    for (const till of ["shop-stripe", "shop-shopper"]) {
      assert.match(err, new RegExp(`live is 2 now.*\n +aws lambda list-versions-by-function --region eu-west-3 --function-name ${till} --query 'Versions\\[\\]\\.\\[Version,LastModified\\]' --output text\n`));
      const [said] = new RegExp(`aws lambda update-alias --region eu-west-3 --function-name ${till} --name live --function-version VERSION$`, "m").exec(err);
      assert.ok(said);
    }
    assert.doesNotMatch(calls, /update-alias|put-key/);
    assert.deepEqual(shop.cloud(), before, "nothing was changed");
  });
});
