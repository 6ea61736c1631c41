import { bitLength, type Budget } from "./_budget.ts";
import { isNumeric, numeric } from "./_compare.ts";
import { percentFormat } from "./_percent.ts";
import { power } from "./_power.ts";
import { asInteger } from "./_sequence.ts";
import {
  hashKey,
  LazyName,
  PyDict,
  PyList,
  PySet,
  PyTuple,
  typeName,
  type Value,
} from "./_values.ts";
import { Fault } from "./errors.ts";

/** Applies an operator to two values. */
export function binary(
  operator: string,
  a: Value,
  b: Value,
  budget: Budget,
): Value {
  if (isNumeric(a) && isNumeric(b)) return arithmetic(operator, a, b, budget);
  const joined = operator === "+"
    ? concatenate(a, b, budget)
    : operator === "*"
    ? repeat(a, b, budget) ?? repeat(b, a, budget)
    : operator === "%" && typeof a === "string"
    ? percentFormat(a, b, budget)
    : setOperation(operator, a, b, budget);
  if (joined !== undefined) return joined;
  const lazy = [a, b].find((value) => value instanceof LazyName);
  if (lazy !== undefined) {
    throw new Fault(
      `${typeName(lazy)} is only a name in a config, not a value`,
    );
  }
  throw new Fault(
    `${operator} is not defined for ${typeName(a)} and ${typeName(b)}`,
  );
}

function concatenate(a: Value, b: Value, budget: Budget): Value | undefined {
  if (typeof a === "string" && typeof b === "string") {
    budget.text(a.length + b.length);
    return a + b;
  }
  const isList = a instanceof PyList && b instanceof PyList;
  if (!isList && !(a instanceof PyTuple && b instanceof PyTuple)) {
    return undefined;
  }
  budget.items(a.items.length + b.items.length);
  const items = [...a.items, ...b.items];
  return isList ? new PyList(items) : new PyTuple(items);
}

function repeat(a: Value, b: Value, budget: Budget): Value | undefined {
  if (typeof b !== "bigint" && typeof b !== "boolean") return undefined;
  const given = asInteger(b, "a count");
  const count = given < 0n ? 0n : given;
  if (typeof a === "string") {
    budget.text(BigInt(a.length) * count);
    return a === "" ? "" : a.repeat(Number(count));
  }
  if (!(a instanceof PyList || a instanceof PyTuple)) return undefined;
  budget.items(BigInt(a.items.length) * count);
  const items: Value[] = [];
  const rounds = a.items.length === 0 ? 0 : Number(count);
  for (let i = 0; i < rounds; i++) for (const item of a.items) items.push(item);
  return a instanceof PyList ? new PyList(items) : new PyTuple(items);
}

function setOperation(
  operator: string,
  a: Value,
  b: Value,
  budget: Budget,
): Value | undefined {
  if (a instanceof PyDict && b instanceof PyDict && operator === "|") {
    budget.items(a.size + b.size);
    const merged = new PyDict(a.isConfig);
    for (const dict of [a, b]) {
      for (const { key, value, at } of dict.map.values()) {
        merged.set(key, value, at);
      }
    }
    return merged;
  }
  if (!(a instanceof PySet && b instanceof PySet)) return undefined;
  budget.items(a.map.size + b.map.size);
  const left = [...a.map.values()];
  const right = [...b.map.values()];
  const isIn = (set: PySet) => (item: Value) => set.map.has(hashKey(item));
  const isNotIn = (set: PySet) => (item: Value) => !isIn(set)(item);
  if (operator === "|") return new PySet([...left, ...right]);
  if (operator === "&") return new PySet(left.filter(isIn(b)));
  if (operator === "-") return new PySet(left.filter(isNotIn(b)));
  if (operator !== "^") return undefined;
  return new PySet([
    ...left.filter(isNotIn(b)),
    ...right.filter(isNotIn(a)),
  ]);
}

function arithmetic(
  operator: string,
  left: boolean | bigint | number,
  right: boolean | bigint | number,
  budget: Budget,
): Value {
  if (typeof left === "boolean" && typeof right === "boolean") {
    if (operator === "&") return left && right;
    if (operator === "|") return left || right;
    if (operator === "^") return left !== right;
  }
  const a = numeric(left);
  const b = numeric(right);
  if (operator === "/") return divide(a, b);
  if (typeof a === "bigint" && typeof b === "bigint") {
    return integers(operator, a, b, budget);
  }
  return floats(operator, toFloat(a), toFloat(b));
}

