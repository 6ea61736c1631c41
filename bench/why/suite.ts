/**
 * Runs the planted suite: records the base runs once, run B of each cause on a copy of them, and asks `ato why`.
 *
 * @module
 */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ask } from "./_ask.ts";
import { copyProject, makeProject, packAto } from "./_folder.ts";
import { makeRun, mergeWords, USES_LIBRARY } from "./_record.ts";
import {
  HistoryRecorder,
  type PlantedHistory,
  type ScoredHistory,
} from "./histories.ts";
import { judge, type Judgement, type Truth } from "./oracle.ts";
import { readTruth, runsIn, SEED } from "./truth.ts";
import {
  type Base,
  BASE_RUNS,
  type Cause,
  SEED_MODES,
  type SeedMode,
  type Situation,
} from "./types.ts";
import { readVerdict, type Verdict } from "./verdict.ts";

/** A verdict with its grade. */
export interface Scored extends Judgement {
  /** What is known of the runs. */
  readonly truth: Truth;
  /** What was said; `undefined` if `ato why` failed. */
  readonly verdict?: Verdict;
}

/** The most base runs. */
const MOST = Math.max(...BASE_RUNS);

/** How many programs run at the same time. */
const PARALLEL = 2;

/** A suite in a folder. */
export class Suite {
  readonly #folder: string;
  readonly #bases = new Map<string, Promise<string>>();
  readonly #save: string | undefined;
  #modules: string | undefined;

  /**
   * Makes a suite.
   *
   * @param folder An empty folder for its projects.
   * @param save A folder that gets the file of each verdict; what is in it already is not run again.
   */
  constructor(folder: string, save?: string) {
    this.#folder = folder;
    this.#save = save;
    if (save !== undefined) mkdirSync(save, { recursive: true });
  }

