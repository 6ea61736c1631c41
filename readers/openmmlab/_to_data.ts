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
  const path: string[] = [];
  const below = (value: Value, key: string, at: Place | undefined) => {
    path.push(key);
    const data = convert(value, at);
    path.pop();
    return data;
  };
  const convert = (value: Value, at: Place | undefined): unknown => {
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
    if (path.length > MAX_DEPTH) {
      throw new MmLimitError(
        at?.file ?? file,
        at?.line,
        at?.text() ?? "",
        `${
          formatPath(path.slice(0, 3))
        } contains itself, or is nested more than ${MAX_DEPTH} deep`,
      );
    }
    if (value instanceof LazyName) return value.path;
    if (value instanceof PyDict) return mapping(value, at);
    const isList = value instanceof PyList || value instanceof PyTuple ||
      value instanceof PySet || value instanceof PyRange;
    if (!isList) {
      throw new MmConfigError(
        at?.file ?? file,
        at?.line,
        at?.text() ?? "",
        `${formatPath(path)} is ${typeName(value)}, which is not data`,
      );
    }
    return itemsOf(value, at).map((item, i) => below(item, String(i), at));
  };
  const itemsOf = (value: Value, at: Place | undefined): readonly Value[] => {
    try {
      const items = iterate(value, budget);
      budget.items(items.length);
      return items;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      throw new MmLimitError(
        at?.file ?? file,
        at?.line,
        at?.text() ?? "",
        `${formatPath(path)}: ${error.message}`,
      );
    }
  };
  const mapping = (
    value: PyDict,
    at: Place | undefined,
  ): Record<string, unknown> => {
    const data: Record<string, unknown> = {};
    for (const entry of value.map.values()) {
      const key = keyText(entry.key);
      const place = entry.at ?? at;
      if (Object.hasOwn(data, key)) {
        throw new MmConfigError(
          place?.file ?? file,
          place?.line,
          place?.text() ?? "",
          `two keys become the same string: ${formatPath([...path, key])}`,
        );
      }
      setOwn(data, key, below(entry.value, key, place));
    }
    return data;
  };
  return mapping(dict, undefined);
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
