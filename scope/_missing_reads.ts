import { MissingKeyError } from "../adict/mod.ts";
import { formatPath } from "../internal/key_path.ts";
import { configAccess, type StackMark } from "../internal/config_access.ts";
import { getProcess } from "../internal/runtime.ts";
import type { Origin } from "../internal/origin.ts";
import { entriesOf, valueAt } from "../internal/config_data.ts";
import { CallSite, formatLocation, locate } from "./_location.ts";

import { nearestName } from "../internal/names.ts";

/** A key that a view read and that was not there. */
interface MissingRead {
  readonly path: readonly string[];
  readonly site: CallSite;
}

/** Enough to explain a mistake; a view that asks for missing keys in a loop is to fill no memory. */
const KEPT = 1000;

/** What the runtimes say of `config.model.depth` where there is no `model`. */
const FAILURE =
  /^Cannot (set|read) properties of undefined \((?:setting|reading) '(.*)'\)$/;

/**
 * The missing keys that views read while a config is resolved. They read as `undefined`, so that
 * `??` and `if` mean what they say; where that ends in a failure, or is stored, it can be told which
 * key it comes from.
 */
export class MissingReads {
  readonly #config: object;
  readonly #stop: () => void;
  readonly #reads: MissingRead[] = [];
  /** The last one since the view that is at work began. */
  #last: MissingRead | undefined;

  /**
   * Begins to note them.
   *
   * @param config The ADict that is being resolved.
   */
  constructor(config: object) {
    this.#config = config;
    this.#stop = configAccess(config)!.listen({
      missing: (path, above) => this.#note(path, above),
    });
  }

  #note(path: string[], above: StackMark): void {
    this.#last = { path, site: new CallSite(above) };
    this.#reads.push(this.#last);
    if (this.#reads.length > KEPT) this.#reads.shift();
  }

  /** Ends it. */
  end(): void {
    this.#stop();
  }

  /** A view begins: what others read has nothing to do with how it ends. */
  enter(): void {
    this.#last = undefined;
  }

  /**
   * Says what a view's error is about, where it comes from using a missing key as a mapping.
   *
   * @param error What the view threw.
   * @param view The view's name.
   * @returns an error that names the key; any other error as it is.
   */
  explain(error: unknown, view: string): unknown {
    const said = error instanceof TypeError
      ? FAILURE.exec(error.message)
      : null;
    const read = this.#last;
    if (said === null || read === undefined) return error;
    // What was set in the meantime cannot be the reason.
    if (valueAt(this.#config, read.path) !== undefined) return error;
    const path = formatPath(read.path);
    return new MissingKeyError(
      path,
      `${reasonOf(read, error as Error, said, view)}; ${
        this.#mend(read, said)
      }`,
      { cause: error },
    );
  }

  #mend({ path }: MissingRead, [, action, key]: RegExpExecArray): string {
    const near = this.#suggest(path);
    if (near !== undefined) return `did you mean ${near}?`;
    const name = formatPath(path);
    return action === "set"
      ? `set it first, as in config.${name} = { ${key}: … }, or make the scope with { auto: true }`
      : `set it first, or ask with ?. as in config.${name}?.${key}`;
  }

  /** A key beside the missing one that is a slip away from it. */
  #suggest(path: readonly string[]): string | undefined {
    const above = path.slice(0, -1);
    const beside = entriesOf(valueAt(this.#config, above)?.value) ?? [];
    const near = nearestName(path.at(-1)!, beside.map(([key]) => key), {
      slips: 1,
      shortest: 2,
    });
    return near === undefined ? undefined : formatPath([...above, near]);
  }

  /** The missing key that was read in a line, and the one that was probably meant. */
  inLine(
    place: Origin | undefined,
  ): { path: string; suggestion: string | undefined } | undefined {
    const read = this.#reads.find(({ site }) =>
      isSameLine(site.location, place)
    );
    if (read === undefined) return undefined;
    return {
      path: formatPath(read.path),
      suggestion: this.#suggest(read.path),
    };
  }
}

function isSameLine(
  a: Origin | undefined,
  b: Origin | undefined,
): boolean {
  return a !== undefined && a.file === b?.file && a.line === b.line;
}

/** Where the failure stands right behind the key, the key is the reason; elsewhere it may be. */
function reasonOf(
  { path, site: { location: read } }: MissingRead,
  error: Error,
  [, , used]: RegExpExecArray,
  view: string,
): string {
  const base = getProcess().cwd();
  const failed = locate(error.stack);
  const at = failed === undefined ? "" : ` at ${formatLocation(failed, base)}`;
  const distance = isSameLine(read, failed)
    ? (failed?.column ?? 0) - (read?.column ?? 0)
    : 0;
  // A failed reading is told with the place of its key, a failed write with that of its `=`, or,
  // where the lines are mapped, with the end of its key.
  const next = path.at(-1)!.length + 1;
  const end = next + used!.length;
  if ([next, end, end + 1].includes(distance)) {
    return `there is no such key, so the view ${view} failed${at} (${error.message})`;
  }
  const where = read === undefined ? "" : `, at ${formatLocation(read, base)}`;
  return "there is no such key, which may be why the view " +
    `${view}, which read it last${where}, failed${at} (${error.message})`;
}
