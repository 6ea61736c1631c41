import { enumerate, extreme, map, sum, zip } from "./_aggregate.ts";
import { take } from "./_arguments.ts";
import { binary, floorDivide, toFloat, unary } from "./_arithmetic.ts";
import { bitLength, type Budget } from "./_budget.ts";
import { isNumeric, numeric } from "./_compare.ts";
import { everyOrSome } from "./_container_methods.ts";
import { roundTo, roundToInteger } from "./_digits.ts";
import { updateDict } from "./_dict_update.ts";
import { format } from "./_format.ts";
import { parseFloatText, toInt } from "./_parse_text.ts";
import { ascii } from "./_percent.ts";
import { repr, str } from "./_repr.ts";
import { asInteger, charsOf, iterate } from "./_sequence.ts";
import { callWith, sortValues } from "./_sort.ts";
import type { Place } from "./_syntax.ts";
import {
  Callable,
  type CallArguments,
  isTrue,
  PyDict,
  PyIterator,
  PyList,
  PyRange,
  PySet,
  PyTuple,
  typeName,
  type Value,
} from "./_values.ts";
import { Fault } from "./errors.ts";

/** The context in which a built-in function is called. */
export interface Host {
  readonly budget: Budget;
  /** The place of the call. */
  at(): Place;
}

type Builtin = (args: CallArguments, host: Host) => Value;

const one = (name: string, args: CallArguments) => take(name, args, ["x"])[0];

/** Returns the items of an optional iterable argument. */
function optional(name: string, args: CallArguments, { budget }: Host) {
  const [source] = take(name, args, ["iterable"], 0);
  const items = source === undefined ? [] : iterate(source, budget);
  budget.items(items.length);
  return items;
}

const TYPES: Readonly<Record<string, Builtin>> = {
  dict(args, host) {
    const dict = new PyDict();
    updateDict(dict, args, host.at(), host.budget);
    return dict;
  },
  list: (args, host) => new PyList([...optional("list", args, host)]),
  tuple: (args, host) => new PyTuple([...optional("tuple", args, host)]),
  set: (args, host) => new PySet(optional("set", args, host)),
  frozenset: (args, host) => new PySet(optional("frozenset", args, host)),
  str(args) {
    const [value] = take("str", args, ["object"], 0);
    return value === undefined ? "" : str(value);
  },
  bool(args) {
    const [value] = take("bool", args, ["x"], 0);
    return value !== undefined && isTrue(value);
  },
  int: (args, { budget }) => toInt(args, budget),
  float(args) {
    const [value] = take("float", args, ["x"], 0);
    if (typeof value === "string") return parseFloatText(value);
    if (value !== undefined && !isNumeric(value)) {
      throw new Fault(`${typeName(value)} cannot be converted to a float`);
    }
    return value === undefined ? 0 : toFloat(numeric(value));
  },
  range(args) {
    const bounds = take("range", args, ["start", "stop", "step"], 1);
    const first = asInteger(bounds[0], "a bound");
    const [, second, step = 1n] = bounds.map((bound) =>
      bound === undefined ? undefined : asInteger(bound, "a bound")
    );
    return second === undefined
      ? new PyRange(0n, first, 1n)
      : new PyRange(first, second, step);
  },
};

function length(value: Value): bigint {
  if (typeof value === "string") return BigInt(charsOf(value).length);
  if (value instanceof PyList || value instanceof PyTuple) {
    return BigInt(value.items.length);
  }
  if (value instanceof PyDict || value instanceof PySet) {
    return BigInt(value.map.size);
  }
  if (value instanceof PyRange) return value.length;
  throw new Fault(`${typeName(value)} has no length`);
}

function round(args: CallArguments): Value {
  const [value, digits] = take("round", args, ["number", "ndigits"], 1);
  if (!isNumeric(value)) {
    throw new Fault(`${typeName(value)} cannot be rounded`);
  }
  const number = numeric(value);
  const places = digits === undefined || digits === null
    ? undefined
    : Number(asInteger(digits, "ndigits"));
  if (typeof number === "bigint") return roundInteger(number, places ?? 0);
  if (places !== undefined) return roundTo(number, places);
  if (!Number.isFinite(number)) {
    throw new Fault(`${repr(number)} cannot be rounded`);
  }
  return roundToInteger(number);
}

function roundInteger(value: bigint, places: number): bigint {
  if (places >= 0) return value;
  if (-places > bitLength(value)) return 0n;
  const unit = 10n ** BigInt(-places);
  const [quotient, rest] = floorDivide(value, unit);
  const isUp = rest * 2n > unit || (rest * 2n === unit && quotient % 2n !== 0n);
  return (quotient + (isUp ? 1n : 0n)) * unit;
}

