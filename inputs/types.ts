/**
 * What is seen of a program's reads, and what becomes of it.
 *
 * @module
 */

/** A file, folder or URL that was read. */
export interface SeenRead {
  /** An absolute path, or a URL of http(s). Bytes that are not UTF-8 are lone surrogates from U+DC80 on. */
  readonly path: string;
  /** `file` unless it was given as a whole folder. @default {"file"} */
  readonly kind?: "file" | "folder" | "url";
  /** Its size at its first read, in bytes. */
  readonly size?: number;
  /** Its modification time at its first read, in nanoseconds since 1970, as decimal digits. */
  readonly mtime?: string;
  /** Its SHA-256 at its first read, in hex, if that is known; `size` is then the number of bytes that were hashed. */
  readonly sha256?: string;
  /**
   * When it was first read, in milliseconds since 1970. With it, a change is noticed that left the size and the
   * modification time as they were.
   */
  readonly at?: number;
  /** Whether it is only likely that it was read. It is an input if nothing changed it since. */
  readonly isGuess?: boolean;
  /** Whether the user named it: then no rule leaves it out. */
  readonly isExplicit?: boolean;
}

/** All that is known of what a run read. */
export interface SeenInputs {
  /** The project's root, an absolute path: paths below it are named from there. */
  readonly root: string;
  /** The reads, in any order. */
  readonly reads: readonly SeenRead[];
  /** The absolute paths that the run wrote before it read them. */
  readonly written?: ReadonlySet<string>;
  /** The variables that it read, with the values that it was started with; `null` for one that was not set. */
  readonly variables:
    readonly (readonly [name: string, value: string | null])[];
  /**
   * The absolute paths of files and folders that are code: the modules of the program, the folder of an interpreter.
   * Nothing at or below them is an input.
   */
  readonly code?: Iterable<string>;
  /** What could not be seen, one phrase each. */
  readonly gaps: readonly string[];
  /**
   * Whether the whole run was observed. Without it, inputs are `partial` even without gaps: there are only the ones
   * that were logged.
   */
  readonly isObserved: boolean;
}
