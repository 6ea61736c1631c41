/**
 * The package from JSR, as a user gets it: published to a registry on loopback, used with an empty cache.
 * The JSR packages that it depends on come from checkouts of their sources, in the folder that
 * `ATO_JSR_SOURCES` names; without them an import map points to the stand-ins. npm packages come from
 * npm's registry, as it is configured. Publishing needs Deno, so this runs in Deno's suite.
 */
import { test } from "node:test";
import { readFileSync, rmSync } from "node:fs";
import { readdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { exportPaths, Jsr, ROOT, versionOf } from "./_jsr.ts";
import { type Ended, run } from "./_run.ts";
import { tryDashboard, writeRuns } from "./_try_dashboard.ts";
import { makeTempFolder } from "../_shared/temp_folder.ts";

/** The program of the README. */
const QUICK_START = /```ts\n(\/\/ train\.ts\n[^]*?)```/.exec(
  readFileSync(join(ROOT, "README.md"), "utf8"),
)![1]!;

const SEARCH = `
import {
  defineSpace, float, fullFidelity, openStudy, randomSampler, runStudy,
} from "@ato/ato/hyperopt";
import { isMainThread } from "node:worker_threads";

export const objective = ({ config }) => isMainThread ? NaN : config.x;

if (import.meta.main) {
  const space = defineSpace({ x: float(0, 1) });
  const study = openStudy({
    id: "search", space, sampler: randomSampler(space), metric: "loss",
    scheduler: fullFidelity({ trials: 4 }),
  });
  const name = Deno.args[0] ?? "objective";
  await runStudy(study, import.meta.url, { workers: 2, name });
  console.log(study.trials().map(({ status }) => status).join(" "));
}
`;

const MM_CONFIG = "model = dict(depth=[2 * i for i in range(3)])\n";
const READ_MM = `
import { ADict } from "@ato/ato/adict";
console.log(JSON.stringify(await ADict.fromMmConfig("run.py")));
`;
const READ_HYDRA = `
import { ADict } from "@ato/ato/adict";
const config = await ADict.fromHydra({ configDir: "conf", overrides: ["lr=0.2"] });
console.log(JSON.stringify(config.resolve()));
`;
const READ_YAML = `
import { ADict } from "@ato/ato/adict";
console.log(JSON.stringify(await ADict.fromFile("conf/config.yaml")));
`;
const DRIVER = `
import { chooseDriver } from "@ato/ato/tracker";
console.log((await chooseDriver()).name);
`;

const INPUTS = `
import { SQLFinder, SQLLogger } from "@ato/ato/tracker";
const config = { experiment: { projectName: "p", sql: { dbPath: "../inputs.db" } } };
const logger = new SQLLogger(config, { snapshot: false });
const id = await logger.run();
logger.logInput("conf");
await logger.finish();
const finder = new SQLFinder(config);
const { inputs } = (await finder.inputsOf(id))!;
await finder.close();
console.log(inputs.map(({ kind, count }) => [kind, count].join(" ")).join());
`;

function ok(ended: Ended): string {
  assertEquals(ended.code, 0, `${ended.out}\n${ended.err}`);
  return ended.out;
}

/** The reason to skip the tests, or `false`. */
async function reasonToSkip(): Promise<string | false> {
  if (!navigator.userAgent.startsWith("Deno/")) {
    return "the package is published by Deno; this runs in Deno's suite";
  }
  const folder = makeTempFolder("npm");
  const { code, err } = await run(
    process.execPath,
    ["cache", "--no-config", "--no-lock", "npm:meriyah@^7.4.0"],
    { cwd: folder, env: { DENO_DIR: folder } },
  );
  rmSync(folder, { recursive: true, force: true });
  const reason = err.split("\n").find((line) => line.startsWith("error"));
  return code === 0
    ? false
    : `npm's packages are not available: ${reason ?? err}`;
}

const skip = await reasonToSkip();
if (skip !== false) console.log(`jsr_test.ts is skipped: ${skip}`);

/** The limits that the documentation states, by export: files of ours, files of JSR, packages of npm. */
function statedDownloads(): [string, number, number, number][] {
  const page = readFileSync(join(ROOT, "docs/architecture.md"), "utf8");
  const row =
    /^\| `@ato\/ato\/(\w+)` +\| at most (\d+) +\| at most (\d+) +\| (\d+) +\|$/gm;
  return [...page.matchAll(row)].map(([, name, own, jsr, npm]) => [
    name!,
    Number(own),
    Number(jsr),
    Number(npm),
  ]);
}

/** How many packages of npm a cache holds. */
async function npmPackagesIn(cache: string): Promise<number> {
  const files = await readdir(join(cache, "npm"), { recursive: true })
    .catch((error) => {
      if (error.code === "ENOENT") return [];
      throw error;
    });
  // <registry>/<name>/<version>/package.json; a scoped name has two parts.
  return files.filter((path) =>
    /^[^/]+\/(@[^/]+\/)?[^/@]+\/\d[^/]*\/package\.json$/.test(path)
  ).length;
}

test("JSR package", { skip }, async (t) => {
  const folder = await realpath(makeTempFolder("jsr"));
  const [jsr, version] = [await Jsr.start(folder), await versionOf()];
  try {
    await jsr.publishSources();
    const project = await jsr.folder("project", {
      "deno.json": await jsr.projectConfig(),
      "train.ts": QUICK_START,
      "search.ts": SEARCH,
      "a folder, ü/search.ts": SEARCH,
      "run.py": MM_CONFIG,
      "conf/config.yaml": "lr: 0.1\nname: run-${lr}\n",
      "read_mm.ts": READ_MM,
      "read_hydra.ts": READ_HYDRA,
      "read_yaml.ts": READ_YAML,
      "driver.ts": DRIVER,
      "inputs.ts": INPUTS,
    });
    const config = ["--config", join(project, "deno.json"), "--no-lock"];
    const deno = (...args: string[]) =>
      jsr.deno("user", args, { cwd: project });

    await t.test("deno publish: warns of one import only", async () => {
      const { code, out, err } = await jsr.publish();
      assertEquals(code, 0, err);
      const said = `${out}\n${err}`;
      assertEquals(
        said.match(/^(?:warning|error)\[.*$/gm) ?? [],
        [
          "warning[unanalyzable-dynamic-import]: unable to analyze dynamic import",
        ],
        said,
      );
      assertStringIncludes(said, "internal/import_late.ts");
    });

    await t.test("deno publish: sends the library without tests and tools", () => {
      const prefix = `/@ato/ato/${version}/`;
      const files = jsr.registry.filesOf("@ato/ato")
        .filter((path) => path.startsWith(prefix))
        .map((path) => path.slice(prefix.length));
      for (const file of ["README.md", "LICENSE", "deno.json", "mod.ts"]) {
        assert(files.includes(file), file);
      }
      assertEquals(
        files.filter((file) => /^(tests|tools|npm|bench|\.)/.test(file)),
        [],
      );
    });

    const stated = statedDownloads();
    assertEquals(stated.map(([name]) => name), ["adict", "scope", "tracker"]);
    for (const [name, most, others, packages] of stated) {
      await t.test(`@ato/ato/${name}: a cold start downloads what the documentation states`, async () => {
        const before = jsr.registry.served.length;
        const program = `import * as all from "jsr:@ato/ato@${version}/${name}";
console.log(Object.keys(all).length > 0);`;
        const made = await jsr.folder(`cold ${name}`, { "a.ts": program });
        const cold = ["run", "-A", ...config, join(made, "a.ts")];
        assertEquals(ok(await jsr.deno(`cold ${name}`, cold)), "true\n");
        const served = jsr.registry.served.slice(before)
          .filter((path) => /\.[jt]s$/.test(path));
        const own = served.filter((path) => path.startsWith("/@ato/ato/"));
        const foreign = served.length - own.length;
        console.log(
          `${name}: ${own.length} files of Ato, ${foreign} of JSR's packages`,
        );
        assertEquals(
          served.filter((path) =>
            /\/inputs\/|\/hydra\/(?!errors\.|resolve\/|_(?:key_path|text|tree)\.)|openmmlab\/(?!errors\.)|@db\//
              .test(path)
          ),
          [],
        );
        // A limit that is far above the count states nothing.
        const holds = (count: number, limit: number) =>
          count <= limit && (limit === 0 || count > 0.75 * limit);
        assert(holds(own.length, most), `${own.length} files, not ${most}`);
        if (jsr.hasSources) {
          assert(holds(foreign, others), `${foreign} files, not ${others}`);
          const cache = jsr.environment(`cold ${name}`).DENO_DIR!;
          assertEquals(await npmPackagesIn(cache), packages);
        }
      });
    }

    await t.test("deno add: the quick start of the README runs", async () => {
      ok(await deno("add", "jsr:@ato/ato"));
      const said = ok(await deno("run", "-A", "train.ts"));
      assertEquals(said, "run 1 is in runs.db\n");
      const second = ok(await deno("run", "-A", "train.ts", "fast"));
      assertEquals(second, "run 2 is in runs.db\n");
      const manual = ok(await deno("run", "-A", "train.ts", "manual", "fast"));
      assertMatch(manual, /^lr = 0\.1 +fast, train\.ts:10$/m);
      const typo = await deno("run", "-A", "train.ts", "fats");
      assertEquals(typo.code === 0, false, typo.out);
      assertMatch(typo.err, /did you mean "?fast/);
    });

    await t.test("exports: each has types and documentation, and can be loaded", async () => {
      const paths = await exportPaths();
      assert(paths.includes("@ato/ato/hydra"));
      await jsr.folder("project", {
        "all.ts": paths.map((path, i) =>
          `import * as m${i} from "${path}";\nconst n${i}: object = m${i};\n`
        ).join("") + `console.log([${
          paths.map((_, i) => `n${i}`)
        }].length);\n`,
      });
      ok(await deno("check", "all.ts"));
      assertEquals(ok(await deno("run", "-A", "all.ts")), `${paths.length}\n`);
      assertMatch(ok(await deno("doc", "jsr:@ato/ato")), /class Scope/);
    });

    await t.test("logInput: what records inputs is downloaded when the first one is named", async () => {
      const before = jsr.registry.served.length;
      const cold = ["run", "-A", ...config, "inputs.ts"];
      const log = (...flags: string[]) =>
        jsr.deno("inputs", cold.toSpliced(1, 0, ...flags), { cwd: project });
      assertEquals(ok(await log()), "folder 1\n");
      const served = jsr.registry.served.slice(before);
      assert(served.some((path) => path.endsWith("/inputs/record_inputs.ts")));
      assertEquals(ok(await log("--cached-only")), "folder 1\n");
    });

    const completed = "completed completed completed completed\n";
    await t.test("runStudy: searches in threads", async () => {
      for (const file of ["search.ts", "a folder, ü/search.ts"]) {
        assertEquals(ok(await deno("run", "-A", file)), completed);
      }
      const few = ["--no-prompt", "--allow-read=search.ts"];
      assertEquals(ok(await deno("run", ...few, "search.ts")), completed);
    });

    await t.test("runStudy: searches with a program from the web", async () => {
      jsr.registry.put("/web/search.ts", SEARCH);
      const url = `${jsr.registry.url}web/search.ts`;
      assertEquals(ok(await deno("run", "-A", ...config, url)), completed);
      const refused = await deno("run", "-A", ...config, url, "objectiv");
      assertEquals([refused.code, refused.out], [1, ""]);
      assertStringIncludes(
        refused.err,
        `WorkerStartError: Cannot start a worker for ${url}: it exports no function "objectiv"`,
      );
    });

    await t.test("runStudy: a thread that cannot start is an error that says why", async () => {
      const misspelt = await deno("run", "-A", "search.ts", "objectiv");
      assertEquals([misspelt.code, misspelt.out], [1, ""]);
      assertStringIncludes(misspelt.err, `it exports no function "objectiv"`);
      const forbidden = await deno("run", "--no-prompt", "search.ts");
      assertEquals([forbidden.code, forbidden.out], [1, ""]);
      assertMatch(
        forbidden.err,
        /WorkerStartError: Cannot start a worker for file:.*search\.ts: Requires read access/,
      );
    });

    const mm = '{"model":{"depth":[0,2,4]}}\n';
    const hydra = '{"lr":0.2,"name":"run-0.2"}\n';
    await t.test("ADict.fromMmConfig, ADict.fromHydra: load a reader once, when it is first used", async () => {
      const read = (file: string, ...flags: string[]) =>
        jsr.deno("readers", ["run", ...flags, ...config, file], {
          cwd: project,
        });
      for (const flags of [["-A"], ["-A", "--cached-only"]]) {
        assertEquals(ok(await read("read_mm.ts", ...flags)), mm);
        assertEquals(ok(await read("read_hydra.ts", ...flags)), hydra);
      }
      // The lock file from the installation is complete.
      assertEquals(ok(await deno("run", "-A", "--frozen", "read_mm.ts")), mm);
      assertEquals(
        ok(await read("read_yaml.ts", "-A")),
        '{"lr":0.1,"name":"run-${lr}"}\n',
      );
      const forbidden = await read("read_mm.ts", "--no-prompt");
      assertMatch(
        forbidden.err,
        /ReaderLoadError: Cannot read run\.py: .+Requires env access .+--allow-env flag$/m,
      );
    });

    await t.test("ADict.fromMmConfig, ADict.fromHydra: without a network the error says how to load a reader", async () => {
      const cold = (cache: string, ...args: string[]) =>
        jsr.deno(cache, args, { cwd: project });
      const yaml = ["run", "-A", ...config, "read_yaml.ts"];
      ok(await cold("offline", ...yaml));
      // The YAML reader was downloaded with the program.
      ok(await cold("offline", ...yaml, "--cached-only"));
      const run = ["run", "-A", "--cached-only", ...config];
      for (
        const [file, name] of [["read_mm", "openmmlab"], [
          "read_hydra",
          "hydra",
        ]]
      ) {
        const { code, err } = await cold("offline", ...run, `${file}.ts`);
        assertEquals(code, 1);
        assertMatch(
          err,
          new RegExp(
            `ReaderLoadError: Cannot read .+; add it to the program with: import "@ato/ato/${name}"\n`,
          ),
        );
      }
      // `deno cache` includes the readers, because they are part of the types.
      for (const [file, said] of [["read_mm", mm], ["read_hydra", hydra]]) {
        ok(await cold(file!, "cache", ...config, `${file}.ts`));
        assertEquals(ok(await cold(file!, ...run, `${file}.ts`)), said);
      }
    });

    await t.test("ADict.fromMmConfig, ADict.fromHydra: a program that imports the readers has them from the start", async () => {
      await jsr.folder("project", {
        "both.ts": `import "@ato/ato/hydra";
import "@ato/ato/openmmlab";
if (Deno.args.length > 0) {
  await import("./read_mm.ts");
  await import("./read_hydra.ts");
}
`,
      });
      const both = (...flags: string[]) =>
        jsr.deno("both", ["run", "-A", ...flags], { cwd: project });
      ok(await both(...config, "both.ts"));
      const said = await both("--cached-only", ...config, "both.ts", "read");
      assertEquals(ok(said), mm + hydra);
    });

    await t.test("chooseDriver: loads the FFI driver only if a library is named", async () => {
      const library = process.env["DENO_SQLITE_PATH"] ?? "";
      const isThere = library !== "" && jsr.hasSources;
      const named = { DENO_SQLITE_PATH: library || "/nowhere/lib.so" };
      const driver = (env: Record<string, string>, ...flags: string[]) =>
        jsr.deno("driver", ["run", "-A", ...flags, ...config, "driver.ts"], {
          cwd: project,
          env,
        });
      const before = jsr.registry.served.length;
      assertEquals(ok(await driver({})), "node\n");
      const unnamed = await driver({ ATO_SQLITE: "ffi" });
      assertEquals([unnamed.code, unnamed.out], [1, ""]);
      assertMatch(
        unnamed.err,
        /Error: Cannot use SQLite through FFI: .+DENO_SQLITE_PATH/,
      );
      // Without a network the driver cannot be downloaded, and node:sqlite is used.
      assertEquals(ok(await driver(named, "--cached-only")), "node\n");
      const asked = jsr.registry.served.slice(before);
      assertEquals(asked.filter((path) => path.startsWith("/@db/")), []);
      assertEquals(ok(await driver(named)), isThere ? "ffi\n" : "node\n");
      const forced = await driver({ ATO_SQLITE: "ffi", ...named });
      assertEquals(forced.code, isThere ? 0 : 1);
      if (!isThere) {
        assertMatch(forced.err, /Error: Cannot use SQLite through FFI: /);
      }
    });

    await t.test("deno install: ato runs", async () => {
      const bin = join(folder, "root", "bin");
      const root = ["--root", join(folder, "root"), "-n", "ato"];
      const words = ["install", "-g", "-A", ...config, ...root];
      ok(await deno(...words, "jsr:@ato/ato/cli"));
      const ato = (...args: string[]) =>
        run(join(bin, "ato"), args, {
          cwd: project,
          env: jsr.environment("user"),
        });
      assertEquals(ok(await ato("--version")), `${version}\n`);
      const why = await ato("why", "1", "2");
      assertEquals([why.err, why.code], ["", 1]);
      assertMatch(
        why.out,
        /^VERDICT {2}The difference goes with lr \(/m,
      );
      assertMatch(
        ok(await ato("config", "show", "run.py")),
        /model\.depth +\[0, 2, 4\]/,
      );
      assertMatch(
        ok(await ato("config", "show", "--hydra", "conf/config.yaml")),
        /name +"?run-\$\{lr\}/,
      );
      // The thread's module is on the web, where Node's threads take none.
      await tryDashboard(
        {
          command: join(bin, "ato"),
          cwd: project,
          env: jsr.environment("user"),
        },
        await writeRuns(folder),
        true,
      );
      const typo = await ato("rusn");
      assertEquals([typo.out, typo.code], ["", 2]);
      assertMatch(typo.err, /did you mean runs\?/);
    });
  } finally {
    await jsr.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
