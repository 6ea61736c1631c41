/**
 * Collects what the observers of a run write while it runs, and makes its record of it.
 */
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import {
  InputHasher,
  mayBeInput,
  recordInputs,
  type SeenInputs,
  type SeenRead,
} from "../inputs/mod.ts";
import { pathInAto } from "../internal/own_files.ts";
import { messageOf } from "../internal/errors.ts";
import {
  type Observation,
  PIPED,
  type ProcessSeen,
} from "../internal/observation.ts";
import type { ParseCache, ProgramSnapshot } from "../internal/run_factors.ts";
import type { LateRecord, RunInputs } from "../internal/run_inputs.ts";
import type { ConfigHistory } from "../internal/run_source.ts";
import { ObservationFiles } from "./_observation_files.ts";
import { nothingObserved } from "./_nothing_observed.ts";
import { isPlainCommand, isPlainTask } from "./_plain_shells.ts";
import { RunPrograms } from "./_programs.ts";
import { resolveConfig, seedOf, type WordsConfig } from "./_resolved_config.ts";
import { withRuntimes } from "./_runtimes.ts";
import { type FirstRead, SeenRun } from "./_seen_run.ts";
import { unreadListings } from "./_listed_folders.ts";
import { startersOf } from "./_started_by.ts";
import { startedWith } from "./_started_with.ts";
import { unobserved } from "./_unobserved.ts";

/** Options for {@linkcode Collector}. */
export interface CollectorOptions {
  /** The folder that observers write to; `undefined` if the program is not observed. */
  readonly observations: string | undefined;
  /** Why it is not observed. */
  readonly reason: string | undefined;
  /** The program and its words. */
  readonly command: readonly string[];
  /** The command line as a config. */
  readonly config: WordsConfig;
  /** Where the values of the config come from. */
  readonly history: ConfigHistory;
  /** The program that the command names. */
  readonly program: Promise<ProgramSnapshot>;
  /** The variables that the program is started with. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Paths that are no inputs, with all that starts with them and `-` or `.`: databases. */
  readonly without: readonly string[];
  /** What cannot be seen, one phrase each. @default {nothing} */
  readonly gaps?: readonly string[];
  /** The file that is the standard input of the run. */
  readonly standardInput?: SeenRead | undefined;
  /**
   * Whether the standard input of the run is a pipe. If not, a pipe that a process reads comes from the run itself.
   * @default {true}
   */
  readonly isPiped?: boolean;
}

/** A part of a run. */
export interface Part {
  /** Whether the run still continues. @default {false} */
  readonly isRunning?: boolean;
  /** Keeps what parsing the program's files gave. */
  readonly cache?: ParseCache;
  /** Milliseconds since 1970; what happened later does not count. */
  readonly until?: number;
  /**
   * Paths of files that are code, and no inputs, if the program uses Ato itself: its tracker reads them for the
   * snapshot, and the lock file of the working folder.
   */
  readonly code?: readonly string[];
  /** The database that it is recorded in. */
  readonly without?: readonly string[];
}

/** The lock files that the tracker reads. */
const LOCK_FILE =
  /[\\/](?:deno(?:\.npm)?\.lock|package-lock\.json|pnpm-lock\.yaml|yarn\.lock|bun\.lock)$/;

/** What is missing of a run that has not ended, or whose `ato run` was killed. */
export const STILL_RUNNING = "the run was still going on";

/** What is missing if the program removed what observers wrote. */
const LOST =
  "some observations are lost: the program removed Ato's folder from the folder for temporary files";

/** What is known of a run, and where the values of its config come from. */
export interface CollectedRecord extends LateRecord {
  /** The history of the config, if it was resolved. */
  readonly history?: ConfigHistory;
}

/** Collects what the observers of a run write. */
export class Collector {
  readonly #options: CollectorOptions;
  readonly #run = new SeenRun();
  readonly #hasher = new InputHasher();
  readonly #programs: RunPrograms;
  readonly #files: ObservationFiles | undefined;
  /** Files that wait for the root: it decides which of them can be inputs. */
  readonly #hashing: Promise<void>[] = [];
  #root: string | undefined;
  #pid: number | undefined;
  #isBelow = false;

