import { Waiters } from "../../distributed/_waiters.ts";
import type { Bell } from "../_engine.ts";
import { pause } from "../../../internal/pause.ts";
import { closeClient, type PgClient, watchClient } from "./_client.ts";
import { CHANNEL } from "./_tables.ts";

/** The channel on which BullMQ names queues that have a new job. */
const JOBS_CHANNEL = "bullmq_jobs";

/** The pause before it connects again, in milliseconds. */
const PAUSE = 500;

interface Notification {
  readonly channel: string;
  readonly payload?: string;
}

/** Listens to the messages of Postgres about one search, on a connection of its own. */
export class Listener {
  /** Rings when there may be a job. */
  readonly jobs: Bell;
  /** Rings when a journal has an entry. */
  readonly news: Bell;
  readonly #jobs: Waiters = new Waiters();
  readonly #news: Waiters = new Waiters();
  readonly #tag: string;
  readonly #make: () => PgClient;
  readonly #patience: number;
  readonly #closing = new AbortController();
  #isRunning = false;

  /**
   * Makes the listener, which connects when somebody waits.
   *
   * @param tag The tag of the search, which is the name of its queue, too.
   * @param make Makes a client.
   * @param patience How often to check that the connection still answers, in milliseconds.
   */
  constructor(tag: string, make: () => PgClient, patience: number) {
    this.#tag = tag;
    this.#make = make;
    this.#patience = patience;
    const bell = (waiters: Waiters): Bell => ({
      wait: (milliseconds, signal) => {
        if (!this.#isRunning) void this.#run();
        return waiters.wait(milliseconds, signal);
      },
    });
    this.jobs = bell(this.#jobs);
    this.news = bell(this.#news);
  }

  /** Closes the connection at once. */
  close(): void {
    this.#closing.abort();
    this.#wake();
  }

  #wake(): void {
    this.#jobs.wake();
    this.#news.wake();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    const closed = this.#closing.signal;
    while (!closed.aborted) {
      await this.#listen();
      await pause(PAUSE * (0.5 + Math.random()), closed);
    }
  }

  /** Listens until the connection is lost. Who waits looks from time to time anyway. */
  async #listen(): Promise<void> {
    const closed = this.#closing.signal;
    const client = this.#make();
    watchClient(client);
    const lost = new AbortController();
    const over = AbortSignal.any([closed, lost.signal]);
    client.on("error", () => lost.abort());
    client.on("end", () => lost.abort());
    client.on("notification", ({ channel, payload }: Notification) => {
      if (payload !== this.#tag) return;
      (channel === CHANNEL ? this.#news : this.#jobs).wake();
    });
    // Also while it is connecting.
    const close = () => closeClient(client);
    closed.addEventListener("abort", close);
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
      await client.query(`LISTEN ${JOBS_CHANNEL}`);
      // What came while nobody listened.
      this.#wake();
      while (!over.aborted) {
        await pause(this.#patience, over);
        if (!over.aborted) await client.query("SELECT 1");
      }
    } catch {
      // The calls of those who wait say what is wrong.
    } finally {
      closed.removeEventListener("abort", close);
      close();
    }
  }
}
