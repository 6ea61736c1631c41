/** Runs that are sent while they run: by `ato sync --follow`, and by a process that a script starts. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { mlflowTarget, readTargets, syncRuns } from "../../sync/mod.ts";
import {
  deleteRuns,
  openForReading,
  SQLFinder,
  SQLLogger,
} from "../../tracker/mod.ts";
import { ato } from "../cli/_lib.ts";
import { freePort } from "../_shared/free_port.ts";
import { ROOT, runtimeArgs, withoutWaiting } from "../_shared/run_script.ts";
import { withTempFolder } from "../_shared/temp_folder.ts";
import { StubMlflow } from "./_stub_mlflow.ts";

const TRACKER = new URL("../../tracker/mod.ts", import.meta.url).href;
const ATO = [process.execPath, ...runtimeArgs("run"), join(ROOT, "cli.ts")];

interface Child {
  readonly process: ChildProcess;
  readonly ended: Promise<{ code: number | null; out: string; err: string }>;
}

/** The processes that run. */
const running = new Set<ChildProcess>();

function start(
  words: readonly string[],
  env: Record<string, string> = {},
): Child {
  const [program = "", ...rest] = words;
  const child = spawn(program, rest, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env, NO_COLOR: "1" },
  });
  running.add(child);
  let [out, err] = ["", ""];
  child.stdout.on("data", (part) => out += part);
  child.stderr.on("data", (part) => err += part);
  const ended = new Promise<{ code: number | null; out: string; err: string }>((
    done,
  ) =>
    child.once("close", (code, signal) => {
      running.delete(child);
      done({ code, out, err: withoutWaiting(err) + (signal ?? "") });
    })
  );
  return { process: child, ended };
}

/** Waits until something is so. */
async function until(
  is: () => boolean | Promise<boolean>,
  what: string,
): Promise<void> {
  const end = Date.now() + 120_000;
  while (!await is()) {
    if (Date.now() > end) throw new Error(`it never came that ${what}`);
    await delay(50);
  }
}

async function withStub(
  work: (stub: StubMlflow, folder: string) => Promise<void>,
): Promise<void> {
  const stub = await StubMlflow.start();
  try {
    await withTempFolder(async (folder) => {
      try {
        await work(stub, folder);
      } finally {
        // Those of a test that failed would go on for ever.
        for (const child of running) child.kill("SIGKILL");
      }
    }, "follow");
  } finally {
    await stub.end();
  }
}

/** Writes a script that logs until a file appears, and starts it. */
function startScript(folder: string, url: string, more = ""): Child {
  const script = join(folder, "train.ts");
  writeFileSync(join(folder, "deno.json"), "{}");
  writeFileSync(
    script,
    `import { SQLLogger } from ${
      JSON.stringify(new URL("../../tracker/mod.ts", import.meta.url).href)
    };
import { existsSync } from "node:fs";
const logger = new SQLLogger({ lr: 0.1, experiment: { projectName: "live",
  sql: { dbPath: ${JSON.stringify(join(folder, "runs.db"))} }, sync: [${
      JSON.stringify(url)
    }] } });
await logger.run();
${more}
let step = 0;
while (!existsSync(${JSON.stringify(join(folder, "stop"))})) {
  logger.logMetric("loss", 1 / ++step, step);
  await new Promise((done) => setTimeout(done, 20));
}
await logger.finish();
console.log("finished");
`,
  );
  return start([process.execPath, ...runtimeArgs("run"), script], {
    ATO_COMMAND: JSON.stringify(ATO),
  });
}

/** Whether the process that sends the runs has ended by itself. */
async function hasEnded(folder: string): Promise<boolean> {
  const [target] = await readTargets(join(folder, "runs.db"));
  return target?.at !== undefined;
}

async function countOf(folder: string): Promise<number> {
  const finder = new SQLFinder(join(folder, "runs.db"));
  try {
    return (await (await finder.findRun(1))!.metrics.summary("loss"))?.count ??
      0;
  } finally {
    await finder.close();
  }
}

