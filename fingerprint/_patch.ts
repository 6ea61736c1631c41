type Method = (this: unknown, ...args: unknown[]) => unknown;

/** Replaces methods of an object for a while; references to the object stay valid. */
export class Patch {
  readonly #target: object;
  readonly #before = new Map<PropertyKey, PropertyDescriptor | undefined>();

  constructor(target: object) {
    this.#target = target;
  }

  /**
   * Replaces a method, if the object has it.
   *
   * @returns whether the object could be changed.
   */
  replace(key: PropertyKey, make: (original: Method) => Method): boolean {
    const original: unknown = Reflect.get(this.#target, key);
    if (typeof original !== "function") return true;
    const before = Reflect.getOwnPropertyDescriptor(this.#target, key);
    const done = Reflect.defineProperty(this.#target, key, {
      value: make(original as Method),
      configurable: true,
      enumerable: before?.enumerable ?? false,
      writable: true,
    });
    if (done) this.#before.set(key, before);
    return done;
  }

  /** Puts everything back. */
  restore(): void {
    for (const [key, before] of this.#before) {
      if (before === undefined) Reflect.deleteProperty(this.#target, key);
      else Reflect.defineProperty(this.#target, key, before);
    }
    this.#before.clear();
  }
}
