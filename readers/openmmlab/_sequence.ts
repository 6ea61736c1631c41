import type { Budget } from "./_budget.ts";
import { Fault } from "./errors.ts";
import {
  PyDict,
  PyIterator,
  PyList,
  PyRange,
  PySet,
  PyTuple,
  typeName,
  type Value,
} from "./_values.ts";

/** Returns the characters of a string as code points, which Python counts. */
export function charsOf(text: string): string[] | string {
  // Most strings have no character beyond 16 bits; then the string itself is enough.
  return /[\ud800-\udfff]/.test(text) ? Array.from(text) : text;
}

/** Returns the values that a `for` loop iterates over. */
export function iterate(value: Value, budget: Budget): readonly Value[] {
  const items = read(value, budget);
  budget.step(items.length);
  return items;
}

function read(value: Value, budget: Budget): readonly Value[] {
  if (value instanceof PyList || value instanceof PyTuple) return value.items;
  if (typeof value === "string") return Array.from(value);
  if (value instanceof PyDict) {
    return [...value.map.values()].map(({ key }) => key);
  }
  if (value instanceof PySet) return [...value.map.values()];
  if (value instanceof PyIterator) return value.rest();
  if (value instanceof PyRange) {
    budget.items(value.length);
    return Array.from(
      { length: Number(value.length) },
      (_, i) => value.start + BigInt(i) * value.step,
    );
  }
  throw new Fault(`${typeName(value)} is not iterable`);
}

/** Returns the value as an integer; a bool counts as one. */
export function asInteger(value: Value, what: string): bigint {
  if (typeof value === "bigint") return value;
  if (typeof value === "boolean") return value ? 1n : 0n;
  throw new Fault(`${what} must be an int and is ${typeName(value)}`);
}

/** Returns a position in a sequence, from its start; negative indices count from its end. */
export function position(index: Value, length: number, what: string): number {
  const given = asInteger(index, "an index");
  const at = given < 0n ? given + BigInt(length) : given;
  if (at < 0n || at >= BigInt(length)) {
    throw new Fault(`index ${given} is out of range: ${what} has ${length}`);
  }
  return Number(at);
}

/** The bounds of a slice; `undefined` for a bound that is not given. */
export interface Slice {
  readonly start: Value | undefined;
  readonly stop: Value | undefined;
  readonly step: Value | undefined;
}

/** Returns the positions of a sequence that a slice selects. */
export function slicePositions(slice: Slice, length: number): number[] {
  const step = bound(slice.step) ?? 1n;
  if (step === 0n) throw new Fault("the step of a slice must not be 0");
  const size = BigInt(length);
  const low = step > 0n ? 0n : -1n;
  const high = step > 0n ? size : size - 1n;
  const clamp = (given: bigint | undefined, missing: bigint) => {
    if (given === undefined) return missing;
    const at = given < 0n ? given + size : given;
    return at < low ? low : at > high ? high : at;
  };
  const start = clamp(bound(slice.start), step > 0n ? low : high);
  const stop = clamp(bound(slice.stop), step > 0n ? high : low);
  const positions: number[] = [];
  for (let at = start; step > 0n ? at < stop : at > stop; at += step) {
    positions.push(Number(at));
  }
  return positions;
}

function bound(value: Value | undefined): bigint | undefined {
  return value === undefined || value === null
    ? undefined
    : asInteger(value, "a bound of a slice");
}
