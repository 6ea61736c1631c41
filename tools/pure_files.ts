/**
 * The test files of pure computations, which give the same under every version of Node: the full suite runs them
 * under Deno and the oldest line of Node only. The engine of each newer line is between those two.
 *
 * @module
 */
import { resolve, sep } from "node:path";
import { reachedTexts } from "./reached_texts.ts";
import { ROOT } from "./registry.ts";

/**
 * The tests of what computes and asks the runtime nothing, by the starts of their paths. One of them that imports
 * what belongs to a runtime all the same counts as not pure.
 */
export const PURE: readonly string[] = [
  "tests/adict/",
  "tests/fingerprint/code_",
  "tests/fingerprint/digest_",
  "tests/fingerprint/sketch_",
  "tests/fingerprint/value_",
  "tests/fingerprint/version_range_",
  "tests/hyperopt/",
  "tests/internal/",
  "tests/npm/",
  "tests/package/import_graph_",
  "tests/plot/",
  "tests/readers/",
  "tests/scope/arguments_",
  "tests/scope/command_line_",
  "tests/scope/external_parser_",
  "tests/scope/history_",
  "tests/scope/multi_scope_",
  "tests/scope/typed_words_",
  "tests/scope/types_",
  "tests/tools/",
  "tests/why/",
];

/** The built-in modules that such a test may import: text, and files of test data. */
const BUILTIN = /"node:(?!(?:buffer|fs|fs\/promises|path|test|url|util|vm)")/;

/** Helpers that may ask for more: the folder of temporary files, and Python, which is the same for each runtime. */
const HELPERS = [
  "tests/_shared/temp_folder.ts",
  "tests/_shared/python.ts",
  "tests/hyperopt/_python.ts",
];

/** The parts of the library that are bound to a runtime: databases, processes, threads, stripped types, its API. */
const BOUND = [
  /"@ato\/ato(?:\/(?:cli|program))?"/,
  /"(?:\.\.\/)+(?:mod\.ts|cli\/|fingerprint\/program\/|npm\/sqlite\.ts)/,
  /"(?:\.\.\/)+internal\/(?:import_late|make_folder|runtime)\.ts"/,
  /"@db\/sqlite"/,
  /\bDeno\.[a-z]/,
  /\b(?:SQLFinder|SQLLogger|fingerprintDeep|runStudy|sqliteJournal)\b/,
];

/** Type-only imports load nothing. */
const TYPES = /^(?:import|export) type\b[^;]*;$/gm;

/**
 * Tells whether a test is one of a pure computation.
 *
 * @param path The path of the test file, from the root of the repository.
 * @param root The absolute path of the repository.
 */
export async function isPure(
  path: string,
  root: string = ROOT,
): Promise<boolean> {
  if (!PURE.some((start) => path.startsWith(start))) return false;
  const within = resolve(root, "tests") + sep;
  const helpers = HELPERS.map((helper) => resolve(root, helper));
  for await (
    const { path: at, text } of reachedTexts(resolve(root, path), within)
  ) {
    if (helpers.includes(at)) continue;
    const loaded = text.replaceAll(TYPES, "");
    if (BUILTIN.test(loaded) || BOUND.some((one) => one.test(loaded))) {
      return false;
    }
  }
  return true;
}

/**
 * Leaves out the tests of pure computations.
 *
 * @param paths Paths of test files.
 * @returns the others, in the same order.
 */
export async function withoutPure(paths: readonly string[]): Promise<string[]> {
  const pure = await Promise.all(paths.map((path) => isPure(path)));
  return paths.filter((_, i) => !pure[i]);
}
