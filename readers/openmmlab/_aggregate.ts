import { itemAt } from "./_item_at.ts";
import { take } from "./_arguments.ts";
import { binary } from "./_arithmetic.ts";
import type { Budget } from "./_budget.ts";
import { isLess } from "./_compare.ts";
import { asInteger, iterate } from "./_sequence.ts";
import { callWith } from "./_sort.ts";
import {
  type CallArguments,
  isTrue,
  PyIterator,
  PyTuple,
  type Value,
} from "./_values.ts";
import { Fault } from "./errors.ts";

/** Implements Python's `min` and `max`. */
export function extreme(
  name: "min" | "max",
  args: CallArguments,
  budget: Budget,
): Value {
  const [key, fallback] = take(name, { ...args, positional: [] }, [
    "key",
    "default",
  ], 0);
  const { positional } = args;
  const items = positional.length === 1
    ? iterate(itemAt(positional, 0), budget)
    : positional;
  if (items.length === 0) {
    if (fallback !== undefined) return fallback;
    throw new Fault(`${name} needs at least one value`);
  }
  const keyOf = (item: Value) =>
    key === undefined || key === null ? item : callWith(key, item);
  return items.reduce((best, item) => {
    const [a, b] = [keyOf(item), keyOf(best)];
    const isBetter = name === "min"
      ? isLess(a, b, budget)
      : isLess(b, a, budget);
    return isBetter ? item : best;
  });
}

/** Implements Python's `sum`. */
export function sum(args: CallArguments, budget: Budget): Value {
  const [source, start] = take("sum", args, ["iterable", "start"], 1);
  if (typeof start === "string") {
    throw new Fault("sum does not add strings; use ''.join");
  }
  return iterate(source, budget).reduce(
    (total, item) => binary("+", total, item, budget),
    start ?? 0n,
  );
}

/** Implements Python's `zip`. */
export function zip(args: CallArguments, budget: Budget): Value {
  const [strict] = take("zip", { ...args, positional: [] }, ["strict"], 0);
  const columns = args.positional.map((source) => iterate(source, budget));
  const lengths = columns.map((column) => column.length);
  const rows = columns.length === 0 ? 0 : Math.min(...lengths);
  if (
    strict !== undefined && isTrue(strict) && Math.max(0, ...lengths) > rows
  ) {
    throw new Fault("the arguments of zip have different lengths");
  }
  budget.items(rows * (columns.length + 1));
  return new PyIterator(
    Array.from(
      { length: rows },
      (_, i) => new PyTuple(columns.map((column) => itemAt(column, i))),
    ),
  );
}

/** Implements Python's `enumerate`. */
export function enumerate(args: CallArguments, budget: Budget): Value {
  const [source, start] = take("enumerate", args, ["iterable", "start"], 1);
  const first = start === undefined ? 0n : asInteger(start, "start");
  const items = iterate(source, budget);
  budget.items(items.length * 3);
  return new PyIterator(
    items.map((item, i) => new PyTuple([first + BigInt(i), item])),
  );
}

/** Implements Python's `map`. */
export function map(args: CallArguments, budget: Budget): Value {
  const [fn, ...sources] = args.positional;
  const columns = sources.map((source) => iterate(source, budget));
  if (fn === undefined || columns.length === 0) {
    throw new Fault("map needs two arguments");
  }
  const rows = Math.min(...columns.map((column) => column.length));
  budget.items(rows);
  return new PyIterator(
    Array.from(
      { length: rows },
      (_, i) => callWith(fn, ...columns.map((column) => itemAt(column, i))),
    ),
  );
}
