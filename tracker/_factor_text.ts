/** The value of a config leaf as the text by which runs are compared. */
import { entriesOf } from "../internal/config_data.ts";
import { encodeJson } from "../internal/json.ts";
import { formatPath } from "../internal/key_path.ts";
import { setOwn } from "../internal/objects.ts";

/**
 * Writes a value as JSON text. Equal values have equal texts, whatever the order of keys in a mapping, and
 * values of two types never look alike: what JSON does not have is named after the text, `0 (-0)`.
 */
export function factorText(value: unknown): string {
  const { text, types } = encodeJson(sorted(value));
  if (types.length === 0) return text;
  const notes = types.map(([path, type]) =>
    path.length === 0 ? type : `${formatPath(path)}: ${type}`
  );
  return `${text} (${notes.join(", ")})`;
}

/** Mappings inside of lists, with their keys in order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  const entries = entriesOf(value);
  if (entries === undefined) return value;
  const copy = {};
  for (const [key, child] of entries.sort(byKey)) {
    setOwn(copy, key, sorted(child));
  }
  return copy;
}

function byKey([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
