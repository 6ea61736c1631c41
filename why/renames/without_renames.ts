import { splitCodeId } from "../../internal/run_factors.ts";
import type { RunFacts } from "../facts.ts";
import { CodeGraph, type ShapedRun } from "./code_graph.ts";
import {
  isSameCode,
  isSameTarget,
  pairNames,
  type Pairs,
} from "./pair_names.ts";

/** Code factors that differ in more than names. */
export interface WithoutRenames {
  /** The ids that are left. */
  readonly differing: readonly string[];
  /** The code that has another name in the second run: its id in the first run, and in the second. */
  readonly renamed: Pairs;
  /** Code whose name and text changed: its id in the second run, and in the first. Only the former is left. */
  readonly edited: ReadonlyMap<string, string>;
}

/**
 * Leaves out code that is the same but for names: what was renamed, and what uses it.
 *
 * @param ids The ids of factors that differ.
 * @param a The first run.
 * @param b The second run.
 * @returns what is left; all of them if the shapes of the code of a run are not known.
 */
export function withoutRenames(
  ids: readonly string[],
  a: RunFacts,
  b: RunFacts,
): WithoutRenames {
  const hasCode = ids.some((id) => id.startsWith("code:"));
  if (!hasCode || !isShaped(a) || !isShaped(b)) {
    return { differing: ids, renamed: new Map(), edited: new Map() };
  }
  const names = namesOf(a, b);
  const { pairs, edited } = names;
  const isLeft = (id: string) =>
    !id.startsWith("code:") || edited.has(id) || !isSame(names, id);
  return { differing: ids.filter(isLeft), renamed: pairs, edited };
}

function isShaped(run: RunFacts): run is ShapedRun {
  return run.shapes !== undefined;
}

/** The code of two runs, and what has another name in the second. */
interface Names {
  readonly a: CodeGraph;
  readonly b: CodeGraph;
  readonly pairs: Pairs;
  readonly back: ReadonlySet<string>;
  readonly edited: ReadonlyMap<string, string>;
  /** Whether a piece of the same text uses something else, because a module imports or exports something else. */
  readonly isRelinked: boolean;
}

/** The runs of a project share few programs, so each two are compared once. */
const known = new WeakMap<object, WeakMap<object, Names>>();

function namesOf(a: ShapedRun, b: ShapedRun): Names {
  const ofA = known.get(a.shapes) ?? new WeakMap<object, Names>();
  known.set(a.shapes, ofA);
  let names = ofA.get(b.shapes);
  if (names === undefined) {
    names = compareNames(a, b);
    ofA.set(b.shapes, names);
  }
  return names;
}

function compareNames(one: ShapedRun, other: ShapedRun): Names {
  const [a, b] = [new CodeGraph(one), new CodeGraph(other)];
  const pairs = pairNames(a, b);
  const back = new Set(pairs.values());
  const isRelinked = a.ids.some((id) =>
    one.factors.get(id) === other.factors.get(id) &&
    !isSameCode(a, b, [id, id], pairs)
  );
  const edited = new Map(
    [...pairs].filter((pair) => !isSameCode(a, b, pair, pairs))
      .map(([x, y]) => [y, x]),
  );
  return { a, b, pairs, back, edited, isRelinked };
}

function isSame(names: Names, id: string): boolean {
  const { a, b, pairs, back } = names;
  if (pairs.has(id) || back.has(id)) {
    return a.has(id) === pairs.has(id) && b.has(id) === back.has(id);
  }
  return a.has(id) && b.has(id) && isSameCode(a, b, [id, id], pairs) &&
    isLinkedAlike(names, id);
}

/** Whether the names of a module come from the same places; only the statements of a module have links. */
function isLinkedAlike(names: Names, id: string): boolean {
  const { a, b } = names;
  const [path, name] = splitCodeId(id);
  if (name !== "") return true;
  const [x, y] = [a.linksOf(path), b.linksOf(path)];
  return areMoved(x.modules, y.modules, names.pairs) &&
    isEqual(x.others, y.others) &&
    areAlike(x.imports, y.imports, names) &&
    areAlike(x.exports, y.exports, names);
}

/** Whether two lists of modules are the same but for files from which code was moved. */
function areMoved(
  x: readonly string[],
  y: readonly string[],
  pairs: Pairs,
): boolean {
  const pathOf = (id: string) => splitCodeId(id)[0];
  return x.length === y.length && x.every((from, at) =>
    from === y[at] ||
    [...pairs].some(([old, now]) =>
      pathOf(old) === from && pathOf(now) === y[at]
    )
  );
}

type Targets = ReadonlyMap<string, string>;

/** Whether names stand for the same things. The names themselves count only if not all that uses them was renamed along. */
function areAlike(
  x: Targets,
  y: Targets,
  { pairs, isRelinked }: Names,
): boolean {
  const renamed = [...x.values()].map((target) => pairs.get(target) ?? target);
  return isEqual(renamed.sort(), [...y.values()].sort()) &&
    (!isRelinked ||
      [...x].every(([name, target]) =>
        isSameTarget(target, y.get(name) ?? "", pairs)
      ));
}

function isEqual(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((one, at) => one === b[at]);
}
