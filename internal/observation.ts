/**
 * What observers see of a program, as they write it down: one JSON object a line, in a file of their own in the
 * folder that {@linkcode OBSERVE_VARIABLE} names.
 *
 * `ato run` makes the folder (mode 0700) and starts the program so that an observer is loaded into each process of
 * it that can be observed. An observer appends a line at once, so that a killed program keeps what was seen until
 * then. It writes each fact once: the first read of a path, the first read of a variable. It never prints, never
 * throws into the program, and never changes an exit code.
 *
 * @module
 */

/** The environment variable that names the folder for observations. Observers hide it from the program. */
export const OBSERVE_VARIABLE = "ATO_OBSERVE";

/** The start of a process (or a thread with an observer of its own). The first line of each file. */
export interface ProcessSeen {
  readonly is: "process";
  readonly pid: number;
  readonly parent: number;
  /** Its language: the observer that is loaded. */
  readonly language: "python" | "node" | "deno";
  /** The version of the language's runtime, e.g. `3.11.7`. */
  readonly version: string;
  /** The path of the interpreter. */
  readonly executable: string;
  /** The words after the interpreter. */
  readonly argv: readonly string[];
  /** The folder it started in, an absolute path. */
  readonly cwd: string;
  /** The absolute path of the script that it runs, if that is a file. */
  readonly entry?: string;
  /** The number of the thread, if it is not the main one. */
  readonly thread?: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** The first read of a file by a process. Written before the program gets to see the file. */
export interface ReadSeen {
  readonly is: "read";
  /**
   * An absolute path, links not resolved. Bytes that are not UTF-8 are lone surrogates from U+DC80 on, as Python's
   * `surrogateescape` writes them.
   */
  readonly path: string;
  /** Bytes; absent if the file could not be looked at. */
  readonly size?: number;
  /** Its modification time in nanoseconds since 1970, in decimal digits. */
  readonly mtime?: string;
  /**
   * Its SHA-256 in hex, if the observer had to hash it because the program was about to write to it; such a line
   * completes an earlier one.
   */
  readonly sha256?: string;
  /** True if it is not certain that the file was read, e.g. it was only named to a reader in native code. */
  readonly isGuess?: boolean;
  readonly at: number;
}

/** The first time a process opened a file for writing, moved a file to that path, or removed it. */
export interface WriteSeen {
  readonly is: "write";
  readonly path: string;
  readonly at: number;
}

/** The first listing of a folder by a process. */
export interface ListSeen {
  readonly is: "list";
  readonly path: string;
  readonly at: number;
}

/** The first read of an environment variable by name. Enumerating the environment reads none. */
export interface VariableSeen {
  readonly is: "env";
  readonly name: string;
  /** The value that the process was started with, also if the program has set another one; `null` if it had none. */
  readonly value: string | null;
  readonly at: number;
}

/** A local module of Python that was imported; its bytes are in the file of the folder named by its SHA-256. */
export interface ModuleSeen {
  readonly is: "module";
  /** Its absolute path. */
  readonly path: string;
  /** Its name, e.g. `helpers`; `__main__` for the script. */
  readonly name: string;
  readonly sha256: string;
  readonly at: number;
}

/** A distribution of which a module was imported. */
export interface PackageSeen {
  readonly is: "package";
  /** E.g. `pypi:numpy`, normalised as PyPI does it. */
  readonly name: string;
  readonly version: string;
}

/** Arguments as a parser resolved them: what was given, and the defaults. */
export interface ConfigSeen {
  readonly is: "config";
  /** The parser: `argparse`, `click`, `typer`, `fire`, `absl`, `hydra`. */
  readonly source: string;
  /** Plain data; what JSON lacks is written as text. */
  readonly values: Readonly<Record<string, unknown>>;
  /** The options that the parser knows, as they are typed (`--lr`): a value may have another name than its option. */
  readonly options?: readonly string[];
  readonly at: number;
}

/** A random generator that was given a seed. */
export interface SeedSeen {
  readonly is: "seed";
  /** The function: `random.seed`, `numpy.random.seed`, `torch.manual_seed` … */
  readonly name: string;
  /** Whether it made a generator of its own: a program may have several. */
  readonly isOwn?: boolean;
  /** The seed as text; `null` if it was seeded from the system. */
  readonly value: string | null;
}

/** A process that the program started, or a worker with an observer of its own. */
export interface ChildSeen {
  readonly is: "child";
  /** The number of the worker; its program is then its module. */
  readonly thread?: number;
  /** Its process id, if it is known. */
  readonly pid?: number;
  /** The program, as it was given; `sh` for a command of a shell. */
  readonly program: string;
  /** Its words, if they are known. */
  readonly argv?: readonly string[];
}

/** Something that can read and is not seen: inputs are `partial`. */
export interface GapSeen {
  readonly is: "gap";
  /** A phrase for the coverage, e.g. `polars can read files in native code`. */
  readonly what: string;
}

/** What observers say of a process that reads a pipe; their files are no modules, so each has this text. */
export const PIPED = "what is read from standard input is not recorded";

/** A line of an observer. Readers skip lines they do not understand, as the last one of a killed program. */
export type Observation =
  | ProcessSeen
  | ReadSeen
  | WriteSeen
  | ListSeen
  | VariableSeen
  | ModuleSeen
  | PackageSeen
  | ConfigSeen
  | SeedSeen
  | ChildSeen
  | GapSeen;
