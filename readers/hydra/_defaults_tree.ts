import { Evaluator } from "./resolve/_evaluate.ts";
import { Leaf, ListNode, MapNode, stringKey, type TreeNode } from "./_tree.ts";
import { hasInterpolation } from "./resolve/_grammar.ts";
import { HYDRA_CONFIG } from "./_builtin.ts";
import type { Choices } from "./_choices.ts";
import { Default } from "./_default.ts";
import type { Loaded, Repository } from "./_repository.ts";
import { BUILTINS } from "./_resolvers.ts";
import { atLeast12, type VersionBase } from "./_version.ts";
import { HydraError, InterpolationError } from "./errors.ts";

/** An entry with the entries of its own defaults list. */
interface Branching {
  readonly entry: Default;
  readonly parent: Branching | undefined;
  children: (Branching | Default)[] | undefined;
}

/** A config to be merged, and its package. */
export interface Step {
  readonly config: string;
  readonly package: string;
  readonly isPrimary: boolean;
}

/** The inputs of a walk through defaults lists. */
export interface Walk {
  readonly repository: Repository;
  readonly choices: Choices;
  readonly version: VersionBase;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The maximum depth of nested configs; a config that includes itself reaches it. */
const MAX_DEPTH = 100;
const MAX_CONFIGS = 20_000;

/**
 * Lists the configs that a primary config includes, in their order.
 *
 * @param walk The folders and choices.
 * @param primary The name of the primary config.
 * @returns the configs in the order in which they are merged.
 */
export function listConfigs(walk: Walk, primary: string): Step[] {
  const { version } = walk;
  const root: Branching = {
    entry: new Default({ kind: "root", name: "" }, version),
    parent: undefined,
    children: [],
  };
  const entries = [HYDRA_CONFIG, primary].map((name) =>
    new Default({ kind: "config", name, isPrimary: name === primary }, version)
  );
  // The last entry comes first: the overrides in its defaults list must be known before the others are read.
  const walker = new Walker(walk);
  root.children = entries.reverse().map((entry) => {
    const branch: Branching = { entry, parent: root, children: undefined };
    return walker.expand(branch, false) ?? entry;
  }).reverse();
  const steps: Step[] = [];
  const seen = new Set<string>();
  collect(root, (around, entry) => {
    const step = stepOf(around, entry, seen);
    if (step !== undefined) steps.push(step);
  });
  walk.choices.checkUsed();
  return steps;
}

class Walker {
  readonly #walk: Walk;
  #left = MAX_CONFIGS;

  constructor(walk: Walk) {
    this.#walk = walk;
  }

  /** Reads the defaults list of a config and the configs in it; `undefined` if there are none. */
  expand(branch: Branching, isInterpolated: boolean): Branching | undefined {
    const { entry } = branch;
    const { repository, choices } = this.#walk;
    this.#checkSize(branch);
    if (entry.isPrimary && !repository.has(entry.configPath)) {
      throw this.#notFound(branch);
    }
    if (!entry.isMissing && entry.option !== null) {
      entry.setHeader(repository.load(entry.configPath)?.header);
    }
    if (choices.isDeleted(entry)) return undefined;
    choices.note(entry);
    if (entry.option === null) return undefined;
    this.#checkGiven(branch);
    const loaded = repository.load(entry.configPath);
    if (loaded === undefined) {
      if (!entry.isOptional) throw this.#notFound(branch);
      entry.isDeleted = true;
      return undefined;
    }
    const entries = this.#entriesOf(branch, loaded);
    this.#takeOverrides(entries, entry, isInterpolated);
    const children = this.#children(branch, entries, isInterpolated);
    if (children.length === 0) return undefined;
    branch.children = children;
    return branch;
  }

  #entriesOf({ entry }: Branching, loaded: Loaded): Default[] {
    const { version, choices } = this.#walk;
    const entries = loaded.defaults.map((parts) => new Default(parts, version));
    const isAppending = entry.isPrimary && choices.appended.length > 0;
    if (entries.length > 0 || isAppending) {
      const own = entries.filter(({ isSelf }) => isSelf);
      if (own.length > 1) {
        throw new HydraError(
          entry.configPath,
          "_self_ is in its defaults list twice",
        );
      }
      const takesIn = entries.some(({ isOverride }) => !isOverride);
      if ((own.length === 0 && takesIn) || entries.length === 0) {
        entries.push(new Default({ kind: "config", name: "_self_" }, version));
      }
    }
    if (entry.isPrimary) {
      entries.push(...choices.appended.map((one) => one.copy()));
    }
    return entries;
  }

