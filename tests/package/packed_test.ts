/**
 * The package as npm installs it, under every supported Node. Packing needs Deno, so this runs in
 * Deno's suite; the binaries of Node come from the test command.
 */
import { test } from "node:test";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { assertEquals, assertMatch } from "@std/assert";

const NODES: [name: string, path: string | undefined][] = [
  ["22.13", process.env.ATO_NODE_22_13],
  ["22", process.env.ATO_NODE_22],
  ["24", process.env.ATO_NODE_24],
];

const isDeno = navigator.userAgent.startsWith("Deno/");
const skip = !isDeno
  ? "the package is packed by Deno; this runs in Deno's suite"
  : NODES.some(([, path]) => path === undefined)
  ? "no Node binaries are named; run it by `deno task test`"
  : false;

/** The quick start, and a run that is asked for again. */
const QUICK_START = `
import assert from "node:assert";
import { ADict, Scope, SQLFinder, SQLLogger } from "@ato/ato";

const scope = new Scope();
scope.observe({ default: true })(function defaults(config) {
  config.lr = 0.001;
  config.experiment = { projectName: "packed", sql: { dbPath: "sqlite:///runs.db" } };
});
scope.observe()(function fast(config) {
  config.lr = 0.1;
});
const helper = (x) => x * 2;
const step = scope.trace({ id: "step", uses: [helper] })((x) => helper(x) + 1);
const judge = scope.runtimeTrace({ id: "judge" })((x) => new Float64Array([x, x / 3]));

const train = scope.main(async (config) => {
  const logger = new SQLLogger(config);
  const id = await logger.run({ tags: ["packed"] });
  for (let i = 0; i < 5; i++) logger.logMetric("loss", config.lr * step(i), i);
  judge(1);
  await logger.finish();
  const finder = new SQLFinder(config);
  const run = await finder.findRun(id);
  assert.equal(run.status, "completed");
  assert.deepEqual(run.config.lr, config.lr);
  const best = await finder.findBestRun({ projectName: "packed", metric: "loss", mode: "max" });
  assert.equal(best.id, id);
  const statistics = await finder.getTraceStatistics("packed", "step");
  assert.equal(statistics.staticTraceVersions, 1);
  await finder.close();
  await config.dump("config.yaml");
  const again = await ADict.fromFile("config.yaml");
  assert.equal(await again.getStructuralHash(), await config.getStructuralHash());
  console.log("lr", config.lr, scope.explain("lr").length);
});
await train();
`;

const SEARCH = `
import assert from "node:assert";
import { isMainThread } from "node:worker_threads";
import {
  defineSpace, float, fullFidelity, openStudy, randomSampler, runStudy, sqliteJournal,
} from "@ato/ato/hyperopt";

export const objective = ({ config }) => isMainThread ? NaN : config.x;

if (isMainThread) {
  const space = defineSpace({ x: float(0, 1) });
  const study = openStudy({
    id: process.argv[2], space, sampler: randomSampler(space), metric: "loss", mode: "min",
    scheduler: fullFidelity({ trials: 4 }),
    journal: await sqliteJournal({ dbPath: "searches.db", studyId: process.argv[2] }),
  });
  await runStudy(study, import.meta.url, { workers: 2 });
  const trials = study.trials();
  assert.deepEqual(trials.map(({ status }) => status), Array(4).fill("completed"), trials[0].error?.message);
  study.close();
  console.log("searched");
}
`;

const CONFIGS = `
import assert from "node:assert";
import { writeFileSync } from "node:fs";
import { ADict } from "@ato/ato/adict";

writeFileSync("run.py", "model = dict(depth=[i * 2 for i in range(3)])");
const config = await ADict.fromMmConfig("run.py");
assert.deepEqual(config.toObject(), { model: { depth: [0, 2, 4] } });
console.log("read");
`;

const HYDRA = `
import assert from "node:assert";
import { mkdirSync, writeFileSync } from "node:fs";
import { ADict } from "@ato/ato/adict";
import { readHydra } from "@ato/ato/hydra";

mkdirSync("conf", { recursive: true });
writeFileSync("conf/config.yaml", "lr: 0.1\\nname: run-\${lr}\\n");
const options = { configDir: "conf", overrides: ["lr=0.2"] };
assert.deepEqual(await readHydra(options), { lr: 0.2, name: "run-\${lr}" });
const config = await ADict.fromHydra(options);
assert.deepEqual(config.resolve().toObject(), { lr: 0.2, name: "run-0.2" });
console.log("composed");
`;

