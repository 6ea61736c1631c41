/** The expected shape of stored JSON. A file may contain anything, so every value is checked. */
import { isRecord } from "../internal/objects.ts";

/** Returns what is wrong with a value, or `undefined`. `at` is its place, for the message. */
export type Shape = (value: unknown, at: string) => string | undefined;

/** Names the kind of a value. */
function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "a mapping" : `a ${typeof value}`;
}

function only(type: string, is: (value: unknown) => boolean): Shape {
  return (value, at) =>
    is(value) ? undefined : `${at} is ${kindOf(value)}, not ${type}`;
}

/** Anything. */
export const ANYTHING: Shape = () => undefined;
/** A string. */
export const TEXT: Shape = only("text", (value) => typeof value === "string");
/** A number, NaN and the infinities included. */
export const NUMBER: Shape = only(
  "a number",
  (value) => typeof value === "number",
);
/** A number in any form that JSON may have: null for NaN, and a large integer for a large number. */
export const WRITTEN_NUMBER: Shape = only(
  "a number",
  (value) => value === null || ["number", "bigint"].includes(typeof value),
);
/** A boolean. */
export const BOOLEAN: Shape = only(
  "true or false",
  (value) => typeof value === "boolean",
);
/** A mapping of anything. */
export const MAPPING: Shape = only("a mapping", isRecord);
/** A number, a string, or a boolean. */
export const SCALAR: Shape = only(
  "text",
  (value) => ["string", "number", "boolean", "bigint"].includes(typeof value),
);

/** Either of two shapes. */
export function either(one: Shape, other: Shape): Shape {
  return (value, at) =>
    one(value, at) === undefined ? undefined : other(value, at);
}

/** Both of two shapes. */
export function both(one: Shape, other: Shape): Shape {
  return (value, at) => one(value, at) ?? other(value, at);
}

/** One of some words. */
export function oneOf(...words: readonly string[]): Shape {
  return (value, at) =>
    words.includes(value as string)
      ? undefined
      : `${at} is none of ${words.join(", ")}`;
}

/** A list whose items all have a shape. */
export function listOf(item: Shape): Shape {
  return (value, at) => {
    if (!Array.isArray(value)) return `${at} is ${kindOf(value)}, not a list`;
    for (const [i, one] of value.entries()) {
      const problem = item(one, `${at}[${i}]`);
      if (problem !== undefined) return problem;
    }
    return undefined;
  };
}

/** A mapping whose values all have a shape. */
export function recordOf(item: Shape): Shape {
  return (value, at) => {
    if (!isRecord(value)) return `${at} is ${kindOf(value)}, not a mapping`;
    for (const [key, one] of Object.entries(value)) {
      const problem = item(one, `${at}.${key}`);
      if (problem !== undefined) return problem;
    }
    return undefined;
  };
}

/** A mapping with required and optional keys; other keys are not checked. */
export function objectOf(
  required: Readonly<Record<string, Shape>>,
  optional: Readonly<Record<string, Shape>> = {},
): Shape {
  return (value, at) => {
    if (!isRecord(value)) return `${at} is ${kindOf(value)}, not a mapping`;
    for (const [key, shape] of Object.entries(required)) {
      if (!Object.hasOwn(value, key)) return `${at} has no ${key}`;
      const problem = shape(value[key], `${at}.${key}`);
      if (problem !== undefined) return problem;
    }
    for (const [key, shape] of Object.entries(optional)) {
      if (!Object.hasOwn(value, key) || value[key] === undefined) continue;
      const problem = shape(value[key], `${at}.${key}`);
      if (problem !== undefined) return problem;
    }
    return undefined;
  };
}

/** A pair. */
export function pairOf(first: Shape, second: Shape): Shape {
  return (value, at) => {
    if (!Array.isArray(value) || value.length !== 2) {
      return `${at} is ${kindOf(value)}, not a pair`;
    }
    return first(value[0], `${at}[0]`) ?? second(value[1], `${at}[1]`);
  };
}
