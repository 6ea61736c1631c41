import type { HistoryEntry } from "../internal/run_source.ts";
import type { History } from "./_history.ts";
import { entriesOf } from "../internal/config_data.ts";
import { formatLocation } from "./_location.ts";
import type { MissingReads } from "./_missing_reads.ts";
import { getProcess } from "../internal/runtime.ts";

/**
 * Describes the keys that have no value: `config.lr = config.base_lr` stores `undefined` if there is
 * no `base_lr`, and `config.lr = 2 * config.base_lr` stores `NaN`.
 *
 * @param history The history of the config.
 * @param missing The missing keys that were read.
 * @returns a sentence for each key.
 */
export function* describeGaps(
  history: History,
  missing: MissingReads,
): Generator<string> {
  const hasGap = (value: unknown) => gapIn(value) !== undefined;
  for (const [path, entry] of history.winners(hasGap)) {
    const gap = gapIn(entry.value)!;
    const source = missing.inLine(entry.at);
    // `NaN` may be intended. `undefined` is always a mistake: no file can hold it.
    if (gap === "NaN" && source === undefined) continue;
    const what = Object.is(entry.value, NaN) || entry.value === undefined
      ? `is ${gap}`
      : `has an item that is ${gap}`;
    const reason = source === undefined
      ? ""
      : `: that line reads ${source.path}, which does not exist`;
    const fix = source?.suggestion === undefined
      ? "set a value, or null for none"
      : `did you mean ${source.suggestion}?`;
    yield `${path} ${what}${setterOf(entry)}${reason}; ${fix}`;
  }
}

/** Returns `undefined` or `NaN` if the value is one, or has one in a list or mapping. */
function gapIn(value: unknown): "undefined" | "NaN" | undefined {
  if (value === undefined) return "undefined";
  if (Number.isNaN(value)) return "NaN";
  const items = Array.isArray(value)
    ? value
    : entriesOf(value)?.map(([, item]) => item) ?? [];
  let found: "NaN" | undefined;
  for (const item of items) {
    const gap = gapIn(item);
    if (gap === "undefined") return gap;
    found ??= gap;
  }
  return found;
}

function setterOf({ by, at }: HistoryEntry): string {
  const place = at === undefined
    ? ""
    : ` at ${formatLocation(at, getProcess().cwd())}`;
  if (by === "") return place;
  return ` (set by ${by}${place})`;
}
