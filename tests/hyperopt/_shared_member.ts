/**
 * A process of a shared study. `ATO_TEST_MODE` says what is searched and how its objective behaves, `ATO_WORKERS`
 * has the address of the engine, `ATO_TEST_FOLDER` is where it writes its runs.
 */
import { appendFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import {
  asha,
  defineSpace,
  float,
  fullFidelity,
  type Job,
  randomSampler,
  registerEngine,
  runSharedStudy,
  type SharedStudySettings,
  type Space,
  tpeSampler,
  type TrialContext,
} from "@ato/ato/hyperopt";
import { connectRelay, RELAY } from "./_relay.ts";

const {
  ATO_TEST_MODE: mode = "plain",
  ATO_TEST_FOLDER: folder,
  ATO_TEST_SEARCH: id = "team",
  ATO_TEST_NAME: name = "",
  ATO_TEST_LEASE: lease,
  ATO_TEST_CRASH: crash = "",
  ATO_TEST_HOLD: hold = "",
  ATO_TEST_GO: go,
} = process.env;

/** The config of a trial. */
export interface MemberConfig {
  readonly x: number;
}

const SPACE: Space<MemberConfig> = defineSpace({ x: float(0, 1) });

/** Returns what a mode searches. */
export function settingsOf(mode: string): SharedStudySettings<MemberConfig> {
  const base = { space: SPACE, metric: "loss", mode: "min", seed: 3 } as const;
  if (mode === "many") {
    return {
      ...base,
      sampler: randomSampler(SPACE),
      scheduler: fullFidelity({ trials: 10_000 }),
    };
  }
  if (mode === "poison") {
    return {
      ...base,
      sampler: randomSampler(SPACE),
      scheduler: fullFidelity({ trials: 5 }),
      losses: 1,
    };
  }
  return {
    ...base,
    sampler: tpeSampler(SPACE, { startup: 6 }),
    scheduler: asha({ minFidelity: 1, maxFidelity: 9, trials: 27 }),
    order: "logical",
    // Three processes can have two results and two jobs that hold on each.
    width: 12,
  };
}

/** Returns the loss of a config. */
export function lossOf(x: number, to: number): number {
  return Math.abs(x - 0.3) + 0.1 / to;
}

/** The jobs that hold on. */
const held = new Set(hold.split(","));
/** How many jobs have ended here, so that their results count. */
let ended = 0;

/** Lets a job that holds on run until it is told to end, or may go on; it says that it has begun. */
async function holdOn(name: string, signal: AbortSignal): Promise<void> {
  const isHeld = hold === "later" ? ended > 0 : held.has(name);
  if (!isHeld || mayGo(name)) return;
  console.log(`holding ${name}`);
  while (!mayGo(name)) await pause(20, undefined, { signal });
}

/** Whether the test has let a job go on, or all of them. */
function mayGo(name: string): boolean {
  return go !== undefined &&
    [name, "all"].some((file) => existsSync(join(go, file)));
}

/** Trains: some time for each unit of fidelity. */
export async function objective(
  { trial, rung, config, from, to, checkpoint }: Job<MemberConfig>,
  { report, signal, logger }: TrialContext,
): Promise<{
  metrics: Record<string, number>;
  checkpoint: { uri: string; sha256: string };
}> {
  if (folder !== undefined) {
    appendFileSync(join(folder, "ran"), `${trial}.${rung} ${name}\n`);
  }
  console.log(`running ${trial}.${rung}`);
  if (mode === "poison" && trial === 2) process.kill(process.pid, "SIGKILL");
  if (crash === `${trial}.${rung}`) process.kill(process.pid, "SIGKILL");
  await holdOn(`${trial}.${rung}`, signal);
  if (from > 0 && checkpoint?.uri !== `mem:${trial}@${from}`) {
    throw new Error(`no checkpoint at ${from}`);
  }
  const unit = mode === "many" ? 1 : mode === "slow" ? 150 : 15;
  for (let step = from + 1; step <= to; step++) {
    await pause(unit, undefined, { signal });
    logger?.logMetric("seen", step, step);
    if (mode !== "many") await report({ loss: lossOf(config.x, step) }, step);
  }
  return {
    metrics: { loss: lossOf(config.x, to) },
    checkpoint: { uri: `mem:${trial}@${to}`, sha256: "0".repeat(64) },
  };
}

if (import.meta.main ?? process.argv[1]?.endsWith("_shared_member.ts")) {
  registerEngine(RELAY, connectRelay);
  const view = await runSharedStudy(() => settingsOf(mode), objective, {
    id,
    workers: Number(process.env.ATO_TEST_SLOTS ?? 2),
    grace: 1,
    ...(lease !== undefined && { lease: Number(lease) / 1_000 }),
    patience: 20,
    ...(folder !== undefined && {
      tracker: {
        experiment: {
          projectName: "team",
          sql: { dbPath: join(folder, `${name || "runs"}.db`) },
        },
      },
    }),
    onEnd: ({ job, error }) => {
      ended++;
      console.log(`ended ${job.trial}.${job.rung} ${error ?? ""}`);
    },
  });
  const { best, trials, state } = view;
  console.log(`best ${best?.trial.trial} of ${trials.length} ${state}`);
}
