import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import { DashboardError } from "../../dashboard/mod.ts";
import { serveDashboard } from "../../dashboard/server/serve_dashboard.ts";
import { ask, makeRun, withDashboard } from "./_lib.ts";

const fill = (dbPath: string) => makeRun(dbPath, { metrics: { loss: [1] } });

/** Headers of requests, and whether they are answered. `PORT` is the port. */
const REQUESTS: readonly (readonly [
  what: string,
  headers: Record<string, string>,
  status: number,
])[] = [
  ["the address that was printed", { host: "127.0.0.1:PORT" }, 200],
  ["the name of this machine", { host: "localhost:PORT" }, 200],
  ["the page itself", {
    host: "127.0.0.1:PORT",
    origin: "http://127.0.0.1:PORT",
    "sec-fetch-site": "same-origin",
  }, 200],
  ["a tool without an origin", {
    host: "127.0.0.1:PORT",
    "sec-fetch-site": "none",
  }, 200],
  ["a name that was rebound", { host: "evil.example:PORT" }, 403],
  ["a name that begins with the address", {
    host: "127.0.0.1.evil.example:PORT",
  }, 403],
  ["a user before the host", { host: "127.0.0.1@evil.example" }, 403],
  ["an address of another machine", { host: "192.168.1.1:PORT" }, 403],
  ["every address", { host: "0.0.0.0:PORT" }, 403],
  ["a port without a host", { host: ":PORT" }, 403],
  ["another origin", {
    host: "127.0.0.1:PORT",
    origin: "https://evil.example",
  }, 403],
  ["another port of this machine", {
    host: "127.0.0.1:PORT",
    origin: "http://127.0.0.1:1",
  }, 403],
  ["another scheme", {
    host: "127.0.0.1:PORT",
    origin: "https://127.0.0.1:PORT",
  }, 403],
  ["a page in a sandbox or a file", {
    host: "127.0.0.1:PORT",
    origin: "null",
  }, 403],
  ["an image on another site", {
    host: "127.0.0.1:PORT",
    "sec-fetch-site": "cross-site",
    "sec-fetch-mode": "no-cors",
  }, 403],
  ["a page of the same site", {
    host: "127.0.0.1:PORT",
    "sec-fetch-site": "same-site",
  }, 403],
  ["a link on another site to an answer", {
    host: "127.0.0.1:PORT",
    "sec-fetch-site": "cross-site",
    "sec-fetch-mode": "navigate",
  }, 403],
];

for (const [what, headers, status] of REQUESTS) {
  test(`dashboard: a request by ${what} gets ${status}`, () =>
    withDashboard(fill, async ({ dashboard: { port } }) => {
      const sent = Object.fromEntries(
        Object.entries(headers).map((
          [name, value],
        ) => [name, value.replace("PORT", String(port))]),
      );
      const answer = await ask(port, { path: "/api/runs/1", headers: sent });
      assertEquals(answer.status, status);
      assertEquals(answer.text.includes('"loss"'), status === 200);
    }));
}

test("dashboard: a link on another site opens the page, and nothing more", () =>
  withDashboard(fill, async ({ dashboard: { port } }) => {
    const headers = {
      host: `127.0.0.1:${port}`,
      "sec-fetch-site": "cross-site",
      "sec-fetch-mode": "navigate",
    };
    assertEquals((await ask(port, { headers })).status, 200);
    assertEquals(
      (await ask(port, { headers, path: "/api/projects" })).status,
      403,
    );
  }));

test("dashboard: every answer has a strict policy, none opens it to other sites", () =>
  withDashboard(fill, async ({ dashboard: { port } }) => {
    for (
      const [path, host] of [
        ["/", "127.0.0.1"],
        ["/app.js", "127.0.0.1"],
        ["/api/projects", "127.0.0.1"],
        ["/nope", "127.0.0.1"],
        ["/", "evil.example"],
      ]
    ) {
      const { headers } = await ask(port, {
        path: path!,
        headers: { host: host! },
      });
      const policy = String(headers["content-security-policy"]);
      assert(
        policy.startsWith("default-src 'none'; script-src 'self';"),
        policy,
      );
      assert(!/unsafe|\*|data:|https?:/.test(policy), policy);
      assertEquals(headers["x-content-type-options"], "nosniff");
      assertEquals(headers["access-control-allow-origin"], undefined);
    }
  }));

for (const method of ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"]) {
  test(`dashboard: ${method} is refused`, () =>
    withDashboard(fill, async ({ dashboard: { port } }) => {
      const headers = { host: `127.0.0.1:${port}` };
      const { status } = await ask(port, {
        method,
        path: "/api/runs/1",
        headers,
      });
      assertEquals(status, 405);
    }));
}

