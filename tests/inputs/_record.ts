/** Helpers of the tests of inputs: files in a folder, and what becomes of them. */
import { createHash } from "node:crypto";
import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  recordInputs,
  type RecordInputsOptions,
  type RunInputs,
  type SeenInputs,
  type SeenRead,
} from "../../inputs/mod.ts";
import { withTempFolder } from "../_shared/temp_folder.ts";

/** Calls the function with a folder of its own. */
export function inFolder(
  work: (folder: string) => Promise<void> | void,
): Promise<void> {
  return withTempFolder(work, "inputs");
}

/** The SHA-256 of a text, in hex. */
export function sha(text: string | Uint8Array): string {
  return createHash("sha256").update(text).digest("hex");
}

/** The value of a file's factor. */
export function fileValue(text: string): string {
  return `sha256:${sha(text)},${new TextEncoder().encode(text).length}`;
}

/** Writes files, and makes their folders. */
export function write(
  root: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(root, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

/** A read as an observer writes it down. */
export function readOf(path: string): SeenRead {
  const { size, mtimeNs } = statSync(path, { bigint: true });
  return { path, size: Number(size), mtime: String(mtimeNs) };
}

/** Records what an observed program read: names from the root, or whole reads. */
export function record(
  root: string,
  reads: readonly (string | SeenRead)[],
  more: Partial<SeenInputs> & RecordInputsOptions = {},
): Promise<RunInputs> {
  const { cache = false, ...rest } = more;
  return recordInputs({
    root,
    reads: reads.map((read) =>
      typeof read === "string" ? readOf(join(root, read)) : read
    ),
    variables: [],
    gaps: [],
    isObserved: true,
    ...rest,
  }, { cache, ...rest });
}

/** The values of inputs by id. */
export function valuesOf({ factors }: RunInputs): Record<string, string> {
  return Object.fromEntries(factors);
}
