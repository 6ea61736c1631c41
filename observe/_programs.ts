/** The programs of a run: what its command names, and what the observed processes turn out to run. */
import { realpathSync } from "node:fs";
import { join } from "node:path";
import {
  type SnapshotOptions,
  takeSnapshot,
} from "../fingerprint/program/mod.ts";
import { attempt } from "../internal/attempt.ts";
import type { ProcessSeen } from "../internal/observation.ts";
import type { ProgramSnapshot } from "../internal/run_factors.ts";
import { mergePrograms } from "./_merge_programs.ts";
import { type ObservedPython, observedPython } from "./_observed_python.ts";

/** Programs that are installed: packages, and what Deno has downloaded. */
const INSTALLED = /[\\/](?:node_modules|site-packages|npm[\\/]registry\.)/;

/** The programs of a run. */
export class RunPrograms {
  readonly #named: Promise<ProgramSnapshot>;
  readonly #entries = new Map<string, Promise<ProgramSnapshot>>();
  /** The root of the first program that was found, if the command names none. */
  #root: Promise<string> | undefined;

  /** @param named The program that the command names; it has no modules if the command names no script. */
  constructor(named: Promise<ProgramSnapshot>) {
    this.#named = named;
  }

  /** Takes the snapshot of the script of a process, at once, unless the command names it. */
  see({ language, entry, thread, at }: ProcessSeen): void {
    const isOwn = (language === "node" || language === "deno") &&
      thread === undefined && entry !== undefined;
    // A tool is often started through a link.
    if (!isOwn || INSTALLED.test(realPath(entry))) return;
    if (this.#entries.has(entry)) return;
    const links = language === "deno" ? "given" : "real";
    const taken = this.#take(entry, { processStart: at, links });
    this.#entries.set(entry, taken);
    // Reported when the programs are merged.
    taken.catch(() => undefined);
  }

  /** Returns the root from which the paths of the run are told. */
  async root(): Promise<string> {
    const named = await this.#named;
    return named.modules.length > 0 || this.#root === undefined
      ? named.root
      : await this.#root;
  }

  /**
   * Returns the program of the run.
   *
   * @param python The modules of Python that were observed.
   * @returns one snapshot; `undefined` if it is the one that the command names.
   */
  async merged(python: ObservedPython): Promise<ProgramSnapshot | undefined> {
    const named = await this.#named;
    const found: ProgramSnapshot[] = [];
    for (const [entry, taken] of this.#entries) {
      if (!isEntry(named, entry)) found.push(await taken);
    }
    if (python.modules.size > 0) {
      const root = named.modules.length > 0 || found.length > 0
        ? await this.root()
        : undefined;
      found.push(await observedPython(python, root));
    }
    const [first, ...others] = found;
    if (first === undefined) return undefined;
    return isReplaced(named, found)
      ? mergePrograms([first, ...others])
      : mergePrograms([withoutPromise(named), first, ...others]);
  }

  async #take(
    entry: string,
    options: SnapshotOptions,
  ): Promise<ProgramSnapshot> {
    const named = await this.#named;
    if (isEntry(named, entry)) return named;
    if (named.modules.length > 0) {
      return await takeSnapshot(entry, { ...options, root: named.root });
    }
    if (this.#root !== undefined) {
      return await takeSnapshot(entry, {
        ...options,
        root: await this.#root,
      });
    }
    const first = takeSnapshot(entry, options);
    // Typed code is in no file, so it has no root of its own.
    this.#root = first.then(({ root, modules }) =>
      modules.length > 0 ? root : named.root
    );
    return await first;
  }
}

/** Whether a path is that of the script of a program. */
function isEntry(program: ProgramSnapshot, path: string): boolean {
  if (program.modules.length === 0) return false;
  return realPath(join(program.root, program.entry)) === realPath(path);
}

function realPath(path: string): string {
  return attempt(() => realpathSync(path)) ?? path;
}

/** Whether other snapshots have all that a named program has, and more. */
function isReplaced(
  named: ProgramSnapshot,
  found: readonly ProgramSnapshot[],
): boolean {
  return named.modules.length === 0 ||
    found.some(({ modules }) =>
      modules.some(({ path }) => path === named.entry)
    );
}

/** What a script of another language starts is no longer missing as a whole. */
function withoutPromise(named: ProgramSnapshot): ProgramSnapshot {
  const { level, missing } = named.coverage;
  return {
    ...named,
    coverage: {
      level,
      missing: missing.map((phrase) =>
        phrase.replace(
          /^(the programs that .* starts) are not recorded yet$/,
          "of $1, only the observed ones are recorded",
        )
      ),
    },
  };
}
