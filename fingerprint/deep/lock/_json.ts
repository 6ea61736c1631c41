import { isRecord } from "../../../internal/objects.ts";

/** An object of a JSON file. */
export type Json = Readonly<Record<string, unknown>>;

/** The object under a key; an empty one where there is none. */
export function recordAt(value: unknown, key: string): Json {
  const found = ownAt(value, key);
  return isRecord(found) ? found : {};
}

/** The text under a key, if it is one. */
export function textAt(value: unknown, key: string): string | undefined {
  const found = ownAt(value, key);
  return typeof found === "string" ? found : undefined;
}

/** What is under a key of an object's own. */
export function ownAt(value: unknown, key: string): unknown {
  return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}
