/** Runs that record code, inputs and seeds, as a program under `ato run` does. */
import { createHash } from "node:crypto";
import type { LateRecord } from "../../internal/run_inputs.ts";
import { RUN_SOURCE, type RunSource, SQLLogger } from "../../tracker/mod.ts";

/** What a run records. */
export interface Recorded {
  readonly project?: string;
  readonly config?: Record<string, unknown>;
  readonly seed?: number;
  /** The source of the function `mse` of `loss.ts`; absent if no code is recorded. */
  readonly mse?: string;
  /** The text of the input `train.csv`; absent if no inputs are recorded. */
  readonly train?: string;
  /** What is missing of inputs. */
  readonly missing?: readonly string[];
  /** The values of the metric `loss`. */
  readonly loss?: readonly number[];
  readonly status?: "completed" | "failed";
}

function sha(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Records a run and returns its id. */
export async function record(
  dbPath: string,
  made: Recorded,
): Promise<number> {
  const config: Record<string | symbol, unknown> = {
    ...(made.config ?? { lr: 0.1 }),
    experiment: { projectName: made.project ?? "demo", sql: { dbPath } },
    [RUN_SOURCE]: sourceOf(made),
  };
  const logger = new SQLLogger(config, {
    snapshot: false,
    onWarning: () => {},
  });
  const { seed } = made;
  const id = await logger.run({ ...(seed !== undefined && { seed }) });
  (made.loss ?? []).forEach((value, step) =>
    logger.logMetric("loss", value, step)
  );
  await logger.finish({ status: made.status ?? "completed" });
  return id;
}

function sourceOf({ mse, train, missing = [] }: Recorded): RunSource {
  const full = { level: "full", missing: [] } as const;
  const late: LateRecord = {
    ...(mse !== undefined && {
      program: {
        root: "/project",
        entry: "loss.ts",
        modules: [{
          path: "loss.ts",
          sha256: sha(mse),
          pieces: [{
            name: "mse",
            kind: "function",
            hash: `ato-code-v1:${sha(mse)}`,
            lines: [[1, mse.trimEnd().split("\n").length]],
            reachable: true,
          }],
        }],
        packages: {},
        files: [],
        texts: new Map([[sha(mse), mse]]),
        coverage: full,
      },
    }),
    ...(train !== undefined && {
      inputs: {
        factors: [[
          "input:train.csv",
          `sha256:${sha(train)},${train.length}`,
        ]],
        coverage: missing.length === 0 ? full : { level: "partial", missing },
        texts: new Map([[sha(train), train]]),
      },
    }),
  };
  const listeners = new Set<(record: LateRecord) => void>();
  return {
    name: "made",
    history: () => ({}),
    codeRecords: () => Promise.resolve([]),
    onCode: () => () => {},
    onOutput: () => () => {},
    onLate: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    settle: () => {
      for (const listener of listeners) listener(late);
      return Promise.resolve();
    },
  };
}

/** Two versions of a function. */
export const MSE = [
  "export function mse(a: number, b: number) {\n  return (a - b) ** 2;\n}\n",
  "export function mse(a: number, b: number) {\n  return Math.abs(a - b);\n}\n",
] as const;

/** Records run 1 with three repeats (runs 3 to 5), and run 2, which has another learning rate and another loss. */
export async function recordRepeats(
  dbPath: string,
  lossOf: (end: number) => readonly number[],
): Promise<void> {
  const ends = [[0.1, 0.5], [0.2, 0.9], [0.1, 0.51], [0.1, 0.49], [0.1, 0.505]];
  for (const [lr, end] of ends) {
    await record(dbPath, {
      config: { lr },
      mse: MSE[0],
      train: "1\n",
      loss: lossOf(end!),
    });
  }
}