  #takeOverrides(
    entries: readonly Default[],
    parent: Default,
    isInterpolated: boolean,
  ): void {
    const { choices, version } = this.#walk;
    let last: Default | undefined;
    for (const entry of entries) {
      if (entry.isSelf) continue;
      entry.place(parent.groupPath, parent.finalPackage());
      const isOld = entry.isGroup && !atLeast12(version) && !entry.isOverride &&
        entry.name.startsWith("hydra/");
      if (
        last !== undefined && !entry.isOverride && !entry.isAppended && !isOld
      ) {
        throw new HydraError(
          parent.configPath,
          `\`override ${last.overrideKey}\` stands before \`${entry.name}\`${
            place(entry)
          }; overrides belong to the end of a defaults list`,
        );
      }
      if (isOld) entry.isOverride = true;
      if (!entry.isOverride) continue;
      if (!isOld) last = entry;
      if (isInterpolated) {
        throw new HydraError(
          parent.configPath,
          `a config that an interpolation names cannot override ${entry.overrideKey}${
            place(entry)
          }`,
        );
      }
      choices.add(parent.configPath, entry);
    }
  }

  /** Expands from the last to the first, so that overrides in later entries apply to earlier ones. */
  #children(
    branch: Branching,
    entries: readonly Default[],
    isInterpolated: boolean,
  ): (Branching | Default)[] {
    const parent = branch.entry;
    const children: (Branching | Default)[] = [];
    const add = (entry: Default) => {
      const below: Branching = { entry, parent: branch, children: undefined };
      children.push(this.expand(below, isInterpolated) ?? entry);
    };
    for (const entry of [...entries].reverse()) {
      if (entry.isSelf) {
        entry.place(parent.base, parent.ownPackage ?? "");
        children.push(entry);
        continue;
      }
      if (entry.isOverride) continue;
      entry.place(parent.groupPath, parent.finalPackage());
      this.#walk.choices.apply(entry);
      if (entry.options !== undefined) {
        for (const one of this.#oneByOne(entry, parent)) add(one);
      } else if (entry.isInterpolation) children.push(entry);
      else add(entry);
    }
    return this.#resolved(branch, children, entries).reverse();
  }

  #oneByOne(entry: Default, parent: Default): Default[] {
    return [...entry.options!].reverse().map((option) => {
      if (hasInterpolation(option)) {
        throw new HydraError(
          parent.configPath,
          `an interpolation cannot stand in a list of options${place(entry)}`,
        );
      }
      const one = new Default({
        kind: "config",
        name: `${entry.name}/${option}`,
        ...(entry.package === undefined ? {} : { package: entry.package }),
        isOptional: entry.isOptional,
        ...(entry.at === undefined ? {} : { at: entry.at }),
      }, this.#walk.version);
      one.place(parent.groupPath, parent.finalPackage());
      return one;
    });
  }

  /** Interpolations are evaluated after all other options are known. */
  #resolved(
    branch: Branching,
    children: (Branching | Default)[],
    entries: readonly Default[],
  ): (Branching | Default)[] {
    const parent = branch.entry;
    return children.map((child) => {
      if (
        !(child instanceof Default) || child.isSelf || !child.isInterpolation
      ) {
        return child;
      }
      this.#resolve(child, parent, entries);
      const below: Branching = {
        entry: child,
        parent: branch,
        children: undefined,
      };
      return this.expand(below, true) ?? child;
    });
  }

  #resolve(
    entry: Default,
    parent: Default,
    entries: readonly Default[],
  ): void {
    const { choices, env, version } = this.#walk;
    const text = entry.isGroup ? entry.value as string : entry.configPath;
    if (
      entry.isGroup && atLeast12(version) && /^\$\{defaults\.\d\./.test(text)
    ) {
      throw new HydraError(
        parent.configPath,
        `${text} is an old way to name a choice${
          place(entry)
        }; write \${group}`,
      );
    }
    const known = new MapNode();
    for (const [key, option] of choices.known) {
      known.set(stringKey(key), new Leaf(option));
    }
    known.set("defaults", listed(entries));
    const leaf = new Leaf(text);
    leaf.parent = known;
    leaf.key = entry.name;
    const evaluator = new Evaluator({
      style: "python",
      builtins: BUILTINS,
      env,
    });
    try {
      const value = (evaluator.deref(leaf) as Leaf).value;
      if (typeof value !== "string") {
        throw new HydraError(
          parent.configPath,
          `${text} stands for no text${place(entry)}`,
        );
      }
      if (entry.isGroup) entry.value = value;
      else entry.name = value;
    } catch (error) {
      if (!(error instanceof InterpolationError)) throw error;
      throw new HydraError(
        parent.configPath,
        `${text} has no value${place(entry)}; there is ${
          [...choices.known.keys()].join(", ")
        }`,
        { cause: error },
      );
    }
  }

  #checkGiven({ entry, parent }: Branching): void {
    if (!entry.configPath.endsWith("???")) return;
    const key = entry.isGroup ? entry.overrideKey : entry.name;
    const options = entry.isGroup
      ? this.#walk.repository.optionsOf(entry.groupPath)
      : [];
    throw new HydraError(
      parent?.entry.configPath ?? entry.configPath,
      `an option of ${key} must be given${place(entry)}: ${key}=<option>${
        options.length > 0 ? `, which is one of ${options.join(", ")}` : ""
      }`,
    );
  }

  #notFound({ entry, parent }: Branching): HydraError {
    const { repository } = this.#walk;
    const options = entry.isGroup ? repository.optionsOf(entry.groupPath) : [];
    const by = parent === undefined || parent.entry.kind === "root"
      ? ""
      : `, which ${parent.entry.configPath} takes in${place(entry)}`;
    return new HydraError(
      entry.configPath,
      `there is no such config in ${repository.places}${by}${
        options.length > 0 ? `; there is ${options.join(", ")}` : ""
      }; what only Python code registers, as structured configs, is not read`,
    );
  }

  #checkSize(branch: Branching): void {
    const chain: string[] = [];
    for (
      let at: Branching | undefined = branch;
      at !== undefined;
      at = at.parent
    ) chain.unshift(at.entry.kind === "root" ? "" : nameOf(at.entry));
    if (chain.length > MAX_DEPTH) {
      const name = chain.at(-1)!;
      const from = chain.lastIndexOf(name, -2);
      throw new HydraError(
        name,
        `it takes in itself: ${
          chain.slice(Math.max(from, chain.length - 10)).join(" -> ")
        }`,
      );
    }
    if (--this.#left < 0) {
      throw new HydraError(
        nameOf(branch.entry),
        `the defaults lists take in more than ${MAX_CONFIGS} configs`,
      );
    }
  }
}

