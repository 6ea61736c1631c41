import { formatPath, shortPath, shortText } from "./key_path.ts";

/**
 * Writing to a frozen config.
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
  /** The key path that was to be written. */
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
    this.path = path;
  }
}

/**
 * A value that a config cannot take: it contains itself, nests too deeply, or holds the same objects
 * in so many places that a copy of it would never end.
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
  /** The key path of the mapping or list that is one too many. */
  readonly path: string;
  /** What is wrong with it. */
  readonly reason: string;

  /**
   * Makes the error for a key path.
   *
   * @param path The keys from the root on.
   * @param why What is wrong, without a final period.
   */
  constructor(path: readonly (string | number)[], why: string) {
    super(`Cannot set "${shortPath(path)}": ${why}`);
    this.name = "NestingError";
    this.path = formatPath(path);
    this.reason = why;
  }
}

/**
 * Using a key that an auto config does not have as if it were a value.
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
   * @param why What is wrong with that, without a final period.
   * @param options The cause.
   */
  constructor(path: string, why: string, options?: ErrorOptions) {
    super(`Cannot read "${shortText(path)}": ${why}`, options);
    this.name = "MissingKeyError";
    this.path = path;
  }
}

/**
 * A config file whose text breaks the rules of its format.
 *
 * @example
 * ```ts
 * import { ConfigSyntaxError, parseXyz } from "@ato/ato/adict";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const error = assertThrows(() => parseXyz("lr: 0.1\nno colon", "a.xyz"), ConfigSyntaxError);
 * assertEquals([error.file, error.line], ["a.xyz", 2]);
 * ```
 */
export class ConfigSyntaxError extends SyntaxError {
  /** The file, as it was given. */
  readonly file: string;
  /** Line, from 1, if the parser tells. */
  readonly line?: number;
  /** Column, from 1, if the parser tells. */
  readonly column?: number;

  /**
   * Makes the error for a place in a file.
   *
   * @param file The file, as it was given.
   * @param reason What is wrong, without a final period.
   * @param position Line and column, from 1, as far as known.
   * @param options The cause.
   */
  constructor(
    file: string,
    reason: string,
    position: { line?: number; column?: number } = {},
    options?: ErrorOptions,
  ) {
    const { line, column } = position;
    const place = [file, line, line === undefined ? undefined : column]
      .filter((part) => part !== undefined).join(":");
    super(`Cannot read ${place}: ${reason}`, options);
    this.name = "ConfigSyntaxError";
    this.file = file;
    if (line !== undefined) this.line = line;
    if (column !== undefined) this.column = column;
  }
}

/**
 * A config file that cannot be found, opened, or is of no known format.
 *
 * @example
 * ```ts
 * import { ADict, ConfigFileError } from "@ato/ato/adict";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const error = await assertRejects(() => ADict.fromFile("none.yaml"), ConfigFileError);
 * assertEquals(error.file, "none.yaml");
 * ```
 */
export class ConfigFileError extends Error {
  /** The file, as it was given. */
  readonly file: string;

  /**
   * Makes the error for a file.
   *
   * @param file The file, as it was given.
   * @param message The whole message.
   * @param options The cause.
   */
  constructor(file: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ConfigFileError";
    this.file = file;
  }
}

/** The tools whose configs have a reader of their own. */
const TOOLS: Readonly<Record<string, string>> = {
  hydra: "Hydra",
  openmmlab: "OpenMMLab",
};

/**
 * A config of another tool whose reader could not be loaded. The readers of Hydra's and OpenMMLab's configs
 * are downloaded when the first such config is read; where that cannot be (without a network, in a bundle),
 * a program imports the reader by itself.
 *
 * @example
 * ```ts
 * import { ReaderLoadError } from "@ato/ato/adict";
 * import { assertEquals } from "@std/assert";
 *
 * const error = new ReaderLoadError("hydra", "conf", new Error("Module not found"));
 * assertEquals([error.file, error.reader], ["conf", "@ato/ato/readers/hydra"]);
 * ```
 */
export class ReaderLoadError extends ConfigFileError {
  /** The reader's export: what the program can import by itself. */
  readonly reader: string;

  /**
   * Makes the error for a reader.
   *
   * @param name The reader: `"hydra"` or `"openmmlab"`.
   * @param file What was to be read, as it was given.
   * @param cause Why the reader could not be loaded.
   */
  constructor(name: string, file: string, cause: unknown) {
    const reader = `@ato/ato/readers/${name}`;
    const text = cause instanceof Error ? cause.message : String(cause);
    const reason = text.split("\n")[0]!.replace(/\.$/, "");
    // What Deno forbids stays forbidden wherever the reader comes from; it says itself how to allow it.
    const advice = /^Requires \w+ access/.test(text)
      ? reason
      : `${reason}; make it part of the program by: import "${reader}"`;
    super(
      file,
      `Cannot read ${file}: the reader of ${
        TOOLS[name] ?? name
      } configs could not be loaded: ${advice}`,
      { cause },
    );
    this.name = "ReaderLoadError";
    this.reader = reader;
  }
}

/**
 * A value that a file format cannot hold.
 *
 * @example
 * ```ts
 * import { ADict, UnsupportedValueError } from "@ato/ato/adict";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const config = new ADict({ model: { head: null } });
 * const error = await assertRejects(() => config.dump("a.toml"), UnsupportedValueError);
 * assertEquals(error.path, "model.head");
 * ```
 */
export class UnsupportedValueError extends TypeError {
  /** The key path of the value. */
  readonly path: string;

  /**
   * Makes the error for a value at a key path.
   *
   * @param path The path, as `formatPath` writes it.
   * @param format The name of the format.
   * @param what What it cannot hold.
   * @param mend What to do about it.
   */
  constructor(path: string, format: string, what: string, mend: string) {
    super(
      `Cannot write "${
        shortText(path)
      }" as ${format}: ${format} cannot hold ${what}; ${mend}`,
    );
    this.name = "UnsupportedValueError";
    this.path = path;
  }
}
