import { isRecord } from "../../internal/objects.ts";
import { visible } from "../../internal/visible_text.ts";
import { decode, DONE } from "../distributed/_messages.ts";
import type { JournalEntry, SearchBackend } from "../distributed/backend.ts";
import { foldStudy } from "../study/_fold_study.ts";
import type { StudyEvent } from "../study/events.ts";
import type { StudyView } from "../study/study_view.ts";
import { type Agreement, readAgreement } from "./_agreement.ts";
import { EntryReader } from "./_entries.ts";
import { Follower } from "./_follow.ts";
import { MEMBERS, Members, SILENT } from "./_members.ts";
import { TOLD, trialOf } from "./_messages.ts";
import { SIGNALS, Signals } from "./_signals.ts";
import { TakeBook } from "./_take_book.ts";

/** The milliseconds over which the rate is taken. */
const WINDOW = 300_000;

/** A process of a shared search. */
export interface SharedMember {
  /** Its name: host, process id and some letters. */
  readonly name: string;
  /** The machine. */
  readonly host: string;
  /** The process id. */
  readonly pid: number;
  /** The number of its workers. */
  readonly workers: number;
  /** When it came, in milliseconds since 1970, by the engine's clock. */
  readonly since: number;
  /** When it was last heard of; a sign of life comes at least once a minute. */
  readonly seen: number;
  /** `here`; `silent`: not heard of for three minutes; `left`: it ended and said so. */
  readonly state: "here" | "silent" | "left";
  /** The trials that it runs. */
  readonly trials: readonly number[];
}

/** A result that did not count. */
export interface RefusedResult {
  /** The trial. */
  readonly trial: number;
  /** The reason. */
  readonly reason: string;
}

/** The jobs of a shared search. Of a search by `DistributedHyperBand` only those with a result are known. */
export interface SharedJobs {
  /** How many have a result. */
  readonly done: number;
  /** How many failed. */
  readonly failed: number;
  /** How many workers have; `undefined` if it is not known. */
  readonly running?: number;
  /** How many are in the queue; `undefined` if it is not known. */
  readonly waiting?: number;
  /** How many were taken from a worker that was silent; `undefined` if it is not known. */
  readonly lost?: number;
}

/** The state of a shared search. */
export interface SharedStudyStatus {
  /** The id of the search. */
  readonly id: string;
  /**
   * `none`: the engine has no such search. `done`: it tried all that it was to try. One whose processes all ended before
   * that is `running`, with nobody `here`.
   */
  readonly state: "none" | "running" | "paused" | "stopped" | "done";
  /** `study`, or `halving` for a search by `DistributedHyperBand`, of which less is known. */
  readonly kind: "study" | "halving";
  /** The time of the engine's clock. */
  readonly at: number;
  /** What all processes have in common: versions and settings. */
  readonly agreement: Readonly<Record<string, string>>;
  /** The process that decides, if there is one. */
  readonly owner?: SharedMember;
  /** The processes, in the order in which they came; those of a search by `DistributedHyperBand` are not known. */
  readonly members: readonly SharedMember[];
  /** The number of jobs. */
  readonly jobs: SharedJobs;
  /** The results per minute, in the last five minutes; `undefined` if there were none. */
  readonly rate?: number;
  /** The results that did not count, oldest first. */
  readonly refused: readonly RefusedResult[];
  /** The trials, and the best result so far; `undefined` if no process has begun the study. */
  readonly study?: StudyView<Record<string, unknown>>;
  /** Of a search by `DistributedHyperBand`: the results so far. */
  readonly halving?: readonly HalvingResult[];
  /** The best of them in the last rung that has results. */
  readonly halvingBest?: HalvingResult;
}

/** A result of a search by `DistributedHyperBand`. */
export interface HalvingResult {
  /** The rung, from 0. */
  readonly batch: number;
  /** The metric; NaN if the trial failed. */
  readonly metric: number;
  /** The words that set its searched values. */
  readonly words: readonly string[];
}

