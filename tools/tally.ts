/**
 * Counts what test runners report, for one closing line over all of them.
 *
 * @module
 */

/** The number of tests with each outcome. */
export interface Tally {
  /** Passed. */
  passed: number;
  /** Failed. */
  failed: number;
  /** Skipped, with a printed reason. */
  skipped: number;
}

const ESCAPES = new RegExp(String.fromCharCode(27) + "\\[[0-9;]*m", "g");

/**
 * Reads the summary that `deno test` or `node --test` printed.
 *
 * @param output The runner's whole output.
 * @returns the counts, or `undefined` if the output has no summary (the runner crashed).
 */
export function readSummary(output: string): Tally | undefined {
  const plain = output.replaceAll(ESCAPES, "");
  return readDeno(plain) ?? readNode(plain);
}

/**
 * Returns what a test runner printed of its failed tests, so that it can be shown again at the end: a
 * failure must not be lost among thousands of lines.
 *
 * @param output The runner's whole output.
 * @returns the part about failures; empty if there is none.
 */
export function readFailures(output: string): string {
  const lines = output.replaceAll(ESCAPES, "").split("\n");
  const start = lines.findIndex((line) =>
    /^( ERRORS |✖ failing tests:)\s*$/.test(line)
  );
  if (start < 0) return "";
  const end = lines.findIndex((line, i) =>
    i > start && /^(FAILED \||ℹ tests )/.test(line)
  );
  return lines.slice(start, end < 0 ? undefined : end).join("\n").trim();
}

function readDeno(plain: string): Tally | undefined {
  const line = plain.split("\n").findLast((l) =>
    /^(ok|FAILED) \| \d+ passed/.test(l)
  );
  if (line === undefined) return undefined;
  return {
    passed: numberBefore(line, "passed"),
    failed: numberBefore(line, "failed"),
    skipped: numberBefore(line, "ignored"),
  };
}

function numberBefore(line: string, word: string): number {
  return Number(line.match(new RegExp(`(\\d+) ${word}`))?.[1] ?? 0);
}

function readNode(plain: string): Tally | undefined {
  const count = (word: string) =>
    plain.match(new RegExp(`^ℹ ${word} (\\d+)$`, "m"))?.[1];
  const passed = count("pass");
  if (passed === undefined) return undefined;
  return {
    passed: Number(passed),
    failed: Number(count("fail")) + Number(count("cancelled") ?? 0),
    skipped: Number(count("skipped") ?? 0),
  };
}

/**
 * Adds one tally to another.
 *
 * @param total The tally that is changed.
 * @param part The tally that is added.
 */
export function addTally(total: Tally, part: Tally): void {
  total.passed += part.passed;
  total.failed += part.failed;
  total.skipped += part.skipped;
}
