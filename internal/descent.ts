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

/** Checks the limits during a walk over mappings and lists. */
export class Descent {
  readonly #around = new Set<object>();
  readonly #met = new Set<object>();
  readonly #above: number;
  #repeated = 0;

  /** @param above The number of levels around the data. */
  constructor(above: number = 0) {
    this.#above = above;
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
    if (this.#met.has(container)) {
      this.#repeated += 1 + Object.keys(container).length;
      if (this.#repeated > MAX_REPEATED) {
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
