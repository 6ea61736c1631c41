/** Writing to a frozen config. */
export class FrozenConfigError extends TypeError {
  /** The key path that was to be written. */
  readonly path: string;

  /** Makes the error for a key path. */
  constructor(path: string) {
    super(
      `Cannot write to "${path}": the config is frozen; call defrost() first`,
    );
    this.name = "FrozenConfigError";
    this.path = path;
  }
}

/** Using a key that an auto config does not have as if it were a value. */
export class MissingKeyError extends TypeError {
  /** The key path that is missing. */
  readonly path: string;

  /** Makes the error for a key path. */
  constructor(path: string, why: string) {
    super(`Cannot read "${path}": ${why}`);
    this.name = "MissingKeyError";
    this.path = path;
  }
}

/** A config file whose text breaks the rules of its format. */
export class ConfigSyntaxError extends SyntaxError {
  /** The file, as it was given. */
  readonly file: string;
  /** Line, from 1, if the parser tells. */
  readonly line?: number;
  /** Column, from 1, if the parser tells. */
  readonly column?: number;

  /** Makes the error for a place in a file. */
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

/** A config file that cannot be found, opened, or is of no known format. */
export class ConfigFileError extends Error {
  /** The file, as it was given. */
  readonly file: string;

  /** Makes the error for a file. */
  constructor(file: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ConfigFileError";
    this.file = file;
  }
}

/** A value that a file format cannot hold. */
export class UnsupportedValueError extends TypeError {
  /** The key path of the value. */
  readonly path: string;

  /** Makes the error for a value at a key path. */
  constructor(path: string, format: string, what: string, mend: string) {
    super(
      `Cannot write "${path}" as ${format}: ${format} cannot hold ${what}; ${mend}`,
    );
    this.name = "UnsupportedValueError";
    this.path = path;
  }
}
