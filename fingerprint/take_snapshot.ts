import {
  addressBeside,
  importLate,
  isLoadable,
} from "../internal/import_late.ts";
import { messageOf } from "../internal/errors.ts";
import type { ProgramSnapshot } from "../internal/run_factors.ts";
import type { SnapshotOptions } from "./program/options.ts";
import { providedSnapshots, type TakeSnapshot } from "./provide_snapshots.ts";

/**
 * Takes a snapshot of a program: its entry script and every local module that it reaches, split into declarations.
 * Nothing is run, and nothing is read without a permission that is already granted.
 *
 * The modules that this needs are loaded when it is first called. A program that must contain them, such as a bundle,
 * imports `@ato/ato/program`, which exports the same function.
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
  const known = providedSnapshots() ?? await loadLate();
  return typeof known === "string"
    ? withoutLibrary(entry, known)
    : await known(entry, options);
}

/** Loads what takes snapshots, or tells why that is not possible. */
async function loadLate(): Promise<TakeSnapshot | string> {
  try {
    const address = addressBeside("./program/mod", import.meta.url);
    if (!await isLoadable(address)) {
      return "Ato is not permitted to read its own modules; add --allow-read";
    }
    const late = await importLate(address) as { takeSnapshot: TakeSnapshot };
    return late.takeSnapshot;
  } catch (error) {
    return `what takes snapshots cannot be loaded (${messageOf(error)}); ` +
      'add it to the program with: import "@ato/ato/program"';
  }
}

/** A snapshot with nothing but the reason. */
function withoutLibrary(entry: string, reason: string): ProgramSnapshot {
  return {
    root: "",
    entry,
    modules: [],
    packages: {},
    files: [],
    texts: new Map(),
    coverage: { level: "none", missing: [reason] },
  };
}