test("--follow sends what is added while a run runs, and ends cleanly when it is told", () =>
  withStub(async (stub, folder) => {
    const dbPath = join(folder, "runs.db");
    const logger = new SQLLogger({
      experiment: { projectName: "live", sql: { dbPath } },
    });
    await logger.run();
    logger.logMetric("loss", 1, 0);
    const child = start([
      ...ATO,
      "sync",
      "mlflow",
      stub.url,
      "--db",
      dbPath,
      "--follow",
    ]);
    await until(
      () => stub.runs[0]?.points.length === 1,
      "the first point is there",
    );
    assertEquals(stub.runs[0]!.status, "RUNNING");
    // Not in the order of their steps.
    for (const step of [5, -3, 2]) logger.logMetric("loss", step, step);
    await until(
      () => stub.runs[0]!.points.length === 4,
      "the next points are there",
    );
    // A server that is away is caught up.
    let isAway = true;
    stub.fault = () => isAway ? { status: 503 } : "none";
    logger.logMetric("loss", 9, 9);
    await logger.finish();
    const before = stub.requests.length;
    await until(
      () => stub.requests.length > before + 1,
      "it tried while the server was away",
    );
    isAway = false;
    await until(
      () => stub.runs[0]!.status === "FINISHED",
      "the end is there",
    );
    assertEquals(stub.runs[0]!.points.map(({ step }) => step), [
      0,
      5,
      -3,
      2,
      9,
    ]);
    // Not `child.kill`: Deno then reports the signal instead of the exit code.
    process.kill(child.process.pid!, "SIGINT");
    const { code, err } = await child.ended;
    assertEquals(code, 0, err);
  }));

test("a script with experiment.sync is sent while it runs, by a process that ends after it", () =>
  withStub(async (stub, folder) => {
    const child = startScript(
      folder,
      `mlflow+${stub.url.replace("//", "//me:geheimnis@")}`,
    );
    await until(
      () => (stub.runs[0]?.points.length ?? 0) > 0,
      "the first points are there",
    );
    writeFileSync(join(folder, "stop"), "");
    const { code, out, err } = await child.ended;
    assertEquals([code, out, err], [0, "finished\n", ""]);
    await until(() => stub.runs[0]!.status === "FINISHED", "the end is there");
    await until(() => hasEnded(folder), "the follower has ended");
    assertEquals(stub.runs[0]!.points.length, await countOf(folder));
    assertEquals(atob(stub.authorization!.slice(6)), "me:geheimnis");
    assert(!JSON.stringify([...stub.runs[0]!.params]).includes("geheimnis"));
    const status = await ato("sync", "status", "--db", join(folder, "runs.db"));
    assertEquals(status.code, 0, status.out);
    assertStringIncludes(status.out, "1 run there");
  }));

test("kill -9 of a script: the server hears that the run has crashed", () =>
  withStub(async (stub, folder) => {
    const child = startScript(folder, `mlflow+${stub.url}`);
    await until(
      () => (stub.runs[0]?.points.length ?? 0) > 0,
      "the first points are there",
    );
    child.process.kill("SIGKILL");
    await child.ended;
    await until(() => stub.runs[0]!.status === "FAILED", "the crash is there");
    await until(() => hasEnded(folder), "the follower has ended");
    assertEquals(stub.runs[0]!.tags.get("ato.status"), "crashed");
    assertEquals(stub.runs[0]!.points.length, await countOf(folder));
  }));

