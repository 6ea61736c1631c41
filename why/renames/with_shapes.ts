import type { Run, SQLFinder } from "../../tracker/mod.ts";
import type { CodeShape, History, RunFacts } from "../facts.ts";
import { shapesOf } from "./shapes_of.ts";

type Shapes = ReadonlyMap<string, CodeShape>;

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
  const pairs = [[history.a, history.b]] as const;
  const known = await shapesOfPairs(pairs, [a, b], finder);
  return {
    ...history,
    a: withKnownShapes(history.a, known),
    b: withKnownShapes(history.b, known),
    others: history.others.map((run) => withKnownShapes(run, known)),
  };
}

/** The shapes of the code of runs, by the number of their set of code factors. */
export type KnownShapes = ReadonlyMap<number, Shapes>;

/**
 * Reads the shapes of the code of pairs of runs. A pair of the same code, or with a run whose code is not known, is
 * left out.
 *
 * @param pairs The pairs.
 * @param runs The same runs, as the file has them.
 * @param finder The file.
 * @returns the shapes.
 * @throws {StorageError} If the program of a run is damaged.
 */
export async function shapesOfPairs(
  pairs: Iterable<readonly [RunFacts, RunFacts]>,
  runs: readonly Run[],
  finder: SQLFinder,
): Promise<KnownShapes> {
  const read = new Map<number, Shapes | undefined>();
  const shapes = async (code: number, id: number) => {
    if (!read.has(code)) {
      const run = runs.find((one) => one.id === id);
      read.set(code, run && await readShapes(finder, run));
    }
    return read.get(code);
  };
  const known = new Map<number, Shapes>();
  for (const [one, other] of pairs) {
    const [a, b] = [one.sets?.code, other.sets?.code];
    if (a === undefined || b === undefined || a === b) continue;
    const ofA = await shapes(a, one.id);
    const ofB = await shapes(b, other.id);
    if (ofA === undefined || ofB === undefined) continue;
    known.set(a, ofA).set(b, ofB);
  }
  return known;
}

/**
 * Adds the shapes of its code to a run.
 *
 * @param run The run.
 * @param known The shapes that are known.
 * @returns the run; as it is if the shapes of its code are not known.
 */
export function withKnownShapes(run: RunFacts, known: KnownShapes): RunFacts {
  const code = run.sets?.code;
  const shapes = code === undefined ? undefined : known.get(code);
  return shapes === undefined ? run : { ...run, shapes };
}

async function readShapes(
  finder: SQLFinder,
  run: Run,
): Promise<Shapes | undefined> {
  // The code of a run with several attempts is not one program.
  if (run.attempts.length !== 1) return undefined;
  const program = await finder.programOf(run);
  return program && shapesOf(program.modules);
}
