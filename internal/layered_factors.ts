/** The factors of a run as one map over the sets that runs share. */

/** Several maps as one; no id is in two of them. */
export class LayeredFactors implements ReadonlyMap<string, string> {
  /** The maps; runs share most of theirs, so each need be looked at once. */
  readonly layers: readonly ReadonlyMap<string, string>[];

  /** @param layers The maps. */
  constructor(layers: readonly ReadonlyMap<string, string>[]) {
    this.layers = layers.filter(({ size }) => size > 0);
  }

  get size(): number {
    return this.layers.reduce((sum, { size }) => sum + size, 0);
  }

  get(id: string): string | undefined {
    for (const layer of this.layers) {
      const value = layer.get(id);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  has(id: string): boolean {
    return this.layers.some((layer) => layer.has(id));
  }

  forEach(
    work: (value: string, id: string, map: ReadonlyMap<string, string>) => void,
  ): void {
    for (const layer of this.layers) {
      layer.forEach((value, id) => work(value, id, this));
    }
  }

  *entries(): MapIterator<[string, string]> {
    for (const layer of this.layers) yield* layer;
  }

  *keys(): MapIterator<string> {
    for (const layer of this.layers) yield* layer.keys();
  }

  *values(): MapIterator<string> {
    for (const layer of this.layers) yield* layer.values();
  }

  [Symbol.iterator](): MapIterator<[string, string]> {
    return this.entries();
  }
}
