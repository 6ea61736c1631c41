/** Runs in a process of their own, for the tests of factors: `_factor_child.ts <mode> <folder> …`. */
import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import { RUN_SOURCE, SQLLogger } from "../../tracker/mod.ts";
import { snapshotOf, withProgram, writeRun } from "./_factors.ts";
import { configIn } from "./_helpers.ts";

const [mode, folder, ...rest] = process.argv.slice(2) as [
  string,
  string,
  ...string[],
];

const MODULES = Object.fromEntries(
  Array.from({ length: 40 }, (_, i) => [`m${i}.ts`, `f = ${i}\ng = ${i}`]),
);

/** A run with a secret in its config. */
async function secret(): Promise<void> {
  const config = {
    api: { key: "plain", apiKey: rest[0], token: null, useToken: true },
  };
  console.log(`run ${await writeRun(folder, { config })}`);
}

/** A run that says that it has started, and waits until it is killed. */
async function killed(): Promise<void> {
  const source = withProgram(snapshotOf({ modules: MODULES }));
  const config = { ...configIn(folder, { lr: 0.1 }), [RUN_SOURCE]: source };
  const id = await new SQLLogger(config).run({ seed: 1 });
  console.log(`run ${id}`);
  await pause(600_000);
}

/** Many runs, some of which share their factors with those of another process. */
async function many(): Promise<void> {
  const program = snapshotOf({ modules: MODULES });
  for (let i = 0; i < 20; i++) {
    await writeRun(folder, { program, config: { lr: i, by: rest[0] } });
  }
  console.log("done");
}

/** A run of this script as it is. */
async function own(): Promise<void> {
  const logger = new SQLLogger(configIn(folder, { lr: 0.1 }));
  console.log(`run ${await logger.run()}`);
  await logger.finish();
}

const modes: Record<string, () => Promise<void>> = {
  secret,
  killed,
  many,
  own,
};
await modes[mode]!();
