import { Descent } from "../internal/descent.ts";
import { isPlainList, isPlainObject } from "../internal/objects.ts";

/**
 * Finds what no config can hold: data that nests too deeply, contains itself, or repeats the same objects
 * too often.
 *
 * @param data Plain data.
 * @returns the path of the first such mapping or list, and what is wrong with it; `undefined` if there is
 * none.
 */
export function nestingFault(
  data: unknown,
): { readonly path: readonly string[]; readonly fault: string } | undefined {
  return findFault(data, [], new Descent());
}

function findFault(
  value: unknown,
  path: readonly string[],
  descent: Descent,
): ReturnType<typeof nestingFault> {
  if (!isPlainList(value) && !isPlainObject(value)) return undefined;
  const fault = descent.enter(value);
  if (fault !== undefined) return { path, fault };
  const content = value as Record<string, unknown>;
  // By index, which is several times as fast for long lists.
  for (const at of Array.isArray(value) ? value.keys() : Object.keys(value)) {
    const item = content[at];
    if (typeof item !== "object") continue;
    const found = findFault(item, [...path, String(at)], descent);
    if (found !== undefined) return found;
  }
  descent.leave(value);
  return undefined;
}
