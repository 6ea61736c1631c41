/**
 * The values that an override can have.
 *
 * @module
 */

/** A text in quotes. */
export class Quoted {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** A mapping. */
export class Dict {
  readonly pairs: readonly (readonly [OverrideValue, OverrideValue])[];
  constructor(pairs: readonly (readonly [OverrideValue, OverrideValue])[]) {
    this.pairs = pairs;
  }
}

/** Values of which a run takes one each: `a,b`, `choice(a,b)`, `range(1,3)`. */
export class Sweep {
  /** Whether it was written as `a,b`. */
  readonly isSimple: boolean;
  constructor(isSimple: boolean) {
    this.isSimple = isSimple;
  }
}

/** A text, a `Float`, a number, a wide integer, a boolean, null, or one of the classes here. */
export type OverrideValue = unknown;

/** What an override does. */
export type OverrideType = "change" | "add" | "force-add" | "delete";

/** An override, taken apart. */
export interface Override {
  readonly type: OverrideType;
  /** The dotted path of a key, or the group. */
  readonly key: string;
  /** What follows `@`. */
  readonly package: string | undefined;
  /** The value; `undefined` if there is none, as in `~a`. */
  readonly value: OverrideValue | undefined;
  /** The override as it was given. */
  readonly text: string;
  /** Its number, from 1. */
  readonly number: number;
}