/** What Node's threads cannot load: what lies on the web, what is not there, what has no objective. */
const NO_THREADS = `
import assert from "node:assert";
import {
  defineSpace, float, fullFidelity, openStudy, randomSampler, runStudy, WorkerStartError,
} from "@ato/ato/hyperopt";

const space = defineSpace({ x: float(0, 1) });
for (const module of [
  "https://127.0.0.1:1/search.js",
  new URL("./nowhere.js", import.meta.url).href,
  new URL("./configs.js", import.meta.url).href,
]) {
  const study = openStudy({
    id: module, space, sampler: randomSampler(space), metric: "loss",
    scheduler: fullFidelity({ trials: 4 }),
  });
  const error = await runStudy(study, module, { workers: 2 }).catch((error) => error);
  assert(error instanceof WorkerStartError, String(error));
  assert(error.message.startsWith("Cannot start a worker for " + module + ": "));
  assert.deepEqual(study.trials(), []);
  study.close();
}
console.log("refused");
`;

const WITHOUT_SQLITE = `
import { ADict } from "@ato/ato/adict";
import { Scope } from "@ato/ato/scope";

const scope = new Scope();
scope.observe({ default: true })(function defaults(config) {
  config.lr = 0.5;
});
const config = scope.apply(["lr=0.25"]);
let reason = "there is a database after all";
try {
  await import("node:sqlite");
} catch (error) {
  reason = error.code;
}
console.log(config.lr, new ADict({ a: 1 }).a, reason);
`;

function run(command: string, args: string[], cwd: string): string {
  const env = { ...process.env, NO_COLOR: "1" };
  const child = spawnSync(command, args, { cwd, env, encoding: "utf8" });
  assertEquals(
    child.status,
    0,
    `${args.join(" ")}\n${child.stdout}\n${child.stderr}`,
  );
  return child.stdout;
}

test(
  "the packed package works under every supported Node",
  { skip },
  async (t) => {
    const temporary = mkdtempSync(join(tmpdir(), "ato-packed-"));
    // Where users keep their work: threads and late imports must find their files there, too.
    const folder = join(temporary, "a folder, ü %20");
    try {
      mkdirSync(folder);
      const tool = fileURLToPath(
        new URL("../../tools/pack.ts", import.meta.url),
      );
      const config = fileURLToPath(
        new URL("../../deno.npm.json", import.meta.url),
      );
      const packed = run(process.execPath, [
        "run",
        "-A",
        "--config",
        config,
        tool,
      ], folder);
      writeFileSync(
        join(folder, "package.json"),
        '{"private": true, "type": "module"}',
      );
      run("npm", ["install", "--no-audit", "--no-fund", packed.trim()], folder);
      writeFileSync(join(folder, "quick_start.js"), QUICK_START);
      writeFileSync(join(folder, "without_sqlite.js"), WITHOUT_SQLITE);
      writeFileSync(join(folder, "search.js"), SEARCH);
      writeFileSync(join(folder, "configs.js"), CONFIGS);
      writeFileSync(join(folder, "hydra.js"), HYDRA);
      writeFileSync(join(folder, "no_threads.js"), NO_THREADS);
      for (const [name, node = ""] of NODES) {
        await t.test(`Node ${name}: quick start and tracker`, () => {
          const file = (call: number) =>
            `experiment.sql.dbPath=runs-${name}-${call}.db`;
          const first = run(node, ["quick_start.js", file(1)], folder);
          assertMatch(first, /^lr 0\.001 1$/m);
          const second = run(node, [
            "quick_start.js",
            file(2),
            "fast",
            "lr=0.2",
          ], folder);
          assertMatch(second, /^lr 0\.2 3$/m);
        });
        await t.test(`Node ${name}: a search in threads, and an OpenMMLab config`, () => {
          assertMatch(
            run(node, ["search.js", `on ${name}`], folder),
            /searched/,
          );
          assertMatch(run(node, ["configs.js"], folder), /read/);
          assertMatch(run(node, ["hydra.js"], folder), /composed/);
        });
        await t.test(`Node ${name}: threads that cannot start are an error`, () => {
          assertMatch(run(node, ["no_threads.js"], folder), /refused/);
        });
        await t.test(`Node ${name}: adict and scope need no SQLite`, () => {
          const out = run(node, [
            "--no-experimental-sqlite",
            "without_sqlite.js",
          ], folder);
          assertMatch(out, /^0\.25 1 ERR_UNKNOWN_BUILTIN_MODULE$/m);
        });
      }
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
  },
);
