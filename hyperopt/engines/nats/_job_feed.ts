import type { Bell } from "../_engine.ts";
import type { NatsMessage } from "./_client.ts";
import { answered, CODES, type JetStream } from "./_jetstream.ts";

/** Nanoseconds in a millisecond: JetStream's unit. */
const NANOSECONDS = 1_000_000;

/** The milliseconds after which it is asked whether there is a consumer: pulls of one that was removed get no answer. */
const DOUBT = 300;

/** The milliseconds that the server has to say that the time of a pull is over. */
const SILENCE = 500;

/** A pull whose connection ended. */
class PullLostError extends Error {
  constructor() {
    super("connection is closed");
    this.name = "ClosedConnectionError";
  }
}

/**
 * Hands out the messages of a consumer. Who waits pulls already, so the server wakes one process for each job, and
 * the message is there when it looks.
 */
export class JobFeed implements Bell {
  readonly #jetStream: JetStream;
  /** The consumer, as the end of a subject. */
  readonly #consumer: string;
  /** Messages that came to who waited. */
  readonly #ready: NatsMessage[] = [];

  /**
   * @param jetStream The requests.
   * @param stream The stream.
   * @param consumer The consumer.
   */
  constructor(jetStream: JetStream, stream: string, consumer: string) {
    this.#jetStream = jetStream;
    this.#consumer = `${stream}.${consumer}`;
  }

  /** Returns the next message; `undefined` if there is none now. */
  async next(): Promise<NatsMessage | undefined> {
    const ready = this.#ready.shift();
    if (ready !== undefined) return ready;
    const pull = this.#pull({ batch: 1, no_wait: true });
    let timer: ReturnType<typeof setTimeout> | undefined;
    const gone = new Promise<undefined>((resolve, reject) => {
      const ask = () => this.#isGone().then((is) => is && resolve(undefined));
      timer = setTimeout(() => ask().catch(reject), DOUBT);
    });
    try {
      return await Promise.race([pull, gone]);
    } finally {
      clearTimeout(timer);
    }
  }

  wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      let isOver = false;
      const end = () => {
        isOver = true;
        clearTimeout(timer);
        signal.removeEventListener("abort", end);
        resolve();
      };
      // The server says when the time is over, so that no job comes just after it; this is for one that says nothing.
      const timer = setTimeout(end, milliseconds + SILENCE);
      signal.addEventListener("abort", end);
      const due = performance.now() + 0.9 * milliseconds;
      const time = Math.max(1, Math.floor(milliseconds));
      this.#pull({ batch: 1, expires: time * NANOSECONDS }).then((message) => {
        // A pull that is refused at once must not be repeated at once.
        if (message === undefined) {
          if (performance.now() >= due) end();
          return;
        }
        // Nobody here wants it any more: another process gets it at once.
        if (isOver) return this.giveBack(message, 0);
        this.#ready.push(message);
        end();
      }).catch(() => {
        // Who waits looks when the time is over, and that call says what is wrong.
      });
    });
  }

  /**
   * Gives a message back.
   *
   * @param message The message.
   * @param delay The milliseconds after which it can be pulled again.
   */
  async giveBack(message: NatsMessage, delay: number): Promise<void> {
    const connection = await this.#jetStream.link.get();
    const more = delay > 0
      ? ` ${JSON.stringify({ delay: Math.ceil(delay) * NANOSECONDS })}`
      : "";
    connection.publish(message.reply!, `-NAK${more}`);
  }

  /** Whether the consumer was removed, with its stream or without it. */
  async #isGone(): Promise<boolean> {
    const info = await answered(
      () => this.#jetStream.call(`CONSUMER.INFO.${this.#consumer}`),
      CODES.noConsumer,
      CODES.noStream,
    );
    return info === undefined;
  }

  async #pull(body: object): Promise<NatsMessage | undefined> {
    const connection = await this.#jetStream.link.get();
    const inbox = this.#jetStream.nats.createInbox();
    return await new Promise((resolve, reject) => {
      const { closed } = connection.subscribe(inbox, {
        max: 1,
        callback(error, message) {
          if (error) return reject(error);
          // A status says why there is none.
          resolve(message.headers?.code ? undefined : message);
        },
      });
      void closed.then(() => reject(new PullLostError()));
      const subject = this.#jetStream.subject(
        `CONSUMER.MSG.NEXT.${this.#consumer}`,
      );
      connection.publish(subject, JSON.stringify(body), { reply: inbox });
    });
  }
}
