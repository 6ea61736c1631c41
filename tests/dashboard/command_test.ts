import { test } from "node:test";
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { assert, assertEquals } from "@std/assert";
import { ROOT, runtimeArgs } from "../_shared/run_script.ts";
import { soon } from "../_shared/patience.ts";
import { ato, inFolder } from "../cli/_lib.ts";
import { ask, makeRun, startRun, withDashboard } from "./_lib.ts";

/** Starts `ato dashboard` as a process of its own. */
function start(...args: string[]): ChildProcess {
  const words = [...runtimeArgs("run"), "cli.ts", "dashboard", ...args];
  return spawn(process.execPath, words, {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "inherit"],
  });
}

/** The first line that a process prints. */
function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((done, fail) => {
    let text = "";
    child.stdout?.on("data", (part) => {
      text += part;
      if (text.includes("\n")) done(text.split("\n")[0]!);
    });
    child.once("exit", () => fail(new Error(`the process ended: ${text}`)));
  });
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  test(`ato dashboard: prints the address, serves it, and ends on ${signal} with exit status 0`, () =>
    inFolder(async (folder) => {
      const db = join(folder, "runs.db");
      await makeRun(db, { project: "a b" });
      const before = createHash("sha256").update(readFileSync(db)).digest(
        "hex",
      );
      const child = start("--db", db, "--port", "0", "--project", "a b");
      const ended = new Promise((done) =>
        child.once("exit", (code, by) => done([code, by]))
      );
      try {
        const line = await soon(firstLine(child), () => "no line was printed");
        const [, url = ""] =
          /^runs\.db is shown at (\S+) \(Ctrl-C ends it\)$/.exec(line) ?? [];
        assertEquals(new URL(url).hash, "#/runs/a%20b", line);
        const { status, text } = await ask(Number(new URL(url).port), {
          path: "/api/projects",
        });
        assertEquals([status, JSON.parse(text).projects], [200, [{
          name: "a b",
        }]]);
        // Of `child.kill`, Deno reports the signal and not the exit status.
        process.kill(child.pid!, signal);
        assertEquals(await soon(ended, () => "the process did not end"), [
          0,
          null,
        ]);
      } finally {
        child.kill("SIGKILL");
      }
      const after = createHash("sha256").update(readFileSync(db)).digest("hex");
      assertEquals(after, before, "the file is only read");
    }));
}

test("ato dashboard: --artifacts names folders whose artifacts are shown", () =>
  inFolder(async (folder) => {
    const [runs, out, other] = ["runs", "out", "other"].map((name) =>
      join(folder, name)
    );
    for (const path of [runs, out, other]) mkdirSync(path!);
    const db = join(runs!, "runs.db");
    const { id, logger } = await startRun(db, {});
    for (const path of [out, other]) {
      writeFileSync(join(path!, "a.txt"), "a");
      logger.logArtifact(join(path!, "a.txt"));
    }
    await logger.finish();
    const child = start("--db", db, "--port", "0", "--artifacts", out!);
    const ended = new Promise((done) => child.once("exit", done));
    try {
      const line = await soon(firstLine(child), () => "no line was printed");
      const { port } = new URL(/http:\S+/.exec(line)?.[0] ?? "");
      const { text } = await ask(Number(port), {
        path: `/api/runs/${id}/artifacts`,
      });
      assertEquals(
        JSON.parse(text).artifacts.map(({ view }: { view: string }) => view),
        ["text", "none"],
      );
    } finally {
      child.kill("SIGKILL");
      // It has the file open, whose folder is removed.
      await ended;
    }
  }));

test("ato dashboard: mistakes are sentences", () =>
  withDashboard((dbPath) => makeRun(dbPath), async ({ dbPath, dashboard }) => {
    const mistakes:
      readonly (readonly [args: string[], code: number, text: string])[] = [
        [["--port", "nope"], 2, "--port"],
        [["--port", "70000"], 2, "--port"],
        [["--port", String(dashboard.port)], 2, "is in use"],
        [["--project", "demmo"], 1, "did you mean demo?"],
        [["word"], 2, "word"],
      ];
    for (const [args, wanted, text] of mistakes) {
      const { code, err, out } = await ato(
        "dashboard",
        "--db",
        dbPath,
        ...args,
      );
      assertEquals([code, out], [wanted, ""], args.join(" "));
      assert(err.includes(text) && err.startsWith("Cannot "), err);
    }
    const { code } = await ato("dashboard", "--db", `${dbPath}.none`);
    assertEquals(code, 2);
  }));
