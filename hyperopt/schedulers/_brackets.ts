import { SearchUsageError } from "../errors.ts";
import { checkCount } from "./_ladder.ts";
import { planOf } from "./_plan.ts";
import {
  alwaysFits,
  type Decision,
  type JobDecision,
  type NextOptions,
  type PlannedRung,
  type SchedulePlan,
  type Scheduler,
} from "./scheduler.ts";
import { SyncBracket } from "./_sync_bracket.ts";

/** The brackets of a scheduler. */
export interface BracketOptions {
  /** The brackets of one round. */
  readonly round: readonly (readonly PlannedRung[])[];
  /** The number of rounds. */
  readonly rounds: number;
}

/**
 * Makes a scheduler that runs brackets in order, round by round; while earlier ones wait, it starts trials of
 * later ones.
 */
export function scheduleBrackets(
  name: string,
  options: BracketOptions,
): Scheduler {
  return new Brackets(name, options);
}

/** Refuses a number of rounds that is neither a whole number from 1 up nor Infinity. */
export function checkRounds(name: string, rounds: number): void {
  if (rounds !== Infinity) checkCount(name, "rounds", rounds);
}

class Brackets implements Scheduler {
  readonly name: string;
  readonly #plan: SchedulePlan;
  readonly #round: BracketOptions["round"];
  readonly #rounds: number;
  /** The brackets of the rounds that have begun. */
  readonly #brackets: SyncBracket[] = [];
  /** The bracket of each trial. */
  readonly #bracketOf = new Map<number, SyncBracket>();
  /** The number of leading brackets that are done. */
  #done = 0;

  constructor(name: string, { round, rounds }: BracketOptions) {
    this.name = name;
    this.#round = round;
    this.#rounds = rounds;
    const planned = rounds === Infinity ? 1 : rounds;
    this.#plan = planOf(Array.from({ length: planned }, () => round).flat());
    this.#addRound();
  }

  next(options: NextOptions = {}): Decision {
    const { repeats = this.#rounds < Infinity, fits = alwaysFits } = options;
    const { decision, isShort } = this.#decide(fits);
    const isJob = decision.kind === "start" || decision.kind === "resume";
    const isLast = !repeats || !this.#hasRound(this.#begun);
    if (isJob || isShort || isLast) return decision;
    this.#addRound();
    return this.#decide(fits).decision;
  }

  started(trial: number, bracket: number, rung: number): void {
    const found = this.#bracketAt(bracket);
    if (found === undefined || !(rung >= 0 && rung < found.height)) {
      throw unplanned(this.name, { trial, bracket, rung });
    }
    this.#bracketOf.set(trial, found);
    found.started(trial, rung);
  }

  ended(trial: number, rung: number, loss: number | undefined): void {
    this.#bracketOf.get(trial)?.ended(trial, rung, loss);
  }

  plan(): SchedulePlan {
    return this.#plan;
  }

  /** The number of rounds that have begun. */
  get #begun(): number {
    return this.#brackets.length / this.#round.length;
  }

  #hasRound(round: number): boolean {
    return round >= 0 && round < this.#rounds;
  }

  #addRound(): void {
    for (const rungs of this.#round) {
      this.#brackets.push(new SyncBracket(this.#brackets.length, rungs));
    }
  }

  /** Finds a bracket. It is added if its round has not begun: a journal that is replayed tells of it first. */
  #bracketAt(bracket: number): SyncBracket | undefined {
    const round = Math.floor(bracket / this.#round.length);
    // Rounds begin one after the other.
    if (round === this.#begun && this.#hasRound(round)) this.#addRound();
    return this.#brackets[bracket];
  }

  /** Decides within the rounds that have begun; `isShort` if there is no room for a promotion. */
  #decide(
    fits: (decision: JobDecision) => boolean,
  ): { decision: Decision; isShort: boolean } {
    let isWaiting = false;
    let isShort = false;
    for (let index = this.#done; index < this.#brackets.length; index++) {
      const decision = this.#brackets[index]!.next();
      if (decision.kind === "done") {
        if (index === this.#done) this.#done++;
        continue;
      }
      isWaiting = true;
      if (decision.kind === "wait") continue;
      if (decision.kind === "resume" && !fits(decision)) isShort = true;
      else if (decision.kind === "resume" || !isShort) {
        return { decision, isShort };
      }
    }
    return { decision: { kind: isWaiting ? "wait" : "done" }, isShort };
  }
}

/** Makes the error for a trial that the plan does not contain. */
export function unplanned(
  name: string,
  at: {
    readonly trial: number;
    readonly bracket: number;
    readonly rung: number;
  },
): SearchUsageError {
  return new SearchUsageError(
    "scheduler",
    `Cannot resume trial ${at.trial}: the plan of ${name} has no rung ${at.rung} in bracket ` +
      `${at.bracket}; use the options that the search began with`,
  );
}