  /** @param options What is observed. */
  constructor(options: CollectorOptions) {
    this.#options = options;
    this.#programs = new RunPrograms(options.program);
    const { observations } = options;
    this.#files = observations === undefined
      ? undefined
      : new ObservationFiles(observations, (file, seen) =>
        this.#take(file, seen));
  }

  /**
   * Follows the observers from now on.
   *
   * @param pid The process that was started.
   * @param options Whether the program is a child of that process, which only gives it a terminal.
   */
  start(
    pid: number | undefined,
    { isBelow = false }: { readonly isBelow?: boolean } = {},
  ): void {
    this.#pid = pid;
    this.#isBelow = isBelow;
    this.#files?.follow();
  }

  /** Takes the last observations, after the program has ended. */
  async stop(): Promise<void> {
    this.#files?.stop();
    await Promise.all(this.#hashing);
  }

  /**
   * Returns what is known of the run.
   *
   * @param part What of it counts.
   * @returns its program, inputs, config and seed.
   */
  async record(part: Part = {}): Promise<CollectedRecord> {
    const program = await this.#program(part.cache);
    const { config, history } = this.#options;
    const resolved = resolveConfig(config, history, this.#run.configs);
    const seed = seedOf(this.#run.seeds);
    return {
      ...(program !== undefined && { program }),
      inputs: await this.inputs(part, program),
      ...(resolved &&
        { config: { ...resolved.config }, history: resolved.history }),
      ...(seed !== undefined && { seed }),
    };
  }

  /**
   * Returns the inputs of the run, or of a part of it.
   *
   * @param part What of it counts.
   * @param program The program, whose modules are no inputs.
   */
  async inputs(part: Part, program?: ProgramSnapshot): Promise<RunInputs> {
    if (this.#run.processes.length === 0) {
      const { command, reason } = this.#options;
      const lost = this.#files?.isLost === true ? LOST : undefined;
      return nothingObserved({ command, reason: reason ?? lost });
    }
    const recorded = await recordInputs(
      await this.#seen(part, program),
      { hasher: this.#hasher },
    );
    if (part.isRunning !== true) return recorded;
    const { level, missing } = recorded.coverage;
    return {
      ...recorded,
      coverage: {
        level: level === "none" ? "none" : "partial",
        missing: [...missing, STILL_RUNNING],
      },
    };
  }

  /** Returns the root from which the paths of the run are told. */
  async root(): Promise<string> {
    return await this.#programs.root();
  }

  #take(file: string, seen: Observation): void {
    const first = this.#run.take(file, seen);
    if (seen.is === "process") this.#seeProcess(file, seen);
    if (first !== undefined && this.#isInput(first)) this.#hash(first);
  }

  #seeProcess(file: string, seen: ProcessSeen): void {
    this.#programs.see(seen);
    const own = this.#run.processOf(file);
    if (seen.thread !== undefined || own === undefined) return;
    own.starters = startersOf(seen.parent, process.pid);
    const [first] = own.starters;
    if (
      first?.command !== undefined && isPlainCommand(first.command, seen.cwd)
    ) {
      this.#run.shells.add(first.pid);
    }
  }

  /** Starts to hash a file, before the program can change it. */
  #hash(first: FirstRead): void {
    const start = (root: string) => {
      this.#root = root;
      if (!mayBeInput(first.read.path, root)) return;
      void this.#hasher.hash(seenRead(first));
    };
    if (this.#root !== undefined) start(this.#root);
    else this.#hashing.push(this.#programs.root().then(start));
  }

  /** Modules, the files of Ato and databases are no inputs. */
  #isInput(
    { read: { path } }: FirstRead,
    without: readonly string[] = [],
  ): boolean {
    return !this.#run.modules.has(path) &&
      pathInAto(pathToFileURL(path).href) === undefined &&
      ![...this.#options.without, ...without].some((own) =>
        path.startsWith(own) && /^(?:[-./]|$)/.test(path.slice(own.length))
      );
  }

  async #program(
    cache: ParseCache | undefined,
  ): Promise<ProgramSnapshot | undefined> {
    try {
      const { modules, packages, processes } = this.#run;
      const observations = this.#options.observations ?? "";
      const executable = processes.find(({ seen }) =>
        seen.language === "python"
      )?.seen.executable ?? "python3";
      const python = { modules, packages, observations, executable, cache };
      const merged = await this.#programs.merged(python);
      const program = merged ?? await this.#options.program;
      const whole = withRuntimes(program, processes);
      return whole === program ? merged : whole;
    } catch (error) {
      this.#run.gaps.add(`the program could not be read: ${messageOf(error)}`);
      return undefined;
    }
  }

  async #seen(
    { until = Infinity, code, without = [] }: Part,
    program: ProgramSnapshot | undefined,
  ): Promise<SeenInputs> {
    const run = this.#run;
    const known = program ?? await this.#options.program;
    const { root, modules } = known;
    const ownCode = modules.map(({ path }) => join(root, path));
    const start = Math.min(...run.processes.map(({ seen }) => seen.at));
    const reads = [...run.reads.values()].filter((first) =>
      first.at <= until && this.#isInput(first, without) &&
      (code === undefined || !LOCK_FILE.test(first.read.path))
    );
    return {
      root: program?.root ?? await this.root(),
      reads: [
        ...reads.map((first) => ({
          ...seenRead(first),
          ...(isNewer(first, start) && { isNewer: true }),
        })),
        ...this.#readInput(),
      ],
      written: run.written(),
      variables: startedWith(run, { env: this.#options.env, until }),
      code: [...code ?? [], ...ownCode],
      gaps: [
        ...this.#options.gaps ?? [],
        ...[...run.gaps].filter((what) =>
          this.#options.isPiped !== false || what !== PIPED
        ),
        ...this.#unobserved(),
        ...unreadListings(run, { root, code: ownCode, until }),
        ...(this.#files?.isLost === true ? [LOST] : []),
      ],
      isObserved: true,
    };
  }

  /** A file that is the standard input may have been read by anything. */
  #readInput(): SeenRead[] {
    const { standardInput: input } = this.#options;
    return input === undefined || this.#run.reads.has(input.path)
      ? []
      : [input];
  }

  #unobserved(): string[] {
    const { command } = this.#options;
    return unobserved(this.#run, {
      pid: this.#pid,
      isBelow: this.#isBelow,
      program: command[0] ?? "",
      argv: command.slice(1),
      isPlain: isPlainTask(command, process.cwd()),
    });
  }
}

/** Whether a file was written after the program had started. What the program itself wrote is no input. */
function isNewer({ read: { mtime } }: FirstRead, start: number): boolean {
  return mtime !== undefined && Number.isFinite(start) &&
    BigInt(mtime) > BigInt(start) * 1_000_000n;
}

function seenRead({ read, sha256, at }: FirstRead): SeenRead {
  const { path, size, mtime, isGuess } = read;
  return {
    path,
    at,
    ...(size !== undefined && { size }),
    ...(mtime !== undefined && { mtime }),
    ...(isGuess === true && { isGuess }),
    ...(sha256 !== undefined && { sha256 }),
  };
}
