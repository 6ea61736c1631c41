import { asInteger } from "./_sequence.ts";
import { take } from "./_arguments.ts";
import type { Budget } from "./_budget.ts";
import { isNumeric } from "./_compare.ts";
import { repr } from "./_repr.ts";
import { type CallArguments, typeName, type Value } from "./_values.ts";
import { Fault } from "./errors.ts";

/** Implements Python's `int(…)`. */
export function toInt(args: CallArguments, budget: Budget): bigint {
  const [value, base] = take("int", args, ["x", "base"], 0);
  if (value === undefined) return 0n;
  if (typeof value === "string") {
    return budget.integer(parseInteger(value, base));
  }
  if (!isNumeric(value)) {
    throw new Fault(`${typeName(value)} cannot be converted to an int`);
  }
  if (typeof value !== "number") return asInteger(value, "it");
  if (!Number.isFinite(value)) {
    throw new Fault(`${repr(value)} cannot be converted to an int`);
  }
  return BigInt(Math.trunc(value));
}

const PREFIXES: Readonly<Record<number, string>> = {
  2: "0b",
  8: "0o",
  16: "0x",
};

function parseInteger(text: string, base: Value | undefined): bigint {
  const radix = base === undefined ? 10 : Number(asInteger(base, "a base"));
  const clean = text.trim().replaceAll(/(?<=\w)_(?=\w)/g, "").toLowerCase();
  const [, sign, body] = /^([-+]?)(\w+)$/.exec(clean) ?? [];
  const prefix = PREFIXES[radix];
  const digits = prefix !== undefined && body?.startsWith(prefix)
    ? body.slice(2)
    : body ?? "";
  const literal = radix === 10 ? digits : `${prefix}${digits}`;
  const valid = (radix === 10 && /^\d+$/.test(digits)) ||
    (radix === 2 && /^[01]+$/.test(digits)) ||
    (radix === 8 && /^[0-7]+$/.test(digits)) ||
    (radix === 16 && /^[\da-f]+$/.test(digits));
  if (!valid) throw new Fault(`${JSON.stringify(text)} is not an int`);
  if (digits.length > 20_000) {
    throw new Fault("the int has too many digits", true);
  }
  return sign === "-" ? -BigInt(literal) : BigInt(literal);
}

/** Parses a string as a float. */
export function parseFloatText(text: string): number {
  const clean = text.trim().toLowerCase().replaceAll(/(?<=\d)_(?=\d)/g, "");
  const special = /^([-+]?)(inf|infinity|nan)$/.exec(clean);
  if (special !== null) {
    const size = special[2] === "nan" ? NaN : Infinity;
    return special[1] === "-" ? -size : size;
  }
  if (!/^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/.test(clean)) {
    throw new Fault(`${JSON.stringify(text)} is not a float`);
  }
  return Number(clean);
}
