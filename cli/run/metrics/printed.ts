/** What is read in the lines that programs print. */

/** The metrics of a line. */
export interface PrintedMetrics {
  /** Values by name. */
  readonly metrics: Readonly<Record<string, number>>;
  /** The step, if the line has one. */
  readonly step?: number;
}

/** Longer names are not read. */
const LONGEST_NAME = 1000;

/** The names of the step, the most specific first. */
export const STEP_NAMES: readonly string[] = [
  "step",
  "global_step",
  "globalStep",
  "iteration",
  "iter",
  "epoch",
];

/** A number as it was printed. */
export interface PrintedNumber {
  readonly value: number;
  /** Whether it can be a step: `3`, and not `3.0`, which is how programs print a part of an epoch. */
  readonly isWhole: boolean;
}

/**
 * Separates the step from the metrics of a line.
 *
 * @param found The numbers of the line by name.
 * @param headStep The step that the start of the line says.
 * @returns `undefined` if there is no metric.
 */
export function printedMetrics(
  found: ReadonlyMap<string, PrintedNumber>,
  headStep?: number,
): PrintedMetrics | undefined {
  const stepName = STEP_NAMES.find((name) => {
    const number = found.get(name);
    return number?.isWhole && Number.isSafeInteger(number.value);
  });
  const metrics = Object.fromEntries(
    [...found].filter(([name]) =>
      name !== stepName && name !== "" && name.length <= LONGEST_NAME
    ).map(([name, { value }]) => [name, value]),
  );
  if (Object.keys(metrics).length === 0) return undefined;
  const step = stepName === undefined ? headStep : found.get(stepName)!.value;
  return { metrics, ...(step !== undefined && { step }) };
}
