/**
 * The test suites of the repository: the same files under Deno and under Node, and the examples in
 * the documentation.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { configFlags, type RegistryChoice, ROOT } from "./registry.ts";
import { nodeBinary } from "./node_runtime.ts";
import { runCommand } from "./process.ts";
import { withoutBrowser } from "./browser_files.ts";
import { withoutPure } from "./pure_files.ts";
import { withoutOtherPrograms } from "./other_programs.ts";
import { readFailures, readSummary, type Tally } from "./tally.ts";
import { testFiles } from "./test_files.ts";
import { tomlSuite } from "./toml_suite.ts";

/** The Node versions that the suite runs on: the newest of each supported line, the oldest line first. */
export const NODE_VERSIONS = ["22", "24"] as const;

/** The oldest Node that is supported; its SQLite has the WAL-reset bug. */
export const OLDEST_NODE = "22.13.0";

/**
 * How many test files run at once: two more than there are cores, because some files wait for processes and
 * clocks most of the time.
 */
const JOBS = navigator.hardwareConcurrency + 2;

/** The address of the module that ends a test file that does not end. */
const TEST_LIMIT = new URL("test_limit.mjs", import.meta.url).href;

/** How a suite ended. */
export interface SuiteResult {
  /** The counts. */
  readonly tally: Tally;
  /** What the runner printed of the failed tests; empty if none failed. */
  readonly failures: string;
}

/** A set of tests that run in one runtime. */
export interface Suite {
  /** Its name in the output. */
  readonly name: string;
  /** Runs the given test files, or all of them. */
  run(files: string[]): Promise<SuiteResult>;
}

async function tallyOf(
  command: string,
  args: string[],
  env: Record<string, string>,
): Promise<SuiteResult> {
  const { code, output } = await runCommand(command, args, { cwd: ROOT, env });
  const tally = readSummary(output) ?? { passed: 0, failed: 1, skipped: 0 };
  // A runner that fails without a failed test (a file that does not load) is a failure, too.
  if (code !== 0 && tally.failed === 0) tally.failed = 1;
  const failures = tally.failed === 0
    ? ""
    : readFailures(output) || output.slice(-4000);
  return { tally, failures };
}

/** The variables by which tests find what they may use of other programs. */
async function testEnvironment(): Promise<Record<string, string>> {
  const found: Record<string, string> = {
    ATO_NODE_22_13: await nodeBinary(OLDEST_NODE),
    // Compiled modules, for the hundreds of processes of Node that load the same ones.
    NODE_COMPILE_CACHE: `${ROOT}node_modules/.cache/ato-compiled`,
  };
  for (const version of NODE_VERSIONS) {
    found[`ATO_NODE_${version}`] = await nodeBinary(version);
  }
  const suite = await tomlSuite();
  if ("path" in suite) found["ATO_TOML_TEST"] = suite.path;
  else found["ATO_TOML_TEST_WHY"] = suite.why;
  return found;
}

/**
 * The tests under Deno, without a check of their types: `deno task ok` checks those of all files at once.
 *
 * @param chosen The config in use.
 * @returns the suite.
 */
export function denoSuite(chosen: RegistryChoice): Suite {
  return {
    name: "tests under Deno",
    async run(files) {
      const flags = ["-A", "--no-check", "--parallel", "--preload", TEST_LIMIT];
      return tallyOf(
        Deno.execPath(),
        ["test", ...configFlags(chosen), ...flags, ...await chosenFiles(files)],
        { ...await testEnvironment(), DENO_JOBS: String(JOBS) },
      );
    },
  };
}

/**
 * The examples in doc comments and Markdown pages.
 *
 * @param chosen The config in use.
 * @returns the suite.
 */
export function docSuite(chosen: RegistryChoice): Suite {
  return {
    name: "examples in the documentation",
    run: () =>
      tallyOf(Deno.execPath(), [
        "test",
        ...configFlags(chosen),
        "-A",
        "--parallel",
        "--doc",
        "mod.ts",
        "adict/",
        "cli/",
        "dashboard/",
        "fingerprint/",
        "hyperopt/",
        "sync/",
        "inputs/",
        "internal/",
        "observe/",
        "plot/",
        "readers/",
        "why/",
        "scope/",
        "tracker/",
        "docs/",
        "README.md",
      ], {}),
  };
}

/** The files that are named, or all of them. */
function chosenFiles(paths: string[]): Promise<string[]> {
  return testFiles(paths.length > 0 ? paths : ["tests"]);
}

/**
 * The same tests under Node, which strips the types and resolves names through a hook.
 *
 * @param version The version of Node.
 * @param options `pure: false` leaves out the tests that give the same under every Node, `others: false` those about
 *   other programs, `browser: false` those that drive a browser.
 * @returns the suite.
 */
export function nodeSuite(
  version: string,
  { pure = true, others = true, browser = true }: {
    readonly pure?: boolean;
    readonly others?: boolean;
    readonly browser?: boolean;
  } = {},
): Suite {
  const left = [
    ...pure ? [] : ["that give the same under every Node"],
    ...others ? [] : ["about other programs"],
    ...browser ? [] : ["in a browser"],
  ];
  const without = left.length === 0
    ? ""
    : `, without those ${left.join(" and ")}`;
  return {
    name: `tests under Node ${version}${without}`,
    async run(files) {
      const node = await nodeBinary(version);
      const hooks = new URL("node_hooks.mjs", import.meta.url).href;
      const runner = fileURLToPath(new URL("node_suite.mjs", import.meta.url));
      const all = await chosenFiles(files);
      const own = others ? all : withoutOtherPrograms(all);
      const some = browser ? own : await withoutBrowser(own);
      const chosen = pure ? some : await withoutPure(some);
      return tallyOf(
        node,
        [
          ...["--import", hooks, "--import", TEST_LIMIT, runner],
          ...[String(JOBS), ...chosen],
        ],
        await testEnvironment(),
      );
    },
  };
}
