/**
 * Reads the runs of a cause from the file, without the library that is measured.
 *
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import { TIMINGS, type Truth } from "./oracle.ts";
import type { Cause, SeedMode } from "./types.ts";

/** The seed of run A. */
export const SEED = 7;

/**
 * Reads what the runs gave.
 *
 * @param cause The cause.
 * @param how How its runs were made, and the file.
 * @returns what is known of them.
 */
export function readTruth(
  cause: Cause,
  { seeds, n, db, seed }: {
    seeds: SeedMode;
    n: number;
    db: string;
    seed: number;
  },
): Truth {
  const file = new DatabaseSync(db);
  try {
    const runs = runsIn(file, cause.project);
    // A run in the trash has points, too, and is nobody's choice.
    const curves = new Map(
      [...readCurves(file)].filter(([run]) => runs.includes(run)),
    );
    const b = runs.at(-1)!;
    const a = cause.isBest ? bestOf(curves, b) : runs[0]!;
    const base = new Map<string, number[]>();
    const group = runs.slice(0, n).filter((run) => run !== a);
    for (const run of [a, ...group]) {
      for (const [name, curve] of curves.get(run) ?? []) {
        base.set(name, [...base.get(name) ?? [], curve.at(-1)!]);
      }
    }
    const [curvesOfA, curvesOfB] = [curves.get(a), curves.get(b)];
    return {
      cause,
      seeds,
      n,
      a,
      b,
      seedDiffers: seed !== (cause.base?.seed ?? SEED),
      base,
      last: new Map(
        [...curvesOfB ?? []].map(([name, curve]) => [name, curve.at(-1)!]),
      ),
      sameCurves: [...curvesOfA ?? []].every(([name, curve]) =>
        TIMINGS.test(name) ||
        String(curve) === String(curvesOfB?.get(name))
      ) && curvesOfA?.size === curvesOfB?.size,
      runs,
    };
  } finally {
    file.close();
  }
}

/** Lists the runs of a project; the run of `ato run` around a program that records itself is in the trash. */
export function runsIn(file: DatabaseSync, project: string): number[] {
  return file.prepare(
    "SELECT e.id FROM experiments e JOIN projects p ON p.id = e.project_id WHERE p.name = ? AND e.deleted_at IS NULL ORDER BY e.id",
  ).all(project).map(({ id }) => Number(id));
}

/** The run with the least loss, but one. */
function bestOf(
  curves: ReadonlyMap<number, ReadonlyMap<string, readonly number[]>>,
  but: number,
): number {
  const losses = [...curves].filter(([run]) => run !== but)
    .map(([run, of]) => [of.get("loss")?.at(-1) ?? Infinity, run] as const);
  return losses.sort(([a], [b]) => a - b)[0]![1];
}

/** The finite values of each metric of each run, by step. */
function readCurves(file: DatabaseSync): Map<number, Map<string, number[]>> {
  const runs = new Map<number, Map<string, number[]>>();
  const rows = file.prepare(
    "SELECT run_id, key, value FROM metrics WHERE abs(value) < 9e999 ORDER BY run_id, key, step, id",
  ).all();
  for (const { run_id, key, value } of rows) {
    const run = runs.get(Number(run_id)) ?? new Map<string, number[]>();
    runs.set(Number(run_id), run);
    run.set(String(key), [...run.get(String(key)) ?? [], Number(value)]);
  }
  return runs;
}
