import type { HistoryEntry } from "../internal/run_source.ts";
import type { ScopeCore } from "./_core.ts";
import { formatValue } from "../internal/format_value.ts";
import { formatLocation } from "./_location.ts";
import { bareValue } from "../internal/bare_value.ts";
import { UNSAFE_CHARACTERS } from "../internal/unsafe_characters.ts";

const RULE = "-".repeat(50);
/** Longer values are cut: the table shows what set a key, not data. */
const MAX_VALUE = 60;

/** Options for {@linkcode writeManual}. */
export interface ManualTextOptions {
  /** The folder that file names are shown relative to. */
  readonly base: string;
  /** Why the config could not be resolved, if so. */
  readonly failure: string | undefined;
}

/**
 * Formats the manual: the order of the views, the descriptions of the keys, and what set each key.
 *
 * @param cores The scopes.
 * @param options The folder of relative paths, and the error.
 * @returns the text, without a line break at the end.
 */
export function writeManual(
  cores: readonly ScopeCore[],
  options: ManualTextOptions,
): string {
  const lines: string[] = [];
  for (const core of cores) {
    const prefix = cores.length > 1 ? `${core.options.name}.` : "";
    lines.push(RULE, `[Scope "${core.options.name}"]`);
    lines.push("(The Applying Order of Views)", writeOrder(core));
    lines.push("(User Manuals)", ...core.manuals.lines(prefix));
    lines.push("(Who Set What)", ...writeOrigins(core, prefix, options.base));
  }
  if (options.failure !== undefined) {
    lines.push(`not fully resolved: ${options.failure}`);
  }
  lines.push(RULE);
  return lines.join("\n");
}

function writeOrder(core: ScopeCore): string {
  const { early, lazy } = core.views.completePlan();
  const names = (views: readonly { name: string }[]) =>
    views.map(({ name }) => name);
  return [...names(early), "(CLI Inputs)", ...names(lazy)].join(" → ");
}

/** Formats a line for each key, and below it one for each value that was replaced, newest first. */
function writeOrigins(core: ScopeCore, prefix: string, base: string): string[] {
  const history = core.history?.byPath() ?? {};
  const rows: [string, string][] = [];
  for (const [path, entries] of Object.entries(history)) {
    const newestFirst = entries.toReversed();
    if (newestFirst[0]!.deleted) continue;
    newestFirst.forEach((entry, index) => {
      const what = entry.deleted
        ? "(removed)"
        : shorten(showValue(entry.value));
      const head = index === 0
        ? `${prefix}${path} = ${what}`
        : `  replaced ${what}`;
      rows.push([
        head,
        writeSetter(entry, base) +
        writeTypeChange(entry, newestFirst[index + 1]),
      ]);
    });
  }
  const width = Math.max(0, ...rows.map(([head]) => head.length));
  return rows.map(([head, setter]) => `${head.padEnd(width)}  ${setter}`);
}

const SHOWN = new RegExp(
  `^[^\\s%"'[({${UNSAFE_CHARACTERS}][^\\s${UNSAFE_CHARACTERS}]*$`,
  "u",
);

/** Formats a value for display: a string without quotes if it is read as the same string. */
function showValue(value: unknown): string {
  if (typeof value !== "string" || bareValue(value) !== value) {
    return formatValue(value);
  }
  return SHOWN.test(value) ? value : formatValue(value);
}

function shorten(text: string): string {
  const characters = [...text];
  return characters.length > MAX_VALUE
    ? `${characters.slice(0, MAX_VALUE - 1).join("")}…`
    : text;
}

function writeSetter(entry: HistoryEntry, base: string): string {
  const who = {
    "initial": "the scope's own config",
    "view": entry.by,
    "lazy": `${entry.by} (lazy)`,
    "command-line": `command line: ${shorten(entry.by)}`,
    "parser": `flags: ${shorten(entry.by)}`,
    "code": "assign",
  }[entry.kind];
  return entry.at === undefined
    ? who
    : `${who}, ${formatLocation(entry.at, base)}`;
}

/** A number that becomes a string is usually a mistake. */
function writeTypeChange(
  entry: HistoryEntry,
  before: HistoryEntry | undefined,
): string {
  if (entry.deleted || before === undefined || before.deleted) return "";
  const from = typeOf(before.value);
  const to = typeOf(entry.value);
  // `null` means "not set yet", so a change from or to it is not a change of type.
  if (from === to || from === "null" || to === "null") return "";
  return `  (was a ${from}, now a ${to})`;
}

function typeOf(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (Array.isArray(value)) return "list";
  return typeof value === "object" ? "mapping" : typeof value;
}
