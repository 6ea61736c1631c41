/** The journal `members`: the processes of a shared search, and when they were last heard of. */
import { hostName } from "../../internal/process_identity.ts";
import { isRecord } from "../../internal/objects.ts";
import type { JournalEntry, SearchJournal } from "../distributed/backend.ts";

/** The name of the journal. */
export const MEMBERS = "members";
/** The milliseconds between two signs of life. A search of a thousand processes has 17 a second. */
export const BEAT = 60_000;
/** The milliseconds after which a silent process is not counted. */
export const SILENT: number = 3 * BEAT;

/** A process of a shared search. */
export interface Member {
  /** Its name. */
  readonly name: string;
  readonly host: string;
  readonly pid: number;
  /** The number of its workers. */
  readonly workers: number;
  /** When it came, by the engine's clock. */
  readonly since: number;
  /** When it was last heard of. */
  readonly seen: number;
  /** Whether it has left. */
  readonly hasLeft: boolean;
}

/** Returns a name for this process. */
export function memberName(): string {
  const host = (hostName() ?? "host").replaceAll(/[^\w.-]/g, "_");
  return `${host}-${process.pid}-${crypto.randomUUID().slice(0, 4)}`;
}

/** Writes the signs of life of this process. */
export class Presence {
  readonly #journal: SearchJournal;
  readonly #name: string;
  readonly #now: () => number;
  #beats = 0;
  #turns = 0;

  constructor(journal: SearchJournal, name: string, now: () => number) {
    this.#journal = journal;
    this.#name = name;
    this.#now = now;
  }

  /** Says that the process is there. */
  async come(workers: number): Promise<void> {
    const host = hostName() ?? "an unknown host";
    const { pid } = process;
    await this.#write("hello", { host, pid, workers });
  }

  /** Says that the process is still there. */
  async beat(): Promise<void> {
    await this.#write(`beat${this.#beats++}`, {});
  }

  /** Says that the process begins to decide. */
  async own(): Promise<void> {
    await this.#write(`own${this.#turns++}`, {});
  }

  /** Says that the process leaves. */
  async leave(): Promise<void> {
    await this.#write("bye", {});
  }

  async #write(kind: string, value: object): Promise<void> {
    const text = JSON.stringify({ at: this.#now(), ...value });
    await this.#journal.append(`${kind}:${this.#name}`, text);
  }
}

/** The processes of a search: a fold over the entries. */
export class Members {
  readonly #members = new Map<string, Member>();
  #owner: string | undefined;

  /** Applies an entry. */
  apply({ key, value }: JournalEntry): void {
    const [, kind, name] = /^(hello|beat|own|bye)\d*:(.*)$/.exec(key) ?? [];
    const message = parse(value);
    if (name === undefined || message === undefined) return;
    const { at, host, pid, workers } = message;
    const seen = Number(at);
    const known = this.#members.get(name);
    if (kind === "own") this.#owner = name;
    if (kind === "hello") {
      this.#members.set(name, {
        name,
        host: String(host),
        pid: Number(pid),
        workers: Number(workers),
        since: seen,
        seen,
        hasLeft: false,
      });
    } else if (known !== undefined) {
      const hasLeft = known.hasLeft || kind === "bye";
      this.#members.set(name, { ...known, seen, hasLeft });
    }
  }

  /** Says that a process did something. */
  saw(name: string, at: number): void {
    const known = this.#members.get(name);
    if (known === undefined || known.seen >= at) return;
    this.#members.set(name, { ...known, seen: at });
  }

  /** The process that began to decide last, unless it has left. */
  get owner(): Member | undefined {
    const owner = this.#members.get(this.#owner ?? "");
    return owner?.hasLeft === true ? undefined : owner;
  }

  /** Returns all processes, in the order in which they came. */
  all(): Member[] {
    return [...this.#members.values()];
  }

  /** Returns the number of workers of the processes that are there. */
  workers(now: number): number {
    let sum = 0;
    for (const { workers, seen, hasLeft } of this.#members.values()) {
      if (!hasLeft && now - seen < SILENT) sum += workers;
    }
    return sum;
  }
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
