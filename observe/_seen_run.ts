/** What all processes of a run saw, merged. */
import type {
  ChildSeen,
  ConfigSeen,
  ModuleSeen,
  Observation,
  ProcessSeen,
  ReadSeen,
  SeedSeen,
  VariableSeen,
} from "../internal/observation.ts";
import type { Starter } from "./_started_by.ts";

/** When something happened: the time, and the place in the file of its process. */
interface Moment {
  readonly at: number;
  readonly file: string;
  readonly line: number;
}

/** A process, or a thread with an observer of its own. */
export interface SeenProcess {
  /** The name of its file. */
  readonly file: string;
  /** Its first line. */
  readonly seen: ProcessSeen;
  /** The processes that it started. */
  readonly children: ChildSeen[];
  /** The processes that started it, its parent first; none that `ato run` did not start. */
  starters: readonly Starter[];
}

/** The first read of a path by any process. */
export interface FirstRead extends Moment {
  readonly read: ReadSeen;
  /** Its SHA-256 as an observer found it before the program wrote to the file. */
  readonly sha256?: string;
}

/** The granularity of modification times, in nanoseconds, and some more. */
const GRAIN = 20_000_000n;

/** What all processes of a run saw. */
export class SeenRun {
  readonly processes: SeenProcess[] = [];
  /** The modules of Python, by path; the first import counts. */
  readonly modules: Map<string, ModuleSeen> = new Map();
  /** Versions by the name of the distribution. */
  readonly packages: Map<string, Set<string>> = new Map();
  readonly configs: ConfigSeen[] = [];
  readonly seeds: SeedSeen[] = [];
  readonly gaps: Set<string> = new Set();
  /** When each folder was first listed, by path. */
  readonly lists: Map<string, number> = new Map();
  /** Shells that only started one of the processes. */
  readonly shells: Set<number> = new Set();
  readonly #reads = new Map<string, FirstRead>();
  readonly #writes = new Map<string, Moment>();
  readonly #variables = new Map<string, VariableSeen & { file: string }>();
  readonly #byFile = new Map<string, SeenProcess>();
  readonly #lines = new Map<string, number>();

  /**
   * Takes an observation.
   *
   * @param file The file of its process; observations of one file come in their order.
   * @param seen The observation.
   * @returns the first read of a path, if it is one or completes it.
   */
  take(file: string, seen: Observation): FirstRead | undefined {
    const line = (this.#lines.get(file) ?? 0) + 1;
    this.#lines.set(file, line);
    const moment = { at: "at" in seen ? seen.at : 0, file, line };
    switch (seen.is) {
      case "process":
        return this.#takeProcess(file, seen);
      case "read":
        return this.#takeRead(seen, moment);
      case "write":
        return this.#takeWrite(seen.path, moment);
      case "list":
        if (!this.lists.has(seen.path)) this.lists.set(seen.path, seen.at);
        return undefined;
      case "env":
        return this.#takeVariable(seen, file);
      default:
        return this.#takeFact(file, seen);
    }
  }

  /** The first reads, by path. */
  get reads(): ReadonlyMap<string, FirstRead> {
    return this.#reads;
  }

  /** The variables that were read; of several processes, the first one that read it. */
  get variables(): Iterable<VariableSeen & { readonly file: string }> {
    return this.#variables.values();
  }

  /** The process that wrote a file. */
  processOf(file: string): SeenProcess | undefined {
    return this.#byFile.get(file);
  }

  /** The paths that the run wrote before it read them. */
  written(): Set<string> {
    const written = new Set<string>();
    for (const [path, write] of this.#writes) {
      const read = this.#reads.get(path);
      if (read === undefined || isBefore(write, read)) written.add(path);
    }
    return written;
  }

  #takeProcess(file: string, seen: ProcessSeen): undefined {
    if (this.#byFile.has(file)) return;
    const process: SeenProcess = { file, seen, children: [], starters: [] };
    this.#byFile.set(file, process);
    this.processes.push(process);
  }

  #takeRead(read: ReadSeen, moment: Moment): FirstRead | undefined {
    const known = this.#reads.get(read.path);
    if (known?.file === moment.file && read.sha256 !== undefined) {
      // It completes the line of the first read.
      return this.#set(known.read, { ...known, sha256: read.sha256 });
    }
    const isEarlier = known === undefined || moment.at < known.at ||
      // A read that is certain counts more than a guess.
      (known.read.isGuess === true && read.isGuess !== true);
    if (!isEarlier) return undefined;
    const { sha256 } = read;
    return this.#set(read, { ...moment, ...(sha256 && { sha256 }) });
  }

  #set(
    read: ReadSeen,
    moment: Moment & { readonly sha256?: string },
  ): FirstRead {
    const { at, file, line, sha256 } = moment;
    const first = { at, file, line, read, ...(sha256 && { sha256 }) };
    this.#reads.set(read.path, first);
    return first;
  }

  #takeWrite(path: string, moment: Moment): undefined {
    const known = this.#writes.get(path);
    if (known === undefined || moment.at < known.at) {
      this.#writes.set(path, moment);
    }
  }

  #takeVariable(seen: VariableSeen, file: string): undefined {
    const known = this.#variables.get(seen.name);
    if (known === undefined || seen.at < known.at) {
      this.#variables.set(seen.name, { ...seen, file });
    }
  }

  #takeFact(
    file: string,
    seen: Exclude<
      Observation,
      { is: "process" | "read" | "write" | "env" }
    >,
  ): undefined {
    switch (seen.is) {
      case "module":
        if (!this.modules.has(seen.path)) this.modules.set(seen.path, seen);
        return;
      case "package": {
        const versions = this.packages.get(seen.name) ?? new Set();
        this.packages.set(seen.name, versions.add(seen.version));
        return;
      }
      case "config":
        return void this.configs.push(seen);
      case "seed":
        return void this.seeds.push(seen);
      case "child":
        return void this.#byFile.get(file)?.children.push(seen);
      case "gap":
        return void this.gaps.add(seen.what);
    }
  }
}

/** Whether a write comes before the first read of the same file. */
function isBefore(write: Moment, { read, ...first }: FirstRead): boolean {
  if (write.file === first.file) return write.line < first.line;
  if (write.at !== first.at) return write.at < first.at;
  // In the same millisecond: a file that was written just before it was read has the time of the write.
  return read.mtime !== undefined &&
    BigInt(read.mtime) + GRAIN >= BigInt(write.at) * 1_000_000n;
}
