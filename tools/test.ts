/**
 * Runs all tests: under Deno, in the documentation, and under each supported Node.
 * `deno task test` runs everything, but tests that give the same under every Node under Deno and the oldest line of
 * Node only, and tests about other programs or in a browser under Deno only; `deno task test --all-runtimes` runs those under
 * each Node, too.
 * `deno task test tests/adict` runs some files under each runtime, and `deno task test:quick` under Deno what starts no
 * processes.
 *
 * @module
 */
import { announce, chooseRegistry } from "./registry.ts";
import { quickFiles } from "./quick_files.ts";
import { denoSuite, docSuite, NODE_VERSIONS, nodeSuite } from "./suites.ts";
import { addTally, type Tally } from "./tally.ts";

/** The argument that makes each Node run each test. */
const ALL_RUNTIMES = "--all-runtimes";

/**
 * Runs every suite and prints a line for each.
 *
 * @param words Test files or folders, all when there are none, and `--all-runtimes`.
 * @returns the sum.
 */
export async function testAll(words: string[]): Promise<Tally> {
  const files = words.filter((word) => word !== ALL_RUNTIMES);
  // Who names files wants to see them under each runtime.
  const everywhere = files.length > 0 || words.includes(ALL_RUNTIMES);
  const chosen = await chooseRegistry();
  announce(chosen);
  const [oldest] = NODE_VERSIONS;
  const suites = [
    denoSuite(chosen),
    ...NODE_VERSIONS.map((version) =>
      nodeSuite(version, {
        pure: everywhere || version === oldest,
        others: everywhere,
        browser: everywhere,
      })
    ),
  ];
  if (files.length === 0) suites.splice(1, 0, docSuite(chosen));
  const total: Tally = { passed: 0, failed: 0, skipped: 0 };
  const failed: string[] = [];
  const lines: string[] = [];
  for (const suite of suites) {
    const start = performance.now();
    const { tally, failures } = await suite.run(files);
    const seconds = Math.round((performance.now() - start) / 1000);
    addTally(total, tally);
    lines.push(`${suite.name}: ${format(tally)}, in ${seconds} s`);
    if (failures !== "") failed.push(`${suite.name}:\n${failures}`);
  }
  console.log([...failed, ...lines].join("\n"));
  return total;
}

/**
 * Writes a tally as the closing line does.
 *
 * @param tally The counts.
 * @returns e.g. `12 passed, 0 failed, 1 skipped`.
 */
export function format(tally: Tally): string {
  const skipped = tally.skipped > 0 ? `, ${tally.skipped} skipped` : "";
  return `${tally.passed} passed, ${tally.failed} failed${skipped}`;
}

/**
 * Runs the tests that start no processes, under Deno.
 *
 * @returns the sum.
 */
async function testQuick(): Promise<Tally> {
  const chosen = await chooseRegistry();
  announce(chosen);
  const { tally, failures } = await denoSuite(chosen).run(await quickFiles());
  if (failures !== "") console.log(failures);
  return tally;
}

if (import.meta.main) {
  const total = Deno.args[0] === "--quick"
    ? await testQuick()
    : await testAll(Deno.args);
  console.log(format(total));
  Deno.exit(total.failed === 0 ? 0 : 1);
}
