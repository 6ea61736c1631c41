/** What is asked of a lock file. */
export interface LockQuery {
  readonly scheme: "npm" | "jsr";
  /** The package's own name. */
  readonly name: string;
  /** The name under which the importing package has it: another one where it is an alias. */
  readonly alias: string;
  /** The versions that it may have; empty for any. */
  readonly range: string;
  /** The range as it is written, e.g. `npm:ms@^2`. */
  readonly declared: string;
  /** The folder of the importing package below that of the lock file, e.g. `packages/a`; empty for the same. */
  readonly importer: string;
  /** The name of the importing package, if it has one. */
  readonly importerName: string | undefined;
}

/** What a lock file says of a package. */
export interface Locked {
  /** The package's own name, where the lock file tells it. */
  readonly name?: string;
  readonly version: string;
}

/** A lock file that was read. */
export interface Lock {
  /** The version that an import gets; `undefined` where the file does not say. */
  find(query: LockQuery): Locked | undefined;
}

/**
 * Takes `ms@2.1.3` and `@scope/name@1.0.0` apart.
 *
 * @param text A name, `@` and anything.
 * @returns both, or `undefined` where there is no name.
 */
export function splitAt(text: string): [string, string] | undefined {
  const at = text.indexOf("@", 1);
  return at < 0 ? undefined : [text.slice(0, at), text.slice(at + 1)];
}