function isInstance(args: CallArguments): boolean {
  const [value, types] = take("isinstance", args, ["obj", "class"]);
  const all = types instanceof PyTuple ? types.items : [types];
  const actual = typeName(value).replace(/^an? /, "");
  return all.some((type) => {
    if (!(type instanceof Callable && type.isType)) {
      throw new Fault("isinstance accepts only Python's built-in types");
    }
    return type.name === actual || (type.name === "int" && actual === "bool") ||
      (type.name === "dict" && actual === "ConfigDict");
  });
}

const FUNCTIONS: Readonly<Record<string, Builtin>> = {
  len: (args) => length(one("len", args)),
  abs(args) {
    const value = one("abs", args);
    return isNumeric(value) && numeric(value) < 0 || Object.is(value, -0)
      ? unary("-", value)
      : unary("+", value);
  },
  round,
  min: (args, { budget }) => extreme("min", args, budget),
  max: (args, { budget }) => extreme("max", args, budget),
  sum: (args, { budget }) => sum(args, budget),
  all: (args, { budget }) => everyOrSome("all", args, budget),
  any: (args, { budget }) => everyOrSome("any", args, budget),
  sorted(args, { budget }) {
    const [source, ...more] = args.positional;
    if (source === undefined || more.length > 0) {
      throw new Fault("sorted takes one positional argument");
    }
    return new PyList(
      sortValues("sorted", iterate(source, budget), args, budget),
    );
  },
  reversed: (args, { budget }) =>
    new PyIterator([...iterate(one("reversed", args), budget)].reverse()),
  zip: (args, { budget }) => zip(args, budget),
  enumerate: (args, { budget }) => enumerate(args, budget),
  map: (args, { budget }) => map(args, budget),
  filter(args, { budget }) {
    const [fn, source] = take("filter", args, ["function", "iterable"]);
    const items = iterate(source, budget);
    budget.items(items.length);
    return new PyIterator(
      items.filter((item) => isTrue(fn === null ? item : callWith(fn, item))),
    );
  },
  iter: (args, { budget }) =>
    new PyIterator([...iterate(one("iter", args), budget)]),
  next(args) {
    const [iterator, fallback] = take("next", args, ["iterator", "default"], 1);
    if (!(iterator instanceof PyIterator)) {
      throw new Fault(`next needs an iterator and gets ${typeName(iterator)}`);
    }
    const next = iterator.next();
    const item = next === undefined ? fallback : next;
    if (item === undefined) throw new Fault("the iterator has no more items");
    return item;
  },
  pow(args, { budget }) {
    const [base, exponent] = take("pow", args, ["base", "exp"]);
    return binary("**", base, exponent, budget);
  },
  divmod(args, { budget }) {
    const [a, b] = take("divmod", args, ["x", "y"]);
    return new PyTuple([
      binary("//", a, b, budget),
      binary("%", a, b, budget),
    ]);
  },
  repr: (args) => repr(one("repr", args)),
  ascii: (args) => ascii(one("ascii", args)),
  format(args, { budget }) {
    const [value, spec] = take("format", args, ["value", "spec"], 1);
    return format(value, str(spec ?? ""), budget);
  },
  chr: (args) =>
    String.fromCodePoint(Number(asInteger(one("chr", args), "it"))),
  ord(args) {
    const text = one("ord", args);
    if (typeof text === "string" && charsOf(text).length === 1) {
      return BigInt(text.codePointAt(0)!);
    }
    throw new Fault("ord needs one character");
  },
  hex: (args, { budget }) =>
    format(asInteger(one("hex", args), "it"), "#x", budget),
  oct: (args, { budget }) =>
    format(asInteger(one("oct", args), "it"), "#o", budget),
  bin: (args, { budget }) =>
    format(asInteger(one("bin", args), "it"), "#b", budget),
  isinstance: isInstance,
  callable: (args) => one("callable", args) instanceof Callable,
  hasattr(args) {
    const [object, name] = take("hasattr", args, ["object", "name"]);
    if (object instanceof PyDict && object.isConfig) return object.has(name);
    throw new Fault("hasattr works only with the keys of a base");
  },
  getattr(args) {
    const [object, name, fallback] = take("getattr", args, [
      "object",
      "name",
      "default",
    ], 2);
    const found = object instanceof PyDict && object.isConfig
      ? object.get(name)
      : undefined;
    const value = found === undefined ? fallback : found;
    if (value === undefined) {
      throw new Fault(`${typeName(object)} has no ${str(name)}`);
    }
    return value;
  },
  // Nothing is printed while a config is read.
  print: () => null,
};

/** Returns Python's built-in functions that compute data from data. */
export function builtinNames(host: Host): Map<string, Value> {
  const names = new Map<string, Value>();
  for (const [name, fn] of Object.entries(TYPES)) {
    names.set(name, new Callable(name, (args) => fn(args, host), true));
  }
  for (const [name, fn] of Object.entries(FUNCTIONS)) {
    names.set(name, new Callable(name, (args) => fn(args, host)));
  }
  // The value that Python has while mmengine runs a config.
  names.set("__name__", "builtins");
  return names;
}
