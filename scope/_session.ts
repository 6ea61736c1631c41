import { checkArgument, checkArgv } from "./_arguments.ts";
import type { Argv } from "./argv.ts";
import { type CommandLineWord, parseCommandLine } from "./command_line.ts";
import type { ScopeCore } from "./_core.ts";
import { driveAsync, driveSync } from "./_drive.ts";
import { isMistake, reportMistake } from "./_mistakes.ts";
import { writeManual } from "./_manual_text.ts";
import { messageOf } from "../internal/errors.ts";
import { getProcess } from "../internal/runtime.ts";
import type { PendingView } from "../internal/trial_access.ts";
import type { Flags } from "./_resolution.ts";

/** What differs between a `Scope` and a `MultiScope`. */
export interface SessionParts<C> {
  readonly cores: readonly ScopeCore[];
  /** The command line that was passed to the scope. */
  readonly argv: Argv | undefined;
  /** Resolves the config of a command line. */
  resolve(
    words: readonly CommandLineWord[],
    flags: ReadonlyMap<ScopeCore, Flags>,
  ): Generator<PendingView, C, void>;
  /** Formats the config for `print`. */
  print(config: C): string;
  /** The last resolved config. */
  current(): C | undefined;
}

/** A command line, and where it comes from. */
interface Start {
  readonly argv: Argv;
  /** Whether it is that of the process, so that the process may be ended. */
  readonly isProcess: boolean;
  /** Whether the config is for a function of `main`. */
  readonly isMain: boolean;
}

/** Resolves the configs of command lines and calls functions with them. */
export class Session<C extends object> {
  readonly #parts: SessionParts<C>;
  /** Whether the config was resolved only to be printed, so that no function runs with it. */
  #isForShow = false;

  constructor(parts: SessionParts<C>) {
    this.#parts = parts;
  }

  /** Resolves the config synchronously. */
  apply(argv: Argv | undefined): C {
    return driveSync(this.#run(this.#start(argv, false)))!;
  }

  /** Resolves the config and waits for views that return promises. */
  async applyAsync(argv: Argv | undefined): Promise<C> {
    return (await driveAsync(this.#run(this.#start(argv, false))))!;
  }

  /** Returns a function that resolves the config when it is called and passes it as first argument. */
  main(
    fn: (config: C, ...rest: unknown[]) => unknown,
  ): (...args: unknown[]) => unknown {
    checkArgument(
      "make a main function",
      "the function to run",
      fn,
      "a function",
    );
    const isAsync =
      Object.prototype.toString.call(fn) === "[object AsyncFunction]";
    const start = (...args: unknown[]): unknown => {
      // A paused scope does not change the arguments: the caller passes the config.
      if (this.#parts.cores.some((core) => !core.active)) {
        return fn(...args as [C]);
      }
      const resolved = this.#isForShow ? undefined : this.#parts.current();
      if (resolved !== undefined) return fn(resolved, ...args);
      const steps = this.#run(this.#start(undefined, true));
      const go = (config: C | undefined) =>
        config === undefined ? undefined : fn(config, ...args);
      return isAsync ? driveAsync(steps).then(go) : go(driveSync(steps));
    };
    Object.defineProperty(start, "name", {
      value: fn.name,
      configurable: true,
    });
    return start;
  }

  /** Returns the manual of a command line, or of the last resolved config. */
  manual(argv: Argv | undefined): string {
    if (argv !== undefined) checkArgv(argv);
    const { cores } = this.#parts;
    const isResolved = cores.every((core) => core.history !== undefined);
    if (argv === undefined && isResolved) return this.#manualText(undefined);
    // Showing a command line does not use it: the last resolved config stays.
    const before = cores.map((core) => core.state);
    try {
      let failure: unknown;
      try {
        const start = this.#start(argv ?? [], false);
        driveSync(this.#resolve(this.#read(start)));
      } catch (error) {
        failure = error;
      }
      return this.#manualText(failure);
    } finally {
      for (const [index, core] of cores.entries()) core.state = before[index]!;
    }
  }

  #start(argv: Argv | undefined, isMain: boolean): Start {
    if (argv !== undefined) checkArgv(argv);
    const given = argv ?? this.#parts.argv;
    return given === undefined
      ? { argv: getProcess().argv.slice(2), isProcess: true, isMain }
      : { argv: given, isProcess: false, isMain };
  }

  /** Does what a command line asks for; returns no config if the function must not run. */
  *#run(start: Start): Generator<PendingView, C | undefined, void> {
    try {
      this.#isForShow = false;
      const { words, flags } = this.#read(start);
      const asks = (name: string) =>
        words.some((word) => word.kind === "view" && word.name === name);
      if (asks("manual")) {
        return yield* this.#runManual(start, { words, flags });
      }
      const config = yield* this.#resolve({ words, flags });
      if (asks("print")) {
        return this.#show(start, this.#parts.print(config), config);
      }
      return config;
    } catch (error) {
      if (start.isMain && start.isProcess && isMistake(error)) {
        reportMistake(error);
      }
      throw error;
    }
  }

  *#runManual(
    start: Start,
    request: Words,
  ): Generator<PendingView, C | undefined, void> {
    let config: C | undefined;
    let failure: unknown;
    try {
      config = yield* this.#resolve(request);
    } catch (error) {
      failure = error;
    }
    const shown = this.#show(start, this.#manualText(failure), config);
    // A caller of `apply` needs the config, too.
    if (failure !== undefined && !start.isMain) throw failure;
    return shown;
  }

  /** Prints what was asked for; the script does not run then. */
  #show(start: Start, text: string, config: C | undefined): C | undefined {
    console.log(text);
    if (start.isProcess) getProcess().exit(0);
    this.#isForShow = start.isMain;
    return start.isMain ? undefined : config;
  }

  #resolve({ words, flags }: Words): Generator<PendingView, C, void> {
    return this.#parts.resolve(words, flags);
  }

  #manualText(failure: unknown): string {
    return writeManual(this.#parts.cores, {
      base: getProcess().cwd(),
      failure: failure === undefined ? undefined : messageOf(failure),
    });
  }

  /** Reads a command line: first the flags, with the flag parsers, then the words. */
  #read(start: Start): Words {
    const flags = new Map<ScopeCore, Flags>();
    let rest: Argv = start.argv;
    if (typeof rest !== "string" && rest.some(isHelp)) {
      console.warn("A scope has no --help: this is what `manual` prints");
      rest = rest.map((word) => isHelp(word) ? "manual" : word);
    }
    for (const core of this.#parts.cores) {
      const read = core.parser?.(rest, start.isProcess);
      if (read === undefined) continue;
      flags.set(core, read.flags);
      rest = read.rest;
    }
    return { words: parseCommandLine(rest), flags };
  }
}

interface Words {
  readonly words: readonly CommandLineWord[];
  readonly flags: ReadonlyMap<ScopeCore, Flags>;
}

function isHelp(word: string): boolean {
  return word === "--help" || word === "-h";
}
