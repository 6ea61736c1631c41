/**
 * Makes the file that the damage campaign damages. It has some of everything that a file can have. It
 * was written once and is kept as `damage.db`, so that the same seed damages the same bytes.
 *
 * `deno run --config deno.npm.json -A tests/cli/_real_file.ts tests/cli/damage.db`
 */
import { rmSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import process from "node:process";
import { deleteRuns, RUN_SOURCE, SQLLogger } from "../../tracker/mod.ts";
import { makeTempFolder } from "../_shared/temp_folder.ts";

/** A source with everything that a scope can provide. */
function sourceOf(version: number) {
  return {
    name: "config",
    history: () => ({
      lr: [
        {
          value: 1,
          kind: "view" as const,
          by: "base",
          at: { file: "/home/a/train.ts", line: 3 },
        },
        {
          value: 0.1 * version,
          kind: "command-line" as const,
          by: `lr=${0.1 * version}`,
        },
      ],
    }),
    codeRecords: () =>
      Promise.resolve([
        {
          traceId: "train",
          hash: `ato-code-v1:${"ab".repeat(30)}${version % 2}`,
          source: `function train() { return ${version % 2}; }`,
          uses: { helper: "ato-code-v1:cd" },
          usesSources: { helper: "x => x" },
          deep: {
            hash: `ato-deep-v1:${"ef".repeat(30)}${version % 2}`,
            graph: "ato-graph-v1:99",
            own: "ato-part-v1:77",
            dependencies: [{
              id: "utils.ts#scale",
              kind: "function" as const,
              hash: `ato-part-v1:${version % 2}`,
              source: `x * ${version % 2}`,
            }],
            packages: { "npm:lodash": "4.17.21" },
            globals: ["Math"],
            blindSpots: [{ kind: "captured", what: "k" }],
            modules: { "main.ts": "m1" },
          },
        },
        { traceId: "evaluate", reason: "it is native code" },
      ]),
    onCode: () => () => {},
    onOutput: (listen: (record: never) => void) => {
      for (let call = 0; call < 5; call++) {
        const numbers = [call * version, 2];
        listen({
          traceId: "train",
          sequence: call,
          call,
          outcome: "value",
          hash: `ato-value-v1:${call * version}`,
          sketch: {
            count: 2,
            nanCount: 0,
            min: 1,
            max: 2,
            mean: 1.5,
            l2: 2.236,
            samples: numbers,
          },
        } as never);
      }
      return () => {};
    },
  };
}

/** The environment of an invented machine. */
const ENVIRONMENT = JSON.stringify({
  runtime: { name: "deno", version: "2.9.6", v8: "15.0" },
  os: { platform: "linux", release: "6.1", arch: "x64" },
  cpu: { model: "Some CPU", count: 8 },
  memory: 2 ** 34,
  argv: ["deno", "train.ts", "lr=0.1"],
  command: ["deno", "run", "-A", "train.ts", "lr=0.1"],
  scope: "config",
  cwd: "/",
  script: "/train.ts",
  git: { commit: "c0ffee".repeat(6), branch: "main", dirty: true, diff: "+x" },
  lockFile: { name: "deno.lock", sha256: "0".repeat(64) },
  pid: 4242,
  host: "elsewhere",
});

/** Writes the file. */
export async function makeRealFile(path: string): Promise<void> {
  const folder = makeTempFolder("real");
  const dbPath = join(folder, "runs.db");
  const configOf = (version: number, project: string) => ({
    lr: 0.1 * version,
    seed: version,
    wide: 12345678901234567890n,
    model: { depth: 50, layers: [64, 128], name: "resnet", "dotted.key": 1 },
    began: new Date(1_700_000_000_000),
    nothing: undefined,
    huge: Infinity,
    weights: new Float32Array([1, 2.5]),
    experiment: { projectName: project, sql: { dbPath } },
    [RUN_SOURCE]: sourceOf(version),
  });
  for (let version = 1; version <= 6; version++) {
    const project = version < 5 ? "vision" : "speech";
    const logger = new SQLLogger(configOf(version, project));
    await logger.run({
      name: `trial-${version}`,
      notes: `note of ${version}`,
      tags: ["real", version % 2 === 0 ? "even" : "odd"],
      seed: version,
    });
    const length = version === 1 ? 700 : 90;
    logger.logMetricBatch(Array.from({ length }, (_, step) => ({
      key: "loss",
      value: Math.sin(step * version) + 100 / (step + 1),
      step,
    })));
    for (let step = 0; step < 40; step++) {
      logger.logMetrics({
        accuracy: 1 - 1 / (step + version),
        sparse: step % 10 === 3 ? NaN : step * 0.25,
      }, step);
    }
    const artifact = join(folder, `model-${version}.bin`);
    writeFileSync(artifact, "x".repeat(version * 100));
    logger.logArtifact(artifact, {
      type: "model",
      metadata: { epoch: version },
    });
    const error = new RangeError("the loss went away");
    error.stack = `${error}\n    at train (file:///home/a/train.ts:12:3)`;
    await logger.finish(version === 4 ? { error } : {});
  }
  const resumed = new SQLLogger(configOf(2, "vision"));
  await resumed.run({ resume: { run: 2, step: 20 } });
  for (let step = 21; step < 60; step++) resumed.logMetric("loss", step, step);
  await resumed.finish();
  await deleteRuns(dbPath, [6]);
  // A run that never ended, with points that were not moved yet.
  const open = new SQLLogger(configOf(7, "vision"));
  await open.run({ name: "never-ended" });
  for (let step = 0; step < 30; step++) {
    open.logMetric("loss", 1 / (step + 1), step);
  }
  const database = new DatabaseSync(dbPath);
  database.prepare("UPDATE attempts SET environment = ?").run(ENVIRONMENT);
  database.exec(
    "UPDATE run_state SET host = 'elsewhere', boot_id = 'b', pid = 4242, pid_start = '1', heartbeat = 1700000000000",
  );
  database.exec(`VACUUM INTO '${path}'`);
  database.close();
  await open.finish();
  const copy = new DatabaseSync(path);
  copy.exec("PRAGMA journal_mode = WAL; PRAGMA user_version");
  copy.exec("INSERT INTO studies (id, name) VALUES (1, 'search')");
  copy.exec("INSERT INTO study_events VALUES (1, 0, '{}')");
  copy.exec("INSERT INTO absorbed VALUES ('old.spill.jsonl', '2026-01-31')");
  copy.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  copy.close();
  rmSync(folder, { recursive: true });
}

if (import.meta.main) await makeRealFile(process.argv[2]!);
