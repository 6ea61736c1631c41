/** Up to this depth a scan over the objects is faster than a map. */
const SCANNED = 16;

/** The objects around the part of a value that is being encoded, outermost first. */
export class Around {
  readonly #objects: object[] = [];
  /** The places of the deeper objects: a scan of all would make deep values slow. */
  readonly #deep = new Map<object, number>();

  /** The number of objects. */
  get depth(): number {
    return this.#objects.length;
  }

  /**
   * Finds an object.
   *
   * @returns how many levels up it is, from 1; 0 if it is not around the part.
   */
  levelsUp(object: object): number {
    const { length } = this.#objects;
    const deep = length > SCANNED ? this.#deep.get(object) : undefined;
    if (deep !== undefined) return length - deep;
    for (let i = Math.min(length, SCANNED) - 1; i >= 0; i--) {
      if (this.#objects[i] === object) return length - i;
    }
    return 0;
  }

  /** Enters an object that is not around the part yet. */
  enter(object: object): void {
    const { length } = this.#objects;
    if (length >= SCANNED) this.#deep.set(object, length);
    this.#objects.push(object);
  }

  /** Leaves the innermost object. */
  leave(): void {
    const object = this.#objects.pop();
    if (object !== undefined && this.#objects.length >= SCANNED) {
      this.#deep.delete(object);
    }
  }
}
