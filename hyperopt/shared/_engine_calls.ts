/** Calls of the engine that can fail for a while: its server restarts, or the network is cut. */
import { pause } from "../../internal/pause.ts";
import { messageOf } from "../../internal/errors.ts";
import { hideInText } from "../../internal/hidden_secrets.ts";
import { visible } from "../../internal/visible_text.ts";
import type { SearchBackend, SearchJournal } from "../distributed/backend.ts";

/** The milliseconds between two attempts: first and at most. */
const FIRST = 100;
const LAST = 5_000;

/** A call of the engine failed. */
export class EngineCallError extends Error {
  /** Makes the error; a password in the cause is not shown. */
  constructor(cause: unknown) {
    super(hideInText(messageOf(cause)), { cause });
    this.name = "EngineCallError";
  }
}

/** Returns the same connection, whose errors are {@linkcode EngineCallError}s. */
export function marked(backend: SearchBackend): SearchBackend {
  const journal = (inner: SearchJournal): SearchJournal => ({
    append: (key, value) => call(() => inner.append(key, value)),
    read: (after, options) => call(() => inner.read(after, options)),
  });
  return {
    searchId: backend.searchId,
    lease: backend.lease,
    journal: journal(backend.journal),
    journalNamed: (name) => journal(backend.journalNamed(name)),
    async lock(name) {
      const held = await call(() => backend.lock(name));
      return held && {
        extend: () => call(() => held.extend()),
        release: () => call(() => held.release()),
      };
    },
    now: () => call(() => backend.now()),
    publish: (job) => call(() => backend.publish(job)),
    async take(options) {
      const job = await call(() => backend.take(options));
      return job && {
        id: job.id,
        data: job.data,
        attempt: job.attempt,
        extend: () => call(() => job.extend()),
        ack: () => call(() => job.ack()),
      };
    },
    drop: () => call(() => backend.drop()),
    close: () => call(() => backend.close()),
  };
}

async function call<R>(work: () => Promise<R>): Promise<R> {
  try {
    return await work();
  } catch (error) {
    throw new EngineCallError(error);
  }
}

/** Options for {@linkcode Patience}. */
export interface PatienceOptions {
  /** The name of the search. */
  readonly search: string;
  /** The milliseconds after which it gives up. */
  readonly most: number;
  /** Ends the waits. */
  readonly signal: AbortSignal;
}

/** Repeats calls of the engine that fail, at growing intervals, and says so once. */
export class Patience {
  readonly #options: PatienceOptions;
  /** Since when calls fail. */
  #since: number | undefined;

  constructor(options: PatienceOptions) {
    this.#options = options;
  }

  /**
   * Does something until no call of the engine in it fails.
   *
   * @returns what `work` returns; `undefined` if the signal was aborted meanwhile.
   * @throws {EngineCallError} If the engine cannot be reached for too long; any other error at once.
   */
  async keep<R>(work: () => Promise<R>): Promise<R | undefined> {
    const { search, most, signal } = this.#options;
    for (let wait = FIRST;; wait = Math.min(2 * wait, LAST)) {
      try {
        const result = await work();
        this.#since = undefined;
        return result;
      } catch (error) {
        if (!(error instanceof EngineCallError)) throw error;
        const now = performance.now();
        if (this.#since === undefined) {
          this.#since = now;
          console.error(
            `ato: Search ${
              visible(search)
            } cannot reach its engine (${error.message}); it tries again for ${
              most / 1000
            } s`,
          );
        }
        if (now - this.#since > most) throw error;
      }
      if (signal.aborted) return undefined;
      await pause(wait * (0.5 + Math.random() / 2), signal);
    }
  }
}
