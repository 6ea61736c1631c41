/**
 * The test files that give the same under every version of Node: the full suite runs them under Deno and the oldest
 * line of Node only. They are those of pure computations, because the engine of each newer line is between those two;
 * and those that also ask a database, through the tracker: its own tests run under each Node. Those of engines and hubs
 * are long, and are left out for that.
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

/**
 * The tests of commands and verdicts, by the starts of their paths. What they ask the runtime for is a database, which
 * they read through the tracker alone: the tests of the tracker run under each Node, as do the commands that start as
 * processes, those on damaged files, and those in `EVERYWHERE`. A test here that starts a process or a thread, or
 * looks at the code of a program, counts as bound to the runtime all the same.
 */
export const ASKING: readonly string[] = ["tests/cli/", "tests/why/"];

/** What each command prints, and the commands that write to a file. */
const EVERYWHERE: readonly string[] = [
  "tests/cli/edit_test.ts",
  "tests/cli/golden_test.ts",
  "tests/cli/import_test.ts",
  "tests/cli/merge_test.ts",
];

/** The built-in modules that such a test may import. */
const ASKED =
  /"node:(?!(?:buffer|crypto|fs|fs\/promises|os|path|sqlite|test|url|util|vm|zlib)")/;

/** The parts of the library that are bound to a runtime by more than a database. */
const MORE_BOUND = [
  /"@ato\/ato\/program"/,
  /"(?:\.\.\/)+(?:cli\.ts|cli\/(?:process_terminal\.ts|run\/)|fingerprint\/program\/|hyperopt\/|npm\/|observe\/)/,
  /"(?:\.\.\/)+(?:internal\/(?:import_late|make_folder|runtime)|tracker\/(?:drivers\/.*|driver|open))\.ts"/,
  /"@db\/sqlite"/,
  /\bDeno\.[a-z]/,
  /\.(?:trace|runtimeTrace)\(/,
  /\b(?:fingerprintDeep|runStudy|sqliteJournal)\b/,
];

/**
 * The tests of engines and hubs, by the starts of their paths: their sockets and databases are those of the runtime, of
 * which Deno and the oldest line of Node are the two ends.
 */
const SERVED: readonly string[] = ["tests/engines/", "tests/sync/"];

/** Type-only imports load nothing. */
const TYPES = /^(?:import|export) type\b[^;]*;$/gm;

/** What makes a test one that is bound to its runtime. */
interface Rule {
  readonly builtin: RegExp;
  readonly bound: readonly RegExp[];
}

function ruleOf(path: string): Rule | undefined {
  const isIn = (starts: readonly string[]) =>
    starts.some((start) => path.startsWith(start));
  if (isIn(PURE)) return { builtin: BUILTIN, bound: BOUND };
  return isIn(ASKING) && !EVERYWHERE.includes(path)
    ? { builtin: ASKED, bound: MORE_BOUND }
    : undefined;
}

/**
 * Tells whether a test gives the same under every Node.
 *
 * @param path The path of the test file, from the root of the repository.
 * @param root The absolute path of the repository.
 */
export async function isPure(
  path: string,
  root: string = ROOT,
): Promise<boolean> {
  if (SERVED.some((start) => path.startsWith(start))) return true;
  const rule = ruleOf(path);
  if (rule === undefined) return false;
  const within = resolve(root, "tests") + sep;
  const helpers = HELPERS.map((helper) => resolve(root, helper));
  for await (
    const { path: at, text } of reachedTexts(resolve(root, path), within)
  ) {
    if (helpers.includes(at)) continue;
    const loaded = text.replaceAll(TYPES, "");
    if (
      rule.builtin.test(loaded) || rule.bound.some((one) => one.test(loaded))
    ) {
      return false;
    }
  }
  return true;
}

/**
 * Leaves out the tests that give the same under every Node.
 *
 * @param paths Paths of test files.
 * @returns the others, in the same order.
 */
export async function withoutPure(paths: readonly string[]): Promise<string[]> {
  const pure = await Promise.all(paths.map((path) => isPure(path)));
  return paths.filter((_, i) => !pure[i]);
}
