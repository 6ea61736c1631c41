/**
 * The causes of the planted suite without its processes: one process writes the runs through the library, with
 * snapshots of edited projects, and makes up their results from what was planted.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { RUN_SOURCE, type RunSource, SQLLogger } from "@ato/ato/tracker";
import type { ProgramSnapshot } from "../../internal/run_factors.ts";
import type { LateRecord } from "../../internal/run_inputs.ts";
import { applyEdits, makeProject } from "../../bench/why/_folder.ts";
import { ask } from "../../bench/why/_ask.ts";
import { judge, type Judgement } from "../../bench/why/oracle.ts";
import { readTruth, SEED } from "../../bench/why/truth.ts";
import type {
  Base,
  Cause,
  Edit,
  Planted,
  ProjectName,
  SeedMode,
  Situation,
} from "../../bench/why/types.ts";
import { readVerdict } from "../../bench/why/verdict.ts";
import { PythonProjects } from "./_planted_python.ts";

/** Takes a snapshot of a program. */
export type TakeSnapshot = (entry: string) => Promise<ProgramSnapshot>;

/** What a run is recorded with: its config, its program, and what it read, if that is recorded. */
interface Recorded {
  readonly config: Readonly<Record<string, unknown>>;
  readonly program: ProgramSnapshot;
  readonly late?: LateRecord;
}

/** The number of runs before run B. */
const RUNS = 5;

/** By how much a cause moves the result; the seeds move it by some hundredths. */
const EFFECT = 0.5;

/** The config that the script of the project sets. */
const DEFAULTS: Readonly<Record<string, unknown>> = {
  "splitSeed": 1,
  "lr": 0.1,
  "epochs": 6,
  "patience": 0,
  "noise": 0,
  "width": 1,
  "outDir": "out/latest",
  "printEvery": 1,
  "model.activation": "tanh",
  "model.penalty": 0.001,
  "useClock": false,
  "useWorker": false,
  "experiment.lrScale": 1,
};

/**
 * Tells whether a cause can be planted without a process: its edits leave the defaults of the config alone, and it
 * needs no signal, no variable, no other machine and no key that nothing reads.
 */
export function isPlain({ base = {}, others = [], b, stops }: Cause): boolean {
  return !stops &&
    [base, ...others, b].every((situation) =>
      situation.kill === undefined && situation.env === undefined &&
      situation.afterwards === undefined && !("seedKey" in situation) &&
      !(situation.words ?? []).some((word) =>
        /^(unused|patience)=|projectName/.test(word)
      ) &&
      !(situation.edits ?? []).some((edit) =>
        "from" in edit &&
        /config\.\w+ = |: number;|planted failure/.test(edit.from + edit.to)
      )
    );
}

/** Where the runs of a cause start from. */
interface Origin {
  readonly project: ProjectName;
  readonly base: Base;
}

/** Writes the runs of causes, and asks why. */
export class Planter {
  readonly #folder: string;
  readonly #take: TakeSnapshot;
  /** The Python program with its inputs. */
  readonly python: PythonProjects;
  readonly #snapshots = new Map<string, Promise<ProgramSnapshot>>();
  readonly #bases = new Map<string, string>();
  #count = 0;

  /** Makes a planter in an empty folder. */
  constructor(folder: string, take: TakeSnapshot) {
    this.#folder = folder;
    this.#take = take;
    this.python = new PythonProjects(join(folder, "python"));
    // A project whose packages are installed; Ato itself is one of them.
    const ato = join(folder, "modules/@ato/ato");
    mkdirSync(ato, { recursive: true });
    writeFileSync(
      join(ato, "package.json"),
      '{ "name": "@ato/ato", "version": "0.1.0", "type": "module", "exports": "./mod.js" }',
    );
    writeFileSync(
      join(ato, "mod.js"),
      "export class Scope {}\nexport class SQLLogger {}\n",
    );
  }

