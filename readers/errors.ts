import { markForUser, messageOf, UserError } from "../internal/errors.ts";
import { shortText } from "../internal/key_path.ts";

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
    markForUser(this);
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
export class ConfigFileError extends UserError {
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
 * assertEquals([error.file, error.reader], ["conf", "@ato/ato/hydra"]);
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
    const reader = `@ato/ato/${name}`;
    const text = messageOf(cause);
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
    markForUser(this);
    this.path = path;
  }
}
