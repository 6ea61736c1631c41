import { extname } from "node:path";
import { isPlainObject } from "../../internal/objects.ts";
import { kindOf } from "../../internal/kind_of.ts";
import type { Budget } from "./_budget.ts";
import { PyDict, PyList, type Value } from "./_values.ts";
import { MmConfigError } from "./errors.ts";

/** Reads a JSON or YAML file, which can be a base or have bases, like any other config. */
export async function fromData(
  file: string,
  text: string,
  budget: Budget,
): Promise<PyDict> {
  const data = extname(file) === ".json"
    ? (await import("../json/json.ts")).parseJson(text, file)
    : (await import("../yaml/yaml.ts")).parseYaml(text, file);
  const value = toValue(data ?? {}, file, budget);
  if (value instanceof PyDict) return value;
  throw new MmConfigError(file, undefined, "", "a config must hold a mapping");
}

function toValue(data: unknown, file: string, budget: Budget): Value {
  if (data === null || typeof data === "string" || typeof data === "boolean") {
    return data;
  }
  if (typeof data === "bigint") return data;
  if (typeof data === "number") {
    return Number.isSafeInteger(data) && !Object.is(data, -0)
      ? BigInt(data)
      : data;
  }
  if (Array.isArray(data)) {
    budget.items(data.length);
    return new PyList(data.map((item) => toValue(item, file, budget)));
  }
  if (!isPlainObject(data)) {
    throw new MmConfigError(
      file,
      undefined,
      "",
      `${
        kindOf(data)
      } cannot be a value of an OpenMMLab config; put it in quotes to keep its text`,
    );
  }
  const dict = new PyDict();
  for (const [key, item] of Object.entries(data)) {
    budget.items(1);
    dict.set(key, toValue(item, file, budget), undefined);
  }
  return dict;
}
