/** Metrics that programs print. */

/** What a line says. */
export interface PrintedMetrics {
  /** Values by name. */
  readonly metrics: Readonly<Record<string, number>>;
  /** The step, where the line names one. */
  readonly step?: number;
}

/** What programs call the step, the most telling first. */
const STEP_NAMES = [
  "step",
  "global_step",
  "globalStep",
  "iteration",
  "iter",
  "epoch",
];
/** Nobody looks at metrics with deeper or longer names. */
const DEEPEST = 32;
const LONGEST_NAME = 1000;
const NUMBER =
  "[+-]?(?:\\d+(?:\\.\\d*)?(?:[eE][+-]?\\d+)?|\\.\\d+(?:[eE][+-]?\\d+)?|nan|NaN|inf|Infinity|Inf)";
// A pair stands alone: `Namespace(lr=0.1)` and `time=3s` are none.
const PAIR = new RegExp(
  `(?<=^|[\\s,;|])([A-Za-z_][\\w./-]*)=(${NUMBER})(?=$|[\\s,;|])`,
  "g",
);

/**
 * Reads the metrics of a printed line: `name=value` pairs between spaces, commas, semicolons or
 * bars, or one JSON object, its names to a depth of 32. A `step`, `global_step`, `iteration`, `iter` or `epoch` among them is
 * the step.
 *
 * @param line A line without its end.
 * @returns what it says, or `undefined` where there is no metric in it.
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

/** The numbers of a JSON object, nested names joined by slashes; Python writes NaN as a bare word. */
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
    // It only looked like JSON; or it is deeper than the parser can go.
    return undefined;
  }
}

/** A text that stands nowhere in the line, so that no value of it can be taken for a word. */
function markNotIn(text: string): string {
  let mark = "#";
  while (text.includes(mark)) mark += "#";
  return mark;
}

/** Puts the words that JSON has not into quotes, behind a mark; what stands in quotes stays. */
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

/** Walks with a list of its own: a line may be nested deeper than calls can be. */
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
