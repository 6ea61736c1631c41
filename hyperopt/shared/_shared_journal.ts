import type { StudyEvent } from "../study/events.ts";
import type { Journal } from "../study/journal.ts";
import type { Group } from "./_entries.ts";

/**
 * The journal of the study that an owner drives. It holds what the study appends until the owner has written it to
 * the engine: the study answers at once, and nothing is published or told before that.
 */
export class SharedJournal implements Journal {
  #read: readonly StudyEvent[];
  #open: { events: StudyEvent[]; moved: Record<string, string> } = {
    events: [],
    moved: {},
  };
  #groups: Group[] = [];
  #told: number;

  /**
   * @param events The events so far.
   * @param told How far `told` was read for them.
   */
  constructor(events: readonly StudyEvent[], told: number) {
    this.#read = events;
    this.#told = told;
  }

  /** The engine decides who owns the study, by the positions of the entries. */
  claim(): void {}

  renew(): void {}

  release(): void {}

  read(): Iterable<StudyEvent> {
    const events = this.#read;
    this.#read = [];
    return events;
  }

  append(events: readonly StudyEvent[]): void {
    this.#open.events.push(...events);
  }

  close(): void {}

  /**
   * Says that an attempt has no job of its own: it goes on in one that is in the queue already.
   *
   * @param attempt The id that its job would have.
   * @param id The id of the job in the queue.
   */
  move(attempt: string, id: string): void {
    this.#open.moved[attempt] = id;
  }

  /** Says that all events so far rest on the entries of `told` up to this one, and on no later one. */
  mark(told: number): void {
    this.#told = told;
    const { events, moved } = this.#open;
    if (events.length === 0) return;
    this.#groups.push({ events, moved, told });
    this.#open = { events: [], moved: {} };
  }

  /** Returns what was appended, and forgets it. */
  take(): readonly Group[] {
    this.mark(this.#told);
    const groups = this.#groups;
    this.#groups = [];
    return groups;
  }
}
