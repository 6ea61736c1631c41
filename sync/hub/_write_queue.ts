/** Writes to a store, some at once: whoever refers to what was written first waits until all of it is there. */
import type { HubStore } from "./store.ts";

/** The bytes that may be under way, unless one object has more. */
const MOST_BYTES = 32 * 1024 * 1024;

/** Objects on their way to a store. */
export class WriteQueue {
  readonly #store: HubStore;
  readonly #running = new Map<string, Promise<void>>();
  #bytes = 0;
  #failed: { readonly error: unknown } | undefined;

  /** @param store Where they go. */
  constructor(store: HubStore) {
    this.#store = store;
  }

  /**
   * Begins to store an object, as soon as few enough are under way.
   *
   * @throws what the first write that failed has thrown, after those under way have ended.
   */
  async add(name: string, bytes: Uint8Array): Promise<void> {
    const { atOnce = 1 } = this.#store;
    while (
      this.#running.size >= atOnce ||
      (this.#running.size > 0 && this.#bytes + bytes.length > MOST_BYTES)
    ) await Promise.race(this.#running.values());
    if (this.#failed !== undefined) return await this.finish();
    if (!this.#running.has(name)) this.#begin(name, bytes);
    if (atOnce === 1) await this.finish();
  }

  #begin(name: string, bytes: Uint8Array): void {
    this.#bytes += bytes.length;
    const write = async (): Promise<void> => {
      try {
        await this.#store.put(name, bytes);
      } catch (error) {
        this.#failed ??= { error };
      } finally {
        this.#running.delete(name);
        this.#bytes -= bytes.length;
      }
    };
    this.#running.set(name, write());
  }

  /**
   * Waits until all is there.
   *
   * @throws what the first write that failed has thrown.
   */
  async finish(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.values());
    const failed = this.#failed;
    this.#failed = undefined;
    if (failed !== undefined) throw failed.error;
  }

  /** Waits until nothing is under way any more, and forgets what failed. */
  async settle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.values());
    this.#failed = undefined;
  }
}
