/**
 * The inputs that a run recorded.
 *
 * @module
 */
import { readText } from "./_read_program.ts";
import type { Connection } from "./driver.ts";
import { type Coverage, kindOfFactor } from "../internal/run_factors.ts";
import type { RecordedFactors } from "../internal/run_facts.ts";
import {
  inputValue,
  type ListedFile,
  nameOfInput,
  readListing,
} from "../internal/run_inputs.ts";

/**
 * What is known of an input. `file` and `folder` have a SHA-256; of a `url`, the server said what it is; `secret` and
 * `variable` are known only as an HMAC; `unset` is a variable that was not set; `unreadable` was read, and its content
 * is not known.
 */
export type InputKind =
  | "file"
  | "folder"
  | "url"
  | "secret"
  | "variable"
  | "unset"
  | "unreadable";

/** Something that a run read. */
export interface RecordedInput {
  /** The id of its factor: `input:data/train.csv`, `env:LR_BOOST`. */
  readonly id: string;
  /** Its name: a path from the project's root, `~/…`, an absolute path, a URL, the name of a variable. */
  readonly name: string;
  /** What is known of it. */
  readonly kind: InputKind;
  /** The value of its factor, by which it is compared. */
  readonly value: string;
  /** The size in bytes, of a folder that of all its files. */
  readonly bytes?: number;
  /** The SHA-256 of the content, of a folder that of its listing, in hex. */
  readonly sha256?: string;
  /** The number of files of a folder. */
  readonly count?: number;
  /** The files of a folder, if its listing was stored. */
  readonly files?: readonly ListedFile[];
}

/** What a run read, and how completely that was recorded. */
export interface RecordedInputs {
  /** The inputs, sorted by name. */
  readonly inputs: readonly RecordedInput[];
  /** How completely they were recorded. */
  readonly coverage: Coverage;
}

/** Picks the inputs from the factors of a run. */
export function inputsOfFactors(
  connection: Connection,
  { factors, coverage }: RecordedFactors,
): RecordedInputs {
  const inputs = [...factors].filter(([id]) => isInput(id))
    .map(([id, value]) => recordedInput(connection, id, value))
    .sort((a, b) => a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  return { inputs, coverage: coverage.inputs };
}

function isInput(id: string): boolean {
  const kind = kindOfFactor(id);
  return kind === "input" || kind === "env";
}

function recordedInput(
  connection: Connection,
  id: string,
  value: string,
): RecordedInput {
  const base = { id, name: nameOfInput(id), value };
  const found = inputValue(value);
  switch (found.is) {
    case "file":
      return {
        ...base,
        kind: "file",
        bytes: found.bytes,
        sha256: found.sha256,
      };
    case "folder": {
      const listing = readText(connection, found.sha256);
      return {
        ...base,
        kind: "folder",
        bytes: found.bytes,
        sha256: found.sha256,
        count: found.files,
        ...(listing !== undefined && { files: readListing(listing) }),
      };
    }
    case "secret":
      return { ...base, kind: id.startsWith("env:") ? "variable" : "secret" };
    case "etag":
    case "modified":
      return { ...base, kind: "url" };
    case "unset":
      return { ...base, kind: "unset" };
    default:
      return { ...base, kind: "unreadable" };
  }
}
