/** A service of S3 that refuses, breaks off, lies or is slow: a sentence, or the same request again, and nothing lost. */
import { after, before, beforeEach, test } from "node:test";
import { spawnSync } from "node:child_process";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { createServer as createTlsServer } from "node:https";
import { join } from "node:path";
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { sha256 } from "../../sync/hub/_blob.ts";
import { HubError } from "../../sync/mod.ts";
import type { S3ClientOptions } from "../../sync/hub/s3/_client.ts";
import { S3Store } from "../../sync/hub/s3/s3_store.ts";
import { assertSame, dump } from "./_dump.ts";
import { filesIn, inFolder, made, pull, push, record } from "./_lib.ts";
import { KEYS } from "./_s3_server.ts";
import {
  type Asked,
  fault,
  startStubS3,
  STUB_BUCKET,
  type StubS3,
  type Told,
} from "./_stub_s3.ts";

const FAST = { environment: KEYS, pause: 1 };
let stub: StubS3;

before(async () => void (stub = await startStubS3()));
after(async () => await stub.stop());
beforeEach(() => {
  stub.objects.clear();
  stub.log.length = 0;
  for (const name of Object.keys(stub.behaviour)) {
    delete stub.behaviour[name as keyof StubS3["behaviour"]];
  }
});

function open(options: S3ClientOptions = FAST, folder = "hub"): S3Store {
  return new S3Store(`s3+${stub.url}/${STUB_BUCKET}/${folder}`, options);
}

function object(text: string): [name: string, content: Uint8Array] {
  const content = new TextEncoder().encode(text);
  return [sha256(content), content];
}

/** A lie for the first requests that it is meant for. */
function times(
  count: number,
  isMeant: (asked: Asked) => boolean,
  told: Told,
): (asked: Asked) => Told | undefined {
  let left = count;
  return (asked) => isMeant(asked) && left-- > 0 ? told : undefined;
}

test("the whole request is signed: odd characters, conditions, copies", async () => {
  // The stub refuses what its own way of signing does not give, and conditions that are not signed.
  const store = open(FAST, "a+b & c='d'(!*) ü/x~y.z");
  await store.prepare();
  await store.put(...object("x"));
  await store.put(...object("x"));
  assertEquals(await store.swap("head", "1", 0), true);
  assertEquals(await store.swap("head", "2", 1), true);
  assert(
    [...stub.objects.keys()].some((key) =>
      key === "a+b & c='d'(!*) ü/x~y.z/refs/head"
    ),
  );
});

test("each refusal is a sentence that says how to mend it, and none shows a key", async () => {
  const secret = KEYS["AWS_SECRET_ACCESS_KEY"]!;
  const answer = (status: number, code: string) =>
    fault(status, code, `<AWSAccessKeyId>${secret}</AWSAccessKeyId>`);
  const cases: [Told, problem: string, says: string][] = [
    [answer(403, "AccessDenied"), "refused", "ask for s3:ListBucket"],
    [{ status: 403 }, "refused", "ask for s3:ListBucket"],
    [answer(404, "NoSuchBucket"), "missing", "aws s3 mb s3://stub-bucket"],
    [answer(403, "InvalidAccessKeyId"), "refused", "AWS_ACCESS_KEY_ID"],
    [answer(403, "SignatureDoesNotMatch"), "refused", "AWS_SECRET_ACCESS_KEY"],
    [answer(400, "ExpiredToken"), "refused", "log in again"],
    [answer(301, "PermanentRedirect"), "usage", "AWS_REGION"],
    [{ status: 307 }, "usage", "AWS_REGION"],
    [answer(403, "RequestTimeTooSkewed"), "refused", "the clock"],
    [answer(507, "XMinioStorageFull"), "full", "no space left"],
    [answer(501, "NotImplemented"), "other", "use another service"],
    [answer(503, "SlowDown"), "unreachable", "SlowDown again and again"],
    [{ status: 500 }, "unreachable", "500 again and again"],
    [
      {
        status: 404,
        headers: { "content-type": "text/html" },
        body: "<h1>Not found</h1>",
      },
      "other",
      "not one of S3",
    ],
    [
      {
        status: 400,
        body: `<Error><Code>Odd</Code><Message>key ${secret}</Message></Error>`,
      },
      "other",
      "400 Odd: key ***",
    ],
  ];
  for (const [told, problem, says] of cases) {
    stub.behaviour.lie = () => told;
    const error = await assertRejects(
      () => open().prepare(),
      HubError,
      says,
    );
    assertEquals(error.problem, problem);
    assert(!`${error.message}${error.stack}${error.cause}`.includes(secret));
  }
  delete stub.behaviour.lie;
  const wrong = {
    ...FAST,
    environment: { ...KEYS, AWS_SECRET_ACCESS_KEY: "no" },
  };
  await assertRejects(() => open(wrong).prepare(), HubError, "the secret key");
  const line = {
    ...FAST,
    environment: { ...KEYS, AWS_SESSION_TOKEN: "tok\nen" },
  };
  const odd = await assertRejects(() => open(line).prepare(), HubError);
  assertStringIncludes(odd.message, "characters that no request can have");
  assert(!`${odd.stack}${odd.cause}`.includes("tok"));
});

