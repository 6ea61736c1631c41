/** What differs among runs, as rows: for `ato compare` and `ato report`. */
import { hashDigits, isHash } from "../internal/factor_value.ts";
import type { FactorKind } from "../internal/run_factors.ts";
import { textAt } from "../internal/value_text.ts";
import type { Run, SQLFinder } from "../tracker/mod.ts";

/** One line of a comparison of runs. */
export interface ComparedRow {
  readonly kind: "config" | "code" | "input" | "environment" | "metric";
  readonly name: string;
  /** One for each run. */
  readonly values: readonly (string | number | undefined)[];
}

/** Where the factors of each kind are shown; the config has rows of its own. */
const ROW_KINDS: Readonly<Partial<Record<FactorKind, ComparedRow["kind"]>>> = {
  code: "code",
  package: "code",
  input: "input",
  env: "input",
  environment: "environment",
};

/**
 * Compares the configs.
 *
 * @param runs The runs.
 * @param all Whether values that are the same in all runs are listed, too.
 * @returns a row for each key path.
 */
export async function configRows(
  runs: readonly Run[],
  all: boolean,
): Promise<ComparedRow[]> {
  const { configLeaves } = await import("../why/mod.ts");
  const leaves = runs.map((run) => configLeaves(run.config));
  const paths = [...new Set(leaves.flatMap((one) => [...one.keys()]))];
  return paths
    .map((name): ComparedRow => ({
      kind: "config",
      name,
      values: leaves.map((one) => textAt(one, name)),
    }))
    .filter(({ values }) => all || new Set(values).size > 1);
}

/**
 * Compares the pieces of code, packages, inputs and parts of the machine.
 *
 * @param file The file.
 * @param runs The runs.
 * @returns a row for each that differs.
 */
export async function factorRows(
  file: SQLFinder,
  runs: readonly Run[],
): Promise<ComparedRow[]> {
  const { compareRuns } = await import("../why/mod.ts");
  const { rows } = await compareRuns(runs, file);
  return rows.flatMap(({ id, kind: of, cells }): ComparedRow[] => {
    const kind = ROW_KINDS[of];
    if (kind === undefined) return [];
    const values = cells.map((cell) =>
      cell.is === "value" ? cell.value : undefined
    );
    return [{
      kind,
      name: id.slice(id.indexOf(":") + 1),
      values: values.map((value) => kind === "code" ? hashText(value) : value),
    }];
  });
}

/** The digits of a hash; other values, such as versions, as they are. */
function hashText(value: string | undefined): string | undefined {
  return value !== undefined && isHash(value) ? hashDigits(value, 8) : value;
}

/**
 * Compares the last values of the metrics.
 *
 * @param runs The runs.
 * @returns a row for each metric, by name.
 */
export async function metricRows(runs: readonly Run[]): Promise<ComparedRow[]> {
  const rows = new Map<string, (number | undefined)[]>();
  for (const [index, run] of runs.entries()) {
    for (const key of await run.metrics.names()) {
      const values = rows.get(key) ?? runs.map(() => undefined);
      values[index] = (await run.metrics.summary(key))?.last;
      rows.set(key, values);
    }
  }
  return [...rows].sort(([a], [b]) => a < b ? -1 : 1).map((
    [name, values],
  ) => ({ kind: "metric", name, values }));
}
