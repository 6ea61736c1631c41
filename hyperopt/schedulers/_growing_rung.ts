import { Heap } from "./_heap.ts";
import { isBetter, isLoss, type Ranked } from "./_ranked.ts";

/** A trial at a rung that grows. */
interface Entry extends Ranked {
  /** Whether it is among the best `floor(n / eta)`. */
  isTop: boolean;
  isPromoted: boolean;
}

/** A rung that grows trial by trial and knows which trials are the best `floor(n / eta)`. */
export class GrowingRung {
  readonly #eta: number;
  readonly #entries = new Map<number, Entry>();
  /** The best `floor(n / eta)`, the worst of them on top. */
  readonly #top = new Heap<Entry>((one, other) => isBetter(other, one));
  /** The others, the best on top. */
  readonly #rest = new Heap<Entry>(isBetter);
  /** The trials that can be promoted, and some that were, the best on top. */
  readonly #candidates = new Heap<Entry>(isBetter);
  #best: Entry | undefined;
  #size = 0;

  /** Makes a rung without trials. */
  constructor(eta: number) {
    this.#eta = eta;
  }

  /** The number of trials that reached the rung, or failed at it. */
  get size(): number {
    return this.#size;
  }

  /** Adds a trial that reached the rung; without a loss it failed, and ranks last. */
  add(trial: number, loss: number | undefined): void {
    this.#size++;
    if (isLoss(loss)) {
      const entry = { trial, loss, isTop: false, isPromoted: false };
      this.#entries.set(trial, entry);
      if (this.#best === undefined || isBetter(entry, this.#best)) {
        this.#best = entry;
      }
      this.#rank(entry);
      this.#candidates.push(entry);
    }
    if (this.#top.size < Math.floor(this.#size / this.#eta)) this.#raise();
  }

  /** Tells whether a trial is among the best `floor(n / eta)`. */
  isTop(trial: number): boolean {
    return this.#entries.get(trial)?.isTop === true;
  }

  /** Tells whether a trial is the best of the rung. */
  isBest(trial: number): boolean {
    return this.#best?.trial === trial;
  }

  /** The best trial, if it is among the best `floor(n / eta)` and was not promoted. */
  get promotable(): number | undefined {
    const candidates = this.#candidates;
    while (candidates.top?.isPromoted) candidates.pop();
    const best = candidates.top;
    return best?.isTop ? best.trial : undefined;
  }

  /** Marks a trial as promoted to the next rung. */
  promote(trial: number): void {
    const entry = this.#entries.get(trial);
    if (entry !== undefined) entry.isPromoted = true;
  }

  /** Puts a trial among the best or the rest; the number of the best does not change. */
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

  /** Moves the best of the rest to the best. */
  #raise(): void {
    const entry = this.#rest.pop();
    if (entry === undefined) return;
    entry.isTop = true;
    this.#top.push(entry);
  }
}