test("a service that nobody reaches, and a host that does not exist, are told apart", async () => {
  const quick = { ...FAST, tries: 2 };
  for (
    const [at, says] of [
      ["127.0.0.1:1", "does not answer"],
      ["no-such-host.invalid", "no such host"],
    ]
  ) {
    const error = await assertRejects(
      () => new S3Store(`s3+http://${at}/${STUB_BUCKET}/x`, quick).prepare(),
      HubError,
      says,
    );
    assertEquals(error.problem, "unreachable");
  }
});

test("a certificate that is not trusted, and a service without one, get a sentence at once", async (t) => {
  await inFolder(async (folder) => {
    const refused = (base: string) =>
      assertRejects(
        () =>
          new S3Store(`s3+${base}/${STUB_BUCKET}/x`, {
            ...FAST,
            pause: 600_000,
          }).prepare(),
        HubError,
      );
    const plain = await refused(stub.url.replace("http:", "https:"));
    assertStringIncludes(plain.message, "write http in place of https");
    const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
    const { status } = spawnSync("openssl", [
      ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"],
      ...["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"],
      ...["-keyout", key, "-out", cert],
    ]);
    if (status !== 0) return t.skip("there is no openssl");
    const server = createTlsServer({
      key: readFileSync(key),
      cert: readFileSync(cert),
    }, (_, response) => response.end());
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const { port } = server.address() as { port: number };
    try {
      const { message } = await refused(`https://127.0.0.1:${port}`);
      assertStringIncludes(message, "DENO_CERT or NODE_EXTRA_CA_CERTS");
    } finally {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    }
  });
});

test("a service that ignores conditions is refused when a hub is made, one that keeps them is not", async () => {
  stub.behaviour.ignoresConditions = true;
  await assertRejects(
    () => open().prepare(),
    HubError,
    "the service ignores the condition of a write",
  );
  assertEquals([...stub.objects.keys()], [], "nothing is left");
  stub.behaviour.ignoresConditions = false;
  // Each part alone is found, too.
  for (const name of ["if-none-match", "if-match"]) {
    stub.behaviour.lie = ({ method, headers, key, body }) => {
      if (method !== "PUT" || headers[name] === undefined) return undefined;
      stub.objects.set(key, { body, at: Date.now() });
      return { status: 200, headers: { etag: '"1"' } };
    };
    await assertRejects(() => open().prepare(), HubError, "ignores");
  }
  delete stub.behaviour.lie;
  await open().prepare();
});

test("a service that looks first and writes then, and one that refuses a condition that holds, are refused", async () => {
  const second = Promise.withResolvers<void>();
  let looks = 0;
  stub.behaviour.lie = async ({ method, headers, key, body }) => {
    if (method !== "PUT" || headers["if-none-match"] === undefined) {
      return undefined;
    }
    if (stub.objects.has(key)) return fault(412, "PreconditionFailed");
    if (++looks === 2) second.resolve();
    await second.promise;
    stub.objects.set(key, { body, at: Date.now() });
    return { status: 200, headers: { etag: '"1"' } };
  };
  await assertRejects(() => open().prepare(), HubError, "ignores");
  stub.behaviour.lie = ({ headers }) =>
    headers["if-match"] === undefined
      ? undefined
      : fault(412, "PreconditionFailed");
  await assertRejects(() => open().prepare(), HubError, "refuses");
});

test("later a proxy changes ETags: a sentence, rather than a push that never ends", async () => {
  await inFolder(async (folder) => {
    const [here] = filesIn(folder, "here");
    await record(here!);
    await made(open());
    await push(here!, open());
    stub.behaviour.twist = (told) => ({
      ...told,
      headers: { ...told.headers, etag: `W/"1"` },
    });
    await record(here!);
    await assertRejects(
      () => push(here!, open()),
      HubError,
      "refuses a condition that holds",
    );
  });
});