test("kill -9 of the follower: the script goes on, and a later sync sends the rest once", () =>
  withStub(async (stub, folder) => {
    const dbPath = join(folder, "runs.db");
    let open = () => {};
    const gate = new Promise<void>((done) => open = done);
    let isHeld = false;
    stub.gate = async (_, name) => {
      if (
        !name.endsWith("log-batch") || (stub.runs[0]?.params.size ?? 0) === 0
      ) return;
      isHeld = true;
      await gate;
    };
    const child = startScript(folder, `mlflow+${stub.url}`);
    await until(() => isHeld, "points are on their way");
    const connection = await openForReading(`${dbPath}.sync`, {
      tables: ["sent_runs"],
    });
    const { holder } = connection.prepare("SELECT holder FROM sent_runs")
      .get()!;
    connection.close();
    process.kill(JSON.parse(String(holder)).pid, "SIGKILL");
    open();
    writeFileSync(join(folder, "stop"), "");
    const { code, out } = await child.ended;
    assertEquals([code, out], [0, "finished\n"]);
    const status = await ato("sync", "status", "--db", dbPath);
    assertStringIncludes(status.out, "0 runs there, 1 behind");
    assertEquals(status.code, 1);
    await until(
      async () =>
        (await ato("sync", "mlflow", stub.url, "--db", dbPath)).code === 0,
      "the process that was killed is gone, and the rest is sent",
    );
    const [run, ...more] = stub.runs;
    assertEquals([more.length, run!.status], [0, "FINISHED"]);
    const steps = run!.points.map(({ step }) => step);
    assertEquals(steps.length, await countOf(folder));
    assertEquals(new Set(steps).size, steps.length);
  }));

test("what is wrong with experiment.sync is a warning: the run goes on", () =>
  withTempFolder(async (folder) => {
    for (
      const [sync, says] of [
        ["http://x", "it is no such address"],
        [["mlflow+http://me:geheim@"], "it is no such address"],
        [7, "it has a number"],
      ] as const
    ) {
      const warnings: string[] = [];
      const dbPath = join(folder, "runs.db");
      const config = {
        experiment: { projectName: "p", sql: { dbPath }, sync },
      };
      const logger = new SQLLogger(config as never, {
        onWarning: (line) => warnings.push(line),
      });
      assert(await logger.run() > 0);
      await logger.finish();
      assertEquals(warnings.length, 1, warnings.join());
      assertStringIncludes(warnings[0]!, says);
      assert(!warnings[0]!.includes("geheim"));
    }
  }));

test("a run that has ended does not wait for a server for ever", () =>
  withTempFolder(async (folder) => {
    const dbPath = join(folder, "runs.db");
    const logger = new SQLLogger({
      experiment: { projectName: "p", sql: { dbPath } },
    });
    await logger.run();
    const untilEnded = logger.runUuid!;
    // A port that nobody gets who asks for any.
    const url = `http://127.0.0.1:${await freePort()}`;
    const ending = new AbortController();
    let waits = 0;
    const working = syncRuns(mlflowTarget(url), {
      ...{ dbPath, untilEnded, patience: 30, pause: 1, tries: 1 },
      signal: ending.signal,
      onEvent: (event) => void (event.type === "waiting" && waits++),
    });
    try {
      // While the run goes on there is no limit.
      await until(() => waits > 3, "it goes on trying");
      await logger.finish();
      const { problem, sent } = await working;
      assertStringIncludes(problem ?? "", "Cannot reach");
      assertEquals(sent, []);
    } finally {
      ending.abort();
    }
    const [target] = await readTargets(dbPath);
    assertStringIncludes(target!.problem ?? "", "Cannot reach");
  }));

test("a run that goes to the trash while it is followed is taken back", () =>
  withStub(async (stub, folder) => {
    const dbPath = join(folder, "runs.db");
    const logger = new SQLLogger({
      experiment: { projectName: "p", sql: { dbPath } },
    });
    const id = await logger.run();
    logger.logMetric("loss", 1, 0);
    const ending = new AbortController();
    const working = syncRuns(mlflowTarget(stub.url), {
      ...{ dbPath, untilEnded: logger.runUuid!, interval: 20 },
      signal: ending.signal,
    });
    try {
      await until(() => stub.runs[0]?.points.length === 1, "the run is there");
      await logger.finish();
      await deleteRuns(dbPath, [id]);
      await working;
    } finally {
      ending.abort();
    }
    const { stage, status } = stub.runs[0]!;
    assert(
      stage === "deleted" || status === "FINISHED",
      "it ended in either order",
    );
  }));

