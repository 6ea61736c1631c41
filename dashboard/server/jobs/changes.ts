/** Which factors the runs of a project have. */
import { factorValue } from "../../../internal/factor_value.ts";
import { inputText, isInputFactor } from "../../../internal/input_text.ts";
import {
  type Dimension,
  DIMENSION_OF,
  DIMENSIONS,
  kindOfFactor,
} from "../../../internal/run_factors.ts";
import { isSeedFactor } from "../../../internal/seed_keys.ts";
import type { RunFacts } from "../../../why/mod.ts";
import type { ChangesReply } from "../../api_types.ts";
import { factsOf } from "./facts_of.ts";
import type { JobContext, JobInput } from "./jobs.ts";

/** Reads the factors of the runs of `project`. */
export async function changes(
  { project = "" }: JobInput,
  context: JobContext,
): Promise<ChangesReply> {
  const { facts, leftOut } = await factsOf(project, context, []);
  const table = new SetTable();
  const of = byDimension((dimension) =>
    facts.map((run) => table.setOf(run, dimension))
  );
  const levels = byDimension((dimension) =>
    facts.map(({ coverage }) => LEVELS[coverage[dimension].level])
  );
  return {
    ids: facts.map(({ id }) => id),
    names: table.names.list,
    values: table.shownValues(),
    sets: table.sets,
    of,
    levels,
    leftOut,
  };
}

const LEVELS = { none: 0, partial: 1, full: 2 } as const;

function byDimension<T>(
  make: (dimension: Dimension) => T,
): Record<Dimension, T> {
  const entries = DIMENSIONS.map((one) => [one, make(one)] as const);
  return Object.fromEntries(entries) as Record<Dimension, T>;
}

/** Gives each distinct text a number. */
class Numbers {
  readonly list: string[] = [];
  readonly #places = new Map<string, number>();

  of(text: string): number {
    let place = this.#places.get(text);
    if (place === undefined) {
      place = this.list.push(text) - 1;
      this.#places.set(text, place);
    }
    return place;
  }
}

/** The distinct sets of factors. */
class SetTable {
  readonly names = new Numbers();
  readonly sets: number[][] = [];
  readonly #values = new Numbers();
  /** The name of a factor that has each value, because it says how the value is shown. */
  readonly #owners: string[] = [];
  /** Runs of a file share most sets. */
  readonly #known = new Map<string, number>();
  readonly #places = new Map<string, number>();

  setOf(run: RunFacts, dimension: Dimension): number {
    const stored = run.sets?.[dimension];
    const key = `${dimension} ${stored}`;
    const known = stored === undefined ? undefined : this.#known.get(key);
    if (known !== undefined) return known;
    const place = this.#add(membersOf(run, dimension));
    if (stored !== undefined) this.#known.set(key, place);
    return place;
  }

  shownValues(): string[] {
    return this.#values.list.map((value, i) =>
      isInputFactor(this.#owners[i] ?? "")
        ? inputText(value)
        : factorValue(value, { digits: 8, length: 40 })
    );
  }

  #add(members: readonly (readonly [id: string, value: string])[]): number {
    const numbers = members.flatMap(([id, value]) => {
      const number = this.#values.of(value);
      this.#owners[number] ??= id;
      return [this.names.of(id), number];
    });
    const key = numbers.join();
    let place = this.#places.get(key);
    if (place === undefined) {
      place = this.sets.push(numbers) - 1;
      this.#places.set(key, place);
    }
    return place;
  }
}

function membersOf(
  { factors }: RunFacts,
  dimension: Dimension,
): (readonly [string, string])[] {
  return [...factors].filter(([id]) =>
    DIMENSION_OF[kindOfFactor(id)] === dimension && !isSeedFactor(id)
  ).sort(([a], [b]) => a < b ? -1 : 1);
}
