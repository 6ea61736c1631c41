/**
 * The standalone binary as a machine without other tools runs it: in an empty folder, with an empty environment.
 * Compiling needs Deno, so this runs in Deno's suite.
 */
import { test } from "node:test";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { assertEquals, assertMatch } from "@std/assert";
import { SQLLogger } from "@ato/ato/tracker";
import { tryDashboard, writeRuns } from "./_try_dashboard.ts";
import {
  NO_NATS,
  NO_REDIS,
  startNats,
  startRedis,
} from "../_shared/engine_server.ts";
import { KEYS, MOTO_SERVER } from "../sync/_s3_server.ts";
import { makeTempFolder } from "../_shared/temp_folder.ts";

const skip = navigator.userAgent.startsWith("Deno/")
  ? false
  : "the binary is compiled by Deno; this runs in Deno's suite";

/** Addresses of servers that are not there. */
const NOBODY = {
  redis: "redis://127.0.0.1:1",
  postgres: "postgres://ana@127.0.0.1:1/team",
  bucket: "s3+http://127.0.0.1:1/team/runs",
};

test("ato binary", { skip }, async (t) => {
  const folder = makeTempFolder("binary");
  try {
    const binary = join(folder, "bin", "ato");
    const tool = fileURLToPath(
      new URL("../../tools/compile.ts", import.meta.url),
    );
    const compiled = spawnSync(process.execPath, [
      "run",
      "--no-config",
      "-A",
      tool,
      binary,
    ], {
      encoding: "utf8",
    });
    assertEquals(compiled.status, 0, compiled.stderr);
    const db = join(folder, "runs.db");
    for (const lr of [0.1, 0.2]) {
      const config = {
        lr,
        experiment: { projectName: "p", sql: { dbPath: db } },
      };
      const logger = new SQLLogger(config);
      await logger.run({ name: "first" });
      logger.logMetric("loss", lr, 0);
      await logger.finish();
    }
    const empty = join(folder, "empty");
    mkdirSync(empty);
    const ato = (...args: string[]) =>
      spawnSync(binary, args, {
        cwd: empty,
        encoding: "utf8",
        env: { PATH: "" },
      });

    await t.test("ato --version: prints it and nothing on stderr", () => {
      const { stdout, stderr, status } = ato("--version");
      assertEquals([stderr, status], ["", 0]);
      assertMatch(stdout, /^\d+\.\d+\.\d+\n$/);
    });
    await t.test("ato runs, ato why: read a file", () => {
      const runs = ato("runs", "--db", db, "--json");
      assertEquals([runs.stderr, runs.status], ["", 0]);
      assertEquals(JSON.parse(runs.stdout).length, 2);
      const why = ato("why", "1", "2", "--db", db);
      assertEquals([why.stderr, why.status], ["", 1]);
      assertMatch(
        why.stdout,
        /^VERDICT {2}The difference goes with lr \(/m,
      );
    });
    await t.test("ato report: writes a page", () => {
      const out = join(folder, "report.html");
      const report = ato("report", "1", "2", "--out", out, "--db", db);
      assertEquals([report.stderr, report.status], ["", 0]);
      assertMatch(readFileSync(out, "utf8"), /<svg [^]*<h3>Config<\/h3>/);
    });
    await t.test("ato config show: reads configs of other tools", () => {
      writeFileSync(join(folder, "run.py"), "depth = [0, 1 + 1]\n");
      mkdirSync(join(folder, "conf"));
      writeFileSync(join(folder, "conf", "config.yaml"), "lr: 0.1\n");
      const mm = ato("config", "show", join(folder, "run.py"));
      assertEquals([mm.stderr, mm.status], ["", 0]);
      assertMatch(mm.stdout, /^depth +\[0, 2\]$/m);
      const file = join(folder, "conf", "config.yaml");
      const hydra = ato("config", "show", "--hydra", file);
      assertEquals([hydra.stderr, hydra.status], ["", 0]);
      assertMatch(hydra.stdout, /^lr +0\.1$/m);
    });
    await t.test("ato repeat: repeats a run that the binary recorded", () => {
      const own = join(folder, "own.db");
      const start = (program: string, ...args: string[]) =>
        spawnSync(program, [...args, "--db", own], {
          cwd: join(folder, "bin"),
          encoding: "utf8",
          env: { ...process.env, HOME: folder, XDG_STATE_HOME: "" },
        });
      const code = "console.log('loss=1')";
      const program = [process.execPath, "eval", code];
      for (const [i, name] of ["./ato", binary].entries()) {
        const first = spawnSync(
          name,
          ["run", "--db", own, "--", ...program],
          {
            cwd: join(folder, "bin"),
            encoding: "utf8",
            env: { ...process.env, HOME: folder, XDG_STATE_HOME: "" },
          },
        );
        assertEquals(first.status, 0, first.stderr);
        const again = start(name, "repeat", String(2 * i + 1));
        assertEquals(again.status, 0, again.stderr);
        assertMatch(again.stdout, /is repeatable/);
      }
    });
    await t.test("ato dashboard: does what takes long", async () => {
      const runs = await writeRuns(folder);
      // The message of the compiler says what the binary is made from; both must answer.
      const isNode = /made from node/.test(compiled.stdout);
      const command = { command: binary, cwd: empty, env: { PATH: "" } };
      await tryDashboard(command, runs, !isNode);
    });
    await t.test("ato search, ato hub: bring the clients of servers along", () => {
      // Nothing listens on port 1; the error would be a client that is missing.
      const search = ato("search", "status", "x", "--workers", NOBODY.redis);
      assertMatch(search.stderr, /nothing listens there/);
      const hub = ato("hub", "status", NOBODY.postgres);
      assertMatch(hub.stderr, /the server does not answer/);
      // Told by the client, before it connects.
      const bucket = spawnSync(binary, ["hub", "status", NOBODY.bucket], {
        cwd: empty,
        encoding: "utf8",
        env: {
          PATH: "",
          AWS_ACCESS_KEY_ID: "ana",
          AWS_SECRET_ACCESS_KEY: "secret",
          AWS_SESSION_TOKEN: "two\nlines",
        },
      });
      assertMatch(bucket.stderr, /characters that no request can have/);
    });
    await t.test("ato search status: asks a real Redis", {
      skip: NO_REDIS,
    }, async () => {
      const redis = await startRedis();
      try {
        const { stderr } = ato("search", "status", "x", "--workers", redis.url);
        assertMatch(stderr, /no process has taken part in it/);
      } finally {
        await redis.stop();
      }
    });
    await t.test(
      "ato worker: starts a script by the runtime, over a real NATS",
      {
        skip: NO_NATS,
      },
      async () => {
        const bin = join(folder, "runtimes");
        mkdirSync(bin);
        for (const name of ["deno", "node"]) {
          const path = join(bin, name);
          writeFileSync(path, `#!/bin/sh\necho "${name} $*"\n`, {
            mode: 0o755,
          });
        }
        writeFileSync(join(empty, "search.ts"), "");
        const nats = await startNats();
        try {
          const { stdout, stderr, status } = spawnSync(
            binary,
            ["worker", "--search", "team", nats.url, "search.ts", "fast"],
            { cwd: empty, encoding: "utf8", env: { PATH: bin } },
          );
          assertEquals([stdout, status], ["", 0]);
          // What the processes print goes there.
          assertMatch(stderr, /^\[1\] (deno run -A|node) search\.ts fast$/m);
        } finally {
          await nats.stop();
        }
      },
    );
    await t.test("ato hub init, push, pull: use a real bucket", {
      skip: MOTO_SERVER.skip,
    }, async () => {
      const moto = await MOTO_SERVER.start();
      try {
        const url = moto.hub("binary");
        for (
          const [words, says] of [
            [["hub", "init", url], /^made a hub in /],
            [["push", url, "--db", db], /^sent: 2 new/],
            [["pull", url, "--db", join(empty, "team.db")], /^came: 2 new/],
          ] as const
        ) {
          const { stdout, stderr, status } = spawnSync(binary, words, {
            cwd: empty,
            encoding: "utf8",
            env: { PATH: "", ...KEYS },
          });
          assertEquals(status, 0, stderr);
          assertMatch(stdout, says);
        }
      } finally {
        await moto.stop();
      }
    });
    await t.test("ato: shows a mistake", () => {
      const { stdout, stderr, status } = ato("rusn");
      assertEquals([stdout, status], ["", 2]);
      assertMatch(stderr, /did you mean runs\?/);
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