function nameOf(entry: Default): string {
  return entry.options === undefined ? entry.configPath : entry.name;
}

function place({ at }: Default): string {
  return at === undefined ? "" : ` (${at.file}:${at.line})`;
}

/** The defaults list that `${defaults.0.group}` refers to. */
function listed(entries: readonly Default[]): ListNode {
  const list = new ListNode();
  for (const entry of entries) {
    let item: TreeNode = new Leaf(entry.isSelf ? "_self_" : entry.name);
    if (entry.isGroup) {
      item = new MapNode();
      item.set(stringKey(entry.overrideKey), new Leaf(entry.option));
    }
    list.push(item);
  }
  return list;
}

/** Calls back with the entries that have none below them, from the first to the last. */
function collect(
  branch: Branching,
  take: (around: Branching | undefined, entry: Default) => void,
): void {
  if (branch.children === undefined || branch.children.length === 0) {
    return take(branch.parent, branch.entry);
  }
  for (const child of branch.children) {
    if (child instanceof Default) take(branch, child);
    else collect(child, take);
  }
}

function stepOf(
  around: Branching | undefined,
  entry: Default,
  seen: Set<string>,
): Step | undefined {
  if (entry.isDeleted || entry.isMissing || entry.kind === "root") return;
  if (entry.option === null) return;
  if (entry.isSelf) {
    const { configPath, isPrimary } = around!.entry;
    return {
      config: configPath,
      package: around!.entry.finalPackage(),
      isPrimary,
    };
  }
  if (entry.isGroup) {
    const key = entry.overrideKey;
    if (seen.has(key)) {
      throw new HydraError(
        entry.configPath,
        `${key} is in the defaults lists more than once`,
      );
    }
    seen.add(key);
  }
  const { configPath, isPrimary } = entry;
  return { config: configPath, package: entry.finalPackage(), isPrimary };
}
