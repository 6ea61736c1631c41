/** Tests of `ato run` and `ato repeat` with real programs. */
import { test } from "node:test";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import fc from "fast-check";
import { readCommand } from "../../cli/run/command_config.ts";
import { LineSplitter } from "../../cli/run/line_splitter.ts";
import { readMetricLine } from "../../cli/run/metrics/reader.ts";
import { SQLFinder } from "../../tracker/mod.ts";
import { commandOf } from "../examples/_examples.ts";
import { soon } from "../_shared/patience.ts";
import { ato, inFolder } from "./_lib.ts";

const isDeno = navigator.userAgent.startsWith("Deno/");
const CLI = commandOf(fileURLToPath(new URL("../../cli.ts", import.meta.url)));

/** Returns the command of a script that imports nothing of Ato. */
function script(folder: string, name: string, text: string): string[] {
  const path = join(folder, name);
  writeFileSync(path, text);
  return isDeno
    ? [process.execPath, "run", "-A", "-q", "--no-config", path]
    : [process.execPath, path];
}

function cli(folder: string, ...words: string[]) {
  const [program, ...rest] = [...CLI, ...words];
  return spawnSync(program!, rest, { cwd: folder, encoding: "utf8" });
}

const LINES: readonly (readonly [string, ReturnType<typeof readMetricLine>])[] =
  [
    ["loss=0.5", { metrics: { loss: 0.5 } }],
    ["step=3 loss=.5, acc=1e-3", {
      metrics: { loss: 0.5, acc: 0.001 },
      step: 3,
    }],
    ["Epoch 4 | epoch=4 | loss=2. |", { metrics: { loss: 2 }, step: 4 }],
    ["global_step=7 epoch=2 x=1", { metrics: { epoch: 2, x: 1 }, step: 7 }],
    ["loss=nan best=-inf", { metrics: { loss: NaN, best: -Infinity } }],
    ["val/loss=1 a.b=2", { metrics: { "val/loss": 1, "a.b": 2 } }],
    ['{"step": 2, "loss": 0.1, "val": {"f1": 1}}', {
      metrics: { loss: 0.1, "val/f1": 1 },
      step: 2,
    }],
    ['{"loss": NaN, "note": "x", "ok": true}', { metrics: { loss: NaN } }],
    ['{"loss": -Infinity}', { metrics: { loss: -Infinity } }],
    ["epoch=3", undefined],
    ["Namespace(lr=0.1, epochs=10)", undefined],
    ["took=3s at=12:30", undefined],
    ["a == b, x=y", undefined],
    ["{not json}", undefined],
    ["", undefined],
  ];

test("readMetricLine: lines that programs print, and their metrics", () => {
  for (const [line, expected] of LINES) {
    assertEquals(readMetricLine(line), expected, line);
  }
});

test("LineSplitter: lines come out whole, however the bytes are cut", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.string({ unit: "grapheme" }).filter((s) => !/[\r\n]/.test(s)),
      ),
      fc.array(fc.nat({ max: 5 })),
      (lines, cuts) => {
        const bytes = new TextEncoder().encode(lines.join("\n"));
        const found: string[] = [];
        const splitter = new LineSplitter((line) => found.push(line));
        let at = 0;
        for (const cut of cuts) splitter.write(bytes.subarray(at, at += cut));
        splitter.write(bytes.subarray(at));
        splitter.end();
        // Without characters and an end of line there is no line.
        const expected = lines.at(-1) === "" ? lines.slice(0, -1) : lines;
        assertEquals(found, expected);
      },
    ),
    { seed: 4, numRuns: 300 },
  );
});

test("readCommand: a command line as a config", () => {
  const cases: [string, Record<string, unknown>][] = [
    ["python train.py --lr 0.1 --name=x -v", {
      words: ["train.py"],
      lr: 0.1,
      name: "x",
      v: true,
    }],
    ["sim n=5 --shift -3 --flag --last", {
      n: 5,
      shift: -3,
      flag: true,
      last: true,
    }],
    ["sim --tag a --tag b --on=true", { tag: ["a", "b"], on: true }],
    ["sim --__proto__ 1", { ["__proto__"]: 1 }],
  ];
  for (const [line, args] of cases) {
    const found = readCommand(line.split(" ")).args;
    assertEquals(Object.entries(found).sort(), Object.entries(args).sort());
  }
});

