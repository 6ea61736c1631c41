/**
 * Writes a large file quickly, for measurements: `deno run -A tests/dashboard/_big_file.ts FILE [RUNS] [POINTS]`.
 *
 * One run is made by `SQLLogger`, so that the schema is the current one; the others are rows beside it. One metric of
 * one run has 2 million points.
 */
import {
  type Connection,
  openForWriting,
  SQLLogger,
} from "../../tracker/mod.ts";

/** Sizes of a file. */
export interface BigFile {
  /** @default {10_000} */
  readonly runs?: number;
  /** @default {10_000_000} */
  readonly points?: number;
  /** The points of the longest curve. @default {a fifth of all} */
  readonly longest?: number;
}

/** The name of the project. */
export const BIG_PROJECT = "big";

/** Points of a row of `rollups` at level 1, and rows of a level in one of the next. */
const [BUCKET, FAN_OUT, TOP] = [64, 16, 3];

/** Numbers that are the same each time. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Writes the file. The last run has the longest curve, with one spike in its middle. */
export async function writeBigFile(
  path: string,
  size: BigFile = {},
): Promise<void> {
  const { runs = 10_000, points = 10_000_000 } = size;
  const longest = size.longest ?? Math.floor(points / 5);
  const logger = new SQLLogger({
    experiment: { projectName: BIG_PROJECT, sql: { dbPath: path } },
  });
  const first = await logger.run();
  await logger.finish();
  const file = await openForWriting(path);
  file.exec("PRAGMA synchronous = OFF; BEGIN");
  try {
    const writer = new BigWriter(file, first);
    const each = Math.max(
      1,
      Math.floor((points - longest) / Math.max(1, runs - 1) / 2),
    );
    for (let i = 1; i < runs; i++) {
      const isLast = i === runs - 1;
      writer.addRun(i, isLast ? longest : each, each);
    }
    file.exec("COMMIT");
  } finally {
    file.close();
  }
}

class BigWriter {
  readonly #file: Connection;
  readonly #first: number;
  readonly #random = randomFrom(7);
  readonly #insertRun;
  readonly #insertSeries;
  readonly #insertPoint;
  readonly #insertRollup;
  #series = 1;

  constructor(file: Connection, first: number) {
    this.#file = file;
    this.#first = first;
    this.#insertRun = this.#file.prepare(
      `INSERT INTO experiments (id, project_id, config, structural_hash, tags, status, start_time, end_time, name, duration)
       SELECT ?, project_id, ?, structural_hash, ?, ?, ?, ?, ?, ? FROM experiments WHERE id = ${first}`,
    );
    this.#insertSeries = this.#file.prepare(
      `INSERT INTO series (id, run_id, project_id, key, attempt, latest, closed, start, next_seq, rolled_step, count,
         first_step, first, last_step, last, min, min_step, max, max_step)
       SELECT ?, ?, project_id, ?, 0, 1, 1, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ? FROM experiments WHERE id = ${first}`,
    );
    this.#insertPoint = this.#file.prepare(
      "INSERT INTO points VALUES (?, ?, ?, ?, NULL, ?)",
    );
    this.#insertRollup = this.#file.prepare(
      "INSERT INTO rollups VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?)",
    );
  }

  addRun(i: number, lossPoints: number, accuracyPoints: number): void {
    const random = this.#random;
    const [lr, depth] = [
      10 ** -(1 + Math.floor(random() * 4)),
      2 + Math.floor(random() * 6),
    ];
    const config = {
      lr,
      seed: i,
      batchSize: 2 ** (4 + Math.floor(random() * 5)),
      model: { depth, width: 64, activation: ["relu", "gelu", "silu"][i % 3] },
      optimizer: {
        name: ["adam", "sgd"][i % 2],
        momentum: 0.9,
        weightDecay: 0.01,
      },
      data: { name: "iris", split: 0.8, shuffle: true },
    };
    const start = new Date(1.7e12 + i * 60_000).toISOString().replace("T", " ")
      .replace("Z", "000");
    const status = i % 50 === 0 ? "failed" : "completed";
    const id = this.#first + i;
    this.#insertRun.run(
      id,
      JSON.stringify(config),
      JSON.stringify(i % 10 === 0 ? ["best"] : []),
      status,
      start,
      start,
      `run ${i}`,
      random() * 600,
    );
    this.#addSeries(
      id,
      "loss",
      lossPoints,
      (step) => 2 * Math.exp(-step * 3 / lossPoints) + 0.1 * random() + lr,
    );
    this.#addSeries(
      id,
      "accuracy",
      accuracyPoints,
      (step) => 1 - Math.exp(-step * 3 / accuracyPoints) * random(),
    );
  }

  #addSeries(
    run: number,
    key: string,
    count: number,
    valueAt: (step: number) => number,
  ): void {
    const id = this.#series++ + 1_000_000;
    const levels: Part[][] = Array.from({ length: TOP + 1 }, () => []);
    const total = new Part();
    let open = new Part();
    for (let step = 0; step < count; step++) {
      const value = step === count >> 1 ? 9 : valueAt(step);
      this.#insertPoint.run(id, step, step, value, step * 10);
      open.add(step, value);
      total.add(step, value);
      if (open.count < BUCKET) continue;
      this.#close(id, 1, open, levels);
      open = new Part();
    }
    const rolled = (levels[1]?.at(-1)?.lastStep ?? -1) >= 0
      ? Math.floor(count / BUCKET) * BUCKET - 1
      : null;
    const { first, last, lastStep, min, minStep, max, maxStep } = total;
    this.#insertSeries.run(
      id,
      run,
      key,
      1.7e12,
      count,
      rolled,
      count,
      first,
      lastStep,
      last,
      min,
      minStep,
      max,
      maxStep,
    );
  }

  #close(id: number, level: number, part: Part, levels: Part[][]): void {
    const rows = levels[level]!;
    const { firstStep, lastStep, count, min, minStep, max, maxStep, last } =
      part;
    this.#insertRollup.run(
      id,
      level,
      rows.length,
      firstStep,
      lastStep,
      count,
      min,
      minStep,
      max,
      maxStep,
      last,
    );
    rows.push(part);
    if (level === TOP || rows.length % FAN_OUT !== 0) return;
    const next = new Part();
    for (const row of rows.slice(-FAN_OUT)) next.merge(row);
    this.#close(id, level + 1, next, levels);
  }
}

class Part {
  count = 0;
  firstStep = 0;
  first = 0;
  lastStep = 0;
  last = 0;
  min = Infinity;
  minStep = 0;
  max = -Infinity;
  maxStep = 0;

  add(step: number, value: number): void {
    if (this.count++ === 0) [this.firstStep, this.first] = [step, value];
    [this.lastStep, this.last] = [step, value];
    if (value < this.min) [this.min, this.minStep] = [value, step];
    if (value > this.max) [this.max, this.maxStep] = [value, step];
  }

  merge(part: Part): void {
    if (this.count === 0) {
      [this.firstStep, this.first] = [part.firstStep, part.first];
    }
    this.count += part.count;
    [this.lastStep, this.last] = [part.lastStep, part.last];
    if (part.min < this.min) {
      [this.min, this.minStep] = [part.min, part.minStep];
    }
    if (part.max > this.max) {
      [this.max, this.maxStep] = [part.max, part.maxStep];
    }
  }
}

if (import.meta.main) {
  const { default: process } = await import("node:process");
  const [path, runs = "10000", points = "10000000"] = process.argv.slice(2);
  if (path === undefined) throw new Error("Cannot write a file: name it");
  await writeBigFile(path, { runs: Number(runs), points: Number(points) });
}
