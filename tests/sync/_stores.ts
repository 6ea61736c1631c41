/** Stores for tests: one in memory, and one that fails or is cut off at a chosen operation. */
import type {
  HubStore,
  StoredObject,
  StoredRef,
} from "../../sync/hub/store.ts";

/** A store in memory. */
export class MemoryStore implements HubStore {
  readonly shown = "memory";
  readonly atOnce: number;
  readonly objects: Map<string, { content: Uint8Array; at: number }> =
    new Map();
  readonly refs: Map<string, StoredRef> = new Map();
  isMade = false;

  /** @param atOnce How many calls for objects may be under way at once. */
  constructor(atOnce: number = 1) {
    this.atOnce = atOnce;
  }

  isPrepared(): Promise<boolean> {
    return Promise.resolve(this.isMade);
  }

  prepare(): Promise<void> {
    this.isMade = true;
    return Promise.resolve();
  }

  put(name: string, content: Uint8Array): Promise<boolean> {
    const isNew = !this.objects.has(name);
    this.objects.set(name, {
      content: this.objects.get(name)?.content ?? new Uint8Array(content),
      at: Date.now(),
    });
    return Promise.resolve(isNew);
  }

  get(name: string): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.objects.get(name)?.content);
  }

  has(names: readonly string[]): Promise<Set<string>> {
    return Promise.resolve(
      new Set(names.filter((name) => this.objects.has(name))),
    );
  }

  async *list(prefix = ""): AsyncIterable<StoredObject> {
    for (const [name, { content, at }] of this.objects) {
      if (name.startsWith(prefix)) yield { name, size: content.length, at };
      await Promise.resolve();
    }
  }

  remove(name: string, before: number): Promise<boolean> {
    const found = this.objects.get(name);
    if (found === undefined || found.at >= before) {
      return Promise.resolve(false);
    }
    return Promise.resolve(this.objects.delete(name));
  }

  read(ref: string): Promise<StoredRef | undefined> {
    return Promise.resolve(this.refs.get(ref));
  }

  swap(ref: string, value: string, generation: number): Promise<boolean> {
    if ((this.refs.get(ref)?.generation ?? 0) !== generation) {
      return Promise.resolve(false);
    }
    this.refs.set(ref, { value, generation: generation + 1 });
    return Promise.resolve(true);
  }

  async wait(
    ref: string,
    { generation, timeout, signal }: Parameters<HubStore["wait"]>[1],
  ): Promise<void> {
    const end = performance.now() + timeout;
    while (performance.now() < end && !signal?.aborted) {
      if ((this.refs.get(ref)?.generation ?? 0) !== generation) return;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  now(): Promise<number> {
    return Promise.resolve(Date.now());
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** What a {@linkcode FaultyStore} throws. */
export class Cut extends Error {
  /** Makes the error. */
  constructor() {
    super("the connection was cut");
    this.name = "Cut";
  }
}

/**
 * A store whose k-th operation fails, and all after it: before it is done, or after it is done, so that only its answer
 * is lost. It is then cut off for good, as for a client that is killed.
 */
export class FaultyStore implements HubStore {
  readonly shown = "faulty";
  readonly atOnce: number;
  /** The operations so far. */
  operations = 0;
  readonly #store: HubStore;
  readonly #at: number;
  readonly #isDone: boolean;

  constructor(
    store: HubStore,
    fault: { readonly at: number; readonly isDone: boolean },
  ) {
    this.#store = store;
    this.atOnce = store.atOnce ?? 1;
    this.#at = fault.at;
    this.#isDone = fault.isDone;
  }

  async #do<T>(work: () => Promise<T>): Promise<T> {
    const number = this.operations++;
    if (number < this.#at) return await work();
    if (number === this.#at && this.#isDone) await work();
    throw new Cut();
  }

  isPrepared(): Promise<boolean> {
    return this.#do(() => this.#store.isPrepared());
  }

  prepare(): Promise<void> {
    return this.#do(() => this.#store.prepare());
  }

  put(name: string, content: Uint8Array): Promise<boolean> {
    return this.#do(() => this.#store.put(name, content));
  }

  get(name: string): Promise<Uint8Array | undefined> {
    return this.#do(() => this.#store.get(name));
  }

  has(names: readonly string[]): Promise<Set<string>> {
    return this.#do(() => this.#store.has(names));
  }

  list(prefix?: string): AsyncIterable<StoredObject> {
    return this.#store.list(prefix);
  }

  remove(name: string, before: number): Promise<boolean> {
    return this.#do(() => this.#store.remove(name, before));
  }

  read(ref: string): Promise<StoredRef | undefined> {
    return this.#do(() => this.#store.read(ref));
  }

  swap(ref: string, value: string, generation: number): Promise<boolean> {
    return this.#do(() => this.#store.swap(ref, value, generation));
  }

  wait(...of: Parameters<HubStore["wait"]>): Promise<void> {
    return this.#do(() => this.#store.wait(...of));
  }

  now(): Promise<number> {
    return this.#do(() => this.#store.now());
  }

  close(): Promise<void> {
    return this.#store.close();
  }
}
