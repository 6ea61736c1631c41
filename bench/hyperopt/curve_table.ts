/**
 * Tables of learning curves: real losses of a few hundred configs at each fidelity, written by `make_tables.py`.
 *
 * @module
 */
import { readdirSync, readFileSync } from "node:fs";
import { defineSpace } from "../../hyperopt/spaces/define_space.ts";
import {
  category,
  float,
  int,
  ordinal,
  type Parameter as SpaceParameter,
} from "../../hyperopt/spaces/parameter.ts";
import type { Space } from "../../hyperopt/spaces/space.ts";
import type { Values } from "./functions.ts";

/** One parameter of a table. */
export type TableParameter =
  | {
    readonly kind: "float" | "int";
    readonly low: number;
    readonly high: number;
    readonly log: boolean;
    /** The only values of a grid table; any other value is taken for the nearest of them. */
    readonly choices?: readonly number[];
  }
  | {
    readonly kind: "ordinal" | "category";
    readonly choices: readonly (number | string)[];
  };

/** A table of learning curves. */
export interface CurveTable {
  readonly name: string;
  /** What was trained on what. */
  readonly about: string;
  /** Whether samplers may be tuned on it, or are judged on it; fresh tables were made when a sampler was done. */
  readonly use: "tune" | "held-out" | "fresh";
  readonly metric: string;
  readonly kind: "grid" | "random";
  /** The unit of fidelity. */
  readonly unit: string;
  /** The greatest fidelity. */
  readonly max: number;
  readonly parameters: Readonly<Record<string, TableParameter>>;
  readonly configs: readonly (readonly (number | string)[])[];
  /** The losses of each config at the fidelities 1 to `max`; null from the one on in which it diverged. */
  readonly losses: readonly (readonly (number | null)[])[];
}

const FOLDER = new URL("./tables/", import.meta.url);

/** Reads the tables of one use, or all; by name. */
export function readTables(
  which: "tune" | "held-out" | "fresh" | "all",
  names: readonly string[] = [],
): CurveTable[] {
  return readdirSync(FOLDER).filter((file) => file.endsWith(".json")).sort()
    .map((file): CurveTable =>
      JSON.parse(readFileSync(new URL(file, FOLDER), "utf8"))
    )
    .filter(({ use }) => which === "all" || use === which)
    .filter(({ name }) => names.length === 0 || names.includes(name));
}

/** The search space of a table. */
export function spaceOfTable(table: CurveTable): Space<Values> {
  const spec: Record<string, SpaceParameter<number | string>> = {};
  for (const [name, parameter] of Object.entries(table.parameters)) {
    spec[name] = asParameter(parameter);
  }
  return defineSpace(spec) as Space<Values>;
}

function asParameter(
  parameter: TableParameter,
): SpaceParameter<number | string> {
  switch (parameter.kind) {
    case "ordinal":
      return ordinal(parameter.choices);
    case "category":
      return category(parameter.choices);
    default: {
      const { kind, low, high, log } = parameter;
      return (kind === "int" ? int : float)(low, high, { log });
    }
  }
}

/** Finds the row of a table that stands for a config. */
export interface CurveLookup {
  /** Returns the number of the row. */
  find(values: Values): number;
}

/** Makes the lookup of a table: exact in a grid, otherwise the nearest config in the unit cube. */
export function lookupOf(table: CurveTable): CurveLookup {
  return table.kind === "grid" ? gridLookup(table) : nearestLookup(table);
}

/** The last parameter of a grid changes fastest. */
function gridLookup(table: CurveTable): CurveLookup {
  const parameters = Object.entries(table.parameters);
  return {
    find(values) {
      let row = 0;
      for (const [name, parameter] of parameters) {
        const { choices = [] } = parameter;
        row = row * choices.length + positionOf(parameter, values[name]!);
      }
      return row;
    },
  };
}

/** The position of a choice; of a number, the position of the nearest one. */
function positionOf(parameter: TableParameter, value: number | string): number {
  if (!("low" in parameter)) return parameter.choices.indexOf(value);
  const at = toUnit(parameter, Number(value));
  let nearest = 0;
  let least = Infinity;
  parameter.choices?.forEach((choice, index) => {
    const distance = Math.abs(toUnit(parameter, choice) - at);
    if (distance < least) [nearest, least] = [index, distance];
  });
  return nearest;
}

/** Distances are Euclidean in the unit cube; two different categories are 1 apart. */
function nearestLookup(table: CurveTable): CurveLookup {
  const parameters = Object.entries(table.parameters);
  const rows = table.configs.map((config) =>
    parameters.map(([, parameter], index) =>
      coordinate(parameter, config[index]!)
    )
  );
  return {
    find(values) {
      const at = parameters.map(([name, parameter]) =>
        coordinate(parameter, values[name]!)
      );
      let nearest = 0;
      let least = Infinity;
      rows.forEach((row, index) => {
        let distance = 0;
        for (let one = 0; one < row.length && distance < least; one++) {
          const isCategory = parameters[one]![1].kind === "category";
          const apart = row[one]! - at[one]!;
          distance += isCategory ? Number(apart !== 0) : apart * apart;
        }
        if (distance < least) [nearest, least] = [index, distance];
      });
      return nearest;
    },
  };
}

/** The position of a category, or the place of a value in the unit interval. */
function coordinate(parameter: TableParameter, value: number | string): number {
  switch (parameter.kind) {
    case "category":
      return parameter.choices.indexOf(value);
    case "ordinal":
      return parameter.choices.indexOf(value) /
        Math.max(1, parameter.choices.length - 1);
    default:
      return toUnit(parameter, Number(value));
  }
}

function toUnit(
  { low, high, log }: {
    readonly low: number;
    readonly high: number;
    readonly log: boolean;
  },
  value: number,
): number {
  return log
    ? Math.log(value / low) / Math.log(high / low)
    : (value - low) / (high - low);
}

/** The losses of a table at its greatest fidelity. */
export interface FullLosses {
  readonly least: number;
  /** The loss of each config; a config that diverged has the greatest finite one. */
  readonly of: readonly number[];
}

/** Reads the losses of a table at its greatest fidelity. */
export function fullLosses(table: CurveTable): FullLosses {
  const last = table.losses.map((row) => row[table.max - 1] ?? null);
  const finite = last.filter((loss) => loss !== null);
  const greatest = finite.reduce((a, b) => Math.max(a, b), -Infinity);
  return {
    least: finite.reduce((a, b) => Math.min(a, b), Infinity),
    of: last.map((loss) => loss ?? greatest),
  };
}