/**
 * Follows a shared search from its engine alone: it needs no file and no script, and changes nothing.
 *
 * @example
 * ```ts
 * import { InProcessBackend, SharedStudyReader } from "@ato/ato/hyperopt";
 * import { assertEquals } from "@std/assert";
 *
 * const shared = new InProcessBackend({ searchId: "nobody" });
 * const reader = new SharedStudyReader(shared.connect());
 * assertEquals((await reader.read()).state, "none");
 * ```
 */
export class SharedStudyReader {
  readonly #backend: SearchBackend;
  readonly #entries: EntryReader;
  readonly #events: StudyEvent[] = [];
  readonly #signals = new Signals();
  readonly #members = new Members();
  readonly #book = new TakeBook();
  readonly #refused: RefusedResult[] = [];
  #ends: number[] = [];
  readonly #followers: readonly Follower[];
  #agreement: Agreement = {};

  /**
   * Makes a reader.
   *
   * @param backend A connection to the search.
   */
  constructor(backend: SearchBackend) {
    this.#backend = backend;
    this.#entries = new EntryReader(backend.journal, backend.searchId);
    const follow = (name: string, apply: (entry: JournalEntry) => void) =>
      new Follower(backend.journalNamed(name), apply);
    this.#followers = [
      follow(SIGNALS, (entry) => void this.#signals.apply(entry)),
      follow(MEMBERS, (entry) => this.#members.apply(entry)),
      follow(TOLD, (entry) => this.#hear(entry)),
    ];
  }

  /**
   * Reads what is new.
   *
   * @returns the state of the search.
   * @throws {StudyJournalError} If the engine's journal is not one that Ato writes.
   */
  async read(): Promise<SharedStudyStatus> {
    const backend = this.#backend;
    const [first] = await backend.journal.read(0, { wait: 0, limit: 1 });
    const at = await backend.now();
    if (first?.key === "settings") return await this.#halving(at);
    // An entry that came since then is read next time: it may be of a search by `DistributedHyperBand`.
    if (first !== undefined) await this.#readEvents();
    for (const follower of this.#followers) await follower.catchUp();
    if (this.#agreement["kind"] === undefined) {
      this.#agreement = await readAgreement(backend);
    }
    const members = this.#listMembers(at);
    const owner = members.find(({ name }) =>
      name === this.#members.owner?.name
    );
    const study = this.#view();
    const isNew = study === undefined && members.length === 0;
    const { isDone, control } = this.#signals;
    const rate = this.#rate(at);
    return {
      id: backend.searchId,
      state: isNew ? "none" : isDone ? "done" : control,
      kind: "study",
      at,
      agreement: this.#agreement,
      ...(owner !== undefined && { owner }),
      members,
      jobs: this.#jobs(study),
      ...(rate !== undefined && { rate }),
      refused: [...this.#refused],
      ...(study !== undefined && { study }),
    };
  }

  async #readEvents(): Promise<void> {
    for await (const { events } of this.#entries.read()) {
      this.#events.push(...events);
    }
  }

  #hear(entry: JournalEntry): void {
    const told = this.#book.apply(entry);
    if (told === undefined) return;
    if (told.kind === "take") {
      this.#members.saw(told.message.member, told.message.at);
    } else if (told.kind === "end") {
      const { id, message, refused } = told;
      const member = this.#book.get(id)?.member;
      if (member !== undefined && refused === undefined) {
        this.#members.saw(member, message.at);
      }
      if (message.kind !== "result") return;
      if (refused === undefined) this.#ends.push(message.at);
      else this.#refused.push({ trial: trialOf(id), reason: refused });
    }
  }

  #view(): StudyView<Record<string, unknown>> | undefined {
    if (this.#events.length === 0) return undefined;
    const path = `the engine of ${visible(this.#backend.searchId)}`;
    return foldStudy(this.#backend.searchId, this.#events, {
      path,
      owner: undefined,
    });
  }

  #listMembers(at: number): SharedMember[] {
    const trials = new Map<string, number[]>();
    for (const [id, { member }] of this.#book.running()) {
      const of = trials.get(member) ?? [];
      of.push(trialOf(id));
      trials.set(member, of);
    }
    return this.#members.all().map(({ hasLeft, ...member }) => ({
      ...member,
      state: hasLeft ? "left" : at - member.seen < SILENT ? "here" : "silent",
      trials: hasLeft ? [] : trials.get(member.name) ?? [],
    }));
  }

  #jobs(study: StudyView<unknown> | undefined): SharedJobs {
    const trials = study?.trials ?? [];
    const count = (status: string) =>
      trials.filter((trial) => trial.status === status).length;
    const lost = this.#events.filter(({ kind }) => kind === "lost").length;
    const handed = count("running");
    const running = Math.min(handed, this.#book.running().length);
    return {
      running,
      waiting: handed - running,
      done: trials.reduce((sum, { results }) => sum + results.length, 0),
      // A lost trial that is repeated runs again at once.
      failed: count("failed") + count("lost"),
      lost,
    };
  }

  #rate(at: number): number | undefined {
    const recent = this.#ends.filter((end) => at - end <= WINDOW);
    this.#ends = recent;
    const first = recent[0];
    if (first === undefined) return undefined;
    // A search that is younger than the window has not had all of it.
    const span = Math.max(at - first, 1_000);
    return recent.length / span * 60_000;
  }

  /** A search by `DistributedHyperBand`: its journal has the settings, and a result for each job. */
  async #halving(at: number): Promise<SharedStudyStatus> {
    const { searchId, journal } = this.#backend;
    const entries = await journal.read(0, { wait: 0 });
    const halving = entries.flatMap(halvingResultOf);
    const failed = halving.filter(({ metric }) => Number.isNaN(metric)).length;
    const best = bestOf(halving, entries);
    return {
      id: searchId,
      state: entries.some(({ key }) => key === DONE) ? "done" : "running",
      kind: "halving",
      at,
      agreement: {},
      members: [],
      jobs: { done: halving.length - failed, failed },
      refused: [],
      halving,
      ...(best !== undefined && { halvingBest: best }),
    };
  }
}

