import type { Run, SQLFinder } from "../../tracker/mod.ts";
import type { CodeShape, History, RunFacts } from "../facts.ts";
import { shapesOf } from "./shapes_of.ts";

/**
 * Adds the shapes of code to two runs, and to the runs that have the code of one of them.
 *
 * @param history The runs.
 * @param source The file, and the two runs in it.
 * @returns the runs; as they are if the two have the same code.
 * @throws {StorageError} If the program of a run is damaged.
 */
export async function withShapes(
  history: History,
  { finder, a, b }: {
    readonly finder: SQLFinder;
    readonly a: Run;
    readonly b: Run;
  },
): Promise<History> {
  const sets = [history.a.sets?.code, history.b.sets?.code];
  if (sets.includes(undefined) || sets[0] === sets[1]) return history;
  const [ofA, ofB] = [await readShapes(finder, a), await readShapes(finder, b)];
  if (ofA === undefined || ofB === undefined) return history;
  const add = (run: RunFacts): RunFacts => {
    const at = sets.indexOf(run.sets?.code);
    const shapes = [ofA, ofB][at];
    return shapes === undefined ? run : { ...run, shapes };
  };
  return {
    ...history,
    a: add(history.a),
    b: add(history.b),
    others: history.others.map(add),
  };
}

async function readShapes(
  finder: SQLFinder,
  run: Run,
): Promise<ReadonlyMap<string, CodeShape> | undefined> {
  // The code of a run with several attempts is not one program.
  if (run.attempts.length !== 1) return undefined;
  const program = await finder.programOf(run);
  return program && shapesOf(program.modules);
}
