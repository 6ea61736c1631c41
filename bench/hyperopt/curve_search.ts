/**
 * Runs a search over a table of learning curves through a real study, with one worker, and tells the regret at each budget.
 *
 * @module
 */
import type { Sampler } from "../../hyperopt/samplers/sampler.ts";
import { asha } from "../../hyperopt/schedulers/asha.ts";
import { ashaStopping } from "../../hyperopt/schedulers/asha_stopping.ts";
import { fullFidelity } from "../../hyperopt/schedulers/full_fidelity.ts";
import { hyperband } from "../../hyperopt/schedulers/hyperband.ts";
import { medianStopping } from "../../hyperopt/schedulers/median_stopping.ts";
import type {
  Decision,
  SchedulePlan,
  Scheduler,
} from "../../hyperopt/schedulers/scheduler.ts";
import { successiveHalving } from "../../hyperopt/schedulers/successive_halving.ts";
import type { Space } from "../../hyperopt/spaces/space.ts";
import type { Job } from "../../hyperopt/study/job.ts";
import { openStudy, type Study } from "../../hyperopt/study/study.ts";
import {
  type CurveLookup,
  type CurveTable,
  type FullLosses,
  fullLosses,
  lookupOf,
  spaceOfTable,
} from "./curve_table.ts";
import type { Values } from "./functions.ts";

/** A table that can be searched. */
export interface Ground {
  readonly table: CurveTable;
  readonly space: Space<Values>;
  readonly lookup: CurveLookup;
  readonly full: FullLosses;
}

/** Prepares a table. */
export function groundOf(table: CurveTable): Ground {
  return {
    table,
    space: spaceOfTable(table),
    lookup: lookupOf(table),
    full: fullLosses(table),
  };
}

const ETA = 3;
/** The rungs of a table are its greatest fidelity divided by 27, 9, 3 and 1. */
const HALVINGS = 3;

function rungs(table: CurveTable): {
  readonly minFidelity: number;
  readonly maxFidelity: number;
  readonly eta: number;
} {
  const { max } = table;
  return { minFidelity: max / ETA ** HALVINGS, maxFidelity: max, eta: ETA };
}

/** The schedulers; those that end begin again. */
export const SCHEDULERS: Readonly<
  Record<string, (table: CurveTable) => Scheduler>
> = {
  full: ({ max }) => fullFidelity({ fidelity: max }),
  halving: (table) =>
    repeated(() =>
      successiveHalving({ ...rungs(table), trials: ETA ** HALVINGS })
    ),
  hyperband: (table) => repeated(() => hyperband(rungs(table))),
  asha: (table) => asha(rungs(table)),
  "asha-stopping": (table) => ashaStopping(rungs(table)),
  median: ({ max }) => medianStopping({ fidelity: max }),
};

/** Runs a scheduler again and again: each time with new brackets. */
function repeated(make: () => Scheduler): Scheduler {
  let inner = make();
  const count = inner.plan().brackets.length;
  const home = new Map<number, Scheduler>();
  let round = 0;
  return {
    name: `${inner.name}, repeated`,
    next(): Decision {
      let decision = inner.next();
      if (decision.kind === "done") {
        inner = make();
        round++;
        decision = inner.next();
      }
      return "bracket" in decision
        ? { ...decision, bracket: decision.bracket + round * count }
        : decision;
    },
    started(trial, bracket, rung) {
      const at = home.get(trial) ?? inner;
      home.set(trial, at);
      at.started(trial, bracket % count, rung);
    },
    ended: (trial, rung, loss) => home.get(trial)?.ended(trial, rung, loss),
    plan: (): SchedulePlan => ({
      ...inner.plan(),
      trials: Infinity,
      jobs: Infinity,
      restarting: Infinity,
      resuming: Infinity,
      isEstimate: true,
    }),
  };
}

/** A search over a table. */
export interface CurveSearch {
  readonly scheduler: Scheduler;
  readonly sampler: Sampler;
  readonly seed: number;
  /** The budgets in full trainings, ascending. */
  readonly budgets: readonly number[];
}

/** The config that a search would hand to its user: the least loss at the greatest fidelity that any trial reached. */
interface Incumbent {
  readonly fidelity: number;
  readonly loss: number;
  readonly row: number;
}

/**
 * Returns the regret at each budget: the loss at the greatest fidelity of the config that the search would hand to its
 * user, minus the least one of the table. A result counts for a budget if its job ended within it. A job from one
 * fidelity to another costs the difference; a trial that diverges fails, and costs what it ran. If there is no result
 * yet, the regret is that of the greatest loss.
 */
export function searchCurves(ground: Ground, search: CurveSearch): number[] {
  const { table, full } = ground;
  const study = openStudy<Values>({
    id: table.name,
    space: ground.space,
    sampler: search.sampler,
    scheduler: search.scheduler,
    metric: "loss",
    mode: "min",
    seed: search.seed,
    retries: 0,
    clock: () => 0,
  });
  const worst = full.of.reduce((a, b) => Math.max(a, b), -Infinity);
  const regretOf = (best: Incumbent | undefined) =>
    (best === undefined ? worst : full.of[best.row]!) - full.least;
  const regrets: number[] = [];
  const limits = search.budgets.map((budget) => budget * table.max);
  let best: Incumbent | undefined;
  let spent = 0;
  while (regrets.length < limits.length) {
    const answer = study.ask();
    if (answer.kind !== "job") break;
    const ended = runJob(ground, study, answer.job);
    spent += ended.cost;
    while (spent > limits[regrets.length]!) regrets.push(regretOf(best));
    if (ended.result !== undefined) best = better(best, ended.result);
  }
  while (regrets.length < limits.length) regrets.push(regretOf(best));
  study.close();
  return regrets;
}

/** Runs a job epoch by epoch, as a training would: it reports each loss, and ends when it is told to stop. */
function runJob(
  { table, lookup }: Ground,
  study: Study<Values>,
  job: Job<Values>,
): { cost: number; result?: Incumbent } {
  const row = lookup.find(job.config);
  const losses = table.losses[row]!;
  let fidelity = job.from;
  let loss: number | null = null;
  do {
    loss = losses[fidelity++] ?? null;
    if (loss === null) {
      study.tell(job, { error: new Error("the loss is not finite") });
      return { cost: fidelity - job.from };
    }
  } while (
    fidelity < job.to &&
    study.report(job, { loss }, fidelity) === "continue"
  );
  const checkpoint = {
    uri: `table:${job.trial}@${fidelity}`,
    sha256: "0".repeat(64),
  };
  study.tell(job, { metrics: { loss }, checkpoint });
  return { cost: fidelity - job.from, result: { fidelity, loss, row } };
}

function better(best: Incumbent | undefined, other: Incumbent): Incumbent {
  if (best === undefined || other.fidelity > best.fidelity) return other;
  return other.fidelity === best.fidelity && other.loss < best.loss
    ? other
    : best;
}
