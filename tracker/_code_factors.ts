/** The factors of a program: its reachable pieces, and the packages that it imports. */
import {
  type FactorEntry,
  type FactorRecord,
  factorRecord,
} from "./_factor_record.ts";
import type { ProgramSnapshot } from "../internal/run_factors.ts";

/** The parts of a snapshot that are factors. */
export type Pieces = Pick<ProgramSnapshot, "modules" | "packages" | "coverage">;

/** Returns the factors of a program. Nothing is known to use the other pieces. */
export function codeFactors(
  { modules, packages, coverage }: Pieces,
): FactorRecord {
  const hashes = new Map<string, string[]>();
  for (const { path, pieces } of modules) {
    for (const { name, kind, hash, reachable, links = [] } of pieces) {
      if (!reachable || kind === "view") continue;
      const id = `code:${path}#${name}`;
      const value = [hash, ...links].join("\n");
      // A getter and a setter have one name.
      const same = hashes.get(id);
      if (same === undefined) hashes.set(id, [value]);
      else same.push(value);
    }
  }
  const code = [...hashes].map(([id, list]): FactorEntry => [
    id,
    list.join(" "),
  ]);
  const versions = Object.entries(packages).map((
    [name, version],
  ): FactorEntry => [`package:${name}`, version]);
  return factorRecord("code", [...code, ...versions], coverage);
}
