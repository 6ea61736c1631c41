/**
 * What a run read, as the rooms exchange it.
 *
 * The value of an input's factor is one of
 * - `sha256:<hex>,<bytes>`: a file's content;
 * - `tree:<hex>,<files>,<bytes>`: a folder. The hash is the SHA-256 of its listing, a text with one line a file,
 *   sorted: `<hash of the content> <bytes> <path from the folder>`, which is stored among the texts;
 * - `etag:<text>` or `modified:<text>`: what the server says of a URL that was not downloaded;
 * - `ato-secret-v1:…`: an HMAC, for `.env` files and what a name list takes for a secret;
 * - `unreadable`: it was read, but its content is not known (a pipe, a device, no permission, too large).
 *
 * That of a variable (`env:NAME`) is an HMAC of its value, or `unset` if the program asked for it in vain.
 *
 * @module
 */
import type { Coverage, ProgramSnapshot } from "./run_factors.ts";
import { keyIdOf } from "./secret_values.ts";

/** The inputs of a run: files, folders, URLs and environment variables. */
export interface RunInputs {
  /** Ids (`input:data/train.csv`, `env:SCALE`) and values. */
  readonly factors: readonly (readonly [id: string, value: string])[];
  /** How completely they were recorded. */
  readonly coverage: Coverage;
  /**
   * Texts that are stored with them by SHA-256: listings of folders, and small text files that no rule takes for a
   * secret or for generated data, so that a difference can be shown.
   */
  readonly texts: ReadonlyMap<string, string>;
}

/** What is known of a run only after it has started, e.g. from the observers of `ato run`. */
export interface LateRecord {
  /** Its program, instead of the one that was recorded. */
  readonly program?: ProgramSnapshot;
  /** Its inputs, in addition to those that were logged. */
  readonly inputs?: RunInputs;
  /** Its config as the program resolved it, instead of the one that was recorded. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** What its config and its code still lack, instead of what its source said at the start. */
  readonly unsettled?: readonly string[];
  /** The seed of its random numbers, unless one was given. */
  readonly seed?: string;
}

/** A file, folder or URL that was read. */
export interface SeenRead {
  /** An absolute path, or a URL of http(s). Bytes that are not UTF-8 are lone surrogates from U+DC80 on. */
  readonly path: string;
  /** `file` unless it was given as a whole folder. @default {"file"} */
  readonly kind?: "file" | "folder" | "url";
  /** The name of its factor. @default {its path from the project's root} */
  readonly name?: string;
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
  /** Whether it was written after the program had started, and the program was not seen to write it. */
  readonly isNewer?: boolean;
  /** Whether the user named it: then no rule leaves it out. */
  readonly isExplicit?: boolean;
  /** The files of a folder when the program named it, as far as they were looked at then. */
  readonly listing?: {
    readonly files: readonly SeenRead[];
    readonly problems: readonly (readonly [path: string, problem: string])[];
    /** Whether these are all files. */
    readonly isWhole: boolean;
  };
  /** What its content was at its first read, if finding that out was started then. */
  readonly content?: Promise<InputContent>;
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
   * The absolute paths of files and folders that are code, or the database of the run: the modules of the program,
   * the folder of an interpreter. Nothing at or below them is an input, unless it is named by itself.
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

/** What is known of the content of something that was read. */
export type InputContent =
  | {
    /** The SHA-256 of its content when it was first read, in hex. */
    readonly sha256: string;
    /** Its size in bytes. */
    readonly bytes: number;
  }
  /** What a server says of an address: the value of the factor. */
  | { readonly value: string }
  /** The files of a folder, and why others are not known. */
  | {
    readonly files: readonly SeenRead[];
    readonly problems: readonly (readonly [path: string, problem: string])[];
  }
  /** It is a folder, or a database of Ato, or there never was such a file. */
  | { readonly not: "folder" | "ato" | "missing" }
  /** Why its content is not known: the end of a sentence that starts with its name. */
  | { readonly problem: string };

/** What is missing if a run was not observed and logged no input. */
export const NOT_OBSERVED =
  "what the program reads was not observed; run it with ato run, or log inputs with scope.input or logInput";
/** What is missing if a run was not observed and logged inputs. */
export const ONLY_LOGGED =
  "only logged inputs were recorded; what else the program reads was not observed";

/** The value of an input whose content is not known. */
export const UNREADABLE = "unreadable";
/** The value of a variable that a program asked for in vain. */
export const UNSET = "unset";

/** The value of an input, taken apart. */
export type InputValue =
  | { readonly is: "file"; readonly sha256: string; readonly bytes: number }
  | {
    readonly is: "folder";
    readonly sha256: string;
    readonly files: number;
    readonly bytes: number;
  }
  | { readonly is: "etag" | "modified"; readonly text: string }
  | { readonly is: "secret"; readonly key: string }
  | { readonly is: "unreadable" | "unset" | "other" };

const FILE = /^sha256:([0-9a-f]{64}),(\d+)$/;
const TREE = /^tree:([0-9a-f]{64}),(\d+),(\d+)$/;
const SERVER = /^(etag|modified):([^]*)$/;

/** Takes the value of an input or a variable apart. */
export function inputValue(value: string): InputValue {
  if (value === UNREADABLE || value === UNSET) return { is: value };
  const file = FILE.exec(value);
  if (file !== null) {
    return { is: "file", sha256: file[1]!, bytes: Number(file[2]) };
  }
  const tree = TREE.exec(value);
  if (tree !== null) {
    const [, sha256, files, bytes] = tree;
    return {
      is: "folder",
      sha256: sha256!,
      files: Number(files),
      bytes: Number(bytes),
    };
  }
  const server = SERVER.exec(value);
  if (server !== null) {
    return { is: server[1] as "etag" | "modified", text: server[2]! };
  }
  const key = keyIdOf(value);
  return key === undefined ? { is: "other" } : { is: "secret", key };
}

/**
 * Names how a value was made. Two values say whether a content is the same only if they were made in the same way;
 * what is unreadable says nothing.
 *
 * @returns `undefined` if the value cannot be compared with any.
 */
export function kindOfValue(value: string): string | undefined {
  const found = inputValue(value);
  switch (found.is) {
    case "unreadable":
      return undefined;
    case "secret":
      return `secret ${found.key}`;
    case "file":
    case "folder":
      return "content";
    default:
      return found.is;
  }
}

/** A file in the listing of a folder. */
export interface ListedFile {
  /** Its path from the folder, with slashes, as its name is written. */
  readonly way: string;
  /** The SHA-256 of its content, in hex. */
  readonly sha256: string;
  /** Its size in bytes. */
  readonly bytes: number;
}

const LISTED = /^([0-9a-f]{64}) (\d+) (.+)$/;

/** Reads the listing of a folder; lines that are none are left out. */
export function readListing(listing: string): ListedFile[] {
  return listing.split("\n").flatMap((line) => {
    const [, sha256, bytes, way] = LISTED.exec(line) ?? [];
    if (sha256 === undefined || way === undefined) return [];
    return [{ way, sha256, bytes: Number(bytes) }];
  });
}

/** Returns the name of an input's factor without its kind: `data/train.csv`, `LR_BOOST`. */
export function nameOfInput(id: string): string {
  return id.slice(id.indexOf(":") + 1);
}