/** Reads the result of a job; nothing if the entry is another one. */
function halvingResultOf({ key, value }: JournalEntry): HalvingResult[] {
  const [batch] = /^\d+(?=\.\d+$)/.exec(key) ?? [];
  if (batch === undefined) return [];
  const message = decode(value);
  if (!isRecord(message)) return [];
  const { metric, words, error } = message;
  return [{
    batch: Number(batch),
    metric: error === undefined ? Number(metric) : NaN,
    words: Array.isArray(words) ? words.map(String) : [],
  }];
}

/** Returns the best result of the last rung that has one: metrics of other rungs are of shorter trainings. */
function bestOf(
  results: readonly HalvingResult[],
  entries: readonly JournalEntry[],
): HalvingResult | undefined {
  const settings = entries.find(({ key }) => key === "settings");
  const agreed = settings === undefined ? undefined : decode(settings.value);
  const sign = isRecord(agreed) && agreed["mode"] === "max" ? -1 : 1;
  const measured = results.filter(({ metric }) => !Number.isNaN(metric));
  const last = Math.max(...measured.map(({ batch }) => batch));
  return measured.filter(({ batch }) => batch === last)
    .toSorted((a, b) => sign * (a.metric - b.metric))[0];
}

/**
 * Pauses, resumes or stops a shared search, from any machine. Paused, running trials go on, and no further one
 * starts. Stopped, running trials are given back, and all processes end; after `running`, they can be started again.
 *
 * @param backend A connection to the search.
 * @param control What the search is to do.
 * @throws {StudyJournalError} If the engine's journal is not one that Ato writes.
 *
 * @example
 * ```ts
 * import { controlSharedStudy, InProcessBackend } from "@ato/ato/hyperopt";
 *
 * const shared = new InProcessBackend({ searchId: "soon" });
 * await controlSharedStudy(shared.connect(), "paused");
 * ```
 */
export async function controlSharedStudy(
  backend: SearchBackend,
  control: "running" | "paused" | "stopped",
): Promise<void> {
  const at = await backend.now();
  await backend.journalNamed(SIGNALS).append(
    `control:${crypto.randomUUID()}`,
    JSON.stringify({ control, at }),
  );
}
