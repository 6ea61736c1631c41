import { Waiters } from "../../distributed/_waiters.ts";
import type { Bell } from "../_engine.ts";
import type { Client } from "./_client.ts";

/** Wakes all that wait for a journal, by a message of Redis. */
export class NewsBell implements Bell {
  readonly #channel: string;
  readonly #make: () => Client;
  readonly #waiters: Waiters = new Waiters();
  #client: Client | undefined;

  /**
   * Makes the bell.
   *
   * @param channel The channel of the messages.
   * @param make Makes a connection for messages only.
   */
  constructor(channel: string, make: () => Client) {
    this.#channel = channel;
    this.#make = make;
  }

  wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    // What comes before the channel is open is found by the next look.
    if (this.#client === undefined) void this.#open();
    return this.#waiters.wait(milliseconds, signal);
  }

  /** Closes the connection. */
  close(): void {
    this.#client?.close();
    this.#waiters.wake();
  }

  async #open(): Promise<void> {
    const client = this.#make();
    this.#client = client;
    client.redis.on("message", () => this.#waiters.wake());
    // The connection was lost, and messages with it; `ioredis` opens the channel again.
    client.redis.on("ready", () => this.#waiters.wake());
    try {
      await client.connect();
      await client.redis.subscribe(this.#channel);
      this.#waiters.wake();
    } catch {
      // The next wait tries again; until then, who waits looks from time to time.
      client.close();
      this.#client = undefined;
    }
  }
}
