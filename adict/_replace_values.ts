/**
 * Replaces values in what a parser gave.
 *
 * @param data Plain data; changed in place.
 * @param replacement Gives the new value, or `undefined` to leave the old one.
 * @returns the data.
 */
export function replaceValues<T>(
  data: T,
  replacement: (value: unknown) => unknown,
): T {
  walk(data, replacement, new Set());
  return data;
}

function walk(
  data: unknown,
  replacement: (value: unknown) => unknown,
  seen: Set<unknown>,
): void {
  // An anchor of YAML may be referred to many times.
  if (typeof data !== "object" || data === null || seen.has(data)) return;
  seen.add(data);
  for (const [key, value] of Object.entries(data)) {
    const other = replacement(value);
    if (other === undefined) walk(value, replacement, seen);
    else Object.defineProperty(data, key, { value: other });
  }
}