test("a service that is busy is asked again, later and later", async () => {
  const store = open();
  await store.prepare();
  for (
    const told of [
      fault(503, "SlowDown"),
      { status: 429, headers: { "retry-after": "0" } },
      fault(500, "InternalError"),
      fault(409, "ConditionalRequestConflict"),
      { status: 409 },
      { status: 200, cutAt: -1 },
    ]
  ) {
    stub.objects.delete("hub/refs/head");
    const lie = times(3, ({ method }) => method === "PUT", told);
    stub.behaviour.lie = lie;
    assertEquals(await store.swap("head", "x", 0), true);
  }
  // A copy that fails while it is made was answered by 200 before.
  await store.put(...object("x"));
  stub.behaviour.lie = times(
    2,
    ({ headers }) => "x-amz-copy-source" in headers,
    { ...fault(200, "InternalError") },
  );
  const before = stub.objects.size;
  assertEquals(await store.put(...object("x")), false);
  assertEquals(stub.objects.size, before + 1);
});

test("a value that was set counts as set, though the answer was lost", async () => {
  const store = open();
  await store.prepare();
  let isLost = false;
  stub.behaviour.twist = (told, { method }) => {
    if (method !== "PUT" || isLost) return told;
    isLost = true;
    return { status: 500 };
  };
  assertEquals(await store.swap("head", "1", 0), true);
  assertEquals(await open().read("head"), { value: "1", generation: 1 });
  isLost = false;
  assertEquals(await store.swap("head", "2", 1), true);
  assertEquals(await open().read("head"), { value: "2", generation: 2 });
  // The same value of somebody else is not one's own.
  const other = open();
  await other.read("head");
  assertEquals(await store.swap("head", "3", 2), true);
  assertEquals(await other.swap("head", "3", 2), false);
});

test("what is cut off or changed on its way is read again; what stays wrong is told", async () => {
  const store = open();
  await store.prepare();
  const [name, content] = object("x".repeat(5_000));
  await store.put(name, content);
  await store.swap("head", "1", 0);
  const isRead = ({ method, key }: Asked): boolean =>
    method === "GET" && /objects\/|refs\//.test(key);
  const wrong: Told[] = [
    { status: 200, body: content, cutAt: 100 },
    { status: 200, body: content.slice(0, 100) },
    { status: 200, body: "<html>Please log in to the network</html>" },
    { status: 200, body: "" },
  ];
  for (const told of wrong) {
    stub.behaviour.lie = times(1, isRead, told);
    assertEquals(await open().get(name), content);
    stub.behaviour.lie = times(1, isRead, told);
    assertEquals((await open().read("head"))?.value, "1");
  }
  stub.behaviour.lie = times(Infinity, isRead, wrong[1]!);
  assertEquals((await open().get(name))?.length, 100, "the caller checks it");
  await assertRejects(() => open().read("head"), HubError, "not what Ato");
  // A list that is none, or is cut off, is not taken for an empty one.
  const isList = ({ method, key }: Asked) => method === "GET" && key === "";
  for (
    const body of [
      "<html></html>",
      "<ListBucketResult><IsTruncated>false</IsTruncated>",
      "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
      "<ListBucketResult><Contents><Key>a</Key></Contents></ListBucketResult>",
    ]
  ) {
    stub.behaviour.lie = times(1, isList, { status: 200, body });
    assertEquals(await open().has([name]), new Set([name]));
    stub.behaviour.lie = times(Infinity, isList, { status: 200, body });
    await assertRejects(() => open().has([name]), HubError, "not one of S3");
  }
});

test("a service that stops in the middle is left, and asked again", async () => {
  await open().prepare();
  await open().put(...object("x"));
  const store = open({ ...FAST, silence: 500 });
  let stalls = 0;
  stub.behaviour.lie = async ({ method, key }) => {
    if (method !== "GET" || !key.includes("objects/") || stalls++ > 1) {
      return undefined;
    }
    await new Promise((done) => setTimeout(done, 3_000));
    return undefined;
  };
  assertEquals(await store.get(object("x")[0]), object("x")[1]);
  assert(stalls > 2);
});

test("a service that is slow, but goes on, is waited for", async () => {
  await open().prepare();
  const [name, content] = object("slow".repeat(1_000));
  await open().put(name, content);
  const store = open({ ...FAST, silence: 1_000 });
  stub.behaviour.twist = (told, { method, key }) =>
    method === "GET" && key.includes("objects/")
      ? { ...told, pace: 300 }
      : told;
  stub.log.length = 0;
  assertEquals(await store.get(name), content);
});

