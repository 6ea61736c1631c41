/**
 * Pairs code whose names changed.
 *
 * @module
 */
import { splitCodeId } from "../../internal/run_factors.ts";
import type { CodeGraph } from "./code_graph.ts";

/** Code that has another name in the second run: its id in the first run, and in the second. */
export type Pairs = ReadonlyMap<string, string>;

/**
 * Pairs the pieces of two programs that have other names.
 *
 * Where two pieces have one shape, what they refer to is paired, name by name. A pair stands if its pieces have one
 * shape and refer to the same things in turn, if no name is paired twice or given up to other code, and if nothing
 * refers to one of the two names as before. A program in which some callers were rewired has no such pair. If code
 * under the first name is gone, and code under the second is new, the pair stands in spite of another shape: the code
 * was edited, too.
 *
 * @param a The code of the first run.
 * @param b The code of the second run.
 * @returns the pairs.
 */
export function pairNames(a: CodeGraph, b: CodeGraph): Pairs {
  let pairs: Pairs = oneToOne(proposedPairs(a, b));
  for (;;) {
    const valid = new Map(
      [...pairs].filter(standing(a, b, pairs)),
    );
    if (valid.size === pairs.size) return valid;
    pairs = valid;
  }
}

type Pair = readonly [x: string, y: string];

/** Tells which pairs stand, as long as all the others do. */
function standing(
  a: CodeGraph,
  b: CodeGraph,
  pairs: Pairs,
): (pair: Pair) => boolean {
  const back = new Set(pairs.values());
  const kept = keptNames(a, b, pairs);
  return ([x, y]) => {
    const [ofX, ofY] = [ownerOf(x), ownerOf(y)];
    return !kept.has(x) && !kept.has(y) &&
      (!a.has(y) || pairs.has(y)) && (!b.has(x) || back.has(x)) &&
      (ofX === undefined || ofX === ofY || pairs.get(ofX) === ofY) &&
      (isReplaced(a, b, x, y) || isSameCode(a, b, [x, y], pairs));
  };
}

/** Whether a name is gone, and another one is new. */
function isReplaced(a: CodeGraph, b: CodeGraph, x: string, y: string): boolean {
  return !b.declares(x) && !a.declares(y);
}

/** The class of a member. */
function ownerOf(id: string): string | undefined {
  const [path, name] = splitCodeId(id);
  const dot = name.indexOf(".");
  return dot < 0 ? undefined : `code:${path}#${name.slice(0, dot)}`;
}

/**
 * Tells whether two pieces are the same but for the names that they use.
 *
 * @param a The code of the first run.
 * @param b The code of the second run.
 * @param ids The ids of the two.
 * @param pairs Code that has another name in the second run.
 * @returns true if they have one shape, and refer to the same things.
 */
export function isSameCode(
  a: CodeGraph,
  b: CodeGraph,
  [x, y]: readonly [string, string],
  pairs: Pairs,
): boolean {
  if (a.shapeOf(x).shape !== b.shapeOf(y).shape) return false;
  const [ofA, ofB] = [a.targetsOf(x), b.targetsOf(y)];
  return ofA.length === ofB.length &&
    ofA.every((target, at) => isSameTarget(target, ofB[at] ?? "", pairs));
}

/**
 * Tells whether two names stand for the same thing.
 *
 * @param x What the first stands for.
 * @param y What the second stands for.
 * @param pairs Code that has another name in the second run.
 * @returns true if they do.
 */
export function isSameTarget(x: string, y: string, pairs: Pairs): boolean {
  return (pairs.get(x) ?? x) === y;
}

/** The pairs of names that pieces of one shape refer to at the same place. */
function proposedPairs(a: CodeGraph, b: CodeGraph): Pair[] {
  const proposals = new Map<string, Pair>();
  const queue: Pair[] = a.ids.filter((id) => b.has(id))
    .map((id) => [id, id]);
  for (const [x, y] of queue) {
    const isOne = a.shapeOf(x).shape === b.shapeOf(y).shape;
    const targets = isOne ? targetPairs(a, b, [x, y]) : [];
    for (const next of [...targets, ...members(a, b, x, y)]) {
      const key = next.join("\n");
      if (next[0] === next[1] || proposals.has(key)) continue;
      proposals.set(key, next);
      queue.push(next);
    }
  }
  return [...proposals.values()].filter(([x, y]) => mayBeOne(a, b, x, y));
}

function targetPairs(a: CodeGraph, b: CodeGraph, [x, y]: Pair): Pair[] {
  const ofB = b.targetsOf(y);
  return a.targetsOf(x).flatMap((one, at): Pair[] => {
    const other = ofB[at] ?? "";
    return isCode(one) && isCode(other) ? [[one, other]] : [];
  });
}

/** The members of a class that has another name. */
function members(a: CodeGraph, b: CodeGraph, x: string, y: string): Pair[] {
  if (x === y) return [];
  return a.membersOf(x).filter((name) => b.has(`${y}.${name}`))
    .map((name) => [`${x}.${name}`, `${y}.${name}`]);
}

function isCode(target: string): boolean {
  return target.startsWith("code:");
}

function mayBeOne(a: CodeGraph, b: CodeGraph, x: string, y: string): boolean {
  const [one, other] = [a.shapeOf(x), b.shapeOf(y)];
  const isOne = one.shape === other.shape || isReplaced(a, b, x, y);
  return isOne && !one.isNamed && !other.isNamed;
}

/** Leaves out names that are paired with more than one. */
function oneToOne(proposals: readonly Pair[]): Map<string, string> {
  const count = (side: 0 | 1) => {
    const counts = new Map<string, number>();
    for (const one of proposals) {
      counts.set(one[side], (counts.get(one[side]) ?? 0) + 1);
    }
    return counts;
  };
  const [ofA, ofB] = [count(0), count(1)];
  return new Map(
    proposals.filter(([x, y]) => ofA.get(x) === 1 && ofB.get(y) === 1),
  );
}

/**
 * The names that stand for themselves in both runs: pieces that are the same refer to them at the same place, or code
 * that is not the same refers to them before and after.
 */
function keptNames(a: CodeGraph, b: CodeGraph, pairs: Pairs): Set<string> {
  const same = sameCode(a, b, pairs);
  const kept = new Set(
    [...same].flatMap((pair) => targetPairs(a, b, pair))
      .flatMap(([one, other]) => one === other ? [one] : []),
  );
  const [ofA, ofB] = [new Set(same.keys()), new Set(same.values())];
  const before = targetsIn(a, ofA);
  for (const target of targetsIn(b, ofB)) {
    if (before.has(target)) kept.add(target);
  }
  return kept;
}

/** The pieces that are the same but for names: those of a pair, and those that are in both runs. */
function sameCode(a: CodeGraph, b: CodeGraph, pairs: Pairs): Pairs {
  const back = new Set(pairs.values());
  return new Map(a.ids.flatMap((x): Pair[] => {
    const y = pairs.get(x) ?? x;
    const isPair = pairs.has(x) || !back.has(x) && b.has(x);
    return isPair && isSameCode(a, b, [x, y], pairs) ? [[x, y]] : [];
  }));
}

/** What the other pieces refer to. */
function targetsIn(code: CodeGraph, except: ReadonlySet<string>): Set<string> {
  return new Set(
    code.ids.filter((id) => !except.has(id))
      .flatMap((id) => code.targetsOf(id)),
  );
}
