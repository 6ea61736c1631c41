import type { StudyEvent } from "../study/events.ts";

/** How often a trial was lost. */
export interface LossCount {
  /** At any rung. */
  readonly losses: number;
  /** At its present rung. */
  readonly atRung: number;
}

/** How often each trial was lost: a fold over the events of a study. */
export class Losses {
  readonly #counts = new Map<number, LossCount & { readonly rung: number }>();

  /** Returns how often a trial was lost. */
  of(trial: number): LossCount {
    return this.#counts.get(trial) ?? { losses: 0, atRung: 0 };
  }

  /** Applies an event. */
  apply(event: StudyEvent): void {
    if (event.kind !== "lost" && event.kind !== "started") return;
    const { trial, rung } = event;
    const known = this.#counts.get(trial);
    if (
      event.kind === "started" && (known === undefined || known.rung === rung)
    ) {
      return;
    }
    const atRung = known?.rung === rung ? known.atRung : 0;
    const more = event.kind === "lost" ? 1 : 0;
    this.#counts.set(trial, {
      rung,
      losses: (known?.losses ?? 0) + more,
      atRung: atRung + more,
    });
  }
}