/** What befell other tools: paths that reach files, other hosts, or the code behind an address. */
const PATHS = [
  "/../../etc/passwd",
  "/..%2f..%2fetc%2fpasswd",
  "/%2e%2e/%2e%2e/etc/passwd",
  "/%252e%252e%252fetc%252fpasswd",
  "/..;/..;/etc/passwd",
  "/app.js/../../../etc/passwd",
  "/app.js;x=1",
  "/app.js%00.css",
  "/C:/Windows/win.ini",
  "/..\\..\\Windows\\win.ini",
  "//evil.example/",
  "/runs.db",
  "/api/runs/1/artifacts/../../../../etc/passwd",
  "/%",
  "/%c0%ae%c0%ae/",
  "/__proto__",
  "/constructor",
];

test("dashboard: no path reaches a file", () =>
  withDashboard(fill, async ({ dashboard: { port }, warnings }) => {
    for (const path of PATHS) {
      const { status, text } = await ask(port, {
        path,
        headers: { host: `127.0.0.1:${port}` },
      });
      assertEquals([status, text.includes("root:")], [404, false], path);
    }
    assertEquals(warnings, []);
  }));

test("dashboard: an address with a scheme is refused", () =>
  withDashboard(fill, async ({ dashboard: { port } }) => {
    const { status } = await ask(port, {
      path: "http://evil.example/api/projects",
    });
    assertEquals(status, 400);
  }));

test("dashboard: another address than the loopback needs the token of the printed address", () =>
  withDashboard(fill, async ({ dashboard: { url, port } }) => {
    const token = new URL(url).searchParams.get("token")!;
    assert(token.length >= 32, url);
    const host = `127.0.0.1:${port}`;
    const status = async (path: string, headers: Record<string, string> = {}) =>
      (await ask(port, { path, headers: { host, ...headers } })).status;
    assertEquals(await status("/api/projects"), 401);
    assertEquals(await status("/"), 401);
    assertEquals(await status("/app.js"), 401);
    assertEquals(await status(`/?token=${token}x`), 401);
    assertEquals(await status(`/api/projects?token=${token}`), 401);
    assertEquals(
      await status("/api/projects", { authorization: `Bearer ${token}` }),
      200,
    );
    assertEquals(
      await status("/api/projects", {
        authorization: `Bearer ${token}`,
        host: "evil.example",
      }),
      403,
    );
    const opened = await ask(port, {
      path: `/?token=${token}`,
      headers: { host },
    });
    assertEquals([opened.status, opened.headers["location"]], [303, "/"]);
    const [cookie = ""] = opened.headers["set-cookie"] ?? [];
    assert(/; HttpOnly; SameSite=Strict$/.test(cookie), cookie);
    assertEquals(
      await status("/api/projects", { cookie: cookie.split(";")[0]! }),
      200,
    );
  }, { host: "0.0.0.0" }));

test("dashboard: two dashboards have two tokens, one for the loopback has none", async () => {
  const tokens = new Set<string | null>();
  for (const host of ["0.0.0.0", "0.0.0.0", "127.0.0.1"]) {
    await withDashboard(fill, ({ dashboard: { url } }) => {
      tokens.add(new URL(url).searchParams.get("token"));
      return Promise.resolve();
    }, { host });
  }
  assertEquals([tokens.size, tokens.has(null)], [3, true]);
});

test("dashboard: a port that is taken, and an address of another machine, are said in a sentence", () =>
  withDashboard(fill, async ({ dashboard: { port }, dbPath }) => {
    for (
      const [options, what] of [[{ port }, "is in use"], [{
        host: "203.0.113.1",
      }, "no address of this machine"]] as const
    ) {
      const error = await serveDashboard({ dbPath, ...options }).then(
        () => undefined,
        (error) => error,
      );
      assert(
        error instanceof DashboardError && error.message.includes(what),
        String(error),
      );
    }
  }));

test("dashboard: texts of the file arrive as they are, in JSON that cannot be taken for a page", () => {
  const hostile = "</script><img src=x onerror=alert(1)>\u2028";
  return withDashboard(async (dbPath) => {
    await makeRun(dbPath, {
      project: hostile,
      name: hostile,
      tags: [hostile],
      config: { [hostile]: hostile },
      metrics: { [hostile]: [1] },
    });
  }, async ({ get, dashboard: { port } }) => {
    const path = `/api/runs?project=${encodeURIComponent(hostile)}`;
    const { body } = await get(path);
    assertEquals([body.names, body.tags, body.metrics], [
      [hostile],
      [[hostile]],
      [hostile],
    ]);
    const { headers } = await ask(port, {
      path,
      headers: { host: `127.0.0.1:${port}` },
    });
    assertEquals(headers["content-type"], "application/json; charset=utf-8");
  });
});
