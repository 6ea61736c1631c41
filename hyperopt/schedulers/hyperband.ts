import { SearchUsageError } from "../errors.ts";
import { checkSettings } from "../_settings.ts";
import { scheduleBrackets } from "./_brackets.ts";
import { checkLadder, type LadderOptions, mostHalvings } from "./_ladder.ts";
import { halvedRungs } from "./_plan.ts";
import type { PlannedRung, Scheduler } from "./scheduler.ts";

/** What {@linkcode hyperband} is to do. */
export interface HyperbandSchedulerOptions {
  /** The fidelity of each bracket's last rung, R in the paper. */
  readonly maxFidelity: number;
  /**
   * No rung is below this fidelity.
   *
   * @default 1
   */
  readonly minFidelity?: number;
  /**
   * One trial in so many goes on, with so many times the fidelity.
   *
   * @default 3
   */
  readonly eta?: number;
  /**
   * How many trials bracket s, of S + 1 brackets, starts: `"floor"` is the paper's algorithm,
   * `ceil((S + 1) / (s + 1) * eta^s)`, of which each rung keeps `floor(n / eta)`; `"table"` is what the
   * paper prints in its Table 1, `floor((S + 1) / (s + 1)) * eta^s`.
   *
   * @default "floor"
   */
  readonly rounding?: "floor" | "table";
}

/**
 * Hyperband: brackets of successive halving, from many trials that begin at the least fidelity to few
 * that run to the greatest at once, so that losses which mislead early do not decide everything.
 *
 * Brackets run in that order; while one waits for its last trials, free workers start the next one's.
 * Where both fidelities are whole numbers, those of the rungs are too, rounded down.
 *
 * Source: L. Li, K. Jamieson, G. DeSalvo, A. Rostamizadeh and A. Talwalkar, Hyperband: A Novel
 * Bandit-Based Approach to Hyperparameter Optimization, JMLR 18 (2018).
 *
 * @param options From which fidelity to which.
 * @returns a scheduler with a bracket for each power of `eta` in the range of fidelities.
 * @throws {SearchUsageError} If an option is out of range.
 *
 * @example
 * ```ts
 * import { hyperband } from "@ato/ato/hyperopt";
 * import { assertEquals } from "@std/assert";
 *
 * const { brackets, trials, jobs } = hyperband({ maxFidelity: 81 }).plan();
 * const printed = brackets.map((rungs) =>
 *   rungs.map(({ trials, fidelity }) => `${trials}@${fidelity}`).join(" ")
 * );
 * assertEquals(printed, [
 *   "81@1 27@3 9@9 3@27 1@81",
 *   "34@3 11@9 3@27 1@81",
 *   "15@9 5@27 1@81",
 *   "8@27 2@81",
 *   "5@81",
 * ]);
 * assertEquals([trials, jobs], [143, 206]);
 * ```
 */
export function hyperband(options: HyperbandSchedulerOptions): Scheduler {
  const name = "hyperband";
  checkSettings<HyperbandSchedulerOptions>(`plan ${name}`, options ?? null, {
    maxFidelity: true,
    minFidelity: true,
    eta: true,
    rounding: true,
  });
  const { maxFidelity, minFidelity = 1, eta = 3, rounding = "floor" } = options;
  const range = { minFidelity, maxFidelity, eta };
  checkLadder(name, range);
  if (rounding !== "floor" && rounding !== "table") {
    throw new SearchUsageError(
      "rounding",
      `Cannot plan ${name}: rounding is ${JSON.stringify(rounding)}; give ` +
        `"floor" or "table"`,
    );
  }
  return scheduleBrackets(name, bracketsOf(range, rounding));
}

/** The brackets, that with the most halvings first. */
function bracketsOf(
  range: LadderOptions,
  rounding: "floor" | "table",
): PlannedRung[][] {
  const { eta } = range;
  const most = mostHalvings(range);
  const fidelities = fidelitiesOf(range, most);
  return fidelities.map((_, skipped) => {
    const halvings = most - skipped;
    const widened = eta ** halvings;
    const trials = rounding === "floor"
      ? Math.ceil((most + 1) * widened / (halvings + 1))
      : Math.floor((most + 1) / (halvings + 1)) * widened;
    return halvedRungs(trials, { fidelities: fidelities.slice(skipped), eta });
  });
}

/** `max / eta^k`, the least first. */
function fidelitiesOf(
  { minFidelity, maxFidelity, eta }: LadderOptions,
  halvings: number,
): number[] {
  const isWhole = Number.isInteger(minFidelity) &&
    Number.isInteger(maxFidelity);
  return Array.from({ length: halvings + 1 }, (_, rung) => {
    const fidelity = maxFidelity / eta ** (halvings - rung);
    return isWhole ? Math.floor(fidelity) : fidelity;
  });
}
