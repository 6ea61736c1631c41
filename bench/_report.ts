/** One row of the report. */
export interface Row {
  /** What was measured. */
  readonly what: string;
  /** The figure, and what it is compared with. */
  readonly figure: string;
  /** The figure as a multiple of its budget: 1 is just within, above 2 fails the command. */
  readonly share: number;
  /** The budget in words. */
  readonly budget: string;
}

/** The median of some figures. */
export function median(figures: number[]): number {
  const sorted = figures.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

/** Milliseconds that a piece of work takes. */
export function time(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

/** Milliseconds that a piece of asynchronous work takes. */
export async function timeAsync(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** A row for a ratio to a baseline of the same run. */
export function ratioRow(
  what: string,
  ours: number,
  baseline: number,
  name: string,
  most: number,
): Row {
  const ratio = ours / baseline;
  return {
    what,
    figure: `${ratio.toFixed(2)} x ${name}`,
    share: ratio / most,
    budget: `at most ${most.toFixed(2)} x`,
  };
}

/** A row for a time in milliseconds. */
export function timeRow(what: string, ms: number, most: number): Row {
  return {
    what,
    figure: `${ms.toFixed(ms < 1 ? 3 : 1)} ms`,
    share: ms / most,
    budget: `at most ${most} ms`,
  };
}

/** Prints the rows as a table, and gives how many missed their budget by more than a factor of 2. */
export function printRows(rows: readonly Row[]): number {
  const width = Math.max(...rows.map((row) => row.what.length));
  const figures = Math.max(...rows.map((row) => row.figure.length));
  for (const row of rows) {
    const verdict = row.share <= 1
      ? "within"
      : row.share <= 2
      ? "over"
      : "MISSED";
    console.log(
      `${row.what.padEnd(width)}  ${
        row.figure.padEnd(figures)
      }  ${verdict}: ${row.budget}`,
    );
  }
  return rows.filter((row) => row.share > 2).length;
}
