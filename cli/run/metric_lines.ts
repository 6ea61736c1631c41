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
const NUMBER =
  "[+-]?(?:\\d+(?:\\.\\d*)?(?:[eE][+-]?\\d+)?|\\.\\d+(?:[eE][+-]?\\d+)?|nan|NaN|inf|Infinity|Inf)";
// A pair stands alone: `Namespace(lr=0.1)` and `time=3s` are none.
const PAIR = new RegExp(
  `(?<=^|[\\s,;|])([A-Za-z_][\\w./-]*)=(${NUMBER})(?=$|[\\s,;|])`,
  "g",
);

/**
 * Reads the metrics of a printed line: `name=value` pairs between spaces, commas, semicolons or
 * bars, or one JSON object. A `step`, `global_step`, `iteration`, `iter` or `epoch` among them is
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
  let data: unknown;
  try {
    data = JSON.parse(
      text.replace(
        /([:,[]\s*)(NaN|-?Infinity)(?=\s*[,}\]])/g,
        (_all, before: string, word: string) => `${before}"\\u0000${word}"`,
      ),
    );
  } catch {
    // It only looked like JSON.
    return undefined;
  }
  const found = new Map<string, number>();
  collect(data, "", found);
  return found;
}

function collect(
  data: unknown,
  path: string,
  found: Map<string, number>,
): void {
  if (typeof data === "number") found.set(path, data);
  if (typeof data === "string" && data.startsWith("\u0000")) {
    found.set(path, Number(data.slice(1)));
  }
  if (typeof data !== "object" || data === null || Array.isArray(data)) return;
  for (const [key, value] of Object.entries(data)) {
    collect(value, path === "" ? key : `${path}/${key}`, found);
  }
}

function splitStep(
  found: ReadonlyMap<string, number>,
): PrintedMetrics | undefined {
  const stepName = STEP_NAMES.find((name) =>
    Number.isSafeInteger(found.get(name))
  );
  const metrics = Object.fromEntries(
    [...found].filter(([name]) => name !== stepName && name !== ""),
  );
  if (Object.keys(metrics).length === 0) return undefined;
  return {
    metrics,
    ...(stepName !== undefined && { step: found.get(stepName)! }),
  };
}
