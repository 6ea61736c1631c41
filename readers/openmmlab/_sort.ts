import { take } from "./_arguments.ts";
import type { Budget } from "./_budget.ts";
import { isLess } from "./_compare.ts";
import { Callable, type CallArguments, isTrue, type Value } from "./_values.ts";
import { Fault } from "./errors.ts";

const NOTHING: CallArguments = {
  positional: [],
  named: new Map(),
  places: new Map(),
};

/** Calls a function with positional arguments. */
export function callWith(fn: Value, ...positional: Value[]): Value {
  if (!(fn instanceof Callable)) throw new Fault("this cannot be called");
  return fn.call({ ...NOTHING, positional });
}

/** Sorts as `sorted` and `list.sort` do. */
export function sortValues(
  name: string,
  items: readonly Value[],
  args: CallArguments,
  budget: Budget,
): Value[] {
  const [key, reverse] = take(name, { ...args, positional: [] }, [
    "key",
    "reverse",
  ], 0);
  budget.items(items.length);
  const keyed = items.map((item) => ({
    item,
    key: key === undefined || key === null ? item : callWith(key, item),
  }));
  const isReversed = reverse !== undefined && isTrue(reverse);
  const sign = isReversed ? -1 : 1;
  keyed.sort((a, b) => {
    budget.step();
    if (isLess(a.key, b.key, budget)) return -sign;
    return isLess(b.key, a.key, budget) ? sign : 0;
  });
  return keyed.map(({ item }) => item);
}
