/** What changed from one run to the next. */
import type { ChangesReply } from "../../../api_types.ts";
import { DIMENSIONS } from "../../parts/coverage_words.ts";

/** A part of a record. */
export type Dimension = typeof DIMENSIONS[number];

/**
 * What is known of a dimension in two runs: `changed`, `same` (both were recorded in full), `as-recorded` (what was
 * recorded is the same), `unknown` (one of them was not recorded, in part or at all, or not read).
 */
export type ChangeState = "changed" | "same" | "as-recorded" | "unknown";

/** A factor that changed. */
export interface Change {
  readonly id: string;
  /** Absent if the run does not have the factor, or did not record it. */
  readonly before?: string;
  readonly after?: string;
}

/** A run beside the run before it. */
export interface Neighbours {
  readonly states: Readonly<Record<Dimension, ChangeState>>;
  readonly changes: readonly Change[];
}

const NOT_READ: Neighbours = {
  states: {
    config: "unknown",
    code: "unknown",
    inputs: "unknown",
    environment: "unknown",
  },
  changes: [],
};

/** Compares runs by their ids. */
export class NeighbourTable {
  readonly #reply: ChangesReply;
  readonly #places: ReadonlyMap<number, number>;
  /** Differences of two sets; runs share most sets. */
  readonly #known = new Map<string, readonly Change[]>();

  /** Makes it of what the server answered. */
  constructor(reply: ChangesReply) {
    this.#reply = reply;
    this.#places = new Map(reply.ids.map((id, place) => [id, place]));
  }

  /** Compares a run with the one before it. */
  between(before: number, run: number): Neighbours {
    const [a, b] = [this.#places.get(before), this.#places.get(run)];
    if (a === undefined || b === undefined) return NOT_READ;
    const found = DIMENSIONS.map((dimension) =>
      [dimension, this.#compare(dimension, a, b)] as const
    );
    return {
      states: Object.fromEntries(
        found.map(([dimension, { state }]) => [dimension, state]),
      ) as Record<Dimension, ChangeState>,
      changes: found.flatMap(([, { changes }]) => changes),
    };
  }

  #compare(
    dimension: Dimension,
    a: number,
    b: number,
  ): { readonly state: ChangeState; readonly changes: readonly Change[] } {
    const { of, levels } = this.#reply;
    const [one, other] = [
      levels[dimension][a] ?? 0,
      levels[dimension][b] ?? 0,
    ];
    // Against a run that recorded nothing, everything would look new.
    if (one === 0 || other === 0) return { state: "unknown", changes: [] };
    const all = this.#differences(of[dimension][a] ?? 0, of[dimension][b] ?? 0);
    // What is missing in a record that is not full is unknown, and not absent.
    const changes = all.filter(({ before, after }) =>
      (before !== undefined || one === 2) &&
      (after !== undefined || other === 2)
    );
    if (changes.length > 0) return { state: "changed", changes };
    if (all.length > 0) return { state: "unknown", changes };
    const isFull = one === 2 && other === 2;
    return { state: isFull ? "same" : "as-recorded", changes };
  }

  #differences(a: number, b: number): readonly Change[] {
    if (a === b) return [];
    const key = `${a} ${b}`;
    let changes = this.#known.get(key);
    if (changes === undefined) {
      this.#known.set(key, changes = this.#compute(a, b));
    }
    return changes;
  }

  #compute(a: number, b: number): Change[] {
    const { sets, names, values } = this.#reply;
    const [old, now] = [pairsOf(sets[a]), pairsOf(sets[b])];
    const changed = [...new Set([...old.keys(), ...now.keys()])]
      .filter((name) => old.get(name) !== now.get(name));
    return changed.map((name) => {
      const [before, after] = [old.get(name), now.get(name)];
      return {
        id: names[name] ?? "",
        ...(before !== undefined && { before: values[before] ?? "" }),
        ...(after !== undefined && { after: values[after] ?? "" }),
      };
    });
  }
}

function pairsOf(set: readonly number[] = []): Map<number, number> {
  const pairs = new Map<number, number>();
  for (let i = 0; i < set.length; i += 2) pairs.set(set[i]!, set[i + 1]!);
  return pairs;
}
