/** Renders the answer of `ato why` as text. */
import { coverageText } from "./coverage_text.ts";
import { evidenceText } from "./evidence_text.ts";
import { clipped } from "../internal/factor_value.ts";
import { nextText } from "./next_text.ts";
import { hashChange } from "../internal/factor_change.ts";
import { kindOfFactor } from "../internal/run_factors.ts";
import type { Dimension, FactorKind } from "../internal/run_factors.ts";
import { short } from "../internal/text.ts";
import { pad, wrap } from "../internal/text_width.ts";
import { visible } from "../internal/visible_text.ts";
import type { ConfigDifference, Explanation, ShownFactor } from "../why/mod.ts";
import type { Terminal } from "./terminal.ts";

/** The most lines of a diff that are shown. */
const DIFF_LINES = 24;
/** The most factors of a part, and the most diffs. */
const MOST_FACTORS = 12;
const MOST_DIFFS = 4;

/** The most lines of what is not known. */
const MOST_UNKNOWN = 8;

/** The parts of the view, with the kinds of factors in each. */
const PARTS: readonly (readonly [
  name: string,
  dimension: Dimension,
  kinds: readonly FactorKind[],
])[] = [
  ["code", "code", ["code", "package"]],
  ["config", "config", ["config", "seed", "command"]],
  ["inputs", "inputs", ["input", "env"]],
  ["env", "environment", ["environment"]],
];

/**
 * Writes the answer.
 *
 * @param found The answer.
 * @param terminal The terminal to write to.
 * @param config The config values that differ, with what set them.
 */
export function renderExplanation(
  found: Explanation,
  terminal: Terminal,
  config: readonly ConfigDifference[] = [],
): void {
  const title = `ato why ${found.a} ${found.b}`;
  const change = metricText(found);
  if (change === "") terminal.line(title);
  else indented(`${title}      `, change, terminal);
  head("VERDICT", visible(found.sentence), terminal, "bold");
  const { coverage, modules } = found;
  head(
    "recorded",
    coverageText(coverage, Math.max(modules.a, modules.b)),
    terminal,
  );
  const setBy = new Map(config.map((one) => [`config:${one.path}`, one]));
  for (const [name, dimension, kinds] of PARTS) {
    factorPart(found, { name, dimension, kinds, setBy }, terminal);
  }
  part("output", outputText(found), false, terminal);
  part("metrics", metricsText(found), false, terminal);
  if (found.evidence.length > 0) {
    head(
      "EVIDENCE",
      visible(evidenceText(found.evidence.slice(0, 4)).join("    ")),
      terminal,
    );
  }
  writeUnknown(found.unknown, terminal);
  if (found.leftOut > 0) head("UNKNOWN", leftOutText(found.leftOut), terminal);
  if (found.next) head("NEXT", nextText(found.next), terminal);
  for (const { diff } of found.suspects.filter(hasDiff).slice(0, MOST_DIFFS)) {
    terminal.line();
    writeDiff(diff, terminal);
  }
}

function leftOutText(count: number): string {
  return count === 1
    ? "1 further run of the project was not read"
    : `${count} further runs of the project were not read`;
}

/** Writes what is not known; things that are unknown for one reason share a line. */
function writeUnknown(phrases: readonly string[], terminal: Terminal): void {
  const groups = new Map<string, string[]>();
  for (const phrase of phrases) {
    const [, dimension, name, reason] =
      /^(\w+): ([^:]+): (.+)$/s.exec(phrase) ?? [];
    const key = reason === undefined ? phrase : `${dimension}\n${reason}`;
    groups.set(key, [...groups.get(key) ?? [], name ?? ""]);
  }
  const lines = [...groups].map(([key, names]) => {
    const [dimension, reason] = key.split("\n");
    return reason === undefined || names[0] === ""
      ? key
      : `${dimension}: ${names.join(", ")}: ${reason}`;
  });
  for (const line of lines.slice(0, MOST_UNKNOWN)) {
    head("UNKNOWN", visible(line), terminal);
  }
  if (lines.length > MOST_UNKNOWN) {
    const rest = lines.length - MOST_UNKNOWN;
    head("UNKNOWN", `… ${rest} more; --json has all`, terminal);
  }
}

function metricText({ metric }: Explanation): string {
  if (metric === undefined) return "";
  const { key, a, b, difference, notFinite, test } = metric;
  const value = (is: number, isLost: boolean | undefined) =>
    isLost ? "not finite" : short(is);
  const sign = difference > 0 ? "+" : "";
  const against = test === undefined
    ? ""
    : test.kind === "identical"
    ? "; repeats are identical"
    : `; p = ${short(Number(test.p.toPrecision(2)))}, ${
      Math.max(test.nA, test.nB)
    } ${test.noise === "seed" ? "seeds" : "runs"}`;
  const size = Number.isFinite(difference)
    ? ` (${sign}${short(difference)}${against})`
    : "";
  return `${visible(key)} ${value(a, notFinite?.a)} -> ${
    value(b, notFinite?.b)
  }${size}`;
}

