import { Heap } from "./_heap.ts";
import { isBetter, isLoss, type Ranked } from "./_ranked.ts";

/** A trial on a rung that others still reach. */
interface Entry extends Ranked {
  /** Whether it is among the best one in `eta`. */
  isTop: boolean;
  isPromoted: boolean;
}

/** A rung that grows trial by trial and knows which of them are the best one in `eta`. */
export class GrowingRung {
  readonly #eta: number;
  readonly #entries = new Map<number, Entry>();
  /** The best one in `eta`, the worst of them on top. */
  readonly #top = new Heap<Entry>((one, other) => isBetter(other, one));
  /** The others, the best on top. */
  readonly #rest = new Heap<Entry>(isBetter);
  /** Those that may yet be promoted, and some that were, the best on top. */
  readonly #candidates = new Heap<Entry>(isBetter);
  #size = 0;

  /** Makes a rung without trials. */
  constructor(eta: number) {
    this.#eta = eta;
  }

  /** How many trials have reached it, or failed on it. */
  get size(): number {
    return this.#size;
  }

  /** Takes up a trial that reached the rung; without a loss it failed, and comes last. */
  add(trial: number, loss: number | undefined): void {
    this.#size++;
    if (isLoss(loss)) {
      const entry = { trial, loss, isTop: false, isPromoted: false };
      this.#entries.set(trial, entry);
      this.#rank(entry);
      this.#candidates.push(entry);
    }
    if (this.#top.size < Math.floor(this.#size / this.#eta)) this.#raise();
  }

  /** Whether a trial is among the best one in `eta`. */
  isTop(trial: number): boolean {
    return this.#entries.get(trial)?.isTop === true;
  }

  /** The best trial that is among the best one in `eta` and was not promoted. */
  get promotable(): number | undefined {
    const candidates = this.#candidates;
    while (candidates.top?.isPromoted) candidates.pop();
    const best = candidates.top;
    return best?.isTop ? best.trial : undefined;
  }

  /** Notes that a trial went on to the next rung. */
  promote(trial: number): void {
    const entry = this.#entries.get(trial);
    if (entry !== undefined) entry.isPromoted = true;
  }

  /** Puts a trial among the best or the rest; the number of the best stays. */
  #rank(entry: Entry): void {
    const worst = this.#top.top;
    if (worst === undefined || !isBetter(entry, worst)) {
      this.#rest.push(entry);
      return;
    }
    this.#top.pop();
    worst.isTop = false;
    this.#rest.push(worst);
    entry.isTop = true;
    this.#top.push(entry);
  }

  /** The best of the rest is one of the best now. */
  #raise(): void {
    const entry = this.#rest.pop();
    if (entry === undefined) return;
    entry.isTop = true;
    this.#top.push(entry);
  }
}