test("a run is sent by one process at a time", () =>
  withStub(async (stub, folder) => {
    const dbPath = join(folder, "runs.db");
    const logger = new SQLLogger({
      experiment: { projectName: "p", sql: { dbPath } },
    });
    await logger.run();
    logger.logMetric("loss", 1, 0);
    await logger.finish();
    let open = () => {};
    const gate = new Promise<void>((done) => open = done);
    let isHeld = false;
    stub.gate = async (_, name) => {
      if (!name.endsWith("runs/create")) return;
      isHeld = true;
      await gate;
    };
    const words = [...ATO, "sync", "mlflow", stub.url, "--db", dbPath];
    const first = start(words);
    await until(() => isHeld, "the first one is sending");
    const second = await start(words).ended;
    assertEquals(second.code, 1);
    assertStringIncludes(second.err, `process ${first.process.pid} on`);
    open();
    const { code, err } = await first.ended;
    assertEquals(code, 0, err);
    assertEquals(stub.runs.map(({ points }) => points.length), [1]);
  }));

test("ato run --sync sends what a program prints; runs that it records itself are sent in its place", () =>
  withStub(async (stub, folder) => {
    const env = { ATO_COMMAND: JSON.stringify(ATO) };
    const dbPath = join(folder, "runs.db");
    const words = [
      ...[...ATO, "run", "--db", dbPath, "--project", "live"],
      ...["--sync", `mlflow+${stub.url}`, "--no-observe", "--"],
    ];
    const printing = join(folder, "print.mjs");
    writeFileSync(printing, 'console.log("loss=0.5 step=3");');
    const plain = await start(
      [...words, process.execPath, ...runtimeArgs("run"), printing],
      env,
    ).ended;
    assertEquals(plain.code, 0, plain.err);
    await until(() => stub.runs[0]?.status === "FINISHED", "the run is there");
    assertEquals(
      stub.runs[0]!.points.map(({ key, value, step }) => [key, value, step]),
      [["loss", 0.5, 3]],
    );
    const own = join(folder, "own.ts");
    writeFileSync(
      own,
      `import { SQLLogger } from ${JSON.stringify(TRACKER)};
const logger = new SQLLogger({ experiment: { projectName: "own", sql: { dbPath: ${
        JSON.stringify(dbPath)
      } } } });
await logger.run();
logger.logMetric("own", 1, 0);
await logger.finish();
`,
    );
    const { code, err } = await start(
      [...words, process.execPath, ...runtimeArgs("run"), own],
      env,
    ).ended;
    assertEquals(code, 0, err);
    assertStringIncludes(err, "itself");
    const keys = () =>
      stub.runs.filter(({ stage }) => stage === "active").map((run) => [
        run.status,
        ...run.points.map(({ key }) => key),
      ]);
    const wanted = [["FINISHED", "loss"], ["FINISHED", "own"]];
    await until(
      () => JSON.stringify(keys()) === JSON.stringify(wanted),
      "the run of the program is there, and not that of ato run",
    );
  }));

/** Writes a script that records runs one after the other, each when a file of its number appears, and starts it. */
function startRuns(
  folder: string,
  { name, sync, command }: {
    readonly name: string;
    readonly sync: readonly string[];
    readonly command: readonly string[];
  },
): Child {
  const script = join(folder, `${name}.ts`);
  writeFileSync(join(folder, "deno.json"), "{}");
  const config = {
    experiment: {
      projectName: name,
      sql: { dbPath: join(folder, "runs.db") },
      sync,
    },
  };
  writeFileSync(
    script,
    `import { SQLLogger } from ${JSON.stringify(TRACKER)};
import { existsSync } from "node:fs";
const isThere = async (name) => {
  while (!existsSync(${
      JSON.stringify(folder)
    } + "/" + name)) await new Promise((done) => setTimeout(done, 20));
};
for (const number of [1, 2, 3]) {
  await isThere(${JSON.stringify(name)} + number);
  const logger = new SQLLogger(${JSON.stringify(config)});
  await logger.run({ name: ${JSON.stringify(name)} + " " + number });
  for (let step = 0; step < 10; step++) logger.logMetric("loss", step, step);
  await logger.finish();
}
await isThere("end");
`,
  );
  return start([process.execPath, ...runtimeArgs("run"), script], {
    ATO_COMMAND: JSON.stringify(command),
  });
}

