/**
 * Makes the inputs of a run from what was seen of its reads.
 *
 * @module
 */
import { realpathSync } from "node:fs";
import { attempt } from "../internal/attempt.ts";
import { userCacheFolder } from "../internal/user_cache.ts";
import { userStateFolder } from "../internal/user_key.ts";
import { provideInputs } from "../internal/late_inputs.ts";
import type { RunInputs } from "../internal/run_inputs.ts";
import { ContentFinder } from "./_contents.ts";
import { coverageOfInputs } from "./_coverage.ts";
import { type Exclusion, isExcluded } from "./_excluded.ts";
import { homeFolder, isUrl } from "./_names.ts";
import { mergeReads } from "./_merge_reads.ts";
import { contentOf } from "./content_of.ts";
import { InputHasher } from "./hasher.ts";
import type { HasherOptions } from "./hasher_options.ts";
import { recordVariables } from "./_variables.ts";
import type { SeenInputs, SeenRead } from "./types.ts";

/** Options for {@linkcode recordInputs}. */
export interface RecordInputsOptions extends HasherOptions {
  /** A hasher that was started earlier; the other options do not count then. */
  readonly hasher?: InputHasher;
}

/**
 * Makes the inputs of a run: names, hashes what was read, groups large folders, and leaves out what a written list
 * says is no input.
 *
 * @param seen What the run read.
 * @param options How to hash. @default {{}}
 * @returns the factors, their coverage and the texts; the promise is never rejected because of a file.
 */
export async function recordInputs(
  seen: SeenInputs,
  options: RecordInputsOptions = {},
): Promise<RunInputs> {
  const hasher = options.hasher ?? new InputHasher(options);
  const roots = rootsOf(seen.root);
  const home = homeFolder();
  const rules = { roots, home, own: ownFolders(), code: new Set(seen.code) };
  const reads = mergeReads(seen.reads)
    .filter((read) => isInput(read, seen, rules));
  const finder = new ContentFinder({
    code: rules.code,
    roots,
    home,
    hasher,
    signal: options.signal,
  });
  const { factors, texts, notes } = await finder.find(reads);
  const variables = recordVariables(seen.variables);
  return {
    factors: [...factors, ...variables.factors]
      .sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0),
    coverage: coverageOfInputs(seen, {
      count: factors.length + variables.factors.length,
      notes: [...notes, ...variables.notes],
    }),
    texts,
  };
}

function isInput(
  read: SeenRead,
  { written }: SeenInputs,
  rules: Exclusion,
): boolean {
  if (read.isExplicit || read.kind === "url" || isUrl(read.path)) return true;
  return !written?.has(read.path) && !isExcluded(read.path, rules);
}

/**
 * Tells whether a file that was read may be an input: no written rule leaves it out.
 *
 * @param path An absolute path.
 * @param root The project's root.
 */
export function mayBeInput(path: string, root: string): boolean {
  if (known?.root !== root) {
    known = {
      root,
      roots: rootsOf(root),
      home: homeFolder(),
      own: ownFolders(),
      code: new Set(),
    };
  }
  return !isExcluded(path, known);
}

/** The rules of the root that was asked about last: finding them out asks the file system. */
let known: (Exclusion & { readonly root: string }) | undefined;

/** A program that makes runs reads the key and the hashes of Ato. */
function ownFolders(): string[] {
  return [attempt(userStateFolder), attempt(userCacheFolder)]
    .filter((folder) => folder !== undefined);
}

/** A project may be reached through links; a file is named from the root that its path starts with. */
function rootsOf(root: string): string[] {
  const real = attempt(() => realpathSync(root), { name: "read", path: root });
  return real === undefined || real === root ? [root] : [root, real];
}

provideInputs({ contentOf, recordInputs });
