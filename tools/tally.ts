/**
 * Counts what test runners report, so that one closing line can speak for all of them.
 *
 * @module
 */

/** How many tests ended how. */
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
 * @returns the counts, or `undefined` where the output has no summary (the runner broke down).
 */
export function readSummary(output: string): Tally | undefined {
  const plain = output.replaceAll(ESCAPES, "");
  return readDeno(plain) ?? readNode(plain);
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
 * @param total The tally that grows.
 * @param part What is added.
 */
export function addTally(total: Tally, part: Tally): void {
  total.passed += part.passed;
  total.failed += part.failed;
  total.skipped += part.skipped;
}
