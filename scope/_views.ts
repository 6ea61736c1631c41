import { formatPath } from "../internal/key_path.ts";
import { ScopeUsageError, UnknownViewError, ViewChainError } from "./errors.ts";
import type { CallSite } from "./_location.ts";
import { nearestName } from "../internal/names.ts";

/** A view of a scope. */
export interface View {
  readonly name: string;
  /** Runs on the config; `undefined` for a plain object. */
  readonly fn: ((config: object) => unknown) | undefined;
  /** The keys that a plain object sets. */
  readonly data: object | undefined;
  /** Whether the mappings of a plain object are merged. */
  readonly deep: boolean;
  readonly priority: number;
  readonly isDefault: boolean;
  readonly lazy: boolean;
  readonly chainWith: readonly string[];
  /** Where it was registered. */
  readonly site: CallSite;
}

/** The views to apply, in order. */
export interface Plan {
  /** Those before the command line. */
  readonly early: readonly View[];
  /** Those after it. */
  readonly lazy: readonly View[];
}

/** Reserved words of the command line: a view cannot have them as its name. */
export const RESERVED: ReadonlySet<string> = new Set(["manual", "print"]);

/** The views of one scope. */
export class Views {
  readonly #views: Map<string, View> = new Map();

  /** Adds a view. */
  add(view: View, override: boolean): void {
    checkName(view.name);
    const earlier = this.#views.get(view.name);
    if (earlier !== undefined && !override) {
      const at = earlier.site.location;
      const where = at === undefined ? "" : ` at ${at.file}:${at.line}`;
      throw new ScopeUsageError(
        `Cannot observe ${view.name}: a view with this name already exists${where}; ` +
          "give it another name, or pass { override: true }",
      );
    }
    this.#views.set(view.name, view);
  }

  /** The views in the order in which they were added. */
  get all(): View[] {
    return [...this.#views.values()];
  }

  /** Whether there is such a view. */
  has(name: string): boolean {
    return this.#views.has(name);
  }

  /** Returns the view with that name. */
  get(name: string): View {
    const view = this.#views.get(name);
    if (view !== undefined) return view;
    throw this.unknown(name, `Cannot apply the view ${formatPath([name])}`);
  }

  /** Makes the error for a view that does not exist. */
  unknown(
    name: string,
    action: string,
    also: readonly string[] = [],
  ): UnknownViewError {
    const names = [...this.#views.keys(), ...RESERVED, ...also];
    const suggestion = nearestName(name, names);
    const fix = fixOfForeignWord(name) ??
      (suggestion !== undefined
        ? `did you mean ${suggestion}?`
        : this.#views.size > 0
        ? `the views are ${[...this.#views.keys()].join(", ")}`
        : "to set a key, write key=value");
    return new UnknownViewError(
      `${action}: there is no such view; ${fix}`,
      name,
      suggestion,
    );
  }

  /**
   * Sorts the views into the order in which they are applied: default views before named ones, each by
   * priority; after the command line the lazy ones, by priority.
   *
   * @param asked The requested names, in order.
   * @returns the plan.
   */
  plan(asked: readonly string[]): Plan {
    const defaults = this.#withChains(
      this.all.filter((view) => view.isDefault),
    );
    const all = this.#withChains(asked.map((name) => this.get(name)), defaults);
    const named = all.filter((view) => !defaults.includes(view));
    return sortPlan(defaults, named);
  }

  /** Sorts all views, requested or not. */
  completePlan(): Plan {
    const defaults = this.#withChains(
      this.all.filter((view) => view.isDefault),
    );
    return sortPlan(
      defaults,
      this.all.filter((view) => !defaults.includes(view)),
    );
  }

  /** Adds before each view those that it needs, each view once. */
  #withChains(views: readonly View[], done: readonly View[] = []): View[] {
    const result = new Set(done);
    for (const view of views) this.#addWithChain(view, result, []);
    return [...result];
  }

  #addWithChain(
    view: View,
    result: Set<View>,
    around: readonly string[],
  ): void {
    const chain = [...around, view.name];
    if (around.includes(view.name)) {
      const cycle = chain.slice(chain.indexOf(view.name));
      throw new ViewChainError(
        `Cannot apply ${view.name}: its prerequisites form a cycle (${
          cycle.join(" → ")
        }); ` +
          "remove one of them from chainWith",
        cycle,
      );
    }
    if (result.has(view)) return;
    for (const name of view.chainWith) {
      const needed = this.#views.get(name);
      if (needed === undefined) {
        throw this.unknown(name, `Cannot apply ${chain.join(" → ")} → ${name}`);
      }
      this.#addWithChain(needed, result, chain);
    }
    result.add(view);
  }
}

/** Returns what to write instead of a word that sets or removes a key in another tool. */
function fixOfForeignWord(name: string): string | undefined {
  const assigned = /^([\p{L}_$][^:]*):(.*)$/u.exec(name);
  if (assigned !== null) {
    return `to set a key, write ${assigned[1]}=${
      assigned[2]!.trim() || "value"
    }`;
  }
  const removed = /^~(.+)$/.exec(name);
  if (removed === null) return undefined;
  return `keys cannot be removed here: write ${removed[1]}=null`;
}

function sortPlan(defaults: readonly View[], named: readonly View[]): Plan {
  const byPriority = (views: readonly View[]) =>
    views.toSorted((a, b) => a.priority - b.priority);
  const isEarly = (view: View) => !view.lazy;
  return {
    early: [
      ...byPriority(defaults.filter(isEarly)),
      ...byPriority(named.filter(isEarly)),
    ],
    lazy: byPriority([...defaults, ...named].filter((view) => view.lazy)),
  };
}

function checkName(name: string): void {
  if (name === "") {
    throw new ScopeUsageError(
      "Cannot observe a function without a name: views are requested by name; " +
        'name the function, or pass { name: "…" }',
    );
  }
  if (RESERVED.has(name) || name.startsWith("-")) {
    throw new ScopeUsageError(
      `Cannot observe ${name}: the word has another meaning on the command line; ` +
        "choose another name",
    );
  }
  if (name.includes("=") || name.trim() !== name) {
    throw new ScopeUsageError(
      `Cannot observe ${
        JSON.stringify(name)
      }: on the command line it would not be read as a ` +
        "name; remove = and spaces at the ends",
    );
  }
}
