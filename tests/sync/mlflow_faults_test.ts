/** A server that fails at any request: nothing is lost, and nothing is there twice. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { spawnSync } from "node:child_process";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { createServer as createTlsServer } from "node:https";
import { join } from "node:path";
import { test } from "node:test";
import { editRun, SQLLogger } from "../../tracker/mod.ts";
import {
  mlflowTarget,
  type SyncOptions,
  type SyncReport,
  syncRuns,
} from "../../sync/mod.ts";
import { withTempFolder } from "../_shared/temp_folder.ts";
import { type Fault, StubMlflow } from "./_stub_mlflow.ts";

async function withStub(
  work: (stub: StubMlflow) => Promise<void>,
): Promise<void> {
  const stub = await StubMlflow.start();
  try {
    await work(stub);
  } finally {
    await stub.end();
  }
}

/** Writes a run with everything that is sent. */
async function writeRun(folder: string): Promise<string> {
  const dbPath = join(folder, "whole.db");
  const file = join(folder, "model.bin");
  writeFileSync(file, "weights");
  const logger = new SQLLogger(
    {
      lr: 0.1,
      ...Object.fromEntries(
        Array.from({ length: 150 }, (_, i) => [`p${i}`, i]),
      ),
      experiment: { projectName: "faults", sql: { dbPath } },
    },
  );
  await logger.run({ tags: ["a"] });
  for (let i = 0; i < 1200; i++) logger.logMetric("loss", 1 / (i + 1), i);
  logger.logMetric("loss", 5, 3);
  logger.logMetric("odd", NaN, 0);
  logger.logMetric("odd", Infinity, 0);
  logger.logArtifact(file);
  logger.logInput(file, { name: "data" });
  await logger.finish();
  return dbPath;
}

function sync(
  stub: StubMlflow,
  dbPath: string,
  options: Partial<SyncOptions> = {},
): Promise<SyncReport> {
  return syncRuns(mlflowTarget(stub.url, { timeout: 20_000 }), {
    dbPath,
    pause: 1,
    ...options,
  });
}

/** Copies a database, without what was sent of it. */
function copyOf(dbPath: string, name: string): string {
  const copy = join(dbPath, "..", `${name}.db`);
  copyFileSync(dbPath, copy);
  return copy;
}

for (
  const fault of ["cut before", "cut after", "cut answer", "busy"] as const
) {
  test(`${fault} at each request: the run is there once and whole`, () =>
    withTempFolder(async (folder) => {
      const dbPath = await writeRun(folder);
      let [whole, requests]: [unknown, number] = [undefined, 0];
      await withStub(async (stub) => {
        const report = await sync(stub, copyOf(dbPath, "good"));
        assertEquals([report.sent.length, report.left, report.problem], [
          1,
          [],
          undefined,
        ]);
        whole = stub.content();
        requests = stub.requests.length;
      });
      assert(requests > 8);
      for (let k = 1; k <= requests; k++) {
        await withStub(async (stub) => {
          const copy = copyOf(dbPath, `${k}`);
          stub.fault = (n) => n === k ? fault : "none";
          const report = await sync(stub, copy);
          assertEquals(
            [report.left, report.problem],
            [[], undefined],
            `request ${k}`,
          );
          assertEquals(
            stub.content(),
            whole,
            `${fault} at request ${k} of ${requests}`,
          );
          const count = stub.requests.length;
          const again = await sync(stub, copy);
          assertEquals([again.sent, again.same], [[], 1]);
          assertEquals(
            stub.requests.length,
            count,
            "nothing is asked if nothing changed",
          );
        });
      }
    }));
}

test("a sync that ends at any request continues there, also without what it remembered", () =>
  withTempFolder(async (folder) => {
    const dbPath = await writeRun(folder);
    let [whole, requests]: [unknown, number] = [undefined, 0];
    await withStub(async (stub) => {
      await sync(stub, copyOf(dbPath, "good"));
      [whole, requests] = [stub.content(), stub.requests.length];
    });
    for (let k = 1; k <= requests; k++) {
      for (const isLost of [false, true]) {
        await withStub(async (stub) => {
          const copy = copyOf(dbPath, `${k}${isLost}`);
          const controller = new AbortController();
          // The work ends after the server has done its part, and before the answer arrives.
          stub.onHandled = (n) => n === k && controller.abort();
          stub.fault = (n) => n === k ? "cut after" : "none";
          await sync(stub, copy, { signal: controller.signal });
          const next = isLost ? copyOf(dbPath, `${k}lost`) : copy;
          const report = await sync(stub, next);
          assertEquals([report.left, report.problem], [[], undefined]);
          assertEquals(stub.content(), whole, `request ${k}, lost: ${isLost}`);
        });
      }
    }
  }));

