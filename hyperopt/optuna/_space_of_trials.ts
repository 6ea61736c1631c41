/** The space of trials of Optuna: it is nowhere but in the trials. */
import { canonicalText } from "../spaces/_canonical_text.ts";
import { defineSpace } from "../spaces/define_space.ts";
import { SpaceError } from "../spaces/errors.ts";
import { category, float, int, type Parameter } from "../spaces/parameter.ts";
import { spaceOf } from "../spaces/_space_of.ts";
import { keysOf, rememberKeys } from "../spaces/_searched_leaves.ts";
import type { Dimension, Space } from "../spaces/space.ts";
import { stepsTo } from "../spaces/_steps.ts";
import { quoted } from "./_quoted.ts";
import type { Distribution, NumberDistribution } from "./_read_distribution.ts";
import type { RawTrial } from "./_read_rows.ts";

/** The space, and what was decided. */
export interface TrialSpace {
  readonly space: Space<Record<string, unknown>>;
  /** The names in Optuna, by dimension. */
  readonly names: readonly string[];
  /** Sentences about what the trials do not say clearly. */
  readonly notes: readonly string[];
}

/**
 * Puts the space together.
 *
 * @param trials The trials.
 * @param rename Returns the key path of a name.
 * @returns the space, or what is wrong with it.
 */
export function spaceOfTrials(
  trials: readonly RawTrial[],
  rename: (name: string) => string,
): TrialSpace | string {
  const notes: string[] = [];
  const found = new Map<string, Distribution>();
  for (const { parameters } of trials) {
    for (const [name, { distribution }] of parameters) {
      const before = found.get(name);
      if (before === distribution) continue;
      const both = before === undefined
        ? distribution
        : union(before, distribution);
      if (both === undefined) {
        return `parameter ${quoted(name)} has distributions of several kinds`;
      }
      found.set(name, both);
    }
  }
  if (found.size === 0) return "no trial has a parameter";
  noteRanges(trials, found, notes);
  const names = [...found.keys()];
  const spec: Record<string, Parameter<unknown>> = {};
  for (const name of names) {
    const path = rename(name);
    if (Object.hasOwn(spec, path)) {
      return `several parameters have the key path ${quoted(path)}`;
    }
    Object.defineProperty(spec, path, {
      value: parameterOf(found.get(name)!),
      enumerable: true,
    });
  }
  let flat: Space<unknown>;
  try {
    flat = defineSpace(spec);
  } catch (error) {
    if (!(error instanceof SpaceError)) throw error;
    return `its parameters are no space: ${error.message}; give rename`;
  }
  return conditioned(flat.dimensions, names, { trials, notes });
}

function parameterOf(distribution: Distribution): Parameter<unknown> {
  if (distribution.kind === "category") return category(distribution.choices);
  const { kind, low, high, log, step } = distribution;
  const make = kind === "float" ? float : int;
  return make(low, high, { log, ...(step !== null && { step }) });
}

/** Returns a distribution with the values of both; `undefined` if they are of different kinds. */
function union(a: Distribution, b: Distribution): Distribution | undefined {
  if (a.kind === "category" || b.kind === "category") {
    if (a.kind !== "category" || b.kind !== "category") return undefined;
    return {
      kind: "category",
      choices: distinct([...a.choices, ...b.choices]),
    };
  }
  if (a.kind !== b.kind || a.log !== b.log) return undefined;
  const step = a.step === b.step && a.step !== null &&
      stepsTo(Math.min(a.low, b.low), a.step, Math.max(a.low, b.low)) !==
        undefined
    ? a.step
    : null;
  const low = Math.min(a.low, b.low);
  return { ...a, low, high: Math.max(a.high, b.high), step };
}

/** Optuna can have a choice twice: Python tells 1 from 1.0. */
function distinct(choices: readonly unknown[]): unknown[] {
  return [
    ...new Map(choices.map((choice) => [canonicalText(choice), choice]))
      .values(),
  ];
}

function noteRanges(
  trials: readonly RawTrial[],
  found: Map<string, Distribution>,
  notes: string[],
): void {
  const seen = new Map<string, Set<Distribution>>();
  for (const { parameters } of trials) {
    for (const [name, { distribution }] of parameters) {
      seen.set(name, (seen.get(name) ?? new Set()).add(distribution));
    }
  }
  for (const [name, all] of seen) {
    const whole = found.get(name)!;
    if (whole.kind === "category") {
      found.set(name, { ...whole, choices: distinct(whole.choices) });
    }
    if (all.size === 1) continue;
    notes.push(
      `${
        quoted(name)
      } has ${all.size} distributions; the space has the values of all of them`,
    );
    const steps = [...all].map((one) => (one as NumberDistribution).step);
    const isLost = whole.kind !== "category" && whole.step === null &&
      steps.some((step) => step !== null);
    if (isLost) {
      notes.push(
        `${
          quoted(name)
        } has no common step, so the space has every number of its range`,
      );
    }
  }
}

