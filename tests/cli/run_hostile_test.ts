/** Nothing that a program prints ends the program or `ato run`. */
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
import { LineSplitter } from "../../cli/run/line_splitter.ts";
import { metricLog } from "../../cli/run/metrics/metric_log.ts";
import { readMetricLine } from "../../cli/run/metrics/reader.ts";
import { type Run, SQLFinder } from "../../tracker/mod.ts";
import { commandOf } from "../examples/_examples.ts";
import { sendSignal } from "../../cli/send_signal.ts";
import { PATIENCE, soon, until } from "../_shared/patience.ts";
import { inFolder } from "./_lib.ts";
import { CODE_POINT } from "../_shared/code_point.ts";

const CLI = commandOf(fileURLToPath(new URL("../../cli.ts", import.meta.url)));
const isDeno = navigator.userAgent.startsWith("Deno/");

const BOUNDED = { timeout: PATIENCE, killSignal: "SIGKILL" } as const;

/** Returns the command that runs a script in the runtime of the test. */
function script(folder: string, text: string): string[] {
  const path = join(folder, "program.mjs");
  writeFileSync(path, text);
  return isDeno
    ? [process.execPath, "run", "-A", "-q", "--no-config", path]
    : [process.execPath, path];
}

async function withRunOf(
  folder: string,
  work: (run: Run) => Promise<void>,
): Promise<void> {
  const finder = new SQLFinder(join(folder, "ato.db"));
  try {
    const run = await finder.findRun(1);
    assert(run !== undefined);
    await work(run);
  } finally {
    await finder.close();
  }
}

const deep = (levels: number) =>
  '{"a":'.repeat(levels) + "1" + "}".repeat(levels);

const LINES: readonly (readonly [string, ReturnType<typeof readMetricLine>])[] =
  [
    [deep(9000), undefined],
    ["[".repeat(60_000), undefined],
    ["{" + "[".repeat(60_000) + "}", undefined],
    [`{"loss": 1, "x": ${deep(9000)}}`, { metrics: { loss: 1 } }],
    [deep(3), { metrics: { "a/a/a": 1 } }],
    ["loss=1e999 low=-1e999", {
      metrics: { loss: Infinity, low: -Infinity },
    }],
    ['{"loss": 1e999, "step": -5}', { metrics: { loss: Infinity }, step: -5 }],
    ["step=99999999999999999999 loss=1", {
      metrics: { step: 99999999999999999999, loss: 1 },
    }],
    ["a".repeat(5000) + "=1", undefined],
    ['{"": 1}', undefined],
    ['{"note": "a, NaN, b", "loss": NaN}', { metrics: { loss: NaN } }],
    ['{"note": "\\u0000NaN", "loss": 2}', { metrics: { loss: 2 } }],
    ['{"note": "#NaN", "loss": -Infinity}', { metrics: { loss: -Infinity } }],
    [`{"x": ${'"\\"'.repeat(20_000)}NaN}`, undefined],
    ['{"note": "\\\\", "loss": NaN}', { metrics: { loss: NaN } }],
    ["\u0000\u0001\ufffd=1", undefined],
  ];

test("readMetricLine: hostile lines, and their metrics", () => {
  for (const [line, expected] of LINES) {
    assertEquals(readMetricLine(line), expected, line.slice(0, 60));
  }
  const proto = readMetricLine('{"__proto__": 2, "constructor": 3}');
  assertEquals(Object.entries(proto!.metrics), [
    ["__proto__", 2],
    ["constructor", 3],
  ]);
});

test("readMetricLine: no line throws, whatever it contains", () => {
  const pieces = fc.constantFrom(
    ...['{"', '":', "{", "}", "[", "]", ",", '"', "\\", "NaN", "-Infinity"],
    ...["loss", "=", "step", "1e999", "-", ".", "1", " ", "\u0000", "\ud800"],
  );
  const lines = fc.oneof(
    fc.array(pieces, { maxLength: 60 }).map((list) => list.join("")),
    fc.json().map((text) => `{"x":${text}}`),
    fc.string({ unit: CODE_POINT }),
  );
  fc.assert(
    fc.property(lines, (line) => {
      const found = readMetricLine(line);
      if (found === undefined) return;
      assert(Object.keys(found.metrics).length > 0);
      for (const [name, value] of Object.entries(found.metrics)) {
        assert(name !== "" && typeof value === "number");
      }
      if (found.step !== undefined) assert(Number.isSafeInteger(found.step));
    }),
    { seed: 5, numRuns: 2000 },
  );
});

test("metricLog: a line that the tracker refuses is reported once, and the next ones are logged", () => {
  const [logged, said]: [string[], string[]] = [[], []];
  const log = metricLog({
    logger: {
      logMetrics(values) {
        if (Object.hasOwn(values, "bad")) throw new TypeError("it is bad");
        logged.push(...Object.keys(values));
      },
    },
    warn: (text) => void said.push(text),
  }).stream();
  for (const line of ["bad=1", "loss=1", "bad=2", "acc=1"]) log.take(line);
  assertEquals(logged, ["loss", "acc"]);
  assertEquals(said, ["a printed line could not be recorded: it is bad"]);
});