  /**
   * Runs causes, and grades each verdict.
   *
   * @param causes The causes.
   * @param onScore Takes each grade as it comes.
   * @returns the grades in the order of the causes.
   */
  async run(
    causes: readonly Cause[],
    onScore: (scored: Scored) => void = () => {},
  ): Promise<Scored[]> {
    const missing = causes.filter((cause) =>
      SEED_MODES.every((seeds) =>
        savedOf(cause, seeds, this.#save).length === 0
      )
    );
    const usesLibrary = missing.some(({ project }) => USES_LIBRARY[project]);
    if (usesLibrary) this.#modules ??= packAto(this.#folder);
    const jobs = causes.flatMap((cause) =>
      (cause.seeds === undefined ? SEED_MODES : [cause.seeds])
        .map((seeds) => async () => {
          const scored = await this.#runCause(cause, seeds);
          scored.forEach(onScore);
          return scored;
        })
    );
    return (await inParallel(jobs)).flat();
  }

  /**
   * Records histories, and scores `ato bisect` on each.
   *
   * @param histories The histories.
   * @returns the scores, in the order of the histories.
   */
  runHistories(
    histories: readonly PlantedHistory[],
  ): Promise<ScoredHistory[]> {
    const recorder = new HistoryRecorder(
      join(this.#folder, "histories"),
      () => this.#modules ??= packAto(this.#folder),
      this.#save,
    );
    return inParallel(histories.map((one) => () => recorder.score(one)));
  }

  /** Records run B of a cause, and asks with 1, 2 and 5 base runs. */
  async #runCause(cause: Cause, seeds: SeedMode): Promise<Scored[]> {
    const saved = savedOf(cause, seeds, this.#save);
    if (saved.length === BASE_RUNS.length) {
      return await Promise.all(saved.map((one) => score(cause, one)));
    }
    const { base = {}, project } = cause;
    const folder = join(this.#folder, "causes", `${cause.id}-${seeds}`);
    const place = join(folder, project);
    copyProject(await this.#base(cause, base, seeds), place);
    for (const [i, other] of (cause.others ?? []).entries()) {
      // Further runs start from the files of the base.
      const aside = join(folder, `other${i}`, project);
      copyProject(await this.#base(cause, base, seeds), aside);
      copyDatabase(join(place, "runs.db"), join(aside, "runs.db"));
      const situation = over(base, other, seedOf(other, seeds));
      await makeRun(project, aside, { ...situation, noise: MOST + 2 + i });
      copyDatabase(join(aside, "runs.db"), join(place, "runs.db"));
    }
    const seed = seedOf(cause.b, seeds);
    await makeRun(project, place, over(base, cause.b, seed, MOST));
    const scored: Scored[] = [];
    for (const n of BASE_RUNS) {
      const db = join(folder, `${n}.db`);
      copyDatabase(join(place, "runs.db"), db);
      scored.push(await this.#ask(cause, { seeds, n, db, seed }));
    }
    rmSync(folder, { recursive: true });
    return scored;
  }

  /** Makes the base runs of a cause, or takes those of an earlier one. */
  #base(
    { project }: Cause,
    base: Base,
    seeds: SeedMode,
  ): Promise<string> {
    const key = JSON.stringify([project, base, seeds]);
    const known = this.#bases.get(key);
    if (known !== undefined) return known;
    const place = join(this.#folder, "bases", String(this.#bases.size));
    const made = this.#makeBase(join(place, project), {
      project,
      base,
      seeds,
    });
    this.#bases.set(key, made);
    return made;
  }

  async #makeBase(
    folder: string,
    { project, base, seeds }: {
      project: Cause["project"];
      base: Base;
      seeds: SeedMode;
    },
  ): Promise<string> {
    makeProject(
      project,
      folder,
      USES_LIBRARY[project] ? this.#modules : undefined,
    );
    for (let i = 0; i < MOST; i++) {
      const seed = base.seed ?? (seeds === "fixed" ? SEED : SEED + i);
      const edits = i === 0 ? base.edits ?? [] : [];
      await makeRun(
        project,
        folder,
        over({ ...base, edits: [] }, { edits }, seed, i),
      );
    }
    return folder;
  }

  async #ask(
    cause: Cause,
    { seeds, n, db, seed }: {
      seeds: SeedMode;
      n: number;
      db: string;
      seed: number;
    },
  ): Promise<Scored> {
    const extra = baseRuns(db, cause.project).slice(n);
    if (extra.length > 0) {
      await ask(db, "delete", ...extra.map(String));
      await ask(db, "gc", "--days", "0");
    }
    const how = { seeds, n, seed };
    if (this.#save !== undefined) {
      const path = savedPath(this.#save, cause, seeds, n);
      copyDatabase(db, `${path}.db`);
      writeFileSync(`${path}.json`, JSON.stringify(how));
    }
    return await score(cause, { ...how, db });
  }
}

/** The base runs in a file, in their order. */
function baseRuns(db: string, project: string): number[] {
  const file = new DatabaseSync(db);
  try {
    return runsIn(file, project).slice(0, MOST);
  } finally {
    file.close();
  }
}

/** How the runs of a verdict were made, and their file. */
interface Recorded {
  readonly seeds: SeedMode;
  readonly n: number;
  readonly seed: number;
  readonly db: string;
}

async function score(cause: Cause, recorded: Recorded): Promise<Scored> {
  const { db } = recorded;
  const truth = readTruth(cause, recorded);
  const pair = [String(truth.a), String(truth.b)];
  if (cause.isReversed) pair.reverse();
  const said = await ask(db, "why", ...pair, "--json");
  try {
    const verdict = readVerdict(said.out);
    return { ...judge(truth, verdict), truth, verdict };
  } catch (error) {
    const why = `ato why failed: ${said.err || error}`;
    return { grade: "wrong", why, truth };
  }
}

/**
 * Asks again about runs that a suite saved, without running a program.
 *
 * @param causes The causes.
 * @param saved The folder.
 * @returns the grades in the order of the causes; causes that were not saved are left out.
 */
export async function askAgain(
  causes: readonly Cause[],
  saved: string,
): Promise<Scored[]> {
  const scored: Scored[] = [];
  for (const cause of causes) {
    for (const seeds of SEED_MODES) {
      for (const one of savedOf(cause, seeds, saved)) {
        scored.push(await score(cause, one));
      }
    }
  }
  return scored;
}

function savedPath(
  saved: string,
  { id }: Cause,
  seeds: SeedMode,
  n: number,
): string {
  return join(saved, `${id},${seeds},${n}`);
}

/** Finds the files of a cause in a folder. */
function savedOf(
  cause: Cause,
  seeds: SeedMode,
  saved: string | undefined,
): Recorded[] {
  if (saved === undefined) return [];
  return BASE_RUNS.flatMap((n) => {
    const path = savedPath(saved, cause, seeds, n);
    if (!existsSync(`${path}.json`)) return [];
    const { seed } = JSON.parse(readFileSync(`${path}.json`, "utf8"));
    return [{ seeds, n, seed, db: `${path}.db` }];
  });
}

/** The seed of a run that is not one of the base. */
function seedOf({ seed }: Situation, seeds: SeedMode): number {
  return seed ?? (seeds === "fixed" ? SEED : SEED + MOST);
}

/** Lays a situation over that of the base. */
function over(
  base: Base,
  situation: Situation,
  seed: number,
  index: number = 0,
): Situation {
  const label = base.label === undefined
    ? []
    : [`${base.label}=out/2026-11-2${index}T10-0${index}-00`];
  return {
    ...situation,
    ...(base.plain === true && { plain: true }),
    noise: index + 1,
    words: mergeWords([
      `${base.seedKey ?? "seed"}=${seed}`,
      ...base.words ?? [],
      ...label,
      ...situation.words ?? [],
    ]),
    env: { ...base.env, ...situation.env },
    seed,
  };
}

function copyDatabase(from: string, to: string): void {
  for (const beside of ["", "-wal", "-shm"]) {
    rmSync(to + beside, { force: true });
    if (existsSync(from + beside)) copyFileSync(from + beside, to + beside);
  }
}

/** Runs jobs, a few at a time; results are in the order of the jobs. */
async function inParallel<T>(
  jobs: readonly (() => Promise<T>)[],
): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const work = async () => {
    while (next < jobs.length) {
      const i = next++;
      results[i] = await jobs[i]!();
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  return results;
}