/** Writes one part: what differs in it, suspects first. */
function factorPart(
  found: Explanation,
  { name, dimension, kinds, setBy }: {
    readonly name: string;
    readonly dimension: Dimension;
    readonly kinds: readonly FactorKind[];
    readonly setBy: ReadonlyMap<string, ConfigDifference>;
  },
  terminal: Terminal,
): void {
  const isOf = (one: ShownFactor) =>
    kinds.includes(kindOfFactor(one.id)) && !isSeedAgain(one, found);
  const suspected = new Set(found.suspects.map(({ id }) => id));
  const lines = [
    ...found.suspects.filter(isOf).map((one) => factorText(one, setBy)),
    ...found.differing.filter(isOf).filter(({ id }) => !suspected.has(id))
      .map((one) => `${factorText(one, setBy)}   no suspect`),
    ...found.unread.filter(isOf)
      .map((one) => `${factorText(one, setBy)}   never read`),
    ...found.labels.filter(isOf)
      .map((one) => `${factorText(one, setBy)}   label`),
  ];
  const isFirst = found.suspects[0] !== undefined && isOf(found.suspects[0]);
  const { level } = found.coverage[dimension];
  const [first = sameText(level), ...others] = lines;
  part(name, first, isFirst, terminal);
  for (const text of others.slice(0, MOST_FACTORS)) more(text, terminal);
  if (others.length > MOST_FACTORS) {
    more(`… ${others.length - MOST_FACTORS} more`, terminal);
  }
}

/** A program that seeds itself from its config has one seed, recorded twice. */
function isSeedAgain(
  { id, before, after }: ShownFactor,
  { differing }: Explanation,
): boolean {
  return id === "seed" &&
    differing.some((one) =>
      /^config:.*seed"?$/i.test(one.id) && one.before === before &&
      one.after === after
    );
}

function sameText(level: "full" | "partial" | "none"): string {
  if (level === "none") return "not recorded";
  return level === "full" ? "=" : "= as far as recorded";
}

function factorText(
  { id, before, after }: ShownFactor,
  setBy: ReadonlyMap<string, ConfigDifference>,
): string {
  const kind = kindOfFactor(id);
  const name = visible(id.slice(id.indexOf(":") + 1));
  const text = (value: string | undefined) =>
    value === undefined ? "absent" : visible(clipped(value, 60));
  const change = kind === "code" || kind === "input" || kind === "env"
    ? hashChange(id, before, after)
    : `${text(before)} -> ${text(after)}`;
  const by = setBy.get(id);
  return `${name}   ${change}${by === undefined ? "" : setByText(by)}`;
}

function setByText({ setByA, setByB }: ConfigDifference): string {
  const by = setByA === setByB
    ? setByA
    : `${setByA ?? "?"} -> ${setByB ?? "?"}`;
  return by ? `   (${visible(by)})` : "";
}

function outputText(
  { divergence: { outputs, agreeing } }: Explanation,
): string {
  const parts = outputs.map(({ traceId, call, by }, i) => {
    const size = by === undefined
      ? ""
      : `, by ${short(Number((by * 100).toPrecision(2)))}%`;
    const downstream = i > 0 ? " (downstream)" : "";
    return `${visible(traceId)} differs from call ${
      call + 1
    }${size}${downstream}`;
  });
  const same = agreeing.map((traceId) => `${visible(traceId)} =`);
  return [...same, ...parts].join("   ") || "nothing traced";
}

function metricsText({ divergence: { metrics } }: Explanation): string {
  const [first] = metrics;
  if (first === undefined) return "=";
  return `${visible(first.metric)} diverges at step ${first.step}` +
    (metrics.length > 1 ? `, ${metrics.length - 1} more later` : "");
}

function hasDiff<T extends { readonly diff?: string }>(
  one: T,
): one is T & { readonly diff: string } {
  return one.diff !== undefined;
}

function writeDiff(diff: string, terminal: Terminal): void {
  const lines = diff.split("\n");
  for (const line of lines.slice(0, DIFF_LINES)) {
    terminal.line(colored(visible(line), terminal));
  }
  if (lines.length > DIFF_LINES) {
    terminal.line(`… ${lines.length - DIFF_LINES} more lines`);
  }
}

function colored(line: string, terminal: Terminal): string {
  if (line.startsWith("+")) return terminal.style("green", line);
  if (line.startsWith("-")) return terminal.style("red", line);
  return line.startsWith("@@") ? terminal.style("cyan", line) : line;
}

function head(
  name: string,
  text: string,
  terminal: Terminal,
  style?: "bold",
): void {
  indented(pad(name, 9), text, terminal, style);
}

function part(
  name: string,
  text: string,
  isSuspect: boolean,
  terminal: Terminal,
): void {
  const start = `${isSuspect ? ">" : " "} ${pad(name, 9)}`;
  indented(start, text, terminal, isSuspect ? "yellow" : undefined);
}

function more(text: string, terminal: Terminal): void {
  indented(" ".repeat(11), text, terminal);
}

/** Writes a text after a name; if it is wrapped, its further lines are indented. */
function indented(
  start: string,
  text: string,
  terminal: Terminal,
  style?: "bold" | "yellow",
): void {
  const room = Math.max(20, terminal.width - start.length);
  wrap(text, room).forEach((line, i) => {
    const whole = `${i === 0 ? start : " ".repeat(start.length)}${line}`;
    terminal.line(style ? terminal.style(style, whole) : whole);
  });
}
