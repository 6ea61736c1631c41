import { test } from "node:test";
import {
  linkSync,
  mkdirSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { SQLLogger } from "../../tracker/mod.ts";
import { ask, type Served, withDashboard } from "./_lib.ts";
import { withTempFolder } from "../_shared/temp_folder.ts";

const SVG =
  `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`;
const HTML = "<script>alert(1)</script>";

/** Files beside the file of runs, and the view, the type and the disposition that each gets. */
const FILES: readonly (readonly [
  name: string,
  content: string | Uint8Array,
  view: string,
  type: string,
  disposition: string,
])[] = [
  [
    "plot.png",
    new Uint8Array([137, 80, 78, 71, 0]),
    "image",
    "image/png",
    "inline",
  ],
  ["plot.svg", SVG, "image", "image/svg+xml", "attachment"],
  ["notes.md", `# ${HTML}`, "text", "text/plain; charset=utf-8", "inline"],
  ["page.html", HTML, "text", "text/plain; charset=utf-8", "inline"],
  ["code.js", "alert(1)", "text", "text/plain; charset=utf-8", "inline"],
  [
    "weights.bin",
    new Uint8Array([0, 1, 2]),
    "file",
    "application/octet-stream",
    "attachment",
  ],
  [
    "latin1.txt",
    new Uint8Array([0xe4, 0x20]),
    "file",
    "application/octet-stream",
    "attachment",
  ],
  ["empty", "", "text", "text/plain; charset=utf-8", "inline"],
];

/** Records a run with artifacts at these paths. */
async function record(dbPath: string, paths: readonly string[]): Promise<void> {
  const logger = new SQLLogger({
    experiment: { projectName: "demo", sql: { dbPath } },
    // Missing files are warned of.
  }, { onWarning: () => {} });
  await logger.run();
  for (const path of paths) logger.logArtifact(path);
  await logger.finish();
}

/** Asks for the bytes of an artifact. */
function bytesOf({ dashboard: { port } }: Served, path: string) {
  return ask(port, { path, headers: { host: `127.0.0.1:${port}` } });
}

test("dashboard: artifacts are served with a type that runs nothing, in a sandbox", () =>
  withDashboard(async (dbPath) => {
    const folder = dirname(dbPath);
    for (const [name, content] of FILES) {
      writeFileSync(join(folder, name), content);
    }
    await record(dbPath, FILES.map(([name]) => join(folder, name)));
  }, async (served) => {
    const { body } = await served.get("/api/runs/1/artifacts");
    assertEquals(
      body.artifacts.map(({ view }: { view: string }) => view),
      FILES.map(([, , view]) => view),
    );
    for (const [i, [name, content, , type, disposition]] of FILES.entries()) {
      const path = `/api/runs/1/artifacts/${body.artifacts[i].id}`;
      const { status, headers, text } = await bytesOf(served, path);
      assertEquals([status, headers["content-type"]], [200, type], name);
      assertEquals(
        headers["content-disposition"],
        `${disposition}; filename*=UTF-8''${name}`,
      );
      assertEquals(headers["x-content-type-options"], "nosniff");
      assertEquals(
        headers["content-security-policy"],
        "sandbox; default-src 'none'; style-src 'unsafe-inline'",
      );
      assertEquals(headers["cross-origin-resource-policy"], "same-origin");
      if (typeof content === "string") assertEquals(text, content);
    }
  }));

test("dashboard: with `head`, the first bytes of an artifact are text, whatever it is", () =>
  withDashboard(async (dbPath) => {
    const path = join(dirname(dbPath), "plot.svg");
    writeFileSync(path, SVG);
    await record(dbPath, [path]);
  }, async (served) => {
    const { headers, text } = await bytesOf(
      served,
      "/api/runs/1/artifacts/1?head=4",
    );
    assertEquals([headers["content-type"], text], [
      "text/plain; charset=utf-8",
      "<svg",
    ]);
  }));

test("dashboard: artifacts outside of the folder of the file are not shown", () =>
  withTempFolder(async (elsewhere) => {
    const secret = join(elsewhere, "secret.txt");
    writeFileSync(secret, "secret");
    await withDashboard(async (dbPath) => {
      const folder = dirname(dbPath);
      mkdirSync(join(folder, "sub"));
      symlinkSync(secret, join(folder, "link.txt"));
      symlinkSync(elsewhere, join(folder, "sub", "out"));
      writeFileSync(join(folder, "own.txt"), "own");
      await record(dbPath, [
        secret,
        join(folder, "..", "..", "..", "..", "..", "etc", "passwd"),
        `${folder}/sub/../../${elsewhere.split("/").at(-1)}/secret.txt`,
        join(folder, "link.txt"),
        join(folder, "sub", "out", "secret.txt"),
        "/etc/passwd",
        "/dev/zero",
        "/proc/self/environ",
        "C:\\Windows\\win.ini",
        "\\\\server\\share\\file",
        `file://${secret}`,
        "s3://bucket/model",
        folder,
        join(folder, "sub"),
        join(folder, "missing.txt"),
        `${join(folder, "own.txt")};x=1`,
        join(folder, "%2e%2e%2fsecret.txt"),
        // The one that may be shown, so that the others are not refused for another reason.
        join(folder, "sub", "..", "own.txt"),
      ]);
    }, async (served) => {
      const { body } = await served.get("/api/runs/1/artifacts");
      for (const { id, path, view, reason } of body.artifacts.slice(0, -1)) {
        assertEquals(view, "none", path);
        assert(String(reason).startsWith("Cannot show "), path);
        const { status, text } = await bytesOf(
          served,
          `/api/runs/1/artifacts/${id}`,
        );
        assertEquals(status, 404, path);
        assert(!/root:|^secret$/m.test(text), path);
      }
      const last = body.artifacts.at(-1);
      assertEquals(last.view, "text");
      const { text } = await bytesOf(
        served,
        `/api/runs/1/artifacts/${last.id}`,
      );
      assertEquals(text, "own");
    });
  }, "elsewhere"));

test("dashboard: artifacts of a folder that the person named are shown, those beside it are not", () =>
  withTempFolder(async (elsewhere) => {
    const chosen = join(elsewhere, "out");
    mkdirSync(chosen);
    mkdirSync(`${chosen}put`);
    writeFileSync(join(chosen, "a.txt"), "a");
    writeFileSync(join(`${chosen}put`, "b.txt"), "b");
    await withDashboard(
      (dbPath) =>
        record(dbPath, [join(chosen, "a.txt"), join(`${chosen}put`, "b.txt")]),
      async ({ get }) => {
        const { body } = await get("/api/runs/1/artifacts");
        assertEquals(
          body.artifacts.map(({ view }: { view: string }) => view),
          ["text", "none"],
        );
        assertStringIncludes(body.artifacts[1].reason, "--artifacts FOLDER");
      },
      { artifactFolders: [chosen] },
    );
  }, "elsewhere"));

test("dashboard: a file that a run does not name is not served, nor that of another run", () =>
  withDashboard(async (dbPath) => {
    const folder = dirname(dbPath);
    writeFileSync(join(folder, "a.txt"), "a");
    linkSync(join(folder, "a.txt"), join(folder, "b.txt"));
    await record(dbPath, [join(folder, "a.txt")]);
    await record(dbPath, [join(folder, "b.txt")]);
  }, async (served) => {
    const status = async (path: string) => (await bytesOf(served, path)).status;
    assertEquals(await status("/api/runs/1/artifacts/1"), 200);
    for (
      const end of [
        "1/artifacts/2",
        "1/artifacts/3",
        "1/artifacts/a.txt",
        "1/artifacts/1/a.txt",
        "1/artifacts/../artifacts/2",
        "1/artifacts/..%2f..%2f..%2fruns.db",
        "1/artifacts/%252e%252e%252fruns.db",
        "1/artifacts/..;/runs.db",
        "1/artifacts/1;x=1",
        "1/artifacts/1%00",
        "1/artifacts/1%23a",
        "1/artifacts//etc/passwd",
        "1/artifacts/%2fetc%2fpasswd",
        "1/artifacts/C:%5cWindows%5cwin.ini",
        "1/artifacts/C:/Windows/win.ini",
        "1/artifacts/-1",
        "1/artifacts/1e0",
        "1/artifacts/99999999999999999999",
        "99999999999999999999/artifacts/1",
        "1/artifacts/__proto__",
      ]
    ) assertEquals(await status(`/api/runs/${end}`), 404, end);
  }));

test("dashboard: an artifact that changed since is said to have changed", () =>
  withDashboard(async (dbPath) => {
    const paths = ["same.txt", "changed.txt"].map((name) =>
      join(dirname(dbPath), name)
    );
    for (const path of paths) writeFileSync(path, "1234");
    await record(dbPath, paths);
    truncateSync(paths[1]!, 2);
  }, async ({ get }) => {
    const { body } = await get("/api/runs/1/artifacts");
    assertEquals(
      body.artifacts.map((one: { isChanged?: boolean }) => one.isChanged),
      [undefined, true],
    );
  }));

test("dashboard: an artifact of any size is sent in full", () => {
  const content = "0123456789abcdef".repeat(40_000);
  return withDashboard(async (dbPath) => {
    const path = join(dirname(dbPath), "large.txt");
    writeFileSync(path, content);
    await record(dbPath, [path]);
  }, async (served) => {
    const { text } = await bytesOf(served, "/api/runs/1/artifacts/1");
    assert(text === content, `${text.length} of ${content.length}`);
  });
});
