/** `ato sync wandb`: the folders that it writes, without wandb; `tests/sync/` has the tests with the real one. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { spawn } from "node:child_process";
import process from "node:process";
import { test } from "node:test";
import { SQLLogger } from "@ato/ato/tracker";
import { ROOT, runtimeArgs } from "../_shared/run_script.ts";
import { ato, inFolder, makeRun } from "./_lib.ts";

/** A folder with a file of runs, and the command that syncs it. */
function inPlace(
  work: (place: {
    readonly db: string;
    readonly out: string;
    readonly sync: (...words: string[]) => ReturnType<typeof ato>;
  }) => Promise<void>,
): Promise<void> {
  return inFolder(async (folder) => {
    const [db, out] = [join(folder, "runs.db"), join(folder, "wandb")];
    const sync = (...words: string[]) =>
      ato("sync", "wandb", ...words, "--db", db, "--out", out);
    await work({ db, out, sync });
  });
}

/** All files below a folder. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name)).sort();
}

test("ato sync wandb: writes what has changed, and says so as JSON, too", () =>
  inPlace(async ({ db, out, sync }) => {
    for (const loss of [[1], [2], [3]]) await makeRun(db, { loss });
    const dry = await sync("--dry-run");
    assertEquals([dry.code, existsSync(out)], [0, false]);
    assertMatch(dry.out, /^run 1: to be written, .*\nrun 2: to be written/);
    assertEquals((await sync("2")).code, 0);
    const { code, out: text } = await sync("--json");
    assertEquals(code, 0);
    const said = JSON.parse(text);
    assertEquals(
      said.map(({ run, state, rows, isSent }: Record<string, unknown>) => [
        ...[run, state, rows, isSent],
      ]),
      [1, 2, 3].map((run) => [
        run,
        run === 2 ? "unchanged" : "written",
        ...[1, false],
      ]),
    );
    assertMatch(said[0].id, /^[0-9a-f]{32}$/);
    assertEquals(said[0].id, said[0].uuid.replaceAll("-", ""));
    assertMatch(said[0].folder, /offline-run-\d{8}_\d{6}-[0-9a-f]{32}$/);

    // What wandb has sent is not sent again, until something changes.
    const log = join(said[0].folder, `run-${said[0].id}.wandb`);
    writeFileSync(`${log}.synced`, "");
    assertEquals(JSON.parse((await sync("1", "--json")).out)[0].isSent, true);
    await ato("tag", "1", "new", "--db", db);
    const [changed] = JSON.parse((await sync("1", "--json")).out);
    assertEquals([changed.state, changed.isSent], ["written", false]);
    assertEquals(existsSync(`${log}.synced`), false);
    // A log that is gone is written again.
    rmSync(log);
    assertEquals(
      JSON.parse((await sync("1", "--json")).out)[0].state,
      "written",
    );
  }));

test("ato sync wandb: what somebody else wrote is kept, also behind a link; files are private", () =>
  inPlace(async ({ db, out, sync }) => {
    await makeRun(db);
    const [{ folder }] = JSON.parse((await sync("--dry-run", "--json")).out);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "run-x.wandb"), "theirs");
    const { code, err } = await sync();
    assertEquals(code, 2);
    assertStringIncludes(err, "was not written by ato");
    assertEquals(readdirSync(folder), ["run-x.wandb"]);
    assertEquals((await sync("--force")).code, 0);

    const elsewhere = join(out, "..", "elsewhere");
    mkdirSync(elsewhere);
    rmSync(folder, { recursive: true });
    symlinkSync(elsewhere, folder);
    writeFileSync(join(elsewhere, "ato.json"), '{"format": "ato-wandb"}');
    assertStringIncludes((await sync()).err, "it is a link");
    assertEquals(readdirSync(elsewhere), ["ato.json"]);
    rmSync(folder);

    assertEquals((await sync()).code, 0);
    if (process.platform === "win32") return;
    for (const path of filesIn(out)) {
      assertEquals(statSync(path).mode & 0o777, 0o600, path);
    }
    assertEquals(statSync(folder).mode & 0o777, 0o700);
  }));

test("ato sync wandb: chooses runs by project, name and condition", () =>
  inPlace(async ({ db, sync }) => {
    for (const [project, lr] of [["a", 0.1], ["a", 0.2], ["b", 0.1]] as const) {
      await makeRun(db, { project, config: { lr } });
    }
    const chosen = async (...words: string[]) =>
      JSON.parse((await sync(...words, "--dry-run", "--json")).out)
        .map(({ run }: { run: number }) => run);
    assertEquals(await chosen(), [1, 2, 3]);
    assertEquals(await chosen("a"), [1, 2]);
    assertEquals(await chosen("lr<0.15"), [1, 3]);
    assertEquals(await chosen("a", "lr<0.15", "3"), [1, 3]);
    assertEquals(await chosen("a", "b", "a"), [1, 2, 3]);
    assertEquals(await chosen("latest"), [3]);
    assertStringIncludes((await sync("lr>1")).out, "no run to write");
  }));

test("ato sync wandb: nothing that can hold a secret goes along unless it is asked for", () =>
  inPlace(async ({ db, out, sync }) => {
    const secret = "s3cret-words";
    await makeRun(db, {
      more: (logger) =>
        logger.logConsole("stdout", new TextEncoder().encode(secret)),
    });
    const { DatabaseSync } = await import("node:sqlite");
    const file = new DatabaseSync(db);
    const environment = {
      argv: ["deno", "train.ts", `--key=${secret}`],
      cwd: `/home/${secret}`,
      script: `/home/${secret}/train.ts`,
      git: { commit: "c0ffee", diff: `+${secret}` },
    };
    file.prepare("UPDATE attempts SET environment = ?")
      .run(JSON.stringify(environment));
    file.close();
    const textOf = () =>
      filesIn(out).map((path) => readFileSync(path, "latin1")).join();
    await sync();
    assertEquals(textOf().includes(secret), false);
    assertStringIncludes(textOf(), "train.ts");
    assertStringIncludes(textOf(), "c0ffee");
    await sync("--with-sources");
    const times = textOf().split(secret).length - 1;
    assertEquals(times, 5, "output, word, folder, script and difference");
    await sync();
    assertEquals(textOf().includes(secret), false);
  }));

test("ato sync wandb: says which program ran under ato run, and not that ato did", () =>
  inPlace(async ({ db, out, sync }) => {
    await makeRun(db, { config: { program: "deno", args: { lr: 0.1 } } });
    const { DatabaseSync } = await import("node:sqlite");
    const file = new DatabaseSync(db);
    const environment = {
      argv: [
        "/bin/ato",
        "run",
        "--",
        "deno",
        "run",
        "-A",
        "src/train.ts",
        "lr=0.1",
      ],
      script: "/opt/cli.ts",
    };
    file.prepare("UPDATE attempts SET environment = ?")
      .run(JSON.stringify(environment));
    file.close();
    await sync();
    const log = readFileSync(
      filesIn(out).find((path) => path.endsWith(".wandb"))!,
      "latin1",
    );
    assertStringIncludes(log, "2\btrain.ts");
    assertEquals(log.includes("cli.ts"), false);
  }));

test("ato sync wandb: a file from a stranger cannot name a file of this user", () =>
  inPlace(async ({ db, out, sync }) => {
    const own = join(out, "..", "id_rsa");
    writeFileSync(own, "a private key");
    await makeRun(db, {
      more: (logger) => logger.logArtifact(own, { type: "model" }),
    });
    writeFileSync(own, "another private key");
    const { DatabaseSync } = await import("node:sqlite");
    const file = new DatabaseSync(db);
    file.exec("UPDATE artifacts SET size = NULL");
    file.close();
    const first = await sync();
    assertEquals(first.code, 1);
    assertStringIncludes(first.err, "has changed since it was recorded");
    assertEquals(
      filesIn(out).filter((path) =>
        /private key/.test(readFileSync(path, "utf8"))
      ),
      [],
    );
  }));

test("ato sync wandb: killed while it writes, it leaves no log that wandb would send, and goes on later", () =>
  inPlace(async ({ db, out, sync }) => {
    const points = 200_000;
    await makeRun(db, {
      more: (logger) =>
        logger.logMetricBatch(
          Array.from({ length: points }, (_, step) => ({
            ...{ key: "loss", step: step + 5, value: step },
          })),
        ),
    });
    const isWriting = () =>
      existsSync(out) &&
      filesIn(out).some((path) => {
        // It may have got its name since it was listed.
        const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
        return /part/.test(path) && size > 0;
      });
    const finished = () =>
      filesIn(out).filter((path) => path.endsWith(".wandb"));
    // A machine that is busy may look, or kill, when everything is written: then again.
    let isKilled = false;
    for (let attempt = 0; attempt < 10 && !isKilled; attempt++) {
      rmSync(out, { recursive: true, force: true });
      const child = spawn(
        process.execPath,
        [
          ...[...runtimeArgs("run"), join(ROOT, "cli.ts"), "sync", "wandb"],
          ...["--db", db, "--out", out],
        ],
        { stdio: "ignore", cwd: join(out, "..") },
      );
      const ended = new Promise((resolve) => child.on("exit", resolve));
      while (child.exitCode === null && !isWriting()) {
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      child.kill("SIGKILL");
      await ended;
      isKilled = child.signalCode === "SIGKILL" && finished().length === 0;
    }
    assertEquals(isKilled, true);
    const { code, out: said } = await sync();
    assertEquals(code, 0);
    assertStringIncludes(said, `written`);
    assertStringIncludes(said, `${points + 3} rows`);
  }));

test("ato sync wandb: killed before the folder has its note, it goes on later; a file of somebody else is kept", () =>
  inPlace(async ({ db, out, sync }) => {
    await makeRun(db, { loss: [1] });
    await sync();
    const [folder = ""] = readdirSync(out);
    const cases: [file: string, code: number][] = [
      [".ato.0123456789abcdef.part.json", 0],
      ["notes.txt", 2],
    ];
    for (const [file, code] of cases) {
      rmSync(join(out, folder), { recursive: true });
      mkdirSync(join(out, folder));
      writeFileSync(join(out, folder, file), "x");
      assertEquals((await sync()).code, code, file);
    }
  }));

test("ato sync wandb: says that W&B keeps rows which a resumed run replaced", () =>
  inPlace(async ({ db, sync }) => {
    const id = await makeRun(db, { loss: [5, 4, 3, 2, 1] });
    await sync();
    const logger = new SQLLogger({
      lr: 0.1,
      experiment: { projectName: "demo", sql: { dbPath: db } },
    });
    await logger.run({ resume: { run: id, step: 1 } });
    await logger.finish();
    const fewer = await sync();
    assertEquals(fewer.code, 1);
    assertStringIncludes(fewer.err, "it has 2 rows, and had 5 before");
  }));

test("ato sync wandb: a damaged run is left out, and the others are written", () =>
  inPlace(async ({ db, sync }) => {
    await makeRun(db);
    await makeRun(db);
    const { DatabaseSync } = await import("node:sqlite");
    const file = new DatabaseSync(db);
    file.exec("UPDATE experiments SET config = '[' WHERE id = 1");
    file.close();
    const { code, out, err } = await sync();
    assertEquals(code, 1);
    assertMatch(out, /^run 2: written/);
    assertMatch(err, /run 1|config/);
  }));

for (
  const [name, words, message] of [
    ["no target", [], "write ato sync mlflow|wandb|status"],
    ["another target", ["comet"], "wandb"],
    ["a run that is not there", ["wandb", "9"], "Cannot find 9"],
    ["an empty folder", ["wandb", "--out="], "--out"],
    ["an empty name", ["wandb", "--entity="], "--entity"],
    [
      "a project that W&B refuses",
      ["wandb", "--project", "a/b"],
      "--project a-b",
    ],
    [
      "two that exclude each other",
      ["wandb", "--send", "--dry-run"],
      "--dry-run",
    ],
    ["a condition that is none", ["wandb", "<5"], "<5"],
  ] as const
) {
  test(`ato sync: ${name} is refused in one sentence`, () =>
    inPlace(async ({ db }) => {
      await makeRun(db);
      const { code, out, err } = await ato("sync", ...words, "--db", db);
      assertEquals([code === 0, out], [false, ""]);
      assertStringIncludes(err, message);
      assertEquals(err.trimEnd().split("\n").length, 1);
    }));
}
