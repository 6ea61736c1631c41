/**
 * The values of an override.
 *
 * @module
 */

/** A string in quotes. */
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

/** Several values, one for each run: `a,b`, `choice(a,b)`, `range(1,3)`. */
export class Sweep {
  /** Whether it was written as `a,b`. */
  readonly isSimple: boolean;
  constructor(isSimple: boolean) {
    this.isSimple = isSimple;
  }
}

/** A string, a `Float`, a number, a bigint, a boolean, null, or an instance of a class of this file. */
export type OverrideValue = unknown;

/** The action of an override. */
export type OverrideType = "change" | "add" | "force-add" | "delete";

/** A parsed override. */
export interface Override {
  readonly type: OverrideType;
  /** The dotted path of a key, or the group. */
  readonly key: string;
  /** The package after `@`. */
  readonly package: string | undefined;
  /** The value; `undefined` if there is none, as in `~a`. */
  readonly value: OverrideValue | undefined;
  /** The override, as the caller wrote it. */
  readonly text: string;
  /** Its number, from 1. */
  readonly number: number;
}
