import { sha256HexSync } from "../../internal/digest.ts";
import { canonicalText } from "./_canonical_text.ts";
import { copyOf } from "./_check_dimension.ts";
import { SpaceError } from "./errors.ts";
import { plainValueAt } from "./_searched_leaves.ts";
import type { Leaf } from "./_read_spec.ts";
import type { Dimension, Point, Space } from "./space.ts";
import { stepAt, stepsTo } from "./_steps.ts";

const VERSION = "ato-trial-v1";

/** A dimension with values that are looked up often. */
interface Entry extends Leaf {
  /** The path, as it is hashed. */
  readonly name: string;
  /** The choices, as they are hashed. */
  readonly texts: readonly string[];
  /** The position of each choice, by its canonical text. */
  readonly positions: ReadonlyMap<string, number>;
}

/** A space over checked dimensions. */
export class FlatSpace<C> implements Space<C> {
  readonly dimensions: readonly Dimension[];
  readonly #entries: readonly Entry[];
  /** The entries sorted by path, so that the order in which a space is written does not affect hashes. */
  readonly #sorted: readonly number[];

  constructor(leaves: readonly Leaf[]) {
    this.dimensions = Object.freeze(leaves.map((leaf) => leaf.dimension));
    this.#entries = leaves.map(entryOf);
    this.#sorted = leaves.map((_, i) => i).sort((a, b) =>
      compare(this.#entries[a]!.name, this.#entries[b]!.name)
    );
  }

  toConfig(point: Point): C {
    const config: Record<string, unknown> = {};
    this.#entries.forEach((entry, i) => {
      if (!this.#exists(i, point)) return;
      const value = checked(entry, point[i]);
      const { choices } = entry.dimension;
      write(
        config,
        entry.keys,
        choices.length === 0 ? value : copyOf(choices[value]),
      );
    });
    return config as C;
  }

  toPoint(config: unknown): Point | undefined {
    const point: (number | undefined)[] = [];
    for (const [i, entry] of this.#entries.entries()) {
      if (!this.#exists(i, point)) {
        point.push(undefined);
        continue;
      }
      const number = numberOf(entry, plainValueAt(config, entry.keys));
      if (number === undefined) return undefined;
      point.push(number);
    }
    return point;
  }

  hash(point: Point): string {
    const parts: string[] = [];
    for (const i of this.#sorted) {
      if (!this.#exists(i, point)) continue;
      const entry = this.#entries[i]!;
      const value = checked(entry, point[i]);
      parts.push(`${entry.name}=${entry.texts[value] ?? String(value)}`);
    }
    return `${VERSION}:${sha256HexSync(parts.join("\n"))}`;
  }

  *grid(): Generator<Point> {
    for (const { path, grid } of this.dimensions) {
      if (grid.length > 0) continue;
      throw new SpaceError(
        path,
        "it has no grid; give numSamples, or the option grid, or sample it at random",
        "make the grid of",
      );
    }
    yield* this.#gridFrom([]);
  }

  /** Lists all points of the grid that begin with these numbers. */
  *#gridFrom(start: Point): Generator<Point> {
    const i = start.length;
    const dimension = this.dimensions[i];
    if (dimension === undefined) yield start;
    else if (!this.#exists(i, start)) {
      yield* this.#gridFrom([...start, undefined]);
    } else {
      for (const value of dimension.grid) {
        yield* this.#gridFrom([...start, value]);
      }
    }
  }

  /** Tells whether a dimension exists at a point; the earlier numbers of the point must be known. */
  #exists(index: number, point: Point): boolean {
    for (const [decider, positions] of this.#entries[index]!.conditions) {
      const position = point[decider];
      if (position === undefined || !positions.includes(position)) return false;
    }
    return true;
  }
}

function entryOf(leaf: Leaf): Entry {
  const texts = leaf.dimension.choices.map((choice) => canonicalText(choice)!);
  return {
    ...leaf,
    name: JSON.stringify(leaf.keys),
    texts,
    positions: new Map(texts.map((text, position) => [text, position])),
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Returns the number of a dimension in a point. @throws {SpaceError} If the dimension does not have it. */
function checked({ dimension }: Entry, value: number | undefined): number {
  const fitting = value === undefined ? undefined : fit(dimension, value);
  if (fitting !== undefined) return fitting;
  const { path, low, high, kind } = dimension;
  throw new SpaceError(
    path,
    `the point holds ${value} for it, but it takes ${
      kind === "float" ? "a number" : "a whole number"
    } from ${low} to ${high}${
      dimension.step === undefined ? "" : ` in steps of ${dimension.step}`
    }; make points by sampling, or by toPoint()`,
    "read",
  );
}

/** Returns the exact value of a number, if the dimension has it. */
function fit(dimension: Dimension, value: number): number | undefined {
  const { low, high, kind, step } = dimension;
  if (step !== undefined) {
    const count = stepsTo(low, step, value);
    const exact = count === undefined ? NaN : stepAt(low, step, count);
    return exact >= low && exact <= high ? exact : undefined;
  }
  const fits = value >= low && value <= high &&
    (kind === "float" || Number.isInteger(value));
  return fits ? value + 0 : undefined;
}

/** Returns the number of a value, if the dimension has it. */
function numberOf(entry: Entry, value: unknown): number | undefined {
  const { dimension } = entry;
  if (dimension.choices.length > 0) {
    const text = canonicalText(value);
    return text === undefined ? undefined : entry.positions.get(text);
  }
  return typeof value === "number" ? fit(dimension, value) : undefined;
}

function write(
  config: Record<string, unknown>,
  keys: readonly string[],
  value: unknown,
): void {
  let group = config;
  for (const key of keys.slice(0, -1)) {
    if (!Object.hasOwn(group, key)) group[key] = {};
    group = group[key] as Record<string, unknown>;
  }
  group[keys.at(-1)!] = value;
}
