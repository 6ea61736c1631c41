/**
 * The factors that differ among runs: what `ato diff` and `ato compare` show.
 *
 * @module
 */
import {
  type Coverage,
  type Dimension,
  DIMENSION_OF,
  type FactorKind,
  kindOfFactor,
} from "../internal/run_factors.ts";
import { keyIdOf } from "../internal/secret_values.ts";
import type { RecordedFactors, Run, SQLFinder } from "../tracker/mod.ts";

/** A factor that differs and is not a value of the config. */
export interface FactorDifference {
  /** Its id. */
  readonly id: string;
  /** Its value in the first run; absent if it has no such factor, or did not record it. */
  readonly before?: string;
  /** Its value in the second run. */
  readonly after?: string;
}

/**
 * Compares what two runs recorded besides their config. Inputs and secrets that cannot be compared are left out.
 *
 * @param a The first run.
 * @param b The second run.
 * @param finder The file.
 * @returns the factors that differ, sorted by id.
 * @throws {StorageError} If one of the runs cannot be read.
 */
export async function compareFactors(
  a: Run,
  b: Run,
  finder: SQLFinder,
): Promise<FactorDifference[]> {
  const history = await finder.history(a, b, { limit: 0 });
  const none: ReadonlyMap<string, string> = new Map();
  const [old, now] = [history?.a.factors ?? none, history?.b.factors ?? none];
  return [...new Set([...old.keys(), ...now.keys()])].sort()
    .filter((id) => DIMENSION_OF[kindOfFactor(id)] !== "config")
    .filter((id) => old.get(id) !== now.get(id))
    .map((id) => {
      const [before, after] = [old.get(id), now.get(id)];
      return {
        id,
        ...(before !== undefined && { before }),
        ...(after !== undefined && { after }),
      };
    });
}

/** What a run has of a factor. A factor that was not recorded may have any value, so it is never taken for absent. */
export type FactorCell =
  | { readonly is: "value"; readonly value: string }
  | { readonly is: "absent" }
  | { readonly is: "unknown" };

/** A factor in several runs. */
export interface FactorRow {
  /** Its id. */
  readonly id: string;
  /** Its kind. */
  readonly kind: FactorKind;
  /** What each run has. */
  readonly cells: readonly FactorCell[];
  /** `different` if two runs are known to differ; `unknown` if they may, because one did not record it. */
  readonly state: "different" | "unknown";
}

/** The factors of several runs. */
export interface FactorTableOfRuns {
  /** The factors that are not known to be the same in all runs, sorted by id. */
  readonly rows: readonly FactorRow[];
  /** How completely each run was recorded; absent for a run without a record. */
  readonly coverage: readonly (
    | Readonly<Record<Dimension, Coverage>>
    | undefined
  )[];
}

/**
 * Compares the factors of several runs, config leaves included.
 *
 * @param runs The runs.
 * @param finder The file.
 * @returns the factors that differ, and those of which it is not known.
 * @throws {StorageError} If one of the runs cannot be read.
 */
export async function compareRuns(
  runs: readonly Run[],
  finder: SQLFinder,
): Promise<FactorTableOfRuns> {
  const records = await Promise.all(runs.map((run) => finder.factorsOf(run)));
  const ids = new Set(records.flatMap((one) => [...one?.factors.keys() ?? []]));
  return {
    rows: [...ids].sort().flatMap((id) => rowOf(id, records) ?? []),
    coverage: records.map((one) => one?.coverage),
  };
}

function rowOf(
  id: string,
  records: readonly (RecordedFactors | undefined)[],
): FactorRow | undefined {
  const cells = withOneKey(records.map((record) => cellOf(id, record)));
  const known = cells.filter(({ is }) => is !== "unknown");
  const isDifferent = new Set(known.map(textOf)).size > 1;
  if (!isDifferent && known.length === cells.length) return undefined;
  const state = isDifferent ? "different" : "unknown";
  return { id, kind: kindOfFactor(id), cells, state };
}

function cellOf(id: string, record: RecordedFactors | undefined): FactorCell {
  const value = record?.factors.get(id);
  if (value !== undefined) return { is: "value", value };
  const dimension = DIMENSION_OF[kindOfFactor(id)];
  return record?.coverage[dimension].level === "full"
    ? { is: "absent" }
    : { is: "unknown" };
}

/** Secrets that were hashed with another key than that of the first one are unknown. */
function withOneKey(cells: readonly FactorCell[]): FactorCell[] {
  const keys = cells.map((cell) =>
    cell.is === "value" ? keyIdOf(cell.value) : undefined
  );
  const first = keys.find((key) => key !== undefined);
  return cells.map((cell, i) =>
    keys[i] === undefined || keys[i] === first ? cell : { is: "unknown" }
  );
}

function textOf(cell: FactorCell): string {
  return cell.is === "value" ? `=${cell.value}` : cell.is;
}
