/** Programs and runs for the tests of factors. */
import { createHash } from "node:crypto";
import {
  type Coverage,
  type ProgramSnapshot,
  RUN_SOURCE,
  type RunOptions,
  type RunSource,
  SQLFinder,
  SQLLogger,
  type SQLLoggerOptions,
} from "../../tracker/mod.ts";
import { sourceOf } from "./_code.ts";
import { configIn } from "./_helpers.ts";

/** The SHA-256 of a text. */
export function sha(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** What a test says of a program. */
export interface Program {
  /** The texts of the modules, by path; each line `name = hash` is a declaration. */
  readonly modules: Readonly<Record<string, string>>;
  readonly packages?: Readonly<Record<string, string>>;
  readonly root?: string;
  readonly coverage?: Coverage;
}

/** A snapshot as `fingerprint` would take it, of modules with lines such as `rate = h1`. */
export function snapshotOf(program: Program): ProgramSnapshot {
  const modules = Object.entries(program.modules).map(([path, text]) => ({
    path,
    sha256: sha(text),
    pieces: text.split("\n").map((line, i) => {
      const [name = "", hash = "", note] = line.split(/ ?= ?| /);
      return {
        name,
        kind: note === "view" ? "view" as const : "function" as const,
        hash: `ato-code-v1:${hash}`,
        lines: [[i + 1, i + 1]] as const,
        reachable: note !== "unused",
      };
    }),
  }));
  return {
    root: program.root ?? "/home/me/project",
    entry: Object.keys(program.modules)[0]!,
    modules,
    packages: program.packages ?? {},
    files: [],
    texts: new Map(
      Object.values(program.modules).map((text) => [sha(text), text]),
    ),
    coverage: program.coverage ?? { level: "full", missing: [] },
  };
}

/** A run source that hands in a program. */
export function withProgram(
  snapshot: ProgramSnapshot | undefined,
  rest: Partial<RunSource> = {},
): RunSource {
  return {
    ...sourceOf([]),
    program: () => Promise.resolve(snapshot),
    ...rest,
  };
}

/** What a test says of a run. */
export interface RunPlan {
  readonly config?: Record<string, unknown>;
  readonly program?: ProgramSnapshot;
  readonly source?: RunSource;
  readonly options?: SQLLoggerOptions;
  readonly run?: RunOptions;
  /** The values of the metric `loss`. */
  readonly loss?: readonly number[];
}

/** Writes a run, and returns its id. */
export async function writeRun(folder: string, plan: RunPlan): Promise<number> {
  const source = plan.source ??
    withProgram(plan.program ?? snapshotOf({ modules: { "a.ts": "f = 1" } }));
  const config = { ...configIn(folder, plan.config), [RUN_SOURCE]: source };
  const logger = new SQLLogger(config, { onError: "throw", ...plan.options });
  const id = await logger.run(plan.run);
  for (const value of plan.loss ?? []) logger.logMetric("loss", value);
  await logger.finish();
  return id;
}

/** Opens a finder of a folder for some work. */
export async function finding<T>(
  folder: string,
  work: (finder: SQLFinder) => Promise<T>,
  onWarning?: (line: string) => void,
): Promise<T> {
  const finder = new SQLFinder(
    configIn(folder),
    onWarning === undefined ? {} : { onWarning },
  );
  try {
    return await work(finder);
  } finally {
    await finder.close();
  }
}

/** The factors of a run whose ids start with a text. */
export async function factorsOf(
  folder: string,
  run: number,
  start = "",
): Promise<Record<string, string>> {
  const found = await finding(folder, (finder) => finder.factorsOf(run));
  return Object.fromEntries(
    [...found!.factors].filter(([id]) => id.startsWith(start)),
  );
}