const LIES: readonly (readonly [
  what: string,
  fault: Fault,
  says: string,
  tried: number,
])[] = [
  [
    "a web page",
    { status: 200, type: "text/html", body: "<html>hello" },
    "with a web page",
    1,
  ],
  [
    "a proxy that knows nothing",
    { status: 404, type: "text/html", body: "<html>" },
    "Cannot find MLflow",
    1,
  ],
  [
    "another service",
    { status: 404, type: "text/plain", body: "not found" },
    "with no JSON",
    1,
  ],
  [
    "a login that is refused",
    { status: 401, type: "text/html", body: "no" },
    "the server refuses (401)",
    1,
  ],
  [
    "a login that may not",
    { status: 403, body: "{}" },
    "the server refuses (403)",
    1,
  ],
  [
    "a page to log in",
    {
      status: 302,
      headers: { location: "https://login.example/x?token=secret" },
    },
    "https://login.example/x;",
    1,
  ],
  [
    "a list in place of a mapping",
    { status: 200, body: "[]" },
    "is not a mapping",
    1,
  ],
  [
    "a text in place of a list",
    { status: 200, body: '{"experiments":"no"}' },
    "is not a list",
    1,
  ],
  [
    "an id that leads elsewhere",
    { status: 200, body: '{"experiments":[{"experiment_id":"../x"}]}' },
    "is not an id",
    2,
  ],
  [
    "no JSON",
    { status: 200, body: '{"experiments":[' },
    "it is not JSON, or was cut",
    6,
  ],
  [
    "an error of its own",
    { status: 500, body: '{"message":"no space\\nat x"}' },
    "500 (no space)",
    6,
  ],
  [
    "too many requests",
    { status: 429, headers: { "retry-after": "0" } },
    "429",
    2,
  ],
  [
    "an answer without end",
    { status: 200, body: `{"x":"${"y".repeat(9 << 20)}"}` },
    "longer than 8 MiB",
    1,
  ],
];

for (const [what, fault, says, tried] of LIES) {
  test(`a server that answers with ${what} gets a sentence`, () =>
    withTempFolder((folder) =>
      withStub(async (stub) => {
        const dbPath = join(folder, "one.db");
        const logger = new SQLLogger({
          experiment: { projectName: "lies", sql: { dbPath } },
        });
        await logger.run();
        await logger.finish();
        stub.fault = (_, name) =>
          name.endsWith("experiments/search") ? fault : "none";
        const report = await sync(stub, dbPath, { tries: 2 });
        const said = report.problem ?? report.left[0]?.reason ?? "";
        assertStringIncludes(said, says);
        assert(!said.includes("secret") && !said.includes("\n"), said);
        assertEquals(report.sent, []);
        assertEquals(stub.requests.length, tried, stub.requests.join());
        // It is mended: nothing was lost.
        stub.fault = () => "none";
        assertEquals((await sync(stub, dbPath)).sent, [1]);
      })
    ));
}

test("a server that asks to wait is not asked before", () =>
  withTempFolder((folder) =>
    withStub(async (stub) => {
      const dbPath = await writeRun(folder);
      stub.fault = (n) =>
        n === 1 ? { status: 503, headers: { "retry-after": "1" } } : "none";
      const waits: number[] = [];
      const report = await sync(stub, dbPath, {
        onEvent: (event) => event.type === "waiting" && waits.push(event.wait),
      });
      assertEquals(waits, [1000]);
      assertEquals(report.sent, [1]);
    })
  ));

