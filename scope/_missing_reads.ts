import { MissingKeyError } from "../adict/errors.ts";
import { formatPath } from "../adict/key_path.ts";
import { notifyMissing, observeMissing } from "../adict/_observe.ts";
import type { SourceLocation } from "../tracker/run_source.ts";
import { entriesOf, valueAt } from "./_leaves.ts";
import { CallSite, formatLocation, locate } from "./_location.ts";

import { suggest } from "./_suggest.ts";

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
    this.#stop = observeMissing(config, (path) => {
      this.#last = { path, site: new CallSite(notifyMissing) };
      this.#reads.push(this.#last);
      if (this.#reads.length > KEPT) this.#reads.shift();
    });
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
   * @param base The folder that files are shown relative to.
   * @returns an error that names the key; any other error as it is.
   */
  explain(error: unknown, view: string, base: string): unknown {
    const said = error instanceof TypeError
      ? FAILURE.exec(error.message)
      : null;
    const path = this.#last?.path;
    if (said === null || path === undefined) return error;
    // What was set in the meantime cannot be the reason.
    if (valueAt(this.#config, path) !== undefined) return error;
    const at = locate((error as Error).stack);
    const place = at === undefined ? "" : ` at ${formatLocation(at, base)}`;
    const [message, action, key] = said;
    const name = formatPath(path);
    const near = this.#suggest(path);
    const mend = near !== undefined
      ? `did you mean ${near}?`
      : action === "set"
      ? `set it first, as in config.${name} = { ${key}: … }, or make the scope with { auto: true }`
      : `set it first, or ask with ?. as in config.${name}?.${key}`;
    return new MissingKeyError(
      name,
      `there is no such key, and the view ${view}, which read it last, failed${place} ` +
        `(${message}); ${mend}`,
      { cause: error },
    );
  }

  /** A key beside the missing one that is a slip away from it. */
  #suggest(path: readonly string[]): string | undefined {
    const above = path.slice(0, -1);
    const beside = entriesOf(valueAt(this.#config, above)?.value) ?? [];
    const near = suggest(path.at(-1)!, beside.map(([key]) => key));
    return near === undefined ? undefined : formatPath([...above, near]);
  }

  /** The missing key that was read in a line, and the one that was probably meant. */
  inLine(
    place: SourceLocation | undefined,
  ): { path: string; suggestion: string | undefined } | undefined {
    if (place === undefined) return undefined;
    const read = this.#reads.find(({ site: { location } }) =>
      location?.file === place.file && location.line === place.line
    );
    if (read === undefined) return undefined;
    return {
      path: formatPath(read.path),
      suggestion: this.#suggest(read.path),
    };
  }
}
