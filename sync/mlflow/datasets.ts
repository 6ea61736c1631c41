/**
 * Inputs of runs as MLflow's datasets.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { RecordedInput } from "../../tracker/mod.ts";

/** The most characters of a dataset's name and of its digest in MLflow. */
const LONGEST_NAME = 500;
const LONGEST_DIGEST = 36;

/** A dataset, with the names of MLflow's own fields. */
export interface MlflowDataset {
  /** Its name. */
  readonly name: string;
  /** The start of its SHA-256; for an address, the digest of its state. */
  readonly digest: string;
  /** What its source is: `http` or `local`. */
  // deno-lint-ignore camelcase
  readonly source_type: string;
  /** Where it is, as JSON. */
  readonly source: string;
  /** Sizes and the whole digest, as JSON. */
  readonly profile: string;
}

/**
 * Describes an input as a dataset of MLflow.
 *
 * @param input The input.
 * @returns the dataset; `undefined` for variables, secrets and what was not readable, whose content is not known.
 */
export function datasetOf(input: RecordedInput): MlflowDataset | undefined {
  const digest = digestOf(input);
  if (digest === undefined) return undefined;
  const { name: uri, kind, bytes, sha256, count, value } = input;
  return {
    digest,
    name: uri.slice(0, LONGEST_NAME).toWellFormed(),
    profile: JSON.stringify({
      ...(bytes !== undefined && { num_bytes: bytes }),
      ...(count !== undefined && { num_files: count }),
      ...(sha256 !== undefined ? { sha256 } : { value }),
    }),
    source: JSON.stringify(kind === "url" ? { url: uri } : { uri }),
    source_type: kind === "url" ? "http" : "local",
  };
}

/** MLflow's own are as short; the whole SHA-256 is in the profile. */
function digestOf({ kind, sha256, value }: RecordedInput): string | undefined {
  if (sha256 !== undefined) return sha256.slice(0, LONGEST_DIGEST);
  return kind === "url"
    ? createHash("md5").update(value).digest("hex")
    : undefined;
}
