import type { JetStream } from "./_jetstream.ts";

/** What a holder writes down. */
export interface Hold {
  /** Whose it is. */
  readonly token: string;
  /** The milliseconds that it lasts. */
  readonly lease: number;
  /** How often it was taken before, from 0. */
  readonly attempt: number;
  /** What is held, where a name can mean another thing later; 0 for one that cannot. */
  readonly about: number;
}

/** A hold that was taken. */
export interface Taken {
  /** How often it was taken before, from 0. */
  readonly attempt: number;
  /** Renews it; resolves to whether it was still held. */
  extend(): Promise<boolean>;
  /** Releases it; resolves to `false` if another one has it. */
  release(): Promise<boolean>;
}

/** A hold that another one has. */
export interface Refused {
  /** The milliseconds until its lease ends. */
  readonly left: number;
}

interface Found extends Hold {
  readonly sequence: number;
  readonly time: number;
}

const decoder = new TextDecoder();

/**
 * Locks and leases with fencing numbers: each is one message, which is replaced by compare and swap, and the sequence
 * of the message is the number. JetStream's own acknowledgements have none: one that comes late counts, although the
 * job was handed to somebody else meanwhile.
 */
export class Holds {
  readonly #jetStream: JetStream;
  readonly #stream: string;
  readonly #base: string;
  readonly #now: () => Promise<number>;

  /**
   * @param jetStream The requests.
   * @param stream The stream of the messages.
   * @param base The start of their subjects.
   * @param now Returns the time of the server.
   */
  constructor(
    jetStream: JetStream,
    stream: string,
    base: string,
    now: () => Promise<number>,
  ) {
    this.#jetStream = jetStream;
    this.#stream = stream;
    this.#base = base;
    this.#now = now;
  }

  /**
   * Takes a name that nobody holds.
   *
   * @param name The name, a part of a subject.
   * @param wanted Who wants it. With the token of the holder it is his again: the answer of an earlier try was lost.
   */
  async take(
    name: string,
    wanted: Omit<Hold, "attempt">,
  ): Promise<Taken | Refused> {
    for (let found: Found | undefined;; found = await this.#find(name)) {
      if (found?.token === wanted.token) {
        return this.#held(name, found, found.sequence);
      }
      const isSame = found !== undefined && found.about === wanted.about;
      if (isSame) {
        const left = found!.time + found!.lease - await this.#now();
        if (left > 0) return { left };
      }
      const hold = { ...wanted, attempt: isSame ? found!.attempt + 1 : 0 };
      const sequence = await this.#replace(name, hold, found?.sequence ?? 0);
      if (sequence !== undefined) return this.#held(name, hold, sequence);
    }
  }

  #held(
    name: string,
    { token, lease, attempt, about }: Hold,
    first: number,
  ): Taken {
    const hold = { token, lease, attempt, about };
    let sequence = first;
    /** Finds out who holds it after the number was not the last one. */
    const check = async () => {
      const found = await this.#find(name);
      // An earlier try, or another call of this holder, came through.
      if (found?.token === token) sequence = found.sequence;
      return found;
    };
    return {
      attempt,
      extend: async () => {
        const next = await this.#replace(name, hold, sequence);
        if (next === undefined) return (await check())?.token === token;
        sequence = next;
        return true;
      },
      release: async () => {
        for (;;) {
          const removing = sequence;
          if (await this.#jetStream.remove(this.#stream, removing)) return true;
          const found = await check();
          if (found === undefined) return true;
          if (found.token !== token) return false;
        }
      },
    };
  }

  #replace(
    name: string,
    hold: Hold,
    last: number,
  ): Promise<number | undefined> {
    return this.#jetStream.store(
      this.#base + name,
      JSON.stringify(hold),
      last,
    );
  }

  async #find(name: string): Promise<Found | undefined> {
    const message = await this.#jetStream.last(
      this.#stream,
      this.#base + name,
    );
    if (message === undefined) return undefined;
    const { sequence, time, data } = message;
    return { ...JSON.parse(decoder.decode(data)) as Hold, sequence, time };
  }
}
