/** Lines with names and values: `loss=0.5`, `loss: 0.5 - accuracy: 0.9`, `step 100 | loss 2.31`. */
import { type Head, readHead, withoutPrefix } from "./heads.ts";
import {
  isMessageWord,
  isMetricName,
  isNoMetric,
  isSetting,
  isTime,
  metricName,
  partOf,
} from "./names.ts";
import { END, NUMBER, readNumber } from "./numbers.ts";
import {
  type PrintedMetrics,
  printedMetrics,
  type PrintedNumber,
  STEP_NAMES,
} from "./printed.ts";

/** How widely a value is spread, after it: `0.5+0.01`, `0.91 ± 0.02`, `0.91 +/- 0.02`. */
const SPREAD = `(?:\\s?(?:\\+/-|±|\\+)\\s?${NUMBER})?`;

/** `loss=0.5`: any name. */
const EQUAL = new RegExp(
  `(?<=^|[\\s,;|])([A-Za-z_][\\w./@-]*)=(${NUMBER})${SPREAD}%?${END}`,
  "g",
);
/** Lines with names and values that are said of the program: `[LightGBM] [Info] pavg=0.5 -> initscore=0.1`. */
const NOTE = /^\[LightGBM\] \[/;
/** Lines of a search of scikit-learn, which list its settings: `[CV 1/5] END C=1;, score=0.9`. */
const SEARCH = /^\[CV\b/;
/** As many words make a line a sentence, in which `tol=0.1` is no metric. */
const SENTENCE = 4;
/** Calls, as `Namespace(lr=0.1, epochs=3)`: what is in their parentheses is said of something else. */
const CALL = /\b[A-Za-z_]\w*\([^()]*\)/g;

const WORD = "[A-Za-z][\\w./@-]*(?:'s)?";
/** `val loss: 0.5`, `loss = 0.5`, `loss 0.5`, with a second value in parentheses. */
const NAMED = new RegExp(
  `(${WORD}(?: ${WORD}){0,2})(\\s*:\\s*|\\s+=\\s+|\\s+)(${NUMBER})${SPREAD}(\\s?%)?${END}(?:\\s*\\([^()]*\\))?\\s*`,
  "y",
);
/** `Accuracy: 9845/10000 (98%)`. */
const SHARE = new RegExp(
  `(${WORD}(?: ${WORD}){0,2}):\\s*(\\d+)/(\\d+)(?:\\s*\\([^()]*\\))?\\s*$`,
  "y",
);
/** `Test set: ` before names and values. */
const LABEL =
  /^([A-Za-z]\w*(?: [A-Za-z]\w*)?):\s+(?=[A-Za-z])(?!(?:nan|inf|infinity)\b)/i;
const BETWEEN = /\s*[|;\t]\s*|,\s+|\.{2,}\s+|\s+[-–•]\s+|\s{2,}/;

/**
 * Reads the metrics of a line with names and values.
 *
 * @param line A line without control characters.
 * @param unsaid The step, if the line does not say one.
 * @returns the metrics; `undefined` if there are none.
 */
export function readPairs(
  line: string,
  unsaid?: number,
): PrintedMetrics | undefined {
  const head = readHead(line);
  if (head.isUnfinished || NOTE.test(line)) return undefined;
  const { step = unsaid } = head;
  const found = new Map<string, PrintedNumber>();
  readEqual(withoutPrefix(line), head, found);
  let { part } = head;
  for (const segment of tidy(head.rest).split(BETWEEN)) {
    part = readSegment(segment, { ...head, part }, found);
  }
  return printedMetrics(found, step);
}

function readEqual(
  line: string,
  { isFound, part }: Head,
  found: Map<string, PrintedNumber>,
): void {
  if (!line.includes("=")) return;
  const text = line.replace(CALL, "()");
  const pairs = [...text.matchAll(EQUAL)];
  const hasStep = isFound ||
    pairs.some(([, name]) => STEP_NAMES.includes(name!));
  const needsWord = SEARCH.test(line) || (!hasStep && isSentence(text));
  for (const [, name, number] of pairs) {
    if (isNoMetric(name!) || (!hasStep && isSetting(name!))) continue;
    if (needsWord && !isMetricName(name!, hasStep)) continue;
    found.set(metricName(name!, part), readNumber(number!));
  }
}

/** Whether a line has words beside its names and values. */
function isSentence(text: string): boolean {
  const words = text.replace(EQUAL, " ").match(/(?<![\w=])[A-Za-z]{2,}/g);
  return (words?.length ?? 0) >= SENTENCE;
}

/** Leaves one space between a name and its value: two separate columns. */
function tidy(text: string): string {
  const short = text.replace(
    /\s{3,}/g,
    (space) => space.includes("\t") ? "\t" : "  ",
  );
  return short.replace(/\s+=\s+/g, " = ").replace(/([:(=])\s+/g, "$1 ").replace(
    /((?:^|[\s|])[A-Za-z][^\s:]*)\s{2,}(?=[+-]?[\d.])/g,
    "$1 ",
  ).replaceAll("( ", "(");
}

/**
 * Reads a part of a line, if it consists of names and values alone.
 *
 * @returns the part of the data that the rest of the line is about.
 */
function readSegment(
  segment: string,
  head: Head,
  found: Map<string, PrintedNumber>,
): string {
  let text = segment.trim();
  let { part } = head;
  const label = LABEL.exec(text);
  if (label !== null) {
    part ||= label[1]!.split(" ").map(partOf).find((one) => one !== "") ?? "";
    text = text.slice(label[0].length);
  }
  const share = readShare(text, head.isFound);
  if (share !== undefined) found.set(metricName(share.name, part), share);
  const named = readNamed(text, head);
  // `val Loss: 0.2 Acc: 0.9`: both are of the part that the first name starts with.
  const first = /^(\w+)\.? /.exec(named[0]?.[0] ?? "")?.[1] ?? "";
  for (const [name, number] of named) {
    const inherited = isMetricName(name, false) ? partOf(first) : "";
    const full = metricName(name, part || inherited);
    if (!found.has(full)) found.set(full, number);
  }
  return part;
}

/** Reads names and values; nothing if there is anything else. */
function readNamed(text: string, head: Head): [string, PrintedNumber][] {
  const read: [string, PrintedNumber][] = [];
  for (let at = 0; at < text.length; at = NAMED.lastIndex) {
    NAMED.lastIndex = at;
    const [, name, link, number, percent = ""] = NAMED.exec(text) ?? [];
    if (name === undefined) return [];
    const isExact = percent !== "" || !/^[+-]?[\d,]+$/.test(number!);
    const isLinked = link!.trim() !== "";
    if (isMetric(name, { isLinked, isExact, hasStep: head.isFound })) {
      read.push([name, readNumber(number!)]);
    }
  }
  return read;
}

function readShare(
  text: string,
  hasStep: boolean,
): (PrintedNumber & { readonly name: string }) | undefined {
  SHARE.lastIndex = 0;
  const [, name, part, whole] = SHARE.exec(text) ?? [];
  if (name === undefined || !isMetricName(name, hasStep)) return undefined;
  const [a, b] = [Number(part), Number(whole)];
  return a > b || b === 0 ? undefined : { name, value: a / b, isWhole: false };
}

/** How a name and its value are written. */
interface Written {
  /** Whether a colon or an equals sign is between them. */
  readonly isLinked: boolean;
  /** Whether the value has a decimal point, an exponent or a percent sign. */
  readonly isExact: boolean;
  /** Whether the line says a step. */
  readonly hasStep: boolean;
}

/** Whether a name with a value is a metric: a name alone is not enough in a line that says no step. */
function isMetric(
  name: string,
  { isLinked, isExact, hasStep }: Written,
): boolean {
  if (isNoMetric(name) || isTime(name)) return false;
  // `val_loss improved from 0.50` is a message.
  const known = isLinked ? name : name.slice(name.lastIndexOf(" ") + 1);
  if (isMetricName(known, hasStep)) {
    if (isExact) return true;
    return isLinked ? hasStep || !isMessageWord(name) : hasStep;
  }
  return hasStep && isLinked && !name.includes(" ");
}