test("metricLog: the number of names is limited if a program prints a new one in each line", () => {
  const names = new Set<string>();
  const said: string[] = [];
  const log = metricLog({
    logger: {
      logMetrics: (values) => Object.keys(values).forEach((x) => names.add(x)),
    },
    warn: (text) => void said.push(text),
  }).stream();
  for (let i = 0; i < 10_100; i++) log.take(`id_${i}=1 loss=1`);
  assertEquals(names.size, 10_000);
  assert(names.has("loss") && !names.has("id_10050"));
  assertEquals(said.length, 1);
  assertStringIncludes(said[0]!, "further names are not recorded");
});

test("LineSplitter: an end of line of two characters is one, however the bytes are cut", () => {
  const bytes = new TextEncoder().encode("a\r\nb\rc\n\r\nd");
  for (let cut = 0; cut <= bytes.length; cut++) {
    const found: string[] = [];
    const splitter = new LineSplitter((line) => found.push(line));
    splitter.write(bytes.subarray(0, cut));
    splitter.write(bytes.subarray(cut));
    splitter.end();
    assertEquals(found, ["a", "b", "c", "", "d"], `cut at ${cut}`);
  }
});

test("ato run: a program ends by itself, whatever it prints", async () => {
  await inFolder(async (folder) => {
    const command = script(
      folder,
      `import { writeSync } from "node:fs";
       const write = (fd, data) => {
         const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
         for (let at = 0; at < bytes.length;) {
           try { at += writeSync(fd, bytes, at); } catch (e) { if (e.code !== "EAGAIN") throw e; }
         }
       };
       write(1, '{"loss": 0.5, "step": 1}\\n');
       write(1, '{"a":'.repeat(9000) + "1" + "}".repeat(9000) + "\\n");
       write(1, "x".repeat(3_000_000) + "\\n");
       write(1, Uint8Array.from({ length: 30_000 }, (_, i) => i % 256));
       write(2, new Uint8Array(5000).fill(255));
       write(1, '\\n{"": 1, "__proto__": 2, "a\\\\u0000b": 4, "\\\\ud800": 5}\\n');
       write(1, "loss=0.25 step=8\\nno end of line loss=0.125 step=9");
       process.exit(3);`,
    );
    const [program, ...rest] = [...CLI, "run", "--", ...command];
    const child = spawnSync(program!, rest, {
      cwd: folder,
      maxBuffer: 1 << 26,
      ...BOUNDED,
    });
    assertEquals(child.status, 3, String(child.stderr).slice(-500));
    assert(child.stdout.length > 3_000_000, "all of it was passed on");
    await withRunOf(folder, async (run) => {
      assertEquals(run.status, "failed");
      const { points } = await run.metrics.points("loss");
      assertEquals(points.map(({ value }) => value), [0.5, 0.25, 0.125]);
      assert(!run.error!.stack!.includes("cli/commands"), run.error!.stack);
    });
  });
});

test("ato run: the program continues if its output is no longer read or the disk is full", async () => {
  const text = `
    for (let i = 0; i < 5000; i++) console.log("step=" + i + " loss=" + i + " ".repeat(100));
    console.error("done");
    process.exitCode = 4;`;
  for (
    const shell of ['"$@" | head -n 1', '"$@" > /dev/full', '"$@" 2>&1 >&-']
  ) {
    await inFolder(async (folder) => {
      const command = script(folder, text);
      const child = spawnSync(
        "sh",
        ["-c", shell, "sh", ...CLI, "run", "--", ...command],
        { cwd: folder, encoding: "utf8", ...BOUNDED },
      );
      assertMatch(child.stderr + child.stdout, /run 1 of .* exit code 4/);
      assertEquals(/^ +at /m.test(child.stderr), false, "no trace");
      await withRunOf(folder, async (run) => {
        assertEquals((await run.metrics.summary("loss"))?.count, 5000);
      });
    });
  }
});

test("ato run: output of processes that the program left behind is recorded, and Ctrl-C stops waiting for them", async () => {
  await inFolder(async (folder) => {
    const late =
      "echo loss=1; (echo loss=2; exec sleep 600) & echo $! > pid; exit 5";
    const [program, ...rest] = [...CLI, "run", "--", "sh", "-c", late];
    const child = spawn(program!, rest, {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let printed = "";
    child.stdout!.on("data", (chunk) => printed += chunk);
    const exit = new Promise((done) => child.once("exit", done));
    const left = join(folder, "pid");
    try {
      let said = "";
      const waiting = new Promise<void>((done, fail) => {
        child.stderr!.on("data", (chunk) => {
          said += chunk;
          if (said.includes("press Ctrl-C to stop waiting")) done();
        });
        child.once("error", fail);
        child.once("exit", () => fail(new Error(`it ended: ${said}`)));
      });
      await soon(waiting, () => `it does not say that it waits: ${said}`);
      // What is left behind may print later than the program ends, and what is passed on is recorded.
      await until(
        () => printed.includes("loss=2"),
        () => `it does not print: ${printed}`,
      );
      process.kill(child.pid!, "SIGINT");
      const code = await soon(exit, () => `it still waits: ${said}`);
      process.kill(Number(readFileSync(left, "utf8")));
      assertEquals(code, 5);
      await withRunOf(folder, async (run) => {
        assertEquals(run.status, "failed");
        assertEquals((await run.metrics.summary("loss"))?.count, 2);
      });
    } finally {
      // After a failure, too, neither process stays: the runner would wait for them.
      child.kill("SIGKILL");
      if (existsSync(left)) {
        sendSignal(Number(readFileSync(left, "utf8")), "SIGTERM");
      }
    }
  });
});
