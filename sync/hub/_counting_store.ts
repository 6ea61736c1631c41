/** A store that counts what is stored, and can be kept from storing. */
import type { HubStore, StoredObject, StoredRef } from "./store.ts";

/** What was stored. */
export interface Sent {
  /** The number of objects. */
  objects: number;
  /** Their bytes. */
  bytes: number;
}

/** A store that counts. */
export class CountingStore implements HubStore {
  readonly shown: string;
  readonly atOnce: number;
  /** What was stored so far. */
  readonly sent: Sent = { objects: 0, bytes: 0 };
  readonly #store: HubStore;
  readonly #dry: boolean;
  readonly #seen = new Set<string>();

  /**
   * @param store The store.
   * @param dry Whether nothing is stored, only counted.
   */
  constructor(store: HubStore, dry: boolean) {
    this.#store = store;
    this.#dry = dry;
    this.shown = store.shown;
    this.atOnce = store.atOnce ?? 1;
  }

  isPrepared(): Promise<boolean> {
    return this.#store.isPrepared();
  }

  prepare(): Promise<void> {
    return this.#store.prepare();
  }

  async put(name: string, content: Uint8Array): Promise<boolean> {
    if (this.#seen.has(name)) return false;
    const isNew = this.#dry
      ? !(await this.#store.has([name])).has(name)
      : await this.#store.put(name, content);
    this.#seen.add(name);
    if (isNew) {
      this.sent.objects++;
      this.sent.bytes += content.length;
    }
    return isNew;
  }

  get(name: string): Promise<Uint8Array | undefined> {
    return this.#store.get(name);
  }

  has(names: readonly string[]): Promise<Set<string>> {
    return this.#store.has(names);
  }

  list(prefix?: string): AsyncIterable<StoredObject> {
    return this.#store.list(prefix);
  }

  remove(name: string, before: number): Promise<boolean> {
    return this.#dry
      ? Promise.resolve(false)
      : this.#store.remove(name, before);
  }

  read(ref: string): Promise<StoredRef | undefined> {
    return this.#store.read(ref);
  }

  swap(ref: string, value: string, generation: number): Promise<boolean> {
    return this.#dry
      ? Promise.resolve(true)
      : this.#store.swap(ref, value, generation);
  }

  wait(...of: Parameters<HubStore["wait"]>): Promise<void> {
    return this.#store.wait(...of);
  }

  now(): Promise<number> {
    return this.#store.now();
  }

  close(): Promise<void> {
    return this.#store.close();
  }
}
