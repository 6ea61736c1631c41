import { sha256HexSync } from "../../../internal/digest.ts";
import type { JournalEntry } from "../../distributed/backend.ts";
import {
  answered,
  CODES,
  type JetStream,
  NobodyAnswersError,
  type StoredMessage,
} from "./_jetstream.ts";
import type { Parts } from "./_parts.ts";
import { journalOf, type StreamNames } from "./_streams.ts";

/** The header with the bytes of the key, which the value follows. */
const KEY = "Ato-Key";

/** The header with the token of the append. */
const TOKEN = "Ato-Token";

/** The most requests that are on their way at once while a journal is read. */
const MOST_REQUESTS = 64;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** What is read of the state of a stream. */
interface StreamInfo {
  readonly state: { readonly last_seq: number };
}

/** Journals, each in a stream of its own, whose numbers have no gaps: each entry is the only message of its subject. */
export class Log {
  readonly #jetStream: JetStream;
  readonly #names: StreamNames;
  readonly #parts: Parts;
  /** The journals whose streams have answered. */
  readonly #known = new Set<string>();

  /**
   * @param jetStream The requests.
   * @param names The names of the search.
   * @param parts Keeps what is too large for one message.
   */
  constructor(jetStream: JetStream, names: StreamNames, parts: Parts) {
    this.#jetStream = jetStream;
    this.#names = names;
    this.#parts = parts;
  }

  /** Appends an entry; resolves to whether the entry of the key is the one with this token. */
  async append(
    journal: string,
    key: string,
    value: string,
    token: string,
  ): Promise<boolean> {
    const [first, second] = [encoder.encode(key), encoder.encode(value)];
    const whole = new Uint8Array(first.length + second.length);
    whole.set(first);
    whole.set(second, first.length);
    const { body, headers } = await this.#parts.pack(whole, token);
    // Keys are any text, and subjects are not.
    const { stream, subjects } = journalOf(this.#names, journal);
    const subject = subjects + sha256HexSync(key);
    const sequence = await this.#jetStream.store(subject, body, 0, {
      [KEY]: String(first.length),
      [TOKEN]: token,
      ...headers,
    });
    if (sequence !== undefined) return true;
    const found = await this.#jetStream.last(stream, subject);
    if (found?.headers.get(TOKEN) === token) return true;
    if (Object.keys(headers).length > 0) await this.#parts.drop(token);
    return false;
  }

  /** Reads the entries after a sequence, in order. */
  async read(
    journal: string,
    after: number,
    limit: number,
  ): Promise<readonly JournalEntry[]> {
    if (!await this.#isThere(journal)) return [];
    const { stream } = journalOf(this.#names, journal);
    const found: StoredMessage[] = [];
    // If there is one, there are likely more, so more and more of them are asked for at once.
    for (let count = 1; found.length < limit;) {
      const from = after + found.length + 1;
      const asked = Math.min(count, limit - found.length);
      const messages = await Promise.all(
        Array.from(
          { length: asked },
          (_, i) => this.#jetStream.at(stream, from + i),
        ),
      );
      const end = messages.indexOf(undefined);
      const some = end < 0 ? messages : messages.slice(0, end);
      found.push(...some as StoredMessage[]);
      if (end >= 0) break;
      count = Math.min(2 * count, MOST_REQUESTS);
    }
    return await Promise.all(found.map((message) => this.#entry(message)));
  }

  /** Returns the last sequence of a journal; 0 if it is empty. */
  async last(journal: string): Promise<number> {
    const { stream } = journalOf(this.#names, journal);
    const info = await answered(
      () => this.#jetStream.call<StreamInfo>(`STREAM.INFO.${stream}`),
      CODES.noStream,
    );
    if (info === undefined) this.#known.delete(journal);
    return info?.state.last_seq ?? 0;
  }

  /**
   * Whether a journal has a stream that can be read. Before version 2.10, NATS ends with an error of its own when a
   * stream is read while it is made, so it is asked as a publisher first: it answers when it is there, and it stores
   * nothing, because the subject has no message that another one could follow.
   */
  async #isThere(journal: string): Promise<boolean> {
    if (this.#known.has(journal)) return true;
    const { subjects } = journalOf(this.#names, journal);
    try {
      await this.#jetStream.store(`${subjects}ready`, "", 1);
    } catch (error) {
      if (error instanceof NobodyAnswersError) return false;
      throw error;
    }
    this.#known.add(journal);
    return true;
  }

  async #entry(message: StoredMessage): Promise<JournalEntry> {
    const body = await this.#parts.unpack(message);
    const end = Number(message.headers.get(KEY));
    return {
      sequence: message.sequence,
      key: decoder.decode(body.subarray(0, end)),
      value: decoder.decode(body.subarray(end)),
    };
  }
}
