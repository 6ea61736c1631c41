import type { JournalEntry } from "../../distributed/backend.ts";
import type { Bell, Engine, Judged, TakenJob } from "../_engine.ts";
import type { EngineWords } from "../_network.ts";
import { Holds, type Taken } from "./_holds.ts";
import { JobFeed } from "./_job_feed.ts";
import { Jobs } from "./_jobs.ts";
import { type JetStream, NobodyAnswersError } from "./_jetstream.ts";
import { judgeNats } from "./_judge.ts";
import { Log } from "./_log.ts";
import { NewsBell } from "./_news_bell.ts";
import { Parts } from "./_parts.ts";
import {
  dropStreams,
  makeJournal,
  makeWork,
  type StreamNames,
  WORKERS,
} from "./_streams.ts";

/** What an engine is made of. */
export interface NatsParts {
  readonly jetStream: JetStream;
  readonly words: EngineWords;
  readonly names: StreamNames;
  /** The milliseconds that a lease lasts. */
  readonly lease: number;
}

/** A search on JetStream. Its times are those at which the server stores messages. */
export class NatsEngine implements Engine {
  readonly jobs: Bell;
  readonly news: Bell;
  readonly #parts: NatsParts;
  readonly #log: Log;
  readonly #queue: Jobs;
  readonly #holds: Holds;
  /** The locks that this connection took, by token. */
  readonly #locks = new Map<string, Taken>();

  /**
   * Makes the engine.
   *
   * @param parts What it is made of.
   */
  constructor(parts: NatsParts) {
    this.#parts = parts;
    const { jetStream, lease, names, names: { work, base } } = parts;
    const large = new Parts(jetStream, work, `${base}part.`);
    this.#log = new Log(jetStream, names, large);
    this.#holds = new Holds(
      jetStream,
      work,
      `${base}hold.`,
      () => this.#time(),
    );
    const feed = new JobFeed(jetStream, work, WORKERS);
    this.#queue = new Jobs({
      jetStream,
      base: `${base}job.`,
      feed,
      holds: this.#holds,
      parts: large,
      lease,
    });
    this.jobs = feed;
    this.news = new NewsBell(jetStream.link, `${base}news.>`);
  }

  append(
    journal: string,
    key: string,
    value: string,
    token: string,
  ): Promise<boolean> {
    const { jetStream, names } = this.#parts;
    return this.#made(
      () => this.#log.append(journal, key, value, token),
      () => makeJournal(jetStream, names, journal),
    );
  }

  read(
    journal: string,
    after: number,
    limit: number,
  ): Promise<readonly JournalEntry[]> {
    return this.#log.read(journal, after, limit);
  }

  last(journal: string): Promise<number> {
    return this.#log.last(journal);
  }

  async lock(name: string, token: string): Promise<boolean> {
    const { lease } = this.#parts;
    const taken = await this.#made(() =>
      this.#holds.take(`lock.${name}`, { token, lease, about: 0 })
    );
    if ("left" in taken) return false;
    this.#locks.set(token, taken);
    return true;
  }

  async extendLock(_name: string, token: string): Promise<boolean> {
    const held = this.#locks.get(token);
    return held !== undefined &&
      await unlessGone(() => held.extend(), false);
  }

  async unlock(_name: string, token: string): Promise<void> {
    await this.#locks.get(token)?.release();
    this.#locks.delete(token);
  }

  now(): Promise<number> {
    return this.#made(() => this.#time());
  }

  publish(id: string, data: string): Promise<void> {
    return this.#made(() => this.#queue.publish(id, data));
  }

  take(token: string): Promise<TakenJob | undefined> {
    return this.#queue.take(token);
  }

  recover(): Promise<void> {
    // The server does it by itself.
    return Promise.resolve();
  }

  drop(): Promise<void> {
    return dropStreams(this.#parts.jetStream, this.#parts.names);
  }

  judge(error: unknown): Judged {
    return judgeNats(this.#parts.words, error);
  }

  reset(): void {
    this.#parts.jetStream.link.reset();
  }

  close(): void {
    this.#parts.jetStream.link.close();
  }

  /** The time at which the server stores a message now. */
  async #time(): Promise<number> {
    const { jetStream, names: { work, base } } = this.#parts;
    await jetStream.put(`${base}clock`, "");
    // Another process may have asked after this one, so it is the last message that counts.
    return (await jetStream.last(work, `${base}clock`))?.time ?? NaN;
  }

  /** Calls a function, and again after making the streams if they are missing: the search is new, or was dropped. */
  async #made<R>(
    work: () => Promise<R>,
    more: () => Promise<void> = () => Promise.resolve(),
  ): Promise<R> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof NobodyAnswersError)) throw error;
      const { jetStream, names, lease } = this.#parts;
      await makeWork(jetStream, names, lease);
      await more();
      return await work();
    }
  }
}

/** Calls a function; resolves to something else if the streams are missing. */
async function unlessGone<R>(work: () => Promise<R>, otherwise: R): Promise<R> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof NobodyAnswersError) return otherwise;
    throw error;
  }
}
