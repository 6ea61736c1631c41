import { SearchUsageError } from "../errors.ts";
import { checkSettings } from "../_settings.ts";
import { checkRounds, scheduleBrackets } from "./_brackets.ts";
import { checkLadder, type LadderOptions, mostHalvings } from "./_ladder.ts";
import { halvedRungs } from "./_plan.ts";
import type { PlannedRung, Scheduler } from "./scheduler.ts";

/** Options for the scheduler {@linkcode hyperband}. The class `HyperBand` has `HyperBandOptions`. */
export interface HyperbandSchedulerOptions {
  /** The fidelity of the last rung of each bracket, R in the paper. */
  readonly maxFidelity: number;
  /**
   * The least fidelity of a rung.
   *
   * @default {1}
   */
  readonly minFidelity?: number;
  /**
   * The reduction factor: one trial in `eta` is promoted, to `eta` times the fidelity.
   *
   * @default {3}
   */
  readonly eta?: number;
  /**
   * The number of trials of bracket s, of S + 1 brackets: with `"floor"` as in the paper's algorithm,
   * `ceil((S + 1) / (s + 1) * eta^s)`, of which each rung keeps `floor(n / eta)`; with `"table"` as in Table 1
   * of the paper, `floor((S + 1) / (s + 1)) * eta^s`.
   *
   * @default {"floor"}
   */
  readonly rounding?: "floor" | "table";
  /**
   * How often all brackets run. Without a limit they run again and again until the budget of the study is
   * spent or there are no more configs; if the study has no budget, they run once.
   *
   * @default {Infinity}
   */
  readonly rounds?: number;
}

/**
 * Hyperband: brackets of successive halving. The first bracket starts many trials at the least fidelity, the
 * last one runs few trials to the greatest fidelity at once, so misleading losses at low fidelities do not
 * decide everything.
 *
 * Brackets run in this order. While a bracket waits for its last trials, free workers start trials of the next
 * one. After the last bracket, the first one begins again: `rounds` says how often. `plan()` is then the plan of
 * one round. The brackets of all rounds are numbered on. If both fidelities are whole numbers, those of the rungs are rounded down to whole numbers.
 *
 * For the class that searches a grid as Python ato does, see `HyperBand`.
 *
 * Source: L. Li, K. Jamieson, G. DeSalvo, A. Rostamizadeh and A. Talwalkar, Hyperband: A Novel
 * Bandit-Based Approach to Hyperparameter Optimization, JMLR 18 (2018).
 *
 * @param options The fidelities, the reduction factor, the rounding and the rounds.
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
    rounds: true,
  });
  const {
    maxFidelity,
    minFidelity = 1,
    eta = 3,
    rounding = "floor",
    rounds = Infinity,
  } = options;
  const range = { minFidelity, maxFidelity, eta };
  checkLadder(name, range);
  checkRounds(name, rounds);
  if (rounding !== "floor" && rounding !== "table") {
    throw new SearchUsageError(
      "rounding",
      `Cannot plan ${name}: rounding is ${JSON.stringify(rounding)}; give ` +
        `"floor" or "table"`,
    );
  }
  return scheduleBrackets(name, { round: bracketsOf(range, rounding), rounds });
}

/** Returns the brackets; the one with the most halvings is first. */
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

/** Returns the fidelities `max / eta^k`, the least first. */
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
