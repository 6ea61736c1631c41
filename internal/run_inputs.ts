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
import type { ConfigHistory } from "./run_source.ts";

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
  /** Where the values of that config come from. */
  readonly history?: ConfigHistory;
  /** The seed of its random numbers, unless one was given. */
  readonly seed?: string;
}
