import type { JournalEntry } from "../distributed/backend.ts";
import {
  type EndMessage,
  read,
  type ReportMessage,
  type TakeMessage,
  toldKey,
} from "./_messages.ts";

/** What an entry of `told` means. */
export type Told =
  & {
    /** The id of the job. */
    readonly id: string;
    /** The number of the take. */
    readonly n: number;
    /** Why it does not count. */
    readonly refused?: string;
  }
  & (
    | { readonly kind: "take"; readonly message: TakeMessage }
    | { readonly kind: "report"; readonly message: ReportMessage }
    | { readonly kind: "end"; readonly message: EndMessage }
  );

/** A job that was taken. */
export interface TakenJob {
  /** The number of the newest take. */
  readonly n: number;
  /** Who took it. */
  readonly member: string;
  /** When. */
  readonly at: number;
  readonly isEnded: boolean;
}

/**
 * Who has which job, as `told` says: a fold over its entries, the same in every process. A job belongs to its newest
 * take; what an earlier taker tells after it is refused, whatever clock that process has.
 */
export class TakeBook {
  readonly #jobs = new Map<string, TakenJob>();

  /** Returns a job; `undefined` if no worker took it. */
  get(id: string): TakenJob | undefined {
    return this.#jobs.get(id);
  }

  /** Returns the jobs that were taken and have not ended. */
  running(): [id: string, job: TakenJob][] {
    return [...this.#jobs].filter(([, { isEnded }]) => !isEnded);
  }

  /** Applies an entry; returns `undefined` if it is not one of Ato. */
  apply({ key, value }: JournalEntry): Told | undefined {
    const parsed = toldKey(key);
    const message = parsed && read(value);
    if (parsed === undefined || message === undefined) return undefined;
    const refused = this.#refusal(parsed.kind, parsed.id, parsed.n);
    const told = {
      ...parsed,
      message,
      ...(refused !== undefined && { refused }),
    } as Told;
    if (refused !== undefined) return told;
    const job = this.#jobs.get(told.id);
    if (told.kind === "take") {
      const { member, at } = told.message;
      // A job that has ended stays so, even if the queue hands it out again.
      const isEnded = job?.isEnded === true;
      this.#jobs.set(told.id, { n: told.n, member, at, isEnded });
    } else if (told.kind === "end") {
      this.#jobs.set(told.id, { ...job!, isEnded: true });
    }
    return told;
  }

  #refusal(kind: string, id: string, n: number): string | undefined {
    const job = this.#jobs.get(id);
    if (kind === "take") {
      return job !== undefined && job.n >= n ? elsewhere(job) : undefined;
    }
    if (job === undefined) return "no worker took this job";
    if (job.n !== n) return elsewhere(job);
    return job.isEnded ? "the job had ended" : undefined;
  }
}

function elsewhere({ member }: TakenJob): string {
  return `its process was silent for longer than the lease, and ${member} took the job`;
}
