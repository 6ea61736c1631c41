import { isPlainList, isPlainObject } from "../internal/objects.ts";
import { instanceName } from "../internal/kind_of.ts";
import { UnsupportedValueError } from "../readers/mod.ts";
import { formatPath } from "../internal/key_path.ts";

/**
 * Refuses values that `JSON.stringify` would silently change: a `Map` or a `Set` to `{}`, an instance of a
 * class to a plain object. Values with a method `toJSON`, such as dates, are accepted.
 *
 * @param data Plain data.
 * @param path The key path of the data.
 * @throws {UnsupportedValueError} If there is such a value; it names the path of the first one.
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
      "add a method toJSON, or convert it to plain data",
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