test("ato run: any program becomes a run with metrics, exit code and script, and its output is passed on", async () => {
  await inFolder(async (folder) => {
    const command = script(
      folder,
      "sim.mjs",
      `for (let i = 0; i < 3; i++) console.log("step=" + i + " loss=" + 1 / (i + 1));
       console.error('{"step": 9, "acc": 0.5}');
       if (process.argv[2] === "--fail") { console.error("it broke"); process.exit(7); }`,
    );
    const first = cli(
      folder,
      "run",
      "--project",
      "p",
      "--tag",
      "t",
      "--",
      ...command,
    );
    assertEquals(first.status, 0, first.stderr);
    assertStringIncludes(first.stdout, "step=2 loss=");
    assertMatch(first.stderr, /run 1 of p completed/);
    const second = cli(
      folder,
      "run",
      "--project",
      "p",
      "--",
      ...command,
      "--fail",
    );
    assertEquals(second.status, 7);
    const finder = new SQLFinder(join(folder, "ato.db"));
    const [a, b] = [await finder.findRun(1), await finder.findRun(2)];
    assertEquals([a!.status, a!.tags, b!.status], [
      "completed",
      ["t"],
      "failed",
    ]);
    assertEquals((await a!.metrics.summary("loss"))?.count, 3);
    assertEquals((await a!.metrics.summary("acc"))?.lastStep, 9);
    assertMatch(b!.error!.message, /exit code 7/);
    assertStringIncludes(b!.error!.stack!, "it broke");
    assertEquals(b!.config["args"], {
      ...a!.config["args"] as object,
      fail: true,
    });
    assertEquals(a!.fingerprints.map(({ traceId }) => traceId), ["sim.mjs"]);
    await finder.close();
  });
});

