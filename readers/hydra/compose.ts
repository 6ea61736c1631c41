import process from "node:process";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import {
  checkOptions,
  FOLDER,
  MAPPING,
  oneOf,
  type OptionKind,
  TEXTS,
} from "../../internal/check_options.ts";
import { shortPath } from "../../internal/key_path.ts";
import { nestingFault } from "../../internal/descent.ts";
import type { DataWithOrigins } from "../origins.ts";
import { Evaluator } from "./resolve/_evaluate.ts";
import { splitKey } from "./_key_path.ts";
import type { Flavour } from "./resolve/resolve.ts";
import { plainOf } from "./_text.ts";
import {
  copyNode,
  Leaf,
  MapNode,
  noteFloats,
  originsIn,
  type TreeNode,
} from "./_tree.ts";
import { applyOverride, sweepFault, update } from "./_apply.ts";
import { NO_CONFIG } from "./_builtin.ts";
import { Choices } from "./_choices.ts";
import { listConfigs, type Step } from "./_defaults_tree.ts";
import { mergeInto, type MergeOptions } from "./_merge.ts";
import { parseOverride } from "./_override_parser.ts";
import { Repository } from "./_repository.ts";
import { BUILTINS } from "./_resolvers.ts";
import { addSearchPath } from "./_search_path.ts";
import { type Override, Sweep } from "./_values.ts";
import type { VersionBase } from "./_version.ts";
import { parseHydraYaml } from "./_yaml.ts";
import { HydraError, HydraFault, HydraOverrideError } from "./errors.ts";

export type { VersionBase } from "./_version.ts";

