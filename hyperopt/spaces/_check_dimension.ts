import { canonicalText } from "./_canonical_text.ts";
import { SpaceError } from "./errors.ts";
import {
  linearFloats,
  linearIntegers,
  logFloats,
  logIntegers,
} from "./_number_grid.ts";
import type { Definition } from "./parameter.ts";
import { describe } from "../_describe.ts";
import type { Dimension } from "./space.ts";
import { countSteps, stepAt, stepsTo } from "./_steps.ts";
import { unknownSetting } from "../_settings.ts";

/** Checks the definition of a parameter, and brings it into normal form. */
export function checkDimension(
  path: string,
  definition: Definition,
): Omit<Dimension, "when"> {
  const { kind } = definition;
  if (kind === "ordinal" || kind === "category") {
    const choices = checkChoices(path, kind, definition.choices);
    return {
      path,
      kind,
      low: 0,
      high: choices.length - 1,
      log: false,
      choices,
      grid: Object.freeze(choices.map((_, position) => position)),
    };
  }
  checkOptions(path, definition);
  const [low, most] = checkRange(path, definition);
  const log = definition.log === true;
  const step = checkStep(path, definition);
  const high = step === undefined
    ? most
    : lastStep(path, { low, high: most, step });
  const grid = step === undefined
    ? numberGrid(path, definition, low, high)
    : steppedGrid(path, definition, { low, high, step });
  return {
    path,
    kind,
    low,
    high,
    log,
    ...(step !== undefined && { step }),
    choices: NO_CHOICES,
    grid: Object.freeze(grid),
  };
}

const NO_CHOICES: readonly unknown[] = Object.freeze([]);

function checkChoices(
  path: string,
  kind: string,
  choices: unknown,
): readonly unknown[] {
  const name = kind === "category" ? "categories" : "choices";
  if (!Array.isArray(choices) || choices.length === 0) {
    throw new SpaceError(
      path,
      `it has no ${name}; give an array of at least one value`,
    );
  }
  const seen = new Set<string>();
  // By index, since `forEach` skips holes.
  return Object.freeze(Array.from(choices, (choice, position) => {
    const text = canonicalText(choice);
    if (text === undefined) {
      throw new SpaceError(
        path,
        `number ${
          position + 1
        } of its ${name} is not plain data, so that a journal cannot hold it; ` +
          "give its name, and look it up in the trial",
      );
    }
    if (seen.has(text)) {
      throw new SpaceError(path, `its ${name} hold ${text} twice; drop one`);
    }
    seen.add(text);
    return copyOf(choice);
  }));
}

/** Copies plain data, so that later changes to it do not change the space. */
export function copyOf(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Date) return new Date(value);
  if (Array.isArray(value)) return Array.from(value, copyOf);
  const data: object = "toObject" in value &&
      typeof value.toObject === "function"
    ? value.toObject()
    : value;
  return Object.fromEntries(
    Object.entries(data).map(([key, item]) => [key, copyOf(item)]),
  );
}

function checkRange(
  path: string,
  { kind, range, log }: Definition,
): [number, number] {
  if (!Array.isArray(range) || range.length !== 2) {
    throw new SpaceError(
      path,
      "it has no paramRange; give the least and the greatest value, [low, high]",
    );
  }
  for (const bound of range) checkBound(path, kind, bound);
  const [low, high] = range as [number, number];
  if (low > high) {
    throw new SpaceError(
      path,
      `its range goes from ${low} down to ${high}; write [${high}, ${low}]`,
    );
  }
  if (log === true && low <= 0) {
    throw new SpaceError(
      path,
      `${low} has no logarithm; start above 0, or make it LINEAR`,
    );
  }
  if (!Number.isFinite(high - low)) {
    throw new SpaceError(
      path,
      "its range is too wide to be divided; narrow it",
    );
  }
  // Of the two zeros, only +0 is a value.
  return [low + 0, high + 0];
}

function checkBound(
  path: string,
  kind: Definition["kind"],
  bound: unknown,
): void {
  if (typeof bound !== "number" || !Number.isFinite(bound)) {
    throw new SpaceError(
      path,
      `its bound ${String(bound)} is not a finite number; give [low, high]`,
    );
  }
  if (kind === "int" && !Number.isSafeInteger(bound)) {
    throw new SpaceError(
      path,
      `its bound ${bound} is not a whole number below 2^53; round it, or make it a FLOAT`,
    );
  }
}

const OPTIONS = ["log", "grid", "step"];

