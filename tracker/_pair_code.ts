/** Pairs the pieces of code of two runs. */

/** The part of a piece that pairing compares. */
export interface Piece {
  /** Its file and, after `#`, its name. */
  readonly id: string;
  readonly kind: string;
  readonly hash: string;
}

/** A difference between two lists. */
export interface Pair<T extends Piece> {
  readonly change: "changed" | "added" | "removed" | "renamed" | "moved";
  readonly before?: T;
  readonly after?: T;
}

/** A piece, and its place in its list. */
interface Placed<T extends Piece> {
  readonly piece: T;
  readonly at: number;
}

/** The pieces that are not paired yet, in the order of the lists. */
interface Rest<T extends Piece> {
  readonly before: Set<Placed<T>>;
  readonly after: Set<Placed<T>>;
}

type Couple<T extends Piece> = [before: Placed<T>, after: Placed<T>];

/** The file and the name of a piece; without `#`, the id is a path. */
function split(id: string): [file: string, name: string] {
  const hash = id.indexOf("#");
  const cut = hash >= 0 ? hash : id.lastIndexOf("/");
  return [id.slice(0, Math.max(cut, 0)), id.slice(cut + 1)];
}

const byId = (piece: Piece): string => piece.id;
const byKind = ({ id, kind }: Piece): string => JSON.stringify([id, kind]);
const byHash = ({ kind, hash }: Piece): string => JSON.stringify([kind, hash]);
const byName = (piece: Piece): string =>
  JSON.stringify([byHash(piece), split(piece.id)[1]]);
const byFile = (piece: Piece): string =>
  JSON.stringify([byHash(piece), split(piece.id)[0]]);
const byAll = (piece: Piece): string =>
  JSON.stringify([byHash(piece), piece.id]);

/**
 * Compares two lists in near-linear time. Equal pieces are left out, pieces with the same id have
 * changed, and of the others those with equal hashes were renamed or moved.
 *
 * @param before The pieces that the first run used, nearest first.
 * @param after The pieces that the second run used, nearest first.
 * @returns the differences, nearest first.
 */
export function pairCode<T extends Piece>(
  before: readonly T[],
  after: readonly T[],
): Pair<T>[] {
  const place = (piece: T, at: number): Placed<T> => ({ piece, at });
  const rest: Rest<T> = {
    before: new Set(before.map(place)),
    after: new Set(after.map(place)),
  };
  take(rest, byAll);
  const changed = takeChanged(rest);
  // If several pieces are equal, each is paired with the one that is most like it.
  const same = [...take(rest, byName), ...take(rest, byFile)];
  same.push(...take(rest, byHash));
  const rows = [
    ...changed.map((couple) => toRow("changed", couple)),
    ...same.map((couple) => toRow(moveOf(couple), couple)),
    ...[...rest.before].map(({ piece, at }) => ({
      at,
      pair: { change: "removed" as const, before: piece },
    })),
    ...[...rest.after].map(({ piece, at }) => ({
      at,
      pair: { change: "added" as const, after: piece },
    })),
  ];
  // Sorting is stable, so pieces that are equally near stay in the order above.
  return rows.sort((a, b) => a.at - b.at).map(({ pair }) => pair);
}

function toRow<T extends Piece>(
  change: Pair<T>["change"],
  [before, after]: Couple<T>,
): { at: number; pair: Pair<T> } {
  const pair = { change, before: before.piece, after: after.piece };
  return { at: after.at, pair };
}

function moveOf<T extends Piece>([before, after]: Couple<T>):
  | "renamed"
  | "moved" {
  const [file] = split(before.piece.id);
  return file === split(after.piece.id)[0] ? "renamed" : "moved";
}

/** Pairs pieces with the same id, and if possible with the same kind. */
function takeChanged<T extends Piece>(rest: Rest<T>): Couple<T>[] {
  // If an id has more candidates on one side, those wait whose hash also occurs under another id.
  const [beforeIds, afterIds] = [idsOf(rest.before), idsOf(rest.after)];
  const gone = hashesOf(rest.before, afterIds);
  const come = hashesOf(rest.after, beforeIds);
  const waits = {
    before: (one: Placed<T>): boolean => come.has(byHash(one.piece)),
    after: (one: Placed<T>): boolean => gone.has(byHash(one.piece)),
  };
  return [...take(rest, byKind, waits), ...take(rest, byId, waits)];
}

function idsOf<T extends Piece>(side: Set<Placed<T>>): Set<string> {
  return new Set([...side].map(({ piece }) => piece.id));
}

/** The hashes of the pieces whose id the other side does not have. */
function hashesOf<T extends Piece>(
  side: Set<Placed<T>>,
  otherIds: Set<string>,
): Set<string> {
  const alone = [...side].filter(({ piece }) => !otherIds.has(piece.id));
  return new Set(alone.map(({ piece }) => byHash(piece)));
}

/** Pairs pieces with equal keys, in order, and removes them from the rest. */
function take<T extends Piece>(
  rest: Rest<T>,
  keyOf: (piece: T) => string,
  waits?: Record<keyof Rest<T>, (one: Placed<T>) => boolean>,
): Couple<T>[] {
  const couples: Couple<T>[] = [];
  const others = group(rest.after, keyOf);
  for (const [key, all] of group(rest.before, keyOf)) {
    const right = others.get(key) ?? [];
    const count = Math.min(all.length, right.length);
    const befores = choose(all, count, waits?.before);
    const afters = choose(right, count, waits?.after);
    befores.forEach((one, i) => couples.push([one, afters[i]!]));
  }
  for (const [before, after] of couples) {
    rest.before.delete(before);
    rest.after.delete(after);
  }
  return couples;
}

/** The first pieces that need not wait, then others, up to a number; in the order of the list. */
function choose<T extends Piece>(
  list: readonly Placed<T>[],
  count: number,
  waits: (one: Placed<T>) => boolean = () => false,
): Placed<T>[] {
  if (list.length === count) return [...list];
  const ready = list.filter((one) => !waits(one));
  const chosen = [...ready, ...list.filter(waits)].slice(0, count);
  return chosen.sort((a, b) => a.at - b.at);
}

function group<T extends Piece>(
  side: Iterable<Placed<T>>,
  keyOf: (piece: T) => string,
): Map<string, Placed<T>[]> {
  const groups = new Map<string, Placed<T>[]>();
  for (const one of side) {
    const key = keyOf(one.piece);
    const found = groups.get(key);
    if (found === undefined) groups.set(key, [one]);
    else found.push(one);
  }
  return groups;
}
