import { getOwn } from "../../internal/objects.ts";
import { itemAt } from "./_item_at.ts";
import { take } from "./_arguments.ts";
import type { Budget } from "./_budget.ts";
import { equals, isSubset } from "./_compare.ts";
import { copyDeep } from "./_copy.ts";
import { updateConfig, updateDict } from "./_dict_update.ts";
import { mergeIntoConfig } from "./_merge.ts";
import { asInteger, iterate, position } from "./_sequence.ts";
import { sortValues } from "./_sort.ts";
import type { Place } from "./_syntax.ts";
import {
  type CallArguments,
  hashKey,
  isTrue,
  PyDict,
  PyList,
  PySet,
  PyTuple,
  typeName,
  type Value,
} from "./_values.ts";
import { Fault } from "./errors.ts";

/** The context in which a method is called. */
export interface Work {
  readonly budget: Budget;
  /** The place of the call, which is the origin of the keys that it sets. */
  readonly at: Place;
}

type Method<T> = (self: T, args: CallArguments, work: Work) => Value;

const LIST: Readonly<Record<string, Method<PyList>>> = {
  append(self, args, { budget }) {
    const [item] = take("append", args, ["object"]);
    budget.items(1);
    self.items.push(item);
    return null;
  },
  extend(self, args, { budget }) {
    const items = iterate(take("extend", args, ["iterable"])[0], budget);
    budget.items(items.length);
    // A list can be extended with itself.
    self.items = [...self.items, ...items];
    return null;
  },
  insert(self, args, { budget }) {
    const [index, item] = take("insert", args, ["index", "object"]);
    budget.step(self.items.length);
    self.items.splice(Number(asInteger(index, "an index")), 0, item);
    return null;
  },
  pop(self, args) {
    const [index] = take("pop", args, ["index"], 0);
    const at = position(index ?? -1n, self.items.length, "the list");
    return itemAt(self.items.splice(at, 1), 0);
  },
  remove(self, args, { budget }) {
    self.items.splice(indexOf("remove", self.items, args, budget), 1);
    return null;
  },
  clear(self, args) {
    take("clear", args, []);
    self.items = [];
    return null;
  },
  copy(self, args, { budget }) {
    take("copy", args, []);
    budget.items(self.items.length);
    return new PyList([...self.items]);
  },
  reverse(self, args) {
    take("reverse", args, []);
    self.items.reverse();
    return null;
  },
  sort(self, args, { budget }) {
    self.items = sortValues("sort", self.items, args, budget);
    return null;
  },
};

function indexOf(
  name: string,
  items: readonly Value[],
  args: CallArguments,
  budget: Budget,
): number {
  const [wanted] = take(name, args, ["value"]);
  budget.step(items.length);
  const at = items.findIndex((item) => equals(item, wanted, budget));
  if (at < 0) throw new Fault("the value is not in the sequence");
  return at;
}

const SEQUENCE: Readonly<Record<string, Method<PyList | PyTuple>>> = {
  index: (self, args, { budget }) =>
    BigInt(indexOf("index", self.items, args, budget)),
  count(self, args, { budget }) {
    const [wanted] = take("count", args, ["value"]);
    budget.step(self.items.length);
    return BigInt(
      self.items.filter((item) => equals(item, wanted, budget)).length,
    );
  },
};

const DICT: Readonly<Record<string, Method<PyDict>>> = {
  get(self, args) {
    const [key, fallback] = take("get", args, ["key", "default"], 1);
    const found = self.get(key);
    return found === undefined ? fallback ?? null : found;
  },
  keys(self, args, { budget }) {
    take("keys", args, []);
    return new PyList([...iterate(self, budget)]);
  },
  values(self, args, { budget }) {
    take("values", args, []);
    budget.items(self.size);
    return new PyList([...self.map.values()].map(({ value }) => value));
  },
  items(self, args, { budget }) {
    take("items", args, []);
    budget.items(self.size * 3);
    return new PyList(
      [...self.map.values()].map(({ key, value }) => new PyTuple([key, value])),
    );
  },
  pop(self, args) {
    const [key, fallback] = take("pop", args, ["key", "default"], 1);
    const found = self.get(key);
    if (found === undefined) {
      if (fallback === undefined && !self.isConfig) throw missing(key);
      return fallback ?? null;
    }
    self.delete(key);
    return found;
  },
  setdefault(self, args, { at }) {
    const [key, fallback] = take("setdefault", args, ["key", "default"], 1);
    if (!self.has(key)) self.set(key, fallback ?? null, at);
    return self.get(key)!;
  },
  update(self, args, work) {
    const update = self.isConfig ? updateConfig : updateDict;
    update(self, args, work.at, work.budget);
    return null;
  },
  copy(self, args, { budget }) {
    take("copy", args, []);
    return copyDict(self, budget);
  },
  clear(self, args) {
    take("clear", args, []);
    self.map.clear();
    return null;
  },
  popitem(self, args) {
    take("popitem", args, []);
    const last = [...self.map.values()].at(-1);
    if (last === undefined) throw new Fault("the dict is empty");
    self.delete(last.key);
    return new PyTuple([last.key, last.value]);
  },
};