test("the region that the service names is taken", async () => {
  stub.behaviour.region = "eu-central-1";
  const store = open();
  await store.prepare();
  assertEquals(await store.isPrepared(), true);
});

test("a clock that is an hour off: requests are signed by that of the service, and gc goes by it", async () => {
  stub.behaviour.ahead = 3_600_000;
  const store = open();
  await store.prepare();
  const [name, content] = object("x");
  await store.put(name, content);
  const now = await store.now();
  assert(Math.abs(now - Date.now() - 3_600_000) < 600_000);
  assertEquals(await store.remove(name, now - 600_000), false);
  assertEquals(await store.remove(name, now + 600_000), true);
});

test("keys that another program has renewed are read again", async () => {
  await inFolder(async (folder) => {
    const file = join(folder, "credentials");
    const write = (id: string) =>
      writeFileSync(
        file,
        `[default]\naws_access_key_id = ${id}\n` +
          `aws_secret_access_key = ${KEYS["AWS_SECRET_ACCESS_KEY"]}\n`,
      );
    write("OLDKEY");
    const store = open({
      ...FAST,
      environment: { HOME: folder, AWS_SHARED_CREDENTIALS_FILE: file },
    });
    await assertRejects(() => store.prepare(), HubError, "access key");
    write(KEYS["AWS_ACCESS_KEY_ID"]!);
    await store.prepare();

    // Two requests that are refused at once: the second one finds the keys that the first one has read.
    write("OLDKEY");
    const other = open({
      ...FAST,
      environment: { HOME: folder, AWS_SHARED_CREDENTIALS_FILE: file },
    });
    const both = Promise.withResolvers<void>();
    let asked = 0;
    stub.behaviour.lie = async () => {
      if (++asked === 2) {
        write(KEYS["AWS_ACCESS_KEY_ID"]!);
        both.resolve();
      }
      await both.promise;
      return undefined;
    };
    assertEquals(await Promise.all([other.read("a"), other.read("b")]), [
      undefined,
      undefined,
    ]);
  });
});

test("lists longer than a page are read to the end, and copies of an object count as one", async () => {
  stub.behaviour.page = 3;
  const store = open();
  await store.prepare();
  const all = Array.from({ length: 10 }, (_, i) => object(`object ${i}`));
  for (const one of [...all, ...all, all[4]!]) await store.put(...one);
  const listed: string[] = [];
  for await (const { name } of store.list()) listed.push(name);
  assertEquals(listed, all.map(([name]) => name).sort());
  const reader = open();
  for (const [name, content] of all) {
    assertEquals(await reader.get(name), content);
  }
  // Only the newest copy of each is kept, and no object is lost.
  const old = [...stub.objects.values()].map((one) => one.at -= 3_600_000);
  assertEquals(old.length, 22);
  await store.sweep(Date.now() - 7_200_000);
  assertEquals(stub.objects.size, 22, "what is young stays");
  await store.sweep(Date.now());
  assertEquals(stub.objects.size, 11);
  for (const [name, content] of all) {
    assertEquals(await reader.get(name), content, "its copy is another now");
  }
});

test("to read a hub takes few lists", async () => {
  const store = open();
  await store.prepare();
  const all = Array.from({ length: 30 }, (_, i) => object(`object ${i}`));
  for (const one of all) await store.put(...one);
  stub.log.length = 0;
  const reader = open();
  for (const [name] of all) await reader.get(name);
  assertEquals(stub.log.filter((line) => line === "GET ").length, 1);
  assertEquals(stub.log.length, 31);
});

test("what is stored again while it is removed stays, however late the service removes it", async () => {
  const [name, content] = object("x");
  const [cleaner, pusher] = [open(), open()];
  await cleaner.prepare();
  await cleaner.put(name, content);
  for (const one of stub.objects.values()) one.at -= 86_400_000;
  const reached = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  stub.behaviour.lie = async ({ method }) => {
    if (method !== "DELETE") return undefined;
    reached.resolve();
    await go.promise;
    return undefined;
  };
  const removing = cleaner.remove(name, Date.now() - 3_600_000);
  await reached.promise;
  assertEquals(await pusher.put(name, content), false);
  go.resolve();
  await removing;
  assertEquals(await open().get(name), content);
  assertEquals(await pusher.get(name), content);
  // Removed just before it is copied: then it is sent.
  delete stub.behaviour.lie;
  for (const one of stub.objects.values()) one.at -= 86_400_000;
  stub.behaviour.lie = ({ headers }) => {
    const source = headers["x-amz-copy-source"];
    if (typeof source === "string") {
      stub.objects.delete(
        decodeURIComponent(source).slice(STUB_BUCKET.length + 2),
      );
    }
    return undefined;
  };
  assertEquals(await pusher.put(name, content), true);
  assertEquals(await open().get(name), content);
});