/** A command that notes each start in a file, and is ato. */
function countedAto(folder: string): {
  readonly command: readonly string[];
  starts(): number;
} {
  const [log, script] = [join(folder, "starts"), join(folder, "ato.sh")];
  const words = ATO.map((word) => `'${word}'`).join(" ");
  writeFileSync(log, "");
  writeFileSync(script, `echo x >> '${log}'\nexec ${words} "$@"\n`);
  return {
    command: ["sh", script],
    starts: () => readFileSync(log, "utf8").split("\n").length - 1,
  };
}

const onWindows = process.platform === "win32"
  ? "the command is a script of a shell"
  : false;

test("one process sends all runs of a script, and none of another one", {
  skip: onWindows,
}, () =>
  withStub(async (stub, folder) => {
    const counted = countedAto(folder);
    const { command } = counted;
    const sync = [`mlflow+${stub.url}`];
    const mine = startRuns(folder, { name: "mine", sync, command });
    const other = startRuns(folder, { name: "other", sync: [], command });
    const finished = () =>
      stub.runs.filter(({ status }) => status === "FINISHED").length;
    for (const number of [1, 2, 3]) {
      for (const name of ["other", "mine"]) {
        writeFileSync(join(folder, `${name}${number}`), "");
      }
      await until(() => finished() === number, `run ${number} is there`);
      // Its script goes on, so it waits for the next one.
      assert(!await hasEnded(folder));
    }
    writeFileSync(join(folder, "end"), "");
    for (const { code, err } of [await mine.ended, await other.ended]) {
      assertEquals([code, err], [0, ""]);
    }
    await until(() => hasEnded(folder), "the follower has ended");
    assertEquals(counted.starts(), 1);
    assertEquals(
      stub.runs.map(({ name, points }) => [name, points.length]),
      [1, 2, 3].map((number) => [`mine ${number}`, 10]),
    );
  }));

test(
  "a second follower of a process ends at once; one that was killed is started again with the next run",
  {
    skip: onWindows,
  },
  () =>
    withStub(async (stub, folder) => {
      const counted = countedAto(folder);
      const script = startRuns(folder, {
        name: "mine",
        sync: [`mlflow+${stub.url}`],
        command: counted.command,
      });
      const dbPath = join(folder, "runs.db");
      const holder = async () => {
        const connection = await openForReading(`${dbPath}.sync`, {
          tables: ["followers"],
        });
        try {
          const row = connection.prepare("SELECT holder FROM followers").get();
          return Number(JSON.parse(String(row?.["holder"])).pid);
        } finally {
          connection.close();
        }
      };
      const isThere = (number: number) => () =>
        stub.runs[number - 1]?.status === "FINISHED";
      writeFileSync(join(folder, "mine1"), "");
      await until(isThere(1), "the first run is there");
      const first = await holder();
      const words = ["sync", "mlflow", stub.url, "--db", dbPath];
      const second = await start([
        ...ATO,
        ...words,
        "--until-process-ended",
        "1",
      ])
        .ended;
      assertEquals([second.code, second.err], [0, ""]);
      assertEquals(await holder(), first);
      process.kill(first, "SIGKILL");
      await until(() => {
        try {
          return !process.kill(first, 0);
        } catch {
          return true;
        }
      }, "the first one is gone");
      writeFileSync(join(folder, "mine2"), "");
      await until(isThere(2), "the second run is there");
      assertEquals(counted.starts(), 2);
      writeFileSync(join(folder, "mine3"), "");
      writeFileSync(join(folder, "end"), "");
      assertEquals((await script.ended).code, 0);
      await until(isThere(3), "the third run is there");
      await until(() => hasEnded(folder), "the follower has ended");
      assertEquals([counted.starts(), stub.runs.length], [2, 3]);
    }),
);
