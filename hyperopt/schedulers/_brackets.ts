import { SearchUsageError } from "../errors.ts";
import { planOf } from "./_plan.ts";
import type {
  Decision,
  PlannedRung,
  SchedulePlan,
  Scheduler,
} from "./scheduler.ts";
import { SyncBracket } from "./_sync_bracket.ts";

/** Makes a scheduler that runs brackets in order; while earlier ones wait, it starts trials of later ones. */
export function scheduleBrackets(
  name: string,
  planned: readonly (readonly PlannedRung[])[],
): Scheduler {
  return new Brackets(name, planned);
}

class Brackets implements Scheduler {
  readonly name: string;
  readonly #plan: SchedulePlan;
  readonly #brackets: readonly SyncBracket[];
  /** The bracket of each trial. */
  readonly #bracketOf = new Map<number, SyncBracket>();
  /** The number of leading brackets that are done. */
  #done = 0;

  constructor(
    name: string,
    planned: readonly (readonly PlannedRung[])[],
  ) {
    this.name = name;
    this.#plan = planOf(planned);
    this.#brackets = planned.map((rungs, index) =>
      new SyncBracket(index, rungs)
    );
  }

  next(): Decision {
    let isWaiting = false;
    for (let index = this.#done; index < this.#brackets.length; index++) {
      const decision = this.#brackets[index]!.next();
      if (decision.kind === "wait") isWaiting = true;
      else if (decision.kind !== "done") return decision;
      else if (index === this.#done) this.#done++;
    }
    return { kind: isWaiting ? "wait" : "done" };
  }

  started(trial: number, bracket: number, rung: number): void {
    const found = this.#brackets[bracket];
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
