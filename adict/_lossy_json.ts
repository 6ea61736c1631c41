import { isPlainList, isPlainObject } from "../internal/objects.ts";
import { instanceName } from "../internal/kind_of.ts";
import { UnsupportedValueError } from "../readers/mod.ts";
import { formatPath } from "../internal/key_path.ts";

/**
 * Refuses what `JSON.stringify` would turn into something else without a word: a `Map` or a `Set`
 * into `{}`, an instance of a class into a plain object. Values that say by a method `toJSON` how they
 * are written, as dates do, are fine.
 *
 * @param data Plain data.
 * @param path Where it lies.
 * @throws {UnsupportedValueError} naming the path of the first such value.
 */
export function refuseLossyJson(
  data: unknown,
  path: readonly string[] = [],
): void {
  if (typeof data !== "object" || data === null) return;
  if (typeof (data as { toJSON?: unknown }).toJSON === "function") return;
  if (!isPlainObject(data) && !isPlainList(data)) {
    throw new UnsupportedValueError(
      formatPath(path),
      "JSON",
      instanceName(data),
      "give it a method toJSON, or make plain data of it",
    );
  }
  if (Array.isArray(data)) {
    data.forEach((value, i) => {
      if (typeof value === "object") refuseLossyJson(value, [...path, `${i}`]);
    });
    return;
  }
  for (const [key, value] of Object.entries(data)) {
    if (typeof value === "object") refuseLossyJson(value, [...path, key]);
  }
}
