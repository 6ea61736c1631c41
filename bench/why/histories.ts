/**
 * Histories of 40 runs with a planted place, and the score of `ato bisect` on them.
 *
 * @module
 */
import { copyFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { ask } from "./_ask.ts";
import { copyProject, makeProject } from "./_folder.ts";
import { makeRun, mergeWords, USES_LIBRARY } from "./_record.ts";
import type { Grade } from "./oracle.ts";
import { edit, type ProjectName, type Situation } from "./types.ts";

/** A change at a run, which later runs keep. */
interface Change extends Situation {
  /** The run at which it comes, from 1. */
  readonly at: number;
  /** The factors that it changes. */
  readonly ids: readonly string[];
  /** Whether it moves the loss. */
  readonly moves?: boolean;
}

/** A history. */
export interface PlantedHistory {
  /** A short name. */
  readonly id: string;
  /** The project. @default {"credit"} */
  readonly project?: ProjectName;
  /** Whether `ato run` starts a program that could do without it. */
  readonly isObserved?: boolean;
  /** Whether each run has a seed of its own. */
  readonly seeds: "fixed" | "varying";
  /** What changes in the course of it. */
  readonly changes: readonly Change[];
  /** Words of all runs. */
  readonly words?: readonly string[];
  /** Whether each run has an output folder of its own. */
  readonly isLabelled?: boolean;
}

/** A score of a history. */
export interface ScoredHistory {
  /** The history. */
  readonly id: string;
  /** The grade. */
  readonly grade: Grade;
  /** Why, with what was named. */
  readonly why: string;
}

/** The number of runs of a history. */
const RUNS = 40;

/** Moves the loss by much more than the seeds do. */
const WORSE = (at: number): Change => ({
  at,
  ids: ["code:train.ts#evaluate"],
  moves: true,
  edits: [
    edit(
      "train.ts",
      "crossEntropy(model.predict(features), label)",
      "1.8 * crossEntropy(model.predict(features), label)",
    ),
  ],
});

const BETTER = (at: number): Change => ({
  at,
  ids: ["code:train.ts#evaluate"],
  moves: true,
  edits: [edit("train.ts", "1.8 * crossEntropy", "crossEntropy")],
});

const PENALTY = (at: number): Change => ({
  at,
  ids: ["config:model.penalty"],
  moves: true,
  words: ["model.penalty=0.2"],
});

const OUT = (at: number): Change => ({
  at,
  ids: ["config:printEvery"],
  words: [`printEvery=${at}`],
});

const PRINT = (at: number): Change => ({
  at,
  ids: ["code:src/report.ts#line"],
  edits: [edit("src/report.ts", "toFixed(4)", "toFixed(5)")],
});

const INPUT = (at: number, ids: readonly string[] = []): Change => ({
  at,
  ids,
  moves: true,
  edits: [edit("data/shift_1.json", "0.5", "60")],
});

/** Changes of the Python program. */
const SETTINGS = (at: number): Change => ({
  at,
  ids: ["input:settings.yaml"],
  moves: true,
  edits: [edit("settings.yaml", "0.01", "0.4")],
});

const HELPER = (at: number): Change => ({
  at,
  ids: ["code:pricing/sources.py#codes"],
  moves: true,
  edits: [
    edit("pricing/sources.py", "read_bytes()) / 10", "read_bytes()) * 5"),
  ],
});

const THREADS = (at: number): Change => ({
  at,
  ids: ["env:OMP_NUM_THREADS"],
  moves: true,
  env: { OMP_NUM_THREADS: "40" },
});

const DIGITS = (at: number): Change => ({
  at,
  ids: ["config:args.digits"],
  words: ["digits=3"],
});

const NAME = (at: number): Change => ({
  at,
  ids: ["input:settings.yaml"],
  edits: [edit("settings.yaml", "name: flats", "name: houses")],
});

/** Changes of what nothing reads, and of the time of a file alone. */
const NOTES = (at: number): Change => ({
  at,
  ids: [],
  edits: [
    { file: "data/notes.txt", content: "Nobody.\n" },
    { file: "data/flats.csv", append: "" },
  ],
});

/** All histories. */
export const HISTORIES: readonly PlantedHistory[] = [
  { id: "code", seeds: "varying", changes: [WORSE(21)] },
  { id: "code, same seed", seeds: "fixed", changes: [WORSE(21)] },
  {
    id: "code with decoys",
    seeds: "varying",
    changes: [OUT(8), WORSE(19), PRINT(31)],
  },
  {
    id: "config with decoys",
    seeds: "varying",
    changes: [PRINT(9), PENALTY(24), OUT(33)],
  },
  { id: "near the end", seeds: "varying", changes: [OUT(12), WORSE(36)] },
  { id: "two places", seeds: "varying", changes: [PENALTY(14), WORSE(28)] },
  { id: "two at once", seeds: "varying", changes: [PENALTY(21), WORSE(21)] },
  { id: "and back", seeds: "varying", changes: [WORSE(15), BETTER(30)] },
  {
    id: "with labels",
    seeds: "varying",
    changes: [WORSE(21)],
    isLabelled: true,
  },
  {
    id: "noise of no seed",
    seeds: "fixed",
    changes: [OUT(10), WORSE(21)],
    words: ["noise=0.4"],
  },
  {
    id: "an input that is not recorded",
    seeds: "varying",
    changes: [OUT(10), INPUT(21)],
  },
  {
    id: "an input",
    isObserved: true,
    seeds: "varying",
    changes: [OUT(10), INPUT(21, ["input:data/current.json"])],
  },
  {
    id: "Python: an input",
    project: "pricing",
    seeds: "varying",
    changes: [DIGITS(12), SETTINGS(21), NOTES(27)],
  },
  {
    id: "Python: a helper",
    project: "pricing",
    seeds: "varying",
    changes: [DIGITS(12), HELPER(21)],
  },
  {
    id: "Python: a variable",
    project: "pricing",
    seeds: "varying",
    changes: [NAME(8), THREADS(21)],
  },
  {
    id: "Python: decoys alone",
    project: "pricing",
    seeds: "varying",
    changes: [DIGITS(12), NOTES(21), NAME(30)],
  },
  { id: "nothing", seeds: "varying", changes: [] },
  { id: "nothing, same seed", seeds: "fixed", changes: [] },
  {
    id: "decoys alone",
    seeds: "varying",
    changes: [OUT(11), PRINT(21), OUT(31)],
  },
  {
    id: "decoys and noise of no seed",
    seeds: "fixed",
    changes: [PRINT(14), OUT(27)],
    words: ["noise=0.4"],
  },
  { id: "labels alone", seeds: "varying", changes: [], isLabelled: true },
];

/** Records histories; those that begin alike share their first runs. */
export class HistoryRecorder {
  readonly #folder: string;
  readonly #modules: () => string;
  readonly #save: string | undefined;
  readonly #known = new Map<string, Promise<string>>();
  #count = 0;

  /**
   * Makes a recorder.
   *
   * @param folder A folder for its projects.
   * @param modules Makes the `node_modules` with Ato.
   * @param save A folder that gets the file of each history; what is in it already is not run again.
   */
  constructor(folder: string, modules: () => string, save?: string) {
    this.#folder = folder;
    this.#modules = modules;
    this.#save = save;
  }

  /**
   * Records a history and scores `ato bisect`.
   *
   * @param history The history.
   * @returns its score.
   */
  async score(history: PlantedHistory): Promise<ScoredHistory> {
    const { id, project = "credit" } = history;
    const db = await this.#record(history);
    const said = await ask(db, "bisect", project, "--metric", "loss", "--json");
    try {
      return { id, ...judge(history, readNamed(said.out)) };
    } catch (error) {
      const why = `ato bisect failed: ${said.err || error}`;
      return { id, grade: "wrong", why };
    }
  }

  async #record(history: PlantedHistory): Promise<string> {
    const record = async () =>
      join(await this.#after(history, RUNS), "runs.db");
    if (this.#save === undefined) return await record();
    const saved = join(this.#save, `history ${history.id}.db`);
    if (!existsSync(saved)) copyFileSync(await record(), saved);
    return saved;
  }

  /** Returns the folder of a project after some runs of a history; it must not be changed. */
  #after(history: PlantedHistory, count: number): Promise<string> {
    const { id: _id, ...how } = history;
    const changes = how.changes.filter(({ at }) => at <= count);
    const key = JSON.stringify({ ...how, changes, count });
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const folder = join(this.#folder, String(this.#count++));
    const made = this.#make(history, count, folder);
    this.#known.set(key, made);
    return made;
  }

  async #make(
    history: PlantedHistory,
    count: number,
    folder: string,
  ): Promise<string> {
    const { project = "credit" } = history;
    const place = join(folder, project);
    const from = Math.max(0, ...BREAKS.filter((at) => at < count));
    if (from === 0) {
      const modules = USES_LIBRARY[project] ? this.#modules() : undefined;
      makeProject(project, place, modules);
    } else copyProject(await this.#after(history, from), place);
    for (let run = from + 1; run <= count; run++) {
      await makeRun(project, place, situationOf(history, run));
    }
    return place;
  }
}

/** The runs after which histories part. */
const BREAKS: readonly number[] = HISTORIES.flatMap(({ changes }) =>
  changes.map(({ at }) => at - 1)
);

/** How a run of a history is made. */
function situationOf(
  { project = "credit", isObserved = false, isLabelled, ...history }:
    PlantedHistory,
  run: number,
): Situation {
  const past = history.changes.filter(({ at }) => at <= run);
  const words = [
    ...history.words ?? [],
    ...past.flatMap(({ words = [] }) => words),
    ...isLabelled === true ? [`outDir=%out/2026-11-01T10-${run}%`] : [],
  ];
  const seed = history.seeds === "fixed" ? 7 : 100 + run;
  return {
    noise: run,
    plain: USES_LIBRARY[project] && !isObserved,
    edits: past.filter(({ at }) => at === run)
      .flatMap(({ edits = [] }) => edits),
    words: mergeWords([`seed=${seed}`, ...words]),
    env: Object.assign({}, ...past.map(({ env }) => env)),
  };
}

/** What a bisection says of the factors, whatever the form around it. */
interface Named {
  readonly convicted: readonly string[];
  readonly open: readonly string[];
  readonly acquitted: readonly string[];
}

function readNamed(text: string): Named {
  const named = {
    convicted: [] as string[],
    open: [] as string[],
    acquitted: [] as string[],
  };
  const walk = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    const { status, id, factor } = value as Record<string, unknown>;
    const name = typeof id === "string" ? id : factor;
    if (typeof status === "string" && typeof name === "string") {
      const list = named[status as keyof Named];
      if (list !== undefined) list.push(idOf(name));
    }
    Object.values(value).forEach(walk);
  };
  walk(JSON.parse(text));
  return named;
}

/** The first version writes `config lr`. */
function idOf(name: string): string {
  const [, kind, rest] = /^(config|code) (\S+)$/.exec(name) ?? [];
  return kind === undefined ? name : `${kind}:${rest}`;
}

function judge(
  { changes }: PlantedHistory,
  { convicted, open, acquitted }: Named,
): { grade: Grade; why: string } {
  const real = changes.filter(({ moves }) => moves).flatMap(({ ids }) => ids);
  const hidden = changes.some(({ moves, ids }) => moves && ids.length === 0);
  const said = `convicted ${list(convicted)}, open ${list(open)}`;
  const wrongly = convicted.filter((id) => !real.includes(id));
  if (wrongly.length > 0) return { grade: "wrong", why: said };
  const freed = acquitted.filter((id) => real.includes(id));
  if (freed.length > 0) {
    return { grade: "wrong", why: `acquitted ${list(freed)}, ${said}` };
  }
  if (hidden) return { grade: "honest", why: said };
  const named = [...convicted, ...open];
  const missing = real.filter((id) => !named.includes(id));
  if (missing.length > 0) {
    return { grade: "misleading", why: `leaves out ${list(missing)}; ${said}` };
  }
  const more = open.filter((id) => !real.includes(id));
  return more.length > 0
    ? { grade: "misleading", why: said }
    : { grade: "right", why: "" };
}

const list = (ids: readonly string[]) =>
  ids.length === 0 ? "nothing" : ids.join(", ");