/** Converts an integer to a float; an integer that is too large is a fault, as in Python. */
export function toFloat(value: bigint | number): number {
  const float = Number(value);
  if (typeof value === "bigint" && !Number.isFinite(float)) {
    throw new Fault("the int is too large for a float");
  }
  return float;
}

function divide(a: bigint | number, b: bigint | number): number {
  if (b == 0) throw new Fault("division by zero");
  return toFloat(a) / toFloat(b);
}

function integers(
  operator: string,
  a: bigint,
  b: bigint,
  budget: Budget,
): bigint | number {
  switch (operator) {
    case "+":
      return budget.integer(a + b);
    case "-":
      return budget.integer(a - b);
    case "*":
      return budget.integer(a * b);
    case "//":
    case "%":
      return floorDivide(a, b)[operator === "//" ? 0 : 1];
    case "**":
      if (b < 0n) return floats("**", toFloat(a), toFloat(b));
      if (a !== 0n && a !== 1n && a !== -1n) {
        budget.bits((bitLength(a) - 1) * Number(b));
      }
      return budget.integer(a ** (a === -1n ? b % 2n : a === 1n ? 1n : b));
    case "<<":
      refuseNegative(b);
      if (a !== 0n) budget.bits(bitLength(a) + Number(b));
      return a === 0n ? 0n : a << b;
    case ">>":
      refuseNegative(b);
      return b > 1_000_000n ? (a < 0n ? -1n : 0n) : a >> b;
    case "&":
      return a & b;
    case "|":
      return a | b;
    case "^":
      return a ^ b;
  }
  throw new Fault(`${operator} is not defined for an int and an int`);
}

function refuseNegative(count: bigint): void {
  if (count < 0n) throw new Fault("the count of the shift is negative");
}

/** Returns the quotient and the remainder; the remainder has the sign of the divisor. */
export function floorDivide(a: bigint, b: bigint): [bigint, bigint] {
  if (b === 0n) throw new Fault("division by zero");
  const remainder = a % b;
  return remainder !== 0n && (remainder < 0n) !== (b < 0n)
    ? [a / b - 1n, remainder + b]
    : [a / b, remainder];
}

function floats(operator: string, a: number, b: number): number {
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "//":
    case "%":
      return floatFloorDivide(a, b)[operator === "//" ? 0 : 1];
    case "**": {
      if (a === 0 && b < 0) throw new Fault("division by zero");
      if (
        a < 0 && Number.isFinite(b) && Number.isFinite(a) &&
        !Number.isInteger(b)
      ) {
        throw new Fault(
          "the result is a complex number, which is not supported",
        );
      }
      const result = power(a, b);
      if (
        !Number.isFinite(result) && Number.isFinite(a) && Number.isFinite(b)
      ) {
        throw new Fault("the result is too large for a float");
      }
      return result;
    }
  }
  throw new Fault(`${operator} is not defined for floats`);
}

/** Returns the quotient and the remainder of floats, computed as CPython does. */
export function floatFloorDivide(a: number, b: number): [number, number] {
  if (b === 0) throw new Fault("division by zero");
  let remainder = a % b;
  let quotient = (a - remainder) / b;
  if (remainder !== 0 && (remainder < 0) !== (b < 0)) {
    remainder += b;
    quotient -= 1;
  } else if (remainder === 0) remainder = b < 0 ? -0 : 0;
  // A zero has the sign of the true quotient.
  if (quotient === 0) {
    return [
      Object.is(Math.sign(a / b), 1) || Object.is(a / b, 0) ? 0 : -0,
      remainder,
    ];
  }
  const floor = Math.floor(quotient);
  return [quotient - floor > 0.5 ? floor + 1 : floor, remainder];
}

/** Applies a unary operator. */
export function unary(operator: string, value: Value): Value {
  if (isNumeric(value)) {
    const number = numeric(value);
    if (operator === "-") return -number;
    if (operator === "+") return number;
    if (operator === "~" && typeof number === "bigint") return ~number;
  }
  throw new Fault(`${operator} is not defined for ${typeName(value)}`);
}
