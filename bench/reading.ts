/** Asking a file of many runs, and the same of a tenth: the answer's size counts, not the file's. */
import { join } from "node:path";
import { SQLFinder, SQLLogger } from "@ato/ato/tracker";
import { Scope } from "@ato/ato/scope";
import { median, type Row, timeAsync, timeRow } from "./_report.ts";
import { benchStarting } from "./starting.ts";

/** Fills a file with runs of 1,000 points each, in ten versions of the traced code. */
async function fill(path: string, runs: number): Promise<void> {
  const versions = Array.from({ length: 10 }, (_, i) => {
    const scope = new Scope();
    scope.observe({ default: true })(function base(config) {
      config.lr = i;
      config.experiment = { projectName: "bench", sql: { dbPath: path } };
    });
    scope.trace({ id: "step", uses: {} })(STEPS[i]!);
    return scope;
  });
  for (let run = 0; run < runs; run++) {
    const logger = new SQLLogger(versions[run % versions.length]!.apply([]));
    await logger.run();
    logger.logMetricBatch(
      Array.from({ length: 1000 }, (_, step) => ({
        key: "loss",
        value: Math.sin(run * 7919 + step / 50) / (1 + step / 500),
        step,
      })),
    );
    await logger.finish();
  }
}

const STEPS = [
  (x: number) => x + 0,
  (x: number) => x + 1,
  (x: number) => x + 2,
  (x: number) => x + 3,
  (x: number) => x + 4,
  (x: number) => x + 5,
  (x: number) => x + 6,
  (x: number) => x + 7,
  (x: number) => x + 8,
  (x: number) => x + 9,
];

type Question = (finder: SQLFinder) => Promise<unknown>;

const QUESTIONS: [string, Question][] = [
  [
    "findBestRun",
    (finder) => finder.findBestRun({ projectName: "bench", metric: "loss" }),
  ],
  [
    "getTraceStatistics",
    (finder) => finder.getTraceStatistics("bench", "step"),
  ],
  [
    "one metric curve",
    async (finder) => (await finder.findRun(50))?.metrics.chart("loss"),
  ],
];

async function ask(path: string, question: Question): Promise<number> {
  const finder = new SQLFinder(path);
  await question(finder); // opens the file
  const times: number[] = [];
  for (let i = 0; i < 9; i++) {
    times.push(await timeAsync(() => question(finder)));
  }
  await finder.close();
  return median(times);
}

/** Measures the three questions on a file of `runs` runs and on one of a tenth of them. */
export async function benchReading(
  folder: string,
  runs: number,
): Promise<Row[]> {
  const large = join(folder, "large.db");
  const small = join(folder, "small.db");
  await fill(large, runs);
  await fill(small, runs / 10);
  const rows: Row[] = [];
  for (const [name, question] of QUESTIONS) {
    const ms = await ask(large, question);
    const tenth = await ask(small, question);
    const points = (runs * 1000).toLocaleString("en");
    const row = timeRow(`${name}, ${points} points`, ms, 10);
    rows.push({
      ...row,
      figure: `${row.figure}, a tenth of the file ${tenth.toFixed(3)} ms`,
    });
  }
  rows.push(...benchStarting(folder, large));
  return rows;
}
