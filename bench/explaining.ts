/** `ato why` in a project of many runs: a whole process, against `ato --version`. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  RUN_SOURCE,
  type RunSource,
  SQLFinder,
  SQLLogger,
} from "@ato/ato/tracker";
import type { RunInputs } from "../internal/run_inputs.ts";
import { processRow } from "./_processes.ts";
import type { Row } from "./_report.ts";

const REPEATS = 5;
const METRICS = ["loss", "accuracy", "f1"];
const STEPS = 10;
/** So many files, and so many variables. */
const INPUTS = 5;
const RUNS_A_DAY = 500;
/** The id of the key of the variables' values; which one it is does not matter. */
const KEY = "0123456789abcdef";

/** Measures `ato why` on two settings of a random search of 20 leaves with repeats. */
export async function benchExplaining(
  folder: string,
  runs: number,
): Promise<Row> {
  const database = join(folder, "search.db");
  await fill(database, runs);
  const cli = fileURLToPath(new URL("../cli.ts", import.meta.url));
  const middle = REPEATS * Math.floor(runs / REPEATS / 2);
  const pair = [middle + 1, middle + 1 + 3 * REPEATS].map(String);
  return processRow(
    `ato why in a project of ${runs.toLocaleString("en")} runs`,
    [cli, "why", ...pair, "--db", database],
    { folder, budget: 150, baseline: [cli, "--version"], codes: [0, 1, 2] },
  );
}

/**
 * Fills a file with a random search in which each setting has repeats of other seeds. Each run has the inputs that
 * `ato run` records; one of them changes from time to time.
 */
export async function fill(dbPath: string, runs: number): Promise<void> {
  const random = randomNumbers();
  const experiment = { projectName: "search", sql: { dbPath } };
  // An open reader keeps SQLite from writing the whole log back after each run.
  const reader = new SQLFinder(dbPath);
  let config = {};
  for (let run = 0; run < runs; run++) {
    if (run % REPEATS === 0) config = settingOf(random);
    const source = sourceOf(inputsOf(Math.floor(run / RUNS_A_DAY)));
    const logger = new SQLLogger(
      Object.assign({ ...config, experiment }, { [RUN_SOURCE]: source }),
    );
    await logger.run({ seed: run % REPEATS });
    if (run === 0) await reader.listProjects();
    const level = random();
    for (const key of METRICS) {
      logger.logMetricBatch(
        Array.from({ length: STEPS }, (_, step) => ({
          key,
          value: level / (1 + step) + random() / 100,
          step,
        })),
      );
    }
    await logger.finish();
  }
  await reader.close();
}

/** What knows the inputs of a run, as `ato run` does. */
function sourceOf(inputs: RunInputs): RunSource {
  return {
    name: "config",
    history: () => ({}),
    codeRecords: () => Promise.resolve([]),
    onCode: () => () => {},
    onOutput: () => () => {},
    onLate(listener) {
      listener({ inputs });
      return () => {};
    },
  };
}

/** 5 files and 5 variables; a file and a variable are new every day. */
function inputsOf(day: number): RunInputs {
  const names = Array.from({ length: INPUTS }, (_, at) => at);
  const contentOf = (at: number): string => `${at} ${at === 0 ? day : ""}`;
  return {
    factors: [
      ...names.map((at) =>
        [
          `input:data/part${at}.csv`,
          `sha256:${digestOf(contentOf(at))},1024`,
        ] as const
      ),
      ...names.map((at) =>
        [
          `env:OPTION_${at}`,
          `ato-secret-v1:${KEY}:${digestOf(contentOf(at))}`,
        ] as const
      ),
    ],
    coverage: { level: "full", missing: [] },
    texts: new Map(),
  };
}

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** 20 leaves: continuous ones, small numbers and words. */
function settingOf(random: () => number): Record<string, unknown> {
  const leaf = (at: number): unknown => {
    if (at < 2) return random();
    const choice = Math.floor(random() * 4);
    return at < 4 ? choice : `choice${choice}`;
  };
  const group = (): Record<string, unknown> =>
    Object.fromEntries(
      Array.from({ length: 5 }, (_, at) => [`k${at}`, leaf(at)]),
    );
  return Object.fromEntries(
    Array.from({ length: 4 }, (_, at) => [`g${at}`, group()]),
  );
}

/** The same numbers in every run: a linear congruential generator, with the constants of Numerical Recipes. */
function randomNumbers(): () => number {
  let state = 12345;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