test("logins are sent, and neither stored nor shown", () =>
  withTempFolder((folder) =>
    withStub(async (stub) => {
      const dbPath = await writeRun(folder);
      const address = stub.url.replace("//", "//me:s%C3%A4cret%20word@");
      const target = mlflowTarget(`mlflow+${address}`);
      assertEquals(target.address, stub.url);
      await syncRuns(target, { dbPath });
      assertEquals(
        new TextDecoder().decode(
          Uint8Array.from(atob(stub.authorization!.slice(6)), (c) =>
            c.charCodeAt(0)),
        ),
        "me:säcret word",
      );
      await syncRuns(mlflowTarget(stub.url, { token: "abc" }), {
        dbPath: copyOf(dbPath, "token"),
      });
      assertEquals(stub.authorization, "Bearer abc");
      const bytes = await import("node:fs").then((
        { readdirSync, readFileSync },
      ) =>
        readdirSync(folder).filter((name) =>
          name.includes(".sync")
        ).map((name) => readFileSync(join(folder, name), "latin1")).join()
      );
      assert(!bytes.includes("cret") && !bytes.includes('abc"'));
      for (
        const wrong of [
          "ftp://me:geheim@x",
          "me:geheim@host",
          "http://me:geheim@h/?x=1",
          "http://me:geheim@:x",
        ]
      ) {
        try {
          mlflowTarget(wrong);
          throw new Error(`${wrong} was taken`);
        } catch (error) {
          assert(!String(error).includes("geheim"), String(error));
          assertStringIncludes(String(error), "as an MLflow server");
        }
      }
    })
  ));

test("a server that is a new one under the same address gets all runs again", () =>
  withTempFolder((folder) =>
    withStub(async (stub) => {
      const dbPath = await writeRun(folder);
      const logger = new SQLLogger({
        experiment: { projectName: "faults", sql: { dbPath } },
      });
      const id = await logger.run();
      await logger.finish();
      await sync(stub, dbPath);
      const before = stub.content() as unknown[];
      assertEquals(before.length, 2);
      stub.wipe();
      await editRun(dbPath, id, { notes: "something new" });
      assertEquals((await sync(stub, dbPath)).sent, [2]);
      assertEquals((await sync(stub, dbPath)).sent, [1]);
      assertEquals((stub.content() as unknown[])[1], before[0]);
    })
  ));

test("a server that does not answer is asked again", () =>
  withTempFolder((folder) =>
    withStub(async (stub) => {
      const dbPath = await writeRun(folder);
      let end = () => {};
      const never = new Promise<void>((done) => end = done);
      stub.gate = (n) => n === 1 ? never : Promise.resolve();
      const report = await syncRuns(mlflowTarget(stub.url, { timeout: 3000 }), {
        ...{ dbPath, pause: 1, tries: 20 },
      });
      end();
      assertEquals([report.sent, report.problem], [[1], undefined]);
      assert(
        stub.requests.filter((name) => name.endsWith("/search")).length > 1,
      );
    })
  ));

/** A certificate that nobody knows; `undefined` where there is no openssl. */
function makeCertificate(
  folder: string,
): { key: string; cert: string } | undefined {
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const { status } = spawnSync("openssl", [
    ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"],
    ...["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"],
    ...["-keyout", key, "-out", cert],
  ]);
  if (status !== 0) return undefined;
  return { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
}

test("a certificate that is not trusted, and a server without one, get a sentence at once", (t) =>
  withTempFolder((folder) =>
    withStub(async (stub) => {
      const dbPath = await writeRun(folder);
      const asked = async (url: string): Promise<string> => {
        const waits: unknown[] = [];
        const { problem = "" } = await syncRuns(mlflowTarget(url), {
          ...{ dbPath, pause: 1 },
          onEvent: (event) =>
            void (event.type === "waiting" && waits.push(event)),
        });
        assertEquals(waits, []);
        assert(!problem.includes("\n"));
        return problem;
      };
      const plain = await asked(stub.url.replace("http:", "https:"));
      assertStringIncludes(plain, "it does not speak TLS; write http://");
      const certificate = makeCertificate(folder);
      if (certificate === undefined) return t.skip("there is no openssl");
      const server = createTlsServer(certificate, (_, response) =>
        response.end("{}"));
      await new Promise<void>((done) =>
        server.listen(0, "127.0.0.1", done)
      );
      const { port } = server.address() as { port: number };
      try {
        const said = await asked(`https://127.0.0.1:${port}`);
        assertStringIncludes(said, `Cannot trust https://127.0.0.1:${port}: `);
        assertStringIncludes(said, "DENO_CERT or NODE_EXTRA_CA_CERTS");
      } finally {
        server.closeAllConnections();
        await new Promise((done) => server.close(done));
      }
    })
  ));
