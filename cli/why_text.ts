/** Renders the answer of `ato why` as text. */
import { createTwoFilesPatch } from "diff";
import type { CodeChange, TraceComparison } from "../tracker/mod.ts";
import type { Terminal } from "./terminal.ts";
import { brief, short } from "../internal/text.ts";
import { pad, wrap } from "../internal/text_width.ts";
import { visible } from "../internal/visible_text.ts";
import { changesOf } from "../why/mod.ts";
import { valueText } from "../internal/value_text.ts";
import type { Differences } from "../why/mod.ts";
import { type Explanation, groupText } from "../why/mod.ts";
import type { SuspectKind } from "../why/mod.ts";

/** The most lines of a diff that are shown. */
const DIFF_LINES = 24;

/**
 * Writes the answer.
 *
 * @param found The answer.
 * @param terminal The terminal to write to.
 */
export function renderExplanation(
  found: Explanation,
  terminal: Terminal,
): void {
  const title = `ato why ${found.a} ${found.b}`;
  const change = metricText(found);
  if (change === "") terminal.line(title);
  else indented(`${title}      `, change, terminal);
  head("VERDICT", visible(found.verdict), terminal, "bold");
  differenceParts(found.differences, found.suspects[0]?.kind, terminal);
  if (found.evidence.length > 0) {
    head(
      "EVIDENCE",
      visible(found.evidence.slice(0, 4).map(groupText).join("    ")),
      terminal,
    );
  }
  for (const text of found.unknown) head("UNKNOWN", visible(text), terminal);
  if (found.next) {
    const { command, why } = found.next;
    head("NEXT", visible(`${command}   (${why})`), terminal);
  }
  for (const trace of found.differences.code) diffs(trace, terminal);
}

/** Writes what differs, part by part; the part of the first suspect is marked. */
function differenceParts(
  differences: Differences,
  suspect: SuspectKind | undefined,
  terminal: Terminal,
): void {
  part(
    "env",
    environmentText(differences),
    suspect === "environment",
    terminal,
  );
  part(
    "config",
    configText(differences),
    isIn(suspect, "config", "seed"),
    terminal,
  );
  for (const text of configLines(differences)) more(text, terminal);
  part("code", codeText(differences), suspect === "code", terminal);
  for (const trace of differences.code) codeLines(trace, terminal);
  part("output", outputText(differences), suspect === "randomness", terminal);
  part("metrics", metricsText(differences), false, terminal);
}

function isIn(
  suspect: SuspectKind | undefined,
  ...kinds: SuspectKind[]
): boolean {
  return suspect !== undefined && kinds.includes(suspect);
}

function metricText({ metric, noise }: Explanation): string {
  if (metric === undefined) return "";
  const { name, a, b, sigmas } = metric;
  const change = b - a;
  const sign = change > 0 ? "+" : "";
  const against = noise === undefined
    ? ""
    : sigmas === undefined
    ? (change === 0 ? "" : `; ${noise.replicates} replicates are identical`)
    : `, ${
      short(Number(sigmas.toFixed(1)))
    } sigma of ${noise.replicates} replicates`;
  return `${visible(name)} ${short(a)} -> ${short(b)} (${sign}${
    short(change)
  }${against})`;
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
  indented(" ".repeat(13), text, terminal);
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

function value(of: unknown): string {
  return of === undefined
    ? "nothing"
    : typeof of === "string"
    ? visible(of)
    : valueText(of);
}

function environmentText({ environment }: Differences): string {
  if (environment.length === 0) return "=";
  return environment.map(({ field, a, b }) =>
    `${field} ${value(a)} -> ${value(b)}`
  ).join("; ");
}

function configText({ structureDiffers, config }: Differences): string {
  const structure = structureDiffers ? "structure differs" : "structure =";
  const values = config.length === 0
    ? "values ="
    : `${config.length} value${config.length > 1 ? "s" : ""} changed`;
  return `${structure}   ${values}`;
}

function configLines({ config }: Differences): string[] {
  return config.slice(0, 12).map((one) => {
    const { path, a, b, setByA, setByB, neverRead } = one;
    const by = setByA === setByB
      ? setByA
      : `${setByA ?? "?"} -> ${setByB ?? "?"}`;
    return `${visible(path)} ${value(a)} -> ${value(b)}${
      neverRead ? "   never read" : ""
    }${by ? `   (${visible(by)})` : ""}`;
  });
}

function codeText({ code }: Differences): string {
  if (code.length === 0) return "nothing traced";
  return code.map(({ traceId, status, outside }) => {
    const mark = status === "same"
      ? (outside ? "= (but code outside of it differs)" : "=")
      : status;
    return `${visible(traceId)} ${mark}`;
  }).join("   ");
}

function codeLines(trace: TraceComparison, terminal: Terminal): void {
  if (trace.own?.change === "changed") {
    more(`${visible(trace.traceId)}() itself changed`, terminal);
  }
  for (const change of changesOf(trace)) more(changeText(change), terminal);
  for (const { name, before, after } of trace.packages) {
    more(
      `${visible(name)} ${visible(before ?? "absent")} -> ${
        visible(after ?? "absent")
      }`,
      terminal,
    );
  }
}

function changeText({ change, before, after }: CodeChange): string {
  const hash = (piece = after) =>
    piece === undefined ? "" : brief(piece.hash, 4);
  const id = visible((after ?? before)?.id ?? "");
  if (change === "changed") return `${id}   ${hash(before)} -> ${hash(after)}`;
  if (change === "added" || change === "removed") return `${id}   ${change}`;
  return `${visible(before?.id ?? "")} ${change} to ${id}`;
}

function outputText({ outputs, agreeing }: Differences): string {
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

function metricsText({ metrics }: Differences): string {
  const [first] = metrics;
  if (first === undefined) return "=";
  return `${visible(first.metric)} diverges at step ${first.step}` +
    (metrics.length > 1 ? `, ${metrics.length - 1} more later` : "");
}

function diffs(trace: TraceComparison, terminal: Terminal): void {
  const own = trace.own?.change === "changed"
    ? [{
      change: "changed" as const,
      before: trace.own.before,
      after: trace.own.after,
    }]
    : [];
  for (const { change, before, after } of [...own, ...changesOf(trace)]) {
    if (
      change !== "changed" || before?.source === undefined ||
      after?.source === undefined
    ) continue;
    terminal.line();
    const patch = createTwoFilesPatch(
      before.id,
      after.id,
      before.source + "\n",
      after.source + "\n",
    );
    const lines = patch.split("\n").slice(1).filter((line) =>
      line !== "" && !line.startsWith("====")
    );
    for (const line of lines.slice(0, DIFF_LINES)) {
      terminal.line(colored(visible(line), terminal));
    }
    if (lines.length > DIFF_LINES) {
      terminal.line(`… ${lines.length - DIFF_LINES} more lines`);
    }
  }
}

function colored(line: string, terminal: Terminal): string {
  if (line.startsWith("+")) return terminal.style("green", line);
  if (line.startsWith("-")) return terminal.style("red", line);
  return line.startsWith("@@") ? terminal.style("cyan", line) : line;
}