test("a push whose connection breaks for good at any request, before or after it is done, goes on where it was", async () => {
  await inFolder(async (folder) => {
    const [source, here, there] = filesIn(folder, "source", "here", "there");
    for (let i = 0; i < 2; i++) {
      await record(source!, { config: { i, text: "x".repeat(3_000) } });
    }
    const expected = await dump(source!);
    const once = { ...FAST, tries: 1 };
    let cuts = 0;
    for (let at = 0, isCut = true; isCut; at++) {
      for (const isDone of [false, true]) {
        stub.objects.clear();
        delete stub.behaviour.twist;
        delete stub.behaviour.lie;
        const store = await made(open());
        copyFileSync(source!, here!);
        const cut: Told = { status: 200, cutAt: -1 };
        let requests = 0;
        if (isDone) {
          stub.behaviour.twist = (told) => requests++ >= at ? cut : told;
        } else {
          stub.behaviour.lie = () => requests++ >= at ? cut : undefined;
        }
        isCut = false;
        try {
          await push(here!, open(once));
        } catch (error) {
          assert(error instanceof HubError, String(error));
          assertEquals(error.problem, "unreachable");
          isCut = true;
          cuts++;
        }
        delete stub.behaviour.twist;
        delete stub.behaviour.lie;
        await push(here!, store);
        assertEquals((await push(here!, open())).bytes, 0);
      }
      copyFileSync(source!, there!);
      await pull(there!, open());
      assertSame(await dump(there!), expected);
    }
    assert(cuts > 15, `${cuts} cuts`);
  });
});

test("who may not delete can make a hub and push, who may not write can pull, and gc says what it lacks", async () => {
  await inFolder(async (folder) => {
    const [here, there] = filesIn(folder, "here", "there");
    await record(here!);
    const may = (...methods: string[]) => {
      stub.behaviour.lie = ({ method }) =>
        methods.includes(method) ? undefined : fault(403, "AccessDenied");
    };
    may("GET", "PUT");
    await made(open());
    await push(here!, open());
    await push(here!, open(), { sources: true });
    may("GET");
    assertEquals((await pull(there!, open())).added.length, 1);
    await record(here!);
    const refused = await assertRejects(() => push(here!, open()), HubError);
    assertEquals(refused.problem, "refused");
    const [name] = /[0-9a-f]{64}/.exec([...stub.objects.keys()].join())!;
    await assertRejects(
      () => open().remove(name, Infinity),
      HubError,
      "s3:DeleteObject",
    );
  });
});

test("a place that others use, or a newer Ato, is left alone", async () => {
  stub.objects.set("hub/photos/cat.jpg", { body: new Uint8Array(), at: 0 });
  await assertRejects(() => open().prepare(), HubError, "photos/cat.jpg");
  assertEquals(stub.objects.size, 1);
  stub.objects.clear();
  // Names that begin as those of a hub do, in a hub that is the whole of a bucket.
  for (const key of ["objects/cat.jpg", "trials/1", "ato-hubs"]) {
    stub.objects.set(key, { body: new Uint8Array(), at: 0 });
    await assertRejects(() => open(FAST, "").prepare(), HubError, key);
    stub.objects.clear();
  }
  // A trial that was cut off is swept away, and nothing that others put there later.
  await open(FAST, "").prepare();
  const trial = `trials/${crypto.randomUUID()}`;
  for (const key of [trial, "trials/1", "objects/cat.jpg"]) {
    stub.objects.set(key, { body: new Uint8Array(), at: 0 });
  }
  await open(FAST, "").sweep(Date.now());
  assertEquals([...stub.objects.keys()].sort(), [
    "ato-hub",
    "objects/cat.jpg",
    "trials/1",
  ]);
  stub.objects.clear();
  // A folder beside it, or one whose name begins alike, is none of it.
  stub.objects.set("hub2/x", { body: new Uint8Array(), at: 0 });
  await open().prepare();
  const put = (text: string) =>
    stub.objects.set("hub/ato-hub", {
      body: new TextEncoder().encode(text),
      at: 0,
    });
  put('{"layout":2}');
  const newer = await assertRejects(() => open().isPrepared(), HubError);
  assertEquals(newer.problem, "newer");
  put("hello");
  const other = await assertRejects(() => open().isPrepared(), HubError);
  assertEquals(other.problem, "damaged");
});
