import { markForUser } from "../internal/errors.ts";
import { formatPath, shortPath, shortText } from "../internal/key_path.ts";

/**
 * A write to a frozen config.
 *
 * @example
 * ```ts
 * import { ADict, FrozenConfigError } from "@ato/ato/adict";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const config = new ADict({ model: { depth: 50 } }).freeze();
 * const error = assertThrows(() => config.model.depth = 101, FrozenConfigError);
 * assertEquals(error.path, "model.depth");
 * ```
 */
export class FrozenConfigError extends TypeError {
  /** The key path of the write. */
  readonly path: string;

  /**
   * Makes the error for a key path.
   *
   * @param path The path, as `formatPath` writes it.
   */
  constructor(path: string) {
    super(
      `Cannot write to "${
        shortText(path)
      }": the config is frozen; call defrost() first`,
    );
    this.name = "FrozenConfigError";
    markForUser(this);
    this.path = path;
  }
}

/**
 * A value that a config cannot hold: it contains itself, nests too deeply, or repeats the same objects so
 * often that a copy would be too large.
 *
 * @example
 * ```ts
 * import { ADict, NestingError } from "@ato/ato/adict";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const loop: unknown[] = [];
 * loop.push(loop);
 * const error = assertThrows(() => new ADict({ loop }), NestingError);
 * assertEquals(error.path, "loop.0");
 * ```
 */
export class NestingError extends TypeError {
  /** The key path of the mapping or list at which the error was found. */
  readonly path: string;
  /** The reason, without a final period. */
  readonly reason: string;

  /**
   * Makes the error for a key path.
   *
   * @param path The keys from the root.
   * @param why The reason, without a final period.
   */
  constructor(path: readonly (string | number)[], why: string) {
    super(`Cannot set "${shortPath(path)}": ${why}`);
    this.name = "NestingError";
    markForUser(this);
    this.path = formatPath(path);
    this.reason = why;
  }
}

/**
 * A missing key of an auto config that is used as a value.
 *
 * @example
 * ```ts
 * import { ADict, MissingKeyError } from "@ato/ato/adict";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const config = ADict.auto({ optimizer: { lr: 0.1 } }) as ADict;
 * const error = assertThrows(() => config.optimizer.momentum * 2, MissingKeyError);
 * assertEquals(error.path, "optimizer.momentum");
 * ```
 */
export class MissingKeyError extends TypeError {
  /** The key path that is missing. */
  readonly path: string;

  /**
   * Makes the error for a key path.
   *
   * @param path The path, as `formatPath` writes it.
   * @param why The reason, without a final period.
   * @param options The cause.
   */
  constructor(path: string, why: string, options?: ErrorOptions) {
    super(`Cannot read "${shortText(path)}": ${why}`, options);
    this.name = "MissingKeyError";
    markForUser(this);
    this.path = path;
  }
}