function missing(key: Value): Fault {
  return new Fault(
    `there is no key ${typeof key === "string" ? `"${key}"` : String(key)}`,
  );
}

/** Copies the outermost level of a dict. */
export function copyDict(self: PyDict, budget: Budget): PyDict {
  budget.items(self.size);
  const copy = new PyDict(self.isConfig);
  for (const { key, value, at } of self.map.values()) copy.set(key, value, at);
  return copy;
}

/** The methods that only mmengine's `ConfigDict` has. */
const CONFIG: Readonly<Record<string, Method<PyDict>>> = {
  merge(self, args, { budget }) {
    const [other] = take("merge", args, ["other"]);
    if (!(other instanceof PyDict)) {
      throw new Fault(`merge needs a dict and gets ${typeName(other)}`);
    }
    mergeIntoConfig(self, other, budget);
    return null;
  },
  deepcopy(self, args, { budget }) {
    take("deepcopy", args, []);
    return copyDeep(self, budget);
  },
  to_dict(self, args, { budget }) {
    take("to_dict", args, []);
    return toPlainDict(self, budget);
  },
};

function toPlainDict(value: Value, budget: Budget): Value {
  if (value instanceof PyDict) {
    budget.items(value.size);
    const copy = new PyDict();
    for (const entry of value.map.values()) {
      copy.set(entry.key, toPlainDict(entry.value, budget), entry.at);
    }
    return copy;
  }
  if (!(value instanceof PyList || value instanceof PyTuple)) return value;
  budget.items(value.items.length);
  const items = value.items.map((item) => toPlainDict(item, budget));
  return value instanceof PyList ? new PyList(items) : new PyTuple(items);
}

const SET: Readonly<Record<string, Method<PySet>>> = {
  add(self, args, { budget }) {
    budget.items(1);
    self.add(take("add", args, ["element"])[0]);
    return null;
  },
  discard(self, args) {
    self.map.delete(hashKey(take("discard", args, ["element"])[0]));
    return null;
  },
  remove(self, args) {
    const [item] = take("remove", args, ["element"]);
    if (!self.map.delete(hashKey(item))) throw missing(item);
    return null;
  },
  update(self, args, { budget }) {
    for (const source of args.positional) {
      for (const item of iterate(source, budget)) self.add(item);
    }
    budget.items(self.map.size);
    return null;
  },
  union(self, args, { budget }) {
    const all = [self, ...args.positional].flatMap((source) => [
      ...iterate(source, budget),
    ]);
    budget.items(all.length);
    return new PySet(all);
  },
  intersection(self, args, { budget }) {
    const others = args.positional.map((other) =>
      new PySet(iterate(other, budget))
    );
    budget.step(self.map.size * others.length);
    return new PySet(
      [...self.map.values()].filter((item) =>
        others.every((other) => other.map.has(hashKey(item)))
      ),
    );
  },
  difference(self, args, { budget }) {
    const others = args.positional.map((other) =>
      new PySet(iterate(other, budget))
    );
    budget.step(self.map.size * others.length);
    return new PySet(
      [...self.map.values()].filter((item) =>
        !others.some((other) => other.map.has(hashKey(item)))
      ),
    );
  },
  issubset(self, args, { budget }) {
    const [other] = take("issubset", args, ["other"]);
    return isSubset(self, new PySet(iterate(other, budget)), budget);
  },
  copy: (self) => new PySet(self.map.values()),
};

/** Returns the method of a container, bound to it; `undefined` if the container has no such method. */
export function containerMethod(
  self: Value,
  name: string,
): ((args: CallArguments, work: Work) => Value) | undefined {
  let method: Method<never> | undefined;
  if (self instanceof PyList) {
    method = getOwn(LIST, name) ?? getOwn(SEQUENCE, name);
  } else if (self instanceof PyTuple) method = getOwn(SEQUENCE, name);
  else if (self instanceof PySet) method = getOwn(SET, name);
  else if (self instanceof PyDict) {
    method = getOwn(DICT, name) ??
      (self.isConfig ? getOwn(CONFIG, name) : undefined);
  }
  return method && ((args, work) => method(self as never, args, work));
}

/** Implements Python's `all` and `any`. */
export function everyOrSome(
  name: "all" | "any",
  args: CallArguments,
  budget: Budget,
): boolean {
  const items = iterate(take(name, args, ["iterable"])[0], budget);
  return name === "all" ? items.every(isTrue) : items.some(isTrue);
}
