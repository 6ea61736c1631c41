import type { ConfigHistory, HistoryEntry } from "./run_source.ts";

/**
 * Returns the assignments to a config value, oldest first.
 *
 * @param history The history of the config.
 * @param path The key path.
 * @returns those of the key, or else those of the nearest mapping around it that was set as a whole.
 */
export function historyOf(
  history: ConfigHistory,
  path: string,
): readonly HistoryEntry[] {
  for (
    let at = path;
    at !== "";
    at = at.slice(0, Math.max(0, at.lastIndexOf(".")))
  ) {
    const entries = Object.hasOwn(history, at) ? history[at] : undefined;
    if (entries !== undefined && entries.length > 0) return entries;
  }
  return [];
}

/**
 * Describes what set a config value.
 *
 * @param history The history of the config.
 * @param path The key path.
 * @returns raw text, e.g. `defaults, train.ts:12` or `command line: lr=0.1`; empty if it is not known.
 */
export function setBy(history: ConfigHistory, path: string): string {
  const last = historyOf(history, path).at(-1);
  return last === undefined ? "" : setterText(last);
}

/** Describes the setter of an assignment. The text is raw: its words can contain any characters. */
export function setterText(entry: HistoryEntry): string {
  const by = entry.kind === "command-line"
    ? `command line: ${entry.by}`
    : entry.by || entry.kind;
  if (entry.at?.word !== undefined) return `${by}, ${entry.at.word}`;
  const file = entry.at?.file.split(/[\\/]/).at(-1);
  return file === undefined ? by : `${by}, ${file}:${entry.at?.line}`;
}
