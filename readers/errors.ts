import { markForUser, messageOf, UserError } from "../internal/errors.ts";
import { shortText } from "../internal/key_path.ts";

/**
 * A config file with a syntax error.
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
  /** The file, as the caller named it. */
  readonly file: string;
  /** The line, from 1, if it is known. */
  readonly line?: number;
  /** The column, from 1, if it is known. */
  readonly column?: number;

  /**
   * Makes the error for a place in a file.
   *
   * @param file The file, as the caller named it.
   * @param reason The reason, without a final period.
   * @param position The line and column, from 1, as far as they are known.
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
 * A config file that cannot be found or opened, or whose format is unknown.
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
  /** The file, as the caller named it. */
  readonly file: string;

  /**
   * Makes the error for a file.
   *
   * @param file The file, as the caller named it.
   * @param message The whole message.
   * @param options The cause.
   */
  constructor(file: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ConfigFileError";
    this.file = file;
  }
}

/** The names of the tools, by reader. */
const TOOLS: Readonly<Record<string, string>> = {
  hydra: "Hydra",
  openmmlab: "OpenMMLab",
};

/**
 * A config of another tool whose reader cannot be loaded. The readers of Hydra's and OpenMMLab's configs
 * are downloaded when the first such config is read; if that is not possible (without a network, in a
 * bundle), the program has to import the reader itself.
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
  /** The export with the reader, which the program can import. */
  readonly reader: string;

  /**
   * Makes the error for a reader.
   *
   * @param name The reader: `"hydra"` or `"openmmlab"`.
   * @param file The file or folder to be read, as the caller named it.
   * @param cause The error of the import.
   */
  constructor(name: string, file: string, cause: unknown) {
    const reader = `@ato/ato/${name}`;
    const text = messageOf(cause);
    const reason = text.split("\n")[0]!.replace(/\.$/, "");
    // Importing the reader does not change the permissions; the message of Deno names the flag to add.
    const advice = /^Requires \w+ access/.test(text)
      ? reason
      : `${reason}; add it to the program with: import "${reader}"`;
    super(
      file,
      `Cannot read ${file}: the reader of ${
        TOOLS[name] ?? name
      } configs cannot be loaded: ${advice}`,
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
   * @param what The description of the value.
   * @param fix How to fix it.
   */
  constructor(path: string, format: string, what: string, fix: string) {
    super(
      `Cannot write "${
        shortText(path)
      }" as ${format}: ${format} cannot hold ${what}; ${fix}`,
    );
    this.name = "UnsupportedValueError";
    markForUser(this);
    this.path = path;
  }
}