  /** Plants a cause and grades what `ato why` says. */
  async score(cause: Cause, seeds: SeedMode, n: number): Promise<Judgement> {
    const db = join(this.#folder, `${this.#count++}.db`);
    const { base = {}, others = [], b, planted, project } = cause;
    const of = { project, base };
    const seedOf = (i: number) => seeds === "fixed" ? SEED : SEED + i;
    await this.#copyBase(db, of, seeds, n);
    for (const other of others) {
      const seed = other.seed ?? seedOf(RUNS);
      const moved = planted.filter((one) => isIn(one, other));
      await this.#write(db, of, other, { seed, planted: moved });
    }
    const seed = b.seed ?? seedOf(RUNS);
    await this.#write(db, of, b, { seed, index: RUNS, planted });
    const truth = readTruth(cause, { seeds, n, db, seed });
    const pair = [String(truth.a), String(truth.b)];
    if (cause.isReversed) pair.reverse();
    const said = await ask(db, "why", ...pair, "--json");
    const verdict = readVerdict(said.out);
    rmSync(db);
    const grade = judge(truth, verdict);
    return grade.grade === "right" ? grade : {
      ...grade,
      why:
        `${cause.id}, ${seeds} seeds, ${n} runs: ${grade.why}: ${verdict.sentence}`,
    };
  }

  /** Writes base runs once for all causes that have the same. */
  async #copyBase(
    db: string,
    of: Origin,
    seeds: SeedMode,
    n: number,
  ): Promise<void> {
    const key = JSON.stringify([of, seeds, n]);
    const path = join(this.#folder, `base${this.#bases.size}.db`);
    if (!this.#bases.has(key)) {
      this.#bases.set(key, path);
      for (let i = 0; i < n; i++) {
        const seed = seeds === "fixed" ? SEED : SEED + i;
        await this.#write(path, of, {}, { seed, index: i, planted: [] });
      }
    }
    const file = new DatabaseSync(this.#bases.get(key)!);
    file.prepare("VACUUM INTO ?").run(db);
    file.close();
  }

  async #write(
    db: string,
    { project, base }: Origin,
    situation: Situation,
    { seed, index = 0, planted }: {
      seed: number;
      index?: number;
      planted: readonly Planted[];
    },
  ): Promise<void> {
    const words = [
      ...base.words ?? [],
      ...base.label === undefined
        ? []
        : [`${base.label}=out/2026-11-2${index}T10-00-00`],
      ...situation.words ?? [],
    ];
    const edits = [...base.edits ?? [], ...situation.edits ?? []];
    const env = { ...base.env, ...situation.env };
    const { config, program, late } = project === "pricing"
      ? await this.#pricing(words, { seed, edits, env })
      : {
        config: configOf(words, { seed }),
        program: await this.#snapshot(edits),
      };
    const experiment = { projectName: project, sql: { dbPath: db } };
    const tracked = {
      ...config,
      experiment: { ...config["experiment"] as object, ...experiment },
      [RUN_SOURCE]: sourceOf(program, late),
    };
    const logger = new SQLLogger(tracked);
    await logger.run();
    const isNoisy = words.some((word) => word.startsWith("noise="));
    const moved = planted.filter(({ hasEffect }) => hasEffect).length * EFFECT;
    const chance = isNoisy ? jitter(this.#count * 100 + index + seed * 7) : 0;
    const loss = 1 + jitter(seed) + chance + moved;
    const { epochs } = { ...config, ...config["args"] as object };
    for (let epoch = 1; epoch <= Number(epochs); epoch++) {
      logger.logMetric("loss", loss + 1 / epoch, epoch);
    }
    await logger.finish();
  }

  async #pricing(
    words: readonly string[],
    { seed, edits, env }: {
      seed: number;
      edits: readonly Edit[];
      env: Situation["env"] & object;
    },
  ): Promise<Recorded> {
    const late = await this.python.record(edits, env);
    const config = this.python.configOf(words, seed);
    return { config, program: late.program!, late };
  }

  #snapshot(edits: readonly Edit[]): Promise<ProgramSnapshot> {
    const key = JSON.stringify(edits);
    const known = this.#snapshots.get(key);
    if (known !== undefined) return known;
    const folder = join(this.#folder, "projects", String(this.#snapshots.size));
    makeProject("credit", folder, join(this.#folder, "modules"));
    applyEdits(folder, edits);
    const taken = this.#take(join(folder, "train.ts")).then(asRun);
    this.#snapshots.set(key, taken);
    return taken;
  }
}

/** The files were written by this process: as if a program had started after that. */
function asRun(snapshot: ProgramSnapshot): ProgramSnapshot {
  const missing = snapshot.coverage.missing.filter((phrase) =>
    !phrase.endsWith("changed since the process started")
  );
  const level = missing.length === 0 ? "full" : snapshot.coverage.level;
  return { ...snapshot, coverage: { level, missing } };
}

/** Whether a situation has a planted factor, by the file or the key that it changes. */
function isIn(
  { ids }: Planted,
  { words = [], edits = [] }: Situation,
): boolean {
  return ids.some((id) =>
    words.some((word) =>
      id.replace(":args.", ":") === `config:${word.split("=")[0]}`
    ) ||
    edits.some(({ file }) =>
      id.startsWith(`code:${file}#`) || id === `input:${file}`
    )
  );
}

function configOf(
  words: readonly string[],
  given: Record<string, unknown>,
): Record<string, unknown> {
  const flat: Record<string, unknown> = { ...DEFAULTS, ...given };
  for (const word of words) {
    if (word === "wide") flat["width"] = 2;
    const [key = "", ...rest] = word.split("=");
    if (rest.length > 0) flat[key] = valueOf(rest.join("="));
  }
  const config: Record<string, unknown> = {};
  for (const [path, value] of Object.entries(flat)) {
    const [first = "", second] = path.split(".");
    if (second === undefined) config[first] = value;
    else config[first] = { ...config[first] as object, [second]: value };
  }
  return config;
}

function valueOf(text: string): unknown {
  if (text === "true" || text === "false") return text === "true";
  return Number.isNaN(Number(text)) ? text.replaceAll("%", "") : Number(text);
}

/** A number between -0.05 and 0.05 that depends on the given one alone. */
function jitter(of: number): number {
  const mixed = Math.imul(of ^ (of >>> 7), 2654435761) >>> 0;
  return (Math.imul(mixed ^ (mixed >>> 15), 2246822519) >>> 0) / 2 ** 32 / 10 -
    0.05;
}

function sourceOf(
  snapshot: ProgramSnapshot,
  late?: LateRecord,
): RunSource & { program(): Promise<ProgramSnapshot> } {
  const listeners: ((record: LateRecord) => void)[] = [];
  return {
    name: "config",
    history: () => ({}),
    codeRecords: () => Promise.resolve([]),
    onCode: () => () => {},
    onOutput: () => () => {},
    program: () => Promise.resolve(snapshot),
    ...(late && {
      onLate(listener) {
        listeners.push(listener);
        return () => {};
      },
      settle() {
        listeners.forEach((listener) => listener(late));
        return Promise.resolve();
      },
    }),
  };
}