test("ato run: an edited script is the cause that ato why names", async () => {
  await inFolder(async (folder) => {
    const text = 'console.log("loss=" + 1);';
    for (const version of [text, text, text.replace("+ 1", "+ 2")]) {
      const command = script(folder, "sim.mjs", version);
      assertEquals(cli(folder, "run", "--", ...command).status, 0);
    }
    const db = join(folder, "ato.db");
    const { code, out } = await ato("why", "1", "3", "--db", db);
    assertMatch(out, /^VERDICT {2}.* top level of sim\.mjs\b/m);
    assertMatch(out, /^> code {5}sim\.mjs# {3}changed$/m);
    assertStringIncludes(out, '-console.log("loss=" + 1);');
    assertStringIncludes(out, '+console.log("loss=" + 2);');
    const same = await ato("why", "1", "2", "--db", db);
    assertMatch(same.out, /^VERDICT {2}The results are identical\./m);
    assertMatch(same.out, /^ {2}code {5}=$/m);
    assertEquals([code, same.code], [1, 0]);
  });
});

test("ato run: Ctrl-C reaches the program, and the run ends as interrupted", async () => {
  await inFolder(async (folder) => {
    const command = script(
      folder,
      "wait.mjs",
      `import { writeFileSync } from "node:fs";
       process.on("SIGINT", () => { writeFileSync("got", "SIGINT"); process.exit(5); });
       console.log("loss=1");
       setTimeout(() => {}, 200_000);`,
    );
    const [program, ...rest] = [...CLI, "run", "--", ...command];
    const child = spawn(program!, rest, {
      cwd: folder,
      stdio: ["ignore", "pipe", "ignore"],
    });
    const close = new Promise((done) => child.once("close", done));
    try {
      await soon(
        new Promise((done) => child.stdout!.once("data", done)),
        () => "the program does not print",
      );
      // Not `child.kill`: Deno then reports the signal instead of the exit code.
      process.kill(child.pid!, "SIGINT");
      const code = await soon(close, () => "the run does not end");
      assertEquals(code, 5, "the program's own exit code");
    } finally {
      child.kill("SIGKILL");
    }
    assertEquals(readFileSync(join(folder, "got"), "utf8"), "SIGINT");
    const finder = new SQLFinder(join(folder, "ato.db"));
    const run = await finder.findRun(1);
    assertEquals(run!.status, "interrupted");
    assertEquals((await run!.metrics.summary("loss"))?.count, 1);
    await finder.close();
  });
});

test("ato run: what cannot be run is an error of one sentence", async () => {
  await inFolder(async (folder) => {
    const missing = cli(folder, "run", "--", "no-such-program-here");
    assertEquals([missing.status, missing.stdout], [2, ""]);
    assertStringIncludes(missing.stderr, "there is no such program");
    // A missing folder would be created; below a file no folder can exist.
    writeFileSync(join(folder, "no"), "");
    const nowhere = cli(
      folder,
      "run",
      "--db",
      join(folder, "no", "x.db"),
      "--",
      ...script(folder, "touch.mjs", 'console.log("ran")'),
    );
    assertEquals([nowhere.status, nowhere.stdout], [2, ""]);
    assertStringIncludes(nowhere.stderr, "nothing was started");
    const db = join(folder, "ato.db");
    assertEquals(existsSync(db), true, "the failed start is on record");
    assertEquals((await ato("run", "--db", db)).code, 2);
    assertEquals((await ato("repeat", "--db", db)).code, 2);
    assertEquals((await ato("repeat", "77", "--db", db)).code, 1);
  });
});

/** Writes a script that uses Ato, with a default that can be edited, and with random values if asked. */
function training(lr: number, noise: string): string {
  // By a computed address, Ato is no part of the program, as it is not when it is installed.
  return `
const { Scope, SQLLogger } = await import([${
    JSON.stringify(new URL("../../mod.ts", import.meta.url).href)
  }].join());
const scope = new Scope();
scope.observe({ default: true })(function base(config) {
  config.lr = ${lr};
  config.logDir = "out";
  config.spare = 1;
  config.experiment = { projectName: "p", sql: { dbPath: "runs.db" } };
});
scope.observe({ default: true, lazy: true })(function late(config) { config.twice = config.lr * 2; });
const measure = scope.runtimeTrace({ id: "measure" })((lr: number) => lr * 10 + ${noise});
await scope.main(async (config) => {
  const logger = new SQLLogger(config);
  await logger.run();
  await logger.track(() => logger.logMetric("loss", measure(config.lr) + config.twice, 0));
})();
`;
}

function train(folder: string, words: readonly string[] = []): void {
  const [program, ...rest] = [...commandOf(join(folder, "train.ts")), ...words];
  const child = spawnSync(program!, rest, { cwd: folder, encoding: "utf8" });
  assertEquals(child.status, 0, child.stderr);
}

test("ato repeat: runs the command again with its config, and says whether the result is the same", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "train.ts");
    writeFileSync(path, training(0.5, "0"));
    train(folder, ["logDir=elsewhere"]);
    const same = cli(folder, "repeat", "1");
    assertEquals(same.status, 0, same.stdout + same.stderr);
    assertStringIncludes(
      same.stdout,
      "run 1 is repeatable: run 2 gave the same result",
    );

    // The script now has another default: the run has its own code and config, with `--here` its config alone.
    writeFileSync(path, training(0.75, "100"));
    const was = cli(folder, "repeat", "1");
    assertEquals(was.status, 0, was.stdout + was.stderr);
    assertEquals(readFileSync(path, "utf8"), training(0.75, "100"));
    const finder = new SQLFinder(join(folder, "runs.db"));
    const third = await finder.findRun(3);
    assertEquals([third!.config["lr"], third!.config["twice"]], [0.5, 1]);
    assertEquals(third!.parentId, 1);
    assertEquals(third!.history["lr"]?.at(-1)?.by, "base");

    // With an additional word, the script computes its config again.
    const changed = cli(folder, "repeat", "1", "lr=2");
    assertEquals(changed.status, 1);
    assertMatch(changed.stdout, /^> config {3}lr {3}0\.5 -> 2/m);
    const fourth = await finder.findRun(4);
    assertEquals([fourth!.config["lr"], fourth!.config["twice"]], [2, 4]);
    assertEquals((await fourth!.metrics.summary("loss"))?.last, 24);

    const here = cli(folder, "repeat", "1", "--here", "--json");
    assertEquals(here.status, 1, here.stderr);
    const { outcome, suspects, repeatable } = JSON.parse(here.stdout);
    assertEquals([outcome, repeatable], ["explained", false]);
    assertMatch(suspects[0].id, /^code:train\.ts#/);
    const fifth = await finder.findRun(5);
    assertEquals((await fifth!.metrics.summary("loss"))?.last, 106);
    assertEquals(fifth!.history["lr"]?.at(-1)?.by, "ato repeat 1");
    await finder.close();

    const printed = cli(folder, "repeat", "1", "--print").stdout;
    assertStringIncludes(printed, "train.ts logDir=elsewhere");
    assert(printed.startsWith("cd "));
  });
});