/** Finds the categories that decide which parameters exist. */
function conditioned(
  flat: readonly Dimension[],
  names: readonly string[],
  { trials, notes }: {
    readonly trials: readonly RawTrial[];
    readonly notes: string[];
  },
): TrialSpace {
  // Other trials may have ended before they had all of their parameters.
  const complete = trials.filter(({ state }) => state === "COMPLETE");
  const order: { name: string; flat: Dimension; when?: Dimension["when"] }[] =
    [];
  const optional: number[] = [];
  flat.forEach((dimension, at) => {
    const name = names[at]!;
    if (complete.every(({ parameters }) => parameters.has(name))) {
      order.push({ name, flat: dimension });
    } else optional.push(at);
  });
  for (const at of optional) {
    const name = names[at]!;
    const when = deciderOf(name, order, trials);
    const missing = complete.filter(({ parameters }) =>
      !parameters.has(name)
    ).length;
    if (when === undefined && missing === complete.length) {
      notes.push(
        `No complete trial has ${quoted(name)}, so the space does not have it`,
      );
      continue;
    }
    if (when === undefined) {
      notes.push(
        `${missing} complete ${missing === 1 ? "trial lacks" : "trials lack"} ${
          quoted(name)
        }, and no category decides which; they do not fit in the space`,
      );
    } else {
      const { choices } = order[when.dimension]!.flat;
      notes.push(
        `${quoted(name)} is in exactly the trials with ${
          quoted(order[when.dimension]!.name)
        } = ${
          when.positions.map((position) => quoted(choices[position])).join(
            " or ",
          )
        }, so the space has it only there`,
      );
    }
    order.push({
      name,
      flat: flat[at]!,
      ...(when !== undefined && { when }),
    });
  }
  const dimensions = order.map(({ flat, when }) => {
    if (when === undefined) return flat;
    const dimension = Object.freeze({ ...flat, when });
    rememberKeys(dimension, keysOf(flat));
    return dimension;
  });
  return {
    space: spaceOf(dimensions),
    names: order.map(({ name }) => name),
    notes,
  };
}

/**
 * Finds the earlier category whose choices decide exactly which trials have a parameter. Of several the one that most
 * trials confirm: a choice that one trial has confirms nothing.
 */
function deciderOf(
  name: string,
  order: readonly {
    readonly name: string;
    readonly flat: Dimension;
    readonly when?: Dimension["when"];
  }[],
  trials: readonly RawTrial[],
): Dimension["when"] | undefined {
  let best: Dimension["when"] | undefined;
  let most = 0;
  for (const [dimension, decider] of order.entries()) {
    const found = choicesWith(name, decider, trials);
    if (found === undefined || found.evidence <= most) continue;
    most = found.evidence;
    // What exists with each choice of a branch's category belongs to the branch.
    best = found.isAlways
      ? decider.when
      : { dimension, positions: found.positions };
  }
  return best;
}

/** Returns the choices of a category with which a parameter exists; `undefined` if they do not decide it. */
function choicesWith(
  name: string,
  decider: { readonly name: string; readonly flat: Dimension },
  trials: readonly RawTrial[],
):
  | { positions: number[]; isAlways: boolean; evidence: number }
  | undefined {
  if (decider.flat.kind !== "category") return undefined;
  const texts = decider.flat.choices.map(canonicalText);
  const having = new Set<number>();
  const lacking = new Set<number>();
  const pruned: number[] = [];
  let seen = 0;
  for (const { parameters, state } of trials) {
    const chosen = parameters.get(decider.name);
    const has = parameters.has(name);
    // A trial that ended early may lack the parameter only because of that.
    const isWeak = !has && state !== "COMPLETE";
    if (!has && chosen === undefined || isWeak && state !== "PRUNED") continue;
    if (chosen?.distribution.kind !== "category") return undefined;
    const text = canonicalText(chosen.distribution.choices[chosen.number]);
    const position = texts.indexOf(text);
    if (isWeak) pruned.push(position);
    else {
      (has ? having : lacking).add(position);
      seen++;
    }
  }
  for (const position of pruned) seen += having.has(position) ? -1 : 1;
  if ([...having].some((position) => lacking.has(position))) return undefined;
  return {
    positions: [...having].sort((a, b) => a - b),
    isAlways: lacking.size === 0,
    evidence: seen - having.size - lacking.size,
  };
}
