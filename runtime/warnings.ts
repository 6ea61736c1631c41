import process from "node:process";

/**
 * Runs something without the one warning that it is known to give; all others pass.
 *
 * @param about What the warning's text contains.
 * @param work What is run.
 * @returns what `work` gives.
 */
export function withoutWarning<T>(about: RegExp, work: () => T): T {
  const emit = process.emitWarning;
  const filtered = (warning: string | Error, ...rest: unknown[]): void => {
    const text = typeof warning === "string" ? warning : warning.message;
    if (!about.test(text)) Reflect.apply(emit, process, [warning, ...rest]);
  };
  process.emitWarning = filtered as typeof process.emitWarning;
  try {
    return work();
  } finally {
    process.emitWarning = emit;
  }
}
