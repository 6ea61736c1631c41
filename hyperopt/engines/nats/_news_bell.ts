import { Waiters } from "../../distributed/_waiters.ts";
import type { Bell } from "../_engine.ts";
import type { NatsConnection } from "./_client.ts";
import type { Link } from "./_link.ts";

/** Wakes all that wait for a journal, by the notes that the server publishes when it has stored an entry. */
export class NewsBell implements Bell {
  readonly #link: Link;
  readonly #subject: string;
  readonly #waiters: Waiters = new Waiters();
  #isOpen = false;

  /**
   * @param link The connection.
   * @param subject The subject of the notes.
   */
  constructor(link: Link, subject: string) {
    this.#link = link;
    this.#subject = subject;
  }

  wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (!this.#isOpen) {
      this.#isOpen = true;
      this.#link.onOpen((connection) => this.#subscribe(connection));
    }
    return this.#waiters.wait(milliseconds, signal);
  }

  #subscribe(connection: NatsConnection): void {
    const wake = () => this.#waiters.wake();
    connection.subscribe(this.#subject, { callback: wake });
    // What came before the server knew of the subscription is found by the next look.
    connection.flush().then(wake, wake);
  }
}
