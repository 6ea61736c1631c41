import { itemAt } from "./_item_at.ts";
import type { Budget } from "./_budget.ts";
import { iterate } from "./_sequence.ts";
import type { Place } from "./_syntax.ts";
import { type CallArguments, PyDict, typeName, type Value } from "./_values.ts";
import { Fault } from "./errors.ts";

/** Adds the entries of a dict, or of a list of pairs, to a dict. */
export function takeEntries(
  into: PyDict,
  source: Value,
  at: Place,
  budget: Budget,
): void {
  if (source instanceof PyDict) {
    budget.items(source.size);
    for (const entry of [...source.map.values()]) {
      into.set(entry.key, entry.value, entry.at);
    }
    return;
  }
  for (const pair of iterate(source, budget)) {
    const [key, value, ...more] = iterate(pair, budget);
    if (key === undefined || value === undefined || more.length > 0) {
      throw new Fault(`a dict is built from pairs, not from ${typeName(pair)}`);
    }
    budget.items(1);
    into.set(key, value, at);
  }
}

/** Implements `dict.update`; `dict(…)` calls it on an empty dict. */
export function updateDict(
  self: PyDict,
  { positional, named, places }: CallArguments,
  at: Place,
  budget: Budget,
): void {
  if (positional.length > 1) {
    throw new Fault(
      `a dict takes one positional argument, not ${positional.length}`,
    );
  }
  if (positional.length === 1) {
    takeEntries(self, itemAt(positional, 0), at, budget);
  }
  budget.items(named.size);
  for (const [key, value] of named) self.set(key, value, places.get(key) ?? at);
}

/** Implements `ConfigDict.update`: dicts are merged into dicts. */
export function updateConfig(
  self: PyDict,
  args: CallArguments,
  at: Place,
  budget: Budget,
): void {
  const other = new PyDict();
  updateDict(other, args, at, budget);
  deepen(self, other, budget);
}

function deepen(self: PyDict, other: PyDict, budget: Budget): void {
  budget.step(other.size);
  for (const { key, value, at } of [...other.map.values()]) {
    const own = self.get(key);
    if (own instanceof PyDict && value instanceof PyDict) {
      deepen(own, value, budget);
    } else self.set(key, value, at);
  }
}
