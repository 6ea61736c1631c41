import { createRandom, type Random } from "../random.ts";
import type { Point, Space } from "../spaces/space.ts";
import { applyStored } from "./_apply_stored.ts";
import { forsake, newOwner } from "./_claim.ts";
import { Feed } from "./_feed.ts";
import { closedEvent, openedEvent } from "./_make_event.ts";
import { StudyState } from "./_state.ts";
import { isPlain, signatureOf, storedConfig } from "./_stored_config.ts";
import { StudyTrialError } from "./errors.ts";
import type { OpenedEvent, StoredConfig, StudyEvent } from "./events.ts";
import type { Journal, StudyOwner } from "./journal.ts";
import { memoryJournal } from "./memory_journal.ts";
import {
  type CheckedOptions,
  checkFounded,
  type StudyOptions,
} from "./options.ts";
import { fidelitiesOf } from "../schedulers/_plan.ts";

/**
 * A session of a study. It owns the journal, and its state is the fold over the events of the journal: nothing
 * else changes the state.
 */
export class StudySession<C> {
  readonly options: StudyOptions<C>;
  readonly checked: CheckedOptions;
  readonly state: StudyState = new StudyState();
  readonly feed: Feed;
  readonly random: Random;
  /** Whether the last answer was that there is no further job. */
  isDone = false;
  readonly #plain: boolean;
  /** The space in normal form. */
  readonly #signature: string;
  readonly #journal: Journal;
  readonly #owner: StudyOwner;
  readonly #nonce: string | undefined;
  #renewed: number;
  #closed = false;

  /**
   * Claims the journal; {@linkcode StudySession.open} reads it.
   *
   * @param nonce The nonce of a new study, if it is not to be a random one.
   */
  constructor(
    options: StudyOptions<C>,
    checked: CheckedOptions,
    nonce?: string,
  ) {
    this.options = options;
    this.checked = checked;
    this.#nonce = nonce;
    this.random = createRandom(checked.seed);
    this.#plain = isPlain(options.space);
    this.#signature = signatureOf(options.space);
    const { space, scheduler, sampler } = options;
    sampler.prepare?.(fidelitiesOf(scheduler.plan()));
    this.feed = new Feed({
      space,
      signature: this.#signature,
      scheduler,
      sampler,
      order: checked.order,
    }, this.state);
    this.#journal = options.journal ?? memoryJournal({ studyId: options.id });
    this.#owner = newOwner(checked.lease);
    this.#renewed = this.now();
    this.#journal.claim(this.#owner, this.#renewed);
  }

  /** The space that is searched. */
  get space(): Space<C> {
    return this.options.space;
  }

  /** In logical order: how many jobs can be uncounted at a time. A study keeps the default that it began with. */
  get width(): number {
    const founded = this.state.founded?.width;
    return this.options.width ?? (founded || this.checked.width);
  }

  /** How to resume the study, if the journal knows it. */
  get resumeHint(): string | undefined {
    return this.#journal.resumeHint;
  }

  /** The time in milliseconds. */
  now(): number {
    return this.checked.clock();
  }

  /**
   * Reads the journal and begins the session.
   *
   * @param begun What else is done before the study is open. If anything fails, the claim is released.
   */
  open(begun: () => void): void {
    this.read();
    this.begin(begun);
  }

  /** Reads the journal, and writes nothing. If anything fails, the claim is released. */
  read(): void {
    this.#orRelease(() => {
      let index = 0;
      for (const event of this.#journal.read()) {
        const place = { study: this.options.id, index: index++ };
        applyStored(this.state, event, place);
        this.feed.apply(event);
      }
      checkFounded(this.options.id, this.state.founded, this.#opening());
    });
  }

  /** Begins the session, after the journal was read. */
  begin(begun: () => void): void {
    this.#orRelease(() => {
      this.append(this.#opening());
      begun();
    });
  }

  #orRelease(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#journal.release(this.#owner);
      throw error;
    }
  }

  /** Writes an event: first to the journal, then to the state. */
  append(event: StudyEvent): void {
    this.renew(event.at);
    this.#journal.append([event], this.#owner);
    this.#apply(event);
  }

  /** Renews the claim on the journal, if a third of the lease has passed. */
  renew(now: number): void {
    if (now - this.#renewed <= this.checked.lease / 3) return;
    this.#journal.renew(this.#owner, now);
    this.#renewed = now;
  }

  /** The form in which the journal keeps the config of a point. */
  stored(point: Point, hash: string = this.space.hash(point)): StoredConfig {
    return storedConfig(this.space, point, { plain: this.#plain, hash });
  }

  /** Whether the session was not closed. */
  get isOpen(): boolean {
    return !this.#closed;
  }

  /** @throws {StudyTrialError} If the session was closed. */
  assertOpen(): void {
    if (!this.#closed) return;
    throw new StudyTrialError(
      undefined,
      `Cannot continue study ${this.options.id}: it is closed; open it again`,
    );
  }

  /** Writes nothing more: this process can open the study again, even if the journal cannot be told so. */
  abandon(): void {
    forsake(this.#owner);
  }

  /** Ends the session without a further event. */
  release(): void {
    this.#journal.release(this.#owner);
  }

  /** Ends the session; another one may own the journal then. */
  close(): void {
    if (this.#closed) return;
    this.append(closedEvent(this.now(), this.isDone));
    this.#closed = true;
    this.#journal.release(this.#owner);
    this.#journal.close();
  }

  #apply(event: StudyEvent): void {
    this.state.apply(event);
    this.feed.apply(event);
  }

  #opening(): OpenedEvent {
    const { goal, seed, order } = this.checked;
    const { scheduler, sampler } = this.options;
    const { start } = this.#journal;
    // JSON has no infinity, and an infinite budget is none.
    const budget = Object.fromEntries(
      Object.entries(this.checked.budget).filter(([, limit]) =>
        Number.isFinite(limit)
      ),
    );
    return openedEvent(this.now(), {
      nonce: this.state.founded?.nonce ?? this.#nonce ?? crypto.randomUUID(),
      seed,
      ...goal,
      order,
      width: order === "logical" ? this.width : 0,
      scheduler: scheduler.name,
      plan: JSON.stringify(scheduler.plan()),
      sampler: sampler.name,
      space: this.#signature,
      ...(Object.keys(budget).length > 0 && { budget }),
      ...(start !== undefined && { start }),
    });
  }
}