test("ato repeat: says where a random program diverges", async () => {
  await inFolder((folder) => {
    writeFileSync(join(folder, "train.ts"), training(0.5, "Math.random()"));
    train(folder);
    const { status, stdout } = cli(folder, "repeat", "1");
    assertEquals(status, 1);
    assertStringIncludes(
      stdout,
      "The outputs first diverge at measure, call 1: randomness without a seed",
    );
    assertMatch(stdout, /^VERDICT {2}No recorded factor differs, yet /m);
    assertMatch(stdout, /gave another result than run 1/);
  });
});

test("ato why: a config value that was never read is marked as such, and is no suspect", async () => {
  await inFolder(async (folder) => {
    writeFileSync(join(folder, "train.ts"), training(0.5, "0"));
    train(folder);
    train(folder, ["logDir=other", "spare=2"]);
    train(folder, ["lr=1", "spare=2"]);
    const db = join(folder, "runs.db");
    const { code, out } = await ato("why", "1", "2", "--db", db);
    assertMatch(out, /^ {2}config {3}spare {3}1 -> 2 .* {3}never read$/m);
    assertMatch(out, /^ +logDir {3}"out" -> "other" .* {3}label$/m);
    assertMatch(out, /^VERDICT {2}The results are identical\./m);
    assertEquals(code, 0);
    const { suspects, unread } = JSON.parse(
      (await ato("why", "1", "3", "--json", "--db", db)).out,
    );
    const ids = (factors: { id: string }[]) => factors.map(({ id }) => id);
    assertEquals(ids(unread), ["config:spare"]);
    assertEquals(ids(suspects).slice(0, 1), ["config:lr"]);
    assert(!ids(suspects).includes("config:spare"));
  });
});

test(
  "ato run: what only submits a job says that the job is not observed, and others do not",
  {
    skip: process.platform === "win32" && "the script needs a shell",
  },
  async () => {
    await inFolder((folder) => {
      for (const name of ["sbatch", "submit"]) {
        const path = join(folder, name);
        writeFileSync(
          path,
          "#!/bin/sh\necho Submitted $ATO_OBSERVE$PYTHONPATH$NODE_OPTIONS\n",
          { mode: 0o755 },
        );
        const { status, stdout, stderr } = cli(
          folder,
          "run",
          "--",
          path,
          "a.sh",
        );
        assertEquals(status, 0);
        const isJob = name === "sbatch";
        assertEquals(stdout === "Submitted\n", isJob, stdout);
        assertEquals(stderr.includes("the job is not observed"), isJob, stderr);
      }
      const { stdout } = cli(folder, "inputs", "1");
      assertStringIncludes(
        stdout,
        "what sbatch reads was not observed: it only submits a job",
      );
    });
  },
);
