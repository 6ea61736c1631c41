/** The metrics in the lines that programs print. */

/** The metrics of a line. */
export interface PrintedMetrics {
  /** Values by name. */
  readonly metrics: Readonly<Record<string, number>>;
  /** The step, if the line has one. */
  readonly step?: number;
}

/** The names of the step in the output of programs, the most specific first. */
const STEP_NAMES = [
  "step",
  "global_step",
  "globalStep",
  "iteration",
  "iter",
  "epoch",
];
/** Deeper or longer names are not read. */
const DEEPEST = 32;
const LONGEST_NAME = 1000;
const NUMBER =
  "[+-]?(?:\\d+(?:\\.\\d*)?(?:[eE][+-]?\\d+)?|\\.\\d+(?:[eE][+-]?\\d+)?|nan|NaN|inf|Infinity|Inf)";
// A pair is a whole word: `Namespace(lr=0.1)` and `time=3s` contain none.
const PAIR = new RegExp(
  `(?<=^|[\\s,;|])([A-Za-z_][\\w./-]*)=(${NUMBER})(?=$|[\\s,;|])`,
  "g",
);

/**
 * Reads the metrics of a printed line: `name=value` pairs between spaces, commas, semicolons or
 * bars, or one JSON object with a depth of at most 32. A `step`, `global_step`, `iteration`, `iter` or `epoch`
 * among them is the step.
 *
 * @param line A line without its line break.
 * @returns the metrics; `undefined` if the line has none.
 */
export function readMetricLine(line: string): PrintedMetrics | undefined {
  const text = line.trim();
  const found = text.startsWith("{") && text.endsWith("}")
    ? jsonNumbers(text)
    : undefined;
  return splitStep(found ?? pairs(text));
}

function pairs(text: string): Map<string, number> {
  const found = new Map<string, number>();
  if (!text.includes("=")) return found;
  for (const [, name, value] of text.matchAll(PAIR)) {
    found.set(name!, readNumber(value!));
  }
  return found;
}

function readNumber(text: string): number {
  const word = text.replace(/^[+-]/, "").toLowerCase();
  if (word === "nan") return NaN;
  if (word === "inf" || word === "infinity") {
    return text.startsWith("-") ? -Infinity : Infinity;
  }
  return Number(text);
}

/** Reads the numbers of a JSON object; nested names are joined by slashes. Python writes NaN as a bare word. */
function jsonNumbers(text: string): Map<string, number> | undefined {
  const direct = readJson(text);
  if (direct !== undefined) return numbersOf(direct, undefined);
  if (!/NaN|Infinity/.test(text)) return undefined;
  const mark = markNotIn(text);
  const data = readJson(quoteWords(text, mark));
  return data === undefined ? undefined : numbersOf(data, mark);
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // It is not JSON, or it is too deep for the parser.
    return undefined;
  }
}

/** Chooses a mark that the line does not contain, so that none of its strings is taken for a bare word. */
function markNotIn(text: string): string {
  let mark = "#";
  while (text.includes(mark)) mark += "#";
  return mark;
}

/** Quotes the bare words that JSON lacks, after a mark; strings are unchanged. */
function quoteWords(text: string, mark: string): string {
  const word = /NaN|-?Infinity/y;
  let out = "";
  let inside = false;
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!;
    if (inside && char === "\\") {
      out += char + (text[++i] ?? "");
      continue;
    }
    if (char === '"') inside = !inside;
    word.lastIndex = i;
    const found = inside ? undefined : word.exec(text)?.[0];
    if (found === undefined) out += char;
    else {
      out += `"${mark}${found}"`;
      i += found.length - 1;
    }
  }
  return out;
}

/** Uses a list instead of recursion: a line can be nested deeper than the call stack. */
function numbersOf(
  data: unknown,
  mark: string | undefined,
): Map<string, number> {
  const found = new Map<string, number>();
  const rest: { name: string; value: unknown; depth: number }[] = [
    { name: "", value: data, depth: 0 },
  ];
  for (let one = rest.pop(); one !== undefined; one = rest.pop()) {
    const { name, value, depth } = one;
    const number = numberIn(value, mark);
    if (number !== undefined) found.set(name, number);
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      continue;
    }
    if (depth === DEEPEST) continue;
    for (const [key, child] of Object.entries(value).reverse()) {
      const inner = depth === 0 ? key : `${name}/${key}`;
      rest.push({ name: inner, value: child, depth: depth + 1 });
    }
  }
  return found;
}

function numberIn(value: unknown, mark: string | undefined) {
  if (typeof value === "number") return value;
  return mark !== undefined && typeof value === "string" &&
      value.startsWith(mark)
    ? Number(value.slice(mark.length))
    : undefined;
}

function splitStep(
  found: ReadonlyMap<string, number>,
): PrintedMetrics | undefined {
  const stepName = STEP_NAMES.find((name) =>
    Number.isSafeInteger(found.get(name))
  );
  const metrics = Object.fromEntries(
    [...found].filter(([name]) =>
      name !== stepName && name !== "" && name.length <= LONGEST_NAME
    ),
  );
  if (Object.keys(metrics).length === 0) return undefined;
  return {
    metrics,
    ...(stepName !== undefined && { step: found.get(stepName)! }),
  };
}
