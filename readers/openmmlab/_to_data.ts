import { setOwn } from "../../internal/objects.ts";
import { formatPath } from "../../internal/key_path.ts";
import type { KeyOrigins, Origins } from "../origins.ts";
import type { Budget } from "./_budget.ts";
import { repr } from "./_repr.ts";
import { iterate } from "./_sequence.ts";
import type { Place } from "./_syntax.ts";
import {
  LazyName,
  PyDict,
  PyList,
  PyRange,
  PySet,
  PyTuple,
  typeName,
  type Value,
} from "./_values.ts";
import { Fault, MmConfigError, MmLimitError } from "./errors.ts";

/** The maximum depth of data; also stops at a value that contains itself. */
const MAX_DEPTH = 200;

/** Returns the name of a key in the config, whose keys are strings. */
export function keyText(key: Value): string {
  return typeof key === "string" ? key : repr(key);
}

/**
 * Converts a config's keys to plain data: tuples, sets and ranges become arrays; integers become numbers,
 * or bigints if a number would round.
 */
export function toData(
  dict: PyDict,
  file: string,
  budget: Budget,
): Record<string, unknown> {
  return new Converter(file, budget).mapping(dict, undefined);
}

/** Converts the values of one config, and knows the key path of the value that it converts now. */
class Converter {
  readonly #file: string;
  readonly #budget: Budget;
  readonly #path: string[] = [];

  constructor(file: string, budget: Budget) {
    this.#file = file;
    this.#budget = budget;
  }

  mapping(dict: PyDict, at: Place | undefined): Record<string, unknown> {
    const data: Record<string, unknown> = {};
    for (const entry of dict.map.values()) {
      const key = keyText(entry.key);
      const place = entry.at ?? at;
      if (Object.hasOwn(data, key)) {
        const path = formatPath([...this.#path, key]);
        this.#refuse(place, `two keys become the same string: ${path}`);
      }
      const item = this.#below(entry.value, key, place);
      // An assignment is several times as fast, and wrong only for this one key.
      if (key === "__proto__") setOwn(data, key, item);
      else data[key] = item;
    }
    return data;
  }

  #below(value: Value, key: string, at: Place | undefined): unknown {
    this.#path.push(key);
    const data = this.#convert(value, at);
    this.#path.pop();
    return data;
  }

  #convert(value: Value, at: Place | undefined): unknown {
    if (value === null) return null;
    switch (typeof value) {
      case "string":
      case "boolean":
      case "number":
        return value;
      case "bigint": {
        const number = Number(value);
        return Number.isSafeInteger(number) ? number : value;
      }
    }
    if (this.#path.length > MAX_DEPTH) {
      const path = formatPath(this.#path.slice(0, 3));
      const reason =
        `${path} contains itself, or is nested more than ${MAX_DEPTH} deep`;
      this.#refuse(at, reason, MmLimitError);
    }
    if (value instanceof LazyName) return value.path;
    if (value instanceof PyDict) return this.mapping(value, at);
    const isList = value instanceof PyList || value instanceof PyTuple ||
      value instanceof PySet || value instanceof PyRange;
    if (!isList) {
      const path = formatPath(this.#path);
      this.#refuse(at, `${path} is ${typeName(value)}, which is not data`);
    }
    return this.#itemsOf(value, at)
      .map((item, i) => this.#below(item, String(i), at));
  }

  #itemsOf(value: Value, at: Place | undefined): readonly Value[] {
    try {
      const items = iterate(value, this.#budget);
      this.#budget.items(items.length);
      return items;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      const reason = `${formatPath(this.#path)}: ${error.message}`;
      this.#refuse(at, reason, MmLimitError);
    }
  }

  #refuse(
    at: Place | undefined,
    reason: string,
    ErrorClass: typeof MmConfigError = MmConfigError,
  ): never {
    const file = at?.file ?? this.#file;
    throw new ErrorClass(file, at?.line, at?.text() ?? "", reason);
  }
}

/** Returns the origins of the keys of a config that {@linkcode toData} has accepted. */
export function originsIn(dict: PyDict): Origins {
  const origins = new Map<string, KeyOrigins>();
  for (const { key, value, at } of dict.map.values()) {
    origins.set(keyText(key), { at: at?.origin, below: originsBelow(value) });
  }
  return origins;
}

function originsBelow(value: Value): Origins | undefined {
  if (value instanceof PyDict) return originsIn(value);
  if (!(value instanceof PyList || value instanceof PyTuple)) return undefined;
  return new Map(
    value.items.map((
      item,
      i,
    ) => [String(i), { at: undefined, below: originsBelow(item) }]),
  );
}