/** Options for `ADict.fromHydra`. */
export interface HydraOptions {
  /** The folder of the configs. Nothing outside it is read. */
  readonly configDir: string | URL;
  /**
   * The primary config, without its extension; `null` for none.
   *
   * @default {"config"}
   */
  readonly configName?: string | null;
  /**
   * Changes to the config, in Hydra's override grammar: `lr=0.1`, `+seed=1`, `~debug`, `model=large`.
   *
   * @default {[]}
   */
  readonly overrides?: readonly string[];
  /**
   * The version of Hydra whose behaviour is followed. `"1.1"` also accepts `# @package _group_`, `_name_` in
   * packages, `optional: true`, and `.yml` files.
   *
   * @default {"1.3"}
   */
  readonly versionBase?: VersionBase;
  /**
   * The folders of Python packages that `hydra.searchpath` names: `{ "lib.conf": "/work/lib/conf" }` for
   * `pkg://lib.conf`.
   *
   * @default {{}}
   */
  readonly packages?: Readonly<Record<string, string>>;
  /**
   * The variables that `${oc.env:NAME}` reads in defaults lists.
   *
   * @default {process.env}
   */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

const OPTIONS: Readonly<Record<keyof HydraOptions, OptionKind>> = {
  configDir: FOLDER,
  configName: [
    "a string or null",
    (value) => typeof value === "string" || value === null,
  ],
  overrides: TEXTS,
  versionBase: oneOf("1.1", "1.2", "1.3"),
  packages: MAPPING,
  env: MAPPING,
};

/** A composed config as plain data, with what `config.resolve` needs to know of it. */
export interface HydraReading extends DataWithOrigins {
  /** How Hydra resolves interpolations, and which numbers are floats. */
  readonly flavour: Flavour;
}

/**
 * Composes a config from a folder of Hydra configs.
 *
 * @param options The folder, the primary config and the overrides.
 * @returns the data, with the line or the override that set each key.
 * @throws {HydraError} If a config, an option or a key is missing, or a defaults list is wrong.
 * @throws {HydraOverrideError} If an override breaks the grammar, or sets a missing key.
 */
// deno-lint-ignore require-await -- what it throws must reject the promise
export async function composeHydra(
  options: HydraOptions,
): Promise<HydraReading> {
  const tree = composeTree(options);
  const data = plainOf(tree) as Record<string, unknown>;
  checkNesting(data, options);
  const floats = new Map<string, number>();
  noteFloats(tree, "", floats);
  const flavour: Flavour = {
    style: "python",
    floats,
    builtins: BUILTINS,
    parseYaml: parseLoose,
  };
  return { data, origins: originsIn(tree), flavour };
}

/** Refuses data that no config can hold, and names the config. */
function checkNesting(
  data: unknown,
  { configName = "config" }: HydraOptions,
): void {
  const found = nestingFault(data);
  if (found === undefined) return;
  const { path, fault } = found;
  throw new HydraError(
    configName ?? NO_CONFIG,
    `${shortPath(path)}: ${fault}`,
  );
}

/**
 * Composes a config as a tree.
 *
 * @param options The folder, the primary config and the overrides.
 * @returns the tree, without its `hydra` node.
 */
export function composeTree(options: HydraOptions): MapNode {
  checkOptions(options, OPTIONS, "compose a Hydra config", {
    required: ["configDir"],
  });
  const { configDir, versionBase = "1.3", env = process.env } = options;
  const name = options.configName === undefined ? "config" : options.configName;
  const root = resolve(
    configDir instanceof URL ? fileURLToPath(configDir) : configDir,
  );
  const overrides = (options.overrides ?? []).map((text, i) =>
    parseOverride(text, i + 1)
  );
  const repository = new Repository(root, versionBase);
  if (!repository.hasGroup("")) {
    throw new HydraError(name ?? "", `there is no folder ${root}`);
  }
  addSearchPath(repository, name, overrides, options.packages ?? {});
  for (const override of overrides) refuseSweep(override);
  const choices = new Choices(repository, overrides, versionBase);
  const steps = listConfigs(
    { repository, choices, version: versionBase, env },
    name ?? NO_CONFIG,
  );
  const config = new MapNode();
  const evaluators = () =>
    new Evaluator({
      style: "python",
      builtins: BUILTINS,
      env,
      parseYaml: parseLoose,
    });
  for (const step of steps) mergeStep(config, step, repository, evaluators);
  checkHydra(config, name ?? NO_CONFIG);
  for (const override of choices.values) {
    // Hydra's own settings are not part of the config.
    if (/^hydra(?:\.|$)/.test(override.key)) continue;
    applyOverride(config, override, evaluators);
  }
  config.items.delete("hydra");
  return config;
}

function refuseSweep({ value, text }: Override): void {
  if (value instanceof Sweep) {
    throw new HydraOverrideError(text, sweepFault(value).message);
  }
}

function mergeStep(
  config: MapNode,
  step: Step,
  repository: Repository,
  evaluators: () => Evaluator,
): void {
  const { data } = repository.load(step.config)!;
  const deref = (node: TreeNode) => evaluators().tryDeref(node);
  const options: MergeOptions = { mayAdd: true, deref };
  try {
    let part: TreeNode = data;
    if (step.package !== "") {
      part = new MapNode(data.at);
      update(part, splitKey(step.package), copyNode(data), options);
    }
    refuseSearchPath(part, step);
    mergeInto(config, part, options);
  } catch (error) {
    if (!(error instanceof HydraFault)) throw error;
    throw new HydraError(step.config, error.message);
  }
}

function refuseSearchPath(part: TreeNode, { isPrimary }: Step): void {
  if (isPrimary || !(part instanceof MapNode)) return;
  const hydra = part.get("hydra");
  if (!(hydra instanceof MapNode)) return;
  const path = hydra.get("searchpath");
  if (path === undefined || (path instanceof Leaf && path.value === null)) {
    return;
  }
  throw new HydraFault("only the primary config can set hydra.searchpath");
}

function checkHydra(config: MapNode, name: string): void {
  const hydra = config.get("hydra");
  if (hydra === undefined || hydra instanceof MapNode) return;
  throw new HydraError(name, "its key hydra is not a mapping");
}

function parseLoose(text: string): TreeNode {
  return parseHydraYaml(text, "oc.create") ?? new MapNode();
}