function checkOptions(path: string, { kind, given, log }: Definition): void {
  const unknown = unknownSetting(given, OPTIONS);
  if (unknown !== undefined) {
    throw new SpaceError(path, `of ${kind}(), ${unknown.reason}`);
  }
  if (log !== undefined && typeof log !== "boolean") {
    throw new SpaceError(
      path,
      `its log is ${describe(log)}; give true or false`,
    );
  }
}

/** A range with its step. */
interface Steps {
  readonly low: number;
  readonly high: number;
  readonly step: number;
}

/** Returns the step; `undefined` if each number of the range is a value. */
function checkStep(
  path: string,
  { kind, step, log }: Definition,
): number | undefined {
  if (step === undefined || step === null) return undefined;
  const isStep = typeof step === "number" && Number.isFinite(step) &&
    step > 0 && (kind === "float" || Number.isSafeInteger(step));
  if (!isStep) {
    throw new SpaceError(
      path,
      `its step is ${describe(step)}; give a ${
        kind === "float" ? "number" : "whole number"
      } above 0`,
    );
  }
  if (kind === "int" && step === 1) return undefined;
  if (log === true) {
    throw new SpaceError(
      path,
      "it has a step and is spread over its logarithm; drop one of the two",
    );
  }
  return step;
}

/** Lowers the upper bound to the last step and warns, as Optuna does. */
function lastStep(path: string, { low, high, step }: Steps): number {
  const last = stepAt(low, step, countSteps(low, high, step));
  if (last !== high) {
    console.warn(
      `The steps of ${step} from ${low} do not reach ${high}: ${path} is searched up to ${last}`,
    );
  }
  return last;
}

/** Returns the given grid, which must consist of steps, or else all steps if they are not too many. */
function steppedGrid(
  path: string,
  definition: Definition,
  { low, high, step }: Steps,
): readonly number[] {
  const count = countSteps(low, high, step);
  if (definition.grid === undefined) {
    if (count >= MOST_POINTS) return [];
    return Array.from({ length: count + 1 }, (_, i) => stepAt(low, step, i));
  }
  const grid = numberGrid(path, { ...definition, kind: "float" }, low, high);
  const isGiven = Array.isArray(definition.grid);
  return [
    ...new Set(grid.map((value) => {
      const exact = stepsTo(low, step, value);
      if (exact === undefined && isGiven) {
        throw new SpaceError(
          path,
          `its grid holds ${value}, which no step of ${step} from ${low} reaches; drop it`,
        );
      }
      return stepAt(low, step, exact ?? Math.round((value - low) / step));
    })),
  ];
}

function numberGrid(
  path: string,
  { kind, grid, log, base, isPython }: Definition,
  low: number,
  high: number,
): readonly number[] {
  if (grid === undefined) return [];
  if (Array.isArray(grid)) return givenGrid(path, kind, grid, low, high);
  const count = checkCount(path, grid, isPython === true);
  if (log === true) {
    const logBase = checkBase(path, base ?? (kind === "int" ? 2 : 10));
    return kind === "int"
      ? logIntegers(low, high, count, logBase)
      : logFloats(low, high, count, logBase);
  }
  if (kind === "float") return linearFloats(low, high, count);
  const values = linearIntegers(low, high, count);
  return isPython ? values : [...new Set(values)];
}

function givenGrid(
  path: string,
  kind: string,
  grid: readonly unknown[],
  low: number,
  high: number,
): readonly number[] {
  for (const value of grid) {
    const fits = typeof value === "number" && value >= low && value <= high &&
      (kind === "float" || Number.isInteger(value));
    if (!fits) {
      throw new SpaceError(
        path,
        `its grid holds ${
          String(value)
        }, which is not in [${low}, ${high}]; drop it`,
      );
    }
  }
  if (grid.length === 0) {
    throw new SpaceError(path, "its grid is empty; give a value, or drop it");
  }
  const values = (grid as readonly number[]).map((value) => value + 0);
  return [...new Set(values)].sort((a, b) => a - b);
}

/** More points of one parameter are a mistake, and would fill the memory. */
const MOST_POINTS = 1e6;

function checkCount(path: string, count: unknown, isPython: boolean): number {
  const isCount = Number.isInteger(count) && (count as number) >= 1 &&
    (count as number) <= MOST_POINTS;
  if (isCount) return count as number;
  throw new SpaceError(
    path,
    `its ${isPython ? "numSamples" : "grid"} is ${
      String(count)
    }; give a whole number from 1 to ${MOST_POINTS}`,
  );
}

function checkBase(path: string, base: unknown): number {
  if (
    typeof base === "number" && Number.isFinite(base) && base > 0 && base !== 1
  ) return base;
  throw new SpaceError(
    path,
    `its base is ${
      String(base)
    }; give a number above 0 that is not 1, such as 10`,
  );
}
