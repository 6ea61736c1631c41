/** Points that a person has picked: one of a run, and one of another. */

/** A point of a curve, or a run as a whole. */
export interface Pick {
  readonly run: number;
  readonly metric?: string;
  readonly step?: number;
  /** `null` if it is not finite. */
  readonly value?: number | null;
}

/** Up to two. */
export interface Picks {
  readonly a?: Pick;
  readonly b?: Pick;
}

/** Adds a point: the first is A, the next one of another run is B; after that, it starts again. */
export function withPick({ a, b }: Picks, pick: Pick): Picks {
  if (a === undefined || b !== undefined) return { a: pick };
  return a.run === pick.run ? { a: pick } : { a, b: pick };
}
