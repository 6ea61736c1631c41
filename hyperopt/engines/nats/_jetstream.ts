import { isError } from "../../../internal/errors.ts";
import type { NatsHeaders, NatsMessage, NatsModule } from "./_client.ts";
import type { Link } from "./_link.ts";

/** The codes of errors of JetStream's API that are answers. */
export const CODES = {
  noMessage: 10_037,
  noStream: 10_059,
  noConsumer: 10_014,
  subjectsOverlap: 10_065,
  wrongLast: 10_071,
} as const;

/** JetStream refuses a request. */
export class JetStreamError extends Error {
  /** Its code, of {@linkcode CODES} or another one. */
  readonly code: number;

  constructor(code: number, description: string) {
    super(description);
    this.name = "JetStreamError";
    this.code = code;
  }
}

/** There is no stream or consumer that could answer: it was removed, or JetStream is not ready. */
export class NobodyAnswersError extends Error {
  constructor() {
    super("no responders");
    this.name = "NobodyAnswersError";
  }
}

interface Answer {
  readonly error?: {
    readonly err_code?: number;
    readonly description?: string;
  };
}

/** A message as a stream keeps it. */
export interface StoredMessage {
  /** Its number in the stream. */
  readonly sequence: number;
  /** When it was stored, by the server's clock, in milliseconds since 1970. */
  readonly time: number;
  readonly data: Uint8Array;
  readonly headers: ReadonlyMap<string, string>;
}

/** Milliseconds after which a request is not waited for, where the connection has none. */
const NEVER = 2 ** 31 - 1;

/** The requests of JetStream that a search needs: a documented protocol of JSON over subjects. */
export class JetStream {
  readonly link: Link;
  readonly nats: NatsModule;
  readonly #prefix: string;

  /**
   * @param nats The package.
   * @param link The connection.
   * @param domain The domain of JetStream; `undefined` for that of the server.
   */
  constructor(nats: NatsModule, link: Link, domain: string | undefined) {
    this.nats = nats;
    this.link = link;
    this.#prefix = domain === undefined ? "$JS.API" : `$JS.${domain}.API`;
  }

  /** Returns the subject of a request. */
  subject(name: string): string {
    return `${this.#prefix}.${name}`;
  }

  /**
   * Sends a request; the connection is given up by who waits for too long.
   *
   * @throws {NobodyAnswersError} If there is nobody.
   */
  async request(
    subject: string,
    data: string | Uint8Array,
    headers?: NatsHeaders,
  ): Promise<NatsMessage> {
    const connection = await this.link.get();
    try {
      return await connection.request(subject, data, {
        timeout: NEVER,
        ...headers === undefined ? {} : { headers },
      });
    } catch (error) {
      if (hasNoResponders(error)) throw new NobodyAnswersError();
      throw error;
    }
  }

  /**
   * Calls the API.
   *
   * @param name The end of the subject, e.g. `STREAM.INFO.orders`.
   * @param body What is sent, as JSON.
   * @throws {JetStreamError} If it is refused.
   */
  async call<R>(name: string, body?: object): Promise<R> {
    const text = body === undefined ? "" : JSON.stringify(body);
    return checked<R>(await this.request(this.subject(name), text));
  }

  /**
   * Stores a message, if the last one of its subject is the one that is expected: compare and swap.
   *
   * @param subject The subject.
   * @param data The data.
   * @param last The sequence of the last message of the subject; 0 if there must be none.
   * @param headers More headers.
   * @returns its sequence; `undefined` if the last message is another one.
   */
  async store(
    subject: string,
    data: string | Uint8Array,
    last: number,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<number | undefined> {
    const all = this.nats.headers();
    all.set("Nats-Expected-Last-Subject-Sequence", String(last));
    for (const [name, value] of Object.entries(headers)) all.set(name, value);
    const message = await this.request(subject, data, all);
    const stored = await answered(
      () => checked<{ seq: number }>(message),
      CODES.wrongLast,
    );
    return stored?.seq;
  }

  /** Stores a message after any other one of its subject. */
  async put(subject: string, data: string): Promise<void> {
    checked(await this.request(subject, data));
  }

  /** Returns the last message of a subject; `undefined` if there is none. */
  last(stream: string, subject: string): Promise<StoredMessage | undefined> {
    return this.#stored(stream, { last_by_subj: subject });
  }

  /** Returns the message of a number; `undefined` if there is none. */
  at(stream: string, sequence: number): Promise<StoredMessage | undefined> {
    return this.#stored(stream, { seq: sequence });
  }

  /**
   * Removes a message.
   *
   * @returns whether it was there.
   */
  async remove(stream: string, sequence: number): Promise<boolean> {
    const body = { seq: sequence, no_erase: true };
    try {
      await this.call(`STREAM.MSG.DELETE.${stream}`, body);
      return true;
    } catch (error) {
      // Its code is that of any failure, or another one for a number that a newer message has replaced.
      if (error instanceof JetStreamError && /found/.test(error.message)) {
        return false;
      }
      throw error;
    }
  }

  /** Asks the one server that decides; its replicas would answer sooner, but with what they know. */
  async #stored(
    stream: string,
    which: object,
  ): Promise<StoredMessage | undefined> {
    interface Got {
      message: { seq: number; time: string; data?: string; hdrs?: string };
    }
    const got = await answered(
      () => this.call<Got>(`STREAM.MSG.GET.${stream}`, which),
      CODES.noMessage,
      CODES.noStream,
    );
    if (got === undefined) return undefined;
    const { seq, time, data = "", hdrs = "" } = got.message;
    return {
      sequence: seq,
      time: Date.parse(time),
      data: bytesOf(data),
      headers: readHeaders(bytesOf(hdrs)),
    };
  }
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}

/** Reads `NATS/1.0`, and lines of names and values. */
function readHeaders(bytes: Uint8Array): ReadonlyMap<string, string> {
  const lines = new TextDecoder().decode(bytes).split("\r\n").slice(1);
  return new Map(
    lines.filter((line) => line !== "").map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    }),
  );
}

/** Reads an answer. */
function checked<R>(message: NatsMessage): R {
  const answer = message.json<R & Answer>();
  if (answer.error === undefined) return answer;
  const { err_code = 0, description = "no reason" } = answer.error;
  throw new JetStreamError(err_code, description);
}

/**
 * Calls a function; some errors are answers.
 *
 * @returns `undefined` for these errors.
 */
export async function answered<R>(
  work: () => R | Promise<R>,
  ...codes: readonly number[]
): Promise<R | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof JetStreamError && codes.includes(error.code)) {
      return undefined;
    }
    throw error;
  }
}

function hasNoResponders(error: unknown): boolean {
  return isError(error) &&
    (/^no responders/.test(error.message) || hasNoResponders(error.cause));
}
