import { MissingKeyError } from "../adict/mod.ts";
import { formatPath } from "../internal/key_path.ts";
import { configAccess, type StackMark } from "../internal/config_access.ts";
import { getProcess } from "../internal/runtime.ts";
import type { Origin } from "../internal/origin.ts";
import { entriesOf, valueAt } from "../internal/config_data.ts";
import { CallSite, formatLocation, locate } from "./_location.ts";

import { nearestName } from "../internal/names.ts";

/** A missing key that a view read. */
interface MissingRead {
  readonly path: readonly string[];
  readonly site: CallSite;
}

/** Enough to explain a mistake; a view that reads missing keys in a loop must not fill the memory. */
const KEPT = 1000;

/** The runtimes' message for `config.model.depth` if there is no `model`. */
const FAILURE =
  /^Cannot (set|read) properties of undefined \((?:setting|reading) '(.*)'\)$/;

/**
 * The missing keys that views read while a config is resolved. They read as `undefined`, so that
 * `??` and `if` work as usual. If that makes a view fail, or is stored in the config, the message can
 * name the key.
 */
export class MissingReads {
  readonly #config: object;
  readonly #stop: () => void;
  readonly #reads: MissingRead[] = [];
  /** The last one since the current view started. */
  #last: MissingRead | undefined;

  /**
   * Starts recording.
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

  /** Stops recording. */
  end(): void {
    this.#stop();
  }

  /** Starts a view: what other views read cannot be the reason if it fails. */
  enter(): void {
    this.#last = undefined;
  }

  /**
   * Explains an error of a view that used a missing key as a mapping.
   *
   * @param error What the view threw.
   * @param view The view's name.
   * @returns an error that names the key; any other error unchanged.
   */
  explain(error: unknown, view: string): unknown {
    const said = error instanceof TypeError
      ? FAILURE.exec(error.message)
      : null;
    const read = this.#last;
    if (said === null || read === undefined) return error;
    // A key that was set since cannot be the reason.
    if (valueAt(this.#config, read.path) !== undefined) return error;
    const path = formatPath(read.path);
    return new MissingKeyError(
      path,
      `${reasonOf(read, error as Error, said, view)}; ${this.#fix(read, said)}`,
      { cause: error },
    );
  }

  #fix({ path }: MissingRead, [, action, key]: RegExpExecArray): string {
    const near = this.#suggest(path);
    if (near !== undefined) return `did you mean ${near}?`;
    const name = formatPath(path);
    return action === "set"
      ? `set it first, as in config.${name} = { ${key}: … }, or make the scope with { auto: true }`
      : `set it first, or read it with ?. as in config.${name}?.${key}`;
  }

  /** Returns a sibling of the missing key that is one slip away. */
  #suggest(path: readonly string[]): string | undefined {
    const above = path.slice(0, -1);
    const beside = entriesOf(valueAt(this.#config, above)?.value) ?? [];
    const near = nearestName(path.at(-1)!, beside.map(([key]) => key), {
      slips: 1,
      shortest: 2,
    });
    return near === undefined ? undefined : formatPath([...above, near]);
  }

  /** Returns the missing key that was read in a line, and the key that was probably meant. */
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

/** If the failure is directly after the key, the key is the reason; otherwise it may be. */
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
  // A failed read has the column of its key. A failed write has the column of its `=` or, if source
  // maps are applied, the column after its key.
  const next = path.at(-1)!.length + 1;
  const end = next + used!.length;
  if ([next, end, end + 1].includes(distance)) {
    return `there is no such key, so the view ${view} failed${at} (${error.message})`;
  }
  const where = read === undefined ? "" : `, at ${formatLocation(read, base)}`;
  return `the view ${view} failed${at} (${error.message}), maybe because there is no such key: ` +
    `the view read it last${where}`;
}
