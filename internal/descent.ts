/**
 * Limits for the data of a config. One line of code can make data that nests without end, contains itself,
 * or repeats one object very often; a copy of it would need more stack, memory or time than there is.
 *
 * @module
 */
import { MAX_DEPTH, TOO_DEEP } from "./limits.ts";
import { isPlainList, isPlainObject } from "./objects.ts";

/** The maximum number of values in objects that appear more than once. */
const MAX_REPEATED = 1_000_000;

/** Returns the mapping or list that a value stands for; `undefined` if it is neither. */
type ContentOf = (value: unknown) => object | undefined;

/** Checks the limits during a walk over mappings and lists. */
export class Descent {
  readonly #around = new Set<object>();
  readonly #met = new Set<object>();
  readonly #above: number;
  readonly #contentOf: ContentOf;
  #root: object | undefined;
  #repeated = 0;

  /**
   * @param above The number of levels around the data.
   * @param contentOf Returns the mapping or list that a value stands for.
   */
  constructor(above: number = 0, contentOf: ContentOf = plainContent) {
    this.#above = above;
    this.#contentOf = contentOf;
  }

  /**
   * Enters a mapping or list; call `leave` after its values.
   *
   * @param container The mapping or list.
   * @returns the reason why it is refused, for the end of a message; `undefined` if it is not.
   */
  enter(container: object): string | undefined {
    if (this.#around.has(container)) return "the value contains itself";
    if (this.#above + this.#around.size >= MAX_DEPTH) return TOO_DEEP;
    this.#root ??= container;
    if (this.#met.has(container)) {
      const isFirst = this.#repeated === 0;
      this.#repeated += 1 + Object.keys(container).length;
      // The whole is counted at once, because a walk over a million values is slow.
      if (
        this.#repeated > MAX_REPEATED ||
        isFirst && countRepeated(this.#root, this.#contentOf) > MAX_REPEATED
      ) {
        return `it repeats the same objects so often that it has more than ${MAX_REPEATED} values`;
      }
    } else this.#met.add(container);
    this.#around.add(container);
    return undefined;
  }

  /** Leaves a mapping or list. */
  leave(container: object): void {
    this.#around.delete(container);
  }
}

function plainContent(value: unknown): object | undefined {
  return isPlainList(value) || isPlainObject(value) ? value : undefined;
}

/**
 * Counts the values in objects that appear more than once, each time that they appear after the first. Each
 * object is looked at once, so the time does not depend on the result.
 */
function countRepeated(root: object, contentOf: ContentOf): number {
  const counts = new Map<object, number>();
  let once = 0;
  const count = (container: object, depth: number): number => {
    const known = counts.get(container);
    if (known !== undefined) return known;
    // What contains itself or nests too deeply is refused by the walk.
    counts.set(container, 0);
    if (depth >= MAX_DEPTH) return 0;
    const keys = Object.keys(container);
    once += 1 + keys.length;
    let all = 1 + keys.length;
    for (const key of keys) {
      const content = contentOf(fieldOf(container, key));
      if (content !== undefined) all += count(content, depth + 1);
    }
    counts.set(container, all);
    return all;
  };
  return count(root, 0) - once;
}

/** Reads a value without calling a getter, whose next result can be another one. */
function fieldOf(container: object, key: string): unknown {
  return Object.getOwnPropertyDescriptor(container, key)?.value;
}

/**
 * Finds data that no config can hold, because nests too deeply, contains itself, or repeats the same objects
 * too often.
 *
 * @param data Plain data.
 * @returns the path of the first such mapping or list, and what is wrong with it; `undefined` if there is
 * none.
 */
export function nestingFault(
  data: unknown,
): { readonly path: readonly string[]; readonly fault: string } | undefined {
  return findFault(data, [], new Descent());
}

function findFault(
  value: unknown,
  path: readonly string[],
  descent: Descent,
): ReturnType<typeof nestingFault> {
  if (!isPlainList(value) && !isPlainObject(value)) return undefined;
  const fault = descent.enter(value);
  if (fault !== undefined) return { path, fault };
  const content = value as Record<string, unknown>;
  // By index, which is several times as fast for long lists.
  for (const at of Array.isArray(value) ? value.keys() : Object.keys(value)) {
    const item = content[at];
    if (typeof item !== "object") continue;
    const found = findFault(item, [...path, String(at)], descent);
    if (found !== undefined) return found;
  }
  descent.leave(value);
  return undefined;
}
