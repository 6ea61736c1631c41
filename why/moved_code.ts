/**
 * Code that was moved or renamed between two runs.
 *
 * @module
 */

import { splitCodeId } from "../internal/run_factors.ts";

/** Code factors that differ, without those that only have another place. */
export interface WithoutMoves {
  /** The ids that differ. */
  readonly differing: readonly string[];
  /** For code that was moved and changed: the id in the second run, and the id in the first. */
  readonly moved: ReadonlyMap<string, string>;
}

type Values = ReadonlyMap<string, string>;

/**
 * Pairs code that one run lacks with code that the other lacks: equal hashes are the same code at another place, and
 * equal names in files of which something was moved are one declaration that changed, too.
 *
 * @param ids The ids of factors that differ.
 * @param a The factors of the first run.
 * @param b The factors of the second run.
 * @param known Code that is known to have another place: its id in the first run, and in the second.
 * @returns what is left.
 */
export function withoutMoves(
  ids: readonly string[],
  a: Values,
  b: Values,
  known: ReadonlyMap<string, string> = new Map(),
): WithoutMoves {
  const code = ids.filter((id) => id.startsWith("code:"));
  const removed = new Set(code.filter((id) => !b.has(id)));
  const added = new Set(code.filter((id) => !a.has(id)));
  const hasMoves = removed.size > 0 && added.size > 0;
  if (!hasMoves && known.size === 0) {
    return { differing: ids, moved: new Map() };
  }
  const files = new Set([
    ...[...known].map(([from, to]) =>
      `${splitCodeId(from)[0]}\n${splitCodeId(to)[0]}`
    ),
    ...pairByHash(removed, added, a, b),
  ]);
  const moved = new Map<string, string>();
  for (const id of [...added]) {
    const [file, name] = splitCodeId(id);
    const old = [...removed].find((one) => {
      const [from, other] = splitCodeId(one);
      return other === name && files.has(`${from}\n${file}`);
    });
    if (old === undefined) continue;
    moved.set(id, old);
    removed.delete(old);
    added.delete(id);
  }
  const isMovedOnly = (id: string) =>
    a.has(id) && b.has(id) && isRelinked(a.get(id)!, b.get(id)!, files);
  const isLeft = (id: string) =>
    (a.has(id) && b.has(id) && !isMovedOnly(id)) || removed.has(id) ||
    added.has(id) ||
    moved.has(id) || !id.startsWith("code:");
  return { differing: ids.filter(isLeft), moved };
}

/** Whether two values of a piece differ in nothing but the places of files that were moved. */
function isRelinked(
  before: string,
  after: string,
  files: ReadonlySet<string>,
): boolean {
  const [old, now] = [splitValue(before), splitValue(after)];
  if (old.hash !== now.hash) return false;
  const moves = [...files].map((pair) => pair.split("\n") as [string, string]);
  const moved = (links: readonly string[]) =>
    links.map((link) =>
      moves.reduce((text, [from, to]) => replacePath(text, from, to), link)
    );
  // The order in which modules run counts; the other links are sorted by their text.
  return isEqual(moved(old.modules), now.modules) &&
    isEqual(moved(old.names).sort(), now.names.toSorted());
}

function splitValue(value: string) {
  const [hash, ...links] = value.split("\n");
  const isModule = (link: string) => link.startsWith("module ");
  return {
    hash,
    modules: links.filter(isModule),
    names: links.filter((link) => !isModule(link)),
  };
}

function isEqual(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((one, at) => one === b[at]);
}

/** Replaces a path where a link names it as a whole. */
function replacePath(link: string, from: string, to: string): string {
  if (link === `module ${from}`) return `module ${to}`;
  return link.replaceAll(JSON.stringify(from), () => JSON.stringify(to));
}

/** Takes out pairs of equal hashes, those of equal names first, and returns the pairs of files. */
function pairByHash(
  removed: Set<string>,
  added: Set<string>,
  a: Values,
  b: Values,
): Set<string> {
  const files = new Set<string>();
  for (const isNamed of [true, false]) {
    for (const id of [...added]) {
      const [file, name] = splitCodeId(id);
      const old = [...removed].find((one) =>
        a.get(one) === b.get(id) && memberOf(one) === memberOf(id) &&
        (!isNamed || splitCodeId(one)[1] === name)
      );
      if (old === undefined) continue;
      files.add(`${splitCodeId(old)[0]}\n${file}`);
      removed.delete(old);
      added.delete(id);
    }
  }
  return files;
}

/**
 * The name by which a member of a class is found when the program runs: under another name it no longer overrides
 * what it did, so it is not the same member. A private one is found by its class alone.
 */
function memberOf(id: string): string {
  const [, name] = splitCodeId(id);
  const dot = name.indexOf(".");
  const member = dot < 0 ? "" : name.slice(dot + 1);
  return member.startsWith("#") ? "#" : member;
}
