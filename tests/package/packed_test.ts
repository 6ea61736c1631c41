/**
 * The package as npm installs it: its programs under every supported Node, `npx ato`, and Bun. Packing
 * needs Deno, so this runs in Deno's suite; the binaries of Node come from the test command.
 */
import { test } from "node:test";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import process from "node:process";
import { assertEquals, assertMatch } from "@std/assert";
import { ROOT } from "./_imports.ts";
import { OPTIONAL_PACKAGES } from "../../internal/optional_package.ts";
import { installPacked, NODES, run, skip } from "./_packed.ts";
import { tryNpx } from "./_try_npx.ts";
import { tryBun } from "./_try_bun.ts";
import { tryDashboard, writeRuns } from "./_try_dashboard.ts";
import { trySearch } from "./_try_search.ts";
import { tryServers } from "./_try_servers.ts";
import { README_PROGRAM, tryReadme } from "./_try_readme.ts";
import { makeTempFolder } from "../_shared/temp_folder.ts";

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

/** Modules that Node's threads cannot load: on the web, missing, without an objective. */
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

const PROGRAMS: Readonly<Record<string, string>> = {
  "readme.ts": README_PROGRAM,
  "quick_start.js": QUICK_START,
  "without_sqlite.js": WITHOUT_SQLITE,
  "search.js": SEARCH,
  "configs.js": CONFIGS,
  "hydra.js": HYDRA,
  "no_threads.js": NO_THREADS,
};

test("npm package", { skip }, async (t) => {
  const temporary = makeTempFolder("packed");
  // Users have such folders, and threads and late imports must find their files there, too.
  const folder = join(temporary, "a folder, ü %20");
  try {
    installPacked(folder);
    for (const [name, text] of Object.entries(PROGRAMS)) {
      writeFileSync(join(folder, name), text);
    }
    const db = await writeRuns(folder);
    for (const [name, node = ""] of NODES) {
      const program = (...words: string[]) => run(node, words, folder);

      await t.test(`SQLLogger: Node ${name} runs a quick start`, () => {
        const file = (call: number) =>
          `experiment.sql.dbPath=runs-${name}-${call}.db`;
        const first = program("quick_start.js", file(1));
        assertMatch(first, /^lr 0\.001 1$/m);
        const second = program("quick_start.js", file(2), "fast", "lr=0.2");
        assertMatch(second, /^lr 0\.2 3$/m);
      });
      const skip = name === "22.13" && "it does not run TypeScript";
      await t.test(`README: Node ${name} runs its program`, { skip }, () => {
        const file = `experiment.sql.dbPath=readme-${name}.db`;
        assertEquals(program("readme.ts", file), "run 1 is in runs.db\n");
        const second = program("readme.ts", file, "fast");
        assertEquals(second, "run 2 is in runs.db\n");
      });
      await t.test(`runStudy: Node ${name} searches in threads`, () => {
        assertMatch(program("search.js", `on ${name}`), /searched/);
      });
      await t.test(`ADict.fromMmConfig, ADict.fromHydra: Node ${name} loads the readers`, () => {
        assertMatch(program("configs.js"), /read/);
        assertMatch(program("hydra.js"), /composed/);
      });
      await t.test(`runStudy: Node ${name} names a thread that cannot start`, () => {
        assertMatch(program("no_threads.js"), /refused/);
      });
      await t.test(`adict, scope: Node ${name} needs no SQLite for them`, () => {
        const out = program("--no-experimental-sqlite", "without_sqlite.js");
        assertMatch(out, /^0\.25 1 ERR_UNKNOWN_BUILTIN_MODULE$/m);
      });
      await t.test(`ato dashboard: Node ${name} does what takes long in a thread`, () => {
        const command = join(folder, "node_modules", ".bin", "ato");
        const env = { PATH: `${dirname(node)}${delimiter}${process.env.PATH}` };
        return tryDashboard({ command, cwd: folder, env }, db, true);
      });
      await tryNpx(t, folder, { name, node });
    }
    const [, newest = ""] = NODES.at(-1)!;
    await tryReadme(t, folder, newest);
    await trySearch(t, folder, newest);
    await tryServers(t, folder, newest);
    await tryBun(t, folder);
    const exported = Object.keys(
      JSON.parse(readFileSync(new URL("deno.json", ROOT), "utf8")).exports,
    );
    await t.test("npm package: has every export", () => {
      const packed = JSON.parse(readFileSync(
        join(folder, "node_modules/@ato/ato/package.json"),
        "utf8",
      ));
      assertEquals(Object.keys(packed.exports), exported);
      const drivers = Object.keys(OPTIONAL_PACKAGES);
      assertEquals(Object.keys(packed.peerDependencies), drivers);
      for (const name of drivers) {
        assertEquals(packed.peerDependenciesMeta[name], { optional: true });
        assertEquals(packed.dependencies[name], undefined);
      }
      const imports = exported.map((path) =>
        `import "@ato/ato${path.slice(1)}";`
      );
      writeFileSync(join(folder, "exports.js"), imports.join("\n"));
      run(newest, ["exports.js"], folder);
    });
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
});
