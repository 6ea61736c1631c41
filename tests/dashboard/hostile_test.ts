/** What befell other tools: queries that are run as code, huge numbers, texts of the file that become markup. */
import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import { ask, makeRun, withDashboard } from "./_lib.ts";

const fill = (dbPath: string) =>
  makeRun(dbPath, { metrics: { loss: [1, 2, 3] }, tags: ["a"] });

/** Requests that must be refused with a sentence, or find nothing. */
const REFUSED: readonly (readonly [path: string, status: number])[] = [
  ["/api/runs/99999999999999999999", 404],
  ["/api/runs/9007199254740993", 404],
  ["/api/runs/-1", 404],
  ["/api/runs/0x1", 404],
  ["/api/runs/1e3", 404],
  ["/api/runs/1.0", 404],
  ["/api/runs/1 OR 1=1", 404],
  ["/api/runs/1;DROP TABLE experiments", 404],
  ["/api/runs/1%27--", 404],
  ["/api/runs/1/curve", 400],
  ["/api/runs/1/curve?metric=loss&width=0", 400],
  ["/api/runs/1/curve?metric=loss&width=999999999", 400],
  ["/api/runs/1/curve?metric=loss&width=1e9", 400],
  ["/api/runs/1/curve?metric=loss&from=99999999999999999999", 400],
  ["/api/runs/1/curve?metric=loss&from=NaN", 400],
  ["/api/runs/1/curve?metric=' OR 1=1 --", 404],
  ["/api/runs/1/curve?metric=__proto__", 404],
  ["/api/runs/1/curve?metric=constructor", 404],
  ["/api/runs/1/console?from=99999999999999999999", 400],
  ["/api/runs/1/console?most=999999999", 400],
  ["/api/runs?project=demo'; DROP TABLE experiments; --", 404],
  ["/api/runs?project=__proto__", 404],
  ["/api/runs?project=demo&since=-1", 400],
  ["/api/runs?project=demo&since=1e400", 400],
  [`/api/runs?project=${"x".repeat(10_001)}`, 400],
  ["/api/runs", 400],
  ["/api/matches?project=demo&where=process.exit(1)", 400],
  [`/api/matches?project=demo${"&where=lr=1".repeat(101)}`, 400],
  ["/api/why?a=1", 400],
  ["/api/why?a=1&b=2", 404],
  ["/api/why?a=1&b=99999999999999999999", 400],
  ["/api/why?a=1&b=1'", 400],
];

test("dashboard: huge numbers, and words that would be code elsewhere, are refused in a sentence", () =>
  withDashboard(fill, async ({ dashboard: { port }, get, warnings }) => {
    for (const [path, wanted] of REFUSED) {
      const sent = path.replaceAll(" ", "%20");
      const { status, text } = await ask(port, {
        path: sent,
        headers: { host: `127.0.0.1:${port}` },
      });
      assertEquals(status, wanted, path);
      const { error } = JSON.parse(text);
      assert(error.message.startsWith("Cannot "), error.message);
      assert(!/\bat .*:\d+:\d+|SELECT|sqlite/i.test(error.message), text);
    }
    // Everything is still there, and nothing was a fault of the server.
    assertEquals((await get("/api/runs?project=demo")).body.ids, [1]);
    assertEquals(warnings, []);
  }));

test("dashboard: conditions compare, and run nothing", () =>
  withDashboard(fill, async ({ get }) => {
    for (
      const where of [
        "lr=1); DROP TABLE experiments; --",
        "lr=' OR '1'='1",
        "__proto__.polluted=1",
        "constructor.name=Object",
        "loss<process.exit(1)",
        "(()=>globalThis.hacked=1)()",
        "${globalThis.hacked=1}",
      ]
    ) {
      const { status, body } = await get(
        `/api/matches?project=demo&where=${encodeURIComponent(where)}`,
      );
      assert(status === 200 ? body.ids.length === 0 : status === 400, where);
    }
    assert(!("polluted" in {}) && !("hacked" in globalThis));
    const { body } = await get("/api/matches?project=demo&where=lr=0.1");
    assertEquals(body.ids, [1]);
  }));

test("dashboard: an address that is too long is refused, and the next one is answered", () =>
  withDashboard(fill, async ({ dashboard: { port }, get }) => {
    const path = `/api/runs?project=${"x".repeat(200_000)}`;
    const { status } = await ask(port, { path }).catch(() => ({ status: 431 }));
    assert(status >= 400 && status < 500, String(status));
    assertEquals((await get("/api/projects")).status, 200);
  }));

/** Requests that pages of other sites can make a browser send, with what the browser adds. */
const CROSS_SITE:
  readonly (readonly [what: string, headers: Record<string, string>])[] = [
    ["an image", {
      "sec-fetch-site": "cross-site",
      "sec-fetch-mode": "no-cors",
      "sec-fetch-dest": "image",
    }],
    ["a script", {
      "sec-fetch-site": "cross-site",
      "sec-fetch-mode": "no-cors",
      "sec-fetch-dest": "script",
    }],
    ["a frame", {
      "sec-fetch-site": "cross-site",
      "sec-fetch-mode": "navigate",
      "sec-fetch-dest": "iframe",
    }],
    ["fetch", {
      origin: "https://evil.example",
      "sec-fetch-site": "cross-site",
      "sec-fetch-mode": "cors",
    }],
    ["fetch of an old browser", { origin: "https://evil.example" }],
    ["an event stream", {
      origin: "https://evil.example",
      accept: "text/event-stream",
    }],
  ];

test("dashboard: other sites get neither output nor artifacts nor events", () =>
  withDashboard(fill, async ({ dashboard: { port } }) => {
    for (const [what, headers] of CROSS_SITE) {
      for (
        const path of [
          "/api/runs/1",
          "/api/runs/1/console",
          "/api/runs/1/artifacts",
          "/api/runs/1/artifacts/1",
          "/api/events",
        ]
      ) {
        const answer = await ask(port, {
          path,
          headers: { host: `127.0.0.1:${port}`, ...headers },
        });
        assertEquals(answer.status, 403, `${what}: ${path}`);
        assertEquals(answer.headers["access-control-allow-origin"], undefined);
      }
    }
  }));
