import { getOwn } from "../../internal/objects.ts";
import { floatOf, integer } from "./resolve/_grammar.ts";
import { pythonText } from "./_text.ts";
import { Float } from "./_tree.ts";
import { Dict, type OverrideValue, Quoted, Sweep } from "./_values.ts";
import { HydraFault } from "./errors.ts";

type Named = ReadonlyMap<string, OverrideValue>;

const CASTS: Readonly<Record<string, (value: OverrideValue) => OverrideValue>> =
  {
    int: toInt,
    float: toFloat,
    str: toText,
    bool: toBool,
  };
const SWEEPS: ReadonlySet<string> = new Set([
  "choice",
  "range",
  "interval",
  "tag",
  "glob",
]);

/**
 * Calls a function of the override grammar.
 *
 * @param name Its name.
 * @param args The arguments without names.
 * @param named The arguments with names.
 * @returns its result.
 */
export function callFunction(
  name: string,
  args: readonly OverrideValue[],
  named: Named,
): OverrideValue {
  if (SWEEPS.has(name)) return new Sweep(false);
  if (name === "shuffle") return shuffle(args);
  const plain = args.map(unquoted);
  if (name === "sort") return sort(plain, named);
  const cast = getOwn(CASTS, name);
  if (cast === undefined) {
    throw new HydraFault(
      `there is no function ${name}; put the value in quotes, or use one of ${
        [...Object.keys(CASTS), ...SWEEPS, "shuffle", "sort"].sort().join(", ")
      }`,
    );
  }
  const rest = [...named.keys()].filter((key) => key !== "value");
  // As in Hydra, null as a named argument counts as no value.
  const byName = unquoted(named.get("value")) ?? undefined;
  const all = byName === undefined ? plain : [...plain, byName];
  if (
    rest.length > 0 || all.length === 0 || (named.size > 0 && all.length > 1)
  ) {
    throw new HydraFault(`${name}() takes one value`);
  }
  return all.length > 1 ? new Sweep(true) : castWith(cast, all[0]);
}

function unquoted(value: OverrideValue): OverrideValue {
  return value instanceof Quoted ? value.text : value;
}

/** Casts a value, or each value of a list or mapping. */
function castWith(
  cast: (value: OverrideValue) => OverrideValue,
  given: OverrideValue,
): OverrideValue {
  const value = unquoted(given);
  if (value instanceof Sweep) return value;
  if (Array.isArray(value)) return value.map((item) => castWith(cast, item));
  if (value instanceof Dict) {
    return new Dict(
      value.pairs.map(([key, item]) => [key, castWith(cast, item)]),
    );
  }
  if (value === null && cast !== toBool) {
    throw new HydraFault("null can be cast to bool only");
  }
  return cast(value);
}

function toInt(value: OverrideValue): OverrideValue {
  if (typeof value === "boolean") return Number(value);
  if (value instanceof Float) {
    if (!Number.isFinite(value.value)) {
      throw new HydraFault(`${value.value} cannot be cast to int`);
    }
    return integer(String(BigInt(Math.trunc(value.value))));
  }
  if (typeof value !== "string") return value;
  const text = value.trim();
  if (!/^[+-]?\d+(?:_\d+)*$/.test(text)) {
    throw new HydraFault(`${JSON.stringify(value)} cannot be cast to int`);
  }
  return integer(text.replaceAll("_", ""));
}

function toFloat(value: OverrideValue): OverrideValue {
  if (value instanceof Float) return value;
  if (typeof value !== "string") return new Float(Number(value));
  const text = value.trim();
  if (
    !/^[+-]?(?:(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:e[+-]?\d+(?:_\d+)*)?|inf|infinity|nan)$/i
      .test(text)
  ) throw new HydraFault(`${JSON.stringify(value)} cannot be cast to float`);
  return new Float(floatOf(text.replaceAll("_", "")));
}

function toText(value: OverrideValue): OverrideValue {
  return typeof value === "boolean" ? String(value) : pythonText(value);
}

function toBool(value: OverrideValue): OverrideValue {
  if (value instanceof Float) return value.value !== 0;
  if (typeof value !== "string") return Boolean(value);
  const text = value.toLowerCase();
  if (text === "true" || text === "false") return text === "true";
  throw new HydraFault(`${JSON.stringify(value)} cannot be cast to bool`);
}

function shuffle(args: readonly OverrideValue[]): OverrideValue {
  if (args.length === 1 && args[0] === null) {
    throw new HydraFault("shuffle() cannot shuffle null");
  }
  if (
    args.length === 1 && !Array.isArray(args[0]) && !(args[0] instanceof Sweep)
  ) {
    return [args[0]];
  }
  if (args.length > 1 || args[0] instanceof Sweep) return new Sweep(true);
  throw new HydraFault("shuffle() of a list is random, so it is not supported");
}

function sort(args: readonly OverrideValue[], named: Named): OverrideValue {
  const reverse = checkSortOptions(named);
  const given = named.has("list") ? [named.get("list")] : args;
  if (given.length === 0 && !named.has("sweep")) {
    throw new HydraFault("sort() wants something to sort");
  }
  if (given.length !== 1 || given[0] instanceof Sweep) return new Sweep(true);
  const [list] = given;
  if (list === null) throw new HydraFault("sort() cannot sort null");
  if (!Array.isArray(list)) return list;
  // Equal values keep their order in both directions.
  return [...list].sort((a, b) => reverse ? compare(b, a) : compare(a, b));
}

/** Refuses unknown named arguments of `sort`, and returns whether the order is reversed. */
function checkSortOptions(named: Named): boolean {
  for (const [name, value] of named) {
    const wanted = SORT_OPTIONS[name];
    if (wanted === undefined) {
      throw new HydraFault(`sort() has no option ${name}`);
    }
    if (!wanted.is(value)) {
      throw new HydraFault(`sort() wants ${wanted.what} for ${name}`);
    }
  }
  return named.get("reverse") === true;
}

const SORT_OPTIONS: Readonly<
  Record<string, { what: string; is: (value: OverrideValue) => boolean }>
> = Object.assign(Object.create(null), {
  list: { what: "a list", is: Array.isArray },
  sweep: {
    what: "several values",
    is: (value: OverrideValue) => value instanceof Sweep,
  },
  reverse: {
    what: "true or false",
    is: (value: OverrideValue) => typeof value === "boolean",
  },
});

function compare(a: OverrideValue, b: OverrideValue): number {
  if (Array.isArray(a) && Array.isArray(b)) return compareLists(a, b);
  const [x, y] = [a, b].map((value) =>
    value instanceof Float
      ? value.value
      : typeof value === "boolean"
      ? Number(value)
      : value
  ) as [number, number];
  const kind = typeof x === "string" ? "string" : "number";
  for (const value of [x, y]) {
    const is = typeof value === "bigint" ? "number" : typeof value;
    if (is !== kind) {
      throw new HydraFault("sort() compares numbers, or texts without quotes");
    }
  }
  return x < y ? -1 : x > y ? 1 : 0;
}

/** Compares lists as Python does: by the first items that differ, otherwise by length. */
function compareLists(
  a: readonly OverrideValue[],
  b: readonly OverrideValue[],
): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const order = compare(a[i], b[i]);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}
