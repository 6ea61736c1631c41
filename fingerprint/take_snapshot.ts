import type { ProgramSnapshot } from "../internal/run_factors.ts";
import type { SnapshotOptions } from "./program/options.ts";

/**
 * Takes a snapshot of a program: its entry script and every local module that it reaches, split into declarations.
 * Nothing is run, and nothing is read without a permission that is already granted.
 *
 * @param entry The path or the URL of the entry script.
 * @param options Options.
 * @returns the snapshot. Its coverage says what is missing; it is `none` if the entry cannot be read.
 *
 * @example
 * ```ts
 * import { takeSnapshot } from "@ato/ato/fingerprint";
 *
 * const { modules, coverage } = await takeSnapshot("train.ts");
 * console.log(coverage.level, modules.map(({ path }) => path)); // full [ "train.ts", "src/loss.ts" ]
 * ```
 */
export async function takeSnapshot(
  entry: string,
  options: SnapshotOptions = {},
): Promise<ProgramSnapshot> {
  const { snapshotProgram } = await import("./program/snapshot.ts");
  return await snapshotProgram(entry, options);
}
