import type { PlannedRung, SchedulePlan } from "./scheduler.ts";

/** Plans brackets whose trials start at the first rung and are promoted from rung to rung. */
export function planOf(
  brackets: readonly (readonly PlannedRung[])[],
): SchedulePlan {
  let trials = 0;
  let jobs = 0;
  let restarting = 0;
  let resuming = 0;
  for (const rungs of brackets) {
    let reached = 0;
    trials += rungs[0]?.trials ?? 0;
    for (const { trials: running, fidelity } of rungs) {
      jobs += running;
      restarting += running * fidelity;
      resuming += running * (fidelity - reached);
      reached = fidelity;
    }
  }
  return { brackets, trials, jobs, restarting, resuming };
}

/** Returns rungs that each keep one trial in `eta` of the rung below, but at least one. */
export function halvedRungs(
  trials: number,
  { fidelities, eta }: {
    readonly fidelities: readonly number[];
    readonly eta: number;
  },
): PlannedRung[] {
  let running = trials;
  return fidelities.map((fidelity, rung) => {
    if (rung > 0) running = Math.max(1, Math.floor(running / eta));
    return { trials: running, fidelity };
  });
}

/** Returns the fidelities of all rungs of a plan, the least first, each once. */
export function fidelitiesOf({ brackets }: SchedulePlan): number[] {
  const all = brackets.flatMap((rungs) => rungs.map((rung) => rung.fidelity));
  return [...new Set(all)].sort((a, b) => a - b);
}
