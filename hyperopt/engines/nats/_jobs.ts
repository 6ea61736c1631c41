import type { TakenJob } from "../_engine.ts";
import type { NatsMessage } from "./_client.ts";
import type { Holds, Taken } from "./_holds.ts";
import type { JobFeed } from "./_job_feed.ts";
import { type JetStream, NobodyAnswersError } from "./_jetstream.ts";
import type { Parts } from "./_parts.ts";

/** What stands for a dot of an id: a dot divides a subject. */
const DOT = "=";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** What {@linkcode Jobs} is made of. */
export interface JobsParts {
  readonly jetStream: JetStream;
  /** The start of the subjects. */
  readonly base: string;
  readonly feed: JobFeed;
  readonly holds: Holds;
  readonly parts: Parts;
  /** The milliseconds that a lease lasts. */
  readonly lease: number;
}

/**
 * The queue: a message for each job, which a consumer hands out, and hands out again when its time is over. Whose the
 * job is says a hold.
 */
export class Jobs {
  readonly #parts: JobsParts;

  /** @param parts What it is made of. */
  constructor(parts: JobsParts) {
    this.#parts = parts;
  }

  /** Puts a job into the queue, unless it is there. */
  async publish(id: string, data: string): Promise<void> {
    const { jetStream, base, parts } = this.#parts;
    const token = crypto.randomUUID();
    const { body, headers } = await parts.pack(encoder.encode(data), token);
    const subject = base + id.replaceAll(".", DOT);
    const sequence = await jetStream.store(subject, body, 0, headers);
    const isLarge = Object.keys(headers).length > 0;
    if (sequence === undefined && isLarge) await parts.drop(token);
  }

  /** Takes a job. */
  async take(token: string): Promise<TakenJob | undefined> {
    const { base, feed, holds, parts, lease } = this.#parts;
    for (;;) {
      const message = await feed.next();
      if (message === undefined) return undefined;
      const name = message.subject.slice(base.length);
      const about = sequenceOf(message);
      const taken = await holds.take(`job.${name}`, { token, lease, about });
      if (!("left" in taken)) {
        const data = decoder.decode(await parts.unpack(message));
        return this.#taken(name.replaceAll(DOT, "."), data, taken, message);
      }
      // Its holder renewed the lease just now, or has a longer one than the consumer knows.
      await feed.giveBack(message, taken.left);
    }
  }

  #taken(
    id: string,
    data: string,
    { attempt, extend, release }: Taken,
    message: NatsMessage,
  ): TakenJob {
    const { jetStream, parts } = this.#parts;
    return {
      id,
      data,
      attempt,
      extend: async () => {
        if (!await extend()) return false;
        // If this is lost, the consumer hands the job out too early, and it is given back to it.
        (await jetStream.link.get()).publish(message.reply!, "+WPI");
        return true;
      },
      finish: async () => {
        if (!await release()) return;
        try {
          await jetStream.request(message.reply!, "+ACK");
          await parts.remove(message);
        } catch (error) {
          // The search was dropped, and the job with it.
          if (!(error instanceof NobodyAnswersError)) throw error;
        }
      },
    };
  }
}

/**
 * Reads the sequence of a message from the subject of its acknowledgement:
 * `$JS.ACK.STREAM.CONSUMER.DELIVERED.SEQUENCE.…`, or with domain and account after `ACK`.
 */
function sequenceOf({ reply = "" }: NatsMessage): number {
  const words = reply.split(".");
  return Number(words[words.length > 9 ? 7 : 5]);
}
