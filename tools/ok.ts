/**
 * Everything that continuous integration checks, in one command: `deno task ok`.
 *
 * @module
 */
import {
  announce,
  chooseRegistry,
  configFlags,
  type RegistryChoice,
  ROOT,
} from "./registry.ts";
import { runCommand } from "./process.ts";
import { addTally, type Tally } from "./tally.ts";
import { format, testAll } from "./test.ts";

/** A check by one command: it passes when the command exits with 0. */
interface Check {
  readonly name: string;
  readonly args: string[];
}

const EXAMPLES = ["examples/train_iris.ts", "examples/search_iris.ts"];

function checks(chosen: RegistryChoice, entries: string[]): Check[] {
  const config = configFlags(chosen);
  return [
    // The longest one first, while the others run beside it.
    { name: "types", args: ["check", ...config, "."] },
    { name: "formatting", args: ["fmt", "--check"] },
    { name: "lint", args: ["lint", "--config", chosen.config] },
    // `deno doc` reads its names from an import map only; a Deno config is one, too.
    {
      name: "doc lint",
      args: ["doc", "--lint", `--import-map=${chosen.config}`, ...entries],
    },
    ...EXAMPLES.flatMap((file) => exampleChecks(file, config)),
  ];
}

function exampleChecks(file: string, config: string[]): Check[] {
  const run = ["run", ...config, "-A", file];
  return [
    { name: file, args: run },
    { name: `${file} manual`, args: [...run, "manual"] },
    { name: `${file} print`, args: [...run, "print", "lr=0.05"] },
  ];
}

/** Runs the checks, as many at a time as there are cores, and prints a line for each. */
async function runChecks(all: Check[]): Promise<Tally> {
  const tally: Tally = { passed: 0, failed: 0, skipped: 0 };
  const work = await Deno.makeTempDir({ prefix: "ato-ok-" });
  const waiting = all.values();
  const lanes = Array.from(
    { length: navigator.hardwareConcurrency },
    async () => {
      for (const check of waiting) await runCheck(check, work, tally);
    },
  );
  await Promise.all(lanes);
  await Deno.remove(work, { recursive: true });
  return tally;
}

async function runCheck(
  check: Check,
  work: string,
  tally: Tally,
): Promise<void> {
  const { code, output } = await runCommand(Deno.execPath(), check.args, {
    cwd: ROOT,
    env: { ATO_DEMO_DIR: work },
    quiet: true,
  });
  tally[code === 0 ? "passed" : "failed"]++;
  const ended = code === 0 ? "ok" : `FAILED (exit status ${code})\n${output}`;
  console.log(`${check.name}: ${ended}`);
}

const chosen = await chooseRegistry();
announce(chosen);
const config: { exports: Record<string, string> } = JSON.parse(
  await Deno.readTextFile(chosen.config),
);
const total = await runChecks(checks(chosen, Object.values(config.exports)));
addTally(total, await testAll([]));
console.log(format(total));
Deno.exit(total.failed === 0 ? 0 : 1);
