import type { JetStream } from "./_jetstream.ts";

/** The bytes of a message that are kept for its headers. */
const HEADERS = 4_096;

/** The header that says how many parts a body has. */
const PARTS = "Ato-Parts";

/** A message whose body may lie elsewhere. */
interface Message {
  readonly data: Uint8Array;
  readonly headers?: { get(name: string): string | undefined };
}

/** Bodies that are larger than a server takes at once, which is 1 MiB with headers unless it is set up for more. */
export class Parts {
  readonly #jetStream: JetStream;
  readonly #stream: string;
  readonly #base: string;

  /**
   * @param jetStream The requests.
   * @param stream The stream of the parts.
   * @param base The start of their subjects.
   */
  constructor(jetStream: JetStream, stream: string, base: string) {
    this.#jetStream = jetStream;
    this.#stream = stream;
    this.#base = base;
  }

  /**
   * Stores a body in parts, if it is large.
   *
   * @param body The body.
   * @param token Whose it is; again with the same token stores nothing twice.
   * @returns what the message gets: its body and its headers.
   */
  async pack(
    body: Uint8Array,
    token: string,
  ): Promise<{ body: Uint8Array; headers: Record<string, string> }> {
    const { info } = await this.#jetStream.link.get();
    const most = Math.max(HEADERS, (info?.max_payload ?? 0) - HEADERS);
    if (body.length <= most) return { body, headers: {} };
    const count = Math.ceil(body.length / most);
    for (let i = 0; i < count; i++) {
      const part = body.subarray(i * most, (i + 1) * most);
      await this.#jetStream.store(`${this.#base}${token}.${i}`, part, 0);
    }
    return {
      body: new Uint8Array(),
      headers: { [PARTS]: `${token} ${count}` },
    };
  }

  /** Returns the body of a message. */
  async unpack(message: Message): Promise<Uint8Array> {
    const [token, count] = readParts(message);
    if (token === undefined) return message.data;
    const parts = await Promise.all(
      Array.from(
        { length: count },
        (_, i) =>
          this.#jetStream.last(this.#stream, `${this.#base}${token}.${i}`),
      ),
    );
    const size = parts.reduce((sum, part) => sum + (part?.data.length ?? 0), 0);
    const body = new Uint8Array(size);
    let at = 0;
    for (const part of parts) {
      // The search was dropped while it was read; what is read next says so.
      if (part === undefined) break;
      body.set(part.data, at);
      at += part.data.length;
    }
    return body;
  }

  /** Removes the parts of a message that is not needed any more. */
  async remove(message: Message): Promise<void> {
    const [token] = readParts(message);
    if (token !== undefined) await this.drop(token);
  }

  /** Removes the parts of a token. */
  async drop(token: string): Promise<void> {
    const filter = `${this.#base}${token}.*`;
    await this.#jetStream.call(`STREAM.PURGE.${this.#stream}`, { filter });
  }
}

function readParts(
  { headers }: Message,
): readonly [token: string | undefined, count: number] {
  const text = headers?.get(PARTS) ?? "";
  if (text === "") return [undefined, 0];
  const [token, count] = text.split(" ");
  return [token, Number(count)];
}
